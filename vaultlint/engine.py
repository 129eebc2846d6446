"""From files to findings: every note is read, then the vault rules are asked note by note.

Both are done by worker processes, a slice of the notes at a time. A whole run, in order:

1. The vault is listed, and what an earlier run kept is recalled (`recall.Memory`).
2. Workers are forked and read what is left (`Reader.read`, `reading.read_batch`). This process counts links
   as their batches come back, and a thread may ask git meanwhile. Workers and thread end then.
3. What was read is kept for later runs, and the indexes of the vault are built (`Vault.prepare`).
4. Workers are forked anew, so that they see the vault as this process holds it, and what crosses is what they
   were asked and what they answer. They ask the vault rules and tell the findings (`Linter.fold`).
5. The parts of the report are written in order as they come.

A `ProcessPoolExecutor` forks when the first task is submitted. Where processes cannot be forked
(`workers.can_fork`), notes are read in processes started anew, and all else is done in this one.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from vaultlint.asking import RuleSet, ask_vault_rules
from vaultlint.config import ENGINE_RULES
from vaultlint.diagnostic import Diagnostic, Fix, Safety, Severity, taking
from vaultlint.discovery import VaultFiles
from vaultlint.face import face
from vaultlint.findings import Findings, Found, packed_by_file
from vaultlint.note import Outline
from vaultlint.own_rules import RuleCrash, UnreadableFile
from vaultlint.packing import unpack_all, unpack_outline
from vaultlint.parse import outline_of_attachment
from vaultlint.reader import Reader, findable, no_collector
from vaultlint.reading import Reading, batches, read_batch
from vaultlint.resolve import Names
from vaultlint.rule import NoteRule, Rule, VaultRule
from vaultlint.settings import Settings
from vaultlint.telling import Telling
from vaultlint.text import Lines, Span
from vaultlint.vault import Missing
from vaultlint.workers import OpenWorkers, WorkersFor, alone, results, shared, sharing

if TYPE_CHECKING:
    from vaultlint.baseline import Baseline, Standing
    from vaultlint.history import History

T = TypeVar("T")

_TROUBLE = frozenset({UnreadableFile.code, RuleCrash.code})
"""What may be gone the next time although the note is the same."""

_ONCE_THERE = frozenset({Missing.FILE, Missing.EMBED})
"""What may be doubtful about a link to a file that is gone, of which git may know."""

_code_of = taking("code")
_order = taking("span", "code", "message")
"""The order of the findings of one file, which is that of `Diagnostic.order`."""

_TOLD_AT_ONCE = 128  # notes that are a task for a worker, as `reader._READ_AT_ONCE` are
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


class Linter(Reader):
    """A vault that was read once, and what can be asked of it.

    `reported` says whose findings are wanted; all notes are read all the same, since links to and
    from them count. `telling` decides what of the findings is told. `history` gives what git tells of files
    that are gone, None where it is not to be asked. `contents`: what files hold in place of what is on the
    disk. `keeping`: whether what is read will be kept for other runs, so that note rules are asked about all
    notes that anybody may want to hear of.
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
        keeping: bool = False,
    ) -> None:
        rules = list(rules)
        for rule in rules:
            rule.configure(settings)
        rules = [rule for rule in rules if not rule.idle]
        self._baseline = baseline
        self._running = frozenset((*(rule.code for rule in rules), *ENGINE_RULES))
        note_rules = RuleSet(rule for rule in rules if isinstance(rule, NoteRule))
        parts = (part for rule in note_rules if (part := rule.across) is not None)
        self._vault_rules = RuleSet((*(rule for rule in rules if isinstance(rule, VaultRule)), *parts))
        self._canvas_rules = RuleSet(rule for rule in self._vault_rules if rule.on_canvases)
        self._attachment_rules = RuleSet(rule for rule in self._vault_rules if rule.on_attachments)
        self._attachments = frozenset(files.others if self._attachment_rules else ())
        self._telling = telling or Telling(rules, template_folders=settings.template_folders)

        def shown(path: str) -> bool:
            return path not in files.hidden and reported(path)

        self._shown = self._reported = shown
        self._slices: list[Sequence[str]] | None = None
        names = Names((*files.notes, *files.others))
        silent = files.hidden if keeping else frozenset(path for path in files.notes if not shown(path))
        reading = self._reading_of(files, note_rules, settings, names, silent)
        looking_back = any(not _ONCE_THERE.isdisjoint(rule.asks) for rule in self._vault_rules)
        history = history if looking_back else None
        super().__init__(files, settings, names, reading, history=history, contents=contents)

    def _reading_of(
        self,
        files: VaultFiles,
        note_rules: RuleSet[NoteRule],
        settings: Settings,
        names: Names,
        silent: frozenset[str],
    ) -> Reading:
        """How the notes are to be read for these rules, which are not asked about the `silent` ones."""
        every_link = any(rule.every_link for rule in self._vault_rules)
        return Reading(
            str(files.root),
            note_rules,
            settings.template_folders,
            hidden=silent,
            names=None if every_link else names,
            schemas=settings.schemas if any(schema.unique for schema in settings.schemas) else (),
            topics=settings.topic_traits,
            hubs=settings.hub_traits,
            anchor_form=settings.anchor_form,
        )

    def _renew(self) -> None:
        super()._renew()
        self._slices = None

    def with_texts(self, texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        """All diagnostics as if the notes had these texts; nothing is written, and nothing kept. Who tries
        texts again and again takes a `fixes.trial.Trial`, which asks only about what may be another."""
        return self.as_if(texts).report().diagnostics

    def as_if(self, texts: Mapping[str, str], open_workers: "OpenWorkers | None" = None) -> "Linter":
        """This vault as if the notes had these texts; `open_workers`: as in `read`."""
        from copy import copy  # only where fixes are tried

        other = copy(self)
        other._notes = self._notes.copy()
        other._texts = dict(self._texts)
        other._known = self.vault().indexes()
        other.replace(texts, open_workers)
        return other

    def with_late_fixes(
        self, diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], allowed: Container[Safety]
    ) -> Findings:
        """Those diagnostics, which are all of the vault as if the notes had these texts, with the fixes that
        rules work out late, if any of them is of an `allowed` safety under this configuration."""
        found = Findings.of(diagnostics)
        rules = [rule for rule in self._vault_rules if self._may_fix_late(rule, allowed)]
        files = dict(found.with_codes(frozenset(rule.code for rule in rules)))
        here = [one for each in files.values() for one in each.diagnostics()]
        wanted: dict[str, list[Diagnostic]] = {rule.code: [] for rule in rules}
        probe = (Fix("", (), Safety.UNSAFE),)
        asked = [one._replace(fixes=probe) for one in here if one.code in wanted]
        for one in self._telling.with_trust(asked):
            if one.fixes[0].safety in allowed:
                wanted[one.code].append(one._replace(fixes=()))
        if not any(wanted.values()):
            return found
        vault = self.as_if(texts).vault() if texts else self.vault()
        late: dict[tuple[Any, ...], tuple[Fix, ...]] = {}
        for rule in rules:
            may_edit = partial(self._may_edit, rule.code)
            for one, fix in rule.late_fixes(wanted[rule.code], vault, may_edit):
                if all(may_edit(edit.path) for edit in fix.edits):
                    late[one.order] = (*late.get(one.order, ()), fix)
        more = [one._replace(fixes=(*one.fixes, *late.get(one.order, ()))) for one in here]
        return found.replaced(files, Findings.of(self._telling.with_trust(more)))

    def _may_fix_late(self, rule: VaultRule, allowed: Container[Safety]) -> bool:
        """Whether a rule has late fixes, which are unsafe, and this configuration lets them be taken."""
        if type(rule).late_fixes is VaultRule.late_fixes:
            return False
        fix = Fix("", (), Safety.UNSAFE)
        probe = rule.found("", Span(0, 0), "", "", fixes=(fix,), severity=Severity.WARNING)
        return self._telling.with_trust([probe])[0].fixes[0].safety in allowed

    def _may_edit(self, code: str, path: str) -> bool:
        """Whether a fix of that rule may change a note beside the one that it found something in."""
        return path in self._notes and self._reported(path) and not self._telling.is_silent(path, code)

    # --- telling ------------------------------------------------------------------------------

    def report(self, paths: Container[str] | None = None) -> Report:
        """What all rules found, in the notes that were asked for; of these alone those at `paths`."""
        told = self.told_paths()
        with no_collector():
            return self.report_on(told if paths is None else [path for path in told if path in paths])

    def findings(self, workers_for: WorkersFor = alone, *, among: Container[str] | None = None) -> Findings:
        """What all rules found in the notes that were asked for, as `report` gives it, packed; `among`: in
        these of them."""
        paths = self.told_paths()
        if among is not None:
            paths = [path for path in paths if path in among]
        files: dict[str, Found] = {}
        for part in self.fold(_packed, workers_for(len(paths)), among=paths):
            files.update(part)
        return Findings(files)

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
        """Whether the vault as a whole is as it was when those notes were like `before`: the words by which
        they are found and the style of links are the same, and no rule looks at more. All other notes, and
        all paths, must be as they were."""
        if not self.local:
            return False
        now, then = [*map(self._notes.face, before)], [*map(face, before.values())]
        if any(findable(one) != findable(other) for one, other in zip(now, then, strict=True)):
            return False
        more = sum(one.angles for one in now if one is not None) - sum(other.angles for other in then)
        return not more or (self.vault().angles > 0) == (self.vault().angles - more > 0)

    def affected(self, old: "Linter", changed: Iterable[str]) -> frozenset[str] | None:
        """The files in which other things may be found than in `old`, the same vault with other texts at
        `changed`; None where that may be all."""
        if self.files[1:3] != old.files[1:3]:
            return None
        before = old._notes.some(changed)
        if before.keys() != set(changed) or any(path not in self._notes for path in before):
            return None
        return self.vault().touched(before) if self.is_alike(before) else None

    def fold(
        self,
        tell: Callable[[Report], T],
        open_workers: "OpenWorkers | None" = None,
        known: Sequence[T | None] = (),
        join: Callable[[Sequence[T]], T] | None = None,
        *,
        among: Sequence[str] | None = None,
    ) -> Iterator[T]:
        """What `tell` makes of the report, some notes at a time, in the order of their paths.

        `known`: for each of `slices()` what it makes of them, where that is known. `join`: what puts together
        what `tell` makes of the notes of a slice; it is then asked sooner, while what was found is still at
        hand for the processor. `among`: of these notes alone, none of which is known.

        With `open_workers` the rules are asked in the workers that it opens, which must see this
        object: threads, or processes forked then. `tell`, `join` and what they give must be picklable for
        those.
        """
        slices = self.slices() if among is None else list(batches(among, _TOLD_AT_ONCE))
        known = known or [None] * len(slices)
        with no_collector():
            if open_workers is None or known.count(None) < 2:
                for paths, part in zip(slices, known, strict=True):
                    yield self._told_of(paths, tell, join) if part is None else part
                return
            self.vault().prepare()
            _ = len(self._notes)  # so that not every worker counts them
            with sharing(self) as key, open_workers() as executor:
                asked = [paths for paths, part in zip(slices, known, strict=True) if part is None]
                told = results(executor.submit(_tell, key, paths, tell, join) for paths in asked)
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


def _tell(
    key: int, paths: Sequence[str], tell: Callable[[Report], T], join: Callable[[Sequence[T]], T] | None
) -> T:
    linter: Linter = shared(key)
    return linter._told_of(paths, tell, join)


def _packed(report: Report) -> dict[str, Found]:
    return packed_by_file(report.diagnostics)


def is_complete(findings: Findings) -> bool:
    """Whether every note could be read and no rule crashed, where they are all of a vault."""
    return _TROUBLE.isdisjoint(findings.codes)
