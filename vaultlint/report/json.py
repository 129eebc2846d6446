r"""The report for programs, version 1: deterministic JSON, never capped, one line a finding.

`vaultlint.report.schema` models it; this module writes it without pydantic, because a vault may
have a hundred thousand findings.

Text stands as it is; only what a terminal might obey or hide (control characters, bidirectional
controls) is written as `\u` escapes. A lone surrogate, which no valid JSON can hold, is told as
the text `\xff` (an undecodable byte) or `\ud800`. Paths are percent-escaped instead, and only
those that are not valid UTF-8: their undecodable bytes and their own `%`.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from json.encoder import encode_basestring as _quote
from typing import TYPE_CHECKING

from vaultlint import __version__
from vaultlint.diagnostic import Data, Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.fingerprint import fingerprints, portable_path
from vaultlint.report import Counted, Format, Part, Report, Tally, Wanted, items, texts
from vaultlint.report.escape import RUNNER_COMMAND, visible
from vaultlint.text import Span

if TYPE_CHECKING:
    from vaultlint.baseline import Standing

SCHEMA_VERSION = 1


def form(_wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(json_part, json_of)


def render_json(report: Report) -> Iterator[str]:
    """The report in pieces; together one JSON object that ends with a line end."""
    pieces = texts(json_of([json_part(report)]))
    return (piece if isinstance(piece, str) else str(piece, "utf-8") for piece in pieces)


def json_part(report: Report) -> Part:
    """The findings of a part of a report, one a line."""
    return Part(b",\n".join([line.encode() for line in diagnostics_as_json(report)]), Tally.of(report))


def diagnostics_as_json(report: Report) -> Iterator[str]:
    """Each finding of the report as an object on one line."""
    writer = _Writer(report)
    return map(writer.diagnostic, report.diagnostics, fingerprints(report.diagnostics))


def json_of(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The whole report from its parts, of which there is one at least."""
    yield (
        f'{{"schema_version": {SCHEMA_VERSION}, '
        f'"tool": {{"name": "vaultlint", "version": {_string(__version__)}}}, '
        f'"vault": ".",\n"diagnostics": ['
    )
    passing = Counted(parts)
    yield from items(passing)
    tally = passing.tally
    closing = "\n]" if tally.diagnostics else "]"
    baseline = f',\n"baseline": {_baseline(tally.baseline)}' if tally.baseline is not None else ""
    complete = _boolean(tally.complete)
    yield f'{closing},\n"complete": {complete},\n"summary": {_summary(tally)}{baseline}}}\n'


def _string(text: str) -> str:
    """The text as a JSON string, on one line and encodable."""
    return harmless(_quote(text))


def harmless(told: str) -> str:
    r"""The same JSON on one line and encodable, with nothing in it that a terminal might obey or hide.

    Nor is there anything that the log of a CI runner takes for a command: `##[…]`, anywhere in a line.
    """
    if "##" in told:
        told = RUNNER_COMMAND.sub(r"#\\u0023", told)
    return told if told.isprintable() else "".join(map(_escaped, told))


def _escaped(char: str) -> str:
    if char.isprintable():
        return char
    if "\ud800" <= char <= "\udfff":
        return "\\" + visible(char)
    return f"\\u{ord(char):04x}" if visible(char) != char else char


def _boolean(value: bool) -> str:
    return "true" if value else "false"


_BEGINNING = '1, "column": 1, "offset": 0}, "end": {"line": 1, "column": 1, "offset": 0}}'


class _Writer:
    """Writes diagnostics; remembers what many of them share: rule, message, data, path and lines."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rules: dict[tuple[str, str], tuple[str, str]] = {}
        self._strings: dict[str, str] = {}
        self._data: dict[int, tuple[Data, str]] = {}  # by identity; kept, so that no other gets the number
        self._path: str | None = None
        self._before_line = ""
        self._starts: Sequence[int] = ()

    def diagnostic(self, diagnostic: Diagnostic, fingerprint: str) -> str:
        """The diagnostic as a JSON object on one line."""
        code, name, severity, message, path, span, _, fixes, related, data = diagnostic
        identity, docs = self._rules.get((code, name)) or self._rule(code, name)
        known = self._data.get(id(data)) or self._datum(data)
        quoted = self._strings.get(message) or self._string(message)
        return (
            f'{{{identity}, "severity": "{severity}", "message": {quoted}, {self._place(path, span)}, '
            f'"related": [{", ".join(map(self._related, related)) if related else ""}], '
            f'"fixes": [{", ".join(map(self._fix, fixes)) if fixes else ""}], '
            f'"data": {known[1]}, "fingerprint": "{fingerprint}", {docs}}}'
        )

    def _rule(self, code: str, name: str) -> tuple[str, str]:
        """The members `code` and `name`, and the member `docs`."""
        members = (
            f'"code": {_string(code)}, "name": {_string(name)}',
            f'"docs": {_string(f"vaultlint explain {code}")}',
        )
        self._rules[code, name] = members
        return members

    def _string(self, text: str) -> str:
        """The text as a JSON string; there are many like it."""
        quoted = self._strings[text] = _string(text)
        return quoted

    def _datum(self, data: Data) -> tuple[Data, str]:
        known = self._data[id(data)] = (data, _data(data))
        return known

    def _related(self, related: Related) -> str:
        return f'{{{self._place(related.path, related.span)}, "message": {_string(related.message)}}}'

    def _fix(self, fix: Fix) -> str:
        title, edits, safety = fix
        quoted = self._strings.get(title) or self._string(title)
        told = ", ".join(map(self._edit, edits))
        return f'{{"title": {quoted}, "safety": "{safety}", "edits": [{told}]}}'

    def _edit(self, edit: Edit) -> str:
        path, span, _, text = edit
        return f'{{{self._place(path, span)}, "text": {_string(text)}}}'

    def _turn_to(self, path: str) -> None:
        self._path = path
        self._before_line = f'"path": {_string(portable_path(path))}, "range": {{"start": {{"line": '
        self._starts = ()

    def _place(self, path: str, span: Span) -> str:
        """The members `path` and `range`."""
        if path != self._path:
            self._turn_to(path)
        start, end = span
        if not end:  # the note as a whole, often another one: its lines do not matter
            return f"{self._before_line}{_BEGINNING}"
        starts = self._starts = self._starts or self._report.lines(path).starts
        # As Lines.position does it, but for the tuples: this is most of the work on a large report.
        line = last = bisect_right(starts, start)
        begin = last_begin = starts[line - 1]
        if line < len(starts) and end >= starts[line]:
            last = bisect_right(starts, end, line)
            last_begin = starts[last - 1]
        return (
            f'{self._before_line}{line}, "column": {start - begin + 1}, "offset": {start}}}, "end": {{'
            f'"line": {last}, "column": {end - last_begin + 1}, "offset": {end}}}}}'
        )


def _data(data: Data) -> str:
    return "{" + ", ".join([_key(key) + _datum(value) for key, value in data.items()]) + "}"


@cache
def _key(key: str) -> str:
    return f"{_string(key)}: "


def _datum(value: str | int | bool | tuple[str, ...]) -> str:
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, bool):
        return _boolean(value)
    if isinstance(value, int):
        return str(value)
    return f"[{', '.join(map(_string, value))}]"


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
