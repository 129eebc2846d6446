"""VL304."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Anchor, Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety
from vaultlint.timestamps import GOOD_TIME

_NOTHING = rare(r"[\s\[\]]*")


class EmptyTimestampLabel(NoteRule):
    """A timestamp anchor with nothing to click."""

    code = "VL304"
    asks = ("suspect_anchors",)
    on_templates = True

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for anchor in note.suspect_anchors:
            if not _NOTHING.fullmatch(note.anchor_form.bare(anchor.label)):
                continue
            named = f"the timestamp “{anchor.time}”" if anchor.time.strip() else "this timestamp"
            shown = anchor.time if _is_bracketed(note.text, anchor) else note.anchor_form.shown(anchor.time)
            edit = Edit(note.path, anchor.label_span, anchor.label, shown)
            fix = Fix(f"Show “{shown}”", (edit,), Safety.SAFE)
            yield self.found(
                note.path,
                anchor.span,
                anchor.raw,
                f"{named} shows nothing to click",
                fixes=(fix,) if GOOD_TIME.fullmatch(anchor.time) else (),
                data={"time": anchor.time},
            )


def _is_bracketed(text: str, anchor: Anchor) -> bool:
    """Whether the anchor stands in brackets itself."""
    start, end = anchor.span
    return text[start - 1 : start] == "[" and text[end : end + 1] == "]"
