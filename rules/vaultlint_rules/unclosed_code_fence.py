"""VL506."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule, Severity

_MARK = rare(r"`+|~+")
_LIVE = rare(r"[^\0\s]")
_BLANK_LINE = rare(r"\n[ \t]*\r?\n")


class UnclosedCodeFence(NoteRule):
    """A code fence without an end, which makes code of all that follows."""

    code = "VL506"
    asks = ("open_fence",)
    severity = Severity.WARNING
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        fence = note.open_fence
        if fence is None:
            return
        live = _LIVE.search(note.live, fence.end)
        if not note.text[fence.end : live.start() if live else None].strip():
            return  # it hides nothing
        if _is_in_math(note, fence.start):
            return
        mark = _MARK.match(note.text, fence.start)
        hidden = "the rest of its list item or quote" if live else "the rest of the note"
        yield self.found(
            note.path,
            fence,
            fence.of(note.text),
            f"this code fence has no closing “{mark[0] if mark else '```'}”, so {hidden} is code",
        )


def _is_in_math(note: Note, at: int) -> bool:
    """Whether `~~~` stands in math that began in its paragraph, where it is space to whoever edits it."""
    paragraph = note.body_start
    for blank in _BLANK_LINE.finditer(note.text, paragraph, at):
        paragraph = blank.end()
    return note.text[at] == "~" and note.text.count("$$", paragraph, at) % 2 == 1
