"""VL308."""

from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule, Severity
from vaultlint.timestamps import GOOD_TIME, clock, is_shifted, length, seconds


class TimestampPastEnd(NoteRule):
    """A timestamp later than the end of the video."""

    code = "VL308"
    asks = ("timestamped",)
    severity = Severity.WARNING

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        if note.property(note.anchor_form.duration) is None:
            return
        anchors = [anchor for anchor in note.anchors if GOOD_TIME.fullmatch(anchor.time)]
        end = length(note, [anchor.time for anchor in anchors])
        if end is None:
            return
        for anchor in anchors:
            time = anchor.time
            # The length may be rounded down by less than a second.
            if seconds(time) > end + 1 and not is_shifted(time, end):
                yield self.found(
                    note.path,
                    anchor.span,
                    anchor.raw,
                    f"“{time}” is past the end of the video, which is {clock(end)} long",
                    data={"time": time, "duration": end},
                )
