"""Where links lead and what leads here: definition, references, hover, links and symbols."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

from lsprotocol import types

from vaultlint.lsp.documents import NotOpen, NotYet, Where
from vaultlint.lsp.texts import BadRange, Places
from vaultlint.lsp.vaults import OpenVault
from vaultlint.lsp.workspace import Workspace
from vaultlint.note import BlockId, Heading, Link, Note
from vaultlint.parse import parse_note
from vaultlint.resolve import fold, named_block, named_heading, stem
from vaultlint.text import Span

_SHOWN_LINES, _SHOWN_CHARACTERS = 24, 2_000
_MOST_SYMBOLS = 500

T = TypeVar("T", Link, Heading, BlockId)


class Spot(NamedTuple):
    """A place in an open note."""

    where: Where
    note: Note
    places: Places
    offset: int

    @property
    def link(self) -> Link | None:
        """The link that stands there."""
        return _at(self.note.links, self.offset)

    @property
    def heading(self) -> Heading | None:
        """The heading that stands there."""
        return _at(self.note.headings, self.offset)

    @property
    def block_id(self) -> BlockId | None:
        """The block id that stands there."""
        return _at(self.note.block_ids, self.offset)


def _at(things: Sequence[T], offset: int) -> T | None:
    return next((each for each in things if each.span.start <= offset <= each.span.end), None)


def spot(workspace: Workspace, uri: str, position: types.Position) -> Spot:
    """The place that a question is about. Raises `NotYet` and `NotOpen`."""
    where, document = workspace.documents.asked(uri)
    places = Places(document.text, workspace.editor.encoding)
    try:
        offset = places.offset(position)
    except BadRange:
        raise NotOpen from None
    return Spot(where, parse_note(where.path, document.text), places, offset)


class Target(NamedTuple):
    """What a link means: a file, and where in it."""

    path: str
    span: Span = Span(0, 0)
    subpath: str | None = None


def target_of(link: Link, where: Where) -> Target | None:
    """What a link of that note means; the file alone where its subpath names nothing in it."""
    vault = where.vault.session.vault
    path = vault.names.resolve(link.path, where.path).path
    if path is None:
        return None
    subpath = link.subpath
    if not subpath or not vault.is_note(path):
        return Target(path)
    block_id = named_block(subpath)
    if block_id is not None:
        wanted, blocks = block_id.lower(), vault.block_ids(path)
        block = next((each for each in blocks if each.valid and each.id.lower() == wanted), None)
        return Target(path) if block is None else Target(path, block.span, subpath)
    headings = vault.headings(path)
    number = named_heading(subpath, headings)
    return Target(path) if number is None else Target(path, headings[number].span, subpath)


def location(workspace: Workspace, where: Where, target: Target) -> types.Location:
    """Where that is."""
    vault = where.vault
    start = types.Position(0, 0)
    place = types.Range(start, start)
    if target.span != Span(0, 0):
        place = workspace.documents.places(vault, target.path).range(target.span)
    return types.Location(workspace.documents.uri(vault, target.path), place)


def definition(workspace: Workspace, params: types.DefinitionParams) -> types.Location | None:
    """Where the link at a place leads."""
    here = spot(workspace, params.text_document.uri, params.position)
    target = target_of(here.link, here.where) if here.link is not None else None
    return location(workspace, here.where, target) if target is not None else None


# --- references -------------------------------------------------------------------------------


def meant(here: Spot) -> Target:
    """What a place speaks of: the target of its link, its heading, its block id, else the whole note."""
    link, heading, block = here.link, here.heading, here.block_id
    path = here.where.path
    if link is not None and (target := target_of(link, here.where)) is not None:
        return target
    if heading is not None:
        return Target(path, heading.span, heading.text)
    return Target(path, block.span, f"^{block.id}") if block is not None else Target(path)


def links_to(workspace: Workspace, where: Where, target: Target) -> Iterator[tuple[str, Link]]:
    """The links of notes that mean a file, or that place in it; each with its note."""
    session = where.vault.session
    sources = dict.fromkeys((*session.sources(target.path), target.path))
    for source in sources:
        workspace.ensure_wanted()
        outline = session.vault.outline(source)
        for resolved in session.vault.links(outline) if outline is not None else ():
            if resolved.target != target.path:
                continue
            if target.subpath is None:
                if resolved.link.path or source != target.path:
                    yield source, resolved.link
            elif target_of(resolved.link, where._replace(path=source)) == target._replace(
                subpath=resolved.link.subpath
            ):
                yield source, resolved.link


def references(workspace: Workspace, params: types.ReferenceParams) -> list[types.Location]:
    """The links to what a place speaks of."""
    here = spot(workspace, params.text_document.uri, params.position)
    target = meant(here)
    found = []
    if params.context.include_declaration:
        found.append(location(workspace, here.where, target))
    places: dict[str, Places] = {}
    for source, link in links_to(workspace, here.where, target):
        if source not in places:
            places[source] = workspace.documents.places(here.where.vault, source)
        uri = workspace.documents.uri(here.where.vault, source)
        found.append(types.Location(uri, places[source].range(link.span)))
    return found


# --- hover ------------------------------------------------------------------------------------


def hover(workspace: Workspace, params: types.HoverParams) -> types.Hover | None:
    """The beginning of what the link at a place means."""
    here = spot(workspace, params.text_document.uri, params.position)
    link = here.link
    if link is None:
        return None
    target = target_of(link, here.where)
    if target is None:
        return None
    session = here.where.vault.session
    shown = f"**{target.path}**"
    if session.vault.is_note(target.path):
        shown += f"\n\n{_beginning(session.text(target.path), target)}"
    elif target.path.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".avif", ".bmp")):
        shown += f"\n\n![]({workspace.documents.uri(here.where.vault, target.path)})"
    content = types.MarkupContent(types.MarkupKind.Markdown, shown)
    return types.Hover(content, here.places.range(link.span))


def _beginning(text: str, target: Target) -> str:
    """The text from a place on, not much of it."""
    note = parse_note(target.path, text)
    start = target.span.start if target.span.start > note.body_start else note.body_start
    if target.subpath is not None and named_block(target.subpath) is not None:  # the id ends its block
        start = text.rfind("\n\n", note.body_start, target.span.start) + 1 or note.body_start
    lines = text[start : start + _SHOWN_CHARACTERS].strip("\r\n").split("\n")[:_SHOWN_LINES]
    return "\n".join(line.rstrip("\r") for line in lines)


# --- links and symbols ------------------------------------------------------------------------


def document_links(workspace: Workspace, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
    """The links of a note that lead somewhere."""
    where, document = workspace.documents.asked(params.text_document.uri)
    places = Places(document.text, workspace.editor.encoding)
    names = where.vault.session.vault.names
    found = []
    for link in parse_note(where.path, document.text).links:
        path = names.resolve(link.path, where.path).path
        if path is not None and link.path:
            found.append(
                types.DocumentLink(places.range(link.span), workspace.documents.uri(where.vault, path))
            )
    return found


def document_symbols(
    workspace: Workspace, params: types.DocumentSymbolParams
) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
    """The headings of a note, each with those below it."""
    where, document = workspace.documents.asked(params.text_document.uri)
    places = Places(document.text, workspace.editor.encoding)
    headings = parse_note(where.path, document.text).headings
    if not workspace.editor.can("text_document", "document_symbol", "hierarchical_document_symbol_support"):
        return [
            types.SymbolInformation(
                types.Location(document.uri, places.range(each.span)), each.text, types.SymbolKind.String
            )
            for each in headings
        ]
    ends = _section_ends(headings, len(document.text))
    roots: list[types.DocumentSymbol] = []
    above: list[tuple[int, list[types.DocumentSymbol]]] = [(0, roots)]
    for heading, end in zip(headings, ends, strict=True):
        children: list[types.DocumentSymbol] = []
        symbol = types.DocumentSymbol(
            heading.text or "(empty)",
            types.SymbolKind.String,
            places.range(Span(heading.span.start, end)),
            places.range(heading.span),
            children=children,
        )
        while above[-1][0] >= heading.level:
            above.pop()
        above[-1][1].append(symbol)
        above.append((heading.level, children))
    return roots


def _section_ends(headings: Sequence[Heading], end: int) -> list[int]:
    """Where the section of each heading ends."""
    ends = [end] * len(headings)
    open_: list[int] = []
    for number, heading in enumerate(headings):
        while open_ and headings[open_[-1]].level >= heading.level:
            ends[open_.pop()] = heading.span.start
        open_.append(number)
    return ends


def workspace_symbols(
    workspace: Workspace, params: types.WorkspaceSymbolParams
) -> list[types.WorkspaceSymbol]:
    """The notes whose names, aliases, titles or first headings hold the words that somebody typed."""
    words = fold(params.query).split()
    found: list[tuple[int, str, str, OpenVault]] = []
    for vault in workspace.vaults.values():
        if not vault.ready:
            raise NotYet
        session = vault.session
        for path in session.linter.files.notes:
            name = stem(path)
            rank = _rank(words, fold(name))
            if rank is not None:
                found.append((rank, name, path, vault))
        for index in (session.vault.aliases, session.vault.titles):
            for word, paths in index.items():
                rank = _rank(words, word)
                if rank is not None:
                    found += [(rank + 1, word, path, vault) for path in paths if fold(stem(path)) != word]
    found.sort(key=lambda each: each[:3])
    return [_symbol(workspace, name, path, vault) for _, name, path, vault in found[:_MOST_SYMBOLS]]


def _rank(words: Sequence[str], name: str) -> int | None:
    """How well a name fits the words; None where it does not hold them."""
    if not all(word in name for word in words):
        return None
    return 0 if words and name.startswith(words[0]) else 2


def _symbol(workspace: Workspace, name: str, path: str, vault: OpenVault) -> types.WorkspaceSymbol:
    start = types.Position(0, 0)
    place = types.Location(workspace.documents.uri(vault, path), types.Range(start, start))
    return types.WorkspaceSymbol(
        place, name, types.SymbolKind.File, container_name=path.rpartition("/")[0] or None
    )
