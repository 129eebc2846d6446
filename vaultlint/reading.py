"""From files to outlines and note findings, a batch of notes at a time. Runs in worker processes."""

import marshal
import os
import pickle
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from vaultlint.diagnostic import Diagnostic
from vaultlint.note import Note, Outline
from vaultlint.own_rules import RuleCrash, TooComplexNote, UnreadableFile
from vaultlint.parse import outline_of, parse_note
from vaultlint.rule import NoteRule
from vaultlint.text import NotUnicode, decode

SIZE_LIMIT = 10_000_000
"""Bytes. A larger file is reported and not read: no person wrote it, and one must not stall a run."""

_BUFFER = 256 * 1024  # larger ones cost a memory mapping for every file
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
        if not stat.S_ISREG(state.st_mode):
            raise Unreadable("not a regular file")
        if state.st_size > SIZE_LIMIT:
            raise Unreadable(f"{state.st_size:,} bytes, more than the limit of {SIZE_LIMIT:,}")
        pieces = []
        while piece := os.read(handle, _BUFFER):
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)
    except OSError as error:
        raise Unreadable((error.strerror or str(error)).lower()) from None
    finally:
        os.close(handle)


def read_text(path: str) -> str:
    """The text of a note, without byte order mark. Raises `Unreadable`."""
    try:
        return decode(read_bytes(path))
    except NotUnicode as error:
        raise Unreadable(str(error)) from None


class Reading(NamedTuple):
    """What a worker must know to read notes."""

    root: str
    rules: tuple[NoteRule, ...]
    template_folders: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    """Notes whose findings nobody will see: no rule is asked about them."""


def read_packed(reading: Reading, paths: Sequence[str]) -> bytes:
    """`read_batch` for another process: one compact value, which `unpacked` opens.

    marshal is several times faster than pickle, and both ends are this program.
    """
    batch = read_batch(reading, paths)
    outlines = [tuple(outline) for outline in batch.outlines]
    return marshal.dumps((outlines, pickle.dumps(batch.diagnostics)))


def unpacked(data: bytes) -> "Batch":
    """The batch that `read_packed` packed."""
    outlines, diagnostics = marshal.loads(data)
    return Batch(tuple(Outline._make(each) for each in outlines), pickle.loads(diagnostics))


class Batch(NamedTuple):
    """What came of a batch of notes. An unreadable note has a finding and no outline."""

    outlines: tuple[Outline, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_batch(reading: Reading, paths: Sequence[str], texts: Mapping[str, str] | None = None) -> Batch:
    """Read these notes, from `texts` where they are given there, and ask the note rules about them."""
    outlines: list[Outline] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        text = texts.get(path) if texts else None
        if text is None:
            try:
                text = read_text(f"{reading.root}/{path}")
            except Unreadable as error:
                diagnostics.append(UnreadableFile().about(path, str(error)))
                continue
        note = parse_note(path, text)
        outline = outline_of(note)
        outlines.append(outline)
        if path in reading.hidden:
            continue
        if note.too_complex is not None:
            diagnostics.append(TooComplexNote().about(path, note.too_complex))
        in_template = any(path.startswith(folder + "/") for folder in reading.template_folders)
        diagnostics.extend(ask(reading.rules, note, in_template=in_template, drawing=outline.drawing))
    return Batch(tuple(outlines), tuple(diagnostics))


def ask(rules: Sequence[NoteRule], note: Note, *, in_template: bool, drawing: bool) -> Iterator[Diagnostic]:
    """What the rules find in a note; a rule that fails becomes a finding of its own."""
    for rule in rules:
        if (in_template and not rule.on_templates) or (drawing and not rule.on_drawings):
            continue
        try:
            yield from rule.check(note)
        except Exception as error:  # noqa: BLE001 - one bad rule must not hide what the others find
            yield RuleCrash().about(note.path, rule, error)


def batches(paths: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    """The paths in runs of `size`."""
    return (paths[at : at + size] for at in range(0, len(paths), size))


def text_of(root: Path, path: str) -> str:
    """The text of a note of the vault, empty where it cannot be read (any more)."""
    try:
        return read_text(f"{root}/{path}")
    except Unreadable:
        return ""
