"""From one command to a page, and back to an idle machine: real processes, as a newcomer starts them."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from pallaq.cli import postgres
from pallaq.shared.environment import embedded_address
from tests.journeys.conftest import copy_folder

PALLAQ = Path(sys.executable).parent / "pallaq"
PATIENCE = 180  # seconds, for a machine with other work
Start = Callable[[dict[str, str]], list[psutil.Process]]


def alive(family: list[psutil.Process]) -> list[psutil.Process]:
    return psutil.wait_procs(family, timeout=15)[1]


def refused(environment: dict[str, str], **changes: str) -> str:
    """Run Pallaq where it must refuse, and return its one line."""
    ended = subprocess.run(
        [PALLAQ, "up"], env=environment | changes, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_it_serves_and_ctrl_c_leaves_no_process(begun: dict[str, str], start: Start) -> None:
    family = start(begun)
    names = " ".join(word for process in family for word in process.cmdline())
    assert all(part in names for part in ("postgres", "granian", "db_worker"))
    family[0].send_signal(signal.SIGINT)
    assert not alive(family)
    assert family[0].returncode == 0


def test_it_starts_again_after_the_whole_tree_was_killed(begun: dict[str, str], start: Start) -> None:
    family = start(begun)
    for process in family:
        with suppress(psutil.NoSuchProcess):  # gone already, with the parent that was killed before it
            process.kill()
    assert not alive(family)
    again = start(begun)
    again[0].send_signal(signal.SIGINT)
    assert not alive(again)


def test_nothing_outlives_a_killed_parent(begun: dict[str, str], start: Start) -> None:
    family = start(begun)
    family[0].kill()
    assert not alive(family)


def test_nothing_is_left_when_the_web_server_is_killed(begun: dict[str, str], start: Start) -> None:
    family = start(begun)
    next(process for process in family if "granian" in process.cmdline()).kill()
    assert not alive(family)
    assert family[0].returncode == 1


def test_it_refuses_a_second_start_in_the_same_folder(begun: dict[str, str], start: Start, port: int) -> None:
    family = start(begun)
    assert "already uses the data folder" in refused(begun, PALLAQ_PORT=str(port % 65535 + 1))
    assert f"Port {port} of 127.0.0.1 is not free" in refused(begun)
    family[0].send_signal(signal.SIGHUP)
    assert not alive(family)


def test_it_works_in_a_data_path_of_150_characters(
    environment: dict[str, str], start: Start, data_folder: Path, first_start: Path
) -> None:
    data_folder.chmod(0o755)
    data = data_folder / ("d" * (149 - len(str(data_folder))))
    copy_folder(first_start, data)
    family = start(environment | {"PALLAQ_DATA": str(data)})
    family[0].send_signal(signal.SIGTERM)
    assert not alive(family)


def test_a_taken_port_touches_nothing(environment: dict[str, str], data_folder: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert f"Port {port} of 127.0.0.1 is not free" in refused(environment)
    assert not list(data_folder.iterdir())


def test_it_refuses_a_folder_that_cannot_be_written(environment: dict[str, str]) -> None:
    assert "/proc/pallaq cannot be written" in refused(environment, PALLAQ_DATA="/proc/pallaq")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://ana:secret@host/name", "cannot be read"),
        ("postgresql://ana:secret@127.0.0.1:1/name", "Connection refused"),
        ("postgresql://ana:secret@nowhere.invalid/name", "failed to resolve host"),
    ],
)
def test_it_refuses_a_wrong_database_address_without_its_password(
    environment: dict[str, str], url: str, words: str
) -> None:
    line = refused(environment, DATABASE_URL=url)
    assert "DATABASE_URL" in line
    assert words in line
    assert "secret" not in line


def test_it_refuses_a_wrong_password_and_a_missing_database(environment: dict[str, str], data_folder: Path) -> None:
    data_folder.chmod(0o755)
    elsewhere = data_folder / "elsewhere"
    server = postgres.start(elsewhere, throwaway=True)
    try:
        rules = elsewhere / "postgres" / "pg_hba.conf"
        rules.write_text("local all ana scram-sha-256\n" + rules.read_text())
        with psycopg.connect(**embedded_address(elsewhere, user="postgres"), autocommit=True) as connection:
            connection.execute("CREATE ROLE ana LOGIN PASSWORD 'right'")
            connection.execute("SELECT pg_reload_conf()")
        address = f"host={elsewhere / 'socket'} user=ana"
        assert "password authentication failed" in refused(
            environment, DATABASE_URL=f"{address} dbname=pallaq password=secret"
        )
        assert 'database "none" does not exist' in refused(
            environment, DATABASE_URL=f"{address} dbname=none password=right"
        )
    finally:
        server.stop()


def test_production_says_all_that_is_missing(environment: dict[str, str], data_folder: Path) -> None:
    key = data_folder / "weak"
    key.write_text("password")
    key.chmod(0o644)
    ended = subprocess.run(
        [PALLAQ, "up"],
        env=environment | {"PALLAQ_ENV": "production", "PALLAQ_SECRET": str(key)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert ended.returncode == 1
    for words in ("PALLAQ_HOSTS", "key is weak", "can read the key"):
        assert words in ended.stderr
    assert not (data_folder / "postgres").exists()
