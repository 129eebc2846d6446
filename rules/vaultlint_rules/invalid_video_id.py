"""VL307."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note, Scalar
from vaultlint.rule import Diagnostic, NoteRule
from vaultlint.text import has_placeholder

_VIDEO_ID = rare(r"[A-Za-z0-9_-]{11}")


class InvalidVideoId(NoteRule):
    """A video property that is no YouTube video id."""

    code = "VL307"
    asks = ("properties",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        entry = note.property(note.anchor_form.video)
        if entry is None:
            return
        text = entry.node.text if isinstance(entry.node, Scalar) else entry.node.span.of(note.text)
        if isinstance(entry.node, Scalar) and _VIDEO_ID.fullmatch(text):
            return
        if entry.value is not None and text.strip() and not has_placeholder(text):
            yield self.found(
                note.path,
                entry.node.span,
                text,
                f"“{text}” is no video id; one has eleven letters, digits, “-” or “_”",
                data={"value": text},
            )
