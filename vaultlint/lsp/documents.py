"""The texts that are open, and which file of which vault each is."""

import logging
import os
from collections.abc import Mapping
from typing import NamedTuple

from lsprotocol import types

from vaultlint.lsp.editor import Editor
from vaultlint.lsp.texts import BadRange, Document, Places, without_lone_surrogates
from vaultlint.lsp.uris import path_of, uri_of
from vaultlint.lsp.vaults import OpenVault

log = logging.getLogger("vaultlint.lsp")

LARGEST_TEXT = 10_000_000
"""Characters. No person wrote a longer note, and one must not stall all others."""


class NotYet(Exception):  # noqa: N818 - it says when
    """The vault is not read yet: the question is to be asked again later."""


class NotOpen(Exception):  # noqa: N818 - it says what is not
    """A question about a text that is not open, is in no vault or was lost: nothing is known of it."""


class Where(NamedTuple):
    """A file of a vault."""

    vault: OpenVault
    path: str


class Documents:
    """The open texts by their addresses, as the editor has them."""

    def __init__(self, editor: Editor, vaults: Mapping[str, OpenVault]) -> None:
        """`vaults`: those that are open, by their folders; always as they are."""
        self._editor = editor
        self._vaults = vaults
        self.texts: dict[str, Document] = {}
        self._where: dict[str, Where | None] = {}
        self._open: dict[tuple[str, str], str] = {}

    # --- what happens to them -----------------------------------------------------------------

    def add(self, item: types.TextDocumentItem) -> Where | None:
        """A text is open from now on; gives where it lies."""
        text = without_lone_surrogates(item.text)
        self.texts[item.uri] = Document(item.uri, item.version, text)
        self._where.pop(item.uri, None)
        return self._placed(item.uri)

    def change(self, params: types.DidChangeTextDocumentParams) -> bool:
        """An open text changed; gives whether it did. Changes of a version that is known already are left
        out, and so is all that follows one that could not be understood, until the whole text comes."""
        uri, version = params.text_document.uri, params.text_document.version
        document = self.texts.get(uri)
        if document is None or version <= document.version:
            log.info("a change of version %s came too late, or for a text that is not open", version)
            return False
        whole = any(
            isinstance(one, types.TextDocumentContentChangeWholeDocument) for one in params.content_changes
        )
        if document.lost and not whole:
            return False
        try:
            self.texts[uri] = document.changed(version, params.content_changes, self._editor.encoding)
        except BadRange as error:
            self.texts[uri] = document._replace(version=version, lost=True)
            self._editor.show(f"a change could not be understood ({error}): close the note and open it again",
                              types.MessageType.Error)  # fmt: skip
        return True

    def drop(self, uri: str) -> Where | None:
        """A text is no longer open; gives where it lay."""
        del self.texts[uri]
        where = self._where.pop(uri, None)
        if where is not None:
            self._open.pop((where.vault.root, where.path), None)
        return where

    def take(self, uri: str) -> None:
        """Have the vault know the text that the editor has."""
        document, where = self.texts[uri], self.where(uri)
        if document.lost or len(document.text) > LARGEST_TEXT:
            return
        if where is not None and where.vault.session.holds(where.path):
            where.vault.session.set_text(where.path, document.text)

    def place_all(self) -> None:
        """Other vaults are open now: say again which of them the texts belong to."""
        self._where.clear()
        self._open.clear()
        for uri in self.texts:
            self._placed(uri)

    def _placed(self, uri: str) -> Where | None:
        where = self.where(uri)
        if where is not None:
            self._open[where.vault.root, where.path] = uri
        return where

    # --- where they lie -----------------------------------------------------------------------

    def where(self, uri: str) -> Where | None:
        """The file of a vault that an address means; None for everything else."""
        if uri in self._where:
            return self._where[uri]
        found = self._found_where(uri)
        if uri in self.texts:
            self._where[uri] = found
        return found

    def asked(self, uri: str) -> tuple[Where, Document]:
        """An open note of a vault, with its text as the vault has it too. Raises `NotYet` and `NotOpen`."""
        document, where = self.texts.get(uri), self.where(uri)
        if document is None or where is None or document.lost or len(document.text) > LARGEST_TEXT:
            raise NotOpen
        if not where.vault.ready:
            raise NotYet
        self.take(uri)
        return where, document

    def vault_around(self, file: str) -> OpenVault | None:
        """The nearest vault above a file."""
        folder = os.path.dirname(file)  # noqa: PTH120
        while True:
            if folder in self._vaults:
                return self._vaults[folder]
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder:
                return None
            folder = above

    def _found_where(self, uri: str) -> Where | None:
        real = self._real(uri)
        vault = self.vault_around(real) if real is not None else None
        path = vault.path_of(real) if vault is not None and real is not None else None
        return Where(vault, path) if vault is not None and path is not None else None

    def _real(self, uri: str) -> str | None:
        """The place that an address means, its folder without symlinks; None where it is out of reach."""
        path = path_of(uri)
        if path is None:
            return None
        folder, name = os.path.split(path)
        real = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - a symlink as its last part stays
        inside = self.vault_around(real)
        if inside is None or self.vault_around(os.path.realpath(real)) is not inside:
            return None
        return real

    # --- what the editor calls them -----------------------------------------------------------

    def uri(self, vault: OpenVault, path: str) -> str:
        """The address of a file, as the editor calls it where it has it open."""
        return self._open.get((vault.root, path)) or uri_of(vault.file_of(path))

    def version(self, vault: OpenVault, path: str) -> int | None:
        """The version of a text, None where it is not open."""
        uri = self._open.get((vault.root, path))
        return self.texts[uri].version if uri is not None else None

    def places(self, vault: OpenVault, path: str) -> Places:
        """Places in the text of a file of a vault."""
        return Places(vault.session.text(path), self._editor.encoding)
