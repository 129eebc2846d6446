"""What the block judge answers: the type that its three lanes share, and how they may refuse."""

from typing import NamedTuple

from vaultlint.note import Heading
from vaultlint.text import Span


class Blocks(NamedTuple):
    """The block structure of a note's body, as far as it decides what is dead and what is a heading.

    `dead` are whole lines, in order and disjoint: fenced code with its fences, indented code and HTML
    blocks, in containers too (the markers of a quote or an item on such a line lie inside the span).
    A span begins at the start of its first line and ends behind the line end of its last one.
    `headings` are those outside every list and quote; `span` is their lines without the last line
    end, `text` the inline source, trimmed, without `#` marks; it may be empty.
    `open_fence` is the first fence that is never closed, from its mark to the end of its line
    (without the line end); it hides what is left of its container.
    """

    dead: tuple[Span, ...]
    headings: tuple[Heading, ...]
    open_fence: Span | None


class TooComplex(Exception):  # noqa: N818 - it is a verdict on the note, no failure of ours
    """No lane can prove the structure of this text in bounded time; `span` is where it gets too much."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
