"""VL204."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rewrite import retarget
from vaultlint.rule import Diagnostic, Fix, Safety, VaultRule
from vaultlint.vault import Missing, ResolvedLink, Vault


class BrokenEmbed(VaultRule):
    """An embedded note or attachment that the vault does not have."""

    code = "VL204"
    asks = (Missing.EMBED,)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            link = resolved.link
            yield self.found(
                outline.path,
                link.span,
                link.target,
                f"no file is named “{link.path}”, so nothing is embedded",
                fixes=tuple(_fixes(resolved, vault)),
                data={"target": link.path},
            )


def _fixes(resolved: ResolvedLink, vault: Vault) -> Iterator[Fix]:
    """The one file of that name in another folder than the link says."""
    path = resolved.link.path
    name = path[path.rfind("/") + 1 :]
    named = vault.names.named(name) or vault.names.named(f"{name}.md")
    if len(named) != 1 or named[0] == resolved.source:
        return
    edit = retarget(resolved, vault, path=named[0])
    if edit is not None:
        yield Fix(f"Embed “{named[0]}”", (edit,), Safety.SAFE)
