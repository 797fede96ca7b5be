"""The verifier in a real Chromium: it decides as Python does, and works without a network after one visit."""

import io
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import segno
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pallaq.credentials.actions.cards import reissue_card, revoke_card
from pallaq.credentials.actions.keys import make_key, withdraw_key
from pallaq.credentials.models import Card, SigningKey, StatusFile, WhyCard, WhyKey
from pallaq.credentials.tests.conftest import ARGUMENTS, CHROMIUM, Visit
from pallaq.credentials.tests.samples import carded
from pallaq.credentials.tests.vectors import vectors
from pallaq.registry.tests.samples import Desks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
DECIDE = """async (vectors) => {
  const { verdict } = await import("/verify/files/verdict.js");
  const { readKeys, readStatus } = await import("/verify/files/lists.js");
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const lists = new Map();
  const wrong = [];
  for (const { name, text, keys, status, now, outcome, since, shows } of vectors) {
    const listed = `${keys}|${status}`;
    if (!lists.has(listed)) {
      const keyList = keys && (await readKeys(bytes(keys)));
      lists.set(listed, [keyList, status && keyList && (await readStatus(bytes(status), keyList))]);
    }
    const found = await verdict(text, ...lists.get(listed), now);
    const seen = found.claims ? { name: found.claims.name, number: found.claims.number } : null;
    const told = found.outcome === outcome && (found.since ?? null) === since;
    const right = told && JSON.stringify(seen) === JSON.stringify(shows);
    if (!right) wrong.push([name, found.outcome, found.since ?? null, outcome, since]);
  }
  return wrong;
}"""
LIBRARY = """async () => {
  const { verifyAsync, signAsync, keygenAsync } = await import("/verify/files/vendor/ed25519.js");
  const { signedBy, signedByLibrary } = await import("/verify/files/tokens.js");
  const { secretKey, publicKey } = await keygenAsync();
  const parts = { protectedBytes: Uint8Array.of(1, 2), payload: new Uint8Array(70000) };
  const head = [0x84, 0x6a, ...new TextEncoder().encode("Signature1"), 0x42, 1, 2, 0x40, 0x5a, 0, 1, 17, 112];
  const signature = await signAsync(Uint8Array.from([...head, ...parts.payload]), secretKey);
  const other = Uint8Array.from(signature, (byte, at) => byte ^ (at === 40 ? 1 : 0));
  const found = [];
  for (const one of [signature, other]) {
    const token = { ...parts, signature: one };
    found.push(await signedBy(token, publicKey), await signedByLibrary(token, publicKey));
  }
  return found;
}"""
BOMB = """async () => {
  const { inflated } = await import("/verify/files/tokens.js");
  const zeros = new Blob([new Uint8Array(5e7)]).stream().pipeThrough(new CompressionStream("deflate"));
  return inflated(await new Response(zeros).bytes(), 4096).then(() => "inflated", (error) => error.message);
}"""


def visit(context: BrowserContext, path: str = "/verify/") -> Page:
    """Open the page and wait until it can do without the network."""
    page = context.new_page()
    page.goto(path)
    page.wait_for_selector("html[data-ready]", state="attached")
    return page


def paste(page: Page, text: str) -> None:
    """Verify a text."""
    if not page.locator("#text").is_visible():
        page.locator("summary").click()
    page.fill("#text", text)
    page.locator("#typed button").click()


def outcome(page: Page, name: str) -> None:
    """Expect an outcome on screen."""
    expect(page.locator("#result")).to_have_attribute("data-outcome", name, timeout=30_000)
    expect(page.locator("#result h2")).to_be_visible()


@pytest.fixture
def card() -> tuple[Desks, Card]:
    made, _juana, found = carded()
    return made, found


def test_the_browser_decides_each_vector_as_python_does(device: Visit) -> None:
    page = device(expected="404").new_page()
    page.goto("/verify/")
    given = [vector.as_json() for vector in vectors()]
    assert len(given) > 300
    assert page.evaluate(DECIDE, given) == []


def test_both_ways_to_check_a_signature_agree_and_a_bomb_is_stopped(device: Visit) -> None:
    page = device(expected="404").new_page()
    page.goto("/verify/")
    assert page.evaluate(LIBRARY) == [True, True, False, False]
    assert page.evaluate(BOMB) == "too large"


def test_it_verifies_without_a_network_after_one_visit(device: Visit, card: tuple[Desks, Card]) -> None:
    made, found = card
    context = device()
    visit(context).close()
    context.set_offline(True)
    page = context.new_page()
    page.goto("/verify/")
    paste(page, found.text)
    outcome(page, "valid")
    expect(page.locator("#result")).to_contain_text("Juana Rosa Mamani Quispe")
    expect(page.locator("#result .stamp")).to_be_visible()
    paste(page, found.text[:-9])
    outcome(page, "unreadable")
    paste(page, "https://example.org")
    outcome(page, "not-pallaq")

    revoke_card(card=found, why=WhyCard.STOLEN, by=made.officer)
    paste(page, found.text)
    outcome(page, "valid")  # nobody told this device yet
    page.click("#update")
    expect(page.locator("#update-said")).not_to_be_empty()
    context.set_offline(False)
    page.click("#update")
    outcome(page, "revoked")
    context.set_offline(True)
    page.reload()
    paste(page, found.text)
    outcome(page, "revoked")
    page.goto("/verify/en/")
    paste(page, found.text)
    outcome(page, "revoked")
    expect(page.locator("#result h2")).to_have_text("Revoked")


def test_it_reads_a_picture_of_the_code_without_a_network(device: Visit, card: tuple[Desks, Card]) -> None:
    context = device()
    page = visit(context)
    context.set_offline(True)
    drawn = io.BytesIO()
    segno.make(card[1].text, error="m", boost_error=False).save(drawn, kind="png", scale=6, border=4)
    page.locator("summary").click()
    page.set_input_files("#picture", {"name": "c.png", "mimeType": "image/png", "buffer": drawn.getvalue()})
    outcome(page, "valid")
    empty = io.BytesIO()
    segno.make("x").save(empty, kind="png", scale=1, border=0)
    page.set_input_files("#picture", {"name": "c.txt", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.locator("#problem")).not_to_be_empty()


def test_it_reads_the_code_before_the_camera(
    device: Visit, card: tuple[Desks, Card], chromium: Browser, tmp_path: Path
) -> None:
    drawn, seen = io.BytesIO(), io.BytesIO()
    segno.make(card[1].text, error="m", boost_error=False).save(drawn, kind="png", scale=6, border=6)
    frame = Image.new("RGB", (640, 480), "#998877")
    frame.paste(Image.open(drawn).convert("RGB").rotate(4, fillcolor="#ffffff").resize((420, 420)), (110, 30))
    frame.save(seen, "JPEG", quality=80)
    film = tmp_path / "camera.mjpeg"
    film.write_bytes(seen.getvalue() * 30)
    arguments = [*ARGUMENTS, *CAMERA, f"--use-file-for-fake-video-capture={film}"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=arguments)
    context = device(browser=browser, permissions=["camera"])
    page = visit(context)
    context.set_offline(True)
    page.click("#scan")
    outcome(page, "valid")
    expect(page.locator("#camera")).to_be_hidden()


def test_the_camera_stops_when_it_is_told_to(device: Visit, card: tuple[Desks, Card], chromium: Browser) -> None:
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *CAMERA])
    page = visit(device(browser=browser, permissions=["camera"]))
    page.click("#scan")
    expect(page.locator("#video")).to_be_visible()
    page.click("#stop")
    expect(page.locator("#camera")).to_be_hidden()
    expect(page.locator("#problem")).to_be_empty()


def test_a_camera_that_is_not_allowed_is_said_in_words(device: Visit, card: tuple[Desks, Card]) -> None:
    page = visit(device())
    page.click("#scan")
    expect(page.locator("#problem")).to_have_text(page.locator("#say-no-camera").text_content() or "?")


def test_a_card_of_a_withdrawn_key_is_told_apart_and_new_keys_are_asked_about(
    device: Visit, card: tuple[Desks, Card]
) -> None:
    page = visit(device())
    withdraw_key(key=card[1].key, why=WhyKey.STOLEN, by=None)
    new = make_key(issuer="DREM Puno", synthetic=False, by=None)
    page.click("#update")
    expect(page.locator("#ask")).to_be_visible()  # no key that was known vouches for the new one
    expect(page.locator("#ask")).to_contain_text(new.shown())
    page.click("#keep")
    paste(page, card[1].text)
    outcome(page, "valid")
    page.click("#update")
    page.click("#trust")
    outcome(page, "key-withdrawn")


def test_a_rotation_asks_nothing_and_an_unknown_key_is_known_after_an_update(
    device: Visit, card: tuple[Desks, Card]
) -> None:
    page = visit(device())
    make_key(issuer="DREM Puno", synthetic=False, by=None)
    card[1].refresh_from_db()
    new = reissue_card(card=card[1], why=WhyCard.WRONG, by=None)
    paste(page, new.text)
    outcome(page, "unknown-key")
    page.click("#update")
    outcome(page, "valid")
    expect(page.locator("#result .stamp")).to_have_count(0)


def test_an_old_list_an_ended_card_and_a_clock_that_is_wrong_are_told_apart(
    device: Visit, card: tuple[Desks, Card]
) -> None:
    context = device()
    page = context.new_page()
    page.clock.install(time=timezone.now())
    page.goto("/verify/")
    page.wait_for_selector("html[data-ready]", state="attached")
    context.set_offline(True)
    page.clock.set_system_time(timezone.now() + timedelta(days=8))
    paste(page, card[1].text)
    outcome(page, "stale")
    page.clock.set_system_time(timezone.now() + timedelta(days=800))
    paste(page, card[1].text)
    outcome(page, "expired")
    page.clock.set_system_time(timezone.now() - timedelta(days=800))
    paste(page, card[1].text)
    outcome(page, "valid")  # the lists say that it is later


def test_what_comes_back_wrong_is_not_taken(device: Visit, card: tuple[Desks, Card]) -> None:
    context = device()
    page = visit(context)
    StatusFile.objects.update(content=b"broken")
    page.click("#update")
    expect(page.locator("#update-said")).not_to_be_empty()
    paste(page, card[1].text)
    outcome(page, "valid")


def test_the_first_view_is_light(device: Visit, card: tuple[Desks, Card], live_server: Any) -> None:
    sizes: dict[str, int] = {}
    context = device()
    page = context.new_page()
    page.on("response", lambda answer: sizes.update({answer.url: int(answer.headers.get("content-length", 0))}))
    page.goto("/verify/")
    expect(page.locator("#tools")).to_be_visible()
    page.wait_for_selector("html[data-ready]", state="attached")
    first = sum(size for address, size in sizes.items() if "vendor" not in address)
    assert 0 < first < 60_000, sizes


def test_nobody_has_keys_yet(device: Visit) -> None:
    assert not SigningKey.objects.exists()
    context = device(expected="404")
    page = context.new_page()
    started = time.monotonic()
    page.goto("/verify/")
    expect(page.locator("#lists-none")).to_be_visible()
    assert time.monotonic() - started < 15
