"""The verifier: pages and files that are the same for everybody, and the two public lists. Nothing is sent to it."""

import hashlib
import json
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pallaq.credentials.actions.keys import key_list, signed_key_list
from pallaq.credentials.actions.lists import status_file
from pallaq.credentials.rules.lists import Key
from pallaq.credentials.tasks import look_if_due
from pallaq.registry.models import Scheme

FOLDER = Path(__file__).resolve().parent.parent / "verifier"
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
# Kept from the first visit on; the libraries of `vendor` are kept once a browser needs one.
MODULES = ["cbor.js", "keeping.js", "lists.js", "page.js", "scanning.js", "tokens.js", "verdict.js"]
KEPT = [*MODULES, "icon.svg", "verify.css"]
PAGES = {"es-pe": "credentials:verify", "en": "credentials:verify_en"}
anew = cache_control(no_cache=True, public=True)


@require_safe
@anew
def page(_request: HttpRequest, language: str) -> HttpResponse:
    """Show the page in a language, whatever the reader's own: both are kept for when there is no network."""
    return HttpResponse(written(language))


def written(language: str) -> str:
    """Return the page; it knows nothing of who asks."""
    with override(language):
        other = next(code for code in PAGES if code != language)
        values = {"language": language[:2], "other": reverse(PAGES[other]), "schemes": Scheme.objects.all()}
        return render_to_string("credentials/verify.html", values)


@require_safe
@anew
def file(_request: HttpRequest, name: str) -> HttpResponse:
    """Give one of the page's own files."""
    found = contents().get(name)
    if found is None:
        raise Http404
    return HttpResponse(found, content_type=KINDS[Path(name).suffix])


@cache
def contents() -> dict[str, bytes]:
    """Return the files of the page."""
    found = (path for path in FOLDER.rglob("*") if path.suffix in KINDS and path.name != "worker.js")
    return {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in found}


@require_safe
@anew
def worker(_request: HttpRequest) -> HttpResponse:
    """Give the worker that keeps the page; its version is what it keeps."""
    kept = [contents()[name] for name in KEPT] + [written(language).encode() for language in PAGES]
    code = (FOLDER / "worker.js").read_text(encoding="utf-8")
    version = hashlib.sha256(b"\0".join([*kept, *contents().values(), code.encode()])).hexdigest()[:16]
    files = [reverse(name) for name in PAGES.values()]
    files += [reverse("credentials:verify_file", args=[one]) for one in KEPT]
    head = f"const VERSION = {json.dumps(version)};\nconst FILES = {json.dumps(files)};\n"
    return HttpResponse(head + code, content_type=KINDS[".js"])


@require_safe
@anew
def keys(_request: HttpRequest) -> HttpResponse:
    """Give the signed list of keys."""
    return HttpResponse(signed_key_list(), content_type="application/cbor")


@require_safe
@anew
def keys_in_words(_request: HttpRequest) -> JsonResponse:
    """Give the keys as JSON, for whoever builds a verifier of their own; its own channel must vouch for it."""
    listed = key_list()
    return JsonResponse({"issued_at": listed.issued_at, "keys": [key_words(key) for key in listed.keys.values()]})


def key_words(key: Key) -> dict[str, object]:
    """Return a key as JSON says it, its public half as a JSON Web Key's `x` in hex."""
    return {**vars(key), "kid": key.kid.hex(), "public": key.public.hex(), "algorithm": "EdDSA", "curve": "Ed25519"}


@require_safe
@anew
def status(_request: HttpRequest) -> HttpResponse:
    """Give the signed list of revoked cards."""
    look_if_due()
    return HttpResponse(bytes(status_file().content), content_type="application/cbor")
