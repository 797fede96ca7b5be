"""What settings read from the machine: the key, the database."""

import os
import secrets
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from pallaq.shared.errors import Refusal


def secret_key(data: Path) -> str:
    """Return the key that signs sessions, made at first start with mode 600.

    Before that first start it is one for this process alone.
    """
    path = Path(os.environ.get("PALLAQ_SECRET", data / "keys" / "secret"))
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    return secrets.token_urlsafe(64)


def make_secret_key(data: Path) -> None:
    """Make the key file if there is none."""
    path = Path(os.environ.get("PALLAQ_SECRET", data / "keys" / "secret"))
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
    except ProgrammingError as error:
        message = f"DATABASE_URL cannot be read ({error}). Write postgresql://user:password@host:5432/name."
        raise Refusal(message, code="database-url") from error
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


def embedded_address(data: Path) -> dict[str, Any]:
    """Return where the embedded server listens: a socket in the data folder, no TCP port."""
    return {"dbname": "pallaq", "user": "pallaq", "host": str(data / "socket")}
