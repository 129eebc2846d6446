"""`vaultlint check` where no earlier run can answer it."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from vaultlint.assembly import is_whole, root_relative
from vaultlint.commands import CLEAN, FAILED, FOUND, warn
from vaultlint.commands.opening import Place, place
from vaultlint.config import known_rules
from vaultlint.own_rules import OWN_RULES
from vaultlint.registry import load_rules
from vaultlint.report import Counted, Format, Part, Report, Tally, Wanted, format_named, texts
from vaultlint.retelling import known_parts, plain_tally
from vaultlint.workers import forks

if TYPE_CHECKING:
    from vaultlint.commands.asking import Dialogue
    from vaultlint.config import Config
    from vaultlint.engine import Linter
    from vaultlint.git_log import Log
    from vaultlint.recall import Memory
    from vaultlint.rule import Rule
    from vaultlint.workers import OpenWorkers

Pieces: TypeAlias = Iterable[str | bytes | memoryview]
"""A report in order; what is no text is UTF-8."""


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
    memory: "Memory | None",
    write: Write,
) -> Outcome:
    """Check the vault at `root`, report with `write`, and keep in the memory what the next run may need."""
    opened = place(root, options, memory)
    if options.staged or options.since is not None:
        from vaultlint.commands.changed import check_change

        return check_change(opened, paths, options, memory, write)
    if options.stdin_filename is not None:
        from vaultlint.commands.stdin import check_stdin

        return check_stdin(opened, options, memory, write)
    linter = opened.linter(paths)
    notes = linter.files.notes
    if memory is not None:
        linter.recall(*memory.notes(notes))
    linter.read_by(options.jobs, progress(len(notes)))
    whole = is_whole([root_relative(linter.files.root, path) for path in paths])
    if memory is not None and (whole or not memory.nearly_whole):
        memory.keep_notes(notes, linter.kept)
    warn(linter.files.warnings)
    if not (options.fix or options.add_suppressions or options.diff):
        if options.report:
            return _told_to_all(linter, opened, options, write)
        return _told(linter, opened, options, memory, write)
    mended = mend(linter, opened, options, write)
    if isinstance(mended, Outcome):
        return mended
    warn([memory.problem] if memory is not None and memory.problem is not None else ())
    return after_mending(mended, options, _told_to_all(linter, opened, options, write))


def mend(linter: "Linter", place: Place, options: argparse.Namespace, write: Write) -> int | Outcome:
    """Fix or suppress what the linter finds; gives how many notes were written, or how the run ends that only
    shows it."""
    from vaultlint.commands.mending import add_suppressions, diff, fix

    workers_for = partial(forks, jobs=options.jobs)
    if options.diff:
        suppress = options.add_suppressions
        pieces, complete = diff(linter, workers_for, unsafe=options.unsafe_fixes, suppress=suppress)
        first = next(pieces, None)
        write(chain(() if first is None else (first,), pieces))
        return Outcome((), place.config.fail_on, (CLEAN if first is None else FOUND) if complete else FAILED)
    changed = 0
    if options.fix:
        wanted = _dialogue().wants if options.interactive else None
        changed = fix(linter, workers_for, unsafe=options.unsafe_fixes, wanted=wanted)
    if options.add_suppressions:
        changed += add_suppressions(linter, workers_for)
    return changed


def after_mending(changed: int, options: argparse.Namespace, outcome: Outcome) -> Outcome:
    """The outcome of a run that wrote so many notes."""
    if changed and options.exit_non_zero_on_fix and outcome.status is None:
        return outcome._replace(status=FOUND)
    return outcome


def _dialogue() -> "Dialogue":
    """The one that decides about fixes. Raises `VaultlintError` where nobody can be asked."""
    from vaultlint.commands.asking import on_terminal

    return on_terminal()


def _told(
    linter: "Linter",
    place: Place,
    options: argparse.Namespace,
    memory: "Memory | None",
    write: Write,
) -> Outcome:
    """Report what there is to report."""
    config, log = place.config, place.log
    wanted = _wanted(linter, config, options)
    form = _form(options, wanted)
    known = known_parts(linter, memory) if memory is not None else ()
    parts = Counted(linter.fold(form.part, workers_of(linter, options), known, form.join))
    if memory is None:
        write(texts(form.whole(parts)))
        warn(_warnings(log))
        return _outcome(parts.tally, config)
    from vaultlint.recall import Answer

    telling = _Remembered(memory)
    write(telling.pieces(form.whole(telling.parts(parts))))
    warnings = _warnings(log)
    warn(warnings)
    tally = parts.tally
    if tally.complete:
        found = tuple(str(severity) for severity in tally.severities)
        kept = tuple(telling.kept_pieces)
        answer = Answer(kept, found, str(config.fail_on), (*linter.files.warnings, *warnings))
        looked_back = log is not None and log.asked
        memory.keep_report(telling.kept_parts, answer, looked_back=looked_back)
        memory.keep_indexes(linter.vault().indexes())
    warn([memory.problem] if memory.problem is not None else ())
    return _outcome(tally, config)


class _Remembered:
    """A report on its way out, of which the memory keeps each part as it passes, and all of it at the end."""

    def __init__(self, memory: "Memory") -> None:
        self._memory = memory
        self.kept_parts: list[tuple[str | bytes, Any]] = []
        """What stands in the memory for each part, with its tally."""
        self.kept_pieces: list[str | bytes] = []
        """The report in order: text, and what stands for parts."""

    def parts(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The same parts, kept."""
        for part in parts:
            record = self._memory.keep_part(part.text) if part.record is None else part.record
            self.kept_parts.append((record, plain_tally(part.tally)))
            yield part._replace(record=record)

    def pieces(self, pieces: Iterable[str | Part]) -> Pieces:
        """What is to be written for these pieces."""
        for piece in pieces:
            if isinstance(piece, str):
                self.kept_pieces.append(piece)
                yield piece
            else:
                assert piece.record is not None  # `parts` saw to it
                self.kept_pieces.append(piece.record)
                yield piece.text


def _told_to_all(linter: "Linter", place: Place, options: argparse.Namespace, write: Write) -> Outcome:
    """Report in several formats. The rules are asked once."""
    forms = _forms(linter, place, options)
    tell = partial(_in_each, [form.part for form, _ in forms])
    parts = list(linter.fold(tell, workers_of(linter, options)))
    for number, (form, file) in enumerate(forms):
        write(texts(form.whole(part[number] for part in parts)), output=file)
    warn(_warnings(place.log))
    return _outcome(Tally.total(part[0].tally for part in parts), place.config)


def told(
    report: Report, linter: "Linter", place: Place, options: argparse.Namespace, write: Write
) -> Outcome:
    """Report what is at hand, of which nothing is kept."""
    for form, file in _forms(linter, place, options):
        write(texts(form.whole([form.part(report)])), output=file)
    warn(_warnings(place.log))
    return _outcome(Tally.of(report), place.config)


def _warnings(log: "Log | None") -> Sequence[str]:
    """What to say of the history, if somebody asked for it."""
    cut = log().cut if log is not None and log.asked else None
    return [f"history: {cut}"] if cut is not None else []


def _forms(linter: "Linter", place: Place, options: argparse.Namespace) -> list[tuple[Format, Path | None]]:
    """The formats to report in, each with the file to write; None: standard output."""
    wanted = _wanted(linter, place.config, options)
    plain = wanted._replace(colour=False)
    others = [(format_named(name, plain), file) for name, file in options.report]
    return [(_form(options, plain if options.output else wanted), options.output), *others]


def _form(options: argparse.Namespace, wanted: Wanted) -> Format:
    if options.statistics:
        from vaultlint.report.statistics import statistics_form

        return statistics_form(options.format)
    return format_named(options.format, wanted)


def _in_each(tellers: Sequence[Callable[[Report], Part]], report: Report) -> list[Part]:
    return [tell(report) for tell in tellers]


def _wanted(linter: "Linter", config: "Config", options: argparse.Namespace) -> Wanted:
    def rules() -> "Mapping[str, type[Rule]]":
        return {rule.code: rule for rule in OWN_RULES} | dict(known_rules(config, load_rules()))

    return Wanted(options.max_diagnostics, options.prefix, rules, options.colour, linter.vault)


def workers_of(linter: "Linter", options: argparse.Namespace) -> "OpenWorkers | None":
    """What opens the processes that ask the rules, where they are worth it."""
    return forks(len(linter.files.notes), options.jobs)


def _outcome(tally: Tally, config: "Config") -> Outcome:
    found = tuple(str(severity) for severity in tally.severities)
    return Outcome(found, config.fail_on, None if tally.complete else FAILED)


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
