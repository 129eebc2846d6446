"""The server: which message is answered how, and when it ends.

One thread does everything but read. While no message waits it does the work that does, piece by piece, so
that no edit waits longer than a piece takes.
"""

import argparse
import logging
from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from cattrs.errors import BaseValidationError
from lsprotocol import types

from vaultlint import __version__
from vaultlint.lsp import actions, commands, completion, navigation, renaming
from vaultlint.lsp.connection import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    NOT_INITIALIZED,
    REQUEST_CANCELLED,
    Closed,
    Connection,
    Encoded,
    Message,
    Refused,
    encoded,
)
from vaultlint.lsp.documents import NotOpen, NotYet
from vaultlint.lsp.editor import Editor
from vaultlint.lsp.uris import uri_of
from vaultlint.lsp.watchdog import watch
from vaultlint.lsp.workspace import Workspace

log = logging.getLogger("vaultlint.lsp")

Handler = Callable[[Workspace, Any], Any]

_MOST_PATIENT = 1_000
"""Requests that wait for a vault to be read; later ones are refused."""

QUESTIONS: Mapping[str, Handler] = {
    types.TEXT_DOCUMENT_CODE_ACTION: actions.code_actions,
    types.CODE_ACTION_RESOLVE: actions.resolve,
    types.WORKSPACE_EXECUTE_COMMAND: commands.execute,
    types.TEXT_DOCUMENT_COMPLETION: completion.complete,
    types.TEXT_DOCUMENT_DEFINITION: navigation.definition,
    types.TEXT_DOCUMENT_REFERENCES: navigation.references,
    types.TEXT_DOCUMENT_HOVER: navigation.hover,
    types.TEXT_DOCUMENT_DOCUMENT_LINK: navigation.document_links,
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: navigation.document_symbols,
    types.WORKSPACE_SYMBOL: navigation.workspace_symbols,
    types.TEXT_DOCUMENT_PREPARE_RENAME: renaming.prepare,
    types.TEXT_DOCUMENT_RENAME: renaming.rename,
    types.WORKSPACE_WILL_RENAME_FILES: renaming.will_rename,
}
"""Those that an open vault answers, without changing anything."""

CAPABILITIES: Mapping[str, Any] = {
    "text_document_sync": types.TextDocumentSyncOptions(
        open_close=True,
        change=types.TextDocumentSyncKind.Incremental,
        save=types.SaveOptions(include_text=False),
    ),
    "diagnostic_provider": types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier="vaultlint"
    ),
    "code_action_provider": types.CodeActionOptions(
        code_action_kinds=[*actions.KINDS], resolve_provider=True
    ),
    "execute_command_provider": types.ExecuteCommandOptions([*commands.COMMANDS], work_done_progress=True),
    "completion_provider": types.CompletionOptions(trigger_characters=["[", "#", "^", "|"]),
    "definition_provider": True,
    "references_provider": True,
    "hover_provider": True,
    "document_link_provider": types.DocumentLinkOptions(resolve_provider=False),
    "document_symbol_provider": True,
    "workspace_symbol_provider": True,
    "rename_provider": types.RenameOptions(prepare_provider=True),
}
_RENAMED = types.FileOperationRegistrationOptions(
    [types.FileOperationFilter(types.FileOperationPattern("**/*"), scheme="file")]
)


class Server:
    """One editor's server."""

    def __init__(self, connection: Connection, options: argparse.Namespace) -> None:
        self._connection = connection
        self._editor = Editor(connection)
        self._workspace = Workspace(self._editor, options)
        self._initialized = False
        self._shut_down = False
        self._folders: list[str] = []
        self._waiting: list[Message] = []
        self._asking: Message | None = None
        self._workspace.ensure_wanted = self._ensure_wanted
        self._requests: Mapping[str, Callable[[Any], Any]] = {
            types.SHUTDOWN: self._shutdown,
            types.TEXT_DOCUMENT_DIAGNOSTIC: self._diagnostic,
            types.WORKSPACE_DIAGNOSTIC: self._workspace_diagnostic,
        }
        self._notifications: Mapping[str, Callable[[Any], None]] = {
            types.INITIALIZED: self._begin,
            types.TEXT_DOCUMENT_DID_OPEN: lambda params: self._workspace.opened(params.text_document),
            types.TEXT_DOCUMENT_DID_CHANGE: self._workspace.changed,
            types.TEXT_DOCUMENT_DID_CLOSE: lambda params: self._workspace.closed(params.text_document.uri),
            types.TEXT_DOCUMENT_DID_SAVE: self._saved,
            types.WORKSPACE_DID_CHANGE_WATCHED_FILES: self._files_changed,
            types.WORKSPACE_DID_RENAME_FILES: self._files_renamed,
            types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: self._folders_changed,
            types.WORKSPACE_DID_CHANGE_CONFIGURATION: lambda params: self._reload(),
        }

    # --- messages -----------------------------------------------------------------------------

    def run(self) -> int:
        """Serve until the end; gives the exit status."""
        busy = False
        while True:
            message = self._connection.next(wait=not busy)
            if message is None:
                busy = self._work()
                continue
            if isinstance(message, Closed):
                if message.reason is None:
                    return 0 if self._shut_down else 1
                log.error("the editor's messages cannot be read any more: %s", message.reason)
                self._editor.log(f"vaultlint ends: {message.reason}", types.MessageType.Error)
                return 1
            if message.method == types.EXIT:
                return 0 if self._shut_down else 1
            self._handle(message)
            busy = True

    def _work(self) -> bool:
        """A piece of the work that waits; gives whether there was any."""
        try:
            worked = self._workspace.work()
        except Exception:
            log.exception("work that waited failed")
            return True
        waiting, self._waiting = self._waiting, []
        for message in waiting:
            self._answer(message)
        return worked

    def _handle(self, message: Message) -> None:
        if message.id is not None:
            self._answer(message)
            return
        handler = self._notifications.get(message.method)
        if handler is None or not self._initialized or self._shut_down:
            return
        try:
            handler(self._structured(message))
        except Refused as refused:
            log.info("%s: %s", message.method, refused.message)
        except Exception:
            log.exception("%s failed", message.method)

    def _answer(self, message: Message) -> None:
        """Answer a request, or keep it until the vault is read."""
        assert message.id is not None
        try:
            if self._connection.is_cancelled(message.id):
                raise Refused(REQUEST_CANCELLED, "cancelled")
            self._asking = message
            result = self._result(message)
            plain = result if isinstance(result, Encoded) else self._editor.plain(result)
            self._connection.respond(message.id, plain)
        except Refused as refused:
            self._connection.fail(message.id, refused)
        except NotYet:
            if len(self._waiting) < _MOST_PATIENT:
                self._waiting.append(message)
            else:
                self._connection.fail(message.id, Refused(INTERNAL_ERROR, "too many requests wait"))
        except NotOpen:
            self._connection.respond(message.id, None)
        except Exception:
            log.exception("%s failed", message.method)
            self._connection.fail(
                message.id, Refused(INTERNAL_ERROR, f"{message.method} failed; see the log")
            )
        finally:
            self._asking = None

    def _ensure_wanted(self) -> None:
        """Raises where nobody wants the answer any more that is being made."""
        if self._asking is None:
            return
        if self._connection.ending or self._connection.is_cancelled(self._asking.id):
            raise Refused(REQUEST_CANCELLED, "cancelled")

    def _result(self, message: Message) -> Any:
        method = message.method
        if self._shut_down:
            raise Refused(INVALID_REQUEST, "the server is shut down")
        if method == types.INITIALIZE:
            if self._initialized:
                raise Refused(INVALID_REQUEST, "initialized already")
            return self._initialize(self._structured(message))
        if not self._initialized:
            raise Refused(NOT_INITIALIZED, "not initialized yet")
        if method in self._requests:
            self._workspace.catch_up()
            return self._requests[method](self._structured(message))
        if method in QUESTIONS:
            self._workspace.catch_up()
            return QUESTIONS[method](self._workspace, self._structured(message))
        raise Refused(METHOD_NOT_FOUND, f"unknown method “{method[:100]}”")

    def _structured(self, message: Message) -> Any:
        """The parameters in the protocol's types."""
        kind: Any = types.METHOD_TO_TYPES[message.method][2]
        if kind is None:
            return None
        try:
            return self._editor.converter.structure(message.params, kind)
        except (
            BaseValidationError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            RecursionError,
        ) as error:
            raise Refused(INVALID_PARAMS, f"the parameters of “{message.method}” are wrong") from error

    # --- life ---------------------------------------------------------------------------------

    def _initialize(self, params: types.InitializeParams) -> types.InitializeResult:
        self._editor.introduce(params.capabilities)
        self._folders = [folder.uri for folder in params.workspace_folders or ()]
        if not self._folders and (root := params.root_uri or (params.root_path and uri_of(params.root_path))):
            self._folders = [root]
        self._initialized = True
        if params.process_id is not None:
            watch(params.process_id)
        return types.InitializeResult(
            types.ServerCapabilities(
                position_encoding=self._editor.encoding,
                workspace=types.WorkspaceOptions(
                    workspace_folders=types.WorkspaceFoldersServerCapabilities(True, True),
                    file_operations=types.FileOperationOptions(did_rename=_RENAMED, will_rename=_RENAMED),
                ),
                **CAPABILITIES,
            ),
            types.ServerInfo("vaultlint", __version__),
        )

    def _begin(self, _params: Any) -> None:
        self._editor.watch_files()
        for uri in self._folders:
            self._workspace.add_folder(uri)

    def _shutdown(self, _params: Any) -> None:
        self._shut_down = True
        for message in self._waiting:
            if message.id is not None:
                self._connection.fail(message.id, Refused(REQUEST_CANCELLED, "the server is shut down"))
        self._waiting.clear()

    # --- what happens around it ---------------------------------------------------------------

    def _folders_changed(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        for folder in params.event.removed:
            self._workspace.remove_folder(folder.uri)
        for folder in params.event.added:
            self._workspace.add_folder(folder.uri)

    def _reload(self) -> None:
        for vault in [*self._workspace.vaults.values()]:
            self._workspace.reload(vault)

    def _saved(self, params: types.DidSaveTextDocumentParams) -> None:
        self._workspace.heard([(params.text_document.uri, True)])

    def _files_changed(self, params: types.DidChangeWatchedFilesParams) -> None:
        changed = types.FileChangeType.Changed
        self._workspace.heard([(each.uri, each.type == changed) for each in params.changes])

    def _files_renamed(self, params: types.RenameFilesParams) -> None:
        self._workspace.heard([(uri, False) for each in params.files for uri in (each.old_uri, each.new_uri)])

    # --- diagnostics that are asked for -------------------------------------------------------

    def _diagnostic(self, params: types.DocumentDiagnosticParams) -> types.DocumentDiagnosticReport:
        uri = params.text_document.uri
        if uri not in self._workspace.documents.texts:
            return types.RelatedFullDocumentDiagnosticReport([])
        found = self._workspace.findings.told_of(uri)
        known = _name_of(encoded(self._editor.plain(found)))
        if params.previous_result_id == known:
            return types.RelatedUnchangedDocumentDiagnosticReport(known)
        return types.RelatedFullDocumentDiagnosticReport(found, result_id=known)

    def _workspace_diagnostic(self, params: types.WorkspaceDiagnosticParams) -> Encoded:
        before = {each.uri: each.value for each in params.previous_result_ids}
        pieces: list[bytes] = [b'{"items":[']
        for uri, version, found in self._workspace.all_findings():
            self._ensure_wanted()
            told = encoded(self._editor.plain(found))
            report: dict[str, Any] = {"uri": uri, "version": version, "resultId": _name_of(told)}
            if before.pop(uri, None) == report["resultId"]:
                pieces.append(encoded({**report, "kind": "unchanged"}) + b",")
            else:
                pieces.append(b'%b,"items":%b},' % (encoded({**report, "kind": "full"})[:-1], told))
        # What was found before and is gone.
        pieces += [
            encoded({"uri": uri, "version": None, "kind": "full", "items": []}) + b"," for uri in before
        ]
        pieces[-1] = pieces[-1].removesuffix(b",")
        return Encoded([*pieces, b"]}"])


def _name_of(told: bytes) -> str:
    """The same for the same findings."""
    return blake2b(told, digest_size=12).hexdigest()
