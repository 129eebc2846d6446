"""VL303."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.timestamps import GOOD_TIME, seconds

_TIME = rare(r"[0-9]{1,3}(?::[0-9]{1,3}){1,3}")  # digits of other scripts are not compared
_IMPOSSIBLE = rare(r"[0-9]{2}(?=.*:[6-9])(?::[0-9]{2}){2}")


class TimestampLabelMismatch(NoteRule):
    """A timestamp anchor that shows another time than it goes to."""

    code = "VL303"
    asks = ("suspect_anchors",)
    severity = Severity.WARNING
    on_templates = True

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for anchor in note.suspect_anchors:
            if not GOOD_TIME.fullmatch(anchor.time):
                continue
            label = note.anchor_form.bare(anchor.label).strip()
            if not _TIME.fullmatch(label) or label == anchor.time:
                continue
            same_moment = seconds(label) == seconds(anchor.time)
            only_label_wrong = same_moment or _IMPOSSIBLE.fullmatch(label)
            bare = anchor.label.strip() == label  # brackets may stand around the anchor
            shown = anchor.time if bare else note.anchor_form.shown(anchor.time)
            edit = Edit(note.path, anchor.label_span, anchor.label, shown)
            yield self.found(
                note.path,
                anchor.span,
                anchor.raw,
                f"the label “{label}” means the time “{anchor.time}” but is not written so"
                if same_moment
                else f"the label says “{label}”, the anchor goes to “{anchor.time}”",
                fixes=(Fix(f"Show “{anchor.time}”", (edit,), Safety.SAFE),) if only_label_wrong else (),
                data={"time": anchor.time, "label": label},
            )
