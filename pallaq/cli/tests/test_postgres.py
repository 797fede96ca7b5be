"""The embedded PostgreSQL starts, survives what happens to machines, and never runs twice in one folder."""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest

from pallaq.cli import place, postgres
from pallaq.shared.environment import embedded_address, socket_folder
from pallaq.shared.errors import Refusal


@contextmanager
def server_in(data: Path) -> Iterator[postgres.Server]:
    server = postgres.start(data, throwaway=True)
    try:
        yield server
    finally:
        server.stop()


def ask(data: Path, query: str) -> object:
    with psycopg.connect(**embedded_address(data)) as connection:
        return connection.execute(query).fetchone()[0]


def pid_file(data: Path) -> Path:
    return data / "postgres" / "postmaster.pid"


def write_pid(data: Path, pid: int) -> None:
    pid_file(data).write_text(f"{pid}\n{data / 'postgres'}\n0\n5432\n{data / 'socket'}\n\n")


def test_it_sorts_by_code_point_knows_fuzzy_search_and_opens_no_port(data_folder: Path) -> None:
    with server_in(data_folder):
        assert ask(
            data_folder, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'pallaq'"
        ) == ("bC.UTF-8")
        assert ask(data_folder, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user") is False
        assert ask(data_folder, "SHOW listen_addresses") == ""
        for extension in ("pg_trgm", "unaccent", "fuzzystrmatch"):
            query = f"SELECT count(*) FROM pg_available_extensions WHERE name = '{extension}'"
            assert ask(data_folder, query) == 1


def test_its_socket_and_cluster_are_closed_to_others(data_folder: Path) -> None:
    with server_in(data_folder):
        for folder in (data_folder / "postgres", data_folder / "socket"):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert not stat.S_IMODE(data_folder.stat().st_mode) & 0o007


def test_it_stops_and_leaves_no_process(data_folder: Path) -> None:
    with server_in(data_folder) as server:
        family = [server.process, *server.process.children(recursive=True)]
    assert len(family) > 3
    assert not psutil.wait_procs(family, timeout=5)[1]
    assert not pid_file(data_folder).exists()


def test_it_keeps_what_was_written_when_the_server_is_killed(data_folder: Path) -> None:
    server = postgres.start(data_folder)
    with psycopg.connect(**embedded_address(data_folder)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 854 AS people")
    server.process.kill()
    server.process.wait()
    with server_in(data_folder):
        assert ask(data_folder, "SELECT people FROM kept") == 854


def test_it_takes_over_the_server_that_still_runs(data_folder: Path) -> None:
    with server_in(data_folder) as first:
        assert postgres.start(data_folder).process.pid == first.process.pid


def test_it_starts_although_the_number_now_belongs_to_another_program(data_folder: Path) -> None:
    with server_in(data_folder):
        pass
    write_pid(data_folder, os.getpid())
    with server_in(data_folder):
        assert ask(data_folder, "SELECT 1") == 1


def test_it_starts_although_the_old_server_is_a_zombie(data_folder: Path) -> None:
    with server_in(data_folder):
        pass
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    assert psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE
    write_pid(data_folder, zombie.pid)
    with server_in(data_folder):
        assert ask(data_folder, "SELECT 1") == 1
    zombie.wait()


def test_it_starts_although_a_crash_left_the_pid_file_empty(data_folder: Path) -> None:
    with server_in(data_folder):
        pass
    pid_file(data_folder).touch()
    with server_in(data_folder):
        assert ask(data_folder, "SELECT 1") == 1


def test_it_waits_for_the_children_of_a_killed_server(data_folder: Path) -> None:
    server = postgres.start(data_folder, throwaway=True)
    connection = psycopg.connect(**embedded_address(data_folder), autocommit=True)
    survivor = psutil.Process(connection.execute("SELECT pg_backend_pid()").fetchone()[0])
    survivor.suspend()
    server.process.kill()
    server.process.wait()
    release = threading.Timer(1, survivor.resume)
    release.start()
    with server_in(data_folder):
        release.join(timeout=0)
        assert not release.is_alive()
        assert ask(data_folder, "SELECT 1") == 1
    connection.close()


def test_it_keeps_the_pid_file_of_a_server_that_does_not_answer_yet(data_folder: Path) -> None:
    with server_in(data_folder) as server:
        server.process.send_signal(signal.SIGSTOP)
        assert postgres.running(data_folder).pid == server.process.pid
        assert pid_file(data_folder).exists()
        server.process.send_signal(signal.SIGCONT)


def test_it_works_in_a_path_too_long_for_a_socket(data_folder: Path) -> None:
    data = data_folder / ("d" * (150 - len(str(data_folder)) - 1))
    assert len(str(data)) == 150
    data_folder.chmod(0o755)
    with server_in(data):
        short = socket_folder(data)
        assert short != data / "socket"
        assert stat.S_IMODE(short.stat().st_mode) == 0o700
        assert ask(data, "SELECT 1") == 1
    assert not short.exists()


@pytest.mark.parametrize("name", ['it\'s "here"', "one, two", "ñusta"])
def test_it_works_in_a_path_with_unusual_letters(data_folder: Path, name: str) -> None:
    data_folder.chmod(0o755)
    with server_in(data_folder / name):
        assert ask(data_folder / name, "SELECT 1") == 1


def test_it_refuses_a_folder_of_another_major_version(data_folder: Path) -> None:
    with server_in(data_folder):
        pass
    (data_folder / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(Refusal, match=r"PostgreSQL 17.*pallaq backup.*pallaq restore"):
        postgres.start(data_folder)


def test_a_first_start_cut_short_leaves_nothing_half_made(data_folder: Path) -> None:
    (data_folder / "postgres.unfinished").mkdir()
    (data_folder / "postgres.unfinished" / "PG_VERSION").write_text("18\n")
    with server_in(data_folder):
        assert ask(data_folder, "SELECT 1") == 1


def test_it_says_in_one_line_why_the_server_did_not_start(data_folder: Path) -> None:
    with server_in(data_folder):
        (data_folder / "postgres" / "global" / "pg_control").rename(data_folder / "lost")
    with pytest.raises(Refusal, match=r"did not start.*pg_control"):
        postgres.start(data_folder)


def test_it_refuses_a_folder_under_a_closed_one(data_folder: Path) -> None:
    data_folder.chmod(0o500)
    words = "cannot be written" if os.geteuid() else "out of reach of the user pallaq"
    with pytest.raises(Refusal, match=words):
        postgres.start(data_folder / "inner")


def test_its_programs_also_run_where_they_were_copied(data_folder: Path) -> None:
    packages = place.copied(place.installed(), data_folder / "copy")
    answer = subprocess.run(
        [packages / place.PROGRAMS / "initdb", "--version"], capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith("initdb (PostgreSQL) 18")


def test_it_refuses_a_full_disk_before_it_starts(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(place.NEEDED_MEGABYTES, "first start", 10**12)
    with pytest.raises(Refusal, match=r"is full: .* MB left"):
        postgres.start(data_folder)


def test_it_refuses_a_folder_that_cannot_be_written() -> None:
    with pytest.raises(Refusal, match="cannot be written"):
        postgres.start(Path("/proc/pallaq"))
