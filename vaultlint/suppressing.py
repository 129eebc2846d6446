"""Where in a note a suppression can be written without harm, as fixes: `--add-suppressions`.

Above the line of a finding, if that line begins a paragraph, a heading or an item of a plain list and the
new line changes nothing of what stands around it; else at the end of the note, for the whole note.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import groupby

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety
from vaultlint.note import Note
from vaultlint.parse import parse_note
from vaultlint.suppression import FILE, NEVER, NEXT_LINE, Name, Suppression, suppressions_of
from vaultlint.text import Span

_BULLET = re.compile(r"[-*+][ \t]+\S")
_LIST = re.compile(r"[-*+>][ \t]|\d{1,9}[.)][ \t]|[ \t>]")
# What a line of text above it would make something else: a definition, a block id, an underline, a tag.
_NEVER_BELOW_TEXT = re.compile(
    r"\[[^\]\n]*\]:|\^|[=-]+\s*\Z|<[^<>\n]*>\s*\Z|\||%%|\s|>|\d{1,9}[.)]|[-*+]\s*\Z"
)
_BLOCK_ID = re.compile(r"(?:\A|\s)\^[^\s^]+[ \t\r]*\Z")


def with_suppressions(
    diagnostics: Iterable[Diagnostic],
    text_of: Callable[[str], str],
    *,
    whole: Collection[str] = (),
    skipped: Collection[str] = (),
) -> list[Diagnostic]:
    """The findings without their own fixes; the first of each note has one that adds suppressions for all.

    `whole`: notes that take one at their end only; `skipped`: notes that take none.
    """
    found: list[Diagnostic] = []
    for path, group in groupby(diagnostics, lambda one: one.path):
        here = [one._replace(fixes=()) for one in group]
        wanted = [one for one in here if one.code not in NEVER]
        if wanted and path.lower().endswith(".md") and path not in skipped:
            edits = tuple(_edits(parse_note(path, text_of(path)), wanted, above=path not in whole))
            if edits:
                here[0] = here[0]._replace(fixes=(Fix("Add suppressions", edits, Safety.SAFE),))
        found += here
    return found


def _edits(note: Note, findings: Sequence[Diagnostic], *, above: bool) -> Iterator[Edit]:
    """The lines to be written for these findings in a note."""
    text, end = note.text, "\r\n" if "\r\n" in note.text else "\n"
    known = [Suppression._make(one) for one in suppressions_of(note)]
    by_line: dict[int, set[str]] = {}
    for_all: set[str] = set()
    for one in findings:
        start = max(text.rfind("\n", 0, one.span.start), text.rfind("\r", 0, one.span.start)) + 1
        if above and not _says(known, NEXT_LINE, one) and _takes_a_line_above(note, one, start):
            by_line.setdefault(start, set()).add(one.code)
        elif not _says(known, FILE, one) and note.open_fence is None and note.open_comment is None:
            for_all.add(one.code)
    for start, codes in sorted(by_line.items()):
        yield Edit(
            note.path, Span(start, start), "", f"%% vaultlint-{NEXT_LINE} {', '.join(sorted(codes))} %%{end}"
        )
    if for_all:
        gap = "" if not text or _ends_in_suppression(known, text) else end
        gap = gap if not text or text.endswith(("\n", "\r")) else end + gap
        comment = f"{gap}%% vaultlint-{FILE} {', '.join(sorted(for_all))} %%{end}"
        yield Edit(note.path, Span(len(text), len(text)), "", comment)


def _says(known: Iterable[Suppression], directive: str, finding: Diagnostic) -> bool:
    """Whether a suppression of that kind names the rule already, and the finding stands all the same."""
    return any(
        one.directive == directive
        and one.since <= finding.span.start < name.until
        and finding.code == name.text
        for one in known
        for name in map(Name._make, one.names)
    )


def _ends_in_suppression(known: Sequence[Suppression], text: str) -> bool:
    return bool(known) and known[-1].directive == FILE and not text[known[-1].end :].strip()


def _takes_a_line_above(note: Note, finding: Diagnostic, start: int) -> bool:
    """Whether a comment above the finding's line, which begins at `start`, leaves the rest as it is."""
    live, span = note.live, finding.span
    if span.start == span.end or start < note.body_start or live.startswith("\0", start):
        return False
    line = _line(live, start)
    bullet = _BULLET.match(line) is not None
    if _NEVER_BELOW_TEXT.match(line) and not bullet:
        return False
    if any(comment.start < start < comment.end for comment in note.comments):
        return False
    if any(table.start <= start <= table.end for table in note.tables):
        return False
    for heading in note.headings:
        underlined = not live[heading.span.start : heading.span.end].lstrip().startswith("#")
        if underlined and heading.span.start <= start < heading.span.end:
            return False
    return start == note.body_start or _may_follow(note, live, start, bullet=bullet)


def _may_follow(note: Note, live: str, start: int, *, bullet: bool) -> bool:
    """Whether what stands above the line bears a comment below it."""
    above = live.rfind("\n", note.body_start, start - 1) + 1
    above = max(above, note.body_start)
    line = live[above : start - 1]
    if any(table.start <= above <= table.end for table in note.tables) or "\0" in line:
        return False
    if line.strip():
        return _BLOCK_ID.search(line) is None and not (bullet and line.startswith((" ", "\t", ">")))
    # Below an empty line a comment would part the items of a list.
    before = live[note.body_start : above].rstrip()
    last = before[before.rfind("\n") + 1 :]
    return not (bullet and _LIST.match(last))


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)]
