"""An editor for the tests: it speaks to the real process, and keeps what the server says."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any

PATIENCE = 60  # seconds after which a test fails that would wait for ever

CAPABILITIES: Mapping[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True},
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
    },
    "workspace": {
        "workspaceEdit": {"documentChanges": True, "resourceOperations": ["create", "rename", "delete"]},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
}


def frame(message: object) -> bytes:
    """A message with its header."""
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


class Editor:
    """A process of `vaultlint lsp`, and what it said."""

    def __init__(self, *arguments: str, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "vaultlint", "lsp", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment},
        )
        self._inbox: Queue[dict[str, Any] | None] = Queue()
        self.heard: list[dict[str, Any]] = []
        self.answers: dict[Any, dict[str, Any]] = {}
        self.diagnostics: dict[str, dict[str, Any]] = {}
        self._number = 0
        self._versions: dict[str, int] = {}
        self.log: list[bytes] = []
        self._threads = [threading.Thread(target=each, daemon=True) for each in (self._read, self._read_log)]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "Editor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.kill()
        self.process.wait()
        for thread in self._threads:
            thread.join(PATIENCE)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            with suppress(BrokenPipeError):
                if stream is not None:
                    stream.close()

    # --- messages ---

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None
        try:
            while header := stream.readline():
                length = int(header.split(b":")[1])
                assert stream.readline() == b"\r\n"
                self._inbox.put(json.loads(stream.read(length)))
        except ValueError:
            pass  # closed by the test
        self._inbox.put(None)

    def _read_log(self) -> None:
        """Keep what the server writes to its log, lest the pipe fill."""
        assert self.process.stderr is not None
        self.log.extend(self.process.stderr)

    def send_bytes(self, data: bytes) -> None:
        """Send these bytes as they are."""
        assert self.process.stdin is not None
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def send(self, message: object) -> None:
        """Send a message."""
        self.send_bytes(frame(message))

    def notify(self, method: str, params: object) -> None:
        """Tell the server something."""
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def begin(self, method: str, params: object) -> int:
        """Ask the server; gives the number of the question."""
        self._number += 1
        self.send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        return self._number

    def ask(self, method: str, params: object) -> Any:
        """What the server answers. An error is an AssertionError."""
        answer = self.answer(self.begin(method, params))
        assert "error" not in answer, answer
        return answer["result"]

    def refusal(self, method: str, params: object) -> dict[str, Any]:
        """The error with which the server answers."""
        answer = self.answer(self.begin(method, params))
        error: dict[str, Any] = answer["error"]
        return error

    def answer(self, number: object) -> dict[str, Any]:
        """The answer to that question."""
        self.until(lambda: number in self.answers)
        return self.answers.pop(number)

    def until(self, happened: Callable[[], object]) -> None:
        """Take what the server says until something happened."""
        while not happened():
            if not self.take(PATIENCE):
                raise AssertionError("the server ended")

    def take(self, seconds: float) -> bool:
        """Take the next message; gives whether there was one. AssertionError where none comes in time."""
        try:
            message = self._inbox.get(timeout=seconds)
        except Empty:
            raise AssertionError("the server says nothing") from None
        if message is None:
            return False
        self.heard.append(message)
        if "method" not in message:
            self.answers[message.get("id")] = message
        elif "id" in message:
            with suppress(BrokenPipeError, ValueError):  # it may have ended since
                self.send({"jsonrpc": "2.0", "id": message["id"], "result": None})
        elif message["method"] == "textDocument/publishDiagnostics":
            self.diagnostics[message["params"]["uri"]] = message["params"]
        return True

    def said(self, method: str) -> list[Any]:
        """The parameters of all messages of that method."""
        return [each.get("params") for each in self.heard if each.get("method") == method]

    # --- life ---

    def initialize(self, *folders: Path, capabilities: Mapping[str, Any] = CAPABILITIES, **more: Any) -> Any:
        """Introduce this editor with these folders; gives what the server can do."""
        told = self.ask(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": None,
                "capabilities": capabilities,
                "workspaceFolders": [{"uri": each.as_uri(), "name": each.name} for each in folders],
                **more,
            },
        )
        self.notify("initialized", {})
        return told["capabilities"]

    def end(self) -> int:
        """End the server as the protocol wants; gives its exit status."""
        self.ask("shutdown", None)
        self.notify("exit", None)
        return self.ended()

    def ended(self) -> int:
        """The exit status of the server, once it ends."""
        status = self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)
        while not self._inbox.empty() and self.take(PATIENCE):
            pass
        return status

    # --- texts ---

    def open(self, uri: str, text: str, version: int = 1, language: str = "markdown") -> None:
        """Open a text."""
        self._versions[uri] = version
        document = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def change(self, uri: str, *changes: tuple[tuple[int, int], tuple[int, int], str] | str) -> None:
        """Change an open text: ranges with what they get, or whole texts."""
        self._versions[uri] += 1
        told = [
            {"text": each}
            if isinstance(each, str)
            else {
                "range": {
                    "start": {"line": each[0][0], "character": each[0][1]},
                    "end": {"line": each[1][0], "character": each[1][1]},
                },
                "text": each[2],
            }
            for each in changes
        ]
        document = {"uri": uri, "version": self._versions[uri]}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": told})

    def close(self, uri: str) -> None:
        """Close a text."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def published(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """The findings of a file, once those of that version, or of its present one, were told."""
        version = version if version is not None else self._versions.get(uri)
        self.until(lambda: uri in self.diagnostics and self.diagnostics[uri].get("version") == version)
        found: list[dict[str, Any]] = self.diagnostics[uri]["diagnostics"]
        return found

    def at(self, uri: str, line: int, character: int) -> dict[str, Any]:
        """A place in a text, as questions name it."""
        return {"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}


def codes(found: list[dict[str, Any]]) -> list[str]:
    """The codes of findings."""
    return [each["code"] for each in found]
