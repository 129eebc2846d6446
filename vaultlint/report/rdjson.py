"""The Reviewdog Diagnostic Format (`rdjson`), with suggestions.

Paths are relative to the repository; columns count bytes of UTF-8 from 1, as that format has it, and an end
is the first place behind. A suggestion is a fix that a run may apply and that is one edit of the note, since
its reader takes suggestions one by one.
"""

from collections.abc import Iterable, Iterator
from functools import partial
from json import dumps
from typing import Any

from vaultlint.diagnostic import Diagnostic, Safety
from vaultlint.fingerprint import portable_path
from vaultlint.report import Format, Part, Report, Tally, Wanted, items
from vaultlint.report.quoting import harmless
from vaultlint.text import Span


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(partial(rdjson_part, prefix=wanted.prefix), rdjson_of)


def rdjson_part(report: Report, *, prefix: str) -> Part:
    """The findings of a part of a report. `prefix` stands before the vault's paths in the repository."""
    told = [
        harmless(dumps(_diagnostic(one, report, prefix), ensure_ascii=False)) for one in report.diagnostics
    ]
    return Part(",\n".join(told).encode(), Tally.of(report))


def rdjson_of(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The whole report from its parts."""
    yield '{"source": {"name": "vaultlint"}, "diagnostics": ['
    yield from items(parts)
    yield "\n]}\n"


def _diagnostic(one: Diagnostic, report: Report, prefix: str) -> dict[str, Any]:
    location = {"path": portable_path(prefix + one.path), "range": _range(one.path, one.span, report)}
    told = {
        "message": one.message,
        "location": location,
        "severity": one.severity.upper(),
        "code": {"value": one.code},
    }
    suggestions = [
        {"range": _range(edit.path, edit.span, report), "text": edit.text}
        for fix in one.fixes
        if fix.safety is not Safety.MANUAL and len(fix.edits) == 1
        for edit in fix.edits
        if edit.path == one.path
    ]
    return {**told, "suggestions": suggestions} if suggestions else told


def _range(path: str, span: Span, report: Report) -> dict[str, dict[str, int]]:
    return {"start": _position(path, span.start, report), "end": _position(path, span.end, report)}


def _position(path: str, offset: int, report: Report) -> dict[str, int]:
    lines = report.lines(path)
    line, column = lines.position(offset)
    if column > 1:
        before = report.text(path)[lines.start_of(line) : offset]
        column = len(before.encode("utf-8", "surrogatepass")) + 1
    return {"line": line, "column": column}
