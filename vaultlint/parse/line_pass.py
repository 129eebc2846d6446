"""The second lane: CommonMark 0.31 block structure, read line by line, offsets kept.

It follows the specification's own algorithm: each line first continues the open containers, then may
open new ones, then goes to the leaf at the bottom. Only what decides about dead lines and headings is
kept. Stretches of dull lines (see `screen`) are skipped. Time is linear: no line is read twice, and
the containers are limited in number.

Where the text leaves a paragraph open that may be a link reference definition over several lines,
and the answer depends on it, the lane gives up.

All texts here have LF as their only line end; columns count from 0, tabs stop at every fourth.
"""

import re

from vaultlint.lazy import rare
from vaultlint.note import Heading
from vaultlint.parse.leaf import (
    HTML,
    HTML_END,
    LONGEST_LABEL,
    TITLE,
    TITLE_OPEN,
    Code,
    Definition,
    Fence,
    Html,
    Leaf,
    Paragraph,
    begin_paragraph,
)
from vaultlint.parse.screen import DullPart, closing_fence, dull_part
from vaultlint.parse.verdict import Blocks, TooComplex, heading_text
from vaultlint.text import Span

DEEPEST = 100
"""How many quotes and items may lie within each other; beyond it a text is too complex."""

# Kept here, for `A | B` makes a new object each time.
_RAW = (Fence, Html)
_KEEPS_BLANKS = (Fence, Code)
_QUOTE = -1  # among the containers, where an item stands as its width in columns

_HEADING = re.compile(r"#{1,6}(?![^ \t\n])")
_ATX = re.compile(r"#{1,6}(?=[ \t]|\Z)")
_FENCE = rare(r"`{3,}+(?=[^`]*+\Z)|~{3,}+")
_FENCE_END = rare(r"(`{3,}+|~{3,}+)[ \t]*+\Z")
_UNDERLINE = rare(r"(?:=++|-++)[ \t]*+\Z")
_RULE = {mark: re.compile(rf"(?:{re.escape(mark)}[ \t]*+)++") for mark in "-_*"}
_ITEM = re.compile(r"(?:[-+*]|([0-9]{1,9})[.)])(?=[ \t]|\Z)")
_BLANKS = re.compile(r"[ \t]*+")


class _GiveUp(Exception):  # noqa: N818 - control flow within this module
    """The structure cannot be proven here."""


def line_pass(text: str, start: int, known: DullPart | None = None, *, skip: bool = True) -> Blocks | None:
    """The blocks of `text` from `start` on, or None where this lane cannot prove them.

    `known` is the dull part at `start`, where the caller has it. `skip=False` reads the dull lines too;
    the result is the same. Raises `TooComplex` where containers are nested too deeply, because no other
    lane can read that either.
    """
    try:
        return _Reader(text, start, strict=True, skip=skip).read(known)
    except _GiveUp:
        return None


def best_effort(text: str, start: int) -> Blocks:
    """The blocks as far as this lane can tell: what looks like a paragraph is one, and markers of
    containers are text where those are nested too deeply."""
    return _Reader(text, start, strict=False, skip=True).read()


class _Reader:
    """The state between the lines.

    While a line is read, `mark` is the offset of the first character that is not blank behind what
    has been read of it, `mark_column` its column, and `column` how far reading has come (this can be
    within a tab). The first `matched` containers are known to go on in this line.
    """

    __slots__ = (
        "after_blank", "bare", "column", "containers", "dead", "end", "headings", "leaf", "line", "mark",
        "mark_column", "matched", "next_line", "no_rule_before", "open_fence", "skip_from", "start",
        "strict", "text",
    )  # fmt: skip

    def __init__(self, text: str, start: int, *, strict: bool, skip: bool) -> None:
        self.text = text
        self.start = start
        self.strict = strict
        self.skip_from = start if skip else len(text)
        self.containers: list[int] = []
        self.bare = False  # the innermost item has nothing but its marker yet
        self.leaf: Leaf | None = None
        self.after_blank = True
        self.dead: list[Span] = []
        self.headings: list[Heading] = []
        self.open_fence: Span | None = None
        self.line = self.end = self.next_line = 0
        self.mark = self.mark_column = self.column = self.matched = self.no_rule_before = 0

    def read(self, known: DullPart | None = None) -> Blocks:
        """Read all lines but those of the dull parts. Raises `_GiveUp` or `TooComplex` if strict."""
        text, here = self.text, self.start
        while here < len(text):
            if here >= self.skip_from and self._at_rest(here):
                dead, here, self.skip_from = known or dull_part(text, here)
                known = None
                self.dead += dead
                if here == len(text):
                    break
            end = text.find("\n", here)
            self.line = here
            self.end = len(text) if end < 0 else end
            self.next_line = here = len(text) if end < 0 else end + 1
            self._read_line()
            if isinstance(self.leaf, Fence) and not self.containers:
                here = self._skip_fence(self.leaf)
        self.line = len(text)
        self._leave(0)
        return Blocks(tuple(self.dead), tuple(self.headings), self.open_fence, (text, self.start))

    def _at_rest(self, here: int) -> bool:
        """Whether no block can go on in the line that begins `here`; then all are closed."""
        if self.leaf is None and not self.containers:
            return True
        if not self.containers and isinstance(self.leaf, _RAW):
            return False
        if self.text[here] in " \t\n" if self.after_blank else not _HEADING.match(self.text, here):
            return False
        self.line = here
        self._leave(0)
        return True

    def _skip_fence(self, fence: Fence) -> int:
        """Go behind the fence that closes the one just opened, outside of every container: no line
        between them needs reading. Gives where the next line begins."""
        closing = closing_fence(fence.mark).search(self.text, self.next_line - 1)
        if closing is None:
            return len(self.text)
        self.next_line = min(closing.end() + 1, len(self.text))
        self.after_blank = False
        self._finish(fence.start)
        return self.next_line

    def _read_line(self) -> None:
        self.column = self.no_rule_before = 0
        self._look(self.line, 0)
        self.after_blank = self.mark == self.end
        self.matched = self._continue_containers()
        if self.mark == self.end:
            self._read_blank()
            return
        self.bare = False
        if self.matched < len(self.containers):
            if isinstance(self.leaf, Definition) and self.text[self.mark] in "\"'(":
                self._doubt()
            if not isinstance(self.leaf, Paragraph):
                self._leave(self.matched)
        elif self._continue_leaf():
            return
        self._open_blocks()

    def _look(self, offset: int, column: int) -> None:
        """Skip blanks from `offset`, which stands in `column`."""
        text, end = self.text, self.end
        while offset < end and (blank := text[offset]) in " \t":
            column += 1 if blank == " " else 4 - column % 4
            offset += 1
        self.mark, self.mark_column = offset, column

    def _continue_containers(self) -> int:
        """Read the indentation and the `>` of the open containers; how many of them go on."""
        for index, width in enumerate(self.containers):
            blank = self.mark == self.end
            if width == _QUOTE:
                if blank or self.mark_column - self.column > 3 or self.text[self.mark] != ">":
                    return index
                self._read_quote_mark()
            elif blank:
                if self.bare and index == len(self.containers) - 1:
                    return index
            elif self.mark_column - self.column < width:
                return index
            else:
                self.column += width
        return len(self.containers)

    def _read_quote_mark(self) -> None:
        self.column = self.mark_column + 1
        self._look(self.mark + 1, self.column)
        if self.mark_column > self.column:
            self.column += 1

    def _read_blank(self) -> None:
        if self.matched < len(self.containers):
            self._leave(self.matched)
        elif not isinstance(self.leaf, _KEEPS_BLANKS) and not (
            isinstance(self.leaf, Html) and self.leaf.end is not None
        ):
            self._close_leaf()

    def _continue_leaf(self) -> bool:
        """Give the line to the open leaf; False where it has to be looked at for new blocks."""
        leaf = self.leaf
        if isinstance(leaf, Fence):
            if self.mark_column - self.column < 4 and self.text[self.mark] == leaf.mark[0]:
                closing = _FENCE_END.match(self.text, self.mark, self.end)
                if closing and len(closing[1]) >= len(leaf.mark):
                    self._finish(leaf.start)
            return True
        if isinstance(leaf, Html):
            if leaf.end and leaf.end.search(self.text, self.mark, self.end):
                self._finish(leaf.start)
            return True
        if isinstance(leaf, Code):
            if self.mark_column - self.column >= 4:
                self.leaf = leaf._replace(end=self.next_line)
                return True
            self._close_leaf()
        return isinstance(leaf, Definition) and self._continue_definition(leaf)

    def _continue_definition(self, leaf: Definition) -> bool:
        """Whether the line is the definition's title; else the definition was whole without it."""
        self.leaf = None
        if TITLE.match(self.text, self.mark, self.end):
            return True
        if TITLE_OPEN.match(self.text, self.mark, self.end):
            self.leaf = Paragraph(leaf.start, doubtful=True)
        return False

    def _open_blocks(self) -> None:
        """Open what containers begin in the rest of the line, then the leaf."""
        while self.mark < self.end:
            if self.mark_column - self.column >= 4:
                if self.leaf is None:
                    self.leaf = Code(self.line, self.next_line)
                else:
                    self._doubt()
                return
            char = self.text[self.mark]
            if char == ">" and self._has_room():
                self._leave(self.matched)
                self._read_quote_mark()
                self._enter(_QUOTE)
            elif self._open_leaf(char):
                return
            elif not (char in "-+*0123456789" and self._open_item()):
                self._add_text()
                return

    def _has_room(self) -> bool:
        if self.matched < DEEPEST:
            return True
        if self.strict:
            raise TooComplex("too many containers lie within each other", Span(self.line, self.end))
        return False

    def _enter(self, width: int) -> None:
        self.containers.append(width)
        self.matched += 1

    def _open_leaf(self, char: str) -> bool:
        """Open a leaf that is no paragraph and no indented code, if there is one here."""
        text, mark, end = self.text, self.mark, self.end
        if char == "#":
            if opening := _ATX.match(text, mark, end):
                self._leave(self.matched)
                if mark > self.line and not self.containers:  # the others are found on demand
                    title = heading_text(text[opening.end() : end])
                    self.headings.append(Heading(len(opening[0]), title, Span(self.line, end)))
                return True
        elif char in "`~":
            if fence := _FENCE.match(text, mark, end):
                self._leave(self.matched)
                self.leaf = Fence(self.line, fence[0], Span(mark, end))
                return True
        elif char == "<":
            return self._open_html()
        elif char in "=-" and self._underline():
            return True
        elif char in "-_*" and self._is_rule(char):
            self._leave(self.matched)
            return True
        return False

    def _open_html(self) -> bool:
        opening = HTML.match(self.text, self.mark, self.end)
        if opening is None:
            return False
        kind = opening.lastgroup or ""
        if kind == "line" and self.leaf is not None:
            self._doubt()
            return False
        self._leave(self.matched)
        end = HTML_END.get(kind)
        if end and end.search(self.text, self.mark, self.end):
            self._finish(self.line)
        else:
            self.leaf = Html(self.line, end)
        return True

    def _underline(self) -> bool:
        """Whether the line makes a heading of the paragraph before it."""
        leaf = self.leaf
        if (
            not isinstance(leaf, Paragraph)
            or self.matched < len(self.containers)
            or not _UNDERLINE.match(self.text, self.mark, self.end)
        ):
            return False
        self._doubt()
        if not self.containers:
            title = self.text[leaf.start : self.line].strip(" \t\n")
            level = 1 if self.text[self.mark] == "=" else 2
            self.headings.append(Heading(level, title, Span(leaf.start, self.end)))
        self.leaf = None
        return True

    def _is_rule(self, char: str) -> bool:
        """Whether a thematic break stands here. A run of marks is looked at once only."""
        if self.mark < self.no_rule_before:
            return False
        run = _RULE[char].match(self.text, self.mark, self.end)
        self.no_rule_before = run.end() if run else self.mark
        return self.no_rule_before == self.end and self.text.count(char, self.mark, self.end) >= 3

    def _open_item(self) -> bool:
        marker = _ITEM.match(self.text, self.mark, self.end)
        if marker is None:
            return False
        if self.leaf is not None and self.matched == len(self.containers):
            blanks = _BLANKS.match(self.text, marker.end(), self.end)
            if (blanks and blanks.end() == self.end) or (marker[1] and int(marker[1]) != 1):
                self._doubt()
                return False
        if not self._has_room():
            return False
        self._leave(self.matched)
        width = self.mark_column - self.column + len(marker[0])
        self.column += width
        self._look(marker.end(), self.column)
        gap = self.mark_column - self.column
        self.bare = self.mark == self.end
        if self.bare or gap > 4:
            gap = 1
        self.column += gap
        self._enter(width + gap)
        return True

    def _add_text(self) -> None:
        if self.leaf is None:
            self.leaf = begin_paragraph(self.text, self.line, self.mark, self.end)
        elif self.matched < len(self.containers):
            self._doubt()

    def _doubt(self) -> None:
        """What comes next depends on whether the open paragraph is one. Raises `_GiveUp` if it may be a
        definition, unless the answer need not be strict."""
        leaf = self.leaf
        if self.strict and (
            isinstance(leaf, Definition)
            or (isinstance(leaf, Paragraph) and leaf.doubtful and self._may_define(leaf.start))
        ):
            raise _GiveUp

    def _may_define(self, start: int) -> bool:
        """Whether a label can end in the paragraph that begins at `start`: cheap, may be wrongly true."""
        window = start + 4 * LONGEST_LABEL
        end = self.text.find("\n\n", start, window)
        if end < 0:
            if len(self.text) > window:
                return True
            end = len(self.text)
        return self.text.find("]:", start, end) >= 0

    def _leave(self, kept: int) -> None:
        """Close the leaf and all containers but the first `kept`."""
        self._close_leaf()
        if kept < len(self.containers):
            del self.containers[kept:]
            self.bare = False

    def _close_leaf(self) -> None:
        """Close the leaf before the current line."""
        leaf, self.leaf = self.leaf, None
        if isinstance(leaf, Fence):
            self.open_fence = self.open_fence or leaf.opening
            self.dead.append(Span(leaf.start, self.line))
        elif isinstance(leaf, Html):
            self.dead.append(Span(leaf.start, self.line))
        elif isinstance(leaf, Code):
            self.dead.append(Span(leaf.start, leaf.end))

    def _finish(self, start: int) -> None:
        """Close the leaf that began at `start` behind the current line."""
        self.leaf = None
        self.dead.append(Span(start, self.next_line))
