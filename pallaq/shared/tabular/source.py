"""Where a table is read from: a file, or bytes that must not lie on a disk in clear."""

import io
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple, TypeAlias, overload


class Size(NamedTuple):
    """What a file's `stat` says, as far as readers ask."""

    st_size: int


class InMemory:
    """Bytes that readers open as if they were a file."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def stat(self) -> Size:
        """Return how large it is."""
        return Size(len(self.data))

    def read_bytes(self) -> bytes:
        """Return everything."""
        return self.data

    @overload
    def open(self, mode: Literal["rb"]) -> IO[bytes]: ...

    @overload
    def open(self, mode: Literal["r"] = "r", *, encoding: str, newline: str) -> IO[str]: ...

    def open(self, mode: str = "r", *, encoding: str = "utf-8", newline: str = "") -> IO[Any]:
        """Return a stream over the bytes, or over the text in them."""
        raw = io.BytesIO(self.data)
        return raw if mode == "rb" else io.TextIOWrapper(raw, encoding=encoding, newline=newline)


Source: TypeAlias = Path | InMemory
