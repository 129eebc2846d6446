"""The command line: what each command does, down to text and an exit status. It knows nothing of linting."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from vaultlint.arguments import IN_REPOSITORY, bearing_on_notes, parser
from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from vaultlint.recall import Memory

FOUND, CLEAN, FAILED = 1, 0, 2
"""Exit statuses: findings at or above `--fail-on`; none; could not run, or the run is incomplete."""


def main(arguments: Sequence[str]) -> int:
    """Run the command with these arguments; gives the exit status."""
    _prepare_streams()
    named = arguments[0] if arguments else None
    known = parser(named if named in _COMMANDS else None)
    options = known.parse_args(arguments)
    if options.command is None:
        known.print_help()
        return FAILED
    try:
        return _COMMANDS[options.command](options)
    except VaultlintError as error:
        from vaultlint.commands import warn

        warn(str(error).split("\n"))  # a configuration may hold several mistakes
        return FAILED
    except BrokenPipeError:  # whoever read our output has gone
        _give_up_output()
        return FAILED
    except KeyboardInterrupt as interrupt:
        sys.stderr.write(f"vaultlint: {interrupt or 'interrupted'}\n")
        return getattr(interrupt, "status", 130)  # that of `signals.Stopped`


def _prepare_streams() -> None:
    """A console that cannot show a character shows its escape, and never ends the run."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError):  # a stream that a test or a program put in place
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


# --- commands ---------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> int:
    _refuse_contradictions(options)
    paths = [Path(path) for path in options.paths] or [Path()]
    if options.stdin_filename is not None:
        # What is kept of whole runs serves here too.
        paths = [_root([_nearest(Path(options.stdin_filename))])]
    root = _root(paths)
    _trust(root, options)
    options.colour = _coloured(options)
    if options.format == "auto":
        options.format = "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"
    options.prefix = _prefix(root, options)
    write = partial(_write, output=options.output)
    if options.watch:
        from vaultlint.commands.watch import watch

        return watch(root, paths, options, partial(_new_memory, root, paths, options), write)
    memory = _new_memory(root, paths, options)
    changes = options.fix or options.add_suppressions
    writes = changes and not options.diff and options.stdin_filename is None
    with _stoppable() if writes else nullcontext():
        _tell_of_cut_runs(root, writes=writes)
        more = changes or options.diff or options.report
        more = more or options.since or options.staged or options.stdin_filename
        answer = memory.answer() if memory is not None and not more else None
        if answer is not None:
            _warn(answer.warnings)
            _write(answer.pieces, options.output)
            return _status(options, answer.severities, answer.fail_on)
        from vaultlint.commands.check import fresh_check

        outcome = fresh_check(root, paths, options, memory, write)
    if outcome.status is not None:
        return outcome.status
    return _status(options, outcome.severities, outcome.fail_on)


def _refuse_contradictions(options: argparse.Namespace) -> None:
    """Raises `VaultlintError` for arguments that do not go together."""
    stdin = options.stdin_filename is not None
    if options.fix and options.diff and options.add_suppressions:
        raise VaultlintError(
            "--diff shows what --fix or --add-suppressions would change: leave out one of them"
        )
    if options.report and options.diff:
        raise VaultlintError("--diff shows a patch and no report: leave out --report")
    if options.interactive and (not options.fix or options.diff or options.add_suppressions or stdin):
        raise VaultlintError("--interactive goes with --fix, and with no other way to change notes")
    if options.statistics and options.format not in ("text", "json"):
        raise VaultlintError("--statistics is told as text or json: leave out --format")
    if options.since is not None and options.staged:
        raise VaultlintError("--staged is what changed since the last commit: leave out --since")
    mending = options.fix or options.diff or options.add_suppressions
    if options.untrusted and mending and not (options.diff or stdin):
        raise VaultlintError("--untrusted changes no file: leave it out, or show the changes with --diff")
    other = options.since is not None or options.staged or stdin or options.output or options.statistics
    other = other or options.report
    if options.watch and (mending or other or options.format not in ("text", "full")):
        raise VaultlintError(
            "--watch tells findings as text: leave out what fixes, what asks for changes and other outputs"
        )
    if "-" in options.paths and not stdin:
        raise VaultlintError("say which note of the vault standard input is: --stdin-filename PATH")
    if stdin and options.paths not in ([], ["-"]):
        raise VaultlintError("--stdin-filename checks standard input alone: leave out the paths")
    if stdin and (options.since is not None or options.staged or options.add_suppressions):
        raise VaultlintError("--stdin-filename does not go with --since, --staged or --add-suppressions")


def _nearest(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(each for each in (path, *path.absolute().parents) if each.exists())


def _stoppable() -> AbstractContextManager[None]:
    from vaultlint.signals import stoppable

    return stoppable()


def _tell_of_cut_runs(root: Path, *, writes: bool) -> None:
    """Tell of runs that were cut off while they wrote, and clear up behind them before one writes."""
    from vaultlint.folders import has_open_run

    if has_open_run(str(root)):
        from vaultlint.changes import cut_off, settle

        _warn(settle(root) if writes else cut_off(root))


def _trust(root: Path, options: argparse.Namespace) -> None:
    """Settle what of the vault is trusted, before anything in it is looked at."""
    if options.isolated and (options.config or options.config_from):
        raise VaultlintError("--isolated uses no configuration: leave out --config and --config-from")
    options.revision_files, options.revision_baseline = (), None
    if options.untrusted:
        from vaultlint.trust import shut_out

        shut_out(root)
    if options.config_from is not None:
        from vaultlint.commands.revision import of_revision

        options.revision_files, options.revision_baseline = of_revision(root, options)


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


def _new_memory(root: Path, paths: list[Path], options: argparse.Namespace) -> "Memory | None":
    """What earlier runs left, unless nobody wants it."""
    return None if options.no_cache or options.untrusted else _memory(root, paths, options)


def _memory(root: Path, paths: list[Path], options: argparse.Namespace) -> "Memory":
    """The memory of runs that were asked for the same."""
    from vaultlint.recall import Memory

    about = sorted(os.path.realpath(path) for path in paths)
    form = (options.format, options.max_diagnostics, options.colour, options.prefix, options.statistics)
    telling = (about, form, options.no_baseline, options.revision_baseline)
    return Memory(root, bearing_on_notes(options), telling)


def _prefix(root: Path, options: argparse.Namespace) -> str:
    """What stands before the vault's paths in its repository, where a format needs it."""
    if IN_REPOSITORY.isdisjoint((options.format, *(name for name, _ in options.report))):
        return ""
    from vaultlint.discovery import repository_prefix

    return repository_prefix(root)


def _init(options: argparse.Namespace) -> int:
    from vaultlint.commands.init import init

    _write([init(_root([Path(options.path)]))], None)
    return CLEAN


def _baseline(options: argparse.Namespace) -> int:
    if options.untrusted:
        raise VaultlintError("--untrusted changes no file, and a baseline is one: leave it out")
    root = _root([Path(options.path)])
    _trust(root, options)
    from vaultlint.commands.baseline import record

    _write([record(root, options)], None)
    return CLEAN


def _config(options: argparse.Namespace) -> int:
    root = _root([Path(options.path)])
    _trust(root, options)
    from vaultlint.commands.config import config_in_force

    _write([config_in_force(root, options)], None)
    return CLEAN


def _stats(options: argparse.Namespace) -> int:
    from vaultlint.commands.stats import as_json, as_text, stats

    found = stats(_root([Path(options.path)]), options.config, options.jobs)
    _write([as_json(found, options.top)] if options.format == "json" else as_text(found, options.top), None)
    return CLEAN


def _undo(options: argparse.Namespace) -> int:
    if Path(options.path).is_file():
        raise VaultlintError(f"“{options.path}” is a file: a run is taken back whole, in a vault")
    root = _root([Path(options.path)])
    from vaultlint.commands.undo import list_of_runs, undo

    if options.list:
        _write(list_of_runs(root), None)
        return CLEAN
    with _stoppable():
        return undo(root, options.number)


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


def _completion(options: argparse.Namespace) -> int:
    from vaultlint.commands.completion import completion

    _write([completion(options.shell)], None)
    return CLEAN


def _lsp(options: argparse.Namespace) -> int:
    from vaultlint.lsp import serve

    if options.config_from is not None:
        raise VaultlintError("--config-from is for check: an editor shows the vault as it is")
    options.revision_files, options.revision_baseline = (), None
    return serve(options)


def _cache(options: argparse.Namespace) -> int:
    from vaultlint.cache import clear
    from vaultlint.folders import cache_folder

    if options.what == "path":
        sys.stdout.write(f"{cache_folder()}\n")
        return CLEAN
    try:
        cleared = clear()
        sys.stdout.write(f"deleted what was kept of {cleared} vault{'' if cleared == 1 else 's'}\n")
    except OSError as error:
        raise VaultlintError(f"cannot clear “{cache_folder()}”: {error.strerror or error}") from error
    return CLEAN


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check,
    "init": _init,
    "baseline": _baseline,
    "config": _config,
    "stats": _stats,
    "schema": _schema,
    "rules": _rules,
    "completion": _completion,
    "cache": _cache,
    "explain": _explain,
    "undo": _undo,
    "lsp": _lsp,
}
"""What each command does; `vaultlint.arguments` knows what may be said to it."""


# --- output -----------------------------------------------------------------------------------


def _coloured(options: argparse.Namespace) -> bool:
    return options.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(pieces: Iterable[str | bytes | memoryview], output: Path | None) -> None:
    """Write to the file as UTF-8, or to standard output. What is no text is UTF-8."""
    with _naming(output):
        stream = output.open("w", encoding="utf-8", newline="\n") if output is not None else sys.stdout
    try:
        for piece in pieces:  # it may be made now, and what fails there is no fault of the file
            with _naming(output):
                _write_to(stream, piece)
    finally:
        with _naming(output):
            if output is not None:
                stream.close()
            else:
                stream.flush()


@contextmanager
def _naming(output: Path | None) -> Iterator[None]:
    """Errors of writing name the file."""
    try:
        yield
    except OSError as error:
        if output is None:
            if isinstance(error, BrokenPipeError):
                raise
            _give_up_output()
        what = f"“{output}”" if output is not None else "to standard output"
        raise VaultlintError(f"cannot write {what}: {error.strerror or error}") from error


def _give_up_output() -> None:
    """Let go of what standard output has not taken: Python would try to flush it again at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_to(stream: TextIO, piece: str | bytes | memoryview) -> None:
    """Write a piece; bytes as they are, where the stream would write the same."""
    if isinstance(piece, str):
        stream.write(piece)
    elif os.linesep == "\n" and (getattr(stream, "encoding", None) or "").lower() == "utf-8":
        stream.flush()
        stream.buffer.write(piece)
    else:
        stream.write(str(piece, "utf-8"))


def _warn(warnings: Iterable[str]) -> None:
    if warnings:
        from vaultlint.commands import warn  # it costs more than an unchanged vault does

        warn(warnings)
