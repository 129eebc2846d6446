"""The report for people with the source of each finding below it."""

from vaultlint.report import Format, Wanted
from vaultlint.report.text import text_form


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return text_form(wanted, full=True)
