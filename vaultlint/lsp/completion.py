"""What may follow `[[`, `#`, `#^` and `|` in a link."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from weakref import WeakKeyDictionary

from lsprotocol import types

from vaultlint.engine import Linter
from vaultlint.lsp.navigation import Spot, spot
from vaultlint.lsp.workspace import Workspace
from vaultlint.resolve import bare_key, fold, stem
from vaultlint.rewrite import as_subpath
from vaultlint.session import Session
from vaultlint.text import Span
from vaultlint.vault import Vault

_MOST = 100
_LONGEST = 300  # characters between the brackets and the cursor
_CLOSES = re.compile(r"\]\]")
_ENDS = re.compile(r"\]\]|\\?\||#")


class _Begun(NamedTuple):
    """A link that somebody is about to write."""

    start: int
    """Where the text behind its brackets begins."""
    text: str
    """What stands behind them, up to the cursor."""
    embed: bool


def complete(workspace: Workspace, params: types.CompletionParams) -> types.CompletionList | None:
    """What may stand at a place."""
    here = spot(workspace, params.text_document.uri, params.position)
    begun = _begun(here)
    if begun is None:
        return None
    session, path = here.where.vault.session, here.where.path
    target, pipe, _ = begun.text.partition("|")
    name, sharp, subpath = target.partition("#")
    if pipe:
        return _list(here, begun, len(target) + 1, _displays(session, path, name, subpath))
    if sharp:
        at = target.rindex("#") + 1
        return _list(here, begun, at, _subpaths(session, path, name, target[at:]))
    return _list(here, begun, 0, _names(session, path, begun), complete=False)


def _begun(here: Spot) -> _Begun | None:
    """The link that is being written at a place, if one is."""
    text, offset = here.note.text, here.offset
    line = max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1
    start = text.rfind("[[", max(line, offset - _LONGEST), offset) + 2
    if start < 2 or "]]" in text[start:offset] or here.note.live[start - 2] == "\0":
        return None
    return _Begun(start, text[start:offset], text.startswith("!", start - 3) and start > 2)


class _Offer(NamedTuple):
    """One thing that may stand there."""

    label: str
    text: str
    kind: types.CompletionItemKind
    detail: str | None = None


def _list(
    here: Spot, begun: _Begun, since: int, offers: Iterator[_Offer], *, complete: bool = True
) -> types.CompletionList:
    """The offers in the place of what stands behind the first `since` characters."""
    text, end = here.note.text, here.offset
    # What is left of the word behind the cursor is replaced too, where the link is closed already.
    closing = text.find("]]", end, end + _LONGEST)
    rest = text[end:closing] if closing >= 0 else ""
    closed = closing >= 0 and not any(sign in rest for sign in ("\r", "\n", "[["))
    if closed:
        pattern = _ENDS if "|" not in begun.text else _CLOSES
        match = pattern.search(text, end)
        assert match is not None
        end = match.start()
    place = here.places.range(Span(begun.start + since, end))
    items = []
    for number, offer in enumerate(offers):
        if number >= _MOST:
            complete = False
            break
        new = offer.text if closed else f"{offer.text}]]"
        items.append(
            types.CompletionItem(
                offer.label,
                kind=offer.kind,
                detail=offer.detail,
                sort_text=f"{number:04}",
                filter_text=offer.label,
                text_edit=types.TextEdit(place, new),
            )
        )
    return types.CompletionList(is_incomplete=not complete, items=items)


# --- names ------------------------------------------------------------------------------------


class _Names(NamedTuple):
    """The names of all files, as they are searched. Lists of the same length."""

    folded: list[str]
    paths: list[str]


_known: "WeakKeyDictionary[Linter, tuple[_Names, _Names]]" = WeakKeyDictionary()


def _names_of(linter: Linter) -> tuple[_Names, _Names]:
    """The notes before the other files, and the other way round; made once for a listing."""
    if linter not in _known:
        notes, others = linter.files.notes, linter.files.others
        both = [_Names([fold(stem(path)) for path in paths], [*paths]) for paths in (notes, others)]
        _known[linter] = tuple(  # type: ignore[assignment]
            _Names(one.folded + other.folded, one.paths + other.paths) for one, other in (both, both[::-1])
        )
    return _known[linter]


def _names(session: Session, source: str, begun: _Begun) -> Iterator[_Offer]:
    """Files and aliases whose name holds what was typed: those first that begin with it."""
    typed = fold(begun.text.strip())
    vault = session.vault
    names = _names_of(session.linter)[begun.embed]
    for path, alias in _fitting(typed, names, vault) if typed else ((path, "") for path in names.paths):
        written = vault.link_path_to(path, source) if path != source else None
        if written is None:
            continue
        if alias:
            shown = _spelled(session, path, alias)
            kind, text, detail = types.CompletionItemKind.Reference, f"{written}|{shown}", f"alias of {path}"
        else:
            shown, text, detail = stem(path), written, path
            kind = types.CompletionItemKind.File if vault.is_note(path) else types.CompletionItemKind.Value
        yield _Offer(shown, text, kind, detail)


def _fitting(typed: str, names: _Names, vault: Vault) -> Iterator[tuple[str, str]]:
    """The paths of the files that fit, each with the alias by which it does, or nothing. What begins with the
    typed letters comes first; what holds them elsewhere is looked for only when there is room."""
    aliases = vault.aliases
    seen: set[tuple[str, str]] = set()
    for fits in (
        lambda name: name.startswith(typed),
        lambda name: typed in name,
    ):
        found = [(name, path, "") for name, path in zip(names.folded, names.paths, strict=True) if fits(name)]
        found += [(alias, path, alias) for alias in aliases if fits(alias) for path in aliases[alias]]
        found.sort(key=lambda each: (len(each[0]), each[0], each[1]))
        for _, path, alias in found:
            if (path, alias) not in seen:
                seen.add((path, alias))
                yield path, alias
        if len(seen) >= _MOST:
            return
    if "/" in typed:
        yield from ((path, "") for path in names.paths if typed in fold(path) and (path, "") not in seen)


def _spelled(session: Session, path: str, alias: str) -> str:
    """An alias as its note writes it."""
    outline = session.vault.outline(path)
    aliases = outline.aliases if outline is not None else ()
    return next((each for each in aliases if fold(each.strip()) == alias), alias)


# --- places and texts -------------------------------------------------------------------------


def _subpaths(session: Session, source: str, name: str, typed: str) -> Iterator[_Offer]:
    """The headings of a note, or its block ids behind a `^`."""
    vault = session.vault
    path = vault.names.resolve(name.strip(), source).path
    if path is None or not vault.is_note(path):
        return
    if typed.startswith("^"):
        for block in vault.block_ids(path):
            if block.valid and fold(block.id).startswith(fold(typed[1:])):
                yield _Offer(f"^{block.id}", f"^{block.id}", types.CompletionItemKind.Reference, path)
        return
    wanted = bare_key(typed)
    for heading in vault.headings(path):
        text = as_subpath(heading.text)
        if text and wanted in bare_key(text):
            yield _Offer(text, text, types.CompletionItemKind.Reference, f"{'#' * heading.level} of {path}")


def _displays(session: Session, source: str, name: str, subpath: str) -> Iterator[_Offer]:
    """What the link may show: aliases, the title, the heading."""
    vault = session.vault
    path = vault.names.resolve(name.strip().removesuffix("\\"), source).path
    outline = vault.outline(path) if path is not None else None
    if path is None or outline is None:
        return
    told = [
        *outline.aliases,
        outline.title,
        outline.main_heading,
        subpath.rpartition("#")[2].lstrip("^"),
        stem(path),
    ]
    for text in dict.fromkeys(each.strip() for each in told if each and each.strip()):
        if not any(sign in text for sign in ("[[", "]]", "\n")):
            yield _Offer(text, text, types.CompletionItemKind.Text, path)
