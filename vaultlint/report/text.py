"""The report for people: `path:line:column CODE name message`, in `full` with the source below it."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from vaultlint.diagnostic import Diagnostic, Safety, Severity
from vaultlint.report import Counted, Format, Part, Report, Tally, Wanted
from vaultlint.report.escape import visible
from vaultlint.text import Lines, Span, counted

if TYPE_CHECKING:
    from vaultlint.baseline import Standing

DEFAULT_MAX_DIAGNOSTICS = 200

_END = "\0"
"""Between the findings of a part; what is told holds no control character."""

_COLUMNS = 100
"""Columns of a source line that `full` shows at most."""
_COLUMNS_BEFORE = 40
"""Of these, at most so many before the span where the line does not fit."""
_GONE_SHOWN = 20
"""Entries of a baseline that are named as gone at most."""
_WHOLE_LINES = 4
"""The longest span, in lines, that `full` shows whole."""

_RESET = "\x1b[0m"
_BOLD = "\x1b[1m"
_DIM = "\x1b[2m"
_COLOURS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.INFO: "\x1b[36m"}

Paint = Callable[[str, str], str]
"""Text and style -> the text as it is to be printed."""


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return text_form(wanted, full=False)


def text_form(wanted: Wanted, *, full: bool) -> Format:
    """The format, with the source of each finding or without."""
    most = wanted.max_diagnostics
    part = partial(text_part, colour=wanted.colour, max_diagnostics=most, full=full)
    return Format(part, partial(text_of, max_diagnostics=most, full=full))


def render_text(report: Report, *, colour: bool, max_diagnostics: int, full: bool = False) -> Iterator[str]:
    """The report in pieces, each ending with a line end.

    `max_diagnostics` is how many findings are shown, 0 for all; the summary counts all of them.
    """
    part = text_part(report, colour=colour, max_diagnostics=max_diagnostics, full=full)
    return text_of([part], max_diagnostics=max_diagnostics, full=full)


def text_part(report: Report, *, colour: bool, max_diagnostics: int, full: bool) -> Part:
    """The findings of a part of a report, at most `max_diagnostics`."""
    paint = _painted if colour else _plain
    shown = report.diagnostics[: max_diagnostics or None]
    told = "".join(_told(diagnostic, report, paint, full) + _END for diagnostic in shown)
    return Part(told.encode(), Tally.of(report))


def text_of(parts: Iterable[Part], *, max_diagnostics: int, full: bool) -> Iterator[str]:
    """The whole report from its parts, of which there is one at least."""
    shown = 0
    passing = Counted(parts)
    for part in passing:
        for told in str(part.text, "utf-8").split(_END)[:-1]:
            if shown == max_diagnostics and max_diagnostics:
                break
            yield told
            shown += 1
    tally = passing.tally
    hidden = tally.diagnostics - shown
    if hidden:
        yield f"… and {hidden} more (--max-diagnostics 0 shows all)\n"
    if hidden or (shown and not full):
        yield "\n"
    yield from summary(tally)


def _painted(text: str, style: str) -> str:
    return f"{style}{text}{_RESET}"


def _plain(text: str, _style: str) -> str:
    return text


def _told(diagnostic: Diagnostic, report: Report, paint: Paint, full: bool) -> str:
    lines = report.lines(diagnostic.path)
    headline = _headline(diagnostic, lines, paint)
    if not full:
        return headline
    source = _source(diagnostic, lines, report.text(diagnostic.path), paint)
    return "".join((headline, *source, *_remarks(diagnostic, report), "\n"))


# --- one finding ------------------------------------------------------------------------------


def _headline(diagnostic: Diagnostic, lines: Lines, paint: Paint) -> str:
    place = _place(diagnostic.path, diagnostic.span, lines, paint)
    code = paint(visible(diagnostic.code), _COLOURS[diagnostic.severity])
    return f"{place} {code} {visible(diagnostic.name)} {visible(diagnostic.message)}\n"


def _place(path: str, span: Span, lines: Lines, paint: Paint = _plain) -> str:
    line, column = lines.position(span.start)
    return f"{paint(place_name(path), _BOLD)}:{line}:{column}"


def place_name(path: str) -> str:
    """The path as a line may begin with it: what begins with `::` is a command to the runners of GitHub."""
    shown = visible(path)
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def _source(diagnostic: Diagnostic, lines: Lines, text: str, paint: Paint) -> Iterator[str]:
    """The lines of the span, each with a line of carets below; of a long span its two ends."""
    if not text:
        return
    span = diagnostic.span
    first = lines.position(span.start).line
    last = lines.position(max(span.start, span.end - 1)).line
    margin = len(str(last))
    bar = paint("|", _DIM)
    whole = last - first < _WHOLE_LINES
    for number in range(first, last + 1) if whole else (first, last):
        start = lines.start_of(number)
        end = lines.start_of(number + 1) if number < len(lines) else len(text)
        line = text[start:end].rstrip("\r\n")
        source, carets = _excerpt(line, max(0, span.start - start), min(len(line), span.end - start))
        yield f"  {paint(str(number).rjust(margin), _DIM)} {bar} {source}\n"
        yield f"  {' ' * margin} {bar} {paint(carets, _COLOURS[diagnostic.severity])}\n"
        if not whole and number == first:
            yield f"  {'…'.rjust(margin)} {bar}\n"


def _excerpt(line: str, start: int, end: int) -> tuple[str, str]:
    """The line, cropped around `start` where it is long, and the carets under `start` to `end`.

    Both are padded alike: a tab stays a tab in both, a wide character gets two blanks or carets.
    """
    left, right = _window(line, start)
    source, carets = [], []
    if left > 0:
        source.append("…")
        carets.append(" ")
    for offset in range(left, right):
        char = line[offset]
        source.append(char if char == "\t" else visible(char))
        mark = "^" if start <= offset < end else " "
        carets.append("\t" if char == "\t" else mark * _width(char))
    if right < len(line):
        source.append("…")
    underline = "".join(carets)
    if "^" not in underline:  # an empty span, one of tabs only, or one that ends the line
        before = "".join(carets[: start - left + (left > 0)])
        return "".join(source), f"{before}^"
    return "".join(source), underline.rstrip()


def _window(line: str, start: int) -> tuple[int, int]:
    """The part of the line, from and to, that fits `_COLUMNS` and shows what begins at `start`."""
    if len(line) <= _COLUMNS and sum(map(_width, line)) <= _COLUMNS:
        return 0, len(line)
    left, room = start, _COLUMNS_BEFORE
    while left > 0 and (room := room - _width(line[left - 1])) >= 0:
        left -= 1
    right, room = left, _COLUMNS
    while right < len(line) and (room := room - _width(line[right])) >= 0:
        right += 1
    return left, right


def _width(char: str) -> int:
    """The columns that a terminal needs for the character as it is shown (a tab counts four)."""
    if char == "\t":
        return 4
    if char.isascii() and char.isprintable():
        return 1
    shown = visible(char)
    if shown != char:
        return len(shown)
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _remarks(diagnostic: Diagnostic, report: Report) -> Iterator[str]:
    """The other places that the finding speaks of, then the repairs on offer."""
    for related in diagnostic.related:
        place = _place(related.path, related.span, report.lines(related.path))
        yield f"    see {place} {visible(related.message)}\n"
    for fix in diagnostic.fixes:
        yield f"    {fix.safety} fix: {visible(fix.title)}\n"


# --- the whole --------------------------------------------------------------------------------


def summary(tally: Tally) -> Iterator[str]:
    """The last lines of a report for people: how much was found, and what can be done about it."""
    if not tally.complete:
        yield "The run is incomplete: something could not be read or checked.\n"
    new = "" if tally.baseline is None else "new "
    if not tally.diagnostics:
        nothing = f"nothing {new}found in {counted(tally.notes, 'note')}"
        yield f"All good: {nothing}.\n" if tally.complete else f"{nothing.capitalize()}.\n"
    else:
        yield f"{_found(tally, new)}{_remedies(tally.remedies)}\n"
    if tally.baseline is not None:
        yield from _of_baseline(tally.baseline)


def _found(tally: Tally, new: str) -> str:
    """How much was found; `new` is what stands before the first severity, if anything does."""
    severities = tally.severities
    found = [counted(severities[Severity.ERROR], "error"), counted(severities[Severity.WARNING], "warning")]
    found.append(f"{severities[Severity.INFO]} info")
    told = [words for words in found if not words.startswith("0 ")]
    listed = " and ".join([", ".join(told[:-1]), told[-1]] if len(told) > 1 else told)
    number, _, rest = listed.partition(" ")
    return f"Found {number} {new}{rest} in {counted(tally.noted, 'note')}"


def _of_baseline(standing: "Standing") -> Iterator[str]:
    """What is left of the baseline, and which of its entries are gone."""
    gone = sum(one.times for one in standing.gone)
    yield f"Of the baseline {counted(standing.left, 'finding')} {'is' if standing.left == 1 else 'are'} left"
    if not gone:
        yield ".\n"
        return
    yield f" and {gone} {'is' if gone == 1 else 'are'} gone, which “vaultlint baseline --update” forgets:\n"
    told = Counter((one.path, one.code) for one in standing.gone for _ in range(one.times))
    for (path, code), count in list(told.items())[:_GONE_SHOWN]:
        times = "" if count == 1 else f" ({count} times)"
        yield f"  {place_name(path)} {visible(code)}{times}\n"
    if len(told) > _GONE_SHOWN:
        yield f"  … and in {len(told) - _GONE_SHOWN} more places (--format json names all)\n"


def _remedies(remedies: "Counter[Safety | None]") -> str:
    safe, unsafe = remedies[Safety.SAFE], remedies[Safety.UNSAFE]
    if safe and unsafe:
        return f"; {safe} fixable with --fix, {unsafe} more with --unsafe-fixes"
    if safe or unsafe:
        return f"; {safe or unsafe} fixable with {'--fix' if safe else '--unsafe-fixes'}"
    return ""
