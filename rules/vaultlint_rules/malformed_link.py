"""VL212."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Flaw, Outline
from vaultlint.note import MalformedLink as Malformed
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, VaultRule
from vaultlint.vault import Missing, ResolvedLink, Vault

_MESSAGES = {
    Flaw.NESTED: "there is a link inside the link to “{}”",
    Flaw.UNCLOSED: "the link to “{}” is not closed",
    Flaw.SINGLE_CLOSE: "the link to “{}” is closed by a single bracket",
    Flaw.OVER_LINES: "the link to “{}” goes over the end of a line",
    Flaw.BRACKET_IN_ALIAS: "a bracket ends the text of the link to “{}” too early",
    Flaw.SINGLE_BRACKETS: "the link to “{}” has single brackets",
}
_FREE_PIPE = rare(r"(?<!\\)\|")
_ENDS_LINE = rare(r"[ \t]*(?:[\r\n]|\Z)")
_SEVERAL_WORDS = rare(r"\w[\s_\-]+\w")
_LINE_END = rare(r"\r\n|\r|\n")
_NEW_BLOCK = rare(r"[\r\n][ \t]*(?:[-*+>#|]|\d+[.)])")
_ADDRESS = rare(r"(!?)\[\[\s*([^\s|\[\]<>\\]+)\s*(?:\\?\|(.*))?\]\]")
_MARKUP = rare(r"[\[\]\\`*<>$]")


class MalformedLink(VaultRule):
    """Text that was meant to be a link and is none, or not the whole one, because of its brackets."""

    code = "VL212"
    asks = ("packed_malformed", Missing.ADDRESS)
    local = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for malformed in outline.malformed:
            if malformed.flaw in _MESSAGES and _meant(malformed, outline, vault):
                message = _MESSAGES[malformed.flaw]
                if malformed.flaw is Flaw.BRACKET_IN_ALIAS and "<a " in malformed.raw:
                    message = "there is an anchor inside the text of the link to “{}”"
                yield self.found(
                    outline.path,
                    malformed.span,
                    malformed.path,
                    message.format(malformed.path),
                    fixes=tuple(_fixes(malformed, outline, vault)),
                    data={"target": malformed.path, "flaw": malformed.flaw.value},
                )
        for resolved in vault.doubtful_links(outline, Missing.ADDRESS):
            link = resolved.link
            yield self.found(
                outline.path,
                link.span,
                link.target,
                f"“{link.path}” is a web address; double brackets are for files of the vault",
                fixes=tuple(_address_fixes(resolved)),
                data={"target": link.target, "flaw": "address"},
            )


def _meant(malformed: Malformed, outline: Outline, vault: Vault) -> bool:
    """Whether the text was meant as a link: brackets have other uses, the names of notes have not."""
    if not malformed.path:
        return False
    if malformed.flaw is Flaw.BRACKET_IN_ALIAS:  # a link already
        return True
    exists = vault.names.resolve(malformed.path, outline.path).path is not None
    if malformed.flaw is Flaw.NESTED:
        return exists or "|" in malformed.raw.partition("[[")[2].partition("[[")[0]
    if malformed.flaw is Flaw.SINGLE_BRACKETS:  # `[yes | no]`, `[Getting started | About us]`
        other = malformed.raw.partition("|")[2][:-1].strip()
        choice = vault.names.resolve(other, outline.path).path is not None
        named = exists and not choice and _SEVERAL_WORDS.search(malformed.path) is not None
        return named and not _ends_a_cell(malformed, outline)
    return exists


def _ends_a_cell(malformed: Malformed, outline: Outline) -> bool:
    """Whether the text has a pipe that ends a cell of a table."""
    return _FREE_PIPE.search(malformed.raw) is not None and outline.in_table(malformed.span)


def _fixes(malformed: Malformed, outline: Outline, vault: Vault) -> Iterator[Fix]:
    """Put the brackets right, where it is clear which they are."""
    note, span = vault.note(outline.path), malformed.span
    old = span.of(note.text)
    if _ends_a_cell(malformed, outline):
        return
    if malformed.flaw is Flaw.SINGLE_CLOSE:
        yield Fix("Add the missing bracket", (Edit(outline.path, span, old, old + "]"),), Safety.SAFE)
    elif malformed.flaw is Flaw.SINGLE_BRACKETS:
        yield Fix("Double the brackets", (Edit(outline.path, span, old, f"[{old}]"),), Safety.UNSAFE)
    elif malformed.flaw is Flaw.BRACKET_IN_ALIAS and "<a " not in old:
        edit = Edit(outline.path, span, old, old[:-2] + " ]]")
        yield Fix("Part the bracket of the text from those of the link", (edit,), Safety.UNSAFE)
    elif malformed.flaw is Flaw.OVER_LINES and _NEW_BLOCK.search(old) is None:
        edit = Edit(outline.path, span, old, " ".join(line.strip(" \t") for line in _LINE_END.split(old)))
        yield Fix("Join the lines", (edit,), Safety.UNSAFE)
    elif malformed.flaw is Flaw.UNCLOSED and _ENDS_LINE.match(note.text, span.end):
        yield Fix("Close the link", (Edit(outline.path, span, old, old + "]]"),), Safety.UNSAFE)


def _address_fixes(resolved: ResolvedLink) -> Iterator[Fix]:
    """The Markdown link that shows the same text. Without a scheme, `https://` is a guess."""
    link = resolved.link
    parts = _ADDRESS.fullmatch(link.raw)
    if parts is None or link.is_property:
        return
    embed, address = parts[1], parts[2]
    shown = (parts[3] or "").strip() or ("" if embed else address)
    if _MARKUP.search(shown):
        return
    known = "://" in address or address.lower().startswith("mailto:")
    destination = address if known else f"https://{address}"
    if "(" in destination or ")" in destination:
        destination = f"<{destination}>"
    edit = Edit(resolved.source, link.span, link.raw, f"{embed}[{shown}]({destination})")
    yield Fix("Write it as a Markdown link", (edit,), Safety.SAFE if known else Safety.UNSAFE)
