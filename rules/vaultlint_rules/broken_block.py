"""VL203."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.resolve import Subpath
from vaultlint.rule import Diagnostic, VaultRule
from vaultlint.vault import Vault


class BrokenBlock(VaultRule):
    """A link to a block id that its note does not have, or that Obsidian does not accept."""

    code = "VL203"
    asks = (Subpath.NO_BLOCK, Subpath.BAD_BLOCK_ID)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            state = vault.subpath(resolved)
            link, target = resolved.link, resolved.target or ""
            where = "this note" if target == outline.path else f"“{target}”"
            message = (
                f"{where} has no block “{link.subpath}”"
                if state is Subpath.NO_BLOCK
                else f"“{link.subpath}” is no block id; only Latin letters, digits and “-” may be in one"
            )
            yield self.found(
                outline.path,
                link.span,
                link.target,
                message,
                data={"target": target, "block": link.subpath or ""},
            )
