"""A photo: told from what is none by decoding it, and made small, without what a camera writes beside it."""

import io
import struct
import zlib

from PIL import Image, ImageOps

MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 50_000_000  # a phone's largest photo; what holds more is made to fill a memory
LEAST_SIDE = 100  # pixels: below that nobody is known by it
SIDE = 480  # pixels of the longer side, as it is kept
FORMATS = ("JPEG", "PNG", "WEBP")
# What Pillow raises at files that are broken, cut short or made to confuse it.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, IndexError, TypeError, struct.error, zlib.error)


class NotAPhoto(Exception):  # noqa: N818 - the action makes a refusal of it
    """Why a file is no photo to keep: "empty", "bytes", "kind", "pixels", "small" or "broken"."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def small_photo(content: bytes) -> bytes:
    """Return the photo as a JPEG of at most 480 pixels a side, upright, with nothing but its pixels."""
    if not content:
        raise NotAPhoto("empty")
    if len(content) > MOST_BYTES:
        raise NotAPhoto("bytes")
    return as_jpeg(pixels_of(opened(content)))


def opened(content: bytes) -> Image.Image:
    """Return the photo with its size read and nothing decoded yet."""
    try:
        image = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise NotAPhoto("pixels") from error
    except BROKEN as error:
        raise NotAPhoto("kind") from error
    if image.width * image.height > MOST_PIXELS:
        raise NotAPhoto("pixels")
    if min(image.size) < LEAST_SIDE:
        raise NotAPhoto("small")
    return image


def pixels_of(image: Image.Image) -> Image.Image:
    """Return its pixels: small, upright, on white where it is transparent."""
    try:
        image.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is decoded small at once
        image.load()
        image.thumbnail((SIDE, SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    except BROKEN as error:
        raise NotAPhoto("broken") from error
    # A new image: whatever else the file said (place, device, comments, colour profile) stays behind.
    fresh = Image.new("RGB", upright.size, "white")
    fresh.paste(upright, mask=upright.getchannel("A"))
    return fresh


def as_jpeg(image: Image.Image) -> bytes:
    """Return an image as JPEG."""
    target = io.BytesIO()
    image.save(target, "JPEG", quality=82, optimize=True)
    return target.getvalue()
