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
from functools import cache, partial
from json.encoder import encode_basestring as _quote
from math import inf
from typing import TYPE_CHECKING, TypeVar

from vaultlint import __version__
from vaultlint.diagnostic import Data, Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.fingerprint import fingerprints, portable_path
from vaultlint.report import Counted, Format, Part, Report, Tally, Wanted, items, joined, texts
from vaultlint.report.escape import RUNNER_COMMAND, visible
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
    """Writes diagnostics, with a character for each byte of UTF-8; remembers what many of them share: rule,
    message, data, path and line."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._rules: dict[tuple[str, str, Severity], tuple[str, str]] = {}
        self._strings: dict[str, str] = {}
        self._data: dict[int, tuple[Data, str]] = {}  # by identity; kept, so that no other gets the number
        self._path: str | None = None
        self._before_line = ""
        self._starts_in: dict[str, Sequence[int]] = {}
        self._starts: Sequence[int] = ()
        self._line, self._begin, self._next = 0, 0, 0.0  # the last line that was looked for, and the next

    def diagnostic(self, diagnostic: Diagnostic, fingerprint: str) -> str:
        """The diagnostic as a JSON object on one line."""
        code, name, severity, message, path, span, _, fixes, related, data = diagnostic
        rule = self._rules.get((code, name, severity)) or self._rule(code, name, severity)
        quoted = self._strings.get(message) or self._quoted(message)
        known = self._data.get(id(data)) or self._told(data)
        return (
            f"{rule[0]}{quoted}, {self._place(path, span)}, "
            f'"related": [{_listed(self._related, related) if related else ""}], '
            f'"fixes": [{_listed(self._fix, fixes) if fixes else ""}], '
            f'"data": {known[1]}, "fingerprint": "{fingerprint}", {rule[1]}'
        )

    def _rule(self, code: str, name: str, severity: Severity) -> tuple[str, str]:
        """What stands before the message, and what at the end."""
        members = self._rules[code, name, severity] = (
            _narrow(
                f'{{"code": {_string(code)}, "name": {_string(name)}, "severity": "{severity}", "message": '
            ),
            _narrow(f'"docs": {_string(f"vaultlint explain {code}")}}}'),
        )
        return members

    def _quoted(self, text: str) -> str:
        """The text as a JSON string; there are many like it."""
        quoted = self._strings[text] = _narrow(_string(text))
        return quoted

    def _told(self, data: Data) -> tuple[Data, str]:
        """The data with what it is in JSON."""
        known = self._data[id(data)] = (data, _narrow(_data(data)))
        return known

    def _related(self, related: Related) -> str:
        return f'{{{self._place(related.path, related.span)}, "message": {self._quoted(related.message)}}}'

    def _fix(self, fix: Fix) -> str:
        title, edits, safety = fix
        quoted = self._strings.get(title) or self._quoted(title)
        return f'{{"title": {quoted}, "safety": "{safety}", "edits": [{_listed(self._edit, edits)}]}}'

    def _edit(self, edit: Edit) -> str:
        path, span, _, text = edit
        quoted = self._strings.get(text) or self._quoted(text)
        return f'{{{self._place(path, span)}, "text": {quoted}}}'

    def _place(self, path: str, span: Span) -> str:
        """The members `path` and `range`."""
        if path != self._path:
            self._turn_to(path)
        start, end = span
        if not end:  # the note as a whole, often another one: its lines do not matter
            return f"{self._before_line}{_BEGINNING}"
        if not self._begin <= start < self._next:
            self._look_for(start, path)
        last, last_begin = self._line, self._begin
        if end >= self._next:
            last = bisect_right(self._starts, end, last)
            last_begin = self._starts[last - 1]
        return (
            f'{self._before_line}{self._line}, "column": {start - self._begin + 1}, "offset": {start}}}, '
            f'"end": {{"line": {last}, "column": {end - last_begin + 1}, "offset": {end}}}}}'
        )

    def _turn_to(self, path: str) -> None:
        self._path = path
        told = f'"path": {_string(portable_path(path))}, "range": {{"start": {{"line": '
        self._before_line = _narrow(told)
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


def _listed(told: Callable[[T], str], items: Sequence[T]) -> str:
    return told(items[0]) if len(items) == 1 else ", ".join(map(told, items))


def _narrow(told: str) -> str:
    """The text in UTF-8 with a character for each byte."""
    return told if told.isascii() else told.encode().decode("latin-1")


def _data(data: Data) -> str:
    return "{" + ", ".join([_key(key) + _value(value) for key, value in data.items()]) + "}"


@cache
def _key(key: str) -> str:
    return f"{_string(key)}: "


def _value(value: str | int | bool | tuple[str, ...]) -> str:
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
