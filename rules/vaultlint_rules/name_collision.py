"""VL501."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Related, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class NameCollision(VaultRule):
    """Two files whose paths only some disks can tell apart."""

    code = "VL501"
    local = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        path, others = outline.path, vault.collisions.get(outline.path, ())
        if not others:
            return
        named = ", ".join(f"“{other}”" for other in others)
        by_case = any(path.casefold() == other.casefold() for other in others)
        how = "case" if by_case else "how an accent is stored"
        yield self.found(
            path,
            Span(0, 0),
            path,
            f"the name differs only in {how} from {named}; macOS and Windows keep one of them",
            related=tuple(Related(other, Span(0, 0), "the other file") for other in others),
            data={"files": others},
        )
