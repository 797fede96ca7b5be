"""A backup rehearsed: written while Pallaq runs, restored elsewhere, the same rows and files."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg

from pallaq.cli import postgres
from pallaq.shared.environment import embedded_address
from tests.journeys.conftest import copy_folder

PALLAQ = Path(sys.executable).parent / "pallaq"
Start = Callable[[dict[str, str]], list[psutil.Process]]


def rows(data: Path) -> dict[str, tuple[int, str | None]]:
    """Return the number of rows of every table and a digest of them."""
    found = {}
    with psycopg.connect(**embedded_address(data)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            query = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{table}\" t"
            found[table] = connection.execute(query).fetchone()
    return {table: values for table, values in found.items() if table not in {"pallaq_cache", "django_session"}}


def files(data: Path) -> dict[str, str]:
    folders = [data / "releases", data / "diagnoses"]
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(data)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def test_what_was_saved_comes_back(
    environment: dict[str, str], start: Start, data_folder: Path, first_start: Path
) -> None:
    data_folder.chmod(0o755)
    first, second = data_folder / "first", data_folder / "second"
    copy_folder(first_start, first)
    family = start(environment | {"PALLAQ_DATA": str(first)})
    with psycopg.connect(**embedded_address(first)) as connection:
        connection.execute("CREATE TABLE rehearsal (id serial PRIMARY KEY, words text)")
        connection.execute("INSERT INTO rehearsal (words) SELECT 'ñandú ' || n FROM generate_series(1, 1000) n")
    (first / "releases" / "gold").mkdir(parents=True)
    (first / "releases" / "gold" / "answers.parquet").write_bytes(bytes(range(256)) * 1000)
    kept = rows(first), files(first)

    file = data_folder / "backup.tar"
    subprocess.run([PALLAQ, "backup", file], env=environment | {"PALLAQ_DATA": str(first)}, check=True)
    family[0].send_signal(signal.SIGINT)
    assert not psutil.wait_procs(family, timeout=15)[1]
    subprocess.run([PALLAQ, "restore", file], env=environment | {"PALLAQ_DATA": str(second)}, check=True)

    server = postgres.start(second)
    try:
        assert (rows(second), files(second)) == kept
        with psycopg.connect(**embedded_address(second)) as connection:
            query = "INSERT INTO rehearsal (words) VALUES ('next') RETURNING id"
            assert connection.execute(query).fetchone() == (1001,)
    finally:
        server.stop()
