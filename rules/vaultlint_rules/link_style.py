"""VL217."""

import posixpath
from collections.abc import Iterator
from typing import Literal

from vaultlint.note import Link, LinkSyntax, Outline
from vaultlint.resolve import fold
from vaultlint.rewrite import translate, write
from vaultlint.rule import Diagnostic, Fix, Safety, Settings, Severity, VaultRule
from vaultlint.vault import ResolvedLink, Vault

_SYNTAX = {LinkSyntax.WIKILINK: "a wikilink", LinkSyntax.MARKDOWN: "a Markdown link"}


class LinkStyle(VaultRule):
    """A link that is not written as the vault writes its links."""

    code = "VL217"
    asks = ("raw_links",)
    every_link = True
    local = True
    severity = Severity.INFO
    on = False
    on_drawings = False

    path: Literal["shortest", "relative", "absolute"] | None = None
    """How a link names a file: by its name alone where no other file has it, by the path from the note, or
    by the path from the root of the vault. Without this option as `.obsidian/app.json` says."""
    syntax: Literal["wikilink", "markdown"] | None = None
    """How a link is written. Without this option as `.obsidian/app.json` says."""

    _format: str = "shortest"
    _syntax: LinkSyntax = LinkSyntax.WIKILINK

    def configure(self, settings: Settings) -> None:
        """Keep what the settings of Obsidian say where no option does."""
        self._format = self.path or settings.link_format
        by_settings = "markdown" if settings.markdown_links else "wikilink"
        self._syntax = LinkSyntax(self.syntax or by_settings)

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.links(outline):
            link, target = resolved.link, resolved.target
            if target is None or not link.path or _is_definition(link):
                continue
            other_syntax = link.syntax is not self._syntax and not link.is_property
            path = vault.link_path_to(
                target, outline.path, self._syntax if other_syntax else link.syntax, self._format
            )
            if path is None:
                continue
            if other_syntax:
                # A Markdown link can hold what a wikilink cannot, as a title or an image: it was chosen then.
                edit = translate(resolved, vault, path)
                if edit is None and link.syntax is LinkSyntax.MARKDOWN:
                    continue
                message = f"“{link.raw}” is {_SYNTAX[link.syntax]} and not {_SYNTAX[self._syntax]}"
            elif self._is_other_path(resolved, target, vault) and fold(path) != fold(link.path):
                edit = write(link, outline.path, vault, path, link.subpath)
                message = f"“{link.path}” is not the {self._format} path, “{path}”"
            else:
                continue
            yield self.found(
                outline.path,
                link.span,
                link.raw,
                message,
                fixes=(Fix(f"Write “{edit.text}”", (edit,), Safety.SAFE),) if edit is not None else (),
                data={"target": link.target, "path": path},
            )

    def _is_other_path(self, resolved: ResolvedLink, target: str, vault: Vault) -> bool:
        """Whether the path of a link is of another kind than it should be. Case is no matter of style."""
        path = resolved.link.path
        if self._format == "relative":
            joined = posixpath.normpath(posixpath.join(posixpath.dirname(resolved.source), path))
            return path.startswith("/") or _bare(joined) != _bare(target)
        if self._format == "absolute":
            return _bare(path.removeprefix("/")) != _bare(target)
        return "/" in path and len(vault.names.named(target[target.rfind("/") + 1 :])) == 1


def _bare(path: str) -> str:
    return fold(path).removesuffix(".md")


def _is_definition(link: Link) -> bool:
    """Whether it is the definition of a reference, `[label]: Note.md`."""
    return link.syntax is LinkSyntax.MARKDOWN and "](" not in link.raw
