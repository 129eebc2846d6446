"""VL215."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.resolve import Decided
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.vault import Vault


class SelfLink(VaultRule):
    """A link to the whole of the note in which it stands."""

    code = "VL215"
    asks = (Decided.SELF,)
    local = True
    severity = Severity.INFO
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            link = resolved.link
            yield self.found(
                outline.path,
                link.span,
                link.target,
                f"“{link.path}” is this note itself",
                data={"target": link.target},
            )
