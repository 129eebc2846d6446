"""VL211."""

from collections.abc import Iterator

from vaultlint.note import Flaw, Note
from vaultlint.rule import Diagnostic, NoteRule, Severity


class EmptyLink(NoteRule):
    """A link without a target."""

    code = "VL211"
    asks = ("malformed_links",)
    severity = Severity.WARNING

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for malformed in note.malformed_links:
            if malformed.flaw is Flaw.EMPTY:
                written = malformed.span.of(note.text)  # code in the label is blank in `malformed.raw`
                yield self.found(note.path, malformed.span, written, f"“{written}” has no target")
