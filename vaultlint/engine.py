"""From files to findings: every note is read, then the vault rules are asked note by note.

Both are done by worker processes, a slice of the notes at a time. Each time they are forked anew, the second
time when the indexes have been built: so they see the vault as this process holds it, and what crosses is
what they were asked and what they answer. A `ProcessPoolExecutor` forks when the first task is submitted.
"""

import gc
from collections import Counter, deque
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from vaultlint.asking import RuleSet, ask_vault_rules
from vaultlint.config import ENGINE_RULES
from vaultlint.diagnostic import Diagnostic, Fix, Safety, taking
from vaultlint.discovery import VaultFiles
from vaultlint.face import Face, face
from vaultlint.indexes import RENEWABLE, backlinked, renewed, unmet
from vaultlint.note import Outline
from vaultlint.own_rules import RuleCrash, UnreadableFile
from vaultlint.packing import unpack_all, unpack_outline
from vaultlint.parse import NotACanvas, outline_of_attachment, outline_of_canvas
from vaultlint.reading import (
    Batch,
    Reading,
    Unreadable,
    batches,
    read_batch,
    read_packed,
    read_text,
    text_from,
    text_of,
    unpacked,
)
from vaultlint.resolve import Names
from vaultlint.rule import NoteRule, Rule, VaultRule
from vaultlint.settings import Settings
from vaultlint.shelf import Fetch, PackedNote, Shelf
from vaultlint.telling import Telling
from vaultlint.text import Lines
from vaultlint.vault import Missing, Vault
from vaultlint.workers import beside, can_fork, pool, processes, workers

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from vaultlint.baseline import Baseline, Standing
    from vaultlint.history import History

T = TypeVar("T")
W = TypeVar("W", bound=Vault)
OpenWorkers: TypeAlias = "Callable[[], AbstractContextManager[Executor]]"

_TROUBLE = frozenset({UnreadableFile.code, RuleCrash.code})
"""What may be gone the next time although the note is the same."""

_ONCE_THERE = frozenset({Missing.FILE, Missing.EMBED})
"""What may be doubtful about a link to a file that is gone, of which git may know."""

_code_of = taking("code")
_order = taking("span", "code", "message")
"""The order of the findings of one file, which is that of `Diagnostic.order`."""

# Notes that are a task for a worker: few enough that all workers end at the same time.
_READ_AT_ONCE = 128
_TOLD_AT_ONCE = 128
_TOLD_WHILE_AT_HAND = 16  # notes whose findings are in the processor's cache when they are written


class Report(NamedTuple):
    """The outcome of a run, or of some notes of one. Two runs on the same vault give equal reports."""

    complete: bool
    """Whether every note could be read and no rule crashed."""
    notes: int
    """How many notes were read."""
    files: int
    """How many files the vault holds, notes included."""
    diagnostics: tuple[Diagnostic, ...]
    """In the order of `Diagnostic.order`."""
    lines: Callable[[str], Lines]
    """Path -> where the lines of that file begin; those of an empty text where it could not be read."""
    text: Callable[[str], str]
    """Path -> its text, read on demand; empty where it cannot be read."""
    baseline: "Standing | None" = None
    """How these notes stand to the baseline, whose findings are left out; None without one."""


class Linter:
    """A vault that was read once, and what can be asked of it.

    `reported` says whose findings are wanted; all notes are read all the same, since links to and
    from them count. `telling` decides what of the findings is told. `history` gives what git tells of files
    that are gone, None where it is not to be asked. `contents`: what files hold in place of what is on the
    disk.
    """

    def __init__(
        self,
        files: VaultFiles,
        rules: Iterable[Rule],
        settings: Settings,
        *,
        reported: Callable[[str], bool] = lambda path: True,
        telling: Telling | None = None,
        history: "Callable[[], History] | None" = None,
        baseline: "Baseline | None" = None,
        contents: Mapping[str, bytes] = {},
    ) -> None:
        self.files = files
        rules = list(rules)
        for rule in rules:
            rule.configure(settings)
        rules = [rule for rule in rules if not rule.idle]
        self._baseline = baseline
        self._running = frozenset((*(rule.code for rule in rules), *ENGINE_RULES))
        note_rules = RuleSet(rule for rule in rules if isinstance(rule, NoteRule))
        parts = (part for rule in note_rules if (part := rule.across) is not None)
        self._vault_rules = RuleSet((*(rule for rule in rules if isinstance(rule, VaultRule)), *parts))
        looking_back = any(not _ONCE_THERE.isdisjoint(rule.asks) for rule in self._vault_rules)
        self._history = history if looking_back else None
        self._canvas_rules = RuleSet(rule for rule in self._vault_rules if rule.on_canvases)
        self._attachment_rules = RuleSet(rule for rule in self._vault_rules if rule.on_attachments)
        self._attachments = frozenset(files.others if self._attachment_rules else ())
        self._settings = settings
        self._telling = telling or Telling(rules, template_folders=settings.template_folders)

        def shown(path: str) -> bool:
            return path not in files.hidden and reported(path)

        self._shown = self._reported = shown
        silent = frozenset(path for path in files.notes if not shown(path))
        self._names = Names((*files.notes, *files.others))
        every_link = any(rule.every_link for rule in self._vault_rules)
        names = None if every_link else self._names
        schemas = settings.schemas if any(schema.unique for schema in settings.schemas) else ()
        self._reading = Reading(
            str(files.root),
            note_rules,
            settings.template_folders,
            silent,
            names,
            schemas,
            settings.topic_traits,
            settings.hub_traits,
            settings.anchor_form,
        )
        self._notes = Shelf(files.notes)
        self._canvases: dict[str, Outline] = {}
        self._unreadable: dict[str, Diagnostic] = {}
        self._texts: dict[str, str] = {}
        self._known: dict[str, Any] = {}
        for path, reason in files.unreadable:
            self._unreadable[path] = UnreadableFile().about(path, reason)
        for path, data in contents.items():
            try:
                self._texts[path] = text_from(data)
            except Unreadable as error:
                self._unreadable[path] = UnreadableFile().about(path, str(error))
        self._vault: Vault | None = None
        self._slices: list[Sequence[str]] | None = None

    # --- reading ------------------------------------------------------------------------------

    def read(
        self,
        executor: "Executor | None" = None,
        progress: Callable[[int], None] | None = None,
        *,
        open_workers: "OpenWorkers | None" = None,
    ) -> None:
        """Read all notes but those that were recalled: in the workers of any executor, or in those that
        `open_workers` opens, which must see this object: threads, or processes forked then.

        `progress` hears how many are done.
        """
        given = {path: self._texts[path] for path in self.unread if path in self._texts}
        if given:
            self._notes.put(read_batch(self._reading, tuple(given), given).notes)
        unread = self.unread
        done = len(self.files.notes) - len(unread)
        counted = not done  # whether links are counted of all notes
        self._read_canvases()
        linking, wanting = Counter[str](), Counter[str]()
        for canvas in self._canvases.values():
            linking.update(set(backlinked(canvas, self._names)))
            wanting.update(unmet(canvas, self._names))
        leisure = executor is not None or open_workers is not None
        with (
            _no_collector(),
            self._workers(executor, open_workers) as work,
            beside(self._history if leisure else None) as ask_history,
        ):
            slices = list(batches(unread, _READ_AT_ONCE))
            for batch, paths in zip(work(slices), slices, strict=True):
                self._notes.put(batch.notes)
                counted = counted and batch.linking is not None
                linking.update(batch.linking or {})
                wanting.update(batch.wanting or {})
                if batch.wanting and any(map(self._shown, paths)):
                    ask_history()  # git takes long, and whoever waits for workers has time
                done += len(paths)
                if progress is not None:
                    progress(done)
        if counted:
            self._known.update(linking=linking, wanting=wanting)
        self._vault = self._slices = None

    @contextmanager
    def _workers(
        self, executor: "Executor | None", open_workers: "OpenWorkers | None"
    ) -> "Iterator[Callable[[Iterable[Sequence[str]]], Iterator[Batch]]]":
        """What reads slices of the notes, in order."""
        if executor is not None:
            # What crosses to workers that do not see this object is kept small.
            apart = self._reading._replace(names=None)

            def submitted(paths: Sequence[str]) -> "Future[bytes]":
                reading = apart._replace(hidden=apart.hidden.intersection(paths))
                return executor.submit(read_packed, reading, paths)

            yield lambda slices: map(unpacked, _results(map(submitted, slices)))
        elif open_workers is not None:
            with self._shared(), open_workers() as opened:
                key = id(self)
                yield lambda slices: map(
                    unpacked, _results(opened.submit(_read, key, paths) for paths in slices)
                )
        else:
            yield lambda slices: (read_batch(self._reading, paths) for paths in slices)

    @contextmanager
    def _shared(self) -> Iterator[None]:
        """Meanwhile workers that see this object find it by its id."""
        _linters[id(self)] = self
        try:
            yield
        finally:
            del _linters[id(self)]

    @property
    def unread(self) -> tuple[str, ...]:
        """The notes that are neither read nor recalled, and may be readable."""
        known = self._notes.has
        return tuple(path for path in self.files.notes if not known(path) and path not in self._unreadable)

    def read_by(self, jobs: int | None, progress: Callable[[int], None] | None = None) -> None:
        """Read them with so many processes, None for as many as are worth it."""
        count = workers(len(self.unread), jobs)
        if count > 1 and can_fork():
            self.read(progress=progress, open_workers=partial(processes, count))
        else:
            with pool(count) as executor:
                self.read(executor, progress)

    def recall(self, notes: Iterable[PackedNote], later: Iterable[tuple[Sequence[str], Fetch]] = ()) -> None:
        """Take these notes as an earlier run read them, which `kept` gave.

        `later`: notes that are not looked at before they are wanted. Those that are not to be had then
        are read.
        """
        self._notes.put(notes)
        for paths, fetch in later:
            self._notes.put_off(paths, partial(self._fetched, paths, fetch))

    def _fetched(self, paths: Sequence[str], fetch: Fetch) -> Iterator[PackedNote]:
        missing = dict.fromkeys(paths)
        for note in fetch():
            missing.pop(note[0], None)
            yield note
        if missing:
            yield from read_batch(self._reading, tuple(missing)).notes

    def recall_indexes(self, known: Mapping[str, Any], before: Mapping[str, Outline]) -> None:
        """Take the indexes of this vault as it was when some notes were like `before`.

        These must be findable by the same words now, and all else must be the same.
        """
        self._known = renewed(known, before, self._notes, self._names)
        self._vault = None

    def kept(self, paths: Iterable[str]) -> Iterator[PackedNote]:
        """Of those notes what a later run may recall. A note that gave trouble is to be read again."""
        for path in paths:
            note = self._notes.note(path)
            if note is not None and not note[4]:
                name, outline, seen, found, trouble = note
                yield name, outline, seen, found, trouble

    def _read_canvases(self) -> None:
        for path in self.files.others:
            if path.lower().endswith(".canvas") and path not in self._unreadable:
                try:
                    text = self._texts.get(path)
                    text = text if text is not None else read_text(f"{self.files.root}/{path}")
                    self._canvases[path] = outline_of_canvas(path, text)
                except (Unreadable, NotACanvas) as error:
                    self._unreadable[path] = UnreadableFile().about(path, str(error))

    def replace(self, texts: Mapping[str, str]) -> None:
        """The notes have these texts from now on: somebody wrote them."""
        before = {path: outline for path in texts if (outline := self._notes.get(path)) is not None}
        faces = {path: self._notes.face(path) for path in texts}
        self._texts.update(texts)
        self._notes.put(read_batch(self._reading, tuple(texts), texts).notes)
        if any(_findable(self._notes.face(path)) != _findable(seen) for path, seen in faces.items()):
            self._known = {name: self._known[name] for name in RENEWABLE if name in self._known}
        self._known = renewed(self._known, before, self._notes, self._names)
        self._vault = self._slices = None

    def reread(self, texts: Mapping[str, str | None]) -> None:
        """The notes have these texts from now on, None for the one on the disk. The vault stays the same
        object: whoever asks for this keeps its indexes up to date."""
        for path, text in texts.items():
            if text is None:
                self._texts.pop(path, None)
            else:
                self._texts[path] = text
        self._notes.put(read_batch(self._reading, tuple(texts), self._texts).notes)

    def face(self, path: str) -> Face | None:
        """What the indexes hold of a note; None where it could not be read."""
        return self._notes.face(path)

    def known(self, path: str) -> tuple[Outline, Face] | None:
        """What is known of a note; None where it could not be read."""
        outline, seen = self._notes.get(path), self._notes.face(path)
        return None if outline is None or seen is None else (outline, seen)

    def with_texts(self, texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        """All diagnostics as if the notes had these texts; nothing is written, and nothing kept."""
        return self._as_if(texts).report().diagnostics

    def _as_if(self, texts: Mapping[str, str]) -> "Linter":
        """This vault as if the notes had these texts."""
        from copy import copy  # only where fixes are tried

        other = copy(self)
        other._notes = self._notes.copy()
        other._texts = dict(self._texts)
        other._known = self.vault().indexes()
        other.replace(texts)
        return other

    def with_late_fixes(
        self, diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], allowed: Container[Safety]
    ) -> Sequence[Diagnostic]:
        """Those diagnostics, which are all of the vault as if the notes had these texts, with the fixes that
        rules work out late, if any of them is of an `allowed` safety under this configuration."""
        probe = (Fix("", (), Safety.UNSAFE),)
        wanted: dict[str, list[Diagnostic]] = {}
        for one in self._telling.with_trust([one._replace(fixes=probe) for one in diagnostics]):
            if one.fixes[0].safety in allowed:
                wanted.setdefault(one.code, []).append(one._replace(fixes=()))
        vault = self._as_if(texts).vault() if texts else self.vault()
        late: dict[tuple[Any, ...], tuple[Fix, ...]] = {}
        for rule in self._vault_rules:
            may_edit = partial(self._may_edit, rule.code)
            for one, fix in rule.late_fixes(wanted.get(rule.code, ()), vault, may_edit):
                if all(may_edit(edit.path) for edit in fix.edits):
                    late[one.order] = (*late.get(one.order, ()), fix)
        more = [one._replace(fixes=(*one.fixes, *late.get(one.order, ()))) for one in diagnostics]
        return self._telling.with_trust(more)

    def _may_edit(self, code: str, path: str) -> bool:
        """Whether a fix of that rule may change a note beside the one that it found something in."""
        return path in self._notes and self._reported(path) and not self._telling.is_silent(path, code)

    def vault(self) -> Vault:
        """The vault as it was read."""
        if self._vault is None:
            self._vault = self._made(Vault)
        return self._vault

    def made(self, kind: type[W]) -> W:
        """The vault as it was read, as one of that kind; `vault` gives the same from then on."""
        self._vault = made = self._made(kind)
        return made

    def _made(self, kind: type[W]) -> W:
        files = self.files
        return kind(
            self._notes,
            (*files.notes, *files.others),
            self._settings,
            read=self.text,
            canvases=self._canvases,
            names=self._names,
            faces=self._notes.faces,
            known=self._known,
            trashed=files.trashed,
            history=self._history,
        )

    def text(self, path: str) -> str:
        """The text of a file, empty where it cannot be read (any more)."""
        text = self._texts.get(path)
        return text if text is not None else text_of(self.files.root, path)

    # --- telling ------------------------------------------------------------------------------

    def report(self, paths: Container[str] | None = None) -> Report:
        """What all rules found, in the notes that were asked for; of these alone those at `paths`."""
        told = self.told_paths()
        with _no_collector():
            return self.report_on(told if paths is None else [path for path in told if path in paths])

    def narrow(self, paths: Container[str] | None) -> None:
        """Report from now on only what is found in these of the notes that were asked for; None: in all."""
        shown = self._shown
        self._reported = shown if paths is None else lambda path: path in paths and shown(path)
        self._slices = None

    def slices(self) -> list[Sequence[str]]:
        """The files that may have findings, in the slices that `fold` tells at a time."""
        if self._slices is None:
            self._slices = list(batches(self.told_paths(), _TOLD_AT_ONCE)) or [[]]
        return self._slices

    def is_alike(self, before: Mapping[str, Outline]) -> bool:
        """Whether the vault as a whole is as it was when those notes were like `before`: their faces are
        the same, and no rule looks at more. All other notes, and all paths, must be as they were."""
        now, then = map(self._notes.face, before), map(face, before.values())
        alike = all(_findable(one) == _findable(other) for one, other in zip(now, then, strict=True))
        return alike and self.local

    def affected(self, old: "Linter", changed: Iterable[str]) -> frozenset[str] | None:
        """The files in which other things may be found than in `old`, the same vault with other texts at
        `changed`; None where that may be all."""
        if self.files[1:3] != old.files[1:3]:
            return None
        before = {path: outline for path in changed if (outline := old._notes.get(path)) is not None}
        if before.keys() != set(changed) or any(path not in self._notes for path in before):
            return None
        return self.vault().touched(before) if self.is_alike(before) else None

    def fold(
        self,
        tell: Callable[[Report], T],
        open_workers: "OpenWorkers | None" = None,
        known: Sequence[T | None] = (),
        join: Callable[[Sequence[T]], T] | None = None,
    ) -> Iterator[T]:
        """What `tell` makes of the report, some notes at a time, in the order of their paths.

        `known`: for each of `slices()` what it makes of them, where that is known. `join`: what puts together
        what `tell` makes of the notes of a slice; it is then asked sooner, while what was found is still at
        hand for the processor.

        With `open_workers` the rules are asked in the workers that it opens, which must see this
        object: threads, or processes forked then. `tell`, `join` and what they give must be picklable for
        those.
        """
        slices = self.slices()
        known = known or [None] * len(slices)
        with _no_collector():
            if open_workers is None or known.count(None) < 2:
                for paths, part in zip(slices, known, strict=True):
                    yield self._told_of(paths, tell, join) if part is None else part
                return
            self.vault().prepare()
            _ = len(self._notes)  # so that not every worker counts them
            with self._shared(), open_workers() as executor:
                asked = [paths for paths, part in zip(slices, known, strict=True) if part is None]
                told = _results(executor.submit(_tell, id(self), paths, tell, join) for paths in asked)
                for part in known:
                    yield next(told) if part is None else part

    def _told_of(
        self, paths: Sequence[str], tell: Callable[[Report], T], join: Callable[[Sequence[T]], T] | None
    ) -> T:
        if join is None or len(paths) <= _TOLD_WHILE_AT_HAND:
            return tell(self.report_on(paths))
        return join([tell(self.report_on(some)) for some in batches(paths, _TOLD_WHILE_AT_HAND)])

    def told_paths(self) -> Sequence[str]:
        """The files that may have findings somebody wants, in order.

        What could not be read is told wherever it lies, because links to and from it count; only what
        is left out is left out.
        """
        known = dict.fromkeys((*self._notes.known(), *self._canvases, *self._attachments, *self._unreadable))
        unreadable, reported = self.unreadable, self._reported
        if self._baseline is not None:  # to say that what was found in them is gone
            known.update(dict.fromkeys(self._baseline.vanished((*self.files.notes, *self.files.others))))
        return sorted([path for path in known if path in unreadable or reported(path)])

    @property
    def unreadable(self) -> frozenset[str]:
        """The files that could not be read and are not left out."""
        return self._notes.unreadable().union(self._unreadable) - self.files.hidden

    def report_on(self, paths: Sequence[str]) -> Report:
        """What all rules found in these files."""
        diagnostics: list[Diagnostic] = []
        baseline = self._baseline
        standings: list[Standing] = []
        starts: dict[str, bytes] = {}
        for path in paths:
            outline = self._notes.get(path)
            found = self._found(path, outline)
            if found and outline is not None:
                starts[path] = outline.line_starts
            if len(found) > 1:
                found.sort(key=_order)
            if baseline is not None:
                found, standing = baseline.new(path, found, self._running, always=_TROUBLE)
                standings.append(standing)
            diagnostics += found
        return Report(
            _TROUBLE.isdisjoint(map(_code_of, diagnostics)),
            len(self._notes),
            len(self.files.notes) + len(self.files.others),
            tuple(diagnostics),
            partial(self._lines, starts),
            cache(self.text),
            baseline.total(standings) if baseline is not None else None,
        )

    def found_in(self, path: str) -> list[Diagnostic]:
        """What all rules found in a file, as far as it is told."""
        return self._found(path, self._notes.get(path))

    def _found(self, path: str, outline: Outline | None) -> list[Diagnostic]:
        vault = self.vault()
        packed = self._notes.found(path)
        found = unpack_all(packed) if packed else []
        if path in self._unreadable:
            found.append(self._unreadable[path])
        if outline is not None:
            found += ask_vault_rules(self._vault_rules, outline, vault)
        elif (canvas := self._canvases.get(path)) is not None:
            found += ask_vault_rules(self._canvas_rules, canvas, vault)
        elif path in self._attachments:
            outline = outline_of_attachment(path)
            found += ask_vault_rules(self._attachment_rules, outline, vault)
        return self._telling.of(path, outline, found)

    @property
    def local(self) -> bool:
        """Whether what the rules find in a note depends on few other notes: see `VaultRule.local`."""
        return all(rule.local for rule in self._vault_rules)

    def found_alone(self, path: str, text: str) -> list[Diagnostic]:
        """What the rules find in a note of that text that is not in the vault, or not yet."""
        before = self._texts.get(path)
        self._texts[path] = text
        try:
            read = read_batch(self._reading._replace(names=None), (path,), {path: text}).notes[0]
            outline = unpack_outline(read.outline)
            found = unpack_all(read.found) if read.found else []
            found += ask_vault_rules(self._vault_rules, outline, self.vault())
            return sorted(self._telling.of(path, outline, found), key=_order)
        finally:
            del self._texts[path]
            if before is not None:
                self._texts[path] = before

    def _lines(self, starts: Mapping[str, bytes], path: str) -> Lines:
        """Where the lines of a file begin; `starts` has it for those that are at hand."""
        if packed := starts.get(path):
            return Lines.unpacked(packed)
        outline = self._notes.get(path) or self._canvases.get(path)
        if outline is not None and outline.line_starts:
            return Lines.unpacked(outline.line_starts)
        return Lines.of(self.text(path) if outline is not None else "")


_linters: dict[int, Linter] = {}  # what workers of this program find where they were forked


def _findable(seen: Face | None) -> tuple[object, ...] | None:
    return None if seen is None else seen.findable


def _read(key: int, paths: Sequence[str]) -> bytes:
    return read_packed(_linters[key]._reading, paths)


def _tell(
    key: int, paths: Sequence[str], tell: Callable[[Report], T], join: Callable[[Sequence[T]], T] | None
) -> T:
    return _linters[key]._told_of(paths, tell, join)


def _results(futures: "Iterable[Future[T]]") -> Iterator[T]:
    """What the workers give, in order. All is asked for at once, and nothing is held that was given."""
    waiting = deque(futures)
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def _no_collector() -> Iterator[None]:
    """The cycle collector walks hundreds of thousands of live objects for nothing while a vault is read."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
