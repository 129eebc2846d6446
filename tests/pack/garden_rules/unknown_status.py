"""GD101."""

from collections.abc import Iterator

from vaultlint.note import Note, Scalar
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity


class UnknownStatus(NoteRule):
    """A status that is none of those in use."""

    code = "GD101"
    severity = Severity.WARNING
    asks = ("property:status",)

    allowed: tuple[str, ...] = ("sown", "growing", "harvested")
    """What the property `status` may say."""

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        entry = note.property("status")
        if entry is None or not isinstance(entry.node, Scalar) or entry.value is None:
            return
        text, span = entry.node.text, entry.node.span
        if text not in self.allowed:
            yield self.found(
                note.path,
                span,
                text,
                f"“{text}” is no status; known are “{'”, “'.join(self.allowed)}”",
                fixes=tuple(self._fixes(note, entry.node)),
                data={"status": text},
            )

    def _fixes(self, note: Note, node: Scalar) -> Iterator[Fix]:
        """Write the one status that differs only in case, in the quotes that stand there."""
        meant = [status for status in self.allowed if status.lower() == node.text.lower()]
        raw = node.span.of(note.text)
        if len(meant) == 1 and node.text in raw:
            edit = Edit(note.path, node.span, raw, raw.replace(node.text, meant[0]))
            yield Fix(f"Write “{meant[0]}”", (edit,), Safety.SAFE)
