"""Files encrypted in chunks: they open whole, in their place and for what they are, or not at all."""

from pathlib import Path

import pytest

from pallaq.shared.encryption import Unreadable
from pallaq.shared.sealed import CHUNK, SealedWriter, chunks, keys_of_file, sealed_lines

ABOUT = "rolls.rows:1"


def sealed(path: Path, data: bytes, about: str = ABOUT) -> Path:
    """Write a file."""
    with SealedWriter(path, about) as file:
        file.write(data)
    return path


def pieces(path: Path) -> list[bytes]:
    """Return a file's values with their lengths, as they lie there."""
    data, found = path.read_bytes(), []
    while data:
        end = 4 + int.from_bytes(data[:4], "big")
        found.append(data[:end])
        data = data[end:]
    return found


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_it_reads_what_was_written(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    path = sealed(tmp_path / "file", data)
    assert b"".join(chunks(path, ABOUT)) == data
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(keys_of_file(path)) == 1


def test_lines_are_whole_across_chunks(tmp_path: Path) -> None:
    lines = [b"%d " % number * 40 for number in range(2000)]
    with sealed_lines(sealed(tmp_path / "file", b"\n".join(lines) + b"\n"), ABOUT) as read:
        assert list(read) == lines


def test_nothing_in_clear_lies_there(tmp_path: Path) -> None:
    path = sealed(tmp_path / "file", b"MAMANI 40123456 " * 10_000)
    assert b"MAMANI" not in path.read_bytes()


@pytest.mark.parametrize("cut", [1, 3, 31, 40, CHUNK])
def test_a_file_cut_short_is_told(tmp_path: Path, cut: int) -> None:
    path = sealed(tmp_path / "file", b"x" * 3 * CHUNK)
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(Unreadable):
        list(chunks(path, ABOUT))


def test_a_chunk_left_out_moved_or_altered_is_told(tmp_path: Path) -> None:
    path = sealed(tmp_path / "file", b"".join(bytes([one]) * CHUNK for one in b"abc"))
    first, second, third, end = pieces(path)
    altered = first[:-1] + bytes([first[-1] ^ 1])
    for wrong in (
        [first, second, end],
        [first, second, third],
        [second, first, third, end],
        [altered, second, end],
        [],
    ):
        path.write_bytes(b"".join(wrong))
        with pytest.raises(Unreadable):
            list(chunks(path, ABOUT))


def test_another_files_chunks_do_not_open(tmp_path: Path) -> None:
    path = sealed(tmp_path / "file", b"x", "rolls.rows:2")
    with pytest.raises(Unreadable):
        list(chunks(path, ABOUT))


def test_what_breaks_in_the_middle_leaves_no_file(tmp_path: Path) -> None:
    def half() -> None:
        with SealedWriter(tmp_path / "file", ABOUT) as file:
            file.write(b"x" * 2 * CHUNK)
            raise OSError

    with pytest.raises(OSError):
        half()
    assert not list(tmp_path.iterdir())
