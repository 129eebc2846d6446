"""The commands, one module each; `vaultlint.cli` knows their arguments and imports what is asked for."""

import sys
from collections.abc import Iterable

from vaultlint.report.escape import visible

FOUND, CLEAN, FAILED = 1, 0, 2
"""Exit statuses: findings at or above `--fail-on`; none; could not run, or the run is incomplete."""


def warn(warnings: Iterable[str]) -> None:
    """Tell people on standard error."""
    for warning in warnings:
        sys.stderr.write(f"vaultlint: {visible(warning)}\n")


def tell(lines: Iterable[str]) -> None:
    """Tell people something of several lines on standard error."""
    for number, line in enumerate(lines):
        sys.stderr.write(f"{'' if number else 'vaultlint: '}{visible(line)}\n")
