"""`vaultlint check --watch`: check again after every change, and tell what is new."""

import argparse
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from vaultlint.baseline import Baseline
from vaultlint.commands import CLEAN, warn
from vaultlint.commands.check import Write
from vaultlint.commands.opening import place
from vaultlint.config import find_config
from vaultlint.config_file import baseline_file, schema_files, sources_of
from vaultlint.diagnostic import Diagnostic
from vaultlint.discovery import outside_inputs
from vaultlint.errors import VaultlintError
from vaultlint.fingerprint import fingerprints
from vaultlint.recall import Memory
from vaultlint.report import Report
from vaultlint.report.text import render_text
from vaultlint.signature import config_inputs, contents_of
from vaultlint.text import counted

if TYPE_CHECKING:
    from watchfiles import Change

OpenMemory = Callable[[], Memory | None]


def watch(
    root: Path,
    paths: list[Path],
    options: argparse.Namespace,
    open_memory: OpenMemory,
    write: Write,
) -> int:
    """Check the vault at `root` whenever it changes, until somebody interrupts; gives the exit status.

    Raises `VaultlintError` where the library that watches is not installed.
    """
    try:
        from watchfiles import watch as changes_in
    except ImportError:
        raise VaultlintError(
            "--watch needs the extra “watch”: pip install 'obsidian-vaultlint[watch]'"
        ) from None
    gc.enable()
    check = partial(_checked, root, paths, options, open_memory)
    before = check()
    write(_whole(before, options))
    told = False
    above = _Above(root, options)
    # The first time is when the watch has begun: what changed before is seen then.
    watched = changes_in(root, watch_filter=_counts, yield_on_timeout=True, rust_timeout=1000)
    try:
        for changes in watched:
            if above.changed() or changes or not told:
                before = _again(before, check, options, write)
            if not told:
                warn([f"watching {root}; Ctrl-C ends it"])
                told = True
    except KeyboardInterrupt:
        pass  # that is how it ends
    return CLEAN


class _Above:
    """The files outside the vault that configure it, looked at now and then: there are a few of them, and
    whatever watches folders would watch all that lies beside them."""

    def __init__(self, root: Path, options: argparse.Namespace) -> None:
        self._root = root
        self._options = options
        self._paths: list[str] = []
        self._before = self._looked_at()

    def changed(self) -> bool:
        """Whether they are others than when this was asked last."""
        before, self._before = self._before, self._looked_at()
        return self._before != before

    def _looked_at(self) -> bytes:
        # The check tells of a mistake, and until it is mended the files count that were known before.
        with suppress(VaultlintError):
            self._paths = self._found()
        return contents_of(self._paths)

    def _found(self) -> list[str]:
        """Their paths. Raises `VaultlintError` for a configuration that cannot be read."""
        options = self._options
        explicit = options.config
        paths = outside_inputs(str(self._root))
        if explicit is not None or not (options.isolated or options.untrusted):
            paths += config_inputs(self._root, explicit)
            path = explicit or find_config(self._root)
            if path is not None:
                paths += map(str, (*sources_of(path), *schema_files(path), baseline_file(path) or path))
        inside = os.path.join(os.path.abspath(self._root), "")  # noqa: PTH100, PTH118 - strings throughout
        return [path for path in map(os.path.abspath, paths) if not path.startswith(inside)]


def _again(before: Report, check: Callable[[], Report], options: argparse.Namespace, write: Write) -> Report:
    """Check once more, and tell what is new; a mistake in the configuration ends nothing."""
    try:
        now = check()
    except VaultlintError as error:
        warn([str(error)])
        return before
    write(_differences(before, now, options))
    return now


def _checked(root: Path, paths: list[Path], options: argparse.Namespace, open_memory: OpenMemory) -> Report:
    """What is found now; what is known of unchanged notes is recalled."""
    memory = open_memory()
    linter = place(root, options, memory).linter(paths)
    notes = linter.files.notes
    if memory is not None:
        linter.recall(*memory.notes(notes))
    linter.read_by(options.jobs)
    if memory is not None:
        memory.keep_notes(notes, linter.kept)
    return linter.report()


def _whole(report: Report, options: argparse.Namespace) -> Iterator[str]:
    return render_text(
        report,
        colour=options.colour,
        max_diagnostics=options.max_diagnostics,
        full=options.format == "full",
    )


def _differences(before: Report, now: Report, options: argparse.Namespace) -> Iterator[str]:
    """What is found now and was not before, and how much is gone; nothing where both are the same."""
    had, has = (Counter(fingerprints(report.diagnostics)) for report in (before, now))
    gone = (had - has).total()
    new = list(_new(Baseline.of(before.diagnostics), now.diagnostics))
    if not new and not gone:
        return
    yield "\n"
    shown = now._replace(diagnostics=tuple(new), baseline=None)
    if new:
        yield from _whole(shown, options)
    left = counted(len(now.diagnostics), "finding")
    yield f"{len(new)} new, {gone} gone: {left} now\n"


def _new(old: Baseline, found: Sequence[Diagnostic]) -> Iterator[Diagnostic]:
    for path, those in groupby(found, attrgetter("path")):
        yield from old.new(path, list(those), ())[0]


def _counts(_change: "Change", path: str) -> bool:
    """Whether a change of that file may change what is found: git's own files, what Obsidian notes of its
    windows and what is written beside a note for a moment do not."""
    where = PurePath(path)
    passing = where.name.startswith((".vl-", "workspace")) and where.suffix in (".tmp", ".kept", ".json")
    return ".git" not in where.parts and not passing
