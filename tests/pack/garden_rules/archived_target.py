"""GD201."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rewrite import retarget
from vaultlint.rule import Diagnostic, Fix, Safety, Severity, VaultRule
from vaultlint.vault import ResolvedLink, Vault


class ArchivedTarget(VaultRule):
    """A link to a note in the archive, from a note that is not."""

    code = "GD201"
    severity = Severity.WARNING
    asks = ("link_targets",)
    local = True

    folder: str = "Archive"
    """The name of the archive's folder, wherever it lies."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        # First the cheap question, which hardly any note answers with yes.
        if self._is_archived(outline.path) or not any(map(self._is_archived, vault.targets(outline))):
            return
        for resolved in vault.links(outline):
            link, target = resolved.link, resolved.target
            if target is not None and self._is_archived(target):
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"“{target}” lies in the archive",
                    fixes=tuple(self._fixes(resolved, target, vault)),
                    data={"target": target},
                )

    def _fixes(self, resolved: ResolvedLink, target: str, vault: Vault) -> Iterator[Fix]:
        """Link to the one note of the same name that is not in the archive."""
        namesakes = vault.names.named(target.rpartition("/")[2])
        present = [path for path in namesakes if not self._is_archived(path)]
        edit = retarget(resolved, vault, path=present[0]) if len(present) == 1 else None
        if edit is not None:
            yield Fix(f"Link to “{present[0]}”", (edit,), Safety.UNSAFE)

    def _is_archived(self, path: str) -> bool:
        return self.folder in path.split("/")[:-1]
