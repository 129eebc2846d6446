"""VL303."""

import re
from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity

_GOOD = re.compile(r"[0-9]{2}:[0-5][0-9]:[0-5][0-9]")
_TIME = re.compile(r"[0-9]{1,3}(?::[0-9]{1,3}){1,3}")  # digits of other scripts are not compared
_IMPOSSIBLE = re.compile(r"[0-9]{2}(?=.*:[6-9])(?::[0-9]{2}){2}")


class TimestampLabelMismatch(NoteRule):
    """A timestamp anchor that shows another time than it goes to."""

    code = "VL303"
    severity = Severity.WARNING
    on_templates = True

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for anchor in note.suspect_anchors:
            label = anchor.label.strip().removeprefix("[").removesuffix("]").strip()
            if not _GOOD.fullmatch(anchor.time) or not _TIME.fullmatch(label) or label == anchor.time:
                continue
            only_label_wrong = _seconds(label) == _seconds(anchor.time) or _IMPOSSIBLE.fullmatch(label)
            edit = Edit(note.path, anchor.label_span, anchor.label, f"[{anchor.time}]")
            yield self.found(
                note.path,
                anchor.span,
                anchor.raw,
                f"the label says “{label}”, the anchor goes to “{anchor.time}”",
                fixes=(Fix(f"Show “{anchor.time}”", (edit,), Safety.SAFE),) if only_label_wrong else (),
                data={"time": anchor.time, "label": label},
            )


def _seconds(time: str) -> int:
    """A time in seconds; `MM:SS` is minutes and seconds, as people read a label."""
    total = 0
    for field in time.split(":"):
        total = total * 60 + int(field)
    return total
