"""VL306."""

from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule


class TimestampWithoutVideo(NoteRule):
    """Timestamps in a note that names no video."""

    code = "VL306"
    asks = ("timestamped",)

    property: str = "videoId"
    """The property that holds the id of the note's video."""

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        entry = note.property(self.property)
        if (entry is not None and entry.value not in (None, "")) or note.problems:
            return
        state = "there is no property" if entry is None else "nothing in the property"
        for anchor in note.anchors[:1]:
            yield self.found(
                note.path,
                anchor.span,
                anchor.raw,
                f"the note has timestamps, but {state} “{self.property}” that names the video",
            )
