"""From files to findings: every note is read once, then the vault rules are asked note by note."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypeVar, cast

from vaultlint.config import Config, is_named, selected
from vaultlint.diagnostic import Diagnostic, Safety, Severity
from vaultlint.discovery import VaultFiles, discover
from vaultlint.errors import VaultlintError
from vaultlint.ignore import parse_patterns
from vaultlint.listing import Listing
from vaultlint.note import Outline
from vaultlint.own_rules import RuleCrash, UnreadableFile
from vaultlint.packing import Packed, pack_all, unpack
from vaultlint.parse import NotACanvas, outline_of_canvas
from vaultlint.reading import (
    Batch,
    Reading,
    Unreadable,
    batches,
    read_batch,
    read_packed,
    read_text,
    text_of,
    unpacked,
)
from vaultlint.rule import NoteRule, Rule, VaultRule
from vaultlint.text import Lines
from vaultlint.vault import Settings, Vault, face

if TYPE_CHECKING:
    from concurrent.futures import Executor

T = TypeVar("T")
OpenWorkers: TypeAlias = "Callable[[], AbstractContextManager[Executor | None]]"

_TROUBLE = frozenset({UnreadableFile.code, RuleCrash.code})
"""What may be gone the next time although the note is the same."""

_READ_AT_ONCE = 128
_TOLD_AT_ONCE = 512


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


class Linter:
    """A vault that was read once, and what can be asked of it.

    `reported` says whose findings are wanted; all notes are read all the same, since links to and
    from them count. `unnamed` are the codes of rules that nobody selected by name.
    """

    def __init__(
        self,
        files: VaultFiles,
        rules: Iterable[Rule],
        settings: Settings,
        *,
        reported: Callable[[str], bool] = lambda path: True,
        unnamed: frozenset[str] = frozenset(),
    ) -> None:
        self.files = files
        rules = list(rules)
        for rule in rules:
            rule.configure(settings)
        self._note_rules = tuple(rule for rule in rules if isinstance(rule, NoteRule))
        self._vault_rules = tuple(rule for rule in rules if isinstance(rule, VaultRule))
        self._settings = settings
        self._unnamed = unnamed

        def shown(path: str) -> bool:
            return path not in files.hidden and reported(path)

        self._reported = shown
        silent = frozenset(path for path in files.notes if not shown(path))
        self._reading = Reading(str(files.root), self._note_rules, settings.template_folders, silent)
        self._outlines: dict[str, Outline] = {}
        self._canvases: dict[str, Outline] = {}
        self._found: dict[str, list[Diagnostic]] = {}
        self._packed: dict[str, tuple[Packed, ...]] = {}
        for path, reason in files.unreadable:
            self._found[path] = [UnreadableFile().about(path, reason)]
        self._vault: Vault | None = None

    # --- reading ------------------------------------------------------------------------------

    def read(self, executor: "Executor | None" = None, progress: Callable[[int], None] | None = None) -> None:
        """Read all notes, in the executor's workers when there is one, but for those that were recalled.

        `progress` hears how many are done.
        """
        done = len(self._outlines)
        with _no_collector():
            for batch, count in self._batches(executor):
                self._keep(batch)
                done += count
                if progress is not None:
                    progress(done)
            # The order of the notes decides which candidates are named first.
            self._outlines = {
                path: self._outlines[path] for path in self.files.notes if path in self._outlines
            }
            self._read_canvases()

    @property
    def unread(self) -> tuple[str, ...]:
        """The notes that are neither read nor recalled."""
        return tuple(path for path in self.files.notes if path not in self._outlines)

    def _batches(self, executor: "Executor | None") -> Iterator[tuple[Batch, int]]:
        runs = list(batches(self.unread, _READ_AT_ONCE))
        if executor is None:
            for paths in runs:
                yield read_batch(self._reading, paths), len(paths)
            return
        # A batch carries only what concerns its own notes across the process boundary.
        silent = self._reading.hidden
        futures = [
            executor.submit(read_packed, self._reading._replace(hidden=silent.intersection(paths)), paths)
            for paths in runs
        ]
        for future, paths in zip(futures, runs, strict=True):
            yield unpacked(future.result()), len(paths)

    def recall(self, notes: Iterable[tuple[Packed, tuple[Packed, ...]]]) -> None:
        """Take these notes as an earlier run read them, which `kept` gave."""
        with _no_collector():
            for packed, found in notes:
                outline = Outline._make(packed)
                self._outlines[outline.path] = outline
                if found:
                    self._packed[outline.path] = found

    def kept(self, paths: Iterable[str]) -> Iterator[tuple[Packed, tuple[Packed, ...]]]:
        """Of those notes what a later run may recall. A note that gave trouble is to be read again."""
        for path in paths:
            outline = self._outlines.get(path)
            found = self._found.get(path, ())
            if outline is not None and all(one.code not in _TROUBLE for one in found):
                yield tuple(outline), self._packed.get(path) or pack_all(found)

    def _read_canvases(self) -> None:
        for path in self.files.others:
            if path.lower().endswith(".canvas"):
                try:
                    self._canvases[path] = outline_of_canvas(path, read_text(f"{self.files.root}/{path}"))
                except (Unreadable, NotACanvas) as error:
                    self._found[path] = [UnreadableFile().about(path, str(error))]

    def _keep(self, batch: Batch) -> None:
        for outline in batch.outlines:
            self._outlines[outline.path] = outline
        for diagnostic in batch.diagnostics:
            self._found.setdefault(diagnostic.path, []).append(diagnostic)
        self._vault = None

    def replace(self, texts: Mapping[str, str]) -> None:
        """The notes have these texts from now on: somebody wrote them."""
        for path in texts:
            self._found.pop(path, None)
            self._packed.pop(path, None)
        self._keep(read_batch(self._reading, tuple(texts), texts))

    def with_texts(self, texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        """All diagnostics as if the notes had these texts; nothing is written, and nothing kept."""
        other = copy(self)
        other._outlines = dict(self._outlines)
        other._found = dict(self._found)
        other._packed = dict(self._packed)
        other.replace(texts)
        return other.report().diagnostics

    def vault(self) -> Vault:
        """The vault as it was read."""
        if self._vault is None:
            files = self.files
            self._vault = Vault(
                self._outlines,
                (*files.notes, *files.others),
                self._settings,
                read=lambda path: text_of(files.root, path),
                canvases=self._canvases,
            )
        return self._vault

    # --- telling ------------------------------------------------------------------------------

    def report(self) -> Report:
        """What all rules found, in the notes that were asked for."""
        with _no_collector():
            return self._report_on(self._told_paths())

    def runs(self) -> list[Sequence[str]]:
        """The files that may have findings, in the runs that `fold` tells at a time."""
        return list(batches(self._told_paths(), _TOLD_AT_ONCE)) or [[]]

    def touched(self, before: Mapping[str, Outline]) -> frozenset[str] | None:
        """The files in which the rules may find something else since those notes were like `before`.

        None where that may be any. All other notes, and all paths, must be as they were.
        """
        now = {path: self._outlines.get(path) for path in before}
        if not all(rule.local for rule in self._vault_rules):
            return None
        if any(outline is None or face(outline) != face(before[path]) for path, outline in now.items()):
            return None
        vault = self.vault()
        found = set(before)
        for outline in (*before.values(), *(outline for outline in now.values() if outline is not None)):
            found.update(vault.targets(outline))
        return frozenset(found | vault.naming_places_in(before))

    def fold(
        self,
        tell: Callable[[Report], T],
        open_workers: "OpenWorkers | None" = None,
        known: Sequence[T | None] = (),
    ) -> Iterator[T]:
        """What `tell` makes of the report, some notes at a time, in the order of their paths.

        `known`: for each of `runs()` what it makes of them, where that is known.

        With `open_workers` the rules are asked in the workers that it opens, which must see this
        object: threads, or processes forked then. `tell` and what it gives must be picklable for those.
        """
        runs = self.runs()
        known = known or [None] * len(runs)
        with _no_collector():
            if open_workers is None or known.count(None) < 2:
                for run, part in zip(runs, known, strict=True):
                    yield tell(self._report_on(run)) if part is None else part
                return
            self.vault().prepare()
            _shared[id(self)] = self
            try:
                with open_workers() as executor:
                    assert executor is not None
                    futures = [
                        executor.submit(_tell, id(self), tell, run) if part is None else None
                        for run, part in zip(runs, known, strict=True)
                    ]
                    for future, part in zip(futures, known, strict=True):
                        yield cast("T", part) if future is None else future.result()
            finally:
                del _shared[id(self)]

    def _told_paths(self) -> Sequence[str]:
        """The files that may have findings somebody wants, in order.

        What could not be read is told wherever it lies, because links to and from it count; only what
        is left out is left out.
        """
        known = {*self._outlines, *self._canvases, *self._found}
        unread = {path for path, found in self._found.items() if found[0].code == UnreadableFile.code}
        unread -= self.files.hidden
        return sorted(path for path in known if path in unread or self._reported(path))

    def _report_on(self, paths: Sequence[str]) -> Report:
        """What all rules found in these files."""
        vault = self.vault()
        on_canvases = tuple(rule for rule in self._vault_rules if rule.on_canvases)
        diagnostics: list[Diagnostic] = []
        for path in paths:
            found = list(self._found.get(path, ()))
            if path in self._packed:
                found.extend(map(unpack, self._packed[path]))
            if (outline := self._outlines.get(path)) is not None:
                found.extend(_asked(self._vault_rules, outline, vault))
            elif (canvas := self._canvases.get(path)) is not None:
                found.extend(_asked(on_canvases, canvas, vault))
            if len(found) > 1:
                found.sort(key=_order)
            for one in found:
                # What is only worth knowing is fixed only where somebody named its rule.
                held_back = one.severity is Severity.INFO and one.code in self._unnamed
                diagnostics.append(_by_hand(one) if held_back else one)
        root = self.files.root
        return Report(
            all(one.code not in _TROUBLE for one in diagnostics),
            len(self._outlines),
            len(self.files.notes) + len(self.files.others),
            tuple(diagnostics),
            self._lines,
            cache(lambda path: text_of(root, path)),
        )

    def _lines(self, path: str) -> Lines:
        outline = self._outlines.get(path) or self._canvases.get(path)
        return outline.lines if outline is not None else Lines.of("")


_shared: dict[int, Linter] = {}  # what workers of this program find where they were forked


def _tell(key: int, tell: Callable[[Report], T], paths: Sequence[str]) -> T:
    return tell(_shared[key]._report_on(paths))


def _asked(rules: Sequence[VaultRule], outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
    """What vault rules find in a note; a rule that fails becomes a finding of its own."""
    in_template = vault.is_template(outline.path)
    for rule in rules:
        if (in_template and not rule.on_templates) or (outline.drawing and not rule.on_drawings):
            continue
        try:
            yield from rule.check(outline, vault)
        except Exception as error:  # noqa: BLE001 - one bad rule must not hide what the others find
            yield RuleCrash().about(outline.path, rule, error)


def _by_hand(diagnostic: Diagnostic) -> Diagnostic:
    """The same finding with fixes that are shown and never applied."""
    fixes = tuple(fix._replace(safety=Safety.MANUAL) for fix in diagnostic.fixes)
    return diagnostic._replace(fixes=fixes)


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
    return diagnostic.order


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


def settings_of(files: VaultFiles, config: Config = Config()) -> Settings:
    """What Obsidian's own settings and the configuration say, as the vault needs it."""
    obsidian = files.settings
    folders = (obsidian.templates_folder, obsidian.templater_folder)
    return Settings(
        link_format=obsidian.new_link_format,
        template_folders=tuple(folder for folder in folders if folder),
        daily_folder=obsidian.daily_notes_folder,
        daily_format=obsidian.daily_notes_format,
        topics=_matcher(config.topics.include),
        not_topics=_matcher(config.topics.exclude),
        hubs=_matcher(config.hubs.include),
        property_types=obsidian.property_types,
    )


def _matcher(globs: Sequence[str]) -> Callable[[str], bool] | None:
    """Whether a path matches one of the patterns, which read as in `.gitignore`; None without patterns."""
    if not globs:
        return None
    patterns, refused = parse_patterns(globs, "the configuration")
    if refused:
        raise VaultlintError(refused[0])

    def matches(path: str) -> bool:
        verdict = patterns.verdict(path, path[path.rfind("/") + 1 :], folder=False)
        folder = path
        while verdict is None and "/" in folder:
            folder = folder[: folder.rfind("/")]
            verdict = patterns.verdict(folder, folder[folder.rfind("/") + 1 :], folder=True)
        return bool(verdict)

    return matches


def open_linter(
    root: Path,
    config: Config,
    rule_classes: Mapping[str, type[Rule]],
    paths: Sequence[Path] = (),
    listing: Listing | None = None,
) -> Linter:
    """The vault at `root`, listed but not yet read. `paths` below it are the ones to report on; none: all.

    `listing`: what lies in it, where that is known already. Raises `VaultlintError` when the folder
    cannot be listed or holds no note.
    """
    files = discover(root, exclude=config.exclude, config_folder=config.config_folder, listing=listing)
    if not files.notes:
        raise VaultlintError(f"there are no notes (.md files) in “{root}”")
    reported = inside([root_relative(files.root, path) for path in paths])
    rules = selected(config, rule_classes)
    unnamed = frozenset(rule.code for rule in rules if not is_named(config, rule.code, rule.name))
    return Linter(files, rules, settings_of(files, config), reported=reported, unnamed=unnamed)


def root_relative(root: Path, path: Path) -> str:
    """The vault-relative form of a path inside the vault; empty for the root itself."""
    relative = os.path.relpath(os.path.realpath(path), root)
    return "" if relative == "." else relative.replace(os.sep, "/")


def inside(paths: Sequence[str]) -> Callable[[str], bool]:
    """Whether a vault-relative path is one of these files or lies below one of these folders."""
    wanted = [path for path in paths if path]
    if len(wanted) < len(paths) or not paths:
        return lambda path: True
    files = frozenset(wanted)
    folders = tuple(path + "/" for path in wanted)
    return lambda path: path in files or path.startswith(folders)
