"""What the block judge answers: the type that its three lanes share, and how they may refuse."""

import re
from collections.abc import Iterator
from operator import attrgetter

from vaultlint.lazy import lazy, rare
from vaultlint.note import Heading
from vaultlint.text import Span


class Blocks:
    """The block structure of a note's body, as far as it decides what is dead and what is a heading.

    `dead` are whole lines, in order and disjoint: fenced code with its fences, indented code and HTML
    blocks, in containers too (the markers of a quote or an item on such a line lie inside the span).
    A span begins at the start of its first line and ends behind the line end of its last one.
    `open_fence` is the first fence that is never closed, from its mark to the end of its line
    (without the line end); it hides what is left of its container.
    """

    def __init__(
        self,
        dead: tuple[Span, ...],
        headings: tuple[Heading, ...],
        open_fence: Span | None,
        body: tuple[str, int] | None = None,
        *,
        may_define: bool = True,
    ) -> None:
        """`body`: the text and where its body begins, where `headings` leaves out those that `headings_in`
        finds; they are looked for when somebody asks. `may_define`: whether there may be link reference
        definitions in it."""
        self.dead = dead
        self.may_define = may_define
        self.open_fence = open_fence
        self._told = headings
        self._body = body

    @lazy
    def headings(self) -> tuple[Heading, ...]:
        """The headings outside every list and quote; `span` is their lines without the last line end,
        `text` the inline source, trimmed, without `#` marks; it may be empty."""
        if self._body is None:
            return self._told
        found = [*headings_in(*self._body, self.dead)]
        if self._told:
            found = sorted([*found, *self._told], key=attrgetter("span"))
        return tuple(found)

    @property
    def first_heading(self) -> Heading | None:
        """The first of `headings`, without looking for the others."""
        if self._body is None or self._told:
            return self.headings[0] if self.headings else None
        text, start = self._body
        if start > 0:  # else the line end is missing with which the pattern begins
            found = _HEADING.search(text, start, self.dead[0].start if self.dead else len(text))
            if found is not None or not self.dead:
                return _heading(found) if found is not None else None
        return next(headings_in(text, start, self.dead), None)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Blocks) and self._parts() == other._parts()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Blocks{self._parts()!r}"

    def _parts(self) -> tuple[tuple[Span, ...], tuple[Heading, ...], Span | None]:
        return self.dead, self.headings, self.open_fence


class TooComplex(Exception):  # noqa: N818 - it is a verdict on the note, no failure of ours
    """No lane can prove the structure of this text in bounded time; `span` is where it gets too much."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


_FIRST_HEADING = rare(r"(#{1,6})(?![^ \t\n])([^\n]*+)")
# It begins with one character, to which the search skips, and looks back from there.
_HEADING = re.compile(r"#(?<=\n#)(#{0,5})(?![^ \t\n])([^\n]*+)")


def headings_in(text: str, start: int, dead: tuple[Span, ...]) -> Iterator[Heading]:
    """The ATX headings without indentation from `start` on, where a line must begin, outside of `dead`.

    Such a line is a heading wherever it is not dead: it belongs to no item and no quote, and neither a
    paragraph nor a definition goes on in it. The text has LF as its only line end.
    """
    if start == 0 and text.startswith("#") and (first := _FIRST_HEADING.match(text)):
        yield Heading(len(first[1]), heading_text(first[2]), Span(0, first.end()))
    here = start
    for hidden in (*dead, Span(len(text), len(text))):
        for heading in _HEADING.finditer(text, here, hidden.start):
            yield _heading(heading)
        here = hidden.end


def _heading(match: re.Match[str]) -> Heading:
    marks, rest = match.groups()
    return Heading(len(marks) + 1, heading_text(rest), Span(*match.span()))


def heading_text(rest: str) -> str:
    """What an ATX heading says, from what follows its opening marks: trimmed, no closing marks."""
    content = rest.strip(" \t")
    if content.endswith("#"):
        without = content.rstrip("#")
        if not without or without[-1] in " \t":
            return without.rstrip(" \t")
    return content
