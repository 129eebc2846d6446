"""VL506."""

import re
from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.parse import parse_note
from vaultlint.rule import Diagnostic, NoteRule, Related, Severity
from vaultlint.text import Span

_MARK = rare(r"`+|~+")
_SEEMS_TO_CLOSE = rare(
    r"^[ \t>]*+(?:(`{3,}+|~{3,}+)([^\r\n`~]*+)|(``|~~)[ \t]*+)\r?$", re.MULTILINE
)  # two signs and nothing else may be three with one forgotten
# A fence in a quote that names its language and has code on every line until the quote ends at a blank line.
_ENDS_WITH_QUOTE = rare(
    r"^([ ]{0,3}>[> \t]*+)(`{3,}+|~{3,}+)(?=[ \t]*+[^\s`~][^\r\n`~]*+"
    r"(?:\r?\n[ \t]*+>[> \t]*+(?!```|~~~)[^> \t\r\n][^\r\n]*+)++(?:\r?\n[ \t]*+\r?)?+(?:\n|\Z))",
    re.MULTILINE,
)
_LIVE = rare(r"[^\0\s]")
_IN_A_COMMENT_OF_CODE = rare(r"[ \t]*\r?\n[ \t]*\*/")
"""Excalidraw's scripts are notes, and code as a whole: a fence that shows them stands in a comment of it."""
_BLANK_LINE = rare(r"\n[ \t]*\r?\n")


class UnclosedCodeFence(NoteRule):
    """A code fence without an end, which makes code of all that follows."""

    code = "VL506"
    asks = ("open_fence",)
    severity = Severity.WARNING
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        fence = _open_fence(note)
        if fence is None:
            return
        live = _LIVE.search(note.live, fence.end)
        if not note.text[fence.end : live.start() if live else None].strip():
            return  # it hides nothing
        if _is_in_math(note, fence.start) or _IN_A_COMMENT_OF_CODE.match(note.text, fence.end):
            return
        mark = _MARK.match(note.text, fence.start)
        hidden = "the rest of its list item or quote" if live else "the rest of the note"
        yield self.found(
            note.path,
            fence,
            fence.of(note.text),
            f"this code fence has no closing “{mark[0] if mark else '```'}”, so {hidden} is code",
            related=_seeming_end(note, fence, mark[0], live.start() if live else len(note.text))
            if mark
            else (),
        )


def _open_fence(note: Note) -> Span | None:
    """The first fence that nothing closes, not even the end of its quote."""
    fence, text = note.open_fence, note.text
    quoted = [] if fence is None else list(_ENDS_WITH_QUOTE.finditer(text, note.body_start))
    if not quoted:
        return fence
    parts, at = [], 0
    for one in quoted:
        parts += [text[at : one.start(2)], "x" * len(one[2])]
        at = one.end(2)
    later = parse_note(note.path, "".join([*parts, text[at:]])).open_fence
    if (
        later is None
        or later.of(text).strip("`~ \t")
        or ">" not in text[_line(text, later.start) : later.start]
    ):
        return later
    # A mark and nothing else in a quote is rather the end of the code that the quote before it began.
    before = [one for one in quoted if one.start() < later.start]
    if not before:
        return later
    end = text.index("\n", before[-1].end(2))
    return Span(before[-1].start(2), end - text.startswith("\r\n", end - 1))


def _line(text: str, at: int) -> int:
    """Where the line begins that holds `at`."""
    return text.rfind("\n", 0, at) + 1


def _is_in_math(note: Note, at: int) -> bool:
    """Whether `~~~` stands in math that began in its paragraph, where it is space to whoever edits it."""
    paragraph = note.body_start
    for blank in _BLANK_LINE.finditer(note.text, paragraph, at):
        paragraph = blank.end()
    return note.text[at] == "~" and note.text.count("$$", paragraph, at) % 2 == 1


def _seeming_end(note: Note, fence: Span, mark: str, hidden_until: int) -> tuple[Related, ...]:
    """The first line below that looks as if it closed the fence, and why it does not. Below text that is no
    code there is none: a mark there belongs to another fence."""
    line = _SEEMS_TO_CLOSE.search(note.text, fence.end, hidden_until)
    if line is None:
        return ()
    marks, behind = line[1] or line[3], line[2] or ""
    if marks[0] != mark[0]:
        why = f"“{marks}” closes no “{mark}”"
    elif len(marks) < len(mark):
        why = f"“{marks}” is shorter than “{mark}”"
    elif behind.strip() and not behind.startswith((" ", "\t")):
        return ()  # it rather opens another fence, and what follows closes that
    elif behind.strip():
        why = f"“{behind.strip()}” stands behind it"
    else:
        why = "it is indented, or stands in another list item or quote"
    return (Related(note.path, Span(*line.span(1 if line[1] else 3)), f"this does not close it: {why}"),)
