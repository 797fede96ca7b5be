"""The keys of encrypted fields, changed for new ones while the site runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from pallaq.shared.encryption import ring, write_ring
from pallaq.shared.errors import Refusal
from pallaq.shared.models import record
from pallaq.shared.rotation import check_nothing_old, next_name, rewrite_all, sealed_tables, without_source
from pallaq.shared.sealed import keys_of_file

LOCK = 0x70616C6C61716B79  # "pallaqky": one rotation at a time, or two would make keys of one name


@contextmanager
def alone() -> Iterator[None]:
    """Refuse a second rotation beside the first; the lock goes with its connection, however that ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        row = cursor.fetchone()
        if not row or not row[0]:
            raise Refusal(_("Keys are being rotated already. Wait until that ends."), code="keys-rotating", status=409)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def rotate() -> Iterator[tuple[str, int]]:
    """Make new keys unless a rotation is under way, and write anew what is under old ones; yield as it goes."""
    if silent := without_source(sealed_tables()):
        message = _("These indexes do not say of what they are, so they cannot be made anew: %(fields)s. Report this.")
        raise Refusal(message % {"fields": ", ".join(silent)}, code="index-without-source")
    keys = ring()
    if len(keys.keys) == 1:
        name = next_name(keys)
        write_ring(settings.DATA, keys.rotated(name))
        record(by=None, action="keys.rotate", scope="registry", about=f"key {name}")
    yield from rewrite_all()


def finish() -> str:
    """Drop the old keys, once nothing is under them; return the name of the key that stays."""
    keys = ring()
    check_nothing_old()
    check_files(keys.current)
    write_ring(settings.DATA, keys.without_old())
    dropped = ", ".join(sorted(set(keys.keys) - {keys.current}))
    record(by=None, action="keys.drop", scope="registry", about=f"key {keys.current}", dropped=dropped)
    return keys.current


def check_files(current: str) -> None:
    """Refuse while a list that waits to be imported lies under an old key."""
    folder = Path(settings.DATA) / "rolls"
    old = [path for path in folder.glob("*") if path.is_file() and keys_of_file(path) - {current}]
    if old:
        message = _(
            "%(files)d lists that wait to be imported are still under old keys. Import them or throw them away on the "
            "page of official lists; what waits too long goes by itself. Then call it again."
        )
        raise Refusal(message % {"files": len(old)}, code="files-under-old-keys")
