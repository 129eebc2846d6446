"""From files to outlines and note findings, a batch of notes at a time: in workers, or in this process."""

import marshal
import os
import stat
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.asking import RuleSet, ask_note_rules
from vaultlint.diagnostic import Diagnostic
from vaultlint.face import face
from vaultlint.indexes import backlinked, unmet
from vaultlint.note import Note, Outline
from vaultlint.own_rules import RuleCrash, UnreadableFile
from vaultlint.packing import dumps, pack_all, pack_outline
from vaultlint.parse import outline_of, parse_note, targets_at_once
from vaultlint.resolve import Names
from vaultlint.rule import NoteRule
from vaultlint.settings import is_below
from vaultlint.text import NotUnicode, decode

if TYPE_CHECKING:
    from vaultlint.schema import NoteSchema, Traits

SIZE_LIMIT = 10_000_000
"""Bytes. A larger file is reported and not read: no person wrote it, and one must not stall a run."""

_STEP = 16
_COMMENTS = frozenset({"comments", "open_comment"})
_BUFFER = 256 * 1024  # bytes; larger ones cost a memory mapping for every file
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Unreadable(Exception):  # noqa: N818 - it describes a file, not a mistake of ours
    """A file that cannot be read; the message is the reason, for people."""


def read_bytes(path: str) -> bytes:
    """The bytes of a regular file. Raises `Unreadable`; never waits for a pipe or a device."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable((error.strerror or str(error)).lower()) from None
    try:
        state = os.fstat(handle)
        size = state.st_size
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("not a regular file")
        if size > SIZE_LIMIT:
            raise Unreadable(f"{size:,} bytes, more than the limit of {SIZE_LIMIT:,}")
        data = os.read(handle, size + 1)
        if len(data) == size:  # as nearly always
            return data
        pieces, size = [data], len(data)  # it is another one by now, or does not tell how large it is
        while piece := os.read(handle, _BUFFER):
            pieces.append(piece)
            if (size := size + len(piece)) > SIZE_LIMIT:
                raise Unreadable(f"it grows, and is past the limit of {SIZE_LIMIT:,} bytes")
        return b"".join(pieces)
    except OSError as error:
        raise Unreadable((error.strerror or str(error)).lower()) from None
    finally:
        os.close(handle)


def read_text(path: str) -> str:
    """The text of a note, without byte order mark. Raises `Unreadable`."""
    return text_from(read_bytes(path))


def text_from(data: bytes) -> str:
    """The text in the bytes of a note, without byte order mark. Raises `Unreadable`."""
    try:
        return decode(data)
    except NotUnicode as error:
        raise Unreadable(str(error)) from None


class Reading(NamedTuple):
    """What a worker must know to read notes."""

    root: str
    rules: RuleSet[NoteRule]
    template_folders: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    """Notes whose findings nobody will see: no rule is asked about them."""
    names: Names | None = None
    """The files of the vault, by which the source of links that are in order is left in the texts, and links
    are counted; None: all of it is kept, and nothing is counted."""
    schemas: "tuple[NoteSchema, ...]" = ()
    """Those of the configuration, if one of them wants values that no two notes share."""
    topics: "Traits | None" = None
    hubs: "Traits | None" = None
    """What marks topic pages and hubs, if the configuration says so."""
    anchor_form: AnchorForm = DEFAULT_FORM
    """How the vault writes its timestamp anchors."""


class ReadNote(NamedTuple):
    """What came of a note, in plain values, as it crosses to another process and is kept between runs."""

    path: str
    outline: bytes
    """As `pack_outline` gives it; empty for a note that could not be read."""
    face: tuple[Any, ...]
    found: bytes
    """What the note rules found, as `pack_all` gives it; empty for nothing."""
    trouble: bool
    """Whether it could not be read, or a rule failed: what may be gone the next time."""


class Batch(NamedTuple):
    """What came of a batch of notes."""

    notes: list[ReadNote]
    linking: Mapping[str, int] | None
    """For each file: how many of these notes link to it; None where the reading knew no names."""
    wanting: Mapping[str, int] | None
    """The same for each target that is no file, by its key."""


def read_packed(reading: Reading, paths: Sequence[str], texts: Mapping[str, str] | None = None) -> bytes:
    """`read_batch` for another process: one compact value, which `unpacked` opens."""
    batch = read_batch(reading, paths, texts)
    counts = [None if count is None else dict(count) for count in (batch.linking, batch.wanting)]
    return dumps(([tuple(note) for note in batch.notes], *counts))


def unpacked(data: bytes) -> Batch:
    """The batch that `read_packed` packed."""
    notes, linking, wanting = marshal.loads(data)
    return Batch([ReadNote._make(note) for note in notes], linking, wanting)


def read_batch(reading: Reading, paths: Sequence[str], texts: Mapping[str, str] | None = None) -> Batch:
    """Read these notes, from `texts` where they are given there, and ask the note rules about them."""
    names = reading.names
    done: list[ReadNote] = []
    linked: list[Iterable[str]] = []
    wanted: list[Iterable[str]] = []
    # Some notes at a time step by step, because a processor runs the same code again faster.
    for some in batches(paths, _STEP):
        notes, unreadable = _parsed(reading, some, texts or {})
        done += unreadable
        findings = [_asked(reading, note) for note in notes]
        meant = [_simply_meant(names, note) for note in notes]
        outlines = [
            outline_of(note, in_order=files is not None, lines=bool(found))
            for note, files, found in zip(notes, meant, findings, strict=True)
        ]
        outlines = list(map(_with_suppressions, outlines, notes))
        if reading.schemas:
            outlines = [_with_unique(reading, each, note) for each, note in zip(outlines, notes, strict=True)]
        if reading.topics or reading.hubs:
            outlines = [_marked(reading, each, note) for each, note in zip(outlines, notes, strict=True)]
        done += map(_packed, outlines, findings)
        if names is not None:
            for outline, files in zip(outlines, meant, strict=True):
                if files is not None and outline.backlinking is None:
                    linked.append(files)
                else:
                    linked.append(set(backlinked(outline, names)))
                    wanted.append(unmet(outline, names))
    if names is None:
        return Batch(done, None, None)
    return Batch(done, Counter(chain.from_iterable(linked)), Counter(chain.from_iterable(wanted)))


def _parsed(
    reading: Reading, paths: Sequence[str], texts: Mapping[str, str]
) -> tuple[list[Note], list[ReadNote]]:
    """The notes that can be read, and what came of the others."""
    notes: list[Note] = []
    unreadable: list[ReadNote] = []
    for path in paths:
        try:
            text = texts[path] if path in texts else read_text(f"{reading.root}/{path}")
        except Unreadable as error:
            found = pack_all([UnreadableFile().about(path, str(error))])
            unreadable.append(ReadNote(path, b"", (), found, trouble=True))
        else:
            notes.append(parse_note(path, text, reading.anchor_form))
    return notes, unreadable


def _packed(outline: Outline, findings: Sequence[Diagnostic]) -> ReadNote:
    trouble = bool(findings) and any(one.code == RuleCrash.code for one in findings)
    found = pack_all(findings) if findings else b""
    return ReadNote(outline.path, pack_outline(outline), tuple(face(outline)), found, trouble)


def _with_suppressions(outline: Outline, note: Note) -> Outline:
    if note.lacks >= _COMMENTS and "vaultlint" not in note.keys:
        return outline
    if "vaultlint" not in note.text:  # nearly always
        return outline
    from vaultlint.suppression import suppressions_of

    return outline._replace(suppressions=suppressions_of(note))


def _with_unique(reading: Reading, outline: Outline, note: Note) -> Outline:
    if is_below(note.path, reading.template_folders):
        return outline
    values = tuple(
        (number, key, scalar.text, *scalar.span)
        for number, schema in enumerate(reading.schemas)
        if schema.unique and schema.chooses(note)
        for key, scalar in schema.unique_values(note)
    )
    return outline._replace(unique=values)


def _marked(reading: Reading, outline: Outline, note: Note) -> Outline:
    topic = reading.topics is not None and reading.topics.mark(note)
    hub = reading.hubs is not None and reading.hubs.mark(note)
    return outline._replace(marked_topic=topic, marked_hub=hub) if topic or hub else outline


def _simply_meant(names: Names | None, note: Note) -> Set[str] | None:
    """The files that a note links to, where each link simply names one other file; else None."""
    targets = targets_at_once(note) if names is not None else None
    if names is None or targets is None:
        return None
    files = {*map(names.meanings.__getitem__, targets)}
    return cast("Set[str]", files) if files.isdisjoint((None, "", note.path)) else None


def _asked(reading: Reading, note: Note) -> list[Diagnostic]:
    """What is found in a note by itself, where somebody will see it."""
    if note.path in reading.hidden:
        return []
    in_template = is_below(note.path, reading.template_folders)
    return ask_note_rules(reading.rules, note, in_template=in_template)


def batches(paths: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """The paths in slices of `size`."""
    return (paths[at : at + size] for at in range(0, len(paths), size))


def text_of(root: Path, path: str) -> str:
    """The text of a note of the vault, empty where it cannot be read (any more)."""
    try:
        return read_text(f"{root}/{path}")
    except Unreadable:
        return ""
