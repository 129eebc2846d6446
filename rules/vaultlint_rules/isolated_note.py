"""VL402."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class IsolatedNote(VaultRule):
    """A note without any link from or to another file."""

    code = "VL402"
    local = True
    severity = Severity.INFO
    on = False
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        if not vault.is_linked(outline.path) and not vault.targets(outline):
            yield self.found(outline.path, Span(0, 0), "", "no link leads from this note or to it")
