"""Text that looks as if it were to be a link: what the sweep for links had to leave lying.

Brackets have other uses (`arr[[1, 2], [3, 4]]`, `### [[Tutorial] x](url)`, `if [[ -f x ]]`), so this module
only says what the text looks like; the rules ask the vault whether its target exists.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from vaultlint.lazy import rare
from vaultlint.note import Flaw, MalformedLink
from vaultlint.parse.links import DESTINATION, decode_destination
from vaultlint.parse.sweep import is_array
from vaultlint.parse.tables import table_spans
from vaultlint.text import Span, has_placeholder, span_at

_LONGEST = 300  # how far, in characters, the end of something unclosed is looked for
_LINE = 2000  # how much of a line is looked back for an open parenthesis
_MOST = 1000  # strange brackets of one note are looked at; no person writes more
_DEEPEST = 8  # brackets within brackets are followed

_INNER = rare(r"[^\[\]|\n\0]*")
_TARGET = rare(r"\[\[[ \t]*([^\[\]|#\n\0]*)")
_EMPTY_WIKILINK = rare(r"\[\[[ \t\u00a0]*(?:\|[^\[\]\n\0]*)?\]\]")
_WHOLE = rare(r"\[\[(?:[^\[\]\n\0]|\](?!\])|\[(?!\[))*\]\]")
_SINGLE_CLOSE = rare(r"\[\[([^\[\]\n\0]+)\](?![\](\[:])")
_OVER_LINES = rare(r"\[\[([^\[\]\n\0]*\n[^\[\]\n\0]*)\]\]")

# One bracket, text, a pipe, text, one bracket. A digit first is a time or a number, `!` a callout.
_SINGLE_BRACKETS = rare(
    r"\[(?![\d\[!^ \]])(?<![\[\\]\[)([^\[\]|\n\0]{1,200})\|([^\[\]\n\0]{1,200})\](?![\](\[:])"
)
_EMPTY_DESTINATION = rare(r"\]\([ \t]*+(?:<>)?[ \t]*+\)")
_BARE_DESTINATION = rare(r"\]\(([^()<>\[\]\n\0\"]*)\)")

_WORD_BEFORE = rare(r"[A-Za-z0-9_)=\"'“‘«]")  # `rows[[]]`, `rows=[[]]`, `handlers[name]()`: source code
_BRACKET = rare(r"\\.|[\[\]]")
_TIME = rare(r"[0-9]{1,2}(?::[0-9]{2}){1,3}")
_PARENTHESIS = rare(r"\]\(|[()]")
_FREE_PIPE = rare(r"(?<!\\)\|")


class Parts(NamedTuple):
    """What the sweep has found already."""

    links: Mapping[int, int]
    """Where each wikilink begins and ends."""
    odd: Sequence[int]
    """The offsets of those `[[` that it found strange."""
    closers: Sequence[int]
    """The places of `](`."""
    rows: Sequence[tuple[int, int, str]]
    """The delimiter rows of tables, and of what would be tables."""
    tables: Sequence[Span]
    anchor: re.Pattern[str]
    """A whole timestamp anchor."""


def malformed_links(live: str, start: int, parts: Parts) -> Iterator[MalformedLink]:
    """What looks like a link and is none, in order."""
    links = parts.links
    found = [each for at in parts.odd[:_MOST] if (each := _odd_wikilink(live, at, links)) is not None]
    found.extend(_single_brackets(live, start, links))
    found.extend(_odd_destinations(live, start, parts))
    if parts.rows:
        found.extend(_pipes_that_prevent_a_table(live, start, parts))
    if not found:
        return
    for one in sorted(found, key=lambda one: one.span):
        if not has_placeholder(one.raw):
            yield one


def _odd_wikilink(live: str, at: int, links: Mapping[int, int]) -> MalformedLink | None:
    """What the strange `[[` or `![[` at this offset looks like."""
    begin = at
    at += live.startswith("!", at)
    path = _target(live, at)
    if at in links or at - 1 in links:
        return _bracket_in_alias(live, at, path)
    if live[at - 1 : at] == "\\":
        return None
    if (empty := _EMPTY_WIKILINK.match(live, at)) is not None:
        if _WORD_BEFORE.match(live[at - 1 : at]) is not None:
            return None
        return MalformedLink(Flaw.EMPTY, empty.group(), Span(*empty.span()), "")
    if (whole := _WHOLE.match(live, at)) is not None:
        if is_array(whole.group()[2:-2]):
            return None
        span = Span(begin, whole.end())
        return MalformedLink(Flaw.TABLE_PIPE, span.of(live), span, path)
    if _closes_on_its_line(live, at):
        return None
    if (single := _SINGLE_CLOSE.match(live, at)) is not None:
        return MalformedLink(Flaw.SINGLE_CLOSE, single.group(), Span(*single.span()), path)
    if (broken := _OVER_LINES.match(live, at)) is not None and broken.end() - at <= _LONGEST:
        words = " ".join(broken[1].partition("|")[0].split())
        return MalformedLink(Flaw.OVER_LINES, broken.group(), Span(*broken.span()), words)
    return _nested_or_unclosed(live, at, path)


def _closes_on_its_line(live: str, at: int) -> bool:
    """Whether the first of two brackets closes, though not right behind the second: as in
    `[[Tutorial] x](url)` and `[[sic] said he]`. These are brackets within brackets."""
    line_end = live.find("\n", at, at + _LONGEST)
    depth = 0
    for bracket in _BRACKET.finditer(live, at, line_end if line_end >= 0 else at + _LONGEST):
        depth += {"[": 1, "]": -1}.get(bracket.group(), 0)
        if depth == 0:
            return live[bracket.start() - 1] != "]"
        if depth > _DEEPEST:
            break
    return False


def _target(live: str, at: int) -> str:
    match = _TARGET.match(live, at)
    return match[1].strip() if match else ""


def _bracket_in_alias(live: str, at: int, path: str) -> MalformedLink | None:
    """A link whose alias has one bracket too many, or a whole anchor in it."""
    whole = _WHOLE.match(live, at)
    if whole is None:
        return None
    _, pipe, alias = whole.group()[2:-2].partition("|")
    end = whole.end()
    one_more = alias.count("[") == alias.count("]") + 1 and live.startswith("]", end)
    if not pipe or not (one_more or "<a " in alias):
        return None
    span = Span(at, end + 1 if one_more else end)
    return MalformedLink(Flaw.BRACKET_IN_ALIAS, span.of(live), span, path)


def _nested_or_unclosed(live: str, at: int, path: str) -> MalformedLink | None:
    """`[[a | x [[b]]]]`, or `[[a` without an end on its line."""
    line_end = live.find("\n", at, at + _LONGEST)
    limit = line_end if line_end >= 0 else min(len(live), at + _LONGEST)
    inner = live.find("[[", at + 2, limit)
    close = live.find("]]", at + 2, limit)
    if inner >= 0 and close > inner:
        after = live.find("]]", close + 2, limit)
        if after >= 0 and live.find("[[", close + 2, after) < 0:
            span = Span(at, after + 2)
            return MalformedLink(Flaw.NESTED, span.of(live), span, path)
    elif close >= 0 or inner >= 0:
        return None
    inner_text = _INNER.match(live, at + 2, limit)
    raw = live[at : inner_text.end() if inner_text else at + 2].rstrip()
    return MalformedLink(Flaw.UNCLOSED, raw, Span(at, at + len(raw)), path)


def _single_brackets(live: str, start: int, links: Mapping[int, int]) -> Iterator[MalformedLink]:
    in_links = sum([live.count("|", at, end) for at, end in links.items()])
    if live.count("|", start) == in_links:  # nearly always, and quickly said
        return
    for match in _SINGLE_BRACKETS.finditer(live, start):
        yield MalformedLink(Flaw.SINGLE_BRACKETS, match.group(), Span(*match.span()), match[1].strip())


def _pipes_that_prevent_a_table(live: str, start: int, parts: Parts) -> Iterator[MalformedLink]:
    """The links with a pipe in what would be a table, did those pipes not end cells of its header."""
    piped = [(at, end) for at, end in parts.links.items() if _FREE_PIPE.search(live, at, end) is not None]
    if not piped:
        return
    pieces, done = list[str](), 0
    for at, end in piped:
        pieces += [live[done:at], "x" * (end - at)]
        done = end
    without_pipes = "".join([*pieces, live[done:]])
    would_be = [table for table in table_spans(without_pipes, start, parts.rows) if table not in parts.tables]
    for at, end in piped:
        if span_at(would_be, at) is not None:
            raw = live[at:end]
            yield MalformedLink(Flaw.TABLE_PIPE, raw, Span(at, end), _target(live, at + raw.startswith("!")))


def _odd_destinations(live: str, start: int, parts: Parts) -> Iterator[MalformedLink]:
    """`[x]()`, and `[x](My Note.md)`, whose destination has a bare blank."""
    for at in parts.closers:
        flaw, path, end = None, "", at
        if (anchor := parts.anchor.match(live, at + 2)) is not None:
            if (around := _around_anchor(live, start, at, anchor.end())) is not None:
                yield around
        elif (empty := _EMPTY_DESTINATION.match(live, at)) is not None:
            flaw, end = Flaw.EMPTY, empty.end()
        elif DESTINATION.match(live, at) is None and (bare := _BARE_DESTINATION.match(live, at)):
            flaw, end = Flaw.UNENCODED, bare.end()
            path = decode_destination(bare[1].strip()).partition("#")[0]
        if flaw is not None:
            opener = _opener(live, start, at)
            code = flaw is Flaw.EMPTY and _WORD_BEFORE.match(live[opener - 1 : opener]) is not None
            if opener >= 0 and not code:
                span = Span(opener, end)
                yield MalformedLink(flaw, span.of(live), span, path)


def _around_anchor(live: str, start: int, close: int, end: int) -> MalformedLink | None:
    """`[t](<a …>…</a>)`, `[[t]](<a …>…</a>)` of a time, whose anchor ends at `end`. With the `)` if that is
    its own."""
    opener = _opener(live, start, close)
    if live[close - 1] == "]":
        opener = live.rfind("[[", max(start, close - _LONGEST), close)
    text = live[opener:close].strip("[]")
    if opener < 0 or _TIME.fullmatch(text) is None:  # else brackets of the prose, or a link beside it
        return None
    before = live[max(start, opener - _LINE) : opener]
    of_others = _open_parenthesis(before[before.rfind("\n") + 1 :]) and not live.startswith("))", end)
    span = Span(opener, end + (live.startswith(")", end) and not of_others))
    return MalformedLink(Flaw.AROUND_ANCHOR, span.of(live), span, text)


def _open_parenthesis(line: str) -> bool:
    """Whether a parenthesis of the prose, not of a link, is open at the end of that much of a line."""
    opened: list[str] = []
    for match in _PARENTHESIS.finditer(line):
        if match.group() != ")":
            opened.append(match.group())
        elif opened:
            opened.pop()
    return "(" in opened


def _opener(live: str, start: int, close: int) -> int:
    """Where the Markdown link or image begins whose text ends at `close`; -1 where none does."""
    opener = live.rfind("[", max(start, close - _LONGEST), close)
    text, before = live[opener + 1 : close], live[opener - 1 : opener]
    if opener < 0 or "]" in text or "\n" in text or text.startswith("^") or before in ("\\", "["):
        return -1
    return opener - 1 if before == "!" else opener
