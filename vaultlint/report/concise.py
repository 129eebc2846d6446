"""One line a finding and nothing else, `path:line:column: CODE message`, as editors and `grep` know it from
compilers. Columns count code points from 1."""

from collections.abc import Iterable, Iterator

from vaultlint.report import Format, Part, Report, Tally, Wanted
from vaultlint.report.escape import visible
from vaultlint.report.text import place_name


def form(_wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(concise_part, concise_of)


def concise_part(report: Report) -> Part:
    """The findings of a part of a report."""
    told = []
    for one in report.diagnostics:
        line, column = report.lines(one.path).position(one.span.start)
        message = f"{visible(one.code)} {visible(one.message)}"
        told.append(f"{place_name(one.path)}:{line}:{column}: {message}\n")
    return Part("".join(told).encode(), Tally.of(report))


def concise_of(parts: Iterable[Part]) -> Iterator[Part]:
    """The whole report from its parts."""
    return iter(parts)
