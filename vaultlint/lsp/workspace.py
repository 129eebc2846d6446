"""What is open: vaults, texts, and which of them have to be looked at again. Nothing is ever written."""

import argparse
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from lsprotocol import types

from vaultlint.config import Config, selected
from vaultlint.diagnostic import Diagnostic
from vaultlint.discovery import ObsidianSettings, VaultFiles
from vaultlint.engine import Linter
from vaultlint.errors import VaultlintError
from vaultlint.lsp.editor import Editor
from vaultlint.lsp.reports import told
from vaultlint.lsp.texts import BadRange, Document, Places, without_lone_surrogates
from vaultlint.lsp.uris import path_of, uri_of
from vaultlint.lsp.vaults import OpenVault, root_above, roots_of
from vaultlint.own_rules import RuleCrash
from vaultlint.registry import load_rules
from vaultlint.rule import NoteRule
from vaultlint.settings import Settings

log = logging.getLogger("vaultlint.lsp")

LARGEST_TEXT = 10_000_000
"""Characters. No person wrote a longer note, and one must not stall all others."""

_PIECE = 0.008  # seconds that a piece of work may take before messages are looked at


class NotYet(Exception):  # noqa: N818 - it says when
    """The vault is not read yet: the question is to be asked again later."""


class NotOpen(Exception):  # noqa: N818 - it says what is not
    """A question about a text that is not open, is in no vault or was lost: nothing is known of it."""


class Where(NamedTuple):
    """A file of a vault."""

    vault: OpenVault
    path: str


class Workspace:
    """The open vaults and texts."""

    def __init__(self, editor: Editor, options: argparse.Namespace) -> None:
        self.editor = editor
        self._options = options
        self._folders: dict[str, str] = {}
        self.vaults: dict[str, OpenVault] = {}
        self.documents: dict[str, Document] = {}
        self._where: dict[str, Where | None] = {}
        self._open: dict[tuple[str, str], str] = {}
        self._dirty: dict[str, None] = {}
        self._published: set[str] = set()
        self._outdated: set[str] = set()  # of those, what a vault told before it was read anew
        self._refresh_wanted = False
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
            if not any(root == each or root.startswith(each + os.sep) for each in wanted):
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
        self.vaults[root] = vault
        self.editor.begin(vault, f"checking {vault.notes:,} notes")
        self._place_documents()

    def _close_vault(self, root: str) -> None:
        vault = self.vaults.pop(root)
        self.editor.end(vault)
        for uri in [uri for uri in self._published if self._is_below(uri, root)]:
            self._publish(uri, None, [])

    @staticmethod
    def _is_below(uri: str, root: str) -> bool:
        path = path_of(uri)
        return path is not None and path.startswith(root + os.sep)

    def reload(self, vault: OpenVault) -> None:
        """Read a vault with its configuration again. A mistake in that is told, and changes nothing."""
        try:
            opened = OpenVault(vault.root, self._options)
        except VaultlintError as error:
            self.editor.show(str(error), types.MessageType.Error)
            return
        self._complained.clear()
        self.editor.end(vault)
        self.vaults[vault.root] = opened
        self.editor.begin(opened, f"checking {opened.notes:,} notes")
        self._place_documents()
        self._outdated.update(self._published)
        self._refresh_wanted = self.editor.pulls

    # --- files --------------------------------------------------------------------------------

    def _place_documents(self) -> None:
        """Say again which vaults the open texts belong to, and look at all of them again."""
        self._where.clear()
        self._open.clear()
        for uri in self.documents:
            where = self.where(uri)
            if where is not None:
                self._open[where.vault.root, where.path] = uri
        self._dirty.update(dict.fromkeys(self.documents))

    def where(self, uri: str) -> Where | None:
        """The file of a vault that an address means; None for everything else."""
        if uri in self._where:
            return self._where[uri]
        found = self._found_where(uri)
        if uri in self.documents:
            self._where[uri] = found
        return found

    def _real(self, uri: str) -> str | None:
        """The place that an address means, its folder without symlinks; None where it is out of reach."""
        path = path_of(uri)
        if path is None:
            return None
        folder, name = os.path.split(path)
        real = os.path.join(os.path.realpath(folder), name)  # noqa: PTH118 - a symlink as its last part stays
        inside = self._vault_around(real)
        if inside is None or self._vault_around(os.path.realpath(real)) is not inside:
            return None
        return real

    def _vault_around(self, file: str) -> OpenVault | None:
        folder = os.path.dirname(file)  # noqa: PTH120
        while True:
            if folder in self.vaults:
                return self.vaults[folder]
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder:
                return None
            folder = above

    def _found_where(self, uri: str) -> Where | None:
        real = self._real(uri)
        vault = self._vault_around(real) if real is not None else None
        path = vault.path_of(real) if vault is not None and real is not None else None
        return Where(vault, path) if vault is not None and path is not None else None

    def uri(self, vault: OpenVault, path: str) -> str:
        """The address of a file, as the editor calls it where it has it open."""
        return self._open.get((vault.root, path)) or uri_of(vault.file_of(path))

    def version(self, vault: OpenVault, path: str) -> int | None:
        """The version of a text, None where it is not open."""
        uri = self._open.get((vault.root, path))
        return self.documents[uri].version if uri is not None else None

    def places(self, vault: OpenVault, path: str) -> Places:
        """Places in the text of a file of a vault."""
        return Places(vault.session.text(path), self.editor.encoding)

    def asked(self, uri: str) -> tuple[Where, Document]:
        """An open note of a vault, with its text as the vault has it too. Raises `NotYet` and `NotOpen`."""
        document, where = self.documents.get(uri), self.where(uri)
        if document is None or where is None or document.lost or len(document.text) > LARGEST_TEXT:
            raise NotOpen
        if not where.vault.ready:
            raise NotYet
        self._take(uri)
        return where, document

    # --- texts --------------------------------------------------------------------------------

    def opened(self, item: types.TextDocumentItem) -> None:
        """A text is open from now on."""
        text = without_lone_surrogates(item.text)
        self.documents[item.uri] = Document(item.uri, item.version, text)
        self._where.pop(item.uri, None)
        where = self.where(item.uri)
        if where is not None:
            file = where.vault.file_of(where.path)
            root = root_above(file, where.vault.root)
            if root != where.vault.root:  # a vault in a vault
                self._open_vault(root)
                where = self.where(item.uri)
        if where is not None:
            self._open[where.vault.root, where.path] = item.uri
        self._dirty[item.uri] = None

    def changed(self, params: types.DidChangeTextDocumentParams) -> None:
        """An open text changed. Changes of a version that is known already are left out."""
        uri, version = params.text_document.uri, params.text_document.version
        document = self.documents.get(uri)
        if document is None or version <= document.version:
            log.info("a change of version %s came too late, or for a text that is not open", version)
            return
        whole = any(
            isinstance(one, types.TextDocumentContentChangeWholeDocument) for one in params.content_changes
        )
        if document.lost and not whole:
            return
        try:
            self.documents[uri] = document.changed(version, params.content_changes, self.editor.encoding)
        except BadRange as error:
            self.documents[uri] = document._replace(version=version, lost=True)
            self.editor.show(f"a change could not be understood ({error}): close the note and open it again",
                             types.MessageType.Error)  # fmt: skip
        self._dirty[uri] = None

    def closed(self, uri: str) -> None:
        """A text is no longer open: what is on the disk counts again."""
        if self.documents.pop(uri, None) is None:
            return
        where = self._where.pop(uri, None)
        self._dirty.pop(uri, None)
        if where is None:
            self._publish(uri, None, [])
            return
        self._open.pop((where.vault.root, where.path), None)
        if where.vault.ready:
            where.vault.session.forget_text(where.path)
            if where.vault.session.holds(where.path):
                self._announce(where)
            else:
                self._publish(uri, None, [])

    def _take_back(self, vault: OpenVault) -> None:
        """What was told of files that are gone is no longer so."""
        for uri in [*self._published]:
            where = self.where(uri)
            gone = where is not None and where.vault is vault and not vault.session.tells(where.path)
            if gone and uri not in self.documents:
                self._publish(uri, None, [])

    def catch_up(self) -> None:
        """Have the vaults know all that was told of files and texts, before something is asked of them."""
        for vault in [*self.vaults.values()]:
            try:
                if vault.ready and vault.refresh():
                    self._place_documents()
                    self._take_back(vault)
            except VaultlintError as error:  # its last note is gone, or the folder itself
                self.editor.show(str(error), types.MessageType.Warning)
                self._close_vault(vault.root)
                self._place_documents()
        for uri in self._dirty:
            where = self.where(uri)
            if where is not None and where.vault.ready:
                self._take(uri)

    def _take(self, uri: str) -> None:
        """Have the vault know the text that the editor has."""
        document, where = self.documents[uri], self.where(uri)
        if document.lost or len(document.text) > LARGEST_TEXT:
            return
        if where is not None and where.vault.session.holds(where.path):
            where.vault.session.set_text(where.path, document.text)

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
            if (vault := self._vault_around(file)) is None:
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

    def work(self) -> bool:
        """Do a piece of what waits; gives whether there was any."""
        self.catch_up()
        for uri in self._dirty:
            where = self.where(uri)
            if where is None or where.vault.ready:
                del self._dirty[uri]
                self._look_at(uri)
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
                self._take_back(vault)
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
                where = Where(vault, path)
                if session.settle(path) or (self._outdated and self.uri(*where) in self._outdated):
                    self._announce(where)
                if monotonic() > until:
                    left = min(len(session.stale), vault.notes)
                    self.editor.report(vault, 2 * vault.notes - left, 2 * vault.notes)
                    return True
            self.editor.end(vault)
            session.rest()
        if self._refresh_wanted:
            self._refresh_wanted = False
            self.editor.refresh_diagnostics()
        return False

    @property
    def settled(self) -> bool:
        """Whether nothing waits to be looked at again."""
        vaults = self.vaults.values()
        return not self._dirty and all(vault.ready and vault.session.next_stale() is None for vault in vaults)

    def _look_at(self, uri: str) -> None:
        """Tell what is found in an open text."""
        self._take(uri)
        if self.editor.pulls:
            where = self.where(uri)
            if where is not None and where.vault.session.holds(where.path):
                where.vault.session.settle(where.path)  # what it changes elsewhere is to be told
            return
        document = self.documents[uri]
        self._publish(uri, document.version, self.diagnostics(uri))

    def _announce(self, where: Where) -> None:
        """The findings of a file of a vault are others now."""
        if self.editor.pulls:
            self._refresh_wanted = True
            return
        uri = self._open.get((where.vault.root, where.path))
        if uri is not None:
            self._look_at(uri)
        else:
            found = self._told(where, where.vault.session.findings(where.path))
            self._publish(self.uri(*where), None, found)

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self._outdated.discard(uri)
        if self.editor.pulls or not (found or uri in self._published or uri in self.documents):
            return
        (self._published.add if found else self._published.discard)(uri)
        self.editor.publish(types.PublishDiagnosticsParams(uri, found, version))

    # --- findings -----------------------------------------------------------------------------

    def findings(self, uri: str) -> list[Diagnostic]:
        """What is found in an open text. Raises `NotYet`."""
        document, where = self.documents[uri], self.where(uri)
        if document.lost:
            return []
        if where is None:
            path = path_of(uri) or uri
            hidden = path_of(uri) is not None and "/." in path
            return [] if hidden else self._unheard.found_alone(_name_of(path), document.text)
        if not where.vault.ready:
            raise NotYet
        self._take(uri)
        session = where.vault.session
        if session.holds(where.path) or not where.path.lower().endswith(".md"):
            return session.findings(where.path)
        return session.alone(where.path, document.text)

    def diagnostics(self, uri: str) -> list[types.Diagnostic]:
        """What is found in an open text, as the editor takes it. Raises `NotYet`."""
        document, where = self.documents[uri], self.where(uri)
        if len(document.text) > LARGEST_TEXT:
            start = types.Position(0, 0)
            message = (
                f"this note is too large: {len(document.text):,} characters, the limit is {LARGEST_TEXT:,}"
            )
            return [types.Diagnostic(types.Range(start, start), message, types.DiagnosticSeverity.Warning,
                                     source="vaultlint")]  # fmt: skip
        if where is None:
            places = Places(document.text, self.editor.encoding)
            return told(self.findings(uri), places, str, lambda path: places, related=False)
        return self._told(where, self.findings(uri), Places(document.text, self.editor.encoding))

    def _told(
        self, where: Where, found: list[Diagnostic], places: Places | None = None
    ) -> list[types.Diagnostic]:
        if not found:
            return []
        for one in found:
            if one.code == RuleCrash.code:
                log.error("%s: %s", one.path, one.message)
        vault = where.vault
        return told(
            found,
            places or self.places(vault, where.path),
            lambda path: self.uri(vault, path),
            lambda path: self.places(vault, path),
            related=self.editor.takes_related,
        )

    def all_findings(self) -> Iterator[tuple[str, int | None, list[types.Diagnostic]]]:
        """Every file with findings: its address, its version if it is open, and the findings. Raises
        `NotYet` while something waits to be looked at."""
        if not self.settled:
            raise NotYet
        for vault in self.vaults.values():
            for path in vault.session.with_findings():
                found = self._told(Where(vault, path), vault.session.findings(path))
                yield self.uri(vault, path), self.version(vault, path), found

    @cached_property
    def _unheard(self) -> Linter:
        """What looks at texts that lie in no vault: the rules that need a note and nothing else."""
        rules = [rule for rule in selected(Config(), load_rules()) if isinstance(rule, NoteRule)]
        nowhere = VaultFiles(Path(os.devnull), (), (), frozenset(), ObsidianSettings(), (), ())
        return Linter(nowhere, rules, Settings())


def _name_of(path: str) -> str:
    name = path.replace("\\", "/").rpartition("/")[2].rpartition(":")[2]
    return name if name.lower().endswith(".md") else f"{name}.md"
