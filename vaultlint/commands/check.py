"""`vaultlint check` where no earlier run can answer it."""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from vaultlint.commands import CLEAN, FAILED, FOUND, warn
from vaultlint.commands.opening import place
from vaultlint.recall import Answer, Memory
from vaultlint.report import Part, Report, Tally
from vaultlint.retelling import known_parts, plain_tally
from vaultlint.workers import can_fork, processes, workers

if TYPE_CHECKING:
    from vaultlint.config import Config
    from vaultlint.engine import Linter, OpenWorkers

Pieces: TypeAlias = Iterable[str | bytes]
"""A report in order; bytes are UTF-8."""


class Outcome(NamedTuple):
    """What a run found, as far as the exit status depends on it."""

    severities: Sequence[str]
    fail_on: str
    status: int | None = None
    """Where something else decides."""


def fresh_check(
    root: Path,
    paths: list[Path],
    options: argparse.Namespace,
    memory: Memory | None,
    write: Callable[[Pieces], None],
) -> Outcome:
    """Check the vault at `root`, report with `write`, and keep in the memory what the next run may need."""
    opened = place(root, options, memory)
    if options.staged or options.since is not None:
        from vaultlint.commands.changed import check_change

        return check_change(opened, paths, options, memory, write)
    if options.stdin_filename is not None:
        from vaultlint.commands.stdin import check_stdin

        return check_stdin(opened, options, memory, write)
    linter, config = opened.linter(paths), opened.config
    notes = linter.files.notes
    if memory is not None:
        linter.recall(*memory.notes(notes))
    linter.read_by(options.jobs, progress(len(notes)))
    if memory is not None:
        memory.keep_notes(notes, linter.kept)
    warn(linter.files.warnings)
    if not (options.fix or options.add_suppressions or options.diff):
        return _told(linter, config, options, memory, write)
    mended = mend(linter, config, options, write)
    if isinstance(mended, Outcome):
        return mended
    warn([memory.problem] if memory is not None and memory.problem is not None else ())
    return after_mending(mended, options, _told(linter, config, options, None, write))


def mend(
    linter: "Linter", config: "Config", options: argparse.Namespace, write: Callable[[Pieces], None]
) -> int | Outcome:
    """Fix or suppress what the linter finds; gives how many notes were written, or how the run ends that only
    shows it."""
    from vaultlint.commands.mending import add_suppressions, diff, fix

    if options.diff:
        text, complete = diff(linter, unsafe=options.unsafe_fixes, suppress=options.add_suppressions)
        write([text])
        return Outcome((), config.fail_on, (FOUND if text else CLEAN) if complete else FAILED)
    changed = 0
    if options.fix:
        changed = fix(linter, unsafe=options.unsafe_fixes)
    if options.add_suppressions:
        changed += add_suppressions(linter)
    return changed


def after_mending(changed: int, options: argparse.Namespace, outcome: Outcome) -> Outcome:
    """The outcome of a run that wrote so many notes."""
    if changed and options.exit_non_zero_on_fix and outcome.status is None:
        return outcome._replace(status=FOUND)
    return outcome


def told(
    report: Report, config: "Config", options: argparse.Namespace, write: Callable[[Pieces], None]
) -> Outcome:
    """Report what is at hand, of which nothing is kept."""
    tell, put_together = formats(options)
    write(put_together([tell(report)]))
    found = tuple(str(severity) for severity in Tally.of(report).severities)
    return Outcome(found, config.fail_on, None if report.complete else FAILED)


def _told(
    linter: "Linter",
    config: "Config",
    options: argparse.Namespace,
    memory: Memory | None,
    write: Callable[[Pieces], None],
) -> Outcome:
    """Report what there is to report."""
    tell, put_together = formats(options)
    known = known_parts(linter, memory) if memory is not None else ()
    parts = list(linter.fold(tell, workers_of(linter, options), known))
    pieces = list(put_together(parts))
    write(pieces)
    tally = Tally.total(part.tally for part in parts)
    found = tuple(str(severity) for severity in tally.severities)
    if memory is not None:
        if tally.complete:
            answer = Answer((), found, str(config.fail_on), linter.files.warnings)
            told = [(part.text, plain_tally(part.tally)) for part in parts]
            memory.keep_report(told, pieces, answer, linter.vault().indexes())
        warn([memory.problem] if memory.problem is not None else ())
    return Outcome(found, config.fail_on, None if tally.complete else FAILED)


def workers_of(linter: "Linter", options: argparse.Namespace) -> "OpenWorkers | None":
    """What opens the processes that ask the rules; None where one is enough."""
    count = workers(len(linter.files.notes), options.jobs)
    return partial(processes, count) if count > 1 and can_fork() else None


def formats(
    options: argparse.Namespace,
) -> tuple[Callable[[Report], Part], Callable[[Sequence[Part]], Pieces]]:
    """How a part of the report is told, and how the parts are put together."""
    if options.statistics:
        from vaultlint.report.statistics import statistics_as_json, statistics_as_text, statistics_part

        return statistics_part, statistics_as_json if options.format == "json" else statistics_as_text
    if options.format == "json":
        from vaultlint.report.json import json_of, json_part

        return json_part, json_of
    from vaultlint.report.text import text_of, text_part

    shown, full = options.max_diagnostics, options.format == "full"
    return (
        partial(text_part, colour=options.colour, max_diagnostics=shown, full=full),
        partial(text_of, max_diagnostics=shown, full=full),
    )


def progress(total: int) -> Callable[[int], None] | None:
    """Says on a terminal how far the reading is, once it takes longer than a second."""
    if not sys.stderr.isatty():
        return None
    from time import monotonic

    begun = monotonic()

    def show(done: int) -> None:
        if done >= total:
            sys.stderr.write("\r\x1b[K")
        elif monotonic() - begun > 1:
            sys.stderr.write(f"\rreading notes: {done:,} of {total:,}\x1b[K")
            sys.stderr.flush()

    return show
