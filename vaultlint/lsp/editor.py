"""The other end: what the editor can do, and what it is told."""

import logging
from typing import Any

from lsprotocol import converters, types

from vaultlint.lsp.connection import Connection
from vaultlint.lsp.texts import chosen_encoding

log = logging.getLogger("vaultlint.lsp")

STEPS = 20
"""How often progress is told."""


class Editor:
    """Knows what the editor said that it can do."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.converter = converters.get_converter()
        self.encoding = types.PositionEncodingKind.Utf16
        self._capabilities: Any = None
        self._tokens: dict[object, types.ProgressToken] = {}
        self._told: dict[object, int] = {}
        self._count = 0

    def can(self, *names: str) -> Any:
        """What the editor says under these names, one below the other; None where it says nothing."""
        found = self._capabilities
        for name in names:
            found = getattr(found, name, None)
        return found

    def introduce(self, capabilities: types.ClientCapabilities) -> None:
        """The editor says what it can do."""
        self._capabilities = capabilities
        self.encoding = chosen_encoding(self.can("general", "position_encodings"))

    @property
    def pulls(self) -> bool:
        """Whether it asks for diagnostics, and hears when it should ask again; else they are pushed."""
        return bool(
            self.can("text_document", "diagnostic") is not None
            and self.can("workspace", "diagnostics", "refresh_support")
        )

    @property
    def takes_related(self) -> bool:
        """Whether a diagnostic may speak of other places."""
        return bool(
            self.can("text_document", "publish_diagnostics", "related_information")
            or self.can("text_document", "diagnostic", "related_information")
        )

    @property
    def takes_versions(self) -> bool:
        """Whether edits may name the versions of the texts that they are for."""
        return bool(self.can("workspace", "workspace_edit", "document_changes"))

    def takes_operation(self, kind: types.ResourceOperationKind) -> bool:
        """Whether edits may create or rename files."""
        return kind in (self.can("workspace", "workspace_edit", "resource_operations") or ())

    # --- telling ------------------------------------------------------------------------------

    def plain(self, value: Any, kind: Any = None) -> Any:
        """The value of the protocol's types in plain values."""
        return self.converter.unstructure(value, unstructure_as=kind)

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        """Tell the findings of a file."""
        self._connection.notify(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, self.plain(params))

    def refresh_diagnostics(self) -> None:
        """Ask it to ask again."""
        self._connection.request(types.WORKSPACE_DIAGNOSTIC_REFRESH, None)

    def show(self, message: str, kind: types.MessageType) -> None:
        """Show people a message."""
        log.warning("%s", message)
        params = types.ShowMessageParams(kind, f"vaultlint: {message}")
        self._connection.notify(types.WINDOW_SHOW_MESSAGE, self.plain(params))

    def log(self, message: str, kind: types.MessageType = types.MessageType.Info) -> None:
        """Put a message where people find it who look for it."""
        params = types.LogMessageParams(kind, message)
        self._connection.notify(types.WINDOW_LOG_MESSAGE, self.plain(params))

    def show_document(self, uri: str) -> None:
        """Have a document shown, where it can."""
        if self.can("window", "show_document", "support"):
            params = types.ShowDocumentParams(uri, take_focus=True)
            self._connection.request(types.WINDOW_SHOW_DOCUMENT, self.plain(params))

    def watch_files(self) -> None:
        """Ask it to tell when files change, where it can be asked."""
        if not self.can("workspace", "did_change_watched_files", "dynamic_registration"):
            return
        watcher = types.FileSystemWatcher("**/*")
        options = types.DidChangeWatchedFilesRegistrationOptions([watcher])
        registration = types.Registration(
            "vaultlint-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, self.plain(options)
        )
        params = types.RegistrationParams([registration])
        self._connection.request(types.CLIENT_REGISTER_CAPABILITY, self.plain(params))

    # --- progress -----------------------------------------------------------------------------

    def begin(self, work: object, title: str) -> None:
        """Work that takes a while begins: `report` says how much of it is done."""
        token = self._created()
        if token is not None:
            self._tokens[work] = token
            self._progress(token, types.WorkDoneProgressBegin(title, cancellable=False, percentage=0))

    def begin_asked(self, work: object, title: str, token: types.ProgressToken | None) -> None:
        """Work begins that a request wants, which may be cancelled as long as it lasts: `say` says how far it
        is. `token`: what the request wants that to be told with."""
        cancellable = token is not None
        token = self._created() if token is None else token
        if token is not None:
            self._tokens[work] = token
            self._progress(token, types.WorkDoneProgressBegin(title, cancellable=cancellable))

    def _created(self) -> str | None:
        """A token of our own; None where the editor takes none."""
        if not self.can("window", "work_done_progress"):
            return None
        self._count += 1
        token = f"vaultlint-{self._count}"
        created = types.WorkDoneProgressCreateParams(token)
        self._connection.request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, self.plain(created))
        return token

    def report(self, work: object, done: int, total: int) -> None:
        """So much of it is done."""
        token = self._tokens.get(work)
        step = done * STEPS // max(total, 1)
        if token is not None and self._told.get(work) != step:
            self._told[work] = step
            percentage = min(100, done * 100 // max(total, 1))
            self._progress(token, types.WorkDoneProgressReport(percentage=percentage))

    def say(self, work: object, message: str) -> None:
        """That is being done of it now."""
        token = self._tokens.get(work)
        if token is not None:
            self._progress(token, types.WorkDoneProgressReport(message=message))

    def end(self, work: object) -> None:
        """It is done, or no longer wanted."""
        self._told.pop(work, None)
        token = self._tokens.pop(work, None)
        if token is not None:
            self._progress(token, types.WorkDoneProgressEnd())

    def _progress(self, token: types.ProgressToken, value: Any) -> None:
        self._connection.notify(types.PROGRESS, {"token": token, "value": self.plain(value)})
