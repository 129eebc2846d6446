"""`vaultlint baseline`: draw a line under what is found today."""

import argparse
import os
from contextlib import suppress
from pathlib import Path

from vaultlint.assembly import open_linter
from vaultlint.baseline import Baseline, baseline_path, bytes_at, read_baseline
from vaultlint.commands import warn
from vaultlint.commands.opening import configured
from vaultlint.errors import VaultlintError
from vaultlint.report.escape import visible
from vaultlint.text import counted


def record(root: Path, options: argparse.Namespace) -> str:
    """Write today's findings in the vault at `root` to its baseline; gives what there is to say of it.

    Raises `VaultlintError` where there is one and nobody asked to update it, where not everything could be
    read, and where nothing can be written.
    """
    config, _, classes = configured(root, options)
    path = baseline_path(root, config)
    data = bytes_at(path)
    if data is not None and not options.update:
        raise VaultlintError(
            f"there is a baseline already, “{path}”; “vaultlint baseline --update” puts today's in its place"
        )
    linter = open_linter(root, config, classes)
    linter.read_by(options.jobs)
    warn(linter.files.warnings)
    report = linter.report()
    if not report.complete:
        raise VaultlintError(
            "nothing was recorded: something could not be read or checked, see “vaultlint check”"
        )
    now = Baseline.of(report.diagnostics)
    _write(path, now.text())
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    told = f"recorded {counted(now.size, 'finding')} in {visible(str(shown))}"
    if data is None:
        return f"{told}; “vaultlint check” speaks of new ones only\n"
    before = _before(path, data)
    if before is None:
        return f"{told}\n"
    new, gone = now.entries - before.entries, before.entries - now.entries
    return f"{told}: {new.total()} new, {gone.total()} gone\n"


def _before(path: Path, data: bytes) -> Baseline | None:
    """The baseline as it was; None for a damaged one, which is written again."""
    with suppress(VaultlintError):
        return read_baseline(str(path), data)
    return None


def _write(path: Path, text: str) -> None:
    """Write the whole file or nothing."""
    temporary = path.with_name(f".vl-{os.getpid()}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise VaultlintError(f"cannot write “{path}”: {error.strerror or error}") from error
