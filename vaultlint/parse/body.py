"""What a body is as a whole: next to nothing, or one code fence. All texts here have LF as line end."""

import re

from vaultlint.parse.screen import closing_fence
from vaultlint.text import Span

_EMPTY_LINES = r"(?:[^\S\n]*+\n)*+"
# Empty lines, and a line that names the hub of the note.
_HUB_LINE = r"From:[ \t]*+\[\[[^\[\]\n]*+\]\][ \t]*+(?:<br[ ]?/?>)?[ \t]*+(?:\n|\Z)"
_HEAD = rf"{_EMPTY_LINES}(?:{_HUB_LINE}{_EMPTY_LINES})?+"
# At most one heading, with marks before it or an underline below it.
_HEADING = r"(?:#{1,6}+(?:[ \t][^\n]*+)?(?:\n|\Z)|[^\s#>|<`~+*\-0-9][^\n]*+\n(?:=++|-++)[ \t]*+(?:\n|\Z))"
_NOTHING = re.compile(rf"{_HEAD}{_HEADING}?+\s*+\Z")
_HEAD_ALONE = re.compile(_HEAD)
_OPENING = re.compile(r"(`{3,}+(?=[^`\n]*+\n)|~{3,}+)[^\n]*+\n")


def says_nothing(text: str, start: int) -> bool:
    """Whether the body has nothing but white space, a `From: [[…]]` line and at most one heading."""
    return _NOTHING.match(text, start) is not None


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
