"""Encrypted fields: what is stored opens only here, unaltered and in its own column; keys come and go."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from pallaq.shared import encryption
from pallaq.shared.encryption import (
    BlindIndex,
    EncryptedBytes,
    EncryptedText,
    Ring,
    key_of,
    make_ring,
    ring,
    ring_path,
    write_ring,
)
from pallaq.shared.errors import Refusal

PLACE = "registry.person.phone"


@contextmanager
def refused(code: str) -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.code == code


def of(name: str) -> Ring:
    return Ring(name, {name: bytes(range(32))}, name, {name: bytes(range(32, 64))})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Path:
    monkeypatch.delenv("PALLAQ_FIELD_KEYS")
    settings.DATA = tmp_path
    return tmp_path


@given(st.binary(max_size=5000), st.text("abc.", max_size=20))
def test_what_is_closed_opens_again_and_says_its_key(plain: bytes, place: str) -> None:
    keys = of("1")
    stored = keys.encrypt(plain, place)
    assert keys.decrypt(stored, place) == plain
    assert key_of(stored) == "1"
    assert len(plain) < 8 or plain not in stored


def test_the_same_value_is_never_stored_the_same_way() -> None:
    keys = of("1")
    assert len({keys.encrypt(b"40123456", PLACE) for _again in range(100)}) == 100


@given(st.data())
def test_one_changed_bit_anywhere_is_told(data: st.DataObject) -> None:
    keys = of("1")
    stored = bytearray(keys.encrypt(b"951 234 567", PLACE))
    position = data.draw(st.integers(0, len(stored) - 1))
    stored[position] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(encryption.Unreadable):
        keys.decrypt(bytes(stored), PLACE)


@given(st.integers(0, 40))
def test_a_value_cut_short_is_told(length: int) -> None:
    stored = of("1").encrypt(b"951 234 567", PLACE)
    with pytest.raises(encryption.Unreadable):
        of("1").decrypt(stored[:length], PLACE)


def test_a_value_moved_to_another_column_does_not_open() -> None:
    stored = of("1").encrypt(b"951 234 567", PLACE)
    with refused("field-unreadable"):
        of("1").decrypt(stored, "registry.person.address")


def test_a_missing_key_is_named_and_the_value_is_not() -> None:
    stored = of("2024").encrypt(b"951 234 567", PLACE)
    with pytest.raises(encryption.Unreadable, match="2024") as caught:
        of("1").decrypt(stored, PLACE)
    assert caught.value.code == "field-key-missing"
    assert "951" not in str(caught.value)


def test_another_key_of_the_same_name_opens_nothing() -> None:
    stored = of("1").encrypt(b"951 234 567", PLACE)
    with refused("field-unreadable"):
        Ring("1", {"1": bytes(32)}, "1", {"1": bytes(32)}).decrypt(stored, PLACE)


def test_a_blind_index_finds_equal_values_of_one_purpose_only() -> None:
    keys = of("1")
    found = keys.index("40123456", "identifier")
    assert len(found) == 16
    assert found == keys.index("40123456", "identifier")
    others = [
        keys.index("40123457", "identifier"),
        keys.index("40123456", "phone"),
        keys.index("r40123456", "identifie"),
    ]
    assert found not in others
    assert found != Ring("1", {"1": bytes(32)}, "1", {"1": bytes(32)}).index("40123456", "identifier")


def test_while_keys_rotate_old_values_open_and_are_found() -> None:
    old = of("1")
    stored, index = old.encrypt(b"40123456", PLACE), old.index("40123456", "identifier")
    both = old.rotated("2")
    assert both.decrypt(stored, PLACE) == b"40123456"
    assert index in both.indexes("40123456", "identifier")
    assert both.index("40123456", "identifier") != index
    assert key_of(both.encrypt(b"40123456", PLACE)) == "2"
    new = both.without_old()
    assert (set(new.keys), set(new.index_keys)) == ({"2"}, {"2"})
    with refused("field-key-missing"):
        new.decrypt(stored, PLACE)
    with refused("key-name"):
        both.rotated("1")


def test_the_ring_is_written_for_its_owner_alone_and_read_again(folder: Path) -> None:
    make_ring(folder)
    path = ring_path(folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    first = ring()
    make_ring(folder)  # a second start keeps the keys
    assert ring() == first
    write_ring(folder, first.rotated("2"))
    os.utime(path, ns=(1, 1))  # whatever the clock says
    assert ring().current == "2"
    assert sorted(file.name for file in path.parent.iterdir()) == ["fields.json"]
    assert set(json.loads(path.read_text())) == {"format", "current", "keys", "index_current", "index_keys"}


def test_a_lost_ring_is_told_with_what_to_do(folder: Path) -> None:
    with refused("field-ring-missing"):
        ring()


def test_the_environment_may_say_where_the_ring_lies(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALLAQ_FIELD_KEYS", str(tmp_path / "elsewhere.json"))
    make_ring(folder)
    assert (tmp_path / "elsewhere.json").exists()
    assert not (folder / "keys").exists()


@pytest.fixture
def model() -> Iterator[type[models.Model]]:
    """Give a table for one test, which no other code sees."""
    with isolate_apps("pallaq.shared"):

        class Secret(models.Model):
            text = EncryptedText(default="", editable=True)
            photo = EncryptedBytes(null=True)
            index = BlindIndex()

            class Meta:
                app_label = "shared"

            def __str__(self) -> str:
                return "secret"

        with connection.schema_editor() as editor:
            editor.create_model(Secret)
        yield Secret


@pytest.mark.django_db
def test_the_database_holds_no_clear_value_and_the_page_gets_it_back(model: Any) -> None:
    model.objects.create(text="Ñusta 951", photo=b"\xff\xd8", index=ring().index("951", "phone"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT text, photo FROM shared_secret")
        ((text, photo),) = cursor.fetchall()
    assert "Ñusta".encode() not in bytes(text)
    assert bytes(photo) != b"\xff\xd8"
    found = model.objects.get(index__in=ring().indexes("951", "phone"))
    assert (found.text, found.photo) == ("Ñusta 951", b"\xff\xd8")


@pytest.mark.django_db
def test_empty_and_none_stay_apart(model: Any) -> None:
    model.objects.create()
    found = model.objects.get()
    assert (found.text, found.photo, found.index) == ("", None, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM shared_secret")
        ((text,),) = cursor.fetchall()
    assert len(bytes(text)) > 0  # an empty text is encrypted too: that there is none is nobody's business


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [{"text": "x"}, {"text__contains": "x"}, {"text__in": ["x"]}, {"photo": b"x"}])
def test_nobody_searches_an_encrypted_field(model: Any, asked: dict[str, object]) -> None:
    with pytest.raises((TypeError, FieldError)):
        list(model.objects.filter(**asked))
    assert not model.objects.filter(photo__isnull=False).exists()


@pytest.mark.django_db
def test_a_row_s_value_copied_into_another_column_does_not_open(model: Any) -> None:
    model.objects.create(text="951", photo=b"x")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shared_secret SET photo = text")
    with refused("field-unreadable"):
        list(model.objects.all())
