"""What edits did to a note beside their own places: both texts are parsed, and all that they say compared."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from vaultlint.diagnostic import Edit
from vaultlint.fixes.edits import apply_edits, places
from vaultlint.note import Note
from vaultlint.text import Span, new
from vaultlint.workers import WorkersFor, by_parts

Parse = Callable[[str, str], Note]

_DEAD = re.compile("\0+")


class Changed(NamedTuple):
    """A note that edits change, which are in order."""

    path: str
    old: str
    new: str
    edits: Sequence[Edit]


def damages(changes: Sequence[Changed], parse: Parse, workers_for: WorkersFor) -> Iterator[str | None]:
    """For each change what `damage_of` says."""

    def done(some: Sequence[Changed]) -> list[str | None]:
        return [damage_of(*change, parse) for change in some]

    return chain.from_iterable(by_parts(done, changes, workers_for(len(changes))))


def damage_of(path: str, old: str, new: str, edits: Sequence[Edit], parse: Parse) -> str | None:
    """What `edits` did to `old` beside their own places, in words; None if nothing.

    Every property, heading, link, block id, tag, comment, table and dead stretch (code, math, HTML) that
    no edit touches must stand in both texts, moved by as much as the edits before it add.
    """
    there = places(edits)
    back = [Edit(path, place, edit.text, edit.expected) for edit, place in zip(edits, there, strict=True)]
    if apply_edits(new, back) != old:
        return "text beside the edits changed"
    try:
        new.encode("utf-8")
    except UnicodeEncodeError:
        return "the new text is not valid Unicode"
    was, now = parse(path, old), parse(path, new)
    spans = [edit.span for edit in edits]
    mended: tuple[Span, ...] = ()
    if (block := was.front_matter) is not None and any(map(block.span.covers, spans)):
        after = now.front_matter
        if block.valid and not (after is not None and after.valid):
            return "the properties can no longer be read"
        if not block.valid:  # nothing of it was read, so it is one thing, and about that an edit was
            mended = (block.span,) if after is None else (block.span, after.span)
    had, has = _facts_beside(was, mended[:1]), _facts_beside(now, mended[1:])
    for fact in sorted(_moved(had, spans, there) - has, key=_weight):
        return f"{fact.kind} “{fact.value}” is gone"
    for fact in sorted(_moved(has, there, spans) - had, key=_weight):
        return f"{fact.kind} “{fact.value}” appeared"
    return None


class _Fact(NamedTuple):
    """Something that a note says, and where."""

    kind: str
    value: str
    span: Span


def _weight(fact: _Fact) -> tuple[bool, Span, str]:
    """What says most comes first: dead text is where no construct was."""
    return fact.kind == "dead text", fact.span, fact.kind


def _facts_beside(note: Note, blocks: Sequence[Span]) -> set[_Fact]:
    """What a note says outside these blocks."""
    facts = set(_facts(note))
    return {fact for fact in facts if not any(each.covers(fact.span) for each in blocks)} if blocks else facts


def _facts(note: Note) -> Iterator[_Fact]:
    block = note.front_matter
    if block is not None:
        for entry in block.properties:
            span = Span(entry.key_span.start, max(entry.key_span.end, entry.node.span.end))
            yield _Fact("property", f"{entry.key}: {entry.value!r}", span)
    for heading in note.headings:
        yield _Fact("heading", f"{'#' * heading.level} {heading.text}", heading.span)
    for link in note.links:
        kind = f"{'embed' if link.embed else 'link'} ({link.syntax})"
        shown = link.target if link.display is None else f"{link.target}|{link.display}"
        yield new(_Fact, (kind, shown, link.span))
    for block_id in note.block_ids:
        yield _Fact("block id" if block_id.valid else "invalid block id", block_id.id, block_id.span)
    for tag in note.tags:
        yield _Fact("tag", tag.name, tag.span)
    for kind, spans in (("comment", note.comments), ("table", note.tables)):
        for span in spans:
            yield _Fact(kind, span.of(note.text), span)
    for match in _DEAD.finditer(note.live):
        span = new(Span, match.span())
        yield new(_Fact, ("dead text", span.of(note.text), span))


def _touch(span: Span, edited: Span, place: Span) -> bool:
    """Whether an edit, with its counterpart on the other side, is about what stands in `span`.

    An insertion or deletion is also about what it stands beside: a quote, a backslash, a blank.
    """
    if edited.start == edited.end or place.start == place.end:
        return span.start <= edited.end and edited.start <= span.end
    return span.start < edited.end and edited.start < span.end


def _moved(facts: set[_Fact], edited: Sequence[Span], there: Sequence[Span]) -> set[_Fact]:
    """The facts that no edit touches, where they stand on the other side: at `there` what was `edited`."""
    moved = set()
    starts, ends = [span.start for span in edited], [span.end for span in edited]
    for fact in facts:
        near = range(bisect_left(ends, fact.span.start), bisect_right(starts, fact.span.end))
        if not any(_touch(fact.span, edited[number], there[number]) for number in near):
            before = bisect_right(ends, fact.span.start)
            shift = there[before - 1].end - ends[before - 1] if before else 0
            kind, value, (start, end) = fact
            moved.add(new(_Fact, (kind, value, new(Span, (start + shift, end + shift)))) if shift else fact)
    return moved
