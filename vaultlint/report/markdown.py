"""Markdown for a pull request's comment or the summary of a step: what was found, as a table.

GitHub takes 65,536 characters in a comment, so the table ends before that. What comes from the vault is text
and nothing else there: punctuation is written as entities, and a zero-width space keeps `@name` and `#1` from
calling somebody or something.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from vaultlint.diagnostic import Diagnostic
from vaultlint.report import Format, Part, Report, Tally, Wanted
from vaultlint.report.escape import visible
from vaultlint.report.text import summary

_ROOM = 60_000
"""Characters of the table at most."""
_LONGEST = 300
"""Characters of a path or a message that are shown."""
_ACTIVE = re.compile(r"[!-/:-@\[-`{-~]")


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    most = wanted.max_diagnostics
    part = partial(markdown_part, prefix=wanted.prefix, max_diagnostics=most)
    return Format(part, partial(markdown_of, max_diagnostics=most))


def markdown_part(report: Report, *, prefix: str, max_diagnostics: int) -> Part:
    """The findings of a part of a report, at most `max_diagnostics` (0: all).

    `prefix`: what stands before the vault's paths in the repository.
    """
    shown = report.diagnostics[: max_diagnostics or None]
    return Part("".join(_row(one, report, prefix) for one in shown).encode(), Tally.of(report))


def markdown_of(parts: Iterable[Part], *, max_diagnostics: int) -> Iterator[str]:
    """The whole report from its parts."""
    parts = list(parts)
    tally = Tally.total(part.tally for part in parts)
    yield "### vaultlint\n\n"
    for line in summary(tally):  # what is indented tells of notes
        yield f"- {_text(line.strip())}\n" if line.startswith("  ") else line
    rows = [row for part in parts for row in str(part.text, "utf-8").splitlines(keepends=True)]
    fitting = _fitting(rows[: max_diagnostics or None])
    if fitting:
        yield "\n| | Place | Rule | Finding |\n| --- | --- | --- | --- |\n"
        yield from fitting
    if hidden := tally.diagnostics - len(fitting):
        yield f"\n… and {hidden} more\n"


def _fitting(rows: Sequence[str]) -> Sequence[str]:
    """As many rows as there is room for."""
    room = _ROOM
    for number, row in enumerate(rows):
        room -= len(row)
        if room < 0:
            return rows[:number]
    return rows


def _row(one: Diagnostic, report: Report, prefix: str) -> str:
    line, column = report.lines(one.path).position(one.span.start)
    place = f"<code>{_text(prefix + one.path)}:{line}:{column}</code>"
    return f"| {one.severity} | {place} | {_text(one.code)} {_text(one.name)} | {_text(one.message)} |\n"


def _text(text: str) -> str:
    shown = visible(text)
    if len(shown) > _LONGEST:
        shown = f"{shown[:_LONGEST]}…"
    return _ACTIVE.sub(_entity, shown)


def _entity(found: re.Match[str]) -> str:
    char = found[0]
    if char in "-/,()'":  # alone they mean nothing within a line
        return char
    return f"&#{ord(char)};\u200b" if char in "@#" else f"&#{ord(char)};"
