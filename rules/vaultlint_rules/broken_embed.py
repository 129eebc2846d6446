"""VL204."""

from collections.abc import Iterator, Sequence

from vaultlint.history import Fate, told_of
from vaultlint.lazy import rare
from vaultlint.note import LinkSyntax, Outline
from vaultlint.rewrite import retarget
from vaultlint.rule import Data, Diagnostic, Edit, Fix, Safety, VaultRule
from vaultlint.vault import Missing, ResolvedLink, Vault

_SIZE = rare(r"\|([0-9]+(?:x[0-9]+)?)\Z")


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
            if (sized := _with_size(resolved, vault)) is not None:
                what += f"; a size stands in the brackets, as in “{sized.text}”"
                fixes = (Fix(f"Write “{sized.text}”", (sized,), Safety.SAFE),)
            yield self.found(outline.path, link.span, link.target, what, fixes=fixes, data=data)


def _with_size(resolved: ResolvedLink, vault: Vault) -> Edit | None:
    """The edit that puts the size of `![](pot.png|300)` where it belongs, if that is what is wrong."""
    link = resolved.link
    size = _SIZE.search(link.path) if link.syntax is LinkSyntax.MARKDOWN else None
    if size is None or vault.names.resolve(link.path[: size.start()], resolved.source).path is None:
        return None
    end = link.path_span.end - link.span.start  # of the target, in the source of the link
    display = link.display or ""
    before, behind = link.raw[2 + len(display) : end], link.raw[end:]
    if not before.endswith(size.group()):  # `%7C300`
        return None
    shown = f"{display}|{size[1]}" if display else size[1]
    text = f"![{shown}{before.removesuffix(size.group())}{behind}"
    return Edit(resolved.source, link.span, link.raw, text)


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
