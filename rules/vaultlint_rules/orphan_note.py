"""VL401."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class OrphanNote(VaultRule):
    """A topic page that no other note links to."""

    code = "VL401"
    local = True
    severity = Severity.WARNING

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        if vault.is_linked(outline.path) or not vault.is_topic_page(outline.path):
            return
        # Where nobody says which notes are topic pages, a note without backlinks is only worth knowing.
        certain = vault.has_topic_pages or self.level is not self.severity
        yield self.found(
            outline.path,
            Span(0, 0),
            "",
            "no other note links to this one",
            severity=self.level if certain else Severity.INFO,
        )
