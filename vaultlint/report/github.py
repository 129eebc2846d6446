"""Annotations on GitHub: one workflow command a finding, then the summary.

Paths are relative to the repository. Columns count code points from 1 (GitHub says nothing of their unit,
and shows whole lines); `endColumn` is the last column inside the span. GitHub shows ten errors and ten
warnings of a step at most; the log has all of them.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.report import Counted, Format, Part, Report, Tally, Wanted
from vaultlint.report.escape import visible
from vaultlint.report.text import summary

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(partial(github_part, prefix=wanted.prefix), github_of)


def github_part(report: Report, *, prefix: str) -> Part:
    """The findings of a part of a report. `prefix` stands before the vault's paths in the repository."""
    told = "".join(_command(one, report, prefix) for one in report.diagnostics)
    return Part(told.encode(), Tally.of(report))


def github_of(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The whole report from its parts."""
    passing = Counted(parts)
    yield from passing
    yield from summary(passing.tally)


def _command(one: Diagnostic, report: Report, prefix: str) -> str:
    lines = report.lines(one.path)
    begin = lines.position(one.span.start)
    end = lines.position(max(one.span.start, one.span.end - 1))
    path = visible(prefix + one.path)
    place = f"line={begin.line},endLine={end.line},col={begin.column}"
    if end.line == begin.line:
        place += f",endColumn={end.column}"
    title = f"{one.code} {one.name}".translate(_PROPERTY)
    # The log shows nothing but the message, so the place stands there too.
    message = visible(f"{path}:{begin.line}:{begin.column} {one.code} {one.message}").translate(_DATA)
    properties = f"file={path.translate(_PROPERTY)},{place},title={title}"
    return f"::{_COMMANDS[one.severity]} {properties}::{message}\n"
