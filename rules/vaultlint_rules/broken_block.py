"""VL203."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.resolve import Subpath, named_block
from vaultlint.rule import Diagnostic, Related, VaultRule
from vaultlint.vault import ResolvedLink, Vault


class BrokenBlock(VaultRule):
    """A link to a block id that its note does not have, or that Obsidian does not accept."""

    code = "VL203"
    asks = (Subpath.NO_BLOCK, Subpath.BAD_BLOCK_ID)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            link, target = resolved.link, resolved.target or ""
            named = named_block(link.subpath or "")
            related: tuple[Related, ...] = ()
            if not named:
                message = f"“{link.subpath}” names no block: nothing stands behind the “^”"
            elif vault.subpath(resolved) is Subpath.BAD_BLOCK_ID:
                message = f"“{link.subpath}” is no block id; only Latin letters, digits and “-” may be in one"
            else:
                where = "this note" if target == outline.path else f"“{target}”"
                hint, related = _stray(named, resolved, vault)
                message = f"{where} has no block “{link.subpath}”{hint}"
            yield self.found(
                outline.path,
                link.span,
                link.target,
                message,
                related=related,
                data={"target": target, "block": link.subpath or ""},
            )


def _stray(named: str, resolved: ResolvedLink, vault: Vault) -> tuple[str, tuple[Related, ...]]:
    """Why the mark with this id is no block id, if it stands in the text, and where, if that is this note."""
    target = resolved.target or ""
    mark = next((one for one in vault.stray_marks(target) if one.id.lower() == named.lower()), None)
    if mark is None:
        return "", ()
    hint = "it stands there without a blank before it" if mark.glued else "it stands there, but ends no block"
    here = target == resolved.source
    return f"; {hint}", (Related(target, mark.span, "the mark is here"),) if here else ()
