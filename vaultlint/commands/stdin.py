"""`vaultlint check --stdin-filename`: standard input as a note of the vault, for editors."""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from vaultlint.commands import CLEAN, FAILED, FOUND, warn
from vaultlint.commands.check import Outcome, Pieces, Write, told
from vaultlint.commands.mending import planned, say_refused
from vaultlint.commands.opening import Place, recall
from vaultlint.engine import is_complete
from vaultlint.errors import VaultlintError
from vaultlint.fixes import unified_diff
from vaultlint.listing import Overlay, is_checked, list_vault, paths_of
from vaultlint.recall import Memory
from vaultlint.write import encode_like


def check_stdin(place: Place, options: argparse.Namespace, memory: Memory | None, write: Write) -> Outcome:
    """Check standard input as the note that `--stdin-filename` names, and report with `write`.

    With `--fix` the fixed text goes to standard output, the report to standard error.
    """
    path = _path_in(place.root, options.stdin_filename)
    data = sys.stdin.buffer.read()
    listing = place.listing or list_vault(str(place.root))
    added = frozenset({path}.difference(paths_of(listing)))
    overlay = Overlay(added=added, contents={path: data})
    linter = place._replace(listing=listing).linter([place.root / path], overlay)
    if memory is not None:
        recall(linter, overlay, memory)
    linter.read_by(options.jobs)
    linter.narrow({path})
    warn(linter.files.warnings)
    if not (options.fix or options.diff):
        return told(linter.report()._replace(baseline=None), linter, place, options, write)
    findings = linter.findings()
    plan = planned(linter, findings, linter.text, unsafe=options.unsafe_fixes, only=path)
    say_refused(plan)
    old, new = plan.texts.get(path, ("", ""))
    if options.diff:
        write([unified_diff(path, old, new)])
        found = FOUND if old != new else CLEAN
        return Outcome((), place.config.fail_on, found if is_complete(findings) else FAILED)
    if old != new:
        linter.replace({path: new})
        data = encode_like(data, new)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    outcome = told(linter.report()._replace(baseline=None), linter, place, options, partial(_beside, write))
    if old != new and options.exit_non_zero_on_fix and outcome.status is None:
        return outcome._replace(status=FOUND)
    return outcome


def _path_in(root: Path, named: str) -> str:
    """The path in the vault that an argument names. Raises `VaultlintError` where a vault has no notes."""
    path = os.path.relpath(os.path.realpath(named), root).replace(os.sep, "/")
    if any(part.startswith(".") for part in path.split("/")):
        raise VaultlintError(
            f"“{named}” is no file that Obsidian shows: names that begin with a dot are hidden"
        )
    if not is_checked(path):
        raise VaultlintError(f"“{named}” is no note: its name would end in “.md”")
    return path


def _beside(write: Write, pieces: Pieces, *, output: Path | None = None) -> None:
    """Write a report while standard output is for the text."""
    if output is not None:
        write(pieces, output=output)
        return
    for piece in pieces:
        sys.stderr.write(piece if isinstance(piece, str) else str(piece, "utf-8"))
