"""Edits that make a link name something else and keep the text that the reader sees."""

from urllib.parse import quote

from vaultlint.diagnostic import Edit
from vaultlint.lazy import rare
from vaultlint.note import Link, LinkSyntax
from vaultlint.text import Span, new
from vaultlint.vault import ResolvedLink, Vault

_ENCODED = frozenset("()<>%\\[]")
# What Obsidian itself replaces by a blank when it writes a heading into a link.
_NOT_IN_SUBPATH = rare(r"%%|\[\[|\]\]|[#|^:\\]")
# What may look otherwise in the text of a link by the other syntax, or end it.
_MARKUP = rare(r"[\[\]|\\`*<$#\n]|==|%%|~~|://|^\^|&#?\w{1,30};|_(?<![^\W_]_)|_(?![^\W_])")
_PLAIN_MARKDOWN = rare(r"!?\[[^\[\]\n]*+\]\([^()\s]*+\)|!?\[[^\[\]\n]*+\]\(<[^<>\n]*+>\)")


def retarget(
    resolved: ResolvedLink, vault: Vault, *, path: str | None = None, heading: str | None = None
) -> Edit | None:
    """The edit that points a link at the file `path`, or at the heading of that text in its present file.

    The written path follows the vault's own setting. A wikilink without a display text gets its old
    shown text as one. None when the new target cannot be written so that Obsidian finds it.
    """
    link, source = resolved.link, resolved.source
    written = link.path
    if path is not None:
        found = vault.link_path_to(path, source, link.syntax)
        if found is None:
            return None
        written = found
    subpath = link.subpath if heading is None else as_subpath(heading)
    return write(link, source, vault, written, subpath)


def translate(resolved: ResolvedLink, vault: Vault, path: str) -> Edit | None:
    """The edit that writes a link to a file in the other syntax, with this path.

    None where readers might then see something else: markup in the text, a title, or a block id behind it.
    """
    link, source = resolved.link, resolved.source
    if link.is_property or "\\" in link.raw.replace("\\|", "") or not source.lower().endswith(".md"):
        return None
    if "\0" in link.raw:  # code or math in its text
        return None
    if link.syntax is LinkSyntax.WIKILINK:
        if vault.note(source).text.startswith("^", link.span.end):  # a block id, only behind a wikilink
            return None
        written = _as_markdown(link, vault, path)
    else:
        written = _as_wikilink(link, source, vault, path)
    return Edit(source, link.span, link.raw, written) if written is not None else None


def _as_markdown(link: Link, vault: Vault, path: str) -> str | None:
    text = link.display.strip(" \t") if link.display is not None else "" if link.embed else shown_text(link)
    if _MARKUP.search(text) or not (text or link.embed):
        return None
    bracketed = vault.angle_brackets and " " in f"{path}{link.subpath or ''}"
    target = destination(path, bracketed=bracketed)
    if link.subpath is not None:
        target += "#" + destination(link.subpath, bracketed=bracketed)
    return f"{'!' if link.embed else ''}[{text}]({f'<{target}>' if bracketed else target})"


def _as_wikilink(link: Link, source: str, vault: Vault, path: str) -> str | None:
    text = link.display or ""
    if _MARKUP.search(text) or not (text.strip() or link.embed) or not _PLAIN_MARKDOWN.fullmatch(link.raw):
        return None
    subpath = link.subpath
    if subpath is not None and _NOT_IN_SUBPATH.search(subpath.replace("#", "").removeprefix("^")):
        return None
    target = path if subpath is None else f"{path}#{subpath}"
    pipe = "\\|" if _in_table(link, source, vault) else "|"
    alias = "" if text in ("", target) else f"{pipe}{text}"
    return f"{'!' if link.embed else ''}[[{target}{alias}]]"


def write(link: Link, source: str, vault: Vault, path: str, subpath: str | None) -> Edit | None:
    """The edit that gives a link of the note `source` this path and subpath."""
    if source[-3:].lower() != ".md":  # a canvas: its JSON is Obsidian's to write
        return None
    raw, at = link.raw, link.span.start
    if "\\" in raw and raw.count("\\") > raw.count("\\|"):  # spans and text do not match one to one
        return None
    start, end = link.path_span.start, (link.subpath_span or link.path_span).end
    if link.syntax is LinkSyntax.MARKDOWN:
        bracketed = raw[start - at - 1] == "<"
        target = destination(path, bracketed=bracketed)
        if subpath is not None:
            target += "#" + destination(subpath, bracketed=bracketed)
    else:
        target = path if subpath is None else f"{path}#{subpath}"
        if link.display is None and not link.embed:
            pipe = "\\|" if _in_table(link, source, vault) else "|"
            target += pipe + shown_text(link)
            end = link.span.end - 2
    return new(Edit, (source, new(Span, (start, end)), raw[start - at : end - at], target))


def rename(link: Link, source: str, path: str, subpath: str | None) -> Edit:
    """The edit that gives a link this path and subpath and leaves all else as it is, as Obsidian does when a
    note or a heading gets another name: a wikilink without a display text then shows the new one."""
    end = link.subpath_span.end if link.subpath_span is not None else link.path_span.end
    span = Span(link.path_span.start, end)
    old = link.raw[span.start - link.span.start : span.end - link.span.start]
    if link.syntax is LinkSyntax.WIKILINK:
        return Edit(source, span, old, path if subpath is None else f"{path}#{subpath}")
    bracketed = link.raw[span.start - link.span.start - 1] == "<"
    target = destination(path, bracketed=bracketed)
    if subpath is not None:
        target += "#" + destination(subpath, bracketed=bracketed)
    return Edit(source, span, old, target)


def as_subpath(heading: str) -> str:
    """The text of a heading as Obsidian writes it into a link."""
    return " ".join(_NOT_IN_SUBPATH.sub(" ", heading).split())


def shown_text(link: Link) -> str:
    """What Obsidian shows for a wikilink that has no display text: `Note > Heading`."""
    parts = [link.path, *(link.subpath.split("#") if link.subpath else ())]
    return " > ".join(part.strip() for part in parts if part.strip())


def _in_table(link: Link, source: str, vault: Vault) -> bool:
    outline = vault.outline(source)
    return outline is not None and link.span.start >= outline.body_start and outline.in_table(link.span)


def destination(text: str, *, bracketed: bool) -> str:
    """A piece of a Markdown destination. Obsidian's writer encodes blanks; parentheses must be too."""
    if bracketed:
        return text.replace("<", "%3C").replace(">", "%3E")
    return "".join(char if char not in _ENCODED and char > " " else quote(char) for char in text)
