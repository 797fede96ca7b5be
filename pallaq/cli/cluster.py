"""The embedded cluster's files: made by initdb, configured anew at each start."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from pwd import struct_passwd

from django.utils.translation import gettext as _

from pallaq.cli.children import as_user
from pallaq.cli.place import programs
from pallaq.shared.environment import socket_folder
from pallaq.shared.errors import Refusal

LONGEST_SOCKET_PATH = 103  # bytes, on the strictest system (macOS); Linux allows 107
SPACE_TO_WRITE = 16 * 2**20  # bytes of one file of PostgreSQL's journal
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}
CONFIGURATION = """\
# Pallaq writes this file at each start; a change of yours belongs in ALTER SYSTEM SET, which outlives it.
listen_addresses = ''
port = 5432
unix_socket_directories = '{socket}'
unix_socket_permissions = 0700
max_connections = 60
max_parallel_workers_per_gather = 0
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
default_text_search_config = 'pg_catalog.simple'
"""
THROWAWAY = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


def prepare_cluster(data: Path, user: struct_passwd, *, throwaway: bool) -> Path:
    """Return the cluster's folder, ready to start; `throwaway` trades its safety for speed, for tests."""
    cluster = data / "postgres"
    if not cluster.exists():
        create(cluster, user)
    check_version(cluster, user)
    socket = make_socket_folder(data, user)
    write(cluster / "postgresql.conf", CONFIGURATION.format(socket=quoted(socket)), user)
    if throwaway:
        with (cluster / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(THROWAWAY)
    write(cluster / "pg_hba.conf", "local all all peer map=pallaq\n", user)
    names = {user.pw_name, "root"}
    roles = ("pallaq", "postgres")
    write(
        cluster / "pg_ident.conf",
        "".join(f'pallaq "{name}" {role}\n' for name in sorted(names) for role in roles),
        user,
    )
    return cluster


def create(cluster: Path, user: struct_passwd) -> None:
    """Run initdb beside the final place, so that a start cut short leaves nothing half made."""
    unfinished = cluster.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    os.chown(unfinished, user.pw_uid, user.pw_gid)
    locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    made = subprocess.run(
        [programs(user) / "initdb", "-D", unfinished, "-U", "postgres", "--auth=peer", "--no-sync", *locale],
        cwd="/",
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=False,
        **as_user(user),
    )
    if made.returncode:
        refusal = failure(cluster.parent, made.stderr)
        shutil.rmtree(unfinished, ignore_errors=True)
        raise refusal
    unfinished.rename(cluster)


def failure(data: Path, output: str) -> Refusal:
    """Turn the output of a PostgreSQL program that failed into one line."""
    if "No space left on device" in output or shutil.disk_usage(data).free < SPACE_TO_WRITE:
        message = _("The disk of %(data)s is full. Free some space, or name another folder with PALLAQ_DATA.")
        return Refusal(message % {"data": data}, code="disk-full")
    lines = [line.strip() for line in output.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    reason = (lines or output.splitlines() or [""])[-1]
    message = _("PostgreSQL did not start in %(data)s: %(reason)s")
    return Refusal(message % {"data": data, "reason": reason}, code="postgres-start")


def check_version(cluster: Path, user: struct_passwd) -> None:
    """Refuse a cluster that another major version of PostgreSQL made."""
    found = (cluster / "PG_VERSION").read_text(encoding="ascii").strip()
    ours = major_version(user)
    if found != ours:
        message = _(
            "The data folder %(data)s was made by PostgreSQL %(found)s and this Pallaq brings %(ours)s. Run "
            "`pallaq backup FILE` with the Pallaq that made it, then `pallaq restore FILE` here, in an empty folder."
        ) % {"data": cluster.parent, "found": found, "ours": ours}
        raise Refusal(message, code="postgres-version")


def major_version(user: struct_passwd) -> str:
    """Return the major version of the PostgreSQL we bring."""
    command = [str(programs(user) / "postgres"), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return answer.split()[2].split(".")[0]


def make_socket_folder(data: Path, user: struct_passwd) -> Path:
    """Make the private folder of the socket: in the data folder, or a short one when that path is too long."""
    record, folder = data / "socket-folder", data / "socket"
    # A comma divides a client's list of hosts.
    if len(os.fsencode(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH and "," not in str(folder):
        record.unlink(missing_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    elif not record.exists() or not is_private(folder := socket_folder(data), user):
        # Not gettempdir(): TMPDIR may be a long path too. mkdtemp is safe where others write.
        places = [Path(f"/run/user/{user.pw_uid}"), Path("/run"), Path("/tmp")]  # noqa: S108
        folder = Path(tempfile.mkdtemp(prefix="pallaq-", dir=next(p for p in places if os.access(p, os.W_OK))))
        record.write_text(str(folder), encoding="utf-8")
    folder.chmod(0o700)
    os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def is_private(folder: Path, user: struct_passwd) -> bool:
    """Tell whether the folder is a real one, the user's, and closed to everybody else."""
    if folder.is_symlink() or not folder.is_dir():
        return False
    status = folder.stat()
    return status.st_uid == user.pw_uid and not status.st_mode & 0o077


def write(path: Path, text: str, user: struct_passwd) -> None:
    """Write a configuration file that only PostgreSQL's user reads."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    os.chown(path, user.pw_uid, user.pw_gid)


def quoted(path: Path) -> str:
    """Return the path as postgresql.conf wants it, as a name in a list between quotes."""
    name = str(path).replace("\\", "\\\\").replace("'", "''").replace('"', '""')
    return f'"{name}"'
