"""VL306."""

from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule


class TimestampWithoutVideo(NoteRule):
    """Timestamps in a note that names no video."""

    code = "VL306"
    asks = ("timestamped",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        entry = note.property(note.anchor_form.video)
        if (entry is not None and entry.value not in (None, "")) or note.problems:
            return
        state = "there is no property" if entry is None else "nothing in the property"
        for anchor in note.anchors[:1]:
            yield self.found(
                note.path,
                anchor.span,
                anchor.raw,
                f"the note has timestamps, but {state} “{note.anchor_form.video}” that names the video",
            )
