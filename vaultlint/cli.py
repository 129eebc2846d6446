"""The command line: arguments in, text and an exit status out. It knows nothing of linting."""

import argparse
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vaultlint import __version__
from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from vaultlint.recall import Memory

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
    init = commands.add_parser("init", help="write a vaultlint.toml that fits the vault, if there is none")
    init.add_argument("path", nargs="?", default=".", metavar="PATH", help="a vault (default: here)")
    init.set_defaults(run=_init)
    config = commands.add_parser("config", help="show the configuration in force, and where it comes from")
    config.add_argument("path", nargs="?", default=".", metavar="PATH", help="a vault (default: here)")
    _add_configuring(config)
    config.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    config.set_defaults(run=_config)
    schema = commands.add_parser("schema", help="print the JSON Schema of the configuration, for editors")
    schema.set_defaults(run=_schema)
    rules = commands.add_parser("rules", help="list the rules")
    rules.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    rules.set_defaults(run=_rules)
    cache = commands.add_parser("cache", help="show where results are kept between runs, or delete them")
    cache.add_argument("what", choices=("path", "clear"), help="print the folder; delete what is in it")
    cache.set_defaults(run=_cache)
    explain = commands.add_parser("explain", help="print the page of a rule: why it exists, and examples")
    explain.add_argument("rule", metavar="RULE", help="its code or name: VL201, broken-link")
    explain.set_defaults(run=_explain)
    return parser


def _add_configuring(command: argparse.ArgumentParser) -> None:
    """The arguments that decide which configuration is in force."""
    rules = command.add_argument_group(
        "rules", "RULE is a code (VL201), a prefix (VL2), a name (broken-link) or ALL"
    )
    rules.add_argument("--select", action="append", metavar="RULE,…", help="run these rules and no others")
    rules.add_argument("--extend-select", action="append", metavar="RULE,…", help="run these rules too")
    rules.add_argument("--ignore", action="append", metavar="RULE,…", help="do not run these rules")
    rules.add_argument(
        "--exclude", action="append", metavar="PATTERN", help="show no findings of these files"
    )
    rules.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        help="the least severity that fails (default: warning)",
    )
    files = command.add_argument_group("configuration")
    files.add_argument("--config", type=Path, metavar="FILE", help="use this configuration file")
    files.add_argument("--isolated", action="store_true", help="use no configuration file")
    files.add_argument(
        "--config-from", metavar="REV", help="use the configuration of this revision, read through git"
    )
    files.add_argument(
        "--untrusted",
        action="store_true",
        help="take no rule packs from the vault, nor its configuration but by --config or --config-from: "
        "for pull requests",
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    check.set_defaults(run=_check)
    check.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a vault, or folders and notes in one (default: the working directory); "
        "the whole vault is read, findings are shown for these",
    )
    _add_configuring(check)
    fixes = check.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="mend what can be mended without risk")
    fixes.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: take guesses as well"
    )
    fixes.add_argument(
        "--add-suppressions", action="store_true", help="write a comment that silences each finding"
    )
    fixes.add_argument(
        "--diff", action="store_true", help="show what --fix (or --add-suppressions) would change"
    )
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


# --- commands ---------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    if options.fix and options.diff and options.add_suppressions:
        raise VaultlintError(
            "--diff shows what --fix or --add-suppressions would change: leave out one of them"
        )
    paths = [Path(path) for path in options.paths] or [Path()]
    root = _root(paths)
    _trust(root, options)
    options.colour = _coloured(options)
    memory = None if options.no_cache else _memory(root, paths, options)
    changes = options.fix or options.diff or options.add_suppressions
    answer = memory.answer() if memory is not None and not changes else None
    if answer is not None:
        _warn(answer.warnings)
        _write(answer.pieces, options.output)
        return _status(options, answer.severities, answer.fail_on)
    from vaultlint.commands.check import fresh_check

    write = partial(_write, output=options.output)
    outcome = fresh_check(root, paths, options, memory, write)
    if outcome.status is not None:
        return outcome.status
    return _status(options, outcome.severities, outcome.fail_on)


def _trust(root: Path, options: argparse.Namespace) -> None:
    """Settle what of the vault is trusted, before anything in it is looked at."""
    if options.isolated and (options.config or options.config_from):
        raise VaultlintError("--isolated uses no configuration: leave out --config and --config-from")
    options.revision_files = ()
    if options.untrusted:
        from vaultlint.trust import shut_out

        shut_out(root)
    if options.config_from is not None:
        from vaultlint.commands.revision import files_of_revision

        options.revision_files = files_of_revision(root, options)


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
    trust = (options.untrusted, options.config_from is not None, options.revision_files)
    rules = (options.select, options.extend_select, options.ignore, options.exclude, options.isolated)
    reading = (__version__, sorted(os.path.realpath(path) for path in paths), config, trust, rules)
    return Memory(root, reading, (options.format, options.max_diagnostics, options.colour))


def _init(options: argparse.Namespace) -> int:
    from vaultlint.commands.init import init

    _write([init(_root([Path(options.path)]))], None)
    return CLEAN


def _config(options: argparse.Namespace) -> int:
    root = _root([Path(options.path)])
    _trust(root, options)
    from vaultlint.commands.config import config_in_force

    _write([config_in_force(root, options)], None)
    return CLEAN


def _schema(_options: argparse.Namespace) -> int:
    from vaultlint.commands.schema import schema

    _write([schema()], None)
    return CLEAN


def _rules(options: argparse.Namespace) -> int:
    from vaultlint.commands.rules import rules_as_json, rules_as_text

    _write([rules_as_json()] if options.format == "json" else rules_as_text(), None)
    return CLEAN


def _explain(options: argparse.Namespace) -> int:
    from vaultlint.commands.rules import explained

    _write([explained(options.rule)], None)
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


# --- output -----------------------------------------------------------------------------------


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
    if warnings:
        from vaultlint.commands import warn  # it costs more than an unchanged vault does

        warn(warnings)
