"""What is found in open vaults and texts, and what of it the editor was told.

Editors that ask for findings are told when to ask again; the others are told each change.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from lsprotocol import types

from vaultlint.config import Config, selected
from vaultlint.diagnostic import Diagnostic
from vaultlint.discovery import ObsidianSettings, VaultFiles
from vaultlint.engine import Linter
from vaultlint.lsp.documents import LARGEST_TEXT, Documents, NotYet, Where
from vaultlint.lsp.editor import Editor
from vaultlint.lsp.reports import told
from vaultlint.lsp.texts import Places
from vaultlint.lsp.uris import path_of
from vaultlint.lsp.vaults import OpenVault
from vaultlint.own_rules import RuleCrash
from vaultlint.registry import load_rules
from vaultlint.rule import NoteRule
from vaultlint.settings import Settings

log = logging.getLogger("vaultlint.lsp")


class Findings:
    """Knows what is found, and what the editor believes to be found."""

    def __init__(self, editor: Editor, documents: Documents, vaults: Mapping[str, OpenVault]) -> None:
        """`vaults`: those that are open, by their folders; always as they are."""
        self._editor = editor
        self._documents = documents
        self._vaults = vaults
        self._published: set[str] = set()
        self._outdated: set[str] = set()  # of those, what a vault told before it was read anew
        self._refresh_wanted = False

    # --- what is found ------------------------------------------------------------------------

    def of(self, uri: str) -> list[Diagnostic]:
        """What is found in an open text. Raises `NotYet`."""
        document, where = self._documents.texts[uri], self._documents.where(uri)
        if document.lost:
            return []
        if where is None:
            path = path_of(uri) or uri
            hidden = path_of(uri) is not None and "/." in path
            return [] if hidden else self._unheard.found_alone(_name_of(path), document.text)
        if not where.vault.ready:
            raise NotYet
        self._documents.take(uri)
        session = where.vault.session
        if session.holds(where.path) or not where.path.lower().endswith(".md"):
            return session.findings(where.path)
        return session.alone(where.path, document.text)

    def told_of(self, uri: str) -> list[types.Diagnostic]:
        """What is found in an open text, as the editor takes it. Raises `NotYet`."""
        document, where = self._documents.texts[uri], self._documents.where(uri)
        if len(document.text) > LARGEST_TEXT:
            start = types.Position(0, 0)
            message = (
                f"this note is too large: {len(document.text):,} characters, the limit is {LARGEST_TEXT:,}"
            )
            return [types.Diagnostic(types.Range(start, start), message, types.DiagnosticSeverity.Warning,
                                     source="vaultlint")]  # fmt: skip
        places = Places(document.text, self._editor.encoding)
        if where is None:
            return told(self.of(uri), places, str, lambda path: places, related=False)
        return self._told(where, self.of(uri), places)

    def told_of_all(self) -> Iterator[tuple[str, int | None, list[types.Diagnostic]]]:
        """Every file with findings: its address, its version if it is open, and the findings."""
        for vault in self._vaults.values():
            for path in vault.session.with_findings():
                found = self._told(Where(vault, path), vault.session.findings(path))
                yield self._documents.uri(vault, path), self._documents.version(vault, path), found

    def _told(
        self, where: Where, found: list[Diagnostic], places: Places | None = None
    ) -> list[types.Diagnostic]:
        if not found:
            return []
        for one in found:
            if one.code == RuleCrash.code:
                log.error("%s: %s", one.path, one.message)
        vault, documents = where.vault, self._documents
        return told(
            found,
            places or documents.places(vault, where.path),
            lambda path: documents.uri(vault, path),
            lambda path: documents.places(vault, path),
            related=self._editor.takes_related,
        )

    @cached_property
    def _unheard(self) -> Linter:
        """What looks at texts that lie in no vault: the rules that need a note and nothing else."""
        rules = [rule for rule in selected(Config(), load_rules()) if isinstance(rule, NoteRule)]
        nowhere = VaultFiles(Path(os.devnull), (), (), frozenset(), ObsidianSettings(), (), ())
        return Linter(nowhere, rules, Settings())

    # --- telling ------------------------------------------------------------------------------

    def tell(self, uri: str) -> None:
        """Tell what is found in an open text."""
        self._documents.take(uri)
        if self._editor.pulls:
            where = self._documents.where(uri)
            if where is not None and where.vault.session.holds(where.path):
                where.vault.session.settle(where.path)  # what it changes elsewhere is to be told
            return
        self._publish(uri, self._documents.texts[uri].version, self.told_of(uri))

    def announce(self, where: Where) -> None:
        """The findings of a file of a vault are others now."""
        if self._editor.pulls:
            self._refresh_wanted = True
            return
        uri = self._documents.uri(*where)
        if uri in self._documents.texts:
            self.tell(uri)
        else:
            self._publish(uri, None, self._told(where, where.vault.session.findings(where.path)))

    def settle(self, where: Where) -> None:
        """Look at a file again if need be, and tell it where its findings are others than was told."""
        changed = where.vault.session.settle(where.path)
        if changed or (self._outdated and self._documents.uri(*where) in self._outdated):
            self.announce(where)

    def take_back(self, uri: str) -> None:
        """Nothing is found in a file any more, or nobody looks."""
        self._publish(uri, None, [])

    def take_back_gone(self, vault: OpenVault) -> None:
        """What was told of files of a vault that are gone is no longer so."""
        for uri in [*self._published]:
            where = self._documents.where(uri)
            gone = where is not None and where.vault is vault and not vault.session.tells(where.path)
            if gone and uri not in self._documents.texts:
                self.take_back(uri)

    def take_back_below(self, root: str) -> None:
        """A vault is no longer open."""
        for uri in [*self._published]:
            path = path_of(uri)
            if path is not None and path.startswith(root + os.sep):
                self.take_back(uri)

    def outdate(self) -> None:
        """A vault is read anew: all that was told is to be told again."""
        self._outdated.update(self._published)
        self._refresh_wanted = self._editor.pulls

    def rest(self) -> None:
        """Nothing waits to be looked at: editors that ask may ask again."""
        if self._refresh_wanted:
            self._refresh_wanted = False
            self._editor.refresh_diagnostics()

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self._outdated.discard(uri)
        if self._editor.pulls or not (found or uri in self._published or uri in self._documents.texts):
            return
        (self._published.add if found else self._published.discard)(uri)
        self._editor.publish(types.PublishDiagnosticsParams(uri, found, version))


def _name_of(path: str) -> str:
    name = path.replace("\\", "/").rpartition("/")[2].rpartition(":")[2]
    return name if name.lower().endswith(".md") else f"{name}.md"
