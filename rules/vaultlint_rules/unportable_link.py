"""VL216."""

import posixpath
from collections.abc import Iterator, Sequence
from typing import Literal
from unicodedata import normalize

from vaultlint.lazy import rare
from vaultlint.note import Link, LinkSyntax, Outline
from vaultlint.rewrite import translate, write
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.vault import ResolvedLink, Vault, relative_path

_BLANK = rare(r"\s")
# The property by which a note stays off the site: Quartz's default configuration removes drafts.
_LEFT_OUT = {"quartz": ("draft", True, "a draft"), "publish": ("publish", False, "not to be published")}


class UnportableLink(VaultRule):
    """A link that Obsidian follows, and the place where the vault is published does not."""

    code = "VL216"
    asks = ("raw_links",)
    every_link = True
    severity = Severity.WARNING
    on = False
    on_drawings = False

    publish: Literal["quartz", "github", "publish"] | None = None
    """Where the vault is published: a website made by Quartz with its default settings, a repository on
    GitHub, or Obsidian Publish. Without it the rule finds nothing."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        if self.publish is None or self._is_left_out(outline.path, vault):
            return
        for resolved in vault.links(outline):
            link, target = resolved.link, resolved.target
            if target is None or not link.path or link.is_property:
                continue
            found = self._trouble(resolved, target, vault)
            if found is not None:
                reason, edit = found
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"“{link.target}” {reason}",
                    fixes=(Fix(f"Write “{edit.text}”", (edit,), Safety.SAFE),) if edit is not None else (),
                    data={"target": link.target, "file": target},
                )

    def _trouble(self, resolved: ResolvedLink, target: str, vault: Vault) -> tuple[str, Edit | None] | None:
        """Why a link is broken where it is published, and the edit that mends it."""
        if self._is_left_out(target, vault):
            assert self.publish is not None
            return f"is {_LEFT_OUT[self.publish][2]}, so that the link is dead on the site", None
        if self.publish == "quartz":
            return _on_quartz(resolved, target, vault)
        if self.publish == "github":
            return _on_github(resolved, target, vault)
        return None

    def _is_left_out(self, path: str, vault: Vault) -> bool:
        """Whether a property keeps the note off the site."""
        known: dict[str, bool] = vault.scratch(self)
        if path not in known:
            left_out = _LEFT_OUT.get(self.publish or "")
            entry = (
                vault.note(path).property(left_out[0])
                if left_out is not None and path in vault.outlines
                else None
            )
            known[path] = entry is not None and left_out is not None and entry.value is left_out[1]
        return known[path]


# --- Quartz -----------------------------------------------------------------------------------


def _on_quartz(resolved: ResolvedLink, target: str, vault: Vault) -> tuple[str, Edit | None] | None:
    """Quartz takes a name alone where no other file has it, else the path from the root, and minds case."""
    link = resolved.link
    if link.path.startswith(("./", "../")):
        return None  # what it makes of these is a setting
    alike = _of_one_name(target, vault)
    if _is_on_quartz(link.path, target, alike):
        return None
    written = _slug(link.path)
    if written.lower() == _slug(target).lower() or (
        "/" not in written and len(alike) == 1 and written.lower() == _name(_slug(target)).lower()
    ):
        exact = _shown(target, link)
        reason = f"is not found by Quartz, where case counts; the file is “{exact}”"
    elif "/" in written:
        reason = "is not found by Quartz, which takes a path from the root of the vault"
    else:
        reason = f"is not found by Quartz, because {len(alike)} files have that name"
    return reason, _exact_edit(resolved, target, alike, vault)


def _exact_edit(resolved: ResolvedLink, target: str, alike: Sequence[str], vault: Vault) -> Edit | None:
    """The edit that writes the name of the file if no other has it, else its path."""
    link, source = resolved.link, resolved.source
    full = _shown(target, link)
    for written in (_name(full), full):
        if _is_on_quartz(written, target, alike) and vault.names.resolve(written, source).path == target:
            return write(link, source, vault, written, link.subpath)
    return None


def _is_on_quartz(written: str, target: str, alike: Sequence[str]) -> bool:
    """Whether Quartz takes that path for the file, which has its name together with `alike`."""
    path, real = _slug(written), _slug(target)
    if path == real:
        return True
    # The name `index` means a folder.
    return "/" not in path and path == _name(real) != "index" and len(alike) == 1


def _of_one_name(target: str, vault: Vault) -> Sequence[str]:
    """The files whose name Quartz takes for that of this one, itself among them."""
    name = _name(_slug(target))
    return [path for path in vault.names.named(_name(target)) if _name(_slug(path)) == name]


def _slug(path: str) -> str:
    """A path as Quartz compares it: blanks become `-`, case stays."""
    return _BLANK.sub("-", normalize("NFC", path).removeprefix("/").removesuffix(".md"))


def _name(path: str) -> str:
    return path[path.rfind("/") + 1 :]


def _shown(target: str, link: Link) -> str:
    """The path of a file as the link would write it."""
    return target.removesuffix(".md") if link.syntax is LinkSyntax.WIKILINK else target


# --- GitHub -----------------------------------------------------------------------------------


def _on_github(resolved: ResolvedLink, target: str, vault: Vault) -> tuple[str, Edit | None] | None:
    """GitHub shows wikilinks as they are written, and takes the path from the note, with case and `.md`."""
    link, source = resolved.link, resolved.source
    path = relative_path(target, source)
    if link.syntax is LinkSyntax.WIKILINK:
        # It has no embeds of notes, and its headings have other names.
        known = link.subpath is None and not (link.embed and target in vault.outlines)
        edit = translate(resolved, vault, path) if known and _opens(path, resolved, target, vault) else None
        return "is a wikilink, which GitHub does not read", edit
    if link.path.startswith("/"):
        return None  # where the root of the repository is, is not known
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(source), link.path))
    if normalize("NFC", joined) == normalize("NFC", target):
        return None
    edit = write(link, source, vault, path, link.subpath) if _opens(path, resolved, target, vault) else None
    return f"is not found by GitHub, where the path from this note is “{path}”", edit


def _opens(path: str, resolved: ResolvedLink, target: str, vault: Vault) -> bool:
    """Whether Obsidian, too, takes that path for the file."""
    return vault.names.resolve(path, resolved.source).path == target
