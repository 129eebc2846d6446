"""`vaultlint check` where no earlier run can answer it."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

from vaultlint.commands import CLEAN, FAILED, FOUND, warn
from vaultlint.commands.opening import Opened, opened
from vaultlint.config import known_rules
from vaultlint.own_rules import OWN_RULES
from vaultlint.recall import Answer, Memory
from vaultlint.registry import load_rules
from vaultlint.report import Part, Report, Tally, Wanted, format_named
from vaultlint.retelling import known_parts, plain_tally
from vaultlint.workers import can_fork, processes, workers

if TYPE_CHECKING:
    from vaultlint.commands.asking import Dialogue
    from vaultlint.config import Config
    from vaultlint.engine import Linter, OpenWorkers
    from vaultlint.git_log import Log
    from vaultlint.rule import Rule

Pieces: TypeAlias = Iterable[str | bytes]
"""A report in order; bytes are UTF-8."""


class Write(Protocol):
    """Writes a report, to the file that the arguments name, or to another; None: standard output."""

    def __call__(self, pieces: Pieces, *, output: Path | None = ...) -> None:  # noqa: D102
        ...


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
    write: Write,
) -> Outcome:
    """Check the vault at `root`, report with `write`, and keep in the memory what the next run may need."""
    wanted = _dialogue().wants if options.interactive else None
    vault = opened(root, paths, options, memory)
    linter, config = vault.linter, vault.config
    notes = linter.files.notes
    if memory is not None:
        linter.recall(*memory.notes(notes))
    linter.read_by(options.jobs, _progress(len(notes)))
    if memory is not None:
        memory.keep_notes(notes, linter.kept)
    warn(linter.files.warnings)
    changes = options.fix or options.add_suppressions
    if not (changes or options.diff):
        if options.report:
            return _told_to_all(vault, options, write)
        return _told(vault, options, memory, write)
    from vaultlint.commands.mending import add_suppressions, diff, fix

    if options.diff:
        text, complete = diff(linter, unsafe=options.unsafe_fixes, suppress=options.add_suppressions)
        write([text])
        return Outcome((), config.fail_on, (FOUND if text else CLEAN) if complete else FAILED)
    changed = 0
    if options.fix:
        changed = fix(linter, unsafe=options.unsafe_fixes, wanted=wanted)
    if options.add_suppressions:
        changed += add_suppressions(linter)
    warn([memory.problem] if memory is not None and memory.problem is not None else ())
    outcome = _told_to_all(vault, options, write)
    if changed and options.exit_non_zero_on_fix and outcome.status is None:
        return outcome._replace(status=FOUND)
    return outcome


def _dialogue() -> "Dialogue":
    """The one that decides about fixes. Raises `VaultlintError` where nobody can be asked."""
    from vaultlint.commands.asking import on_terminal

    return on_terminal()


def _told(
    vault: Opened,
    options: argparse.Namespace,
    memory: Memory | None,
    write: Write,
) -> Outcome:
    """Report what there is to report."""
    linter, config, log = vault
    wanted = _wanted(linter, config, options)
    form = format_named(options.format, wanted)
    known = known_parts(linter, memory) if memory is not None else ()
    parts = list(linter.fold(form.part, _tellers(linter, options), known))
    pieces = list(form.whole(parts))
    write(pieces)
    warnings = _warnings(log)
    warn(warnings)
    tally = Tally.total(part.tally for part in parts)
    if memory is not None:
        if tally.complete:
            found = tuple(str(severity) for severity in tally.severities)
            answer = Answer((), found, str(config.fail_on), (*linter.files.warnings, *warnings))
            told = [(part.text, plain_tally(part.tally)) for part in parts]
            looked_back = log is not None and log.asked
            memory.keep_report(told, pieces, answer, linter.vault().indexes(), looked_back=looked_back)
        warn([memory.problem] if memory.problem is not None else ())
    return _outcome(tally, config)


def _told_to_all(vault: Opened, options: argparse.Namespace, write: Write) -> Outcome:
    """Report in several formats. The rules are asked once."""
    linter, config, log = vault
    wanted = _wanted(linter, config, options)
    asked: list[tuple[str, Path | None]] = [(options.format, options.output), *options.report]
    plain = wanted._replace(colour=False)
    forms = [format_named(name, plain if file else wanted) for name, file in asked]
    tell = partial(_in_each, [form.part for form in forms])
    parts = list(linter.fold(tell, _tellers(linter, options)))
    for number, (form, (_, file)) in enumerate(zip(forms, asked, strict=True)):
        write(form.whole([part[number] for part in parts]), output=file)
    warn(_warnings(log))
    return _outcome(Tally.total(part[0].tally for part in parts), config)


def _warnings(log: "Log | None") -> Sequence[str]:
    """What to say of the history, if somebody asked for it."""
    cut = log().cut if log is not None and log.asked else None
    return [f"history: {cut}"] if cut is not None else []


def _in_each(tellers: Sequence[Callable[[Report], Part]], report: Report) -> list[Part]:
    return [tell(report) for tell in tellers]


def _wanted(linter: "Linter", config: "Config", options: argparse.Namespace) -> Wanted:
    def rules() -> "Mapping[str, type[Rule]]":
        return {rule.code: rule for rule in OWN_RULES} | dict(known_rules(config, load_rules()))

    return Wanted(options.max_diagnostics, options.prefix, rules, options.colour, linter.vault)


def _tellers(linter: "Linter", options: argparse.Namespace) -> "OpenWorkers | None":
    """What opens the processes that ask the rules, where they are worth it."""
    count = workers(len(linter.files.notes), options.jobs)
    return partial(processes, count) if count > 1 and can_fork() else None


def _outcome(tally: Tally, config: "Config") -> Outcome:
    found = tuple(str(severity) for severity in tally.severities)
    return Outcome(found, config.fail_on, None if tally.complete else FAILED)


def _progress(total: int) -> Callable[[int], None] | None:
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
