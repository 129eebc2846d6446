"""VL313."""

from collections.abc import Iterator

from vaultlint.anchor_form import TIME
from vaultlint.note import Anchor, Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.timestamps import GOOD_TIME


class UnbracketedTimestamp(NoteRule):
    """A timestamp whose label lacks the brackets that others have."""

    code = "VL313"
    asks = ("suspect_anchors",)
    severity = Severity.INFO
    on = False
    on_templates = True

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        if note.anchor_form.label == TIME:
            return
        for anchor in note.suspect_anchors:
            shows_time = GOOD_TIME.fullmatch(anchor.time) and anchor.label.strip() == anchor.time
            if not shows_time or _is_bracketed(note.text, anchor):
                continue
            shown = note.anchor_form.shown(anchor.time)
            edit = Edit(note.path, anchor.label_span, anchor.label, shown)
            yield self.found(
                note.path,
                anchor.span,
                anchor.raw,
                f"the label “{anchor.time}” has no brackets"
                if shown == f"[{anchor.time}]"
                else f"the label “{anchor.time}” is not “{shown}”",
                fixes=(Fix(f"Show “{shown}”", (edit,), Safety.SAFE),),
                data={"time": anchor.time},
            )


def _is_bracketed(text: str, anchor: Anchor) -> bool:
    """Whether the anchor stands in brackets itself, or in those of a Markdown link around it."""
    start, end = anchor.span
    return (text[start - 1 : start] == "[" and text[end : end + 1] == "]") or text.startswith("](", start - 2)
