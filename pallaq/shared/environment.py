"""What settings read from the machine: the data folder, the key, the database."""

import hashlib
import os
import secrets
import stat
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from pallaq.shared.errors import Refusal

SYSTEM_DATA = Path("/var/lib/pallaq")


def data_folder(checkout: Path) -> Path:
    """Return PALLAQ_DATA, or `data` in the checkout.

    PostgreSQL refuses to run as root, so root runs it as a system user; where that user cannot go (a checkout under
    /root), the data lie in /var/lib/pallaq instead, one folder for each checkout.
    """
    if named := os.environ.get("PALLAQ_DATA"):
        return Path(named).absolute()
    open_to_all = all(folder.stat().st_mode & stat.S_IXOTH for folder in (checkout, *checkout.parents))
    if open_to_all or os.geteuid() != 0:
        return checkout / "data"
    return SYSTEM_DATA / hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]


def key_path(data: Path) -> Path:
    """Return where the key that signs sessions lies."""
    return Path(os.environ.get("PALLAQ_SECRET", data / "keys" / "secret"))


def secret_key(data: Path) -> str:
    """Return the key that signs sessions, made at first start with mode 600.

    Before that first start it is one for this process alone.
    """
    path = key_path(data)
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    return secrets.token_urlsafe(64)


def make_secret_key(data: Path) -> None:
    """Make the key file if there is none."""
    path = key_path(data)
    if path.exists():
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(64))


def database_settings(data: Path) -> dict[str, Any]:
    """Return Django's settings for DATABASE_URL (libpq's own form), or for the embedded server in the data folder."""
    url = os.environ.get("DATABASE_URL", "")
    try:
        values = conninfo_to_dict(url) if url else embedded_address(data)
    except ProgrammingError:
        message = "DATABASE_URL cannot be read. Write postgresql://user:password@host:5432/name."
        # libpq's own words repeat the address, and with it the password.
        raise Refusal(message, code="database-url") from None
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    known = {names[key]: value for key, value in values.items() if key in names}
    options = {key: value for key, value in values.items() if key not in names}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **known,
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def embedded_address(data: Path, *, user: str = "pallaq", database: str = "pallaq") -> dict[str, Any]:
    """Return where the embedded server listens: a private socket, no TCP port."""
    return {"dbname": database, "user": user, "host": str(socket_folder(data)), "port": "5432"}


def socket_folder(data: Path) -> Path:
    """Return the socket's folder: in the data folder, or a short one recorded there when that path is too long."""
    record = data / "socket-folder"
    return Path(record.read_text(encoding="utf-8")) if record.exists() else data / "socket"
