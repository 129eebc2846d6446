"""GitLab's Code Quality report: a JSON array of findings with unique fingerprints.

Paths are relative to the repository. There are no columns: GitLab knows lines only.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from json import dumps

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.fingerprint import fingerprints, portable_path
from vaultlint.report import Format, Part, Report, Tally, Wanted, items
from vaultlint.report.quoting import harmless

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(partial(gitlab_part, prefix=wanted.prefix), gitlab_of)


def gitlab_part(report: Report, *, prefix: str) -> Part:
    """The findings of a part of a report. `prefix` stands before the vault's paths in the repository."""
    marked = zip(report.diagnostics, fingerprints(report.diagnostics), strict=True)
    told = [_issue(one, mark, report, prefix) for one, mark in marked]
    return Part(",\n".join(told).encode(), Tally.of(report))


def gitlab_of(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The whole report from its parts."""
    yield "["
    yield from items(parts)
    yield "\n]\n"


def _issue(one: Diagnostic, fingerprint: str, report: Report, prefix: str) -> str:
    lines = report.lines(one.path)
    begin = lines.position(one.span.start).line
    issue = {
        "description": f"{one.code} {one.name}: {one.message}",
        "check_name": one.code,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[one.severity],
        "location": {"path": portable_path(prefix + one.path), "lines": {"begin": begin}},
    }
    return harmless(dumps(issue, ensure_ascii=False))
