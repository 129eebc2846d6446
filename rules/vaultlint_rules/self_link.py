"""VL215."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.resolve import fold
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.vault import Vault


class SelfLink(VaultRule):
    """A link to the whole of the note in which it stands."""

    code = "VL215"
    local = True
    severity = Severity.INFO
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        name = fold(outline.path[outline.path.rfind("/") + 1 :].removesuffix(".md"))

        def may_name_it(raw: str) -> bool:
            return name in fold(raw) or "%" in raw or "\\" in raw

        for resolved in vault.links(outline, may_name_it):
            link = resolved.link
            if resolved.target == outline.path and link.path and link.subpath is None:
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"“{link.path}” is this note itself",
                    data={"target": link.target},
                )
