"""VL204."""

from collections.abc import Iterator, Sequence

from vaultlint.history import Fate, told_of
from vaultlint.note import Outline
from vaultlint.rewrite import retarget
from vaultlint.rule import Data, Diagnostic, Fix, Safety, VaultRule
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
            path = link.path
            name = path[path.rfind("/") + 1 :]
            named = vault.names.named(name) or vault.names.named(f"{name}.md")
            fates = vault.fates(path, outline.path) if not named else ()
            what = f"no file is named “{path}”, so nothing is embedded"
            data: Data = {"target": path}
            if fates:
                what += f"; {told_of(fates)}"
                data = {**data, "commits": tuple(step.commit for step in fates[0].steps)}
            fixes = tuple(
                _in_other_folder(resolved, vault, named) if named else _renamed(resolved, vault, fates)
            )
            yield self.found(outline.path, link.span, link.target, what, fixes=fixes, data=data)


def _in_other_folder(resolved: ResolvedLink, vault: Vault, named: Sequence[str]) -> Iterator[Fix]:
    """The one file of that name in another folder than the link says."""
    if len(named) != 1 or named[0] == resolved.source:
        return
    edit = retarget(resolved, vault, path=named[0])
    if edit is not None:
        yield Fix(f"Embed “{named[0]}”", (edit,), Safety.SAFE)


def _renamed(resolved: ResolvedLink, vault: Vault, fates: Sequence[Fate]) -> Iterator[Fix]:
    """The one file that once had that name, as git tells."""
    path = fates[0].path if len(fates) == 1 else None
    if path is None or path == resolved.source:
        return
    edit = retarget(resolved, vault, path=path)
    if edit is not None:
        last = fates[0].steps[-1]
        yield Fix(f"Embed “{path}”, {last.verb} in {last.short}", (edit,), Safety.UNSAFE)
