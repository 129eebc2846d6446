"""Edits of notes as the editor takes them. The editor writes, never we."""

from collections.abc import Iterable, Mapping, Sequence

from lsprotocol import types

from vaultlint.diagnostic import Edit
from vaultlint.lsp.vaults import OpenVault
from vaultlint.lsp.workspace import Workspace

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
        return types.WorkspaceEdit(changes={workspace.uri(vault, path): some for path, some in texts.items()})
    changes = [
        types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(
                workspace.uri(vault, path), workspace.version(vault, path)
            ),
            [*some],
        )
        for path, some in texts.items()
    ]
    return types.WorkspaceEdit(document_changes=[*before, *changes, *after])


def _text_edits(
    workspace: Workspace, vault: OpenVault, path: str, edits: Sequence[Edit]
) -> list[types.TextEdit]:
    places = workspace.places(vault, path)
    return [types.TextEdit(places.range(edit.span), edit.text) for edit in edits]


def by_path(edits: Iterable[Edit]) -> Mapping[str, list[Edit]]:
    """The edits of each note, in order."""
    found: dict[str, list[Edit]] = {}
    for edit in sorted(edits, key=lambda one: (one.path, one.span)):
        found.setdefault(edit.path, []).append(edit)
    return found
