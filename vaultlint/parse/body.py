"""What a body is as a whole: next to nothing, or one code fence. All texts here have LF as line end."""

from zlib import crc32

from vaultlint.lazy import rare
from vaultlint.parse.screen import closing_fence
from vaultlint.text import Span

_EMPTY_LINES = r"(?:[^\S\n]*+\n)*+"
# Empty lines, and a line that names the hub of the note.
_HUB_LINE = r"From:[ \t]*+\[\[[^\[\]\n]*+\]\][ \t]*+(?:<br[ ]?/?>)?[ \t]*+(?:\n|\Z)"
_HEAD = rf"{_EMPTY_LINES}(?:{_HUB_LINE}{_EMPTY_LINES})?+"
# At most one heading, with marks before it or an underline below it.
_HEADING = r"(?:#{1,6}+(?:[ \t][^\n]*+)?(?:\n|\Z)|[^\s#>|<`~+*\-0-9][^\n]*+\n(?:=++|-++)[ \t]*+(?:\n|\Z))"
_NOTHING = rare(rf"{_HEAD}{_HEADING}?+\s*+\Z")
_BLANKS = rare(r"\s*+")
_HEAD_ALONE = rare(_HEAD)
_OPENING = rare(r"(`{3,}+(?=[^`\n]*+\n)|~{3,}+)[^\n]*+\n")


_SHORTEST = 200  # characters, without white space at both ends
_SAMPLE = 64
_LONGEST_HEADING = 500  # in characters; a longer one says something by itself


def mark(text: str, start: int) -> int:
    """A number that is the same for two bodies that are the same but for white space at both ends, and
    hardly ever for others: it is made of their length and of two samples. 0 for a short body."""
    end = len(text.rstrip())
    size = end - start
    if size >= _SHORTEST and text[start].isspace():
        blanks = _BLANKS.match(text, start)
        size -= len(blanks[0]) if blanks is not None else 0
    if size < _SHORTEST:
        return 0
    middle = end - size // 2
    samples = text[middle : middle + _SAMPLE] + text[end - _SAMPLE : end]
    return size << 32 | crc32(samples.encode("utf-8", "surrogatepass"))


def says_nothing(text: str, start: int) -> bool:
    """Whether the body has nothing but white space, a `From: [[…]]` line and at most one heading."""
    return len(text) - start < _LONGEST_HEADING and _NOTHING.match(text, start) is not None


def fence_around(text: str, start: int, fence: Span) -> Span | None:
    """The fence, without the line end behind it, if it is all of the body but white space and a
    `From: [[…]]` line."""
    head, opening = _HEAD_ALONE.match(text, start), _OPENING.match(text, fence.start)
    if head is None or opening is None or head.end() != fence.start:
        return None
    closing = closing_fence(opening[1]).search(text, opening.end() - 1)
    if closing is None or text[closing.end() :].strip():
        return None
    return Span(fence.start, closing.end())
