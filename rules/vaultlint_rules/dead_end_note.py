"""VL403."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class DeadEndNote(VaultRule):
    """A note that links to no other file of the vault."""

    code = "VL403"
    local = True
    severity = Severity.INFO
    on = False
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        if not vault.targets(outline):
            yield self.found(outline.path, Span(0, 0), "", "this note links to no other file of the vault")
