"""Whatever a person reads is there in Spanish: no message missing, empty, uncertain or with other blanks."""

import importlib.util
import io
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po


@pytest.fixture(scope="module")
def tool(root: Path) -> ModuleType:
    """The program behind `make messages`."""
    specification = importlib.util.spec_from_file_location("messages", root / "tools" / "messages.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def catalogue(path: Path) -> Catalog:
    return read_po(io.BytesIO(path.read_bytes()), locale="es") if path.exists() else Catalog(locale="es")


def forms(words: str | tuple[str, ...]) -> list[str]:
    return [words] if isinstance(words, str) else list(words)


def blanks(text: str) -> set[str]:
    return set(re.findall(r"%\(\w+\)[sd]|\{\w*\}", text))


def faults(message: Message, spanish: Catalog) -> Iterator[str]:
    """Yield what is wrong with a message's translation."""
    found = spanish.get(forms(message.id)[0], message.context)
    if found is None:
        yield "missing"
    elif not all(forms(found.string)) or not found.string:
        yield "empty"
    elif found.fuzzy:
        yield "uncertain (fuzzy)"
    else:
        known = set().union(*(blanks(form) for form in forms(message.id)))
        if any(blanks(form) - known for form in forms(found.string)) or blanks(forms(found.string)[-1]) != known:
            yield "other blanks"


def test_every_message_has_its_spanish(tool: ModuleType) -> None:
    wrong = [
        f"{room.name}: {fault}: {message.id!r}"
        for room in tool.rooms()
        for message in tool.extracted(room)
        if message.id
        for fault in faults(message, catalogue(tool.catalogue_path(room)))
    ]
    assert not wrong, "\n".join(wrong)


ALIAS = re.compile(r"\bu?(?:n|p|np)?gettext(?:_lazy|_noop)? as (\w+)")


def test_every_name_under_which_texts_are_translated_is_looked_for(tool: ModuleType, root: Path) -> None:
    code = [path for path in (root / "pallaq").rglob("*.py") if "tests" not in path.parts]
    aliases = {alias for path in code for alias in ALIAS.findall(path.read_text(encoding="utf-8"))}
    assert aliases
    assert aliases <= tool.KEYWORDS.keys()


@pytest.mark.parametrize(
    ("spanish", "fault"),
    [
        (None, "missing"),
        ("", "empty"),
        ("Faltan %(otro)d filas", "other blanks"),
        ("Faltan %(rows)d filas", None),
    ],
)
def test_the_rule_sees_each_fault(spanish: str | None, fault: str | None) -> None:
    message = Message("%(rows)d rows are missing")
    known = Catalog(locale="es")
    if spanish is not None:
        known.add(message.id, spanish)
    assert next(faults(message, known), None) == fault


def test_the_rule_sees_an_uncertain_translation() -> None:
    known = Catalog(locale="es")
    known.add("Save", "Guardar", flags=["fuzzy"])
    assert list(faults(Message("Save"), known)) == ["uncertain (fuzzy)"]


TUTEO = re.compile(
    r"(?:^|[.:;,¿] |\b[oy] )(?:tu|tus|agrega|busca|corrige|deja|dale|elige|escribe|guarda|haz|indica|mira|pega|pon"
    r"|ponlo|publica|quisiste|quita|revisa|usa)\b|\b(?:tú|agrégal[ao]s?|corrígel[ao]|guárdalo|quítal[ao]s?|ábrelo)\b",
    re.IGNORECASE,
)


def test_the_spanish_says_usted(tool: ModuleType) -> None:
    said = [
        f"{room.name}: {form}"
        for room in tool.rooms()
        for message in catalogue(tool.catalogue_path(room))
        for form in forms(message.string)
        if message.id and TUTEO.search(form)
    ]
    assert not said, "\n".join(said)


@pytest.mark.parametrize("form", ["Escribe 0 o más.", "falta: agrégala", "o usa otra", "¿Tú lo sabes?"])
def test_the_rule_hears_tuteo(form: str) -> None:
    assert TUTEO.search(form)
