"""VL508."""

from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule, Severity

_CLOSERS = {"%%": "%%", "<!--": "-->"}


class UnclosedComment(NoteRule):
    """A comment without an end, which hides all that follows."""

    code = "VL508"
    asks = ("open_comment",)
    severity = Severity.WARNING
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        mark = note.open_comment
        if mark is not None and note.text[mark.end :].strip():
            opener = mark.of(note.text)
            closer = _CLOSERS[opener]
            yield self.found(
                note.path,
                mark,
                opener,
                f"this comment has no closing “{closer}”, so nobody sees what follows",
            )
