"""The inline scan, which leaps from mark to mark, finds what a scan finds that tries every character."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.parse.inline import _AUTOLINK, _LOOKS_LIVE, _TAG, Inline, _Scan, blank, scan_inline
from vaultlint.text import Span

_LINK = re.compile(r"\[\[[^\[\]\n]*\]\]")
_MATH = re.compile(r"\$(?![\s$])(?:\\.|[^$\n\\])*(?<![\s\\])\$(?!\d)")
_BEFORE_MARK = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")


def plainly(text: str) -> Inline:
    """What the scan is to find, by trying every character; the texts are shorter than any limit."""
    dead: list[Span] = []
    comments: list[Span] = []
    opened: int | None = None
    at = 0
    while at < len(text):
        if text[at] not in "`$<" and not text.startswith("%%", at):
            at += 1
        elif text[at] == "$" and _only_money(text, at):
            at += _run(text, at)
        elif (len(text[:at]) - len(text[:at].rstrip("\\"))) % 2:
            at += 1
        elif link := _link(text, at, dead[-1].end if dead else 0):
            at = link.end()
        elif text[at] == "%":
            if opened is not None:
                comments.append(Span(opened, at + 2))
                opened = None
            elif _begins_line(text, at) or "%%" in text[at + 2 :].partition("\n")[0]:
                opened = at
            at += 2
        else:
            end, is_dead = _end(text, at)
            dead += [Span(at, end)] if is_dead else []
            at = end
    return Inline(tuple(dead), tuple(comments), None if opened is None else Span(opened, opened + 2))


def _link(text: str, at: int, behind: int) -> re.Match[str] | None:
    return next((m for m in _LINK.finditer(text) if behind <= m.start() < at < m.end()), None)


def _run(text: str, at: int) -> int:
    """How often the character at `at` stands there in a row."""
    return len(text[at:]) - len(text[at:].lstrip(text[at]))


def _begins_line(text: str, at: int) -> bool:
    return _BEFORE_MARK.fullmatch(text[text.rfind("\n", 0, at) + 1 : at]) is not None


def _only_money(text: str, at: int) -> bool:
    begins = at < 1 or text[at - 1] != "\\"
    return _run(text, at) != 2 and not (begins and _MATH.match(text, at))


def _end(text: str, at: int) -> tuple[int, bool]:
    """Where the scan goes on behind the mark at `at`, and whether what lies between is dead."""
    block_end = _Scan(text).block_end(at)
    marks = _run(text, at)
    if text[at] == "`":
        runs = [m for m in re.finditer("`+", text[:block_end]) if m.start() >= at + marks]
        close = next((m for m in runs if len(m[0]) == marks), None)
        return (close.end(), True) if close else (at + marks, False)
    if text[at] == "$":
        if math := _MATH.match(text, at):
            return math.end(), True
        limit = len(text) if _begins_line(text, at) else block_end
        end = text.find("$$", at + 2, limit)
        return (end + 2, True) if end >= 0 else (at + 2, False)
    if text.startswith("<!--", at):
        end = text.find("-->", at + 4, block_end)
        return (end + 3, True) if end >= 0 else (at + 1, False)
    tag = _TAG.match(text, at) or _AUTOLINK.match(text, at)
    if tag is None:
        return at + 1, False
    return tag.end(), _LOOKS_LIVE.search(tag[0]) is not None


_PARTS = [
    "`", "`", "``", "```", "$", "$", "$$", "$$", "$5", "%%", "%%", "%", "<!--", "-->", "<b>", "<b c='", "'>",
    "[[", "]]", "[[a]]", "[", "]", "\\", "\n", "\n\n", "\n- ", "\n> ", "\n# ", "\n1. ", "a", "b c", " ", " ",
    "](", "<http://a", "\n%%\n", "\n$$\n", "`x`", "`[[x]]`", "$x$", "%% x %%", "%% [[x]] %%", "[[a%%b]]",
    "\u2014", "\t",
]  # fmt: skip


@given(st.lists(st.sampled_from(_PARTS), max_size=18).map("".join))
@settings(max_examples=8_000, derandomize=True, deadline=None, database=None)
def test_the_scan_finds_what_a_plain_scan_finds(text: str) -> None:
    assert scan_inline(text, 0, html=True) == plainly(text)


@given(
    st.text(st.sampled_from("ab\n\0\xff\u2014\U0001f600\ud800 \r"), max_size=40),
    st.lists(st.integers(0, 40), unique=True, max_size=8).map(sorted),
)
@settings(max_examples=2_000, derandomize=True, deadline=None, database=None)
def test_blanking_keeps_every_offset_and_line(text: str, ends: list[int]) -> None:
    ends = [end for end in ends if end <= len(text)]
    spans = [Span(start, end) for start, end in zip(ends[::2], ends[1::2], strict=False)]
    expected = "".join(
        "\0" if char != "\n" and any(span.start <= at < span.end for span in spans) else char
        for at, char in enumerate(text)
    )
    assert blank(text, spans) == expected
