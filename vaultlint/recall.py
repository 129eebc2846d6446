"""What a run recalls of earlier ones: the finished report, as long as nothing changed.

Everything here is decided before anything is parsed, and without importing what parses: an unchanged
vault costs its listing. `vaultlint.signature` says what "unchanged" means, `vaultlint.cache` where
things are kept.
"""

import marshal
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from threading import Thread
from time import time_ns as now
from typing import Any, NamedTuple, TypeAlias, TypeVar

from vaultlint.cache import Cache, digest
from vaultlint.listing import list_vault
from vaultlint.signature import CERTAIN_AFTER, Mark, Marks, contents_of, in_ci, program

T = TypeVar("T")
H = TypeVar("H")
PackedNote: TypeAlias = tuple[str, bytes, tuple[Any, ...], bytes, bool]
"""What came of reading a note, in plain values; the path comes first. (`vaultlint.shelf` is not imported.)"""
Slice: TypeAlias = tuple[Sequence[str], Callable[[], Iterable[PackedNote]]]
"""The paths of some notes, and what fetches all that was kept of them."""


class Answer(NamedTuple):
    """The outcome of a run that reported everything."""

    pieces: tuple[str | bytes | memoryview, ...]
    """The report in order: text as it stands, and UTF-8; where it is kept, the names of records."""
    severities: tuple[str, ...]
    """Those that were found."""
    fail_on: str
    """The least severity that fails, as the configuration has it."""
    warnings: tuple[str, ...]


Around = tuple[tuple[tuple[str, ...], bytes], ...]
"""Paths outside the listing that were looked at, and the hash of what was there."""


class _ReportHead(NamedTuple):
    """What is kept of a report: plain values only."""

    written: int
    """When, in nanoseconds since 1970."""
    certain_before: int
    """Files that had changed then or later were compared by content."""
    around: Around
    names: bytes
    vault: bytes
    answer: tuple[Any, ...]
    parts: tuple[tuple[str | bytes, Any], ...]
    """Of each run of files what was told of them, or the name of the record with it, and its tally."""
    marks: bytes
    """The record of the marks of all files, by which the notes are found that the report is about."""
    history: Around
    """What was looked at to see which commit is checked out; empty where git had no say."""
    aside: Around = ()
    """The same as `around`, of the files that bear on the report alone."""


class _NotesHead(NamedTuple):
    """What is kept of the notes: plain values only."""

    written: int
    certain_before: int
    around: Around
    ignoring: bytes
    names: bytes
    marks: bytes
    slices: tuple[bytes, ...]
    """The records of the notes, `_SLICE` in each."""
    whole: bool
    """Whether these are all notes of the vault."""


class _IndexesHead(NamedTuple):
    """What is kept of the vault's indexes: plain values only."""

    written: int
    around: Around
    ignoring: bytes
    marks: bytes
    """Those of the notes that are in the indexes."""
    record: bytes


class _HistoryHead(NamedTuple):
    """What is kept of the history in git: plain values only."""

    written: int
    commit: Around
    """What tells which commit was checked out."""
    record: bytes


class Memory:
    """The memory of one vault, asked in one way.

    What the answer depends on is looked at before it is read: should it change in between, then the
    next run finds it changed. So a run calls, in this order: `answer`, with which it may be over; `watch` and
    its like, for every file outside the listing before that is read; `begin`; `notes`, then `parts` and
    `indexes` for those that `notes` gave; `keep_notes`; `keep_part` for each part of the report, then
    `keep_report` and `keep_indexes`.
    """

    def __init__(self, root: Path, reading: object, telling: object) -> None:
        """`reading`: everything that the caller was asked for and that bears on what the rules find;
        `telling`: what bears on the report only, as the paths that it is about."""
        self._began = now()
        self._root = str(root)
        self._cache = Cache(self._root)
        code = program()
        self._usable = code is not None
        self._notes_key = _key(code, in_ci(), reading)
        self._report_key = _key(code, in_ci(), reading, telling)
        self._indexes_key = _key(self._notes_key, "indexes")
        self._history_key = _key(code, "history")
        self._head = _latest(_ReportHead, self._value(self._report_key), self._began)
        self._records: dict[bytes, memoryview] = {}
        self._pieces = _in_background(self._load)
        self.listing = list_vault(self._root, stamped=True)
        self._marks = Marks(self.listing)
        self._certain_before = 0 if in_ci() else self._began - CERTAIN_AFTER
        self._vault = b""
        self._around: Around = ()
        self._history: Around = ()
        self._aside: Around = ()
        self._marks_name = b""
        self._marks_before = b""
        self._recalled = False
        self._holds = False
        self._slices_before: tuple[bytes, ...] = ()
        self.before: dict[str, PackedNote] | None = None
        """The notes that `notes` did not give, as they were; None where files came or went too."""

    @property
    def problem(self) -> str | None:
        """Why nothing could be kept, for people."""
        return self._cache.problem

    def _value(self, key: str) -> Any:
        return self._cache.head(key) if self._usable else None

    # --- the whole report ---------------------------------------------------------------------

    def _load(self) -> tuple[str | memoryview, ...] | None:
        """The report of the last run, None where a record of it is gone or damaged."""
        if self._head is None:
            return None
        pieces = Answer(*self._head.answer).pieces
        for piece in pieces:
            if isinstance(piece, bytes) and (data := self._cache.record(piece)) is not None:
                self._records[piece] = data
        found = [self._records.get(piece) if isinstance(piece, bytes) else piece for piece in pieces]
        return None if None in found else tuple(piece for piece in found if piece is not None)

    def answer(self) -> Answer | None:
        """What the last run found, its report in pieces, if this one would find the same."""
        head = self._head
        if head is None or not _still(head.around) or not _still(head.history):
            return None
        if any(contents_of(paths, None) != seen for paths, seen in head.aside):
            return None
        if self._marks.vault(head.certain_before) != head.vault or (pieces := self._pieces()) is None:
            return None
        self._refresh(head)
        return Answer(*head.answer)._replace(pieces=pieces)

    def _refresh(self, head: _ReportHead) -> None:
        """Spare later runs the files that were compared by content and are certain by now."""
        before = head.certain_before
        doubted = [stamp for stamp in self.listing.stamps if not stamp[2] < before > stamp[3]]
        before = self._certain_before
        if any(stamp[2] < before > stamp[3] for stamp in doubted):
            vault = self._marks.vault(before)
            self._keep_report(head._replace(written=self._began, certain_before=before, vault=vault))

    def _opened(self, name: bytes) -> Any:
        """The plain values of a record, None where it is gone."""
        data = self._cache.record(name)
        return marshal.loads(data) if data is not None else None

    def _record(self, name: bytes) -> memoryview | None:
        return self._records.get(name) or self._cache.record(name)

    def keep_part(self, text: bytes | memoryview) -> str | bytes:
        """Keep a part of a report that is not finished; gives what stands for it in the memory."""
        return self._cache.keep(text) if len(text) > _IN_HEAD else str(text, "utf-8")

    def keep_report(
        self, parts: Sequence[tuple[str | bytes, Any]], answer: Answer, *, looked_back: bool
    ) -> None:
        """Keep a finished report: what `keep_part` gave for each of its parts, with its tally, and the answer
        put together of them.

        `looked_back`: whether git had a say in the parts that were not recalled.
        """
        looked_back = looked_back or (self._recalled and self._head is not None and self._head.history != ())
        self._keep_report(
            _ReportHead(
                self._began,
                self._certain_before,
                self._around,
                self._marks.names,
                self._vault,
                tuple(answer),
                tuple(parts),
                self._marks_name,
                self._history if looked_back else (),
                self._aside,
            )
        )

    def _keep_report(self, head: _ReportHead) -> None:
        if self._usable:
            records = [text for text, _ in head.parts if isinstance(text, bytes)]
            self._cache.keep_head(self._report_key, tuple(head), records)

    def keep_indexes(self, indexes: Any) -> None:
        """Keep the indexes of the vault, in plain values, with the notes that `keep_notes` kept, if any."""
        if self._usable and self._marks_name:
            record = self._cache.keep(marshal.dumps(indexes))
            head = _IndexesHead(self._began, self._around, self._marks.ignoring, self._marks_name, record)
            self._cache.keep_head(self._indexes_key, tuple(head), [record])

    # --- the history --------------------------------------------------------------------------

    def history(self) -> Any:
        """The history of the commit that is checked out, as it was kept; None where it was not."""
        head = _latest(_HistoryHead, self._value(self._history_key), self._began)
        if head is None or head.commit != self._history:
            return None
        return self._opened(head.record)

    def keep_history(self, told: Any) -> None:
        """Keep the history, in plain values, if that commit is still checked out."""
        if self._usable and _still(self._history):
            name = self._cache.keep(marshal.dumps(told))
            self._cache.keep_head(self._history_key, (self._began, self._history, name), [name])

    # --- the notes ----------------------------------------------------------------------------

    def watch(self, paths: Sequence[str]) -> None:
        """The run is about to look at these files outside the listing."""
        self._around = (*self._around, (tuple(paths), contents_of(paths)))

    def watch_history(self, paths: Sequence[str]) -> None:
        """The run may ask git for the history of the commit that these files tell."""
        self._history = ((tuple(paths), contents_of(paths)),)

    def watch_aside(self, paths: Sequence[str]) -> None:
        """The run is about to look at these files, which bear on the report alone and not on what is read."""
        self._aside = (*self._aside, (tuple(paths), contents_of(paths, None)))

    def begin(self) -> None:
        """The run is about to read the vault, and may fork processes: no thread is left behind."""
        self._pieces()
        self._vault = self._marks.vault(self._certain_before)

    def notes(self, paths: Sequence[str]) -> tuple[list[PackedNote], list[Slice]]:
        """Those of the notes at these paths that are as they were read before: what is known of them, and
        slices that need not be looked at yet."""
        head = _latest(_NotesHead, self._value(self._notes_key), self._began)
        if head is None or head.around != self._around or head.ignoring != self._marks.ignoring:
            return [], []
        marks = self._opened(head.marks)
        if marks is None:
            return [], []
        known: set[Mark] = set(marks)
        same = {mark[0] for mark in self._marks.of(head.certain_before) if mark in known}
        changed = {stamp[0] for stamp in self.listing.stamps} - same
        wanted = same.intersection(paths)
        self._marks_before = head.marks
        self._holds = self._report_holds(head)
        if not (head.whole and head.names == self._marks.names and changed <= set(paths)):
            notes = [note for name in head.slices for note in self._slice(name) if note[0] in wanted]
            return notes, []
        now: list[PackedNote] = []
        later: list[Slice] = []
        before: dict[str, PackedNote] = {}
        for name, each in zip(head.slices, _slices(paths), strict=True):
            if changed.isdisjoint(each):
                later.append((each, partial(self._slice, name)))
                continue
            for note in self._slice(name):
                if note[0] in wanted:
                    now.append(note)
                else:
                    before[note[0]] = note
        if before.keys() == changed:
            self.before, self._slices_before = before, head.slices
        return now, later

    def _report_holds(self, head: _NotesHead) -> bool:
        """Whether the last report is about those notes, and nothing beside notes that bears on it changed."""
        report = self._head
        return (
            report is not None
            and report.marks == head.marks
            and report.around == self._around
            and report.history in ((), self._history)
            and report.aside == self._aside
            and report.names == head.names
        )

    def _slice(self, name: bytes) -> list[PackedNote]:
        return self._opened(name) or []

    def parts(self, wanted: Sequence[bool]) -> list[tuple[bytes | memoryview, Any, str | bytes] | None]:
        """The parts of the last report that are wanted, each with its tally and what stands for it in the
        memory; None for others, and for those that are gone."""
        head = self._head
        if head is None or not self._holds or len(head.parts) != len(wanted):
            return [None] * len(wanted)
        found: list[tuple[bytes | memoryview, Any, str | bytes] | None] = [None] * len(wanted)
        for number, (kept, tally) in enumerate(head.parts):
            if wanted[number]:
                data = kept.encode() if isinstance(kept, str) else self._record(kept)
                if data is not None:
                    found[number] = (data, tally, kept)
                    self._recalled = True
        return found

    def _same_slices(self, slices: Sequence[Sequence[str]]) -> Sequence[bytes | None]:
        """For each slice of the notes its record, where it is what it was."""
        if self.before is None or len(slices) != len(self._slices_before):
            return [None] * len(slices)
        return [
            name if self.before.keys().isdisjoint(each) and self._cache.has(name) else None
            for name, each in zip(self._slices_before, slices, strict=True)
        ]

    def indexes(self) -> Any:
        """The indexes of the vault with the notes as they were, None where these are not kept."""
        head = _latest(_IndexesHead, self._value(self._indexes_key), self._began)
        seen = (self._around, self._marks.ignoring, self._marks_before)
        if head is None or (head.around, head.ignoring, head.marks) != seen:
            return None
        return self._opened(head.record)

    @property
    def nearly_whole(self) -> bool:
        """Whether only the content of few notes changed since notes were kept. A run that is about some paths
        alone need not keep them then: the last report about the whole vault is told from those that are."""
        return self.before is not None and len(self.before) <= _FEW

    def keep_notes(self, paths: Sequence[str], kept: Callable[[Sequence[str]], Iterable[PackedNote]]) -> None:
        """Keep what was read of the notes at these paths; `kept` gives it for some of them."""
        if not self._usable:
            return
        from vaultlint.packing import dumps

        slices = _slices(paths)
        names, missing = [], 0
        for name, each in zip(self._same_slices(slices), slices, strict=True):
            if name is None:
                notes = list(kept(each))
                missing += len(each) - len(notes)
                name = self._cache.keep(dumps(notes))  # noqa: PLW2901 - made now
            names.append(name)
        marks = self._marks_name = self._cache.keep(marshal.dumps(self._marks.of(self._certain_before), 2))
        head = _NotesHead(
            self._began,
            self._certain_before,
            self._around,
            self._marks.ignoring,
            self._marks.names,
            marks,
            tuple(names),
            not missing,
        )
        self._cache.keep_head(self._notes_key, tuple(head), [marks, *names])


_FEW = 50
"""Notes. As many are read again sooner than a report is told anew."""

_SLICE = 512
"""Notes in a record."""


def _slices(paths: Sequence[str]) -> list[Sequence[str]]:
    return [paths[at : at + _SLICE] for at in range(0, len(paths), _SLICE)]


_IN_HEAD = 10_000
"""Bytes. Shorter texts are no records of their own."""


def _still(around: Around) -> bool:
    """Whether what was looked at there is as it was."""
    return all(contents_of(paths) == seen for paths, seen in around)


def _key(*asked: object) -> str:
    return digest(repr(asked).encode("utf-8", "surrogatepass")).hex()[:32]


def _latest(kind: Callable[..., H], value: Any, at: int) -> H | None:
    """The head of these values. One from the future was written by a wrong clock: its times say nothing."""
    return kind(*value) if value is not None and value[0] <= at else None


def _in_background(work: Callable[[], T]) -> Callable[[], T]:
    """Begin the work in a thread; calling what this gives waits for its result.

    Checksums are computed while another thread lists the vault: Python lets both run at once.
    """
    results: list[T] = []
    thread = Thread(target=lambda: results.append(work()))
    thread.start()

    def wait() -> T:
        thread.join()
        return results[0]

    return wait
