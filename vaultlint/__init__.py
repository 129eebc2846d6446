"""vaultlint reads an Obsidian vault as Obsidian does, says what is broken, and mends what it safely can.

report = vaultlint.lint("path/to/vault")
for diagnostic in report.diagnostics:
    print(diagnostic.path, report.lines(diagnostic.path).position(diagnostic.span.start), diagnostic.message)
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaultlint.engine import Report
    from vaultlint.vault import Vault

if sys.version_info < (3, 11, 5):
    from vaultlint.old_python import mend_possessive_repeats

    mend_possessive_repeats()

__version__ = "0.1.0"
__all__ = ["__version__", "lint", "open_vault"]


def lint(
    path: str | os.PathLike[str],
    *,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    exclude: Sequence[str] = (),
    config: Path | None = None,
    isolated: bool = False,
    baseline: bool = True,
    jobs: int | None = 1,
) -> "Report":
    """Check a vault, or the part of one that lies at `path`, as the command `vaultlint check` does.

    `baseline`: whether what the vault's baseline holds is left out. `jobs` is the number of processes for
    large vaults, None for one a core. Raises `VaultlintError` for what the caller can mend: no such folder,
    no notes in it, a mistake in the configuration.
    """
    from vaultlint.assembly import open_linter
    from vaultlint.baseline import baseline_at, baseline_path
    from vaultlint.config import known_rules, load_config, overridden
    from vaultlint.discovery import find_root
    from vaultlint.registry import load_rules

    root = find_root(Path(path))
    installed = load_rules()
    settings = load_config(root, explicit=config, isolated=isolated, rule_classes=installed)
    classes = known_rules(settings, installed)
    settings = overridden(
        settings, classes, select=select, extend_select=extend_select, ignore=ignore, exclude=exclude
    )
    old = baseline_at(baseline_path(root, settings)) if baseline and not isolated else None
    linter = open_linter(root, settings, classes, [Path(path)], baseline=old)
    linter.read_by(jobs)
    return linter.report()


def open_vault(path: str | os.PathLike[str]) -> "Vault":
    """Read a vault without asking any rule: its notes, names, links and backlinks.

    Raises `VaultlintError` when there is no such folder, or no note in it.
    """
    from vaultlint.assembly import open_linter
    from vaultlint.config import Config
    from vaultlint.discovery import find_root

    linter = open_linter(find_root(Path(path)), Config(), {})
    linter.read()
    return linter.vault()
