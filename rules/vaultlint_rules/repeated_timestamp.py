"""VL311."""

from collections.abc import Iterator
from itertools import pairwise

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.text import Span

_BETWEEN = rare(r"[ \t]*+(?:[,;][ \t]*+)?")


class RepeatedTimestamp(NoteRule):
    """The same timestamp twice in a row."""

    code = "VL311"
    asks = ("timestamped",)
    severity = Severity.INFO
    on = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for first, second in pairwise(note.anchors):
            between = note.text[first.span.end : second.span.start]
            if first.raw == second.raw and _BETWEEN.fullmatch(between):
                span = Span(first.span.end, second.span.end)
                edit = Edit(note.path, span, between + second.raw, "")
                yield self.found(
                    note.path,
                    second.span,
                    second.raw,
                    f"the timestamp “{second.time}” stands here twice in a row",
                    fixes=(Fix("Drop the second one", (edit,), Safety.UNSAFE),),
                    data={"time": second.time},
                )
