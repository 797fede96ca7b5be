"""The part of CBOR (RFC 8949) that cards and lists are written in, read strictly: one way to write each value.

Whole numbers to 2^53, byte strings, texts, arrays, and maps whose keys are numbers or texts. Anything else, a number
written longer than it must be, a key twice, an open length, a byte too many or too few is refused. The verifier page
reads the same part by the same rules (`verifier/cbor.js`); vectors hold the two together.
"""

from typing import TypeAlias

DEEPEST = 6
LARGEST = 2**53 - 1  # what a browser's numbers hold exactly
UNSIGNED, NEGATIVE, BYTES, TEXT, ARRAY, MAP = range(6)

Value: TypeAlias = "int | bytes | str | list[Value] | dict[int | str, Value]"


class Malformed(ValueError):  # noqa: N818 - it says what the bytes are
    """The bytes are not what they should be."""


def encode(value: Value) -> bytes:
    """Return a value in its one form; maps keep the order of their keys."""
    if isinstance(value, int):
        return head(UNSIGNED, value) if value >= 0 else head(NEGATIVE, -1 - value)
    if isinstance(value, bytes):
        return head(BYTES, len(value)) + value
    if isinstance(value, str):
        return head(TEXT, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(ARRAY, len(value)) + b"".join(map(encode, value))
    pairs = (encode(key) + encode(item) for key, item in value.items())
    return head(MAP, len(value)) + b"".join(pairs)


def head(major: int, number: int) -> bytes:
    """Return the first bytes of a value: its kind, and a number in as few bytes as hold it."""
    if number < 24:
        return bytes([major << 5 | number])
    size = next(power for power in range(4) if number < 1 << (8 << power))
    return bytes([major << 5 | 24 + size]) + number.to_bytes(1 << size, "big")


def decode(data: bytes) -> Value:
    """Return the one value that the bytes hold."""
    value, end = read(data, 0, DEEPEST)
    if end != len(data):
        raise Malformed("bytes are left over")
    return value


def read(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    """Return the value at a place, and where it ends."""
    if depth == 0:
        raise Malformed("nested too deep")
    major, number, at = read_head(data, at)
    if major in (UNSIGNED, NEGATIVE):
        return (number if major == UNSIGNED else -1 - number), at
    if major in (BYTES, TEXT):
        return read_string(data, at, number, is_text=major == TEXT)
    if number > len(data) - at:  # each item has at least one byte
        raise Malformed("it ends too early")
    return read_array(data, at, number, depth) if major == ARRAY else read_map(data, at, number, depth)


def read_head(data: bytes, at: int) -> tuple[int, int, int]:
    """Return the kind, the number of its first bytes, and where they end."""
    if at >= len(data):
        raise Malformed("it ends too early")
    major, number, at = data[at] >> 5, data[at] & 31, at + 1
    if major > MAP or number > 27:
        raise Malformed("a kind of value that is not used here")
    if number >= 24:
        size = 1 << (number - 24)
        if at + size > len(data):
            raise Malformed("it ends too early")
        number, at = int.from_bytes(data[at : at + size], "big"), at + size
        if number < (24 if size == 1 else 1 << (4 * size)) or number > LARGEST:
            raise Malformed("a number is longer than it must be, or too large")
    return major, number, at


def read_string(data: bytes, at: int, length: int, *, is_text: bool) -> tuple[Value, int]:
    """Return bytes or a text, and where they end."""
    end = at + length
    if end > len(data):
        raise Malformed("it ends too early")
    if not is_text:
        return data[at:end], end
    try:
        return data[at:end].decode("utf-8"), end
    except UnicodeDecodeError as error:
        raise Malformed("a text is not UTF-8") from error


def read_array(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    """Return an array, and where it ends."""
    items: list[Value] = []
    for _ in range(count):
        item, at = read(data, at, depth - 1)
        items.append(item)
    return items, at


def read_map(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    """Return a map, and where it ends."""
    found: dict[int | str, Value] = {}
    for _ in range(count):
        key, at = read(data, at, depth - 1)
        if not isinstance(key, int | str) or key in found:
            raise Malformed("a key is twice, or of a kind that is not used here")
        found[key], at = read(data, at, depth - 1)
    return found, at
