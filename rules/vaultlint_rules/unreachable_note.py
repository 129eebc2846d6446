"""VL404."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class UnreachableNote(VaultRule):
    """A note to which no path of links leads from the roots of the vault."""

    code = "VL404"
    severity = Severity.WARNING
    on = False
    on_drawings = False

    roots: tuple[str, ...] = ()
    """The notes or canvases where readers begin, as a link would name them: `["Home"]`."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        known: dict[str, frozenset[str]] = vault.scratch(self)
        if "reachable" not in known:
            known["reachable"] = vault.reachable(_files(self.roots, vault))
        reachable = known["reachable"]
        if reachable and outline.path not in reachable:
            named = " or ".join(f"“{root}”" for root in self.roots)
            yield self.found(outline.path, Span(0, 0), "", f"no path of links leads here from {named}")


def _files(roots: tuple[str, ...], vault: Vault) -> Iterator[str]:
    """The files that the roots mean."""
    for root in roots:
        path = vault.names.resolve(f"/{root}", "").path or vault.names.resolve(root, "").path
        if path is not None:
            yield path
