"""VL209."""

from collections.abc import Iterator

from vaultlint.note import Link, LinkSyntax, Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.vault import Vault


class RedundantAlias(VaultRule):
    """A link whose alias is what it would show without one."""

    code = "VL209"
    asks = ("raw_links",)
    every_link = True
    local = True
    severity = Severity.INFO
    on = False
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.links(outline, _may_repeat):
            link = resolved.link
            if resolved.target is not None and _repeats(link):
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"the alias “{link.path}” is what the link shows anyway",
                    fixes=tuple(_fixes(outline.path, link)),
                    data={"target": link.target},
                )


def _may_repeat(raw: str) -> bool:
    """Whether target and alias are written alike; those of most links are not."""
    target, pipe, alias = raw[2:-2].partition("|")
    return bool(pipe) and target.removesuffix("\\").strip() == alias.strip() != ""


def _repeats(link: Link) -> bool:
    # What a link to a heading shows is not the same in every view of Obsidian.
    return (
        link.syntax is LinkSyntax.WIKILINK
        and not link.embed
        and link.subpath is None
        and link.display is not None
        and link.display.strip() == link.path
    )


def _fixes(path: str, link: Link) -> Iterator[Fix]:
    if link.span.end - link.span.start == len(link.raw):  # else written with escapes, in a property
        edit = Edit(path, link.span, link.raw, f"[[{link.path}]]")
        yield Fix("Remove the alias", (edit,), Safety.SAFE)
