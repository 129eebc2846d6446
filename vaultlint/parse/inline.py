"""The inline scan: which stretches of a note's text are dead, beside whole dead blocks.

Dead are inline code, math, HTML comments, and HTML tags that hold what would look like a link. Text
in `%% %%` comments is live in Obsidian (probed: a link there is in the metadata cache), so comments
are found here but blank nothing out. Constructs are taken from left to right, the first one wins,
as in any CommonMark parser; a `[[link]]` is one of them, so that `$` or a backtick inside it starts nothing.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from vaultlint.text import Span

# What can begin something, by the character that a note must have for it. Nearly all inline code and
# math is on one line and matched at once; the bare marks are looked at more closely.
_EVENTS = {
    "`": r"(?<=`)(?:(?P<code>[^`\n]+`(?!`))|(?P<ticks>`*))",
    "$": r"(?<=\$)(?:(?P<math>(?<!\\\$)(?![\s$])(?:[^$\n\\]|\\.)*(?<![\s\\])\$(?!\d))|(?P<dollars>\$*))",
    "%": "(?<=%)(?P<percent>%)",
    "<": "(?<=<)(?P<tag>)",
}
_LONGEST_LINK = 400  # characters that are looked back for the beginning of a link
_TICKS = re.compile(r"`+")
_TAG = re.compile(
    r"""</?[A-Za-z][A-Za-z0-9-]*(?:\s+[A-Za-z_:][\w.:-]*(?:\s*=\s*(?:"[^"\n]*"|'[^'\n]*'|[^\s"'=<>`]+))?)*\s*/?>"""
)
_AUTOLINK = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]+:[^\s<>]*>")
_LOOKS_LIVE = re.compile(r"\[\[|\]\(|#|`|\$|%%")
_WHOLE_LINK = re.compile(r"\[\[[^\[\]\n]*\]\]")

# Where inline text cannot go on: a blank line, or a line that begins another block or list item.
_BLOCK_END = re.compile(
    r"\n(?=[ \t>]*(?:\n|\Z|\0|#{1,6}[ \t\n]|\||(?:[-*+]|\d{1,9}[.)])[ \t]++[^ \t\n]"
    # A thematic break, or the underline of a heading.
    r"|(?:(?:[-*_][ \t]*){3,}|(?:=++|-++)[ \t]*+)(?:\n|\Z)))"
)
_LINE_END = re.compile("\n")
# A heading ends with its line.
_ONE_LINE = re.compile(r"[ \t>]*+(?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+#{1,6}[ \t]")
_LONGEST_PREFIX = 2000  # characters before the mark in a heading; a longer heading is none to us
_LINE_PREFIX = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*\Z")


class Inline(NamedTuple):
    """`dead`: in order, disjoint. `comments`: the `%% … %%` stretches, markers included.

    `open_comment` is a `%%` at the start of a line that nothing closes; the rest of the note is its.
    """

    dead: tuple[Span, ...] = ()
    comments: tuple[Span, ...] = ()
    open_comment: Span | None = None


NOTHING = Inline()

# A note without any of these has no dead inline text; `$` and `<` are looked at more closely.
_MAYBE_MATH = re.compile(r"\$(?:\$|(?![\s$])[^$\n]*\$)")
_HTML_RISK = re.compile(r"<(?:!--|[^<>\n]*(?:\[\[|\]\(|[`$]|%%))")


def scan_inline(text: str, start: int, *, html: bool) -> Inline:
    """What the inline scan finds in `text` from `start` on.

    `text` has its dead blocks blanked out. `html` false: the caller knows that no tag in the text
    can hold anything that looks like a link.
    """
    triggers = "`" if "`" in text else ""
    if "$" in text and _MAYBE_MATH.search(text, start):
        triggers += "$"
    if "%" in text and "%%" in text:
        triggers += "%"
    if html and _HTML_RISK.search(text, start):
        triggers += "<"
    if not triggers:
        return NOTHING
    scan = _Scan(text, start, _event(triggers))
    scan.run()
    return Inline(tuple(scan.dead), tuple(scan.comments), scan.unclosed_comment())


@cache
def _event(triggers: str) -> re.Pattern[str]:
    """The pattern of what can begin something, where only these characters can.

    It begins with a class of characters, to which the search skips, and looks back at which one it was.
    """
    return re.compile(f"[{triggers}](?:{'|'.join(_EVENTS[trigger] for trigger in triggers)})")


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

    def __init__(self, text: str, start: int, event: re.Pattern[str]) -> None:
        self.text = text
        self._event = event
        self.at = start
        self.dead: list[Span] = []
        self.comments: list[Span] = []
        self._comment_start: int | None = None
        self._block_end = -1
        self._line_runs, self._block_runs = _Runs(), _Runs()
        self._missing: dict[str, int] = {}

    def run(self) -> None:
        text, search = self.text, self._event.search
        while (event := search(text, self.at)) is not None:
            at, end = event.span()
            kind = event.lastgroup
            if kind == "dollars" and end - at != 2:  # most often it is money
                self.at = end
            elif text[at - 1 : at] == "\\" and self._is_escaped(at):
                self.at = at + 1
            elif self._skip_link(at):
                pass
            elif kind in ("code", "math"):
                self._kill(at, end)
            else:
                self.at = end
                self._look_closely(kind, at, end)

    def _look_closely(self, kind: str | None, at: int, end: int) -> None:
        """At a mark that may begin something over several lines, or nothing."""
        if kind == "ticks":
            self._code(at, end - at)
        elif kind == "dollars":
            self._display_math(at)
        elif kind == "percent":
            self._comment(at)
        else:
            self._html(at)

    def _is_escaped(self, at: int) -> bool:
        slashes = 0
        while self.text[at - slashes - 1 : at - slashes] == "\\":
            slashes += 1
        return slashes % 2 == 1

    def _skip_link(self, at: int) -> bool:
        """Go on behind the link that holds `at`, if one does."""
        nearest = max(at - _LONGEST_LINK, self.dead[-1].end if self.dead else 0)
        opener = self.text.rfind("[[", nearest, at)
        if opener < 0 or self.text.find("]]", opener, at) >= 0:
            return False
        link = _WHOLE_LINK.match(self.text, opener)
        if link is None or link.end() <= at:
            return False
        self.at = link.end()
        return True

    def unclosed_comment(self) -> Span | None:
        """The block comment that is still open at the end of the text."""
        if self._comment_start is None:
            return None
        return Span(self._comment_start, self._comment_start + 2)

    def _kill(self, start: int, end: int) -> None:
        self.dead.append(Span(start, end))
        self.at = end

    def block_end(self, at: int) -> int:
        """Where the block that holds `at` ends, for inline text that may run over lines."""
        if self._block_end <= at:
            line = self.text.rfind("\n", max(at - _LONGEST_PREFIX, 0), at) + 1
            end = _LINE_END if _ONE_LINE.match(self.text, line) is not None else _BLOCK_END
            match = end.search(self.text, at)
            self._block_end = match.start() if match else len(self.text)
        return self._block_end

    def _code(self, at: int, length: int) -> None:
        """Inline code ends at the next run of as many backticks, mostly on its line."""
        line_end = self.text.find("\n", at)
        line_end = line_end if line_end >= 0 else len(self.text)
        close = self._line_runs.next(self.text, at, line_end, length)
        if close < 0:
            close = self._block_runs.next(self.text, at, self.block_end(at), length)
        if close >= 0:
            self._kill(at, close + length)

    def _display_math(self, at: int) -> None:
        """At the beginning of a line it may hold blank lines; elsewhere it stays in its block."""
        limit = len(self.text) if self._begins_line(at) else self.block_end(at)
        close = self._find("$$", at + 2, limit)
        if close >= 0:
            self._kill(at, close + 2)

    def _comment(self, at: int) -> None:
        if self._comment_start is not None:
            self.comments.append(Span(self._comment_start, at + 2))
            self._comment_start = None
        elif self._begins_line(at):
            self._comment_start = at
        else:
            close = self._find("%%", at + 2, len(self.text))
            if close >= 0 and self.text.find("\n", at, close) < 0:
                self._comment_start = at

    def _html(self, at: int) -> None:
        text = self.text
        if text.startswith("<!--", at):
            close = self._find("-->", at + 4, self.block_end(at))
            if close >= 0:
                self._kill(at, close + 3)
            return
        tag = _TAG.match(text, at) or _AUTOLINK.match(text, at)
        if tag is None:
            return
        if _LOOKS_LIVE.search(text, at, tag.end()) is None:
            self.at = tag.end()
        else:
            self._kill(at, tag.end())

    def _find(self, needle: str, start: int, limit: int) -> int:
        """`str.find`, which remembers that there is nothing more to find (so that it stays linear)."""
        known = self._missing.get(needle)
        if known is not None and (known < 0 or known >= start):
            found = known
        else:
            found = self._missing[needle] = self.text.find(needle, start)
        return found if 0 <= found <= limit - len(needle) else -1

    def _begins_line(self, at: int) -> bool:
        line = self.text.rfind("\n", max(at - 100, 0), at) + 1
        return (line > 0 or at < 100) and _LINE_PREFIX.match(self.text[line:at]) is not None


_COMMENT_LINE = re.compile(r"(?:[ \t]*(?:>|[-*+][ \t]|\d{1,9}[.)][ \t]))*+ {0,3}(<!--)(?!-?>)")


def open_html_comment(text: str, dead: Iterable[Span]) -> Span | None:
    """The `<!--` of the first dead block that is a comment without its `-->`."""
    for span in dead:
        mark = _COMMENT_LINE.match(text, span.start, span.end)
        if mark is not None and text.find("-->", mark.end(), span.end) < 0:
            return Span(*mark.span(1))
    return None


def blank(text: str, spans: list[Span]) -> str:
    """The text with the spans overwritten by U+0000, line ends kept: same length, same offsets."""
    pieces: list[str] = []
    at = 0
    for span in spans:
        start, end = max(at, span.start), max(at, span.end)
        pieces.append(text[at:start])
        inside = text[start:end]
        if "\n" in inside:
            pieces.append("\n".join("\0" * len(line) for line in inside.split("\n")))
        else:
            pieces.append("\0" * len(inside))
        at = end
    pieces.append(text[at:])
    return "".join(pieces)
