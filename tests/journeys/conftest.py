"""Starts Pallaq as a newcomer does, and ends what a test left."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

PALLAQ = Path(sys.executable).parent / "pallaq"
PATIENCE = 60
Start = Callable[[dict[str, str]], list[psutil.Process]]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(data_folder: Path, port: int) -> dict[str, str]:
    ours = {"DATABASE_URL", "PALLAQ_DATA", "PALLAQ_ENV", "DJANGO_SETTINGS_MODULE"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return inherited | {"PALLAQ_DATA": str(data_folder), "PALLAQ_PORT": str(port), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Pallaq, wait for its page, return it and all its descendants; the test's end ends what is left."""
    started: list[psutil.Process] = []
    yield lambda environment: family_of(environment, started)
    left = psutil.wait_procs(started, timeout=0)[1]
    for process in left:
        process.kill()
    psutil.wait_procs(left)


def family_of(environment: dict[str, str], started: list[psutil.Process]) -> list[psutil.Process]:
    parent = psutil.Popen([PALLAQ, "up"], env=environment, stdout=subprocess.DEVNULL)
    started.append(parent)
    deadline = time.monotonic() + PATIENCE
    while status_of(environment["PALLAQ_PORT"]) is None:
        assert parent.poll() is None, "it ended before it answered"
        assert time.monotonic() < deadline, "it never answered"
        time.sleep(0.1)
    family = [parent, *parent.children(recursive=True)]
    started.extend(family[1:])
    return family


def status_of(port: str) -> int | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None
