"""The only door to Markdown and YAML: `parse_note(path, text)` gives a `Note`.

The sweep finds every candidate construct, the judge decides which stretches are dead; neither is
known outside this package.
"""

import re
from collections.abc import Set
from functools import cache
from typing import Any

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.lazy import lazy
from vaultlint.note import (
    Anchor,
    BlockId,
    Excess,
    Flaw,
    FrontMatter,
    Heading,
    Link,
    MalformedLink,
    Note,
    Outline,
    Property,
    Scalar,
    Tag,
    TimedLink,
)
from vaultlint.parse import anchor_sweep, body, plain, sweep
from vaultlint.parse.blocks import Blocks, TooComplex, dull_blocks, guess_blocks, read_blocks
from vaultlint.parse.canvas import NotACanvas, base_views, cards
from vaultlint.parse.front_matter import read_front_matter
from vaultlint.parse.inline import NOTHING, Inline, blank, open_html_comment, scan_inline
from vaultlint.parse.links import card_source, link_at, target_at_once
from vaultlint.parse.malformed import Parts, malformed_links
from vaultlint.parse.scalars import is_plain_tag
from vaultlint.parse.sweep import is_tag, stray_marks
from vaultlint.parse.tables import delimiter_rows, table_spans
from vaultlint.text import Lines, Span, span_at
from vaultlint.timestamps import (
    HOUR,
    just_before,
    length,
    proper_anchors,
    reach,
    shows_its_time,
    two_part_anchors,
)

__all__ = [
    "NotACanvas",
    "base_views",
    "is_plain_tag",
    "is_tag",
    "link_at",
    "outline_of",
    "outline_of_attachment",
    "outline_of_canvas",
    "parse_note",
    "stray_marks",
    "target_at_once",
    "targets_at_once",
]

_SECOND = re.compile(r"\n {0,3}(?:#[ \t\r\n]|=)")  # what may be another heading of the first level
_SHORT_LINE = 80  # characters: tags, or a link to where one came from, and hardly ever the text of a section


def outline_of_attachment(path: str) -> Outline:
    """What the vault remembers of a file that is neither a note nor a canvas: that it is there."""
    return Outline(path, None, None, (), None, 0, (), (), (), b"")


def outline_of_canvas(path: str, text: str) -> Outline:
    """What the vault remembers of a canvas: its file cards, then the links in its text cards.

    Raises `NotACanvas`.
    """
    found = cards(text)
    files = [card for card in found if card.kind == "file"]
    raws = [card_source(card.content, card.subpath) for card in files]
    spans = [card.span for card in files]
    for card in found:
        if card.kind == "text":
            inside = parse_note(path, card.content).links
            raws.extend(link.raw for link in inside)
            spans.extend(card.span for _ in inside)
    starts = tuple(span.start for span in spans)
    targets = tuple(_target(raw) for raw in raws)
    return Outline(
        path, None, None, (), None, 0, targets, tuple(raws), starts, Lines.of(text).packed(),
        packed_link_spans=tuple((start, end) for start, end in spans), backlinking=len(files),
    )  # fmt: skip


def _target(raw: str) -> str:
    """The path of a link, with a `#` behind it where it has a subpath."""
    path, has_subpath = target_at_once(raw)
    return f"{path}#" if has_subpath else path


_DRAWING_KEYS = ("excalidraw-plugin", "kanban-plugin")


def parse_note(path: str, text: str, anchor_form: AnchorForm = DEFAULT_FORM) -> Note:
    """The note of that vault-relative path and text (without byte order mark), whose timestamp anchors are of
    that form. Never raises."""
    # Every line end written as LF: a CR before it becomes a blank.
    flat = text.replace("\r\n", " \n").replace("\r", "\n") if "\r" in text else text
    block = read_front_matter(text) if text.startswith("---") else None
    start = _body_start(text, block) if block is not None else 0
    anchors = anchor_sweep.syntax_of(anchor_form)
    kind, found = plain.judge(flat, start, anchors)
    note = _class_of(kind)(path, text, anchor_form)
    found |= {"_kind": kind, "front_matter": block, "body_start": start, "_flat": flat, "_anchors": anchors}
    note.__dict__.update(found)
    return note


def _body_start(text: str, block: FrontMatter) -> int:
    """Where the text behind the front matter begins."""
    end = block.span.end
    if block.content.end <= block.span.start:  # it is not closed
        return 0
    return end + 2 if text.startswith("\r\n", end) else min(end + 1, len(text))


class _ParsedNote(Note):
    """A note that parses itself as it is asked, but for what `parse_note` found already."""

    front_matter: FrontMatter | None = None
    body_start: int = 0
    _flat: str
    """The text with LF as its only line end; nothing else moves."""
    _anchors: anchor_sweep.AnchorSyntax
    _kind: plain.Kind
    """Of which kind it was known to be before it was known what is live in it."""
    _is_all_live = False
    """Whether it is known that nothing in it is dead."""

    def __init__(self, path: str, text: str, anchor_form: AnchorForm) -> None:
        self.path = path
        self.text = text
        self.anchor_form = anchor_form

    @lazy
    def _blocks(self) -> Blocks:
        if self._is_all_live:
            return dull_blocks(self.text, self.body_start)
        try:
            return read_blocks(self.text, self.body_start)
        except TooComplex as refusal:
            self.too_complex = Excess(refusal.reason, refusal.span)
            return guess_blocks(self.text, self.body_start)

    @lazy
    def _plain_tags(self) -> bool:
        """No HTML but good anchors and line breaks."""
        return "<" not in self.text or self._anchors.other_tag.search(self.text) is None

    @lazy
    def _without_blocks(self) -> str:
        """The text with dead blocks blanked out."""
        dead = self._blocks.dead
        return blank(self._flat, list(dead)) if dead else self._flat

    @lazy
    def _inline(self) -> Inline:
        return scan_inline(self._without_blocks, self.body_start, html=not self._plain_tags)

    @lazy
    def live(self) -> str:
        dead = self._inline.dead
        live = blank(self._without_blocks, list(dead)) if dead else self._without_blocks
        settled = self._blocks.open_fence is None and not self._blocks.may_define
        kind = plain.judge_live(self._kind, live, self.body_start, self.__dict__, settled=settled)
        self.__dict__.update(plain.answers_of(kind))
        return live

    @lazy
    def headings(self) -> tuple[Heading, ...]:
        return tuple(heading for heading in self._blocks.headings if not self._is_hidden(heading))

    def _is_hidden(self, heading: Heading) -> bool:
        """Whether a comment, or math of several lines, holds the heading."""
        start, inline = heading.span.start, self._inline
        for spans in (inline.comments, inline.dead):
            span = span_at(spans, start) if spans and spans[0].start < start else None
            if span is not None and span.start < start:
                return True
        return False

    @lazy
    def main_heading(self) -> str | None:
        first = self._blocks.first_heading
        if first is not None and self._inline is not NOTHING and self._is_hidden(first):
            first = self.headings[0] if self.headings else None
        if first is None or first.level > 1:
            return None
        before = self.text[self.body_start : first.span.start].strip()
        if len(before) > _SHORT_LINE or len(before.splitlines()) > 1:
            return None
        if _SECOND.search(self.text, first.span.end) and sum([each.level == 1 for each in self.headings]) > 1:
            return None
        return first.text

    @lazy
    def block_ids(self) -> tuple[BlockId, ...]:
        return tuple(sweep.block_ids(self.live, self.body_start)) if "^" in self.text else ()

    @lazy
    def may_repeat_block_ids(self) -> bool:
        return "^" in self.text and sweep.may_repeat_block_ids(self.live, self.body_start)

    @lazy
    def _inners(self) -> list[str] | None:
        """What stands in the brackets of each wikilink, if there is no table; None where it is odd."""
        return sweep.plain_wikilinks(self.live, self.body_start) if "[" in self.text else []

    @lazy
    def _free_pipes(self) -> bool:
        """Whether a pipe may stand outside of all wikilinks: in a table, or in a link that is none."""
        if "|" not in self.text:
            return False
        inners = self._inners
        return inners is None or sweep.has_free_pipe(self.live, self.body_start, inners)

    @lazy
    def _delimiter_rows(self) -> list[tuple[int, int, str]]:
        return delimiter_rows(self.live, self.body_start) if self._free_pipes else []

    @lazy
    def tables(self) -> tuple[Span, ...]:
        rows = self._delimiter_rows
        return tuple(table_spans(self.live, self.body_start, rows)) if rows else ()

    @lazy
    def _wikilink_spans(self) -> list[tuple[int, int]]:
        return self._found_wikilinks[0]

    @lazy
    def _odd(self) -> list[int]:
        """Where brackets stand that look like a wikilink and are none."""
        return self._found_wikilinks[1]

    @lazy
    def _found_wikilinks(self) -> tuple[list[tuple[int, int]], list[int]]:
        """Where the wikilinks stand, and what is odd."""
        odd: list[int] = []
        if (links := self._plain_links) is not None:
            return [(at, at + len(raw)) for raw, at in zip(*links, strict=True)], odd
        return list(sweep.wikilinks(self.live, self.body_start, self.tables, odd)), odd

    @lazy
    def _plain_wikilinks(self) -> list[str] | None:
        """The wikilinks without their brackets, where none needs to be looked at more closely."""
        return None if self.tables else self._inners

    @lazy
    def _plain_targets(self) -> list[str] | None:
        """The targets of the plain wikilinks, where none is remarkable by itself."""
        inners = self._plain_wikilinks
        return sweep.targets_at_once(inners) if inners is not None else None

    @lazy
    def _plain_links(self) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
        """Source text and offset of the wikilinks, where none is remarkable by itself."""
        inners = self._plain_wikilinks if self._plain_targets is not None else None
        return sweep.plain_wikilinks_at(self.live, self.body_start, inners) if inners is not None else None

    @lazy
    def _destinations(self) -> list[int]:
        return sweep.destinations(self.live, self.body_start)

    @lazy
    def malformed_links(self) -> tuple[MalformedLink, ...]:
        if "[" not in self.text or self._surely_well_formed:
            return ()
        links = dict(self._wikilink_spans)
        anchor = self._anchors.whole
        parts = Parts(links, self._odd, self._destinations, self._delimiter_rows, self.tables, anchor)
        return tuple(malformed_links(self.live, self.body_start, parts))

    @property
    def _surely_well_formed(self) -> bool:
        """Whether nothing but plain wikilinks could be a malformed link: no `](`, and no pipe outside of
        them. Nearly always, and quickly said."""
        return not (self._free_pipes or self._destinations) and self._plain_targets is not None

    @lazy
    def _markdown_links(self) -> list[Link]:
        closers = self._destinations
        if not closers:
            return []
        return list(sweep.markdown_links(self.live, self.body_start, closers, self._wikilink_spans))

    @lazy
    def timed_links(self) -> tuple[TimedLink, ...]:
        closers = self._destinations
        return tuple(sweep.timed_links(self.live, self.body_start, closers)) if closers else ()

    @lazy
    def _property_links(self) -> list[Link]:
        block = self.front_matter
        if block is None or not block.valid or self.text.find("[", 0, self.body_start) < 0:
            return []
        found: list[Link] = []
        for entry in block.properties:
            for scalar in entry.scalars():
                link = self._link_of(scalar)
                if link is not None:
                    found.append(link)
        return found

    def _link_of(self, scalar: Scalar) -> Link | None:
        if not isinstance(scalar.value, str) or "[" not in scalar.text:
            return None
        source = scalar.span.of(self.text)
        inner = source.find(scalar.text)
        if inner < 0:  # written with escapes: the link is there, only its parts have no place of their own
            link = sweep.property_link(scalar.text, scalar.span.start)
            return link and link._replace(span=scalar.span, path_span=scalar.span, subpath_span=None)
        return sweep.property_link(scalar.text, scalar.span.start + inner)

    @lazy
    def _definitions(self) -> list[tuple[int, str]]:
        if not self._blocks.may_define:
            return []
        found = sweep.definitions(self.live, self.body_start)
        return [(at, self.live[at:end]) for at, end in found]

    @lazy
    def _raw_links(self) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Source text and offset of every link, in order; link reference definitions come last."""
        if self._only_wikilinks and (links := self._plain_links) is not None:
            return links
        live = self.live
        spans = self._wikilink_spans
        others = self._property_links + self._markdown_links
        if others or self._definitions:
            # `[x]([[y]])` is one link, whose target has brackets.
            targets = [link.path_span for link in others if link.path.startswith("[[")]
            pairs = [(at, live[at:end]) for at, end in spans if span_at(targets, at) is None]
            pairs += [(link.span.start, link.raw) for link in others]
            pairs.sort()
            pairs += self._definitions
            return tuple(raw for _, raw in pairs), tuple(at for at, _ in pairs)
        return tuple([live[at:end] for at, end in spans]), tuple([at for at, _ in spans])

    @lazy
    def _only_wikilinks(self) -> bool:
        """Whether all links are wikilinks in the text."""
        return not (self._markdown_links or self._property_links or self._definitions)

    @lazy
    def _targets_at_once(self) -> tuple[str, ...] | None:
        targets = self._plain_targets
        if targets is None or self.malformed_links:
            return None
        if self._only_wikilinks:
            return tuple(targets)
        others = self._property_links + self._markdown_links
        if others:
            if any(link.path.startswith("[[") or _shows_nothing(link) for link in others):
                return None
            targets = targets + [link.path if link.subpath is None else f"{link.path}#" for link in others]
        return tuple(targets + [_target(raw) for _, raw in self._definitions])

    @lazy
    def links(self) -> tuple[Link, ...]:
        raws, starts = self._raw_links
        return tuple(link_at(raw, at, self.body_start) for raw, at in zip(raws, starts, strict=True))

    @lazy
    def tags(self) -> tuple[Tag, ...]:
        return tuple(sweep.tags(self.live, self.body_start)) if "#" in self.text else ()

    @lazy
    def comments(self) -> tuple[Span, ...]:
        return self._inline.comments

    @lazy
    def open_fence(self) -> Span | None:
        return self._blocks.open_fence

    @lazy
    def wrapping_fence(self) -> Span | None:
        dead = self._blocks.dead
        if len(dead) != 1 or self.open_fence is not None:
            return None
        return body.fence_around(self._flat, self.body_start, dead[0])

    @lazy
    def open_comment(self) -> Span | None:
        own = self._inline.open_comment
        if self._plain_tags or "<!--" not in self.text:
            return own
        html = open_html_comment(self.text, self._blocks.dead)
        return min((mark for mark in (own, html) if mark is not None), default=None)

    @lazy
    def says_nothing(self) -> bool:
        return body.says_nothing(self._flat, self.body_start)

    @lazy
    def may_hold_conflict(self) -> bool:
        return not self._plain_tags and "<<<<<<<" in self.text

    @lazy
    def anchors(self) -> tuple[Anchor, ...]:
        return tuple(anchor_sweep.anchors(self.live, self.body_start, self._anchors.whole))

    @lazy
    def suspect_anchors(self) -> tuple[Anchor, ...]:
        if self._plain_tags:
            return ()
        return tuple(anchor_sweep.anchors_at(self.odd_tags, self.live, self._anchors.whole))

    @lazy
    def timestamped(self) -> bool:
        if not anchor_sweep.may_hold_anchors(self.live, self.body_start, self.anchor_form.element):
            return False
        return self._plain_tags or bool(self._times)

    @lazy
    def _times(self) -> list[str]:
        """The good times of the anchors, whatever their labels."""
        return anchor_sweep.times(self.live, self.body_start, self._anchors)

    @lazy
    def late_times(self) -> list[str]:
        times = anchor_sweep.times_at_once(self.live, self._anchors) if self._plain_tags else None
        return times if times is not None else anchor_sweep.late(self._times)

    @lazy
    def odd_tags(self) -> tuple[int, ...]:
        if self._plain_tags:
            return ()
        return tuple(anchor_sweep.odd_tags(self.live, self.body_start, self._anchors))

    @lazy
    def may_break_anchors(self) -> bool:
        return bool(self.odd_tags) or any(odd.flaw is Flaw.AROUND_ANCHOR for odd in self.malformed_links)

    @lazy
    def lines(self) -> Lines:
        return Lines.of(self.text)

    @lazy
    def drawing(self) -> bool:
        return not self._properties.keys().isdisjoint(_DRAWING_KEYS)

    @lazy
    def _properties(self) -> dict[str, Property]:
        block = self.front_matter
        if block is None or not block.valid:
            return {}
        return {entry.key.casefold(): entry for entry in reversed(block.properties)}

    @property
    def keys(self) -> Set[str]:
        return self._properties.keys()

    @lazy
    def bracketed_properties(self) -> bool:
        return self.text.find("[[", 0, self.body_start) >= 0

    def property(self, key: str) -> Property | None:
        return self._properties.get(key.casefold())


@cache
def _class_of(kind: plain.Kind) -> type[_ParsedNote]:
    """The class of the notes of a kind, whose attributes are what is known of all of them.

    They take the place of the lazy ones, so that those are not asked. What `plain.judge` found of one note
    stands in the note itself, where a lazy attribute would have kept its answer.
    """
    name = _ParsedNote.__name__
    return type(name, (_ParsedNote,), plain.answers_of(kind))


def targets_at_once(note: Note) -> tuple[str, ...] | None:
    """The target of every link, those that give no backlink last, where none is remarkable by itself."""
    assert isinstance(note, _ParsedNote)
    return note._targets_at_once


def outline_of(note: Note, *, in_order: bool = False, lines: bool = True) -> Outline:
    """What the vault remembers of a note.

    Where no link is remarkable by itself and all are `in_order`, which means that each simply names another
    file, their source stays in the text; so do the beginnings of `lines` where nothing was found in them.
    """
    assert isinstance(note, _ParsedNote)
    raws: tuple[str, ...] | None = None
    starts: tuple[int, ...] = ()
    targets = note._targets_at_once
    if targets is None or not in_order:
        raws, starts = note._raw_links
        if targets is None or not note._only_wikilinks:  # their order may be another
            targets = tuple([_target(raw) for raw in raws])
    title, aliases = note._properties.get("title"), note._properties.get("aliases")
    malformed, tables = note.malformed_links, note.tables
    links = note._property_links + note._markdown_links
    form = note.anchor_form
    video, times = note.property(form.video), note.late_times
    reaching, may_be_shifted = reach(times) if times else (HOUR if note.timestamped else 0, False)
    outline = Outline(
        note.path,
        title.value if title is not None and isinstance(title.value, str) else None,
        note.main_heading,
        _aliases(aliases) if aliases is not None else (),
        sweep.hub(note.live, note.body_start),
        note.body_start,
        targets,
        raws,
        starts,
        note.lines.packed() if lines or malformed or raws is not None else b"",
        tuple([(str(odd.flaw), odd.raw, *odd.span, odd.path) for odd in malformed]) if malformed else (),
        tuple([(table.start, table.end) for table in tables]) if tables else (),
        backlinking=len(targets) - len(note._definitions) if note._definitions else None,
        angles=sum([_angles(link.raw) for link in links]) if links else 0,
        drawing=note.drawing,
        body_mark=body.mark(note.text, note.body_start),
        video=video.value if video is not None and isinstance(video.value, str) else None,
        reach=reaching,
        may_be_shifted=may_be_shifted or (reaching > HOUR and note.property(form.duration) is not None),
        two_part_times=_two_part_times(note) if note.suspect_anchors else (),
        timed_links=bool(note.timed_links),
        packed_comments=tuple([(comment.start, comment.end) for comment in note.comments])
        if note.comments
        else (),
    )
    return _with_late_anchors(outline, note) if outline.may_be_shifted else outline


def _with_late_anchors(outline: Outline, note: _ParsedNote) -> Outline:
    """The outline with what tells which times are shifted, and where its lines begin, since most such notes
    have findings: then the note need not be read again."""
    syntax = note._anchors
    alike = syntax.is_all_live and not any(shows_its_time(odd, note) for odd in note.suspect_anchors)
    has_length = note.property(note.anchor_form.duration) is not None
    return outline._replace(
        line_starts=note.lines.packed(),
        late_anchors=anchor_sweep.late_anchors(note.live, note.body_start, syntax) if alike else None,
        video_length=length(note, [each.time for each in proper_anchors(note)]) if has_length else None,
    )


def _two_part_times(note: _ParsedNote) -> tuple[tuple[Any, ...], ...]:
    """The anchors that `two_part_anchors` gives, in plain values, each with what stands just before it."""
    found = two_part_anchors(note)
    return tuple([_packed_anchor(anchor, just_before(anchor, note.text)) for anchor in found])


def _packed_anchor(anchor: Anchor, before: str) -> tuple[Any, ...]:
    raw, span, time, time_span, label, label_span = anchor
    return raw, tuple(span), time, tuple(time_span), label, tuple(label_span), before


def _aliases(entry: Property) -> tuple[tuple[str, int, int], ...]:
    scalars = [scalar for scalar in entry.scalars() if scalar.value is not None]
    return tuple([(str(scalar.value), *scalar.span) for scalar in scalars])


def _angles(raw: str) -> int:
    return ("](<" in raw) - ("%20" in raw) if raw.endswith(")") else 0


def _shows_nothing(link: Link) -> bool:
    return link.raw.endswith("]]") and link.display is not None and not link.display.strip()
