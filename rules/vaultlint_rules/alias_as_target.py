"""VL205."""

from collections.abc import Iterator, Sequence

from vaultlint.note import Outline
from vaultlint.resolve import fold
from vaultlint.rewrite import retarget
from vaultlint.rule import Diagnostic, Fix, Safety, VaultRule
from vaultlint.vault import Missing, ResolvedLink, Vault


class AliasAsTarget(VaultRule):
    """A link to what is only the alias of a note, which Obsidian does not follow."""

    code = "VL205"
    asks = (Missing.ALIAS,)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            link = resolved.link
            owners = vault.aliases[fold(link.path)]
            named = ", ".join(f"“{path}”" for path in owners)
            yield self.found(
                outline.path,
                link.span,
                link.target,
                f"“{link.path}” is only an alias of {named}; a link must name the note",
                fixes=tuple(_fixes(resolved, owners, vault)),
                data={"target": link.path, "notes": owners},
            )


def _fixes(resolved: ResolvedLink, owners: Sequence[str], vault: Vault) -> Iterator[Fix]:
    """Name the note and show the alias, where one note has it."""
    if len(owners) == 1 and owners[0] != resolved.source:
        edit = retarget(resolved, vault, path=owners[0])
        if edit is not None:
            safety = Safety.SAFE if _is_meant(resolved, owners[0], vault) else Safety.UNSAFE
            yield Fix(f"Link to “{owners[0]}”", (edit,), safety)


def _is_meant(resolved: ResolvedLink, owner: str, vault: Vault) -> bool:
    """Whether the alias is surely meant, and is not the same word by chance: `[[man]]` is not the “MAN” of a
    note, and the `[[Lemma 3.3]]` of one folder hardly that of another."""
    asked, outline = resolved.link.path, vault.outline(owner)
    aliases = outline.aliases if outline is not None else ()
    same_case = any(fold(alias) == fold(asked) and alias.isupper() == asked.isupper() for alias in aliases)
    folder, others = (path[: path.rfind("/") + 1] for path in (resolved.source, owner))
    return same_case and (folder == others or not any(char.isdigit() for char in asked))
