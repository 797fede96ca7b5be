"""YAML read key by key: whatever is wrong is noted with its line, and reading goes on with an empty value."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from pallaq.study.rules.definition import Text
from pallaq.study.rules.findings import Findings, hint

LANGUAGES = ("es", "en")
CODE = re.compile(r"[a-z0-9_]+")
WORDS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:bool")  # a bare yes or no is taken as the word it is
WHOLE = "tag:yaml.org,2002:int"
BOOL = "tag:yaml.org,2002:bool"
NULL = "tag:yaml.org,2002:null"


class Entry:
    """A mapping of a YAML file. Keys that were asked for are known; `close` notes all the others."""

    def __init__(self, node: yaml.MappingNode, findings: Findings) -> None:
        self.node, self.findings = node, findings
        self.line = line_of(node)
        self.asked: list[str] = []
        self.values: dict[str, yaml.Node] = {}
        lines: dict[str, int] = {}
        for key, value in node.value:
            name = self._word(key, _("each key"))
            if name in self.values:
                words = {"key": name, "line": lines[name]}
                message = _('The key "%(key)s" already stands on line %(line)s. Keep one of them.') % words
                findings.add("duplicate-key", message, line_of(key), value=name)
            else:
                self.values[name], lines[name] = value, line_of(key)
        self.lines = lines

    def close(self) -> None:
        """Note every key that nobody asked for."""
        for name in self.values:
            if name not in self.asked:
                words = {"key": name, "hint": hint(name, self.asked)}
                message = _('There is no key "%(key)s" here. %(hint)s') % words
                self.findings.add("unknown-key", message, self.lines[name], value=name)

    def line_at(self, key: str) -> int:
        """Return the line of a key, or of the whole entry where the key is missing."""
        return self.lines.get(key, self.line)

    def word(self, key: str, *, required: bool = True) -> str:
        """Return one value as it is written; "" when it is missing."""
        node = self._value(key, required=required)
        word = self._word(node, key) if node else ""
        if required and node and not word:
            self._missing(key)
        return word

    def code(self, key: str = "code") -> str:
        """Return a code: lower-case letters, digits and underscores."""
        code = self.word(key)
        self.check_code(key, code)
        return code

    def check_code(self, key: str, code: str, line: int | None = None) -> None:
        """Note a code that holds anything but lower-case letters, digits and underscores."""
        if code and not CODE.fullmatch(code):
            words = {"key": key, "value": code}
            message = _('"%(key)s" is "%(value)s". Use lower-case letters a-z, digits and _ only.') % words
            self.findings.add("bad-code", message, line or self.line_at(key), value=code)

    def choice(self, key: str, allowed: Collection[str], *, required: bool = True) -> str:
        """Return one of the allowed values; "" when it is missing or another."""
        return self._allowed(key, [self.word(key, required=required)], allowed)[0]

    def words(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of values as they are written."""
        return tuple(self._word(node, key) for node in self._list(key, required=required))

    def choices(self, key: str, allowed: Collection[str], *, required: bool = False) -> tuple[str, ...]:
        """Return a list of allowed values."""
        return tuple(self._allowed(key, list(self.words(key, required=required)), allowed))

    def flag(self, key: str, *, required: bool = False) -> bool:
        """Return true or false; false when it is missing."""
        node = self._value(key, required=required)
        if node and node.tag != BOOL:
            self._wrong(key, _("true or false"))
        return bool(node) and str(getattr(node, "value", "")).lower() in {"true", "yes", "on"}

    def whole(self, key: str, default: int, minimum: int) -> int:
        """Return a whole number that is not below the minimum."""
        node = self._value(key, required=False)
        if node is None:
            return default
        if node.tag != WHOLE or not node.value.isdecimal() or int(node.value) < minimum:
            self._wrong(key, _("a whole number, %(minimum)s or more") % {"minimum": minimum})
            return default
        return int(node.value)

    def text(self, key: str, *, required: bool = True) -> Text:
        """Return words in every language."""
        node = self._value(key, required=required)
        return self._text(node, key) if node else {}

    def texts(self, key: str) -> tuple[Text, ...]:
        """Return a list of words in every language."""
        return tuple(self._text(node, key) for node in self._list(key, required=False))

    def titled(self, key: str, *, required: bool = True) -> Iterator[tuple[str, Text, int]]:
        """Yield code, words and line of a mapping such as answers: code -> words in every language."""
        inner = self.entry(key, required=required)
        for name, node in inner.values.items():
            yield name, self._text(node, name), inner.lines[name]

    def entry(self, key: str, *, required: bool = True) -> "Entry":
        """Return a mapping inside this one; an empty one when it is missing."""
        node = self._value(key, required=required)
        if isinstance(node, yaml.MappingNode):
            return Entry(node, self.findings)
        if node:
            self._wrong(key, _("keys with values"))
        mark = node.start_mark if node else self.node.start_mark
        return Entry(yaml.MappingNode("tag:yaml.org,2002:map", [], mark, mark), self.findings)

    def entries(self, key: str, *, required: bool = True) -> Iterator["Entry"]:
        """Yield each mapping of a list."""
        nodes = self._list(key, required=required)
        if required and key in self.values and not nodes:
            self._missing(key)
        for node in nodes:
            if isinstance(node, yaml.MappingNode):
                yield Entry(node, self.findings)
            else:
                self._wrong(key, _("a list of keys with values"), line_of(node))

    def _value(self, key: str, *, required: bool) -> yaml.Node | None:
        self.asked.append(key)
        node = self.values.get(key)
        if node is None and required:
            self._missing(key)
        return node

    def _list(self, key: str, *, required: bool) -> list[yaml.Node]:
        node = self._value(key, required=required)
        if isinstance(node, yaml.SequenceNode):
            return list(node.value)
        if node:
            self._wrong(key, _("a list"))
        return []

    def _text(self, node: yaml.Node, key: str) -> Text:
        if not isinstance(node, yaml.MappingNode):
            self._wrong(key, _("words in each language (es, en)"), line_of(node))
            return {}
        inner = Entry(node, self.findings)
        text = {language: inner.word(language, required=False) for language in LANGUAGES}
        for language in (language for language in LANGUAGES if not text[language].strip()):
            words = {"key": key, "language": language}
            message = _('"%(key)s" has no words in %(language)s. Add "%(language)s: ...".') % words
            self.findings.add("missing-language", message, inner.line, value=key)
        inner.close()
        return text

    def _word(self, node: yaml.Node, key: str) -> str:
        if not isinstance(node, yaml.ScalarNode):
            self._wrong(key, _("one value"), line_of(node))
            return ""
        if node.tag not in (*WORDS, NULL):
            message = _('YAML reads %(value)s as a number or a date. Put it in quotes: "%(value)s".')
            self.findings.add("unquoted", message % {"value": node.value}, line_of(node), value=node.value)
        return "" if node.tag == NULL else str(node.value)

    def _allowed(self, key: str, values: list[str], allowed: Collection[str]) -> list[str]:
        for value in values:
            if value and value not in allowed:
                self.findings.unknown(key, value, allowed, self.line_at(key))
        return [value if value in allowed else "" for value in values]

    def _missing(self, key: str) -> None:
        message = _('The key "%(key)s" is missing or empty. Add it.') % {"key": key}
        self.findings.add("missing-key", message, self.line_at(key), value=key)

    def _wrong(self, key: str, wanted: str, line: int | None = None) -> None:
        message = _('"%(key)s" must be %(wanted)s.') % {"key": key, "wanted": wanted}
        self.findings.add("wrong-type", message, line or self.line_at(key), value=key)


def line_of(node: yaml.Node) -> int:
    """Return the line a person sees in the file."""
    return int(node.start_mark.line) + 1


def read_text(path: Path, findings: Findings) -> str | None:
    """Return a file's text, or None when it is missing, empty or not UTF-8."""
    if not path.is_file():
        findings.add("missing-file", _("There is no such file. Add it to the study's folder."))
        return None
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        findings.add("not-utf8", _("The file is not UTF-8. Save it again with the encoding UTF-8."), line)
        return None
    if not text.strip():
        findings.add("empty-file", _("The file is empty. Fill it in, or remove it if the study has none."))
        return None
    return text


def open_yaml(path: Path, findings: Findings) -> Entry | None:
    """Return the file's outermost mapping, or None after noting why it cannot be read."""
    text = read_text(path, findings)
    if text is None:
        return None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = _("This is not YAML (%(why)s). Mind indents, colons and quotes.") % {"why": error.problem}
        findings.add("not-yaml", message, mark.line + 1 if mark else None)
        return None
    except yaml.reader.ReaderError as error:
        findings.add(
            "not-yaml",
            _("The file holds a character that text cannot have. Remove it."),
            text[: error.position].count("\n") + 1,
        )
        return None
    if not isinstance(node, yaml.MappingNode):
        findings.add("wrong-type", _("The file must hold keys with values, such as code: my-study."), 1)
        return None
    return Entry(node, findings)
