"""JUnit XML: one test case a finding, which fails; where nothing was found, one that passes.

`file` is relative to the repository, `line` counts from 1.
"""

import re
from collections.abc import Iterable, Iterator
from functools import partial
from xml.sax.saxutils import escape, quoteattr

from vaultlint.diagnostic import Diagnostic
from vaultlint.report import Format, Part, Report, Tally, Wanted
from vaultlint.report.escape import visible

_NO_XML = re.compile("[\ufffe\uffff]")
"""What `visible` leaves of the characters that XML 1.0 does not allow."""


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(partial(junit_part, prefix=wanted.prefix), junit_of)


def junit_part(report: Report, *, prefix: str) -> Part:
    """The findings of a part of a report. `prefix` stands before the vault's paths in the repository."""
    told = "".join(_case(one, report, prefix) for one in report.diagnostics)
    return Part(told.encode(), Tally.of(report))


def junit_of(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The whole report from its parts."""
    parts = list(parts)
    found = Tally.total(part.tally for part in parts).diagnostics
    counts = f'tests="{found or 1}" failures="{found}" errors="0"'
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="vaultlint" {counts}>\n<testsuite name="vaultlint" {counts}>\n'
    yield from parts
    if not found:
        yield '<testcase classname="vaultlint" name="vaultlint check"/>\n'
    yield "</testsuite>\n</testsuites>\n"


def _case(one: Diagnostic, report: Report, prefix: str) -> str:
    path = _shown(prefix + one.path)
    line, column = report.lines(one.path).position(one.span.start)
    rule, message = _shown(f"{one.code} {one.name}"), _shown(one.message)
    name = quoteattr(f"{rule} {line}:{column}")
    return (
        f'<testcase classname={quoteattr(path)} name={name} file={quoteattr(path)} line="{line}">'
        f'<failure type="{one.severity}" message={quoteattr(message)}>'
        f"{escape(f'{path}:{line}:{column} {rule} {message}')}</failure></testcase>\n"
    )


def _shown(text: str) -> str:
    return _NO_XML.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text))
