"""Positions in a text: spans, lines and columns. Knows nothing of Markdown.

An offset counts Unicode code points of the decoded file without its byte order mark; CRLF counts
two. Lines end at LF, CRLF and a lone CR, and nowhere else (`str.splitlines` also breaks at U+2028,
form feeds and others, which editors and git do not).
"""

import re
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

BOM = "\ufeff"

new = tuple.__new__
"""`new(Span, (start, end))` is `Span(start, end)` in half the time: the `__new__` of a named tuple is written
in Python. For places that make thousands; all fields must be given."""

_LINE_END = re.compile(r"\r\n|\r|\n")


class Span(NamedTuple):
    """A stretch of a text: `start` is the first offset inside it, `end` the first one behind it."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The stretch itself."""
        return text[self.start : self.end]

    def covers(self, other: "Span") -> bool:
        """Whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end


def span_at(spans: Sequence[Span], offset: int) -> Span | None:
    """That of these ordered, disjoint spans in which `offset` lies."""
    before = bisect_right(spans, (offset, sys.maxsize)) - 1
    return spans[before] if before >= 0 and offset < spans[before].end else None


class Position(NamedTuple):
    """A place as people count: `line` and `column` from 1, the column in code points."""

    line: int
    column: int


class Lines:
    """Where the lines of a text begin; turns offsets into positions.

    It outlives the text: an outline keeps it, so that a finding can be placed without reading the
    note again.
    """

    __slots__ = ("starts",)

    def __init__(self, starts: "array[int]") -> None:
        self.starts = starts

    @classmethod
    def of(cls, text: str) -> "Lines":
        """The lines of `text`."""
        if "\r" in text:
            return cls(array("I", [0, *(match.end() for match in _LINE_END.finditer(text))]))
        starts, at = [0], 0
        while at := text.find("\n", at) + 1:
            starts.append(at)
        return cls(array("I", starts))

    def packed(self) -> bytes:
        """The same in bytes, for this machine only."""
        return self.starts.tobytes()

    @classmethod
    def unpacked(cls, data: bytes) -> "Lines":
        """What `packed` gave."""
        return cls(array("I", data))

    def position(self, offset: int) -> Position:
        """The line and column of an offset (one behind the end of the text is allowed)."""
        line = bisect_right(self.starts, offset)
        return Position(line, offset - self.starts[line - 1] + 1)

    def start_of(self, line: int) -> int:
        """The offset at which a line (counted from 1) begins."""
        return self.starts[line - 1]

    def __len__(self) -> int:
        return len(self.starts)


def places(char: str, text: str, start: int = 0) -> Iterator[int]:
    """Where a rare character stands in a text, from `start` on. `str.find` passes over a text ten times as
    fast as a pattern does."""
    at = text.find(char, start)
    while at >= 0:
        yield at
        at = text.find(char, at + 1)


class NotUnicode(ValueError):  # noqa: N818 - it says what the bytes are
    """Bytes that are not UTF-8; `offset` is the first bad byte, `reason` says what it is."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"not valid UTF-8 at byte {offset}: {reason}")
        self.offset = offset
        self.reason = reason


def decode(data: bytes) -> str:
    """The text of a file's bytes, without a byte order mark.

    Raises `NotUnicode` for anything but UTF-8. Obsidian strips the mark when it reads a file
    (release notes 1.1.13), hence a mark before `---` does not hide front matter.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotUnicode(error.start, error.reason) from None
    return text[1:] if text.startswith(BOM) else text


def has_placeholder(text: str) -> bool:
    """Whether a template engine has still to fill in something: Obsidian's (`{{`) or Templater (`<%`)."""
    return "{{" in text or "<%" in text


def counted(number: int, noun: str) -> str:
    """`1 note`, `2 notes`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
