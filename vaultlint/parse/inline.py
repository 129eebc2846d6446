"""The inline scan: which stretches of a note's text are dead, beside whole dead blocks.

Dead are inline code, math, HTML comments, and HTML tags that hold what would look like a link. Text
in `%% %%` comments is live in Obsidian (probed: a link there is in the metadata cache), so comments
are found here but blank nothing out. Constructs are taken from left to right, the first one wins,
as in any CommonMark parser; a `[[link]]` is one of them, so that `$` or a backtick inside it starts nothing.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from vaultlint.lazy import lazy, rare
from vaultlint.text import Span, new, places

# Nearly all inline code and math is on one line and matched at once, as group 1; else the marks alone are.
_CODE = re.compile(r"`(?:([^`\n]+`(?!`))|`*)")
_MATH = re.compile(r"\$(?:((?<!\\\$)(?![\s$])(?:[^$\n\\]++|\\.)*+(?<![\s\\])\$(?!\d))|\$*)")
# A comment in which no other mark stands: only links.
_PLAIN_COMMENT = re.compile(r"%%(?:[^%`$<\[\\]++|\[\[[^%`$<\[\]\\\n]*+\]\])*+%%")
_LONGEST_LINK = 400  # characters that are looked back for the beginning of a link
_TICKS = rare(r"`+")
_TAG = rare(
    r"""</?[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s"'=<>`]+))?)*\s*/?>"""
)
_AUTOLINK = rare(r"<[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*>")
_LOOKS_LIVE = rare(r"\[\[|\]\(|#|`|\$|%%")
_WHOLE_LINK = rare(r"\[\[[^\[\]\n]*\]\]")

# Where inline text cannot go on: a blank line, or a line that begins another block or list item.
_BLOCK_END = rare(
    r"\n(?=[ \t>]*(?:\n|\Z|\0|#{1,6}[ \t\n]|\||(?:[-*+]|\d{1,9}[.)])[ \t]++[^ \t\n]"
    # A thematic break, or the underline of a heading.
    r"|(?:(?:[-*_][ \t]*){3,}|(?:=++|-++)[ \t]*+)(?:\n|\Z)))"
)
_LINE_END = rare("\n")
# A heading ends with its line.
_ONE_LINE = rare(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+#{1,6}[ \t]")
_LONGEST_PREFIX = 2000  # characters before the mark in a heading; a longer heading is none to us
_LINE_PREFIX = rare(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*\Z")


class Inline(NamedTuple):
    """`dead`: in order, disjoint. `comments`: the `%% … %%` stretches, markers included.

    `open_comment` is a `%%` at the start of a line that nothing closes; the rest of the note is its.
    """

    dead: tuple[Span, ...] = ()
    comments: tuple[Span, ...] = ()
    open_comment: Span | None = None


NOTHING = Inline()

# A note without any of these has no dead inline text; `$` and `<` are looked at more closely.
_MAYBE_MATH = re.compile(r"\$(?:\$|(?![\s$])[^$\n]*+(?<!\s)\$(?!\d))")
_HTML_RISK = rare(r"<(?:!--|(?:[^<>\n\[\]`$%]++|\[(?!\[)|\](?!\()|%(?!%))*+(?:\[\[|\]\(|[`$]|%%))")


def may_hide_links(text: str, start: int) -> bool:
    """Whether there may be an HTML comment, or a tag that holds what looks like a link."""
    return _HTML_RISK.search(text, start) is not None


def some_hides_links(text: str, tags: Iterable[int]) -> bool:
    """The same of the tags that begin at these places."""
    return any(_HTML_RISK.match(text, at) is not None for at in tags)


def may_hold_math(text: str, start: int) -> bool:
    """Whether two dollars may hold math; most often they are money."""
    return any(_MAYBE_MATH.match(text, at) is not None for at in places("$", text, start))


def may_hold_comments(text: str, start: int) -> bool:
    """Whether there is a `%%`."""
    return _doubled("%", text, start) >= 0


def _doubled(char: str, text: str, start: int) -> int:
    """Where that rare character stands twice, from `start` on; -1 if nowhere. `str.find` takes its time for
    more than one character."""
    at = text.find(char, start)
    while at >= 0 and text[at + 1 : at + 2] != char:
        at = text.find(char, at + 1)
    return at


def scan_inline(text: str, start: int, *, html: bool) -> Inline:
    """What the inline scan finds in `text` from `start` on.

    `text` has its dead blocks blanked out. `html` false: the caller knows that no tag in the text
    can hold anything that looks like a link.
    """
    triggers = "`" if "`" in text else ""
    if may_hold_math(text, start):
        triggers += "$"
    if may_hold_comments(text, start):
        triggers += "%"
    if html and may_hide_links(text, start):
        triggers += "<"
    if not triggers:
        return NOTHING
    scan = _Scan(text)
    scan.run(start, triggers)
    return Inline(tuple(scan.dead), tuple(scan.comments), scan.unclosed_comment())


class _Runs:
    """The backtick runs of a stretch of text, by length: one table a stretch keeps hostile runs linear."""

    def __init__(self) -> None:
        self._end = -1
        self._starts: dict[int, list[int]] = {}

    def next(self, text: str, at: int, end: int, length: int) -> int:
        """Where the next run of that length behind `at` and before `end` begins; -1 where none does.

        `at` never goes back.
        """
        if self._end != end:
            self._end = end
            self._starts = {}
            for run in _TICKS.finditer(text, at, end):
                self._starts.setdefault(run.end() - run.start(), []).append(run.start())
            for starts in self._starts.values():
                starts.reverse()
        starts = self._starts.get(length, [])
        while starts and starts[-1] <= at:
            starts.pop()
        return starts.pop() if starts else -1


class _Scan:
    """One pass over the text; every look ahead is remembered, so that the whole is linear."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.dead: list[Span] = []
        self.comments: list[Span] = []
        self._comment_start: int | None = None
        self._block_end = -1
        self._next: dict[str, int] = {}

    @lazy
    def _line_runs(self) -> _Runs:
        return _Runs()

    @lazy
    def _block_runs(self) -> _Runs:
        return _Runs()

    def run(self, at: int, triggers: str) -> None:  # noqa: PLR0912 - the hot loop, where every call costs
        """Go through the text from `at` on, from each mark to the nearest one behind what it begins.

        Where the next mark of each kind stands is kept; it is looked for by a single character, which
        costs next to nothing.
        """
        text, dead = self.text, self.dead
        find, end = text.find, len(text)
        tick, dollar, percent, tag = [at - 1 if trigger in triggers else end for trigger in "`$%<"]
        while True:
            if tick < at and (tick := find("`", at)) < 0:
                tick = end
            if dollar < at and (dollar := find("$", at)) < 0:
                dollar = end
            if percent < at and (percent := _doubled("%", text, at)) < 0:
                percent = end
            if tag < at and (tag := find("<", at)) < 0:
                tag = end
            here = tick if tick < dollar else dollar
            if percent < here or tag < here:
                here = percent if percent < tag else tag
                event = None
            elif here == end:
                break
            else:
                event = _CODE.match(text, here) if here == tick else _MATH.match(text, here)
                if event is not None and here == dollar and not event.lastindex:
                    at = event.end()
                    if at - here != 2:  # most often it is money
                        continue
            if passed := self._passed(here):
                at = passed
            elif event is None:
                at = self._comment(here) if here == percent else self._html(here)
            elif event.lastindex:
                at = event.end()
                dead.append(new(Span, (here, at)))
            else:
                at = self._display_math(here) if here == dollar else self._code(here, event.end() - here)

    def _passed(self, at: int) -> int:
        """Where to go on if the mark at `at` begins nothing, since it is escaped or in a link; else 0."""
        text = self.text
        if at and text[at - 1] == "\\" and self._is_escaped(at):
            return at + 1
        # A link holds no bracket.
        opener = text.rfind("[", at - _LONGEST_LINK if at > _LONGEST_LINK else 0, at) - 1
        if opener < 0 or text[opener] != "[" or text.find("]", opener, at) >= 0:
            return 0
        if opener < at - _LONGEST_LINK or (self.dead and opener < self.dead[-1].end):
            return 0
        link = _WHOLE_LINK.match(text, opener)
        return link.end() if link is not None and link.end() > at else 0

    def _is_escaped(self, at: int) -> bool:
        slashes = 0
        while self.text[at - slashes - 1 : at - slashes] == "\\":
            slashes += 1
        return slashes % 2 == 1

    def unclosed_comment(self) -> Span | None:
        """The block comment that is still open at the end of the text."""
        if self._comment_start is None:
            return None
        return Span(self._comment_start, self._comment_start + 2)

    def _kill(self, start: int, end: int) -> int:
        self.dead.append(new(Span, (start, end)))
        return end

    def block_end(self, at: int) -> int:
        """Where the block that holds `at` ends, for inline text that may run over lines."""
        if self._block_end <= at:
            line = self.text.rfind("\n", max(at - _LONGEST_PREFIX, 0), at) + 1
            end = _LINE_END if _ONE_LINE.match(self.text, line) is not None else _BLOCK_END
            match = end.search(self.text, at)
            self._block_end = match.start() if match else len(self.text)
        return self._block_end

    def _code(self, at: int, length: int) -> int:
        """Inline code ends at the next run of as many backticks, mostly on its line."""
        line_end = self.text.find("\n", at)
        line_end = line_end if line_end >= 0 else len(self.text)
        close = self._line_runs.next(self.text, at, line_end, length)
        if close < 0:
            close = self._block_runs.next(self.text, at, self.block_end(at), length)
        return self._kill(at, close + length) if close >= 0 else at + length

    def _display_math(self, at: int) -> int:
        """At the beginning of a line it may hold blank lines; elsewhere it stays in its block."""
        limit = len(self.text) if self._begins_line(at) else self.block_end(at)
        close = self._find("$$", at + 2, limit)
        return self._kill(at, close + 2) if close >= 0 else at + 2

    def _comment(self, at: int) -> int:
        text = self.text
        if self._comment_start is not None:
            self.comments.append(new(Span, (self._comment_start, at + 2)))
            self._comment_start = None
            return at + 2
        if whole := _PLAIN_COMMENT.match(text, at):
            end = whole.end()
            if text.find("\n", at, end) < 0 or self._begins_line(at):
                self.comments.append(new(Span, (at, end)))
                return end
        elif self._begins_line(at):
            self._comment_start = at
        else:
            close = self._find("%%", at + 2, len(text))
            if close >= 0 and text.find("\n", at, close) < 0:
                self._comment_start = at
        return at + 2

    def _html(self, at: int) -> int:
        text = self.text
        if text.startswith("<!--", at):
            close = self._find("-->", at + 4, self.block_end(at))
            return self._kill(at, close + 3) if close >= 0 else at + 1
        tag = _TAG.match(text, at) or _AUTOLINK.match(text, at)
        if tag is None:
            return at + 1
        if _LOOKS_LIVE.search(text, at, tag.end()) is None:
            return tag.end()
        return self._kill(at, tag.end())

    def _find(self, closing: str, start: int, limit: int) -> int:
        """Where that closing mark stands from `start` on, if that is before `limit`; else -1.

        That there is nothing more to find is remembered, so that it stays linear.
        """
        found = self._next.get(closing, -1)
        if found < start:
            text = self.text
            found = text.find(closing, start) if closing == "-->" else _doubled(closing[0], text, start)
            found = self._next[closing] = found if found >= 0 else len(text)
        return found if found < limit else -1

    def _begins_line(self, at: int) -> bool:
        if at and self.text[at - 1] == "\n":
            return True
        line = self.text.rfind("\n", max(at - 100, 0), at) + 1
        return (line > 0 or at < 100) and _LINE_PREFIX.match(self.text[line:at]) is not None


_COMMENT_LINE = rare(r"(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*+ {0,3}(<!--)(?!-?>)")


def open_html_comment(text: str, dead: Iterable[Span]) -> Span | None:
    """The `<!--` of the first dead block that is a comment without its `-->`."""
    for span in dead:
        mark = _COMMENT_LINE.match(text, span.start, span.end)
        if mark is not None and text.find("-->", mark.end(), span.end) < 0:
            return Span(*mark.span(1))
    return None


# Every byte is blanked out but the line end.
_BLANKED = bytes(byte if byte == ord("\n") else 0 for byte in range(256))


def blank(text: str, spans: Iterable[Span]) -> str:
    """The text with the spans overwritten by U+0000, line ends kept: same length, same offsets.

    The spans are in order and disjoint.
    """
    pieces: list[str] = []
    at = 0
    for start, end in spans:
        inside = text[start:end]
        if "\n" not in inside:
            pieces += text[at:start], "\0" * (end - start)
        else:
            # One byte for each character, whichever it is, so that all of them are blanked out at once.
            blanked = inside.encode("latin-1", "replace").translate(_BLANKED)
            pieces += text[at:start], blanked.decode()
        at = end
    pieces.append(text[at:])
    return "".join(pieces)
