"""Opens the verifier in a real Chromium."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
Visit = Callable[..., BrowserContext]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Give one Chromium for a file; while it is open Django must not take its event loop for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def device(chromium: Browser, live_server: Any) -> Iterator[Visit]:
    """Give devices of their own; a request to another host, a fault of the page or of its policy fails the test."""
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def made(width: int = 360, expected: str = "", browser: Browser = chromium, **options: Any) -> BrowserContext:
        size = {"width": width, "height": 800}
        context = browser.new_context(base_url=live_server.url, viewport=size, locale="es-PE", **options)
        context.set_default_timeout(15_000)
        context.on("request", lambda request: note(request.url))
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("console", lambda said: complain(said.type, said.text, expected))
        contexts.append(context)
        return context

    def note(address: str) -> None:
        if not address.startswith((live_server.url, "data:", "blob:")):
            wrong.append(f"asked another host: {address}")

    def complain(kind: str, text: str, expected: str) -> None:
        if kind == "error" and "ERR_INTERNET_DISCONNECTED" not in text and not (expected and expected in text):
            wrong.append(text)

    yield made
    for context in contexts:
        context.close()
    assert not wrong
