"""A photo is told from what is none, made small, kept encrypted, seen by whoever may see her, and removed."""

import hashlib
import io
import struct
import zlib
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from pallaq.accounts.tests.people import client_of, refused
from pallaq.registry.actions.photos import remove_photo, set_photo
from pallaq.registry.models import Person, Photo, Reading, Role
from pallaq.registry.rules.photos import MOST_BYTES, NotAPhoto, small_photo
from pallaq.registry.tests.samples import desks, seated, selector
from pallaq.shared.models import AuditEvent

ENGLISH = {"Accept-Language": "en"}


def picture(kind: str = "JPEG", size: tuple[int, int] = (1200, 900), mode: str = "RGB", **more: Any) -> bytes:
    """Return a picture: red on the left, blue on the right."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    file = io.BytesIO()
    image.convert(mode).save(file, kind, **more)
    return file.getvalue()


def bomb() -> bytes:
    """Return a PNG that says it has 900 million pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    sized = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + sized + picture("PNG")[33:]


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (picture(), (480, 360)),
        (picture("PNG", mode="RGBA"), (480, 360)),
        (picture("PNG", mode="P"), (480, 360)),
        (picture("WEBP", (300, 600)), (240, 480)),
        (picture(mode="CMYK"), (480, 360)),
        (picture(size=(120, 110)), (120, 110)),
    ],
)
def test_a_photo_becomes_a_small_jpeg(content: bytes, size: tuple[int, int]) -> None:
    made = Image.open(io.BytesIO(small_photo(content)))
    assert (made.format, made.mode, made.size) == ("JPEG", "RGB", size)


def test_it_is_turned_upright_and_nothing_of_the_camera_stays() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the left of the file is the top of the photo
    exif[0x010F] = "ACME"
    exif.get_ifd(0x8825)[1] = "S"  # GPS
    content = picture(exif=exif, comment=b"en Ananea", icc_profile=b"perfil")
    assert b"ACME" in content
    small = small_photo(content)
    made = Image.open(io.BytesIO(small))
    assert made.size == (360, 480)
    red, blue = made.getpixel((180, 40)), made.getpixel((180, 440))
    assert red[0] > 200 > red[2]  # type: ignore[index] # a colour of three parts
    assert blue[2] > 200 > blue[0]  # type: ignore[index]
    assert not made.getexif()
    for left in (b"ACME", b"Exif", b"Ananea", b"perfil"):
        assert left not in small


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\xff\xd8\xff\xe0" + bytes(MOST_BYTES), "bytes"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        (b"%PDF-1.7\n%%EOF\n", "kind"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20), "kind"),
        (picture("GIF"), "kind"),
        (picture("TIFF"), "kind"),
        (bomb(), "pixels"),
        (picture("PNG", (12_000, 5_000), "1"), "pixels"),
        (picture(size=(99, 500)), "small"),
        (picture()[:-2000], "broken"),
        (picture("PNG")[:-200], "broken"),
        (picture("WEBP")[:-200], "kind"),
    ],
)
def test_it_says_why_a_file_is_no_photo(content: bytes, why: str) -> None:
    with pytest.raises(NotAPhoto) as caught:
        small_photo(content)
    assert caught.value.why == why


@pytest.mark.django_db
def test_it_is_kept_encrypted_with_its_sha256() -> None:
    made = desks()
    juana = selector()
    photo = set_photo(person=juana, content=picture(), by=made.registrar)
    kept = Photo.objects.get()
    assert kept.sha256 == photo.sha256 == hashlib.sha256(kept.image).hexdigest()
    assert kept.image.startswith(b"\xff\xd8\xff")
    with connection.cursor() as cursor:
        cursor.execute("SELECT image FROM registry_photo")
        stored = bytes(cursor.fetchone()[0])
    assert b"JFIF" not in stored
    now = Person.objects.get()
    assert (now.edition, now.changed_by) == (2, made.registrar)
    assert AuditEvent.objects.get(action="photo.set").about == f"person {juana.number}"


@pytest.mark.django_db
def test_another_photo_takes_the_place_of_the_first() -> None:
    desks()
    juana = selector()
    first = set_photo(person=juana, content=picture(), by=None).sha256
    set_photo(person=juana, content=picture(size=(500, 500)), by=None)
    assert Photo.objects.get().sha256 != first


@pytest.mark.django_db
def test_a_refused_file_leaves_the_photo_that_is_there() -> None:
    desks()
    juana = selector()
    set_photo(person=juana, content=picture(), by=None)
    before = Photo.objects.get().sha256
    with refused("photo-kind"):
        set_photo(person=juana, content=b"no photo", by=None)
    assert Photo.objects.get().sha256 == before


@pytest.mark.django_db
def test_nothing_is_kept_or_removed_if_the_audit_fails() -> None:
    desks()
    juana = selector()
    failing = patch("pallaq.registry.actions.photos.record", side_effect=OSError)
    with failing, pytest.raises(OSError):
        set_photo(person=juana, content=picture(), by=None)
    assert not Photo.objects.exists()
    set_photo(person=juana, content=picture(), by=None)
    with failing, pytest.raises(OSError):
        remove_photo(person=juana, by=None)
    assert Photo.objects.exists()


@pytest.mark.django_db
def test_a_desk_brings_it_sees_it_and_removes_it() -> None:
    made = desks()
    juana = selector()
    desk = client_of(made.registrar)
    address = {name: reverse(f"registry:{name}", args=[juana.pk]) for name in ("photo", "photo_edit", "photo_remove")}
    assert desk.get(address["photo"]).status_code == 404
    assert 'capture="environment"' in desk.get(address["photo_edit"]).content.decode()
    file = SimpleUploadedFile("juana.jpg", picture())
    assert desk.post(address["photo_edit"], {"photo": file}).status_code == 302
    seen = desk.get(address["photo"])
    assert (seen.headers["Content-Type"], seen.content[:2]) == ("image/jpeg", b"\xff\xd8")
    assert "no-store" in seen.headers["Cache-Control"]
    assert Reading.objects.get(what="photo").by == made.registrar
    assert address["photo"] in desk.get(reverse("registry:person", args=[juana.pk])).content.decode()
    assert "cannot be brought back" in desk.get(address["photo_remove"], headers=ENGLISH).content.decode()
    assert Photo.objects.exists()
    assert desk.post(address["photo_remove"]).status_code == 302
    assert not Photo.objects.exists()
    assert desk.post(address["photo_remove"]).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"", b"hola", picture()[:-2000], bomb()])
def test_a_file_that_is_no_photo_is_answered_in_words(content: bytes) -> None:
    made = desks()
    juana = selector()
    file = SimpleUploadedFile("juana.jpg", content)
    address = reverse("registry:photo_edit", args=[juana.pk])
    answer = client_of(made.registrar).post(address, {"photo": file}, headers=ENGLISH)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Photo.objects.exists()


@pytest.mark.django_db
def test_another_region_and_a_reader_without_a_seat_do_not_see_it() -> None:
    desks()
    juana = selector()
    set_photo(person=juana, content=picture(), by=None)
    address = reverse("registry:photo", args=[juana.pk])
    for user in (seated("Sara", Role.OFFICER, "04"), seated("Eva", Role.STATISTICIAN)):
        assert client_of(user).get(address).status_code == 404
    assert client_of(None).get(address).status_code == 302
    assert client_of(seated("Aida", Role.AUDITOR, "21")).get(address).status_code == 200
    assert Reading.objects.filter(what="photo").count() == 1
