"""VL206."""

from collections.abc import Iterator

from vaultlint.note import LinkSyntax, Outline
from vaultlint.resolve import Decided
from vaultlint.rewrite import write
from vaultlint.rule import Diagnostic, Fix, Safety, Severity, VaultRule
from vaultlint.vault import ResolvedLink, Vault


class AmbiguousLink(VaultRule):
    """A link that several files fit, where only the length of their paths, or not even that, decided."""

    code = "VL206"
    asks = (Decided.LENGTH, Decided.TIE)
    local = True
    severity = Severity.WARNING
    on_canvases = True
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            found = resolved.resolution
            if found.path is not None:
                link = resolved.link
                how = (
                    f"Obsidian opens “{found.path}”, the shortest path"
                    if found.decided is Decided.LENGTH
                    else "their paths are equally long, and what Obsidian opens may change"
                )
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"“{link.path}” fits {len(found.candidates)} files; {how}",
                    fixes=tuple(_fixes(resolved, vault)),
                    data={"target": link.path, "candidates": found.candidates},
                )


def _fixes(resolved: ResolvedLink, vault: Vault) -> Iterator[Fix]:
    """The full path of what Obsidian opens now; where that may change, a person must choose."""
    path = resolved.target
    if path is None or resolved.resolution.decided is not Decided.LENGTH:
        return
    link = resolved.link
    full = path.removesuffix(".md") if link.syntax is LinkSyntax.WIKILINK else path
    if vault.names.resolve(full, resolved.source).path != path:
        full = f"/{full}"
    edit = write(link, resolved.source, vault, full, link.subpath)
    if edit is not None and vault.names.resolve(full, resolved.source).path == path:
        yield Fix(f"Write the full path “{full}”", (edit,), Safety.SAFE)
