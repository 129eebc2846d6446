"""VL501."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Related, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class NameCollision(VaultRule):
    """Two files whose paths only some disks can tell apart."""

    code = "VL501"

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        if outline.path in vault.collisions:
            yield self._about(outline.path, vault.collisions[outline.path])
        # No rule is asked about attachments, so the first note of the vault speaks for them.
        if vault.collisions and outline.path == next(iter(vault.outlines)):
            for path, others in vault.collisions.items():
                if path not in vault.outlines:
                    yield self._about(path, others)

    def _about(self, path: str, others: tuple[str, ...]) -> Diagnostic:
        named = ", ".join(f"“{other}”" for other in others)
        by_case = any(path.casefold() == other.casefold() for other in others)
        how = "whether a letter is a capital" if by_case else "how an accent is stored"
        return self.found(
            path,
            Span(0, 0),
            path,
            f"only {how} tells this file from {named}",
            related=tuple(Related(other, Span(0, 0), "the other file") for other in others),
            data={"files": others},
        )
