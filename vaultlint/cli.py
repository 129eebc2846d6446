"""The command line: arguments in, text and an exit status out. It knows nothing of linting."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vaultlint import __version__
from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from vaultlint.config import Config
    from vaultlint.engine import Linter, Report
    from vaultlint.fixes import Plan
    from vaultlint.recall import Memory
    from vaultlint.report import Part

FOUND, CLEAN, FAILED = 1, 0, 2
"""Exit statuses: findings at or above `--fail-on`; none; could not run, or the run is incomplete."""

_FORMATS = ("text", "full", "json")

_EPILOG = """\
exit status:
  0  nothing found at or above --fail-on (default: warning)
  1  something found
  2  could not run, or could not read everything

examples:
  vaultlint check                      check the vault around the working directory
  vaultlint check ~/Notes --format full
  vaultlint check --diff               show what --fix would change
  vaultlint check --fix                mend what can be mended without risk
  vaultlint explain VL201              why a rule exists, with examples
"""


def main(arguments: Sequence[str]) -> int:
    """Run the command with these arguments; gives the exit status."""
    _prepare_streams()
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help()
        return FAILED
    try:
        status: int = options.run(options)
    except VaultlintError as error:
        from vaultlint.report.escape import visible

        sys.stderr.write(f"vaultlint: {visible(str(error))}\n")
        return FAILED
    except BrokenPipeError:
        # Whoever read our output has gone; Python must not try to flush it again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        sys.stderr.write("vaultlint: interrupted\n")
        return 130
    return status


def _prepare_streams() -> None:
    """A console that cannot show a character shows its escape, and never ends the run."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that a test or a program put in place
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


# --- arguments --------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vaultlint",
        description="Reads an Obsidian vault as Obsidian does, says what is broken and mends what it can.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-V", "--version", action="version", version=f"vaultlint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_check(commands.add_parser("check", help="check a vault, or notes of one, and fix them if asked"))
    rules = commands.add_parser("rules", help="list the rules")
    rules.set_defaults(run=_rules)
    cache = commands.add_parser("cache", help="show where results are kept between runs, or delete them")
    cache.add_argument("what", choices=("path", "clear"), help="print the folder; delete what is in it")
    cache.set_defaults(run=_cache)
    explain = commands.add_parser("explain", help="print the page of a rule: why it exists, and examples")
    explain.add_argument("rule", metavar="RULE", help="its code or name: VL201, broken-link")
    explain.set_defaults(run=_explain)
    return parser


def _add_check(check: argparse.ArgumentParser) -> None:
    check.set_defaults(run=_check)
    check.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a vault, or folders and notes in one (default: the working directory); "
        "the whole vault is read, findings are shown for these",
    )
    rules = check.add_argument_group(
        "rules", "RULE is a code (VL201), a prefix (VL2), a name (broken-link) or ALL"
    )
    rules.add_argument("--select", action="append", metavar="RULE,…", help="run these rules and no others")
    rules.add_argument("--extend-select", action="append", metavar="RULE,…", help="run these rules too")
    rules.add_argument("--ignore", action="append", metavar="RULE,…", help="do not run these rules")
    rules.add_argument(
        "--exclude", action="append", metavar="PATTERN", help="show no findings of these files"
    )
    rules.add_argument("--config", type=Path, metavar="FILE", help="use this configuration file")
    rules.add_argument("--isolated", action="store_true", help="use no configuration file")
    fixes = check.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="mend what can be mended without risk")
    fixes.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: take guesses as well"
    )
    fixes.add_argument("--diff", action="store_true", help="show what --fix would change, and change nothing")
    output = check.add_argument_group("output")
    output.add_argument("--format", choices=_FORMATS, default="text", help="default: text")
    output.add_argument("--output", type=Path, metavar="FILE", help="write the report to a file")
    output.add_argument(
        "--max-diagnostics",
        type=_count,
        default=200,
        metavar="N",
        help="show at most N in text (default: 200; 0: all)",
    )
    output.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        help="the least severity that fails (default: warning)",
    )
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 although something was found")
    output.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="exit with 1 when something was fixed"
    )
    check.add_argument("--no-cache", action="store_true", help="recall nothing of earlier runs, keep nothing")
    check.add_argument("--jobs", type=_jobs, metavar="N", help="processes to read large vaults with")


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _listed(values: Iterable[str] | None) -> list[str]:
    """`--select VL2,VL301 --select orphan-note` as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]


# --- commands ---------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    paths = [Path(path) for path in options.paths] or [Path()]
    root = _root(paths)
    memory = None if options.no_cache else _memory(root, paths, options)
    answer = memory.answer() if memory is not None and not (options.fix or options.diff) else None
    if answer is not None:
        _warn(answer.warnings)
        _write(answer.pieces, options.output)
        return _status(options, answer.severities, answer.fail_on)
    return _fresh_check(root, paths, options, memory)


def _fresh_check(root: Path, paths: list[Path], options: argparse.Namespace, memory: "Memory | None") -> int:
    """Check what no earlier run can answer."""
    from vaultlint.recall import Answer
    from vaultlint.report import Tally
    from vaultlint.retelling import known_parts, plain_tally
    from vaultlint.workers import can_fork, processes, workers

    linter, config = _opened(root, paths, options, memory)
    notes = linter.files.notes
    if memory is not None:
        linter.recall(*memory.notes(notes))
    linter.read_by(options.jobs, _progress(len(notes)))
    if memory is not None:
        memory.keep_notes(notes, linter.kept)
    _warn(linter.files.warnings)
    if options.diff:
        return _diff(linter, options)
    fixed = _fix(linter, options) if options.fix else 0
    tell, put_together = _format(options)
    count = workers(len(notes), options.jobs)
    known = known_parts(linter, memory) if memory is not None and not options.fix else ()
    parts = list(linter.fold(tell, partial(processes, count) if count > 1 and can_fork() else None, known))
    pieces = list(put_together(parts))
    _write(pieces, options.output)
    tally = Tally.total(part.tally for part in parts)
    if memory is not None:
        if tally.complete and not options.fix:
            found = tuple(str(severity) for severity in tally.severities)
            answer = Answer((), found, str(config.fail_on), linter.files.warnings)
            told = [(part.text, plain_tally(part.tally)) for part in parts]
            memory.keep_report(told, pieces, answer, linter.vault().indexes())
        _warn([memory.problem] if memory.problem is not None else ())
    if not tally.complete:
        return FAILED
    if fixed and options.exit_non_zero_on_fix:
        return FOUND
    return _status(options, tally.severities, config.fail_on)


def _status(options: argparse.Namespace, severities: Iterable[str], fail_on: str) -> int:
    """The exit status of a complete run that found these severities."""
    from vaultlint.diagnostic import Severity

    least = Severity(options.fail_on or fail_on).rank
    found = any(Severity(severity).rank <= least for severity in severities)
    return FOUND if found and not options.exit_zero else CLEAN


def _root(paths: list[Path]) -> Path:
    """The vault that the paths belong to."""
    from vaultlint.discovery import find_root

    root = find_root(paths[0])
    for path in paths[1:]:
        if find_root(path) != root and not Path(os.path.realpath(path)).is_relative_to(root):
            raise VaultlintError(f"“{path}” is not in the vault “{root}”; check one vault at a time")
    return root


def _memory(root: Path, paths: list[Path], options: argparse.Namespace) -> "Memory":
    """The memory of runs that were asked for the same."""
    from vaultlint.recall import Memory

    config = options.config and os.path.abspath(options.config)  # noqa: PTH100 - a symlink stays one
    rules = (options.select, options.extend_select, options.ignore, options.exclude, options.isolated)
    reading = (__version__, sorted(os.path.realpath(path) for path in paths), config, rules)
    return Memory(root, reading, (options.format, options.max_diagnostics, _coloured(options)))


def _opened(
    root: Path, paths: list[Path], options: argparse.Namespace, memory: "Memory | None"
) -> "tuple[Linter, Config]":
    """The vault, and the configuration in force. The memory hears of each file before it is read."""
    from vaultlint.config import load_config, overridden
    from vaultlint.discovery import outside_inputs
    from vaultlint.engine import open_linter
    from vaultlint.registry import load_rules

    if memory is not None:
        from vaultlint.signature import config_inputs

        memory.watch(config_inputs(root, options.config, isolated=options.isolated))
    classes = load_rules()
    config = load_config(root, explicit=options.config, isolated=options.isolated, rule_classes=classes)
    config = overridden(
        config,
        classes,
        select=None if options.select is None else _listed(options.select),
        extend_select=_listed(options.extend_select),
        ignore=_listed(options.ignore),
        exclude=options.exclude or (),
    )
    if memory is None:
        return open_linter(root, config, classes, paths), config
    memory.watch(outside_inputs(str(root), config.config_folder))
    memory.begin()
    return open_linter(root, config, classes, paths, memory.listing), config


def _rules(_options: argparse.Namespace) -> int:
    from vaultlint.own_rules import OWN_RULES
    from vaultlint.page import PageError, fixable, page_of
    from vaultlint.registry import load_rules

    for rule in sorted((*OWN_RULES, *load_rules().values()), key=lambda rule: rule.code):
        try:
            safeties = fixable(page_of(rule))
        except PageError as error:  # a mistake in a rule pack
            raise VaultlintError(str(error)) from error
        kinds = ", ".join(sorted(str(safety) for safety in safeties))
        about = (rule.__doc__ or "").strip().splitlines()[0]
        state = "" if rule.on else " (off by default)"
        fixes = f" [fix: {kinds}]" if kinds else ""
        sys.stdout.write(f"{rule.code}  {rule.name:24}  {rule.severity:7}  {about}{fixes}{state}\n")
    return CLEAN


def _cache(options: argparse.Namespace) -> int:
    from vaultlint.cache import cache_folder, clear

    if options.what == "path":
        sys.stdout.write(f"{cache_folder()}\n")
        return CLEAN
    try:
        cleared = clear()
        sys.stdout.write(f"deleted what was kept of {cleared} vault{'' if cleared == 1 else 's'}\n")
    except OSError as error:
        raise VaultlintError(f"cannot clear “{cache_folder()}”: {error.strerror or error}") from error
    return CLEAN


def _explain(options: argparse.Namespace) -> int:
    from vaultlint.config import unknown_selector
    from vaultlint.own_rules import OWN_RULES
    from vaultlint.page import explain, page_of
    from vaultlint.registry import load_rules

    classes = {**load_rules(), **{rule.code: rule for rule in OWN_RULES}}
    wanted = options.rule
    for rule in classes.values():
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            sys.stdout.write(explain(page_of(rule)))
            return CLEAN
    raise VaultlintError(unknown_selector(wanted, classes) or f"“{wanted}” names several rules; name one")


# --- fixes ------------------------------------------------------------------------------------


def _plan(linter: "Linter", report: "Report", options: argparse.Namespace) -> "tuple[Plan, dict[str, bytes]]":
    """What the fixes would make of the notes, and the bytes that those notes have now."""
    from vaultlint.diagnostic import Diagnostic, Fix, Safety
    from vaultlint.fixes import plan_fixes
    from vaultlint.parse import parse_note
    from vaultlint.text import decode
    from vaultlint.write import read_bytes_safely

    allowed = (Safety.SAFE, Safety.UNSAFE) if options.unsafe_fixes else (Safety.SAFE,)

    def is_allowed(_diagnostic: Diagnostic, fix: Fix) -> bool:
        return fix.safety in allowed

    before: dict[str, bytes] = {}

    def read(path: str) -> str:
        before[path] = read_bytes_safely(linter.files.root, path)
        return decode(before[path])

    return plan_fixes(report.diagnostics, linter.with_texts, read, parse_note, allowed=is_allowed), before


def _diff(linter: "Linter", options: argparse.Namespace) -> int:
    from vaultlint.fixes import unified_diff

    report = linter.report()
    plan, _ = _plan(linter, report, options)
    _say_refused(plan)
    pieces = (unified_diff(path, old, new) for path, (old, new) in sorted(plan.texts.items()))
    _write(pieces, options.output)
    if not report.complete:
        return FAILED
    return FOUND if plan.texts else CLEAN


def _fix(linter: "Linter", options: argparse.Namespace) -> int:
    """Write what can be fixed; gives the number of notes written. Refusals go to standard error."""
    from vaultlint.report.escape import visible
    from vaultlint.write import NotWritten, encode_like, write_note

    plan, before = _plan(linter, linter.report(), options)
    written: dict[str, str] = {}
    for path, (_, new) in sorted(plan.texts.items()):
        try:
            write_note(linter.files.root, path, before[path], encode_like(before[path], new))
            written[path] = new
        except NotWritten as error:
            sys.stderr.write(f"vaultlint: {visible(str(error))}\n")
    _say_refused(plan)
    if written:
        linter.replace(written)
        done = sum(all(edit.path in written for edit in fix.edits) for _, fix in plan.applied)
        findings, notes = "finding" if done == 1 else "findings", "note" if len(written) == 1 else "notes"
        sys.stderr.write(f"vaultlint: fixed {done} {findings} in {len(written)} {notes}\n")
    return len(written)


def _say_refused(plan: "Plan") -> None:
    from vaultlint.report.escape import visible

    for refusal in plan.refused:
        sys.stderr.write(f"vaultlint: {visible(refusal.path)}: not fixed: {visible(refusal.message)}\n")


# --- output -----------------------------------------------------------------------------------


def _format(
    options: argparse.Namespace,
) -> "tuple[Callable[[Report], Part], Callable[[Sequence[Part]], Iterable[str | bytes]]]":
    """How a part of the report is told, and how the parts are put together."""
    if options.format == "json":
        from vaultlint.report.json import json_of, json_part

        return json_part, json_of
    from vaultlint.report.text import text_of, text_part

    colour = _coloured(options)
    shown, full = options.max_diagnostics, options.format == "full"
    return (
        partial(text_part, colour=colour, max_diagnostics=shown, full=full),
        partial(text_of, max_diagnostics=shown, full=full),
    )


def _coloured(options: argparse.Namespace) -> bool:
    return options.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(pieces: Iterable[str | bytes], output: Path | None) -> None:
    """Write to the file as UTF-8, or to standard output. Bytes are UTF-8."""
    if output is None:
        _write_to(sys.stdout, pieces)
        sys.stdout.flush()
        return
    try:
        with output.open("w", encoding="utf-8", newline="\n") as stream:
            _write_to(stream, pieces)
    except OSError as error:
        raise VaultlintError(f"cannot write “{output}”: {error.strerror or error}") from error


def _write_to(stream: TextIO, pieces: Iterable[str | bytes]) -> None:
    """Write the pieces; bytes as they are, where the stream would write the same."""
    plain = os.linesep == "\n" and (getattr(stream, "encoding", None) or "").lower() == "utf-8"
    for piece in pieces:
        if isinstance(piece, str):
            stream.write(piece)
        elif plain:
            stream.flush()
            stream.buffer.write(piece)
        else:
            stream.write(piece.decode())


def _warn(warnings: Iterable[str]) -> None:
    for warning in warnings:
        from vaultlint.report.escape import visible  # it costs more than an unchanged vault does

        sys.stderr.write(f"vaultlint: {visible(warning)}\n")


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
