"""Where one message of the protocol ends and the next begins: headers, a blank line, then so many bytes."""

from collections.abc import Sequence
from typing import BinaryIO

LARGEST = 64 * 1024 * 1024
"""Bytes of a message. No editor sends a larger one, and a length that lies must not take all memory."""

_LONGEST_LINE = 4096
_MOST_LINES = 32


class LostFrame(Exception):  # noqa: N818 - it says what happened
    """The stream does not say where its next message begins. Nobody can go on from there."""


def read_frame(stream: BinaryIO) -> bytes | None:
    """The bytes of the next message; None where the stream ends before one. Raises `LostFrame`."""
    length: int | None = None
    for number in range(_MOST_LINES):
        line = stream.readline(_LONGEST_LINE)
        if not line and not number:
            return None
        if not line.endswith(b"\n"):
            raise LostFrame("the stream ends within a header, or the header is too long")
        if not line.strip():
            if length is None:
                raise LostFrame("a message without Content-Length")
            return _body(stream, length)
        name, colon, value = line.partition(b":")
        if not colon or not name.strip().replace(b"-", b"").isalnum():
            raise LostFrame("a line that is no header stands where one should")
        if name.strip().lower() == b"content-length":
            length = _length(value.strip())
    raise LostFrame("too many headers")


def _length(value: bytes) -> int:
    if not (value.isdigit() and len(value) < 20):
        raise LostFrame("the Content-Length is no number")
    length = int(value)
    if length > LARGEST:
        raise LostFrame(f"a message of {length:,} bytes; the limit is {LARGEST:,}")
    return length


def _body(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length)
    if len(body) < length:
        raise LostFrame("the stream ends within a message")
    return body


def write_frame(stream: BinaryIO, pieces: Sequence[bytes]) -> None:
    """Send a message. Raises OSError where nobody reads any more."""
    stream.write(b"Content-Length: %d\r\n\r\n" % sum(map(len, pieces)))
    stream.writelines(pieces)
    stream.flush()
