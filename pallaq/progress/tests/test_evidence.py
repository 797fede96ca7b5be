"""A file is checked by its bytes before anything is stored; it is kept with its row, and removed with a reason."""

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import Settings

from pallaq.accounts.tests.people import client_of, refused
from pallaq.plan.tests.samples import Small, small
from pallaq.progress.actions import evidence as verbs
from pallaq.progress.actions.evidence import add_evidence, kept_files, remove_evidence
from pallaq.progress.models import Evidence
from pallaq.progress.tests.samples import closed, reported, spent
from pallaq.shared.errors import Refusal
from pallaq.shared.kinds import ODF, OOXML, found_in
from pallaq.shared.models import AuditEvent

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def zipped(**members: str | bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def office(kind: str, **more: bytes) -> bytes:
    return zipped(**{"[Content_Types].xml": f"<Types>{OOXML}.{kind}.main+xml</Types>", **more})


def open_document(kind: str, **more: str | bytes) -> bytes:
    return zipped(mimetype=f"{ODF}.{kind}", **more)


def encrypted_zip() -> bytes:
    content = bytearray(office("wordprocessingml.document"))
    central = content.rindex(b"PK\x01\x02")
    content[central + 8] |= 1
    return bytes(content)


@pytest.fixture(autouse=True)
def data(settings: Settings, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def plan() -> Small:
    return small()


def added(plan: Small, content: bytes = PDF, name: str = "acta.pdf", **more: Any) -> Evidence:
    file = SimpleUploadedFile(name, content)
    return add_evidence(**{"item": plan.indicator.item, "file": file, "by": plan.planner, **more})


def nothing_kept(data: Path) -> bool:
    return not (Evidence.objects.exists() or list(data.glob("evidence/*")))


KEPT = [
    ("acta.pdf", PDF, "application/pdf"),
    ("ACTA.PDF", PDF, "application/pdf"),
    ("foto.png", PNG, "image/png"),
    ("foto.jpg", JPEG, "image/jpeg"),
    ("foto.jpeg", b"\xff\xd8\xff\xdb" + bytes(20), "image/jpeg"),
    ("acta.docx", office("wordprocessingml.document"), f"{OOXML}.wordprocessingml.document"),
    ("lista.xlsx", office("spreadsheetml.sheet"), f"{OOXML}.spreadsheetml.sheet"),
    ("acta.odt", open_document("text"), f"{ODF}.text"),
    ("lista.ods", open_document("spreadsheet"), f"{ODF}.spreadsheet"),
    ("lista.csv", "región;año\nPuno;2026\n".encode(), "text/csv"),
    ("nota.txt", "\ufeffBM: sesión del grupo técnico".encode(), "text/plain"),
    ("nota.txt", b"MZ\tPK\tuna nota", "text/plain"),
]


@pytest.mark.parametrize(("name", "content", "media_type"), KEPT)
def test_it_knows_a_file_by_its_bytes(name: str, content: bytes, media_type: str) -> None:
    found = found_in(io.BytesIO(content), name)
    assert (found.fault, found.media_type) == ("", media_type)


REFUSED = [
    ("vacio.pdf", b"", "empty"),
    ("acta.pdf", b"<!DOCTYPE html><p>", "kind"),
    ("acta.txt", b"\n\n  <HTML><script>", "kind"),
    ("nota.txt", b"hola <script>alert(1)</script>", "kind"),
    ("mapa.png", b"<svg xmlns='http://www.w3.org/2000/svg'>", "kind"),
    ("mapa.svg", b"<?xml version='1.0'?><svg>", "kind"),
    ("datos.txt", b"#!/bin/sh\nrm -r x\n", "kind"),
    ("acta.txt", b"{\\rtf1 hola}", "kind"),
    ("acta.pdf", b"MZ\x90\x00\x03" + bytes(50), "kind"),
    ("acta.pdf", b"\x7fELF\x02\x01\x01" + bytes(50), "kind"),
    ("acta.pdf", b"Rar!\x1a\x07\x01\x00", "kind"),
    ("foto.jpg", b"GIF89a" + bytes(9), "kind"),
    ("todo.docx", zipped(nota="hola"), "kind"),
    ("todo.docx", office("presentationml.presentation"), "kind"),
    ("acta.docm", office("wordprocessingml.document", **{"word/vbaProject.bin": b"x"}), "macros"),
    ("lista.xlsx", zipped(**{"[Content_Types].xml": "application/vnd.ms-excel.sheet.macroEnabled.main+xml"}), "macros"),
    ("acta.odt", open_document("text", **{"Basic/Standard/x.xml": "x"}), "macros"),
    ("acta.docx", OLE, "encrypted"),
    ("acta.docx", encrypted_zip(), "encrypted"),
    ("acta.odt", open_document("text", **{"META-INF/manifest.xml": "<manifest:encryption-data>"}), "encrypted"),
    ("acta.docx", office("wordprocessingml.document")[:60], "damaged"),
    ("lista.csv", "región".encode("latin-1"), "encoding"),
    ("lista.csv", b"a;b\n" * 2000 + b"\x00", "kind"),
    ("acta.png", PDF, "ending"),
    ("acta.docx", office("spreadsheetml.sheet"), "ending"),
    ("acta.pdf.exe", PDF, "ending"),
    ("lista.html", b"a;b", "ending"),
    ("acta", PDF, "ending"),
]


@pytest.mark.parametrize(("name", "content", "fault"), REFUSED)
def test_it_refuses_what_is_not_kept_and_stores_nothing(
    plan: Small, data: Path, name: str, content: bytes, fault: str
) -> None:
    with refused(f"file-{fault}"):
        added(plan, content, name)
    assert nothing_kept(data)
    assert not AuditEvent.objects.filter(action__startswith="evidence").exists()


@pytest.mark.parametrize("cut", range(0, 400, 7))
def test_no_bytes_make_it_fail(cut: int) -> None:
    whole = office("wordprocessingml.document", **{"word/document.xml": b"x" * 90})
    broken = bytearray(whole)
    broken[cut % len(whole)] ^= 0xFF
    for content in (whole[: cut + 1], bytes(broken)):
        assert found_in(io.BytesIO(content), "acta.docx").fault in {
            "",
            "kind",
            "damaged",
            "encrypted",
            "macros",
            "encoding",
            "ending",
        }


def test_a_refusal_says_what_the_file_is(plan: Small) -> None:
    with pytest.raises(Refusal, match=r"acta.png .*\.pdf"):
        added(plan, PDF, "acta.png")
    with pytest.raises(Refusal, match=r"acta.pdf .*\.rar.*\.docx"):
        added(plan, b"Rar!\x1a\x07\x01\x00", "acta.pdf")


def test_it_refuses_a_file_over_the_limit(plan: Small, data: Path, settings: Settings) -> None:
    settings.EVIDENCE_LIMIT = len(PDF)
    assert added(plan)
    with refused("file-too-large"):
        added(plan, PDF + b"\n")
    assert Evidence.objects.count() == 1


def test_it_keeps_the_file_for_its_owner_alone_under_its_key(plan: Small, data: Path) -> None:
    evidence = added(plan, title="Acta de marzo", region="21")
    path = data / "evidence" / str(evidence.pk)
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (PDF, 0o600)
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (evidence.title, evidence.file_name, evidence.size) == ("Acta de marzo", "acta.pdf", len(PDF))
    event = AuditEvent.objects.get(action="evidence.add")
    assert (event.scope, event.details["sha256"]) == ("plan/small", evidence.sha256)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/acta.pdf", "acta.pdf"),
        ("act\u202eafdp.pdf", "actafdp.pdf"),
        ("a" * 300 + ".pdf", "a" * 200 + "a" * 51 + ".pdf"),
    ],
)
def test_a_name_leads_nowhere_and_hides_nothing(plan: Small, name: str, kept: str) -> None:
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = name
    assert add_evidence(item=plan.indicator.item, file=file, by=plan.planner).file_name == kept


def test_nothing_is_kept_if_the_audit_fails(plan: Small, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = added(plan)

    def broken(**_facts: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(verbs, "record", broken)
    for verb in (lambda: added(plan), lambda: remove_evidence(evidence=kept, reason="Otra", by=plan.planner)):
        with pytest.raises(RuntimeError):
            verb()
    assert [path.name for path in data.glob("evidence/*")] == [str(Evidence.objects.get(removed_at=None).pk)]


def test_files_go_when_what_they_came_with_fails_later(plan: Small, data: Path) -> None:
    def fail_after_storing() -> None:
        with kept_files() as placed:
            file = SimpleUploadedFile("a.pdf", PDF)
            verbs.store_file(placed, item=plan.indicator.item, file=file, by=plan.planner)
            assert placed[0].exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_storing()
    assert nothing_kept(data)


def test_it_removes_the_file_and_keeps_that_it_was_there(plan: Small, django_capture_on_commit_callbacks: Any) -> None:
    evidence = added(plan)
    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(evidence=evidence, reason=" Tiene nombres ", by=plan.planner)
    evidence.refresh_from_db()
    assert not evidence.path().exists()
    assert (evidence.removed_by, evidence.removed_reason) == (plan.planner, "Tiene nombres")
    with refused("evidence-gone"):
        remove_evidence(evidence=evidence, reason="Otra vez", by=plan.planner)
    browser = client_of(plan.planner)
    assert browser.get(reverse("progress:evidence_file", args=["small", evidence.pk])).status_code == 404
    assert "Tiene nombres" in browser.get(reverse("progress:evidence", args=["small", "I1"])).content.decode()


def test_the_file_stays_until_its_removal_is_committed(plan: Small) -> None:
    evidence = added(plan)
    remove_evidence(evidence=evidence, reason="Otra", by=plan.planner)
    assert evidence.path().exists()


def test_it_asks_for_a_reason(plan: Small) -> None:
    with refused("reason-missing"):
        remove_evidence(evidence=added(plan), reason=" ", by=plan.planner)


@pytest.mark.parametrize("what", ["value", "spending"])
def test_a_closed_period_keeps_its_evidence(plan: Small, what: str) -> None:
    evidence = added(plan)
    row = reported(plan, 2025, 40) if what == "value" else spent(plan, "1.1", 2025, 10, quarter=2)
    row.evidence.add(evidence)
    closed(plan, 2025)
    with refused("period-closed"):
        remove_evidence(evidence=evidence, reason="Otra", by=plan.planner)
    plan.plan.closed_periods.all().delete()
    remove_evidence(evidence=evidence, reason="Otra", by=plan.planner)


def test_taking_a_file_is_noted_and_never_shows_it_in_the_browser(plan: Small) -> None:
    evidence = added(plan, b"a;b\n=1+1;2\n", "año 2026.csv")
    answer = client_of(plan.reader()).get(reverse("progress:evidence_file", args=["small", evidence.pk]))
    assert b"".join(answer.streaming_content) == b"a;b\n=1+1;2\n"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''a%C3%B1o")
    assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "text/csv")
    event = AuditEvent.objects.get(action="evidence.download")
    assert (event.by.name, event.about) == ("Lidia", f"evidence {evidence.pk}")


def test_a_bad_file_leaves_the_good_ones_out_too_and_the_title_typed(plan: Small, data: Path) -> None:
    address = reverse("progress:evidence", args=["small", "I1"])
    files = [SimpleUploadedFile("acta.pdf", PDF), SimpleUploadedFile("virus.pdf", b"MZ\x90\x00" + bytes(9))]
    answer = client_of(plan.planner).post(address, {"attached": files, "title": "Acta de marzo"})
    assert answer.status_code == 422
    assert 'value="Acta de marzo"' in answer.content.decode()
    assert nothing_kept(data)


def test_without_a_file_the_form_says_so(plan: Small) -> None:
    answer = client_of(plan.planner).post(reverse("progress:evidence", args=["small", "I1"]), {"title": "Acta"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["attached"])


def test_a_planner_removes_by_the_page(plan: Small) -> None:
    evidence = added(plan)
    browser, address = client_of(plan.planner), reverse("progress:evidence_remove", args=["small", evidence.pk])
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"reason": ""}).status_code == 422
    assert browser.post(address, {"reason": "Duplicada"}).status_code == 302
    assert browser.put(address).status_code == 405
