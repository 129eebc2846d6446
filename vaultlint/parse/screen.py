r"""The first lane: which lines need no reading, because it is plain what they are.

A line is dull when, behind dull lines, it neither belongs to a dead stretch nor is a heading, other
than an ATX heading at the start of the line. The proof rests on one fact: indented code cannot
interrupt a paragraph. Every dull line leaves a paragraph open, except a blank one, an ATX heading, a
thematic break and an empty `>`; so a deeply indented line is harmless unless one of those four stands
before it. HTML, setext underlines, a marker with nothing or with five columns behind it and what may
begin a link reference definition are not dull. The pattern calls more lines suspect than are.

Four suspects are settled here, since people write them all the time:

- a fence without indentation. It lies outside every container and interrupts every paragraph, so that
  its closing line is all that matters; no paragraph is open behind it.
- a quote line that is deeply indented behind its `>` (`> <Tab>- a`). It goes on with the paragraph that
  the quote line before it leaves open, or begins an item within its items.
- a fence in an item that begins without indentation on the line before it or before the blank line
  before it, when all lines of the fence are indented as it is.
- a fence right behind the `>` of a quote without indentation, which is closed in that quote.

All texts here have LF as their only line end.
"""

import re
from functools import cache
from typing import NamedTuple

from vaultlint.lazy import rare
from vaultlint.parse.verdict import Blocks
from vaultlint.text import Span, new

_DEEP = r"(?:[ ]{4}|[ ]{0,3}\t)"
_END = r"(?:\n|\Z)"
# Each alternative below begins with a character or a class: one that cannot match is passed over at once.
_NUMBER = r"[0-9][0-9]{0,8}+[.)]"
_TEXT_BEHIND = r"[ ]{1,4}+(?![ \t\n]|\Z)"
# The markers behind which a line still has text, or a quote nothing at all.
_DULL_MARKERS = rf"(?:[-+*]{_TEXT_BEHIND}|{_NUMBER}{_TEXT_BEHIND}|>[ ]{{0,4}}+(?![ \t]|\n{_DEEP}))*+"
# An anchor that text follows on its line is no HTML block; its attributes must be plain for this.
_HTML = r"""<(?!a(?:[ ][A-Za-z-]++="[^"<>\n]*+")*+>[ \t]*+[^ \t\n])"""
_LABEL = rf"\[(?:[^\[\]\\\n]++|\\[^\n])*+(?:\]:|\\?{_END})"
# What makes a line suspect that is indented or in a container.
_SUSPECT = rf"""{_DULL_MARKERS}(?:
      ``` | ~~~ | {_HTML} | {_LABEL}
    | \#\#{{0,5}}+(?:[ \t]|{_END})
    | [-+*](?:[ \t]|{_END}) | {_NUMBER}(?:[ \t]|{_END})  # wide or empty: the dull ones are behind us
    | >[ \t\n]
    | -[- \t]*+{_END} | \*[* \t]*+{_END} | _[_ \t]*+{_END} | =[= \t]*+{_END}
)"""
_EMPTY_OR_WIDE = r"[ ]{1,4}+(?:[ \t\n]|\Z)|[\t\n]|\Z"
# A thematic break before a line that is not indented; `---` also needs an empty line before it.
_BREAK = r"[ \t]*+(?:\n(?![ \t])|\Z)"
_FROM_LINE_START = rf"""(?:
      \n{_DEEP}[ \t]*+[^ \t\n]                          # deeply indented behind an empty line
    | \#[^\n]*+\n{_DEEP}                                # or behind a heading
    | [-+*](?:{_EMPTY_OR_WIDE}|[ ]{{1,4}}+{_SUSPECT})
    | [ \t][ \t]*+(?:\n{_DEEP}[ \t]*+[^ \t\n]|{_SUSPECT})
    | >(?:(?P<quote>[ ]{{0,4}}+[ \t])|[ ]{{0,4}}+(?:\n{_DEEP}|{_SUSPECT}))
    | {_NUMBER}(?:{_EMPTY_OR_WIDE}|[ ]{{1,4}}+{_SUSPECT})
    | ````*+(?=[^`\n]*+{_END}) | ~~~~*+               # a fence: its marks
    | {_HTML} | {_LABEL}
    | -(?!(?<=\n\n-)--++{_BREAK})[- \t]*+{_END}
    | \*(?!\*\*++{_BREAK})[* \t]*+{_END}
    | _(?!__++{_BREAK})[_ \t]*+{_END}
    | =[= \t]*+{_END}
)"""
_FIRST_CHARACTERS = r"(?=[ \t\#>`~<=_*+\-0-9\[]|\n[ \t])"
_TEXT = r"[^ \t\n\#>`~<=_*+\-0-9\[]"
# Nearly every line of a list or a quote: a marker, and behind it text, a wikilink, the box of a task, bold
# text, or text with a marker of its own. That it is dull is sooner known by this than by what it is not.
_PLAIN_ITEM = rf"""[ \t]*+[-+*>][ ]{{1,4}}+
    (?:{_TEXT}|\[(?:\[|[^\[\]\\\n]\][ ])|\*\*{_TEXT}|[-+*>][ ]{_TEXT})"""
_EVENT = re.compile(rf"\n{_FIRST_CHARACTERS}(?!{_PLAIN_ITEM}){_FROM_LINE_START}", re.VERBOSE)
"""A line that is not dull, from the line end before it on."""

_DEEP_TEXT = re.compile(rf"{_DEEP}[ \t]*+[^ \t\n]", re.VERBOSE)
_HEADING_LINE = rare(r"#{1,6}(?![^ \t\n])")
_QUOTED_TEXT = rare(r">[ \t>]*+[^ \t>\n]")
_DULL_QUOTE = rare(rf">[ \t]++(?!\n|\Z|{_SUSPECT})", re.VERBOSE)
# Group 1: the marker and the gap behind it. An item can interrupt a paragraph only if it begins with 1.
_ITEM_WITH_FENCE = rare(
    rf"""((?:[-+*]|1[.)]|(?<=\n\n)[0-9]{{1,9}}[.)])[ ]{{1,4}}+)(?![ \t\n])[^\n]*+\n(?:[ \t]*+\n)?+
    (?P<fence>(?P<indent>[ ]{{2,8}}+|\t)(?P<mark>`{{3,}}+(?=[^`\n]*+\n)|~{{3,}}+)[^\n]*+
    (?:\n(?:[ \t]*+(?=\n)|(?P=indent)(?![ \t]*+(?P=mark))[^\n]*+))*+
    \n(?P=indent)(?P=mark)[ \t]*+)(?=\Z|\n(?!{_DEEP})|\n(?P=indent)[^ \t\n])""",
    re.VERBOSE,
)

_FENCE_IN_QUOTE = rare(
    rf""">[ ]?(?P<mark>`{{3,}}+(?=[^`\n]*+\n)|~{{3,}}+)[^\n]*+(?:\n>(?![ \t]*+(?P=mark))[^\n]*+)*+
    \n>[ ]?(?P=mark)[ \t]*+(?=\Z|\n(?!{_DEEP}|>[ ]{{0,4}}+[ \t]))""",
    re.VERBOSE,
)


class DullPart(NamedTuple):
    """What the screen has settled of a text, from some line on.

    `dead` are the fences in it. At `end` the first stretch begins that must be read line by line, and
    before `ask_from` there is no use in asking again; both are the end of the text if there is none.
    """

    dead: list[Span]
    end: int
    ask_from: int


@cache
def closing_fence(mark: str) -> re.Pattern[str]:
    """What closes a fence with this mark outside of every container."""
    return re.compile(rf"\n[ ]{{0,3}}+{mark[0]}{{{len(mark)},}}+[ \t]*+(?=\n|\Z)")


def is_dull(text: str, start: int) -> bool:
    """Whether nothing in a text is dead from `start` on, and its headings are those that begin a line."""
    if _EVENT.search(text, max(start - 1, 0)) is not None or _DEEP_TEXT.match(text, start):
        return False
    return start > 0 or not _begins_suspect(text)


def _begins_suspect(text: str) -> bool:
    """Whether the first line is not dull."""
    return _EVENT.match("\n" + text) is not None


def screen(text: str, start: int) -> Blocks | None:
    """The blocks of a text that holds nothing but what this lane can settle from `start` on, or None."""
    return settled(text, start, dull_part(text, start))


def settled(text: str, start: int, part: DullPart) -> Blocks | None:
    """The blocks of the text from `start` on, if the part that begins there is all of it."""
    if part.end < len(text):
        return None
    return Blocks(tuple(part.dead), (), None, (text, start), may_define=False)


def dull_part(text: str, start: int) -> DullPart:
    """What can be settled at once from `start` on.

    At `start` a line must begin, with no block open before it; so it does at the `end` of the part.
    """
    dead: list[Span] = []
    if _DEEP_TEXT.match(text, start) or (start == 0 and _begins_suspect(text)):
        return DullPart(dead, start, start + 1)
    rest = start  # the last line that is known to have no block open before it
    here = max(start - 1, 0)
    while event := _EVENT.search(text, here):
        line = event.start() + 1
        if text[line] in "`~":
            closing = closing_fence(text[line : event.end()]).search(text, event.end())
            if closing is None:
                return DullPart(dead, line, line + 1)
            here = closing.end()
            rest = min(here + 1, len(text))
            dead.append(new(Span, (line, rest)))
            if _DEEP_TEXT.match(text, rest):
                return DullPart(dead, rest, rest + 1)
            continue
        before = text.rfind("\n", 0, line - 1) + 1
        if event["quote"] is not None:
            if before >= rest and _QUOTED_TEXT.match(text, before) and _DULL_QUOTE.match(text, line):
                here = line
                continue
        elif fence := _fence_in_container(text, line, before, rest):
            begin, here = fence
            dead.append(new(Span, (begin, min(here + 1, len(text)))))
            continue
        return _up_to(text, dead, rest, line)
    return DullPart(dead, len(text), len(text))


def _fence_in_container(text: str, line: int, before: int, rest: int) -> tuple[int, int] | None:
    """The fence in a quote or an item to which the suspect `line` belongs: where it begins, and where its
    last line ends.

    Its item begins in the line that begins at `before` or, if that is empty, in the one before it, but
    not before `rest`.
    """
    if text[line] == ">":
        quoted = _FENCE_IN_QUOTE.match(text, line)
        return quoted.span() if quoted else None
    if text[line] not in " \t\n":
        return None
    if text[before] == "\n":
        before = text.rfind("\n", 0, max(before - 1, 0)) + 1
    found = _ITEM_WITH_FENCE.match(text, before) if before >= rest else None
    if found is None:
        return None
    content = found.end(1) - before
    column = 4 if found["indent"] == "\t" else len(found["indent"])
    return found.span("fence") if content <= column <= content + 3 else None


def _up_to(text: str, dead: list[Span], rest: int, line: int) -> DullPart:
    """The part before the suspect `line`, which goes up to the last place where no block is open: at a
    heading, where a line that is not indented stands behind an empty one, or at `rest`."""
    end = line
    while (gap := text.rfind("\n\n", rest, end)) >= 0:
        if text[gap + 2] not in " \t\n":
            rest = gap + 2
            break
        end = gap + 1
    heading = text.rfind("\n#", rest, line + 1) + 1
    if heading > rest and _HEADING_LINE.match(text, heading):
        rest = heading
    while dead and dead[-1].start >= rest:
        dead.pop()
    return DullPart(dead, rest, line + 1)
