"""The sweep: links, tags and block ids of the body, by compiled patterns over the live text.

The patterns begin with a literal where they can (the `re` module then skips to it quickly), and every
class excludes what would let it run on, so that no input grows with the square.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from vaultlint.lazy import rare
from vaultlint.note import BlockId, Link, StrayMark, Tag, TimedLink
from vaultlint.parse.links import DEFINITION, DESTINATION, is_external, markdown_link, wikilink
from vaultlint.parse.tables import CELL_END
from vaultlint.text import Span, places, span_at

# Nearly every `[[` opens a plain link; the rest is looked at one by one.
_WIKILINK = re.compile(r"\[\[(?!\[)(?:([^\[\]\n]*)\]\])?")
# The same, quicker by a class of one character, for texts in which nothing is odd.
_PLAIN_WIKILINK = re.compile(r"\[\[(?!\[)(?:([^\]]{1,250}+)\]\])?")
# Only `]]` closes, so single brackets may stand inside.
_BRACKETED = rare(r"\[\[(?!\[)((?:[^\[\]\n\0]|\](?!\])|\[(?!\[))*)\]\]")
_MAYBE_ESCAPED = re.compile(r"\\!?\[\[")
_BLANKS = " \t\u00a0"
_BLANK_DISPLAY = re.compile(r"\|[ \t\u00a0]*+(?:\n|\Z)")
_NO_TARGET = rare(r"[ \t\u00a0\0]*(?:\||\Z)")

_FEW = 20  # so many characters are found sooner one by one than by a pattern
_DESTINATION = rare(r"\]\(")
_DEFINITION_LINE = rare(r"\n\[(?=[^\[\]\n]++\]:)")
_LABEL = rare(r"\[([^\[\]\n]{1,1000}+)\]")
_DEEPEST = 32  # so many open brackets are remembered: images within images must not grow with the square
_BRACKET = rare(r"\\[\[\]\\]|!?\[|\](?:\(|)|\n[ \t>]*\n")

# Everything but white space, ASCII punctuation other than - _ /, and two blocks of punctuation.
_TAG_CHARS = r"[^\s\0!-,.:-@\[-^`{-~\u2000-\u206f\u2e00-\u2e7f]"
_TAG = re.compile(rf"#(?<![^\s]#)({_TAG_CHARS}+)")
_TAG_NAME = rare(rf"{_TAG_CHARS}+")
_DIGITS = re.compile(r"\d+\Z")

# Behind Chinese, Japanese and Korean signs the blank may be missing: tools that space such text take it away.
_BLOCK_ID = rare(r"\^(?<=[\s\]\u2e80-\uffef]\^)([^\s^\[\]|#\0]+)[ \t]*(?=\n|\Z)")
# In a link a `#` stands before it.
_MARK = rare(r"\^(?<!#\^)([A-Za-z0-9-]+)(?![\w-])([ \t]*(?:\n|\Z))?")
_VALID_ID = rare(r"[A-Za-z0-9-]+\Z")
# A line that begins a block of its own, so that the line above it ended a paragraph or list item.
_NEW_BLOCK = rare(
    r"[ \t>]*(?:\n|\Z|#{1,6}[ \t\n]|(?:[-*+]|\d{1,9}[.)])[ \t]|>"
    # A dead line (a fence, HTML), a rule, an underline, an id on a line of its own.
    r"|(?:\0+|(?:[-*_][ \t]*){3,}|=+[ \t]*|\^[A-Za-z0-9-]+[ \t]*)(?:\n|\Z))"
)
_HEADING_LINE = rare(r" {0,3}#{1,6}[ \t]")
_TABLE_ROW = rare(r"[ \t>]*\|")

_TIME = rare(r"[0-9]{1,3}(?::[0-9]{2}){1,2}")
_LONGEST_TIME = 10

_HUB = rare(r"\nFrom:[ \t]*\[\[([^\[\]\n|#]*)")


def wikilinks(
    live: str, start: int, tables: Sequence[Span] = (), odd: list[int] | None = None
) -> Iterator[tuple[int, int]]:
    """Where each wikilink and embed begins and ends (`!` included), in order.

    The offsets of every `[[` that begins no link, or one with brackets inside, are added to `odd`.
    """
    odd = odd if odd is not None else []
    for match in _WIKILINK.finditer(live, start):
        at, end = match.span()
        inner = match[1]
        if inner is None:
            bracketed = _BRACKETED.match(live, at)
            odd.append(at)
            if bracketed is None or is_array(bracketed[1]):
                continue
            inner, end = bracketed[1], bracketed.end()
        elif "\0" in inner:
            continue
        if _NO_TARGET.match(inner) is not None:
            odd.append(at)
            continue
        if at and live[at - 1] in "\\!":
            if _escaped(live, at):
                continue
            if live[at - 1] == "!" and not _escaped(live, at - 1):
                at -= 1
        if tables and span_at(tables, at) is not None and CELL_END.search(inner) is not None:
            odd.append(at)
            continue
        yield at, end


def plain_wikilinks(live: str, start: int) -> list[str] | None:
    """What stands between the brackets of each wikilink and embed, in order, where none is odd, dead or
    escaped; None where `wikilinks` has to look at them one by one. In tables it always has to."""
    inners: list[str] = _PLAIN_WIKILINK.findall(live, start)
    joined = "".join(inners)
    if "" in inners or "\n" in joined or "[" in joined or "\0" in joined:
        return None
    return None if "\\" in live and _MAYBE_ESCAPED.search(live, start) is not None else inners


def has_free_pipe(live: str, start: int, inners: Sequence[str]) -> bool:
    """Whether a pipe stands outside of the plain wikilinks, which are all there are."""
    inside = "".join(inners).count("|")
    at = live.find("|", start)  # nothing else passes over a text so fast, and there are few
    while at >= 0 and inside >= 0:
        inside -= 1
        at = live.find("|", at + 1)
    return inside != 0


def plain_wikilinks_at(
    live: str, start: int, inners: Iterable[str]
) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """The plain wikilinks, which are all there are, and where each begins, `!` included."""
    raws: list[str] = []
    starts: list[int] = []
    end = start
    for inner in inners:
        raw = f"[[{inner}]]"
        at = live.find(raw, end)  # the longer the text, the sooner it is found
        end = at + len(raw)
        raws.append(raw)
        starts.append(at)
    if "!" in live:
        for number, at in enumerate(starts):
            if at > 0 and live[at - 1] == "!":
                raws[number], starts[number] = f"!{raws[number]}", at - 1
    return tuple(raws), tuple(starts)


def targets_at_once(inners: Iterable[str]) -> list[str] | None:
    """The paths of plain wikilinks, with a `#` behind those that have a subpath. None where one is remarkable
    by itself: it has no target or nothing behind its pipe, as hardly any."""
    joined = "\n".join(inners)
    if "#" not in joined and "\\" not in joined and _BLANK_DISPLAY.search(joined) is None:  # nearly always
        targets = [inner.partition("|")[0].strip(_BLANKS) for inner in inners]
        return None if "" in targets else targets
    targets = []
    for inner in inners:
        target, pipe, display = inner.partition("|")
        if pipe:
            if not display.strip(_BLANKS):
                return None
            if target[-1:] == "\\":
                target = target[:-1]
        if "#" in target:
            targets.append(target.partition("#")[0].strip(_BLANKS) + "#")
        elif target := target.strip(_BLANKS):
            targets.append(target)
        else:
            return None
    return targets


def is_array(inner: str) -> bool:
    """Whether a bracket closes before another one opens, as in `[[1, 2], [3, 4]]`."""
    target = inner.partition("|")[0]
    close = target.find("]")
    return close >= 0 and target.find("[", close) >= 0


def _escaped(text: str, at: int) -> bool:
    """Whether an odd number of backslashes stands before `at`."""
    slashes = 0
    while at > slashes and text[at - slashes - 1] == "\\":
        slashes += 1
    return slashes % 2 == 1


def has_destination(live: str, start: int) -> bool:
    """Whether there is a `](`."""
    at = live.find("(", start)
    for _ in range(_FEW):
        if at < 0:
            return False
        if at > start and live[at - 1] == "]":
            return True
        at = live.find("(", at + 1)
    return at >= 0 and _DESTINATION.search(live, at - 1) is not None


def destinations(live: str, start: int) -> list[int]:
    """Where each `](` stands."""
    return [at - 1 for at in places("(", live, max(start, 1)) if live[at - 1] == "]"]


def markdown_links(
    live: str, start: int, closers: Iterable[int], taken: list[tuple[int, int]]
) -> Iterator[Link]:
    """Each Markdown link and image to somewhere inside the vault, in order of its end.

    `closers` are the places of `](`; `taken` the wikilinks, whose brackets open and close nothing here.
    """
    if not any(_leads_inside(live, at) for at in closers):
        return
    ends = dict(taken)
    opened: list[int] = []
    at = start
    while (bracket := _BRACKET.search(live, at)) is not None:
        here, token = bracket.start(), bracket.group()
        at = bracket.end()
        if here in ends:
            at = ends[here]
        elif token in ("[", "!["):
            if len(opened) == _DEEPEST:
                del opened[0]
            opened.append(here)
        elif token[0] == "\n":
            opened.clear()
        elif token[0] == "]" and opened:
            begin = opened.pop()
            if token == "](" and (link := _link_from(live, begin, here)) is not None:
                at = link.span.end
                if not link.embed:
                    opened = [other for other in opened if live[other] == "!"]
                if link.raw and not is_external(_destination(live, here)):
                    yield link


def timed_links(live: str, start: int, closers: Iterable[int]) -> Iterator[TimedLink]:
    """Each Markdown link with a time for text that leads to an address. `closers`: the places of `](`."""
    for at in closers:
        opener = live.rfind("[", max(start, at - _LONGEST_TIME), at)
        if opener < 0:
            continue
        text = live[opener + 1 : at]
        if _TIME.fullmatch(text) is not None:
            match = DESTINATION.match(live, at)
            address = (match["angle"] or match["bare"] or "") if match is not None else ""
            if match is not None and is_external(address) and "\0" not in address:
                span = Span(opener, match.end())
                yield TimedLink(span.of(live), span, text, address)


def definitions(live: str, start: int) -> Iterator[tuple[int, int]]:
    """Where each link reference definition begins and its destination ends: those that lead inside the
    vault and that something refers to.

    Blanks must not stand before one (since Obsidian 1.11), and it cannot interrupt a paragraph.
    """
    found: dict[str, tuple[int, int]] = {}
    seen: Counter[str] = Counter()
    places = [line.end() - 1 for line in _DEFINITION_LINE.finditer(live, max(start - 1, 0))]
    if live.startswith("[", start):
        places.insert(0, start)
    for at in dict.fromkeys(places):
        match = DEFINITION.match(live, at)
        if match is None or not _may_define(live, start, at):
            continue
        if is_external(match["angle"] or match["bare"] or "") or "\0" in match.group():
            continue
        label = match["label"].lower()
        seen[label] += 1
        found.setdefault(label, match.span())  # the first of that label counts
    if found:
        uses = Counter(use[1].lower() for use in _LABEL.finditer(live, start))
        yield from (span for label, span in found.items() if uses[label] > seen[label])


def _may_define(live: str, start: int, at: int) -> bool:
    """Whether the line before is blank, a heading or a definition itself."""
    if at <= start:
        return True
    above = live.rfind("\n", 0, at - 1) + 1
    line = live[above : at - 1].strip(" \t")
    return not line or line[0] == "#" or DEFINITION.match(live, above) is not None


def _leads_inside(live: str, close: int) -> bool:
    match = DESTINATION.match(live, close)
    return match is not None and not is_external(match["angle"] or match["bare"] or "")


def _destination(live: str, close: int) -> str:
    match = DESTINATION.match(live, close)
    assert match is not None
    return match["angle"] or match["bare"] or ""


def _link_from(live: str, begin: int, close: int) -> Link | None:
    match = DESTINATION.match(live, close)
    if match is None or "\0" in (match["angle"] or match["bare"] or "") or live.startswith("[^", begin):
        return None
    return markdown_link(live[begin : match.end()], begin)


def tags(live: str, start: int) -> Iterator[Tag]:
    """Each `#tag` with at least one character that is no digit; a closing `/` is left out."""
    for match in _TAG.finditer(live, start):
        name = match[1].rstrip("/")
        if name and not _DIGITS.match(name):
            yield Tag(name, Span(match.start(), match.start(1) + len(name)))


def is_tag(name: str) -> bool:
    """Whether Obsidian takes a text, without `#`, for the name of a tag."""
    return _TAG_NAME.fullmatch(name) is not None and _DIGITS.match(name) is None


def block_ids(live: str, start: int) -> Iterator[BlockId]:
    """Each `^id` at the end of a block, or alone on the line behind one.

    An id alone on the line right below a table row is one more row, and so no id.
    """
    for match in _BLOCK_ID.finditer(live, start):
        at = match.start()
        next_line = match.end() + 1
        line = live.rfind("\n", 0, at) + 1
        if not (
            next_line >= len(live) or _NEW_BLOCK.match(live, next_line) or _HEADING_LINE.match(live, line)
        ):
            continue
        if not live[line:at].strip(" \t>"):
            above = live.rfind("\n", 0, max(line - 1, 0)) + 1
            if above >= start and _TABLE_ROW.match(live, above) and line > above:
                continue
        yield BlockId(match[1], Span(at, match.end(1)), _VALID_ID.match(match[1]) is not None)


def stray_marks(live: str, start: int, known_ids: Iterable[BlockId]) -> Iterator[StrayMark]:
    """Each `^id` that is no block id where it stands, and would be elsewhere. `known_ids`: those that are."""
    known = {block.span.start for block in known_ids}
    for match in _MARK.finditer(live, start):
        at, end = match.start(), match.end(1)
        if at not in known:
            blank_before = at == start or live[at - 1].isspace()
            yield StrayMark(match[1], Span(at, end), glued=match[2] is not None and not blank_before)


def may_hold_block_ids(live: str, start: int) -> bool:
    """Whether there is a text that looks like a block id."""
    return _BLOCK_ID.search(live, start) is not None


def may_repeat_block_ids(live: str, start: int) -> bool:
    """Whether two texts that look like block ids are the same but for case."""
    found = [match[1] for at in places("^", live, start) if (match := _BLOCK_ID.match(live, at)) is not None]
    return len({id_.lower() for id_ in found}) < len(found)


def hub(text: str, body_start: int) -> str | None:
    """The link path that the line `From: [[…]]` names, trimmed."""
    if text.startswith("From:", body_start):
        match = _HUB.match("\n" + text[body_start : text.find("\n", body_start)])
    else:
        line = text.find("\nFrom:", max(body_start - 1, 0))  # several times faster than the pattern
        match = _HUB.search(text, line) if line >= 0 else None
    return match[1].strip() or None if match else None


def property_link(source: str, at: int) -> Link | None:
    """The link that is the whole of a property's text: `[[x]]`, or `[t](x.md)` since 1.11."""
    stripped = source.strip()
    at += len(source) - len(source.lstrip())
    whole = _BRACKETED.fullmatch(stripped) or _BRACKETED.fullmatch(stripped.removeprefix("!"))
    if whole is not None:
        if _NO_TARGET.match(whole[1]) or is_array(whole[1]):
            return None
        return wikilink(stripped, at, is_property=True)
    if stripped.startswith("[") and stripped.endswith(")"):
        close = stripped.find("](")
        match = DESTINATION.match(stripped, close) if close > 0 else None
        if (
            match is not None
            and match.end() == len(stripped)
            and not is_external(match["angle"] or match["bare"] or "")
        ):
            return markdown_link(stripped, at, is_property=True)
    return None
