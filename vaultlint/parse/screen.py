"""The first lane: which lines need no reading, because nothing is hidden in them.

A line is dull when, behind dull lines, it neither belongs to a dead stretch nor is a heading, other
than an ATX heading at the start of the line. The proof rests on one fact: indented code cannot
interrupt a paragraph. Every dull line leaves a paragraph open, except a blank one, an ATX heading, a
`---` and an empty `>`; so a deeply indented line is harmless unless one of those four stands before
it. Fences, HTML, setext underlines, a marker with nothing or with five columns behind it and what
may begin a link reference definition are not dull. The patterns call more lines suspect than are.

All texts here have LF as their only line end.
"""

import re

from vaultlint.note import Heading
from vaultlint.parse.verdict import Blocks
from vaultlint.text import Span

_DEEP = r"(?:[ ]{4}|[ ]{0,3}\t)"
_ITEM = r"(?:[-+*]|[0-9]{1,9}[.)])"
_END = r"(?:\n|\Z)"
_DULL_MARKERS = rf"(?:{_ITEM}[ ]{{0,4}}+(?![ \t\n]|\Z)|>[ ]{{0,4}}+(?![ \t]|\n{_DEEP}))*+"
# An anchor that text follows on its line is no HTML block; its attributes must be plain for this.
_ANCHOR = r"""a(?:[ ][A-Za-z-]++="[^"<>\n]*+")*+>[ \t]*+[^ \t\n]"""
_SUSPECT = rf"""[ \t]*+(?:
      \n{_DEEP}[ \t]*+[^ \t\n]                        # deeply indented behind a blank line
    | \#[^\n]*+\n{_DEEP}                              # or behind a heading
    | {_DULL_MARKERS}(?:
          {_ITEM}[ \t]                                # a wide marker: the dull ones are behind us
        | {_ITEM}{_END}                               # an empty item, a thematic break, an underline
        | >[ \t\n]
        | `{{3}} | ~{{3}}
        | <(?!{_ANCHOR})
        | (?<=[^\n])\#{{1,6}}+(?:[ \t]|{_END})        # a heading that is indented or in a container
        | _[_ \t]*+{_END}
        | =[= \t]*+{_END}
        | \[(?:[^\[\]\\\n]++|\\[^\n])*+(?:\]:|\\?{_END})
      )
)"""
# `---` behind an empty line and before a line that is not indented is a mere thematic break.
_BREAK = r"---[- \t]*+(?:\n(?![ \t])|\Z)"
_HEADING = rf"(\#{{1,6}})(?![^ \t\n])([^\n]*+)(?!\n{_DEEP})"
_FIRST_CHARACTERS = r"(?=[ \t\#>`~<=_*+\-0-9\[]|\n[ \t\n])"
_FIRST_EVENT = re.compile(rf"{_HEADING}|(?!{_BREAK})(?:{_DEEP}[ \t]*+[^ \t\n]|{_SUSPECT})", re.VERBOSE)
_EVENT = re.compile(
    rf"\n{_FIRST_CHARACTERS}(?:{_HEADING}|(?!(?<=\n\n){_BREAK}){_SUSPECT})",
    re.VERBOSE,
)
"""A line that is a heading (group 1 holds its marks, group 2 the rest) or not dull (no groups)."""


def screen(text: str, start: int) -> Blocks | None:
    """The blocks of a text that is dull from `start` on, or None."""
    headings, end, _ = dull_part(text, start)
    return Blocks((), tuple(headings), None) if end == len(text) else None


def dull_part(text: str, start: int) -> tuple[list[Heading], int, int]:
    """The headings of the dull part that begins at `start`, where the first stretch begins that must be
    read line by line, and an offset before which there is no use in asking again. Both offsets are the
    end of the text if all of it is dull.

    At `start` a line must begin, with no block open before it; so it does at the offset given.
    """
    headings: list[Heading] = []
    if first := _FIRST_EVENT.match(text, start):
        if first[1] is None:
            return headings, start, start + 1
        headings.append(Heading(len(first[1]), heading_text(first[2]), Span(start, first.end())))
    for event in _EVENT.finditer(text, start):
        marks, rest = event.groups()
        if marks is None:
            end = _last_fresh_start(text, start, event.start() + 1)
            return [heading for heading in headings if heading.span.start < end], end, event.start() + 1
        headings.append(Heading(len(marks), heading_text(rest), Span(event.start() + 1, event.end())))
    return headings, len(text), len(text)


def _last_fresh_start(text: str, start: int, line: int) -> int:
    """The last place up to `line` where a line that is not indented stands behind an empty one, or
    `start`: there no block is open."""
    end = line
    while (gap := text.rfind("\n\n", start, end)) >= 0:
        if text[gap + 2] not in " \t\n":
            return gap + 2
        end = gap + 1
    return start


def heading_text(rest: str) -> str:
    """What an ATX heading says, from what follows its opening marks: trimmed, no closing marks."""
    content = rest.strip(" \t")
    if content.endswith("#"):
        without = content.rstrip("#")
        if not without or without[-1] in " \t":
            return without.rstrip(" \t")
    return content
