"""What is open, and the work that waits: vaults to be read, texts and files to be looked at again.

`documents` has the open texts, `findings` what is found in them. Nothing is ever written.
"""

import argparse
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from time import monotonic

from lsprotocol import types

from vaultlint.errors import VaultlintError
from vaultlint.lsp.documents import Documents, NotYet, Where
from vaultlint.lsp.editor import Editor
from vaultlint.lsp.findings import Findings
from vaultlint.lsp.uris import path_of
from vaultlint.lsp.vaults import OpenVault, is_in, root_above, roots_of

log = logging.getLogger("vaultlint.lsp")

_PIECE = 0.008  # seconds that a piece of work may take before messages are looked at


class Workspace:
    """The open vaults and texts."""

    def __init__(self, editor: Editor, options: argparse.Namespace) -> None:
        self.editor = editor
        self._options = options
        self._folders: dict[str, str] = {}
        self.vaults: dict[str, OpenVault] = {}
        self.documents = Documents(editor, self.vaults)
        self.findings = Findings(editor, self.documents, self.vaults)
        self._dirty: dict[str, None] = {}
        self._complained: set[str] = set()
        self.ensure_wanted: Callable[[], None] = lambda: None
        """Raises where nobody wants the answer any more that is being made."""

    # --- folders ------------------------------------------------------------------------------

    def add_folder(self, uri: str) -> None:
        """Open the vaults that a folder of the workspace has to do with."""
        path = path_of(uri)
        if path is None:
            return
        folder = os.path.realpath(path)
        if os.path.isdir(folder):  # noqa: PTH112 - strings throughout
            self._folders[uri] = folder
            for root in roots_of(folder):
                self._open_vault(root)

    def remove_folder(self, uri: str) -> None:
        """Close the vaults that no other folder has to do with."""
        self._folders.pop(uri, None)
        wanted = {root for folder in self._folders.values() for root in roots_of(folder)}
        for root in [*self.vaults]:
            if not any(is_in(root, each) for each in wanted):
                self._close_vault(root)
        self._place_documents()

    def _open_vault(self, root: str) -> None:
        if root in self.vaults:
            return
        try:
            vault = OpenVault(root, self._options)
        except VaultlintError as error:
            if str(error) not in self._complained:
                self._complained.add(str(error))
                self.editor.show(str(error), types.MessageType.Warning)
            return
        for warning in vault.warnings:
            log.warning("%s: %s", root, warning)
        self._begin(vault)

    def _begin(self, vault: OpenVault) -> None:
        self.vaults[vault.root] = vault
        self.editor.begin(vault, f"checking {vault.notes:,} notes")
        self._place_documents()

    def _close_vault(self, root: str) -> None:
        vault = self.vaults.pop(root)
        self.editor.end(vault)
        self.findings.take_back_below(root)

    def _place_documents(self) -> None:
        """Say again which vaults the open texts belong to, and look at all of them again."""
        self.documents.place_all()
        self._dirty.update(dict.fromkeys(self.documents.texts))

    def reload(self, vault: OpenVault) -> None:
        """Read a vault with its configuration again. A mistake in that is told, and changes nothing."""
        try:
            opened = OpenVault(vault.root, self._options)
        except VaultlintError as error:
            self.editor.show(str(error), types.MessageType.Error)
            return
        self._complained.clear()
        self.editor.end(vault)
        self._begin(opened)
        self.findings.outdate()

    # --- texts and files ----------------------------------------------------------------------

    def opened(self, item: types.TextDocumentItem) -> None:
        """A text is open from now on."""
        where = self.documents.add(item)
        if where is not None:
            root = root_above(where.vault.file_of(where.path), where.vault.root)
            if root != where.vault.root:  # a vault in a vault
                self._open_vault(root)
        self._dirty[item.uri] = None

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """An open text changed."""
        if self.documents.change(params):
            self._dirty[params.text_document.uri] = None

    def closed(self, uri: str) -> None:
        """A text is no longer open: what is on the disk counts again."""
        if uri not in self.documents.texts:
            return
        where = self.documents.drop(uri)
        self._dirty.pop(uri, None)
        if where is None:
            self.findings.take_back(uri)
        elif where.vault.ready:
            where.vault.session.forget_text(where.path)
            if where.vault.session.holds(where.path):
                self.findings.announce(where)
            else:
                self.findings.take_back(uri)

    def heard(self, events: Iterable[tuple[str, bool]]) -> None:
        """Something happened to these files: they changed, or else came or went."""
        outdated: dict[str, OpenVault] = {}
        for uri, changed in events:
            path = path_of(uri)
            if path is None:
                continue
            folder, name = os.path.split(path)
            file = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - strings throughout
            configured = [vault for vault in self.vaults.values() if vault.configures(file)]
            outdated.update((vault.root, vault) for vault in configured)
            if (vault := self.documents.vault_around(file)) is None:
                self._reopen_around(file)
            elif vault not in configured:
                vault.heard(file, changed=changed)
        for vault in outdated.values():
            self.reload(vault)

    def _reopen_around(self, file: str) -> None:
        """What could not be opened as a vault may be one now."""
        for folder in [*self._folders.values()]:
            if file.startswith(folder + os.sep):
                for root in roots_of(folder):
                    self._open_vault(root)

    # --- work that waits ----------------------------------------------------------------------

    def catch_up(self) -> None:
        """Have the vaults know all that was told of files and texts, before something is asked of them."""
        for vault in [*self.vaults.values()]:
            try:
                if vault.ready and vault.refresh():
                    self._place_documents()
                    self.findings.take_back_gone(vault)
            except VaultlintError as error:  # its last note is gone, or the folder itself
                self.editor.show(str(error), types.MessageType.Warning)
                self._close_vault(vault.root)
                self._place_documents()
        for uri in self._dirty:
            where = self.documents.where(uri)
            if where is not None and where.vault.ready:
                self.documents.take(uri)

    def work(self) -> bool:
        """Do a piece of what waits; gives whether there was any."""
        self.catch_up()
        for uri in self._dirty:
            where = self.documents.where(uri)
            if where is None or where.vault.ready:
                del self._dirty[uri]
                self.findings.tell(uri)
                return True
        for vault in [*self.vaults.values()]:
            if not vault.ready:
                self._read_on(vault)
                return True
        return self._settle()

    def _read_on(self, vault: OpenVault) -> None:
        until = monotonic() + _PIECE
        while monotonic() < until:
            done = vault.step()
            if done is None:
                self.findings.take_back_gone(vault)
                return
            self.editor.report(vault, done, 2 * vault.notes)  # the other half is to look at them

    def _settle(self) -> bool:
        """Look at some of the files again whose findings may be others now."""
        until = monotonic() + _PIECE
        for vault in self.vaults.values():
            session = vault.session
            if session.next_stale() is None:
                self.editor.end(vault)
                continue
            while (path := session.next_stale()) is not None:
                self.findings.settle(Where(vault, path))
                if monotonic() > until:
                    left = min(len(session.stale), vault.notes)
                    self.editor.report(vault, 2 * vault.notes - left, 2 * vault.notes)
                    return True
            self.editor.end(vault)
            session.rest()
        self.findings.rest()
        return False

    @property
    def settled(self) -> bool:
        """Whether nothing waits to be looked at again."""
        vaults = self.vaults.values()
        return not self._dirty and all(vault.ready and vault.session.next_stale() is None for vault in vaults)

    def all_findings(self) -> Iterator[tuple[str, int | None, list[types.Diagnostic]]]:
        """What is found in all files, as the editor takes it: see `Findings.told_of_all`. Raises `NotYet`
        while something waits to be looked at."""
        if not self.settled:
            raise NotYet
        yield from self.findings.told_of_all()
