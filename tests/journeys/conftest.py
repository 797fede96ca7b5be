"""Starts Pallaq as a newcomer does, and ends what a test left; opens its pages in a real Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PALLAQ = Path(sys.executable).parent / "pallaq"
PATIENCE = 180  # seconds, for a machine with other work
Start = Callable[[dict[str, str]], list[psutil.Process]]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
OpenPage = Callable[..., Page]


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def environment(data_folder: Path, port: int) -> dict[str, str]:
    return clean_environment() | {"PALLAQ_DATA": str(data_folder), "PALLAQ_PORT": str(port)}


def clean_environment() -> dict[str, str]:
    """Return the environment without what the tests themselves run with."""
    ours = {"DATABASE_URL", "PALLAQ_DATA", "PALLAQ_ENV", "DJANGO_SETTINGS_MODULE"}
    return {name: value for name, value in os.environ.items() if name not in ours} | {"LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="session")
def first_start() -> Iterator[Path]:
    """Give a data folder in which Pallaq has started once and loaded its studies: that takes most of a minute."""
    folder = Path(tempfile.mkdtemp(prefix="pallaq-begun-", dir="/tmp"))
    folder.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    data = folder / "data"
    started: list[psutil.Process] = []
    family = family_of(clean_environment() | {"PALLAQ_DATA": str(data), "PALLAQ_PORT": port}, started)
    family[0].send_signal(signal.SIGINT)
    assert not psutil.wait_procs(family, timeout=30)[1]
    yield data
    shutil.rmtree(folder)


@pytest.fixture
def begun(environment: dict[str, str], first_start: Path) -> dict[str, str]:
    """Give the environment of a second start, in a copy of that folder."""
    copy_folder(first_start, Path(environment["PALLAQ_DATA"]))
    return environment


def copy_folder(source: Path, target: Path) -> None:
    """Copy a data folder with its owners and modes."""
    target.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-a", f"{source}/.", target], check=True)


@pytest.fixture
def start() -> Iterator[Start]:
    """Start Pallaq, wait for its page, return it and all its descendants; the test's end ends what is left."""
    started: list[psutil.Process] = []
    yield lambda environment: family_of(environment, started)
    left = psutil.wait_procs(started, timeout=0)[1]
    for process in left:
        with suppress(psutil.NoSuchProcess):
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give one Chromium for a file of journeys.

    Playwright's own event loop runs in this thread while it is open, and Django takes that for asynchronous code;
    the mark is taken back when the browser closes, so that other tests keep the guard.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[OpenPage]:
    """Open pages of the site: `open_page("/", width=360)`; any request to another host fails the test."""
    contexts, strangers = [], []

    def note(address: str) -> None:
        if not address.startswith((live_server.url, "data:")):
            strangers.append(address)

    def opened(path: str, *, width: int = 1280, language: str = "es-PE", **options: Any) -> Page:
        size = {"width": width, "height": 800}
        context = browser.new_context(base_url=live_server.url, viewport=size, locale=language, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: note(request.url))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not strangers, f"the page asked another host: {strangers}"
