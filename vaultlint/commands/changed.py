"""`vaultlint check --since` and `--staged`: what is wrong in what changed, and what that broke elsewhere.

What was found elsewhere before is left out. "Before" is another vault: the same notes but for those that
changed, under today's configuration. Of it only the changed notes are read, and only those notes are asked
about in which something is found now.
"""

import argparse
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from vaultlint.baseline import Baseline, Entries, entries_of
from vaultlint.commands import warn
from vaultlint.commands.check import Outcome, Write, after_mending, mend, progress, told, workers_of
from vaultlint.commands.opening import Place, otherwise, recall
from vaultlint.diagnostic import Diagnostic
from vaultlint.errors import VaultlintError
from vaultlint.git_changes import Change, since, staged
from vaultlint.listing import list_vault
from vaultlint.recall import Memory
from vaultlint.retelling import with_indexes

if TYPE_CHECKING:
    from vaultlint.engine import Linter, Report


def check_change(
    place: Place,
    paths: list[Path],
    options: argparse.Namespace,
    memory: Memory | None,
    write: Write,
) -> Outcome:
    """Check what changed in a vault, and report with `write`."""
    mending = options.fix or options.diff or options.add_suppressions
    if options.staged and mending:
        raise VaultlintError("--staged checks what is staged, and fixes are for files: leave out one of them")
    listing = place.listing or list_vault(str(place.root), stamped=True)
    change = staged(listing) if options.staged else since(listing, options.since)
    place = place._replace(listing=listing)
    linter, old = place.linter(paths, change.now), place.linter((), change.before)
    if memory is not None:
        recall(linter, change.now, memory)
    _read(linter, old, change, options, memory)
    warn(linter.files.warnings)
    if not mending:
        report = _report(linter, old, change, options)
        if memory is not None and report.complete and not any(change.now):
            memory.keep_indexes(linter.vault().indexes())
        return told(report, linter, place, options, write)
    linter.narrow(change.changed)
    mended = mend(linter, place, options, write)
    if isinstance(mended, Outcome):
        return mended
    return after_mending(mended, options, told(linter.report(), linter, place, options, write))


# --- the two vaults ---------------------------------------------------------------------------


def _read(
    linter: "Linter", old: "Linter", change: Change, options: argparse.Namespace, memory: Memory | None
) -> None:
    """Read the vault as it is now, and of the old one what was otherwise."""
    linter.read_by(options.jobs, progress(len(linter.files.notes)))
    if memory is not None and not any(change.now):  # it is as it is on the disk
        if not memory.nearly_whole:
            memory.keep_notes(linter.files.notes, linter.kept)
        warn([memory.problem] if memory.problem is not None else ())
        with_indexes(linter, memory)
    others = otherwise(change.now) | otherwise(change.before)
    alike = set(linter.files.notes) - others
    old.recall(linter.kept(path for path in old.files.notes if path in alike))
    old.read_by(options.jobs)
    old.share_indexes(linter, others)


# --- what is new ------------------------------------------------------------------------------


def _report(linter: "Linter", old: "Linter", change: Change, options: argparse.Namespace) -> "Report":
    """All findings in what changed, and elsewhere those that were not there before."""
    here = linter.report(change.changed)
    affected = linter.affected(old, change.changed)
    if affected is None:
        affected = frozenset((*linter.files.notes, *linter.files.others))
    now = _entries(linter, affected - change.changed, options)
    before = _entries(old, now.keys(), options)
    broken = {path for path, entries in now.items() if entries - before.get(path, Counter())}
    elsewhere = linter.report((broken | linter.unreadable) - change.changed)
    known = Baseline.of_entries(before)
    new = [one for path, found in _by_path(elsewhere.diagnostics) for one in known.new(path, found, ())[0]]
    diagnostics = sorted([*here.diagnostics, *new], key=attrgetter("order"))
    complete = here.complete and elsewhere.complete
    # How the whole vault stands to its baseline is not asked here.
    return here._replace(complete=complete, diagnostics=tuple(diagnostics), baseline=None)


def _entries(linter: "Linter", paths: Container[str], options: argparse.Namespace) -> dict[str, Entries]:
    """What is found in each of these files, as a baseline knows it; of what could be read."""
    linter.narrow(paths)
    found: dict[str, Entries] = {}
    for part in linter.fold(_entries_of, workers_of(linter, options)):
        found.update(part)
    linter.narrow(None)
    for path in linter.unreadable:
        found.pop(path, None)
    return found


def _entries_of(report: "Report") -> dict[str, Entries]:
    return {path: entries_of(found) for path, found in _by_path(report.diagnostics)}


def _by_path(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, list[Diagnostic]]]:
    return ((path, list(found)) for path, found in groupby(diagnostics, attrgetter("path")))
