"""The arguments of the command line, and nothing of what they do."""

import argparse
import os
from pathlib import Path

from vaultlint import __version__

FORMATS = (
    "text", "full", "concise", "json", "jsonl", "github", "gitlab", "sarif", "junit", "rdjson", "markdown",
    "html",
)  # fmt: skip
IN_REPOSITORY = frozenset({"github", "gitlab", "sarif", "junit", "rdjson", "markdown"})
"""The formats whose paths are relative to the repository, since a vault may be a folder of one."""

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
  vaultlint undo                       take back what the last run wrote
  vaultlint explain VL201              why a rule exists, with examples
"""


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of the whole command line; `command` names what to do, None where nothing was named.

    `only`: the command that is named, if one is. The others are left out then.
    """
    whole = argparse.ArgumentParser(
        prog="vaultlint",
        description="Reads an Obsidian vault as Obsidian does, says what is broken and mends what it can.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("-V", "--version", action="version", version=f"vaultlint {__version__}")
    commands = whole.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name, (said, add) in _COMMANDS.items():
        if only in (None, name):
            add(commands.add_parser(name, help=said, allow_abbrev=False))
    return whole


def bearing_on_notes(options: argparse.Namespace) -> tuple[object, ...]:
    """What was asked for that bears on how notes are read and on what is found in each by itself. What is
    kept of them goes with it, for the command line and for editors alike."""
    config = options.config and os.path.abspath(options.config)  # noqa: PTH100 - a symlink stays one
    trust = (options.untrusted, options.config_from is not None, options.revision_files)
    rules = (options.select, options.extend_select, options.ignore, options.exclude, options.isolated)
    return (__version__, config, trust, rules)


def _add_nothing(command: argparse.ArgumentParser) -> None:
    pass


def _add_path(command: argparse.ArgumentParser) -> None:
    command.add_argument("path", nargs="?", default=".", metavar="PATH", help="a vault (default: here)")


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
        help="take no rule packs from the vault, nor its configuration but by --config or --config-from, "
        "and write nothing but the report: for pull requests",
    )


def _add_check(check: argparse.ArgumentParser) -> None:
    check.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="a vault, or folders and notes in one (default: the working directory); "
        "the whole vault is read, findings are shown for these",
    )
    check.add_argument(
        "--since",
        metavar="REV",
        help="show what is wrong in the notes that changed since REV, and what that broke elsewhere",
    )
    check.add_argument(
        "--staged", action="store_true", help="the same of what is staged in git, as it is staged"
    )
    check.add_argument(
        "--stdin-filename",
        metavar="PATH",
        help="check standard input as the note at PATH, which need not be there yet; with --fix the fixed "
        "text goes to standard output, the report to standard error",
    )
    _add_configuring(check)
    fixes = check.add_argument_group("fixes")
    fixes.add_argument("--fix", action="store_true", help="mend what can be mended without risk")
    fixes.add_argument(
        "--unsafe-fixes", action="store_true", help="with --fix or --diff: take guesses as well"
    )
    fixes.add_argument(
        "--interactive", action="store_true", help="with --fix: show each fix, and ask whether to take it"
    )
    fixes.add_argument(
        "--add-suppressions", action="store_true", help="write a comment that silences each finding"
    )
    fixes.add_argument(
        "--diff", action="store_true", help="show what --fix (or --add-suppressions) would change"
    )
    output = check.add_argument_group("output")
    output.add_argument(
        "--format",
        choices=("auto", *FORMATS),
        default="text",
        help="default: text; auto: github under GitHub Actions, else text",
    )
    output.add_argument("--output", type=Path, metavar="FILE", help="write the report to a file")
    output.add_argument(
        "--report",
        type=_report,
        action="append",
        default=[],
        metavar="FORMAT=FILE",
        help="write the report in another format too; may be given several times",
    )
    output.add_argument(
        "--max-diagnostics",
        type=_count,
        default=200,
        metavar="N",
        help="show at most N in text, full and markdown (default: 200; 0: all)",
    )
    output.add_argument(
        "--statistics", action="store_true", help="count findings by rule and folder in place of showing them"
    )
    output.add_argument("--exit-zero", action="store_true", help="exit with 0 although something was found")
    output.add_argument(
        "--exit-non-zero-on-fix", action="store_true", help="exit with 1 when something was fixed"
    )
    check.add_argument("--no-baseline", action="store_true", help="show the findings of the baseline too")
    check.add_argument(
        "--watch", action="store_true", help="check again after every change, and show what is new"
    )
    check.add_argument("--no-cache", action="store_true", help="recall nothing of earlier runs, keep nothing")
    check.add_argument("--jobs", type=_jobs, metavar="N", help="processes to read large vaults with")


def _add_baseline(baseline: argparse.ArgumentParser) -> None:
    _add_path(baseline)
    baseline.add_argument(
        "--update", action="store_true", help="forget what is found no more, record what is new"
    )
    _add_configuring(baseline)
    baseline.add_argument("--jobs", type=_jobs, metavar="N", help="processes to read large vaults with")


def _add_config(config: argparse.ArgumentParser) -> None:
    _add_path(config)
    _add_configuring(config)
    config.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def _add_stats(stats: argparse.ArgumentParser) -> None:
    _add_path(stats)
    stats.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    stats.add_argument(
        "--top", type=_count, default=10, metavar="N", help="how much of each list (default: 10)"
    )
    stats.add_argument("--config", type=Path, metavar="FILE", help="use this configuration file")
    stats.add_argument("--jobs", type=_jobs, metavar="N", help="processes to read large vaults with")


def _add_undo(undo: argparse.ArgumentParser) -> None:
    _add_path(undo)
    undo.add_argument("--list", action="store_true", help="list the runs that can be taken back")
    undo.add_argument(
        "--run", type=_count, metavar="N", dest="number", help="take back this one (default: the last)"
    )


def _add_rules(rules: argparse.ArgumentParser) -> None:
    rules.add_argument("--format", choices=("text", "json"), default="text", help="default: text")


def _add_completion(completion: argparse.ArgumentParser) -> None:
    completion.add_argument("shell", choices=("bash", "zsh", "fish", "tcsh", "powershell"))


def _add_cache(cache: argparse.ArgumentParser) -> None:
    cache.add_argument("what", choices=("path", "clear"), help="print the folder; delete what is in it")


def _add_explain(explain: argparse.ArgumentParser) -> None:
    explain.add_argument("rule", metavar="RULE", help="its code or name: VL201, broken-link")


def _add_lsp(lsp: argparse.ArgumentParser) -> None:
    lsp.add_argument("--stdio", action="store_true", help="as it is anyway; editors like to say so")
    lsp.add_argument("--log", type=Path, metavar="FILE", help="write a log to this file")
    _add_configuring(lsp)


_COMMANDS = {
    "check": ("check a vault, or notes of one, and fix them if asked", _add_check),
    "init": ("write a vaultlint.toml that fits the vault, if there is none", _add_path),
    "baseline": ("record what is found today, so that check tells new findings only", _add_baseline),
    "config": ("show the configuration in force, and where it comes from", _add_config),
    "stats": ("show the vault in figures: notes, links, orphans, what is wanted", _add_stats),
    "schema": ("print the JSON Schema of the configuration, for editors", _add_nothing),
    "undo": ("give notes back the bytes that they had before a run wrote them", _add_undo),
    "rules": ("list the rules", _add_rules),
    "completion": ("print what a shell needs to complete these words", _add_completion),
    "cache": ("show where results are kept between runs, or delete them", _add_cache),
    "explain": ("print the page of a rule: why it exists, and examples", _add_explain),
    "lsp": ("serve an editor: a language server, on standard input and output", _add_lsp),
}
"""Each command with what it does, and what adds the arguments that may be said to it."""


def _count(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _report(text: str) -> tuple[str, Path]:
    """A format, and the file to write."""
    name, _, file = text.partition("=")
    if name not in FORMATS or not file:
        raise argparse.ArgumentTypeError(f"must be FORMAT=FILE; the formats are {', '.join(FORMATS)}")
    return name, Path(file)


def _jobs(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
