"""The embedded PostgreSQL: started in the data folder, reached by a private socket, stopped without loss."""

import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from django.utils.translation import gettext as _

from pallaq.cli import children
from pallaq.cli.cluster import ENVIRONMENT, failure, prepare_cluster
from pallaq.cli.place import let_in, owner_of, prepare, programs
from pallaq.shared.environment import embedded_address, socket_folder
from pallaq.shared.errors import Refusal

PATIENCE = 120  # seconds: recovery after a crash replays what was not yet written


@dataclass
class Server:
    """A running PostgreSQL."""

    data: Path
    process: psutil.Process

    def stop(self) -> None:
        """Shut down fast: sessions end, everything is written."""
        children.stop(self.process, signal.SIGINT, signal.SIGQUIT)
        if (record := self.data / "socket-folder").exists():
            socket_folder(self.data).rmdir()
            record.unlink()


def start(data: Path, *, throwaway: bool = False) -> Server:
    """Start PostgreSQL in the data folder, or take over the one of ours that still runs there."""
    prepare(data)
    user = owner_of(data)
    let_in(user, data)
    process = running(data) if (data / "postgres").exists() else None
    if process is None:
        cluster = prepare_cluster(data, user, throwaway=throwaway)
        with (data / "postgres.log").open("wb") as log:
            process = children.spawn(
                [programs(user) / "postgres", "-D", cluster],
                wish=signal.SIGINT,
                user=user,
                environment=ENVIRONMENT,
                log=log,
            )
    server = Server(data, process)
    try:
        wait_until_ready(server)
        make_database(data)
    except BaseException:
        server.stop()
        raise
    return server


def running(data: Path) -> psutil.Process | None:
    """Return the live server of this folder; take away the pid file of one that is certainly not there any more.

    A refused connection proves nothing, since a server in recovery refuses too; only its process counts. Where that
    is simply gone the file stays, for PostgreSQL reads it too.
    """
    file = data / "postgres" / "postmaster.pid"
    if not file.exists():
        return None
    lines = file.read_text(encoding="utf-8").splitlines() or ["0"]  # a crash can leave it empty
    try:
        process = psutil.Process(int(lines[0]))
        if process.status() != psutil.STATUS_ZOMBIE and serves(process, data / "postgres"):
            return process
        gone = False
    except psutil.NoSuchProcess:
        gone = lines != ["0"]
    wait_for_survivors(data, lines)
    if not gone:
        file.unlink()
    return None


def serves(process: psutil.Process, cluster: Path) -> bool:
    """Tell whether the process is the cluster's server and not a later one that got the same number."""
    if process.name() != "postgres":
        return False
    try:
        return Path(process.cwd()).samefile(cluster)
    except psutil.AccessDenied:
        return True  # better a server too few than two in one folder


def wait_for_survivors(data: Path, lines: list[str]) -> None:
    """Wait until no child of a dead server uses its shared memory; the seventh line of its pid file names that."""
    table = Path("/proc/sysvipc/shm")
    segment = lines[6].split()[1] if len(lines) > 6 and lines[6].split()[1:] else None
    deadline = time.monotonic() + PATIENCE
    while segment and table.exists():
        rows = [row.split() for row in table.read_text(encoding="ascii").splitlines()[1:]]
        if not any(row[1] == segment and row[6] != "0" for row in rows):
            return
        if time.monotonic() > deadline:
            raise too_slow(data)
        time.sleep(0.1)


def wait_until_ready(server: Server) -> None:
    """Wait until the server answers; refuse with its own last words when it ends instead."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(**embedded_address(server.data, user="postgres", database="postgres")).close()
        except psycopg.OperationalError:
            if not server.process.is_running() or server.process.status() == psutil.STATUS_ZOMBIE:
                log = (server.data / "postgres.log").read_text(encoding="utf-8", errors="replace")
                raise failure(server.data, log) from None
            if time.monotonic() > deadline:
                raise too_slow(server.data) from None
            time.sleep(0.05)
        else:
            return


def too_slow(data: Path) -> Refusal:
    """Return the refusal of a server that neither answers nor ends."""
    message = _("PostgreSQL in %(data)s does not answer; %(log)s says why.")
    return Refusal(message % {"data": data, "log": data / "postgres.log"}, code="postgres-start")


def make_database(data: Path) -> None:
    """Make the role and the database where they are missing: a role that owns its data and nothing else."""
    with psycopg.connect(**embedded_address(data, user="postgres", database="postgres"), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = 'pallaq'").fetchone():
            connection.execute("CREATE ROLE pallaq LOGIN CREATEDB")
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'pallaq'").fetchone():
            connection.execute("CREATE DATABASE pallaq OWNER pallaq")
