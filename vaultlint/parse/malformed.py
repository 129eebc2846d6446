"""Text that looks as if it were to be a link: what the sweep for links had to leave lying.

Brackets have other uses (`arr[[1, 2], [3, 4]]`, `### [[Tutorial] x](url)`, `if [[ -f x ]]`), so this module
only says what the text looks like; the rules ask the vault whether its target exists.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from vaultlint.note import Flaw, MalformedLink
from vaultlint.parse.links import DESTINATION, decode_destination
from vaultlint.text import Span

_LONGEST = 300  # how far, in characters, the end of something unclosed is looked for

_INNER = re.compile(r"[^\[\]|\n\0]*")
_TARGET = re.compile(r"\[\[[ \t]*([^\[\]|#\n\0]*)")
_EMPTY_WIKILINK = re.compile(r"\[\[[ \t\u00a0]*(?:\|[^\[\]\n\0]*)?\]\]")
_WHOLE = re.compile(r"\[\[(?:[^\[\]\n\0]|\](?!\])|\[(?!\[))*\]\]")
_SINGLE_CLOSE = re.compile(r"\[\[([^\[\]\n\0]+)\](?![\](\[:])")
_OVER_LINES = re.compile(r"\[\[([^\[\]\n\0]*\n[^\[\]\n\0]*)\]\]")
_ARRAY = re.compile(r"\[\[[^|\n]*?\][^|\n]*?\[")

# One bracket, text, a pipe, text, one bracket. A digit first is a time or a number, `!` a callout.
_SINGLE_BRACKETS = re.compile(
    r"\[(?![\d\[!^ \]])(?<![\[\\]\[)([^\[\]|\n\0]{1,200})\|([^\[\]\n\0]{1,200})\](?![\](\[:])"
)
_EMPTY_DESTINATION = re.compile(r"\]\([ \t]*(?:<>)?[ \t]*\)")
_UNENCODED = re.compile(r"\]\(([^()<>\[\]\n\0\"]*[ ][^()<>\[\]\n\0\"]*)\)")


def malformed_links(
    live: str, start: int, odd: Sequence[int], links: Mapping[int, int]
) -> Iterator[MalformedLink]:
    """What looks like a link and is none, in order.

    `odd`: the offsets of those `[[` that the sweep found strange; `links`: where each wikilink begins
    and ends.
    """
    found = [each for at in odd if (each := _odd_wikilink(live, at, links)) is not None]
    found.extend(_single_brackets(live, start))
    found.extend(_odd_destinations(live, start))
    yield from sorted(found, key=lambda one: one.span)


def _odd_wikilink(live: str, at: int, links: Mapping[int, int]) -> MalformedLink | None:
    """What the strange `[[` at this offset looks like."""
    path = _target(live, at)
    if at in links or at - 1 in links:
        return _bracket_in_alias(live, at, path)
    if live[at - 1 : at] == "\\":
        return None
    if (empty := _EMPTY_WIKILINK.match(live, at)) is not None:
        return MalformedLink(Flaw.EMPTY, empty.group(), Span(*empty.span()), "")
    if (whole := _WHOLE.match(live, at)) is not None:
        if _ARRAY.match(whole.group()) is not None:
            return None
        return MalformedLink(Flaw.TABLE_PIPE, whole.group(), Span(*whole.span()), path)
    if (single := _SINGLE_CLOSE.match(live, at)) is not None:
        return MalformedLink(Flaw.SINGLE_CLOSE, single.group(), Span(*single.span()), path)
    if (broken := _OVER_LINES.match(live, at)) is not None and broken.end() - at <= _LONGEST:
        words = " ".join(broken[1].partition("|")[0].split())
        return MalformedLink(Flaw.OVER_LINES, broken.group(), Span(*broken.span()), words)
    return _nested_or_unclosed(live, at, path)


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
        if after < 0 or live.find("[[", close + 2, after) >= 0:
            return None
        span = Span(at, after + 2)
        return MalformedLink(Flaw.NESTED, span.of(live), span, path)
    if close >= 0 or inner >= 0:
        return None
    end = _INNER.match(live, at + 2, limit)
    span = Span(at, end.end() if end else at + 2)
    return MalformedLink(Flaw.UNCLOSED, span.of(live).rstrip(), span, path)


def _single_brackets(live: str, start: int) -> Iterator[MalformedLink]:
    if "|" not in live:
        return
    for match in _SINGLE_BRACKETS.finditer(live, start):
        yield MalformedLink(Flaw.SINGLE_BRACKETS, match.group(), Span(*match.span()), match[1].strip())


def _odd_destinations(live: str, start: int) -> Iterator[MalformedLink]:
    """`[x]()`, and `[x](My Note.md)`, whose destination has a bare blank."""
    at = live.find("](", start)
    while at >= 0:
        flaw, path, end = None, "", at
        if (empty := _EMPTY_DESTINATION.match(live, at)) is not None:
            flaw, end = Flaw.EMPTY, empty.end()
        elif DESTINATION.match(live, at) is None and (blanks := _UNENCODED.match(live, at)) is not None:
            flaw, end = Flaw.UNENCODED, blanks.end()
            path = decode_destination(blanks[1].strip()).partition("#")[0]
        if flaw is not None:
            opener = live.rfind("[", max(start, at - _LONGEST), at)
            text = live[opener + 1 : at]
            if (
                opener >= 0
                and "]" not in text
                and "\n" not in text
                and live[opener - 1 : opener] not in ("\\", "[")
            ):
                span = Span(opener, end)
                yield MalformedLink(flaw, span.of(live), span, path)
        at = live.find("](", at + 2)
