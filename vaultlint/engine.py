"""From files to diagnostics: every note is read once, then the vault rules are asked note by note."""

import gc
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import NamedTuple

from vaultlint.config import Config, is_named, selected
from vaultlint.diagnostic import Diagnostic, Safety, Severity
from vaultlint.discovery import VaultFiles, discover
from vaultlint.errors import VaultlintError
from vaultlint.ignore import parse_patterns
from vaultlint.note import Outline
from vaultlint.own_rules import RuleCrash, UnreadableFile
from vaultlint.parse import NotACanvas, outline_of_canvas
from vaultlint.reading import Batch, Reading, Unreadable, batches, read_batch, read_text, text_of
from vaultlint.rule import NoteRule, Rule, VaultRule
from vaultlint.text import Lines
from vaultlint.vault import Settings, Vault

SERIAL_BELOW = 400
"""Notes. Starting worker processes for fewer costs more than it saves."""

_BATCH = 128


class Report(NamedTuple):
    """The outcome of a run. Two runs on the same vault give equal reports."""

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
    from them count.
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
        silent = frozenset(path for path in files.notes if not self._reported(path))
        self._reading = Reading(str(files.root), self._note_rules, settings.template_folders, silent)
        self._outlines: dict[str, Outline] = {}
        self._canvases: dict[str, Outline] = {}
        self._found: dict[str, list[Diagnostic]] = {}
        self._complete = True

    def read(self, executor: Executor | None = None, progress: Callable[[int], None] | None = None) -> None:
        """Read all notes, in the executor's workers when there is one. `progress` hears how many are done."""
        done = 0
        with _no_collector():
            for batch, count in self._batches(executor):
                self._keep(batch)
                done += count
                if progress is not None:
                    progress(done)
            self._read_canvases()

    def _read_canvases(self) -> None:
        for path in self.files.others:
            if path.lower().endswith(".canvas"):
                try:
                    self._canvases[path] = outline_of_canvas(path, read_text(f"{self.files.root}/{path}"))
                except (Unreadable, NotACanvas) as error:
                    self._found[path] = [UnreadableFile().about(path, str(error))]
                    self._complete = False

    def _batches(self, executor: Executor | None) -> Iterator[tuple[Batch, int]]:
        runs = list(batches(self.files.notes, _BATCH))
        if executor is None:
            for paths in runs:
                yield read_batch(self._reading, paths), len(paths)
            return
        # A batch carries only what concerns its own notes across the process boundary.
        silent = self._reading.hidden
        futures = [
            executor.submit(read_batch, self._reading._replace(hidden=silent.intersection(paths)), paths)
            for paths in runs
        ]
        for future, paths in zip(futures, runs, strict=True):
            yield future.result(), len(paths)

    def _keep(self, batch: Batch) -> None:
        for outline in batch.outlines:
            self._outlines[outline.path] = outline
        for diagnostic in batch.diagnostics:
            self._found.setdefault(diagnostic.path, []).append(diagnostic)
        self._complete = self._complete and batch.complete

    def vault(self) -> Vault:
        """The vault as it was read."""
        return self._vault_of(self._outlines)

    def _vault_of(self, outlines: Mapping[str, Outline]) -> Vault:
        files = self.files
        return Vault(
            outlines,
            (*files.notes, *files.others),
            self._settings,
            read=lambda path: text_of(files.root, path),
            canvases=self._canvases,
        )

    def report(self) -> Report:
        """What all rules found, in the notes that were asked for."""
        with _no_collector():
            diagnostics, complete = self._ask_vault_rules(self.vault())
            for found in self._found.values():
                diagnostics.extend(found)
            unlisted = [UnreadableFile().about(path, reason) for path, reason in self.files.unreadable]
            diagnostics.extend(unlisted)
            diagnostics = self._told(diagnostics)
        return Report(
            self._complete and complete and not unlisted,
            len(self._outlines),
            len(self.files.notes) + len(self.files.others),
            tuple(diagnostics),
            self._lines,
            cache(lambda path: text_of(self.files.root, path)),
        )

    def with_texts(self, texts: Mapping[str, str]) -> list[Diagnostic]:
        """All diagnostics as if the notes had these texts; nothing is written, and nothing kept."""
        batch = read_batch(self._reading, tuple(texts), texts)
        outlines = {**self._outlines, **{outline.path: outline for outline in batch.outlines}}
        diagnostics, _ = self._ask_vault_rules(self._vault_of(outlines))
        diagnostics.extend(batch.diagnostics)
        for path, found in self._found.items():
            if path not in texts:
                diagnostics.extend(found)
        return self._told(diagnostics)

    def _told(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Those in the notes that were asked for, in order, with the fixes that may be taken.

        What is only worth knowing is fixed only where somebody named its rule.
        """
        told = [
            _by_hand(one) if one.severity is Severity.INFO and one.code in self._unnamed else one
            for one in diagnostics
            if self._reported(one.path)
        ]
        told.sort(key=_order)
        return told

    def replace(self, texts: Mapping[str, str]) -> None:
        """The notes have these texts from now on: somebody wrote them."""
        for path in texts:
            self._found.pop(path, None)
        self._keep(read_batch(self._reading, tuple(texts), texts))

    def _lines(self, path: str) -> Lines:
        outline = self._outlines.get(path) or self._canvases.get(path)
        return outline.lines if outline is not None else Lines.of("")

    def _ask_vault_rules(self, vault: Vault) -> tuple[list[Diagnostic], bool]:
        """What the vault rules find, and whether none of them failed."""
        diagnostics: list[Diagnostic] = []
        complete = True
        asked = [(outline, self._vault_rules) for outline in vault.outlines.values()]
        on_canvases = tuple(rule for rule in self._vault_rules if rule.on_canvases)
        asked += [(outline, on_canvases) for outline in vault.canvases.values()]
        for outline, rules in asked:
            path = outline.path
            if not self._reported(path):
                continue
            in_template = vault.is_template(path)
            for rule in rules:
                if (in_template and not rule.on_templates) or (outline.drawing and not rule.on_drawings):
                    continue
                try:
                    diagnostics.extend(list(rule.check(outline, vault)))
                except Exception as error:  # noqa: BLE001 - one bad rule must not hide what the others find
                    diagnostics.append(RuleCrash().about(path, rule, error))
                    complete = False
        return diagnostics, complete


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


def workers(notes: int, jobs: int | None) -> int:
    """How many processes to read with: `jobs` where it is given, else one for each core."""
    if notes < SERIAL_BELOW:
        return 1
    return jobs if jobs is not None else _cores()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def pool(count: int) -> Iterator[Executor | None]:
    """An executor with that many processes; None for one."""
    if count <= 1:
        yield None
        return
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    # Forking is quickest, and safe here: this process has no threads yet.
    method = "fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn"
    executor = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context(method))
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def settings_of(files: VaultFiles, config: Config = Config()) -> Settings:
    """What Obsidian's own settings and the configuration say, as the vault needs it."""
    obsidian = files.settings
    folders = (obsidian.templates_folder, obsidian.templater_folder)
    return Settings(
        link_format=obsidian.new_link_format,
        template_folders=tuple(folder for folder in folders if folder),
        daily_folder=obsidian.daily_notes_folder,
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
    root: Path, config: Config, rule_classes: Mapping[str, type[Rule]], paths: Sequence[Path] = ()
) -> Linter:
    """The vault at `root`, listed but not yet read. `paths` below it are the ones to report on; none: all.

    Raises `VaultlintError` when the folder cannot be listed or holds no note.
    """
    files = discover(root, exclude=config.exclude, config_folder=config.config_folder)
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
