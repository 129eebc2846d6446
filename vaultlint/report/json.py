r"""The report for programs, version 1: deterministic JSON, never capped, one line a finding.

`vaultlint.report.schema` models it; this module writes it without pydantic, because a vault may
have a hundred thousand findings.

Text stands as it is; only what a terminal might obey or hide (control characters, bidirectional
controls) is written as `\u` escapes. A lone surrogate, which no valid JSON can hold, is told as
the text `\xff` (an undecodable byte) or `\ud800`. Paths are percent-escaped instead, and only
those that are not valid UTF-8: their undecodable bytes and their own `%`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from math import inf
from typing import TYPE_CHECKING, TypeVar

from vaultlint import __version__
from vaultlint.diagnostic import Data, Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.fingerprint import fingerprints, portable_path
from vaultlint.report import Counted, Format, Part, Report, Tally, Wanted, items, joined, texts
from vaultlint.report.quoting import Quoted, inside, narrow, quoted
from vaultlint.text import Span

if TYPE_CHECKING:
    from vaultlint.baseline import Standing

T = TypeVar("T")

SCHEMA_VERSION = 1


def form(_wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(json_part, json_of, partial(joined, b",\n"))


def render_json(report: Report) -> Iterator[str]:
    """The report in pieces; together one JSON object that ends with a line end."""
    pieces = texts(json_of([json_part(report)]))
    return (piece if isinstance(piece, str) else str(piece, "utf-8") for piece in pieces)


def json_part(report: Report) -> Part:
    """The findings of a part of a report, one a line."""
    return Part(",\n".join(findings_as_json(report)).encode("latin-1"), Tally.of(report))


def findings_as_json(report: Report) -> Iterator[str]:
    """Each finding of the report as an object on one line, in UTF-8 with a character for each byte: what
    `encode("latin-1")` gives is the text. Such strings are put together in half the time."""
    writer = _Writer(report)
    return map(writer.diagnostic, report.diagnostics, fingerprints(report.diagnostics))


def json_of(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The whole report from its parts, of which there is one at least."""
    yield (
        f'{{"schema_version": {SCHEMA_VERSION}, '
        f'"tool": {{"name": "vaultlint", "version": {quoted(__version__)}}}, '
        f'"vault": ".",\n"diagnostics": ['
    )
    passing = Counted(parts)
    yield from items(passing)
    tally = passing.tally
    closing = "\n]" if tally.diagnostics else "]"
    baseline = f',\n"baseline": {_baseline(tally.baseline)}' if tally.baseline is not None else ""
    complete = _boolean(tally.complete)
    yield f'{closing},\n"complete": {complete},\n"summary": {_summary(tally)}{baseline}}}\n'


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_BEGINNING = '1, "column": 1, "offset": 0}, "end": {"line": 1, "column": 1, "offset": 0}}'


class _Writer:
    """Writes diagnostics, with a character for each byte of UTF-8; remembers what many of them share: rule,
    strings, path and line."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rules: dict[tuple[str, str, Severity], tuple[str, str]] = {}
        self._strings = Quoted.of(report.diagnostics)
        self._inside = self._strings.__getitem__
        self._path: str | None = None
        self._before_line = ""
        self._starts_in: dict[str, Sequence[int]] = {}
        self._starts: Sequence[int] = ()
        self._line, self._begin, self._next = 0, 0, 0.0  # the last line that was looked for, and the next
        self._column = self._before_column = ""  # what stands before a column in that line

    def diagnostic(self, diagnostic: Diagnostic, fingerprint: str) -> str:
        """The diagnostic as a JSON object on one line."""
        code, name, severity, message, path, span, _, fixes, related, data = diagnostic
        rule = self._rules.get((code, name, severity)) or self._rule(code, name, severity)
        return (
            f'{rule[0]}"{self._strings[message]}", {self._place(path, span)}, '
            f'"related": [{_listed(self._related, related) if related else ""}], '
            f'"fixes": [{_listed(self._fix, fixes) if fixes else ""}], '
            f'"data": {_data(data, self._inside)}, "fingerprint": "{fingerprint}", {rule[1]}'
        )

    def _rule(self, code: str, name: str, severity: Severity) -> tuple[str, str]:
        """What stands before the message, and what at the end."""
        members = self._rules[code, name, severity] = (
            narrow(
                f'{{"code": {quoted(code)}, "name": {quoted(name)}, "severity": "{severity}", "message": '
            ),
            narrow(f'"docs": {quoted(f"vaultlint explain {code}")}}}'),
        )
        return members

    def _related(self, related: Related) -> str:
        return f'{{{self._place(related.path, related.span)}, "message": "{self._strings[related.message]}"}}'

    def _fix(self, fix: Fix) -> str:
        title, edits, safety = fix
        told = _listed(self._edit, edits)
        return f'{{"title": "{self._strings[title]}", "safety": "{safety}", "edits": [{told}]}}'

    def _edit(self, edit: Edit) -> str:
        path, span, _, text = edit
        return f'{{{self._place(path, span)}, "text": "{self._strings[text]}"}}'

    def _place(self, path: str, span: Span) -> str:
        """The members `path` and `range`."""
        if path != self._path:
            self._turn_to(path)
        start, end = span
        if not end:  # the note as a whole, often another one: its lines do not matter
            return f"{self._before_line}{_BEGINNING}"
        if not self._begin <= start < self._next:
            self._look_for(start, path)
        last_column, last_begin = self._column, self._begin
        if end >= self._next:
            last = bisect_right(self._starts, end, self._line)
            last_column, last_begin = _column_in(last), self._starts[last - 1]
        return (
            f'{self._before_column}{start - self._begin + 1}, "offset": {start}}}, "end": {{"line": '
            f'{last_column}{end - last_begin + 1}, "offset": {end}}}}}'
        )

    def _turn_to(self, path: str) -> None:
        self._path = path
        told = f'"path": {quoted(portable_path(path))}, "range": {{"start": {{"line": '
        self._before_line = narrow(told)
        self._begin = self._next = 0

    def _look_for(self, offset: int, path: str) -> None:
        """Find the line of an offset. Most findings are on the line of the one before."""
        starts = self._starts_in.get(path)
        if starts is None:
            starts = self._starts_in[path] = self._report.lines(path).starts.tolist()
        self._starts = starts
        line = self._line = bisect_right(starts, offset)
        self._begin = starts[line - 1]
        self._next = starts[line] if line < len(starts) else inf
        self._column = _column_in(line)
        self._before_column = f"{self._before_line}{self._column}"


def _column_in(line: int) -> str:
    return f'{line}, "column": '


def _listed(told: Callable[[T], str], items: Sequence[T]) -> str:
    return told(items[0]) if len(items) == 1 else ", ".join(map(told, items))


def _data(data: Data, told: Callable[[str], str] = inside) -> str:
    """The data as an object; `told` gives what stands between the quotes of a text."""
    members = [
        f'"{told(key)}": "{told(value)}"'
        if isinstance(value, str)
        else f'"{told(key)}": {_value(value, told)}'
        for key, value in data.items()
    ]
    return f"{{{', '.join(members)}}}"


def _value(value: int | bool | tuple[str, ...], told: Callable[[str], str]) -> str:
    if isinstance(value, bool):
        return _boolean(value)
    if isinstance(value, int):
        return str(value)
    return "[" + ", ".join([f'"{told(each)}"' for each in value]) + "]"


def _baseline(standing: "Standing") -> str:
    gone = [_data(one._asdict()) for one in standing.gone]
    lines = ",\n".join(gone)
    return f'{{"left": {standing.left}, "gone": [{f"{chr(10)}{lines}{chr(10)}" if gone else ""}]}}'


def _summary(tally: Tally) -> str:
    fixable = tally.remedies[Safety.SAFE] + tally.remedies[Safety.UNSAFE]
    by_severity = _data({severity: tally.severities[severity] for severity in Severity})
    by_rule = _data(dict(sorted(tally.rules.items())))
    return (
        f'{{"notes": {tally.notes}, "files": {tally.files}, "diagnostics": {tally.diagnostics}, '
        f'"fixable": {fixable}, "by_severity": {by_severity}, "by_rule": {by_rule}}}'
    )
