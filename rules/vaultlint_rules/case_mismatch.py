"""VL207."""

from collections.abc import Iterator
from unicodedata import normalize

from vaultlint.note import Outline
from vaultlint.rewrite import write
from vaultlint.rule import Diagnostic, Fix, Safety, Severity, VaultRule
from vaultlint.vault import ResolvedLink, Vault


class CaseMismatch(VaultRule):
    """A link that names a file in another case, which only Obsidian ignores."""

    code = "VL207"
    asks = ("raw_links",)
    every_link = True
    local = True
    severity = Severity.INFO
    on = False
    published = {"quartz": Severity.WARNING, "github": Severity.WARNING}
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.links(outline):
            exact = _exact(resolved)
            if exact is not None:
                link = resolved.link
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"“{link.path}” opens a file that is named “{exact}”",
                    fixes=tuple(_fixes(resolved, exact, vault)),
                    data={"target": link.path, "file": resolved.target or ""},
                )


def _exact(resolved: ResolvedLink) -> str | None:
    """The link's path in the case of the file that it means; None when it is so written already."""
    path = resolved.link.path
    if not path or resolved.target is None:
        return None
    written = _as_compared(path).split("/")
    real = _as_compared(resolved.target).split("/")
    if written[-1].lower() != real[-1].lower():
        real[-1] = real[-1].removesuffix(".md")
    # From the name upwards; `./`, `../` and a leading slash stay as they are.
    exact = path.split("/")
    for back in range(1, min(len(written), len(real)) + 1):
        if written[-back] != real[-back] and written[-back].lower() == real[-back].lower():
            exact[-back] = real[-back]
    joined = "/".join(exact)
    return joined if _as_compared(joined) != _as_compared(path) else None


def _as_compared(path: str) -> str:
    """A path in NFC with plain blanks: Obsidian takes these for the same, and so does every disk."""
    return normalize("NFC", path).replace("\u00a0", " ").replace("\u202f", " ")


def _fixes(resolved: ResolvedLink, exact: str, vault: Vault) -> Iterator[Fix]:
    """Take the case of the file, and show the old spelling."""
    edit = write(resolved.link, resolved.source, vault, exact, resolved.link.subpath)
    if edit is not None and vault.names.resolve(exact, resolved.source).path == resolved.target:
        yield Fix(f"Write “{exact}”", (edit,), Safety.SAFE)
