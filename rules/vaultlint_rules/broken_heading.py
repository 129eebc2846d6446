"""VL202."""

from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.resolve import Subpath
from vaultlint.rewrite import retarget
from vaultlint.rule import Diagnostic, Fix, Safety, VaultRule
from vaultlint.vault import ResolvedLink, Vault, bare_key


class BrokenHeading(VaultRule):
    """A link to a heading that its note does not have."""

    code = "VL202"
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline):
            state = vault.subpath(resolved)
            if state in (Subpath.NO_HEADING, Subpath.NO_VIEW):
                link, target = resolved.link, resolved.target or ""
                where = "this note" if target == outline.path else f"“{target}”"
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"{where} has no {'view' if state is Subpath.NO_VIEW else 'heading'} “{link.subpath}”",
                    fixes=tuple(_fixes(resolved, vault)),
                    data={"target": target, "heading": link.subpath or ""},
                )


def _fixes(resolved: ResolvedLink, vault: Vault) -> Iterator[Fix]:
    """The one heading that differs only in punctuation, as a slug does from the heading it was made of."""
    wanted = bare_key(resolved.link.subpath or "")
    outline = vault.outline(resolved.target or "")
    if not wanted or outline is None:
        return
    alike = [heading for heading in outline.headings if bare_key(heading.text) == wanted]
    if len(alike) != 1:
        return
    edit = retarget(resolved, vault, heading=alike[0].text)
    if edit is not None:
        yield Fix(f"Link to the heading “{alike[0].text}”", (edit,), Safety.SAFE)
