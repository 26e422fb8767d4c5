"""Which encoding a text file is in: UTF-8 or GB18030; anything else is refused, not guessed."""

from __future__ import annotations

import codecs
import gzip
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from abm_ml.errors import DataError

_CHUNK = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_REMEDY = "save it as UTF-8 (in Excel: Save As, CSV UTF-8)"
# GB18030 gives a meaning to nearly every pair of bytes. Real Chinese text keeps to the common
# characters of GB2312; an accented Latin-1 letter and the letter behind it land outside.
_COMMON_SHARE = 0.7


def _open_bytes(path: Path) -> IO[bytes]:
    """The bytes of a file, unzipped if it is a .gz.

    Raises
    ------
    DataError
        If the file cannot be opened.
    """
    try:
        if path.suffix == ".gz":
            return cast(IO[bytes], gzip.open(path, "rb"))
        return path.open("rb")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error


def detect_encoding(path: Path) -> str:
    """'utf8' or 'gb18030', after reading the file once from end to end.

    Raises
    ------
    DataError
        If the file is UTF-16, or neither UTF-8 nor sensible GB18030.
    """
    start = next(read_chunks(path), b"")[:4096]
    if start.startswith(_UTF16_MARKS) or b"\x00" in start:
        raise DataError(f"{path}: is not a UTF-8 text file but looks like UTF-16; {_REMEDY}")
    line = _first_line_not_utf8(path)
    if line is None:
        return "utf8"
    if not _is_chinese(path):
        raise DataError(
            f"{path} line {line}: is not UTF-8, and as GB18030 it reads as nonsense; {_REMEDY}"
        )
    return "gb18030"


def read_chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a megabyte at a time.

    Raises
    ------
    DataError
        If the file cannot be read to its end.
    """
    with _open_bytes(path) as file:
        try:
            while chunk := file.read(_CHUNK):
                yield chunk
        except (OSError, EOFError) as error:
            raise DataError(f"{path}: cannot be read to its end: {error}") from error


def _first_line_not_utf8(path: Path) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    for chunk in read_chunks(path):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            # error.start counts from the bytes kept of the chunk before; a line off is harmless.
            return line + chunk[: error.start].count(b"\n")
        line += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _is_chinese(path: Path) -> bool:
    """Whether the file decodes as GB18030, mostly to common Chinese characters."""
    decoder = codecs.getincrementaldecoder("gb18030")()
    seen: Counter[str] = Counter()
    try:
        for chunk in read_chunks(path):
            seen.update(filter(_not_ascii, decoder.decode(chunk)))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    common = sum(times for character, times in seen.items() if _in_gb2312(character))
    return common >= _COMMON_SHARE * seen.total()


def _not_ascii(character: str) -> bool:
    return not character.isascii()


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
