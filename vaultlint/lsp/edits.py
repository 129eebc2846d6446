"""Edits of notes as the editor takes them. The editor writes, never we."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import accumulate

from lsprotocol import types

from vaultlint.diagnostic import Edit
from vaultlint.fixes.edits import by_path
from vaultlint.fixes.patch import line_changes, lines_of
from vaultlint.lsp.vaults import OpenVault
from vaultlint.lsp.workspace import Workspace
from vaultlint.text import Span

Operation = types.CreateFile | types.RenameFile


def workspace_edit(
    workspace: Workspace,
    vault: OpenVault,
    edits: Iterable[Edit],
    *,
    before: Sequence[Operation] = (),
    after: Sequence[Operation] = (),
) -> types.WorkspaceEdit:
    """All these edits of notes of a vault as one, with files that are made before or renamed after it.

    They are for the texts as they are now: where the editor takes versions it is told which these are.
    """
    texts = {path: _text_edits(workspace, vault, path, some) for path, some in by_path(edits).items()}
    if not workspace.editor.takes_versions:
        return types.WorkspaceEdit(
            changes={workspace.documents.uri(vault, path): some for path, some in texts.items()}
        )
    changes = [
        types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(
                workspace.documents.uri(vault, path), workspace.documents.version(vault, path)
            ),
            [*some],
        )
        for path, some in texts.items()
    ]
    return types.WorkspaceEdit(document_changes=[*before, *changes, *after])


def _text_edits(
    workspace: Workspace, vault: OpenVault, path: str, edits: Sequence[Edit]
) -> list[types.TextEdit]:
    places = workspace.documents.places(vault, path)
    return [types.TextEdit(places.range(edit.span), edit.text) for edit in edits]


def hashes(workspace: Workspace, vault: OpenVault, edits: Iterable[Edit]) -> Mapping[str, str]:
    """By address the hash of each note that edits change. Notes that are not open have no version: whoever
    writes them knows by it whether they are as they were."""
    paths = {each.path for each in edits}
    return {workspace.documents.uri(vault, path): hash_of(vault.session.text(path)) for path in paths}


def hash_of(text: str) -> str:
    """The SHA-256 of a text in UTF-8."""
    return sha256(text.encode("utf-8")).hexdigest()


# --- what differs -----------------------------------------------------------------------------


def differences(path: str, old: str, new: str) -> Iterator[Edit]:
    """Edits that make the new text of the old one, in order; none is about a line that stays as it is."""
    before, after = lines_of(old), lines_of(new)
    starts, ends = ([*accumulate(map(len, lines), initial=0)] for lines in (before, after))
    for start, end, new_start, new_end in line_changes(before, after):
        was, text = old[starts[start] : starts[end]], new[ends[new_start] : ends[new_end]]
        yield _narrowed(path, starts[start], was, text)


def _narrowed(path: str, offset: int, was: str, text: str) -> Edit:
    """An edit of what stands at an offset, without what it would leave as it is at both ends."""
    start = 0
    while start < min(len(was), len(text)) and was[start] == text[start]:
        start += 1
    end = 0
    while end < min(len(was), len(text)) - start and was[-1 - end] == text[-1 - end]:
        end += 1
    # No edit begins or ends within a CRLF.
    start -= was[:start].endswith("\r")
    stop, text_stop = len(was) - end, len(text) - end
    if was[stop:].startswith("\n") and (was[:stop].endswith("\r") or text[:text_stop].endswith("\r")):
        stop, text_stop = stop + 1, text_stop + 1
    return Edit(path, Span(offset + start, offset + stop), was[start:stop], text[start:text_stop])
