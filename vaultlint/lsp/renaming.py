"""New names for notes, headings and block ids, with every link to them written again."""

import json
import os
import re
from collections.abc import Iterator, Mapping

from lsprotocol import types

from vaultlint.diagnostic import Edit
from vaultlint.lsp.connection import REQUEST_FAILED, Refused
from vaultlint.lsp.documents import NotYet, Where
from vaultlint.lsp.edits import workspace_edit
from vaultlint.lsp.navigation import Spot, Target, links_to, spot, target_of
from vaultlint.lsp.uris import path_of, uri_of
from vaultlint.lsp.vaults import OpenVault
from vaultlint.lsp.workspace import Workspace
from vaultlint.note import Heading, Link, LinkSyntax
from vaultlint.resolve import heading_key, named_block, named_heading
from vaultlint.rewrite import as_subpath
from vaultlint.rewrite import rename as renamed_link
from vaultlint.text import Span
from vaultlint.vault import Vault

_BLOCK_ID = re.compile(r"[A-Za-z0-9-]+")
_NOT_IN_NAMES = re.compile(r'[*"\\<>:|?#^\[\]\x00-\x1f]')
_CARD = re.compile(r'"file"\s{0,9}:\s{0,9}("(?:[^"\\]|\\.)*+")')


def prepare(workspace: Workspace, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """What would get another name at a place."""
    here = spot(workspace, params.text_document.uri, params.position)
    found = _named(here)
    if found is None:
        return None
    span, name, _ = found
    return types.PrepareRenamePlaceholder(here.places.range(span), name)


def rename(workspace: Workspace, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Give the note, heading or block id at a place another name."""
    here = spot(workspace, params.text_document.uri, params.position)
    found = _named(here)
    if found is None:
        return None
    _, _, target = found
    new = params.new_name.strip()
    where = here.where
    if target.subpath is None:
        return _rename_note(workspace, where.vault, target.path, new)
    if named_block(target.subpath) is not None:
        edits = _rename_block(workspace, where, target, new)
    else:
        edits = _rename_heading(workspace, where, target, new)
    return workspace_edit(workspace, where.vault, edits)


def _named(here: Spot) -> tuple[Span, str, Target] | None:
    """What stands at a place that has a name: where, the name, and what it names."""
    link, heading, block, path = here.link, here.heading, here.block_id, here.where.path
    if link is not None:
        target = target_of(link, here.where)
        if target is None:
            return None
        if (
            target.subpath is not None
            and link.subpath_span is not None
            and here.offset >= link.subpath_span.start
        ):
            return link.subpath_span, named_block(target.subpath) or target.subpath, target
        return link.path_span, _shown(target.path), Target(target.path)
    if heading is not None:
        span = _text_span(here.note.text, heading)
        return span, heading.text, Target(path, heading.span, heading.text)
    if block is not None and block.valid:
        return Span(block.span.start + 1, block.span.end), block.id, Target(path, block.span, f"^{block.id}")
    return None


def _text_span(text: str, heading: Heading) -> Span:
    start = text.index(heading.text, heading.span.start)
    return Span(start, start + len(heading.text))


def _shown(path: str) -> str:
    return path[path.rfind("/") + 1 :].removesuffix(".md")


# --- places in a note -------------------------------------------------------------------------


def _rename_heading(workspace: Workspace, where: Where, target: Target, new: str) -> Iterator[Edit]:
    """The heading, and the part that names it in every link."""
    if not new or "\n" in new or "\r" in new:
        raise Refused(REQUEST_FAILED, "a heading is one line of text")
    vault = where.vault.session.vault
    headings = vault.headings(target.path)
    heading = next(each for each in headings if each.span == target.span)
    span = _text_span(where.vault.session.text(target.path), heading)
    yield Edit(target.path, span, heading.text, new)
    old = heading_key(heading.text)
    for source, link in _links_below(workspace, where, target.path):
        subpath = link.subpath or ""
        number = named_heading(subpath, headings)
        if number is None:
            continue
        parts = subpath.split("#")
        for at in range(len(parts)):
            if heading_key(parts[at]) == old and named_heading(
                "#".join(parts[: at + 1]), headings
            ) == headings.index(heading):
                parts[at] = as_subpath(new)
        if "#".join(parts) != subpath:
            yield renamed_link(link, source, link.path, "#".join(parts))


def _links_below(workspace: Workspace, where: Where, path: str) -> Iterator[tuple[str, Link]]:
    """The links that name a place in a note."""
    session = where.vault.session
    for source in dict.fromkeys((*session.sources(path), path)):
        workspace.ensure_wanted()
        outline = session.vault.outline(source)
        for resolved in session.vault.links(outline) if outline is not None else ():
            if resolved.target == path and resolved.link.subpath:
                yield source, resolved.link


def _rename_block(workspace: Workspace, where: Where, target: Target, new: str) -> Iterator[Edit]:
    """The block id, and every link to it."""
    if not _BLOCK_ID.fullmatch(new):
        raise Refused(REQUEST_FAILED, "a block id has letters from a to z, digits and dashes")
    text = where.vault.session.text(target.path)
    span = Span(target.span.start + 1, target.span.end)
    yield Edit(target.path, span, span.of(text), new)
    for source, link in links_to(workspace, where, target):
        yield renamed_link(link, source, link.path, f"^{new}")


# --- files ------------------------------------------------------------------------------------


def _rename_note(workspace: Workspace, vault: OpenVault, path: str, new: str) -> types.WorkspaceEdit:
    if not workspace.editor.takes_operation(types.ResourceOperationKind.Rename):
        raise Refused(REQUEST_FAILED, "this editor does not let files be renamed; rename the file itself")
    new = new.removesuffix(".md")
    if (
        not new
        or _NOT_IN_NAMES.search(new)
        or any(part.startswith(".") or not part for part in new.split("/"))
    ):
        raise Refused(REQUEST_FAILED, f"no link could name a file “{new}”")
    ending = path[path.rfind(".") :] if "." in path.rpartition("/")[2] else ""
    name = new if new.lower().endswith(ending.lower()) and ending else f"{new}{ending}"
    moved = path[: path.rfind("/") + 1] + name
    if moved != path and moved in {*vault.session.linter.files.notes, *vault.session.linter.files.others}:
        raise Refused(REQUEST_FAILED, f"there is a file “{moved}” already")
    operation = types.RenameFile(uri_of(vault.file_of(path)), uri_of(vault.file_of(moved)))
    return workspace_edit(workspace, vault, links_after(workspace, vault, {path: moved}), after=[operation])


def will_rename(workspace: Workspace, params: types.RenameFilesParams) -> types.WorkspaceEdit | None:
    """Files or folders are about to be renamed: the edits that keep all links."""
    moves: dict[str, dict[str, str]] = {}
    for each in params.files:
        old, new = path_of(each.old_uri), path_of(each.new_uri)
        where = workspace.documents.where(each.old_uri)
        if old is None or new is None or where is None:
            continue
        if not where.vault.ready:
            raise NotYet
        root = where.vault.root
        folder = os.path.join(os.path.realpath(os.path.dirname(new)), os.path.basename(new))  # noqa: PTH118, PTH119, PTH120
        moved = where.vault.path_of(folder)
        if moved is not None:
            files = where.vault.session.linter.files
            for path in (*files.notes, *files.others):
                if path == where.path or path.startswith(f"{where.path}/"):
                    moves.setdefault(root, {})[path] = moved + path[len(where.path) :]
    if not moves:
        return None
    root, found = next(iter(moves.items()))
    vault = workspace.vaults[root]
    return workspace_edit(workspace, vault, links_after(workspace, vault, found))


def links_after(workspace: Workspace, vault: OpenVault, moves: Mapping[str, str]) -> Iterator[Edit]:
    """The edits after which every link means the file that it means now, once files have moved so."""
    session = vault.session
    files = session.linter.files
    now = session.vault
    after = Vault({}, [moves.get(path, path) for path in (*files.notes, *files.others)], now.settings)
    touched = set(moves)
    for old, new in moves.items():
        touched.update(session.sources(old))
        for name in {new[new.rfind("/") + 1 :], old[old.rfind("/") + 1 :]}:
            # A link to another file of that name may have to say more, or mean another one.
            touched.update(source for other in now.names.named(name) for source in session.sources(other))
    for source in sorted(touched):
        workspace.ensure_wanted()
        if source in now.canvases:
            yield from _cards(session.text(source), source, moves)
        elif now.is_note(source):
            yield from _links_in(source, now, after, moves)


def _links_in(source: str, now: Vault, after: Vault, moves: Mapping[str, str]) -> Iterator[Edit]:
    outline = now.outline(source)
    moved = moves.get(source, source)
    for resolved in now.links(outline) if outline is not None else ():
        link, target = resolved.link, resolved.target
        if target is None or not link.path:
            continue
        meant = moves.get(target, target)
        if after.names.resolve(link.path, moved).path == meant:
            continue
        written = after.link_path_to(meant, moved, link.syntax)
        if written is None or (link.is_property and re.search(r"[\"'\\]", written)):
            continue
        if link.syntax is LinkSyntax.MARKDOWN and not link.path.lower().endswith(".md"):
            written = written.removesuffix(".md") if target.lower().endswith(".md") else written
        yield renamed_link(link, source, written, link.subpath)


def _cards(text: str, source: str, moves: Mapping[str, str]) -> Iterator[Edit]:
    """The file cards of a canvas, which name their files by whole paths."""
    for match in _CARD.finditer(text):
        try:
            path = json.loads(match[1])
        except ValueError:
            continue
        if path in moves:
            new = json.dumps(moves[path], ensure_ascii=False)
            yield Edit(source, Span(*match.span(1)), match[1], new)
