"""Fields that the database cannot read: AES-GCM under named keys, and blind indexes to find an exact value again.

The ring lies in the data folder, outside the database: `keys/fields.json`, mode 600. A stored value is
`1 | length of key id | key id | nonce (12) | ciphertext and tag`, bound to its table and column, so that a value moved
to another column does not open. A blind index is HMAC-SHA256 of a value under a key of its own, cut to 16 bytes: equal
values are found, and nothing else can be told from it without the key. Rotation adds keys; old ones stay until nothing
is left under them (`actions` of the room that owns the rows re-write them).
"""

import base64
import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

from pallaq.shared.errors import Refusal

FORMAT = 1
NONCE = 12
INDEX_BYTES = 16


class Unreadable(Refusal):
    """A value cannot be opened here: its key is missing, or it was altered."""

    code = "field-unreadable"
    status = 500


@dataclass(frozen=True)
class Ring:
    """The keys: which one encrypts now, which one indexes now, and all that still open what is stored."""

    current: str
    keys: dict[str, bytes]
    index_current: str
    index_keys: dict[str, bytes]

    def encrypt(self, plain: bytes, place: str) -> bytes:
        """Return the value under the current key, bound to `place` ("registry.person.phone")."""
        name, nonce = self.current.encode("ascii"), secrets.token_bytes(NONCE)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, plain, place.encode())
        return bytes([FORMAT, len(name)]) + name + nonce + sealed

    def decrypt(self, stored: bytes, place: str) -> bytes:
        """Return the value in clear; refuse one whose key is not here, or that was altered or moved."""
        name = key_of(stored)
        if name not in self.keys:
            message = _("The key “%(key)s” of encrypted values is missing. Restore keys/fields.json from its copy.")
            raise Unreadable(message % {"key": name}, code="field-key-missing")
        start = 2 + len(name)
        try:
            nonce, sealed = stored[start : start + NONCE], stored[start + NONCE :]
            return AESGCM(self.keys[name]).decrypt(nonce, sealed, place.encode())
        except (InvalidTag, ValueError) as error:
            message = _("An encrypted value of %(place)s was altered, and is not shown. Restore it from a backup.")
            raise Unreadable(message % {"place": place}) from error

    def index(self, value: str, purpose: str) -> bytes:
        """Return the blind index under which a value is stored now."""
        return self.digest(self.index_current, value, purpose)

    def indexes(self, value: str, purpose: str) -> list[bytes]:
        """Return every blind index under which a value may be stored: search by all, also while keys rotate."""
        return [self.digest(name, value, purpose) for name in self.index_keys]

    def digest(self, name: str, value: str, purpose: str) -> bytes:
        """Return the blind index of a value under one key."""
        return hmac.digest(self.index_keys[name], f"{purpose}\0{value}".encode(), "sha256")[:INDEX_BYTES]

    def rotated(self, name: str) -> "Ring":
        """Return the ring with new current keys of this name; the old ones still open what they closed."""
        if name in self.keys or name in self.index_keys:
            raise Refusal(_("There is already a key “%(key)s”. Choose another name.") % {"key": name}, code="key-name")
        return Ring(
            name,
            {**self.keys, name: secrets.token_bytes(32)},
            name,
            {**self.index_keys, name: secrets.token_bytes(32)},
        )

    def without_old(self) -> "Ring":
        """Return the ring with its current keys alone; call it when nothing is stored under the others."""
        return Ring(
            self.current,
            {self.current: self.keys[self.current]},
            self.index_current,
            {self.index_current: self.index_keys[self.index_current]},
        )


def key_of(stored: bytes) -> str:
    """Return the name of the key that a stored value is under."""
    if len(stored) < 2 or stored[0] != FORMAT:
        raise Unreadable(_("An encrypted value has a form that this version does not know."), code="field-format")
    return stored[2 : 2 + stored[1]].decode("ascii", "replace")


def ring_path(data: Path) -> Path:
    """Return where the ring lies: PALLAQ_FIELD_KEYS, or in the data folder."""
    return Path(os.environ.get("PALLAQ_FIELD_KEYS", data / "keys" / "fields.json"))


def make_ring(data: Path, name: str = "1") -> None:
    """Make the ring if there is none."""
    if not ring_path(data).exists():
        keys = {name: secrets.token_bytes(32)}
        write_ring(data, Ring(name, keys, name, {name: secrets.token_bytes(32)}))


def write_ring(data: Path, ring: Ring) -> None:
    """Write the ring beside its final name first, for its owner alone."""
    path = ring_path(data)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = json.dumps(
        {
            "format": FORMAT,
            "current": ring.current,
            "keys": {name: base64.b64encode(key).decode() for name, key in ring.keys.items()},
            "index_current": ring.index_current,
            "index_keys": {name: base64.b64encode(key).decode() for name, key in ring.index_keys.items()},
        },
        indent=1,
    )
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    # The name too must outlive a power cut: what is encrypted next is lost with the key.
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def ring() -> Ring:
    """Return the keys as they are now: the file is read again when it changed."""
    path = ring_path(settings.DATA)
    try:
        return read_ring(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        message = _("The keys of encrypted values are missing: there is no %(file)s. Restore it from its copy.")
        raise Unreadable(message % {"file": path.name}, code="field-ring-missing") from error


@lru_cache(maxsize=4)
def read_ring(path: Path, _changed: int) -> Ring:
    """Return the ring of a file."""
    read = json.loads(path.read_text(encoding="ascii"))

    def keys(name: str) -> dict[str, bytes]:
        return {key: base64.b64decode(value) for key, value in read[name].items()}

    return Ring(read["current"], keys("keys"), read["index_current"], keys("index_keys"))


class EncryptedBytes(models.BinaryField):  # type: ignore[type-arg] # only the stubs are generic
    """Bytes that are stored encrypted. They cannot be searched: keep a blind index beside them for that."""

    def place(self) -> str:
        """Return what a value is bound to; a history table's values open under their table's own name."""
        tracked = getattr(self.model, "pgh_tracked_model", None) or self.model
        return f"{tracked._meta.label_lower}.{self.name}"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Encrypt what is about to be stored."""
        sealed = None if value is None else ring().encrypt(self.to_bytes(value), self.place())
        return super().get_db_prep_value(sealed, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        """Open what was stored."""
        return None if value is None else self.of_bytes(ring().decrypt(bytes(value), self.place()))

    def get_lookup(self, lookup_name: str) -> Any:
        """Allow only the question whether there is a value."""
        if lookup_name != "isnull":
            raise TypeError(f"{self.name} is encrypted: search by its blind index")
        return super().get_lookup(lookup_name)

    def to_bytes(self, value: Any) -> bytes:
        """Return a value as it is encrypted."""
        return bytes(value)

    def of_bytes(self, plain: bytes) -> Any:
        """Return a value as it is read."""
        return plain


class EncryptedText(EncryptedBytes):
    """A text that is stored encrypted; "" is stored as "", encrypted too."""

    def check(self, **kwargs: Any) -> Any:
        """Check what every field is checked for; a text may be its default, unlike a BinaryField's."""
        return models.Field.check(self, **kwargs)

    def get_default(self) -> Any:
        """Return the text that stands where none was given."""
        return self.default if self.has_default() else None if self.null else ""

    def to_bytes(self, value: Any) -> bytes:
        """Return the text in UTF-8."""
        return str(value).encode()

    def of_bytes(self, plain: bytes) -> Any:
        """Return the text."""
        return plain.decode()


class BlindIndex(models.BinaryField):  # type: ignore[type-arg] # as above
    """The blind index of an encrypted value beside it; None where there is no value.

    `of` names the field whose value is indexed, `purpose` what it is found for: "identifier", or with a field of the
    row in it, "registration.{scheme_id}"; `form` makes of the value what is indexed. A rotation of keys makes the
    index anew from them, so an index without them cannot be rotated. None of the three is the database's matter.
    """

    def __init__(
        self, *args: Any, of: str = "", purpose: str = "", form: Callable[[str], str] = str, **kwargs: Any
    ) -> None:
        self.of, self.purpose, self.form = of, purpose, form
        super().__init__(*args, **{"null": True, "editable": False, "max_length": INDEX_BYTES, **kwargs})

    def source(self) -> "BlindIndex":
        """Return the field that says what is indexed: a history table's is its table's."""
        tracked = getattr(self.model, "pgh_tracked_model", None) or self.model
        field = tracked._meta.get_field(self.name)
        assert isinstance(field, BlindIndex)
        return field

    def index_of(self, row: models.Model) -> bytes | None:
        """Return the index that a row's value has under the current key; None where there is no value."""
        source = self.source()
        value = source.form(getattr(row, source.of) or "")
        return ring().index(value, source.purpose.format_map(Columns(row))) if value else None


class Columns(dict[str, Any]):
    """A row's values by the names of its fields and columns, as a text's blanks ask for them."""

    def __init__(self, row: models.Model) -> None:
        super().__init__()
        self.row = row

    def __missing__(self, name: str) -> Any:
        return getattr(self.row, name)
