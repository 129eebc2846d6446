"""The two ways of a JSON-RPC connection: a thread reads, whoever handles the messages writes.

pygls has all this too, and is not used for it: a header in lower case, a length that lies, a request before
`initialize` or a parent that died bring it out of step, and its answers tell of paths and code.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from queue import Empty, Queue
from threading import Lock, Thread
from typing import Any, BinaryIO, NamedTuple, TypeAlias

from vaultlint.lsp.framing import LostFrame, read_frame, write_frame

log = logging.getLogger("vaultlint.lsp")

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND = -32700, -32600, -32601
INVALID_PARAMS, INTERNAL_ERROR, NOT_INITIALIZED = -32602, -32603, -32002
REQUEST_CANCELLED, REQUEST_FAILED, CONTENT_MODIFIED = -32800, -32803, -32801

_WAITING = 10_000  # messages; then the editor has to wait

Id: TypeAlias = int | str
Then: TypeAlias = Callable[[Any], None]


class Message(NamedTuple):
    """A request (with an id) or a notification of the editor."""

    method: str
    params: Any
    id: Id | None = None


class Closed(NamedTuple):
    """The end of the stream; `reason` where it is none that an editor means."""

    reason: str | None


class Encoded(NamedTuple):
    """An answer in JSON already, in pieces: a large one takes many times the memory as objects."""

    pieces: Sequence[bytes]


class Refused(Exception):  # noqa: N818 - it is an answer
    """A request that is answered with an error."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Connection:
    """Messages in the order in which they came. Answers to our own requests go to those who asked."""

    def __init__(self, source: BinaryIO, target: BinaryIO) -> None:
        self._source = source
        self._target = target
        self._inbox: Queue[Message | Closed] = Queue(_WAITING)
        self._lock = Lock()
        self._pending: set[Id] = set()
        self._cancelled: set[Id] = set()
        self._asked: dict[int, Then | None] = {}
        self._answers: Queue[tuple[int, Any]] = Queue()
        self._number = 0
        self.ending = False
        """Whether the editor wants this to end, or is gone: what takes long is not worth being finished."""

    def start(self) -> None:
        """Begin to read."""
        Thread(target=self._read, name="reader", daemon=True).start()

    # --- reading ------------------------------------------------------------------------------

    def next(self, *, wait: bool) -> Message | Closed | None:
        """The next message; None where there is none yet and nobody wants to wait."""
        while True:
            self._hand_out()
            try:
                message = self._inbox.get(block=wait)
            except Empty:
                return None
            if isinstance(message, Message) and not message.method:
                continue  # an answer came
            return message

    def _hand_out(self) -> None:
        """Give the answers to those who asked."""
        while not self._answers.empty():
            number, result = self._answers.get()
            then = self._asked.pop(number, None)
            if then is not None:
                then(result)

    def _read(self) -> None:
        reason: str | None = None
        try:
            while (body := read_frame(self._source)) is not None:
                self._sort(body)
        except LostFrame as lost:
            reason = str(lost)
        except (OSError, ValueError) as error:  # the stream was closed under us
            reason = str(error)
        self.ending = True
        self._inbox.put(Closed(reason))

    def _sort(self, body: bytes) -> None:
        """Put a message where it belongs."""
        try:
            told = json.loads(body)
        except (ValueError, RecursionError):
            self._fail(None, PARSE_ERROR, "not valid JSON, or nested too deeply")
            return
        number = told.get("id") if isinstance(told, dict) else None
        if not isinstance(told, dict) or isinstance(number, bool) or not isinstance(number, Id | None):
            self._fail(None, INVALID_REQUEST, "not a message of JSON-RPC 2.0")
            return
        method = told.get("method")
        if isinstance(method, str) and method:
            self._sort_message(method, told.get("params"), number)
        elif method is None and isinstance(number, int) and ("result" in told or "error" in told):
            self._answers.put((number, told.get("result")))
            self._inbox.put(Message("", None))
        else:
            self._fail(number, INVALID_REQUEST, "not a message of JSON-RPC 2.0")

    def _sort_message(self, method: str, params: Any, number: Id | None) -> None:
        if method == "$/cancelRequest":
            cancelled = params.get("id") if isinstance(params, Mapping) else None
            with self._lock:
                if isinstance(cancelled, Id) and cancelled in self._pending:
                    self._cancelled.add(cancelled)
            return
        if number is not None:
            with self._lock:
                self._pending.add(number)
        if method in ("shutdown", "exit"):
            self.ending = True
        self._inbox.put(Message(method, params, number))

    def is_cancelled(self, number: Id | None) -> bool:
        """Whether nobody wants the answer to that request any more."""
        return number in self._cancelled

    @property
    def idle(self) -> bool:
        """Whether no message waits."""
        return self._inbox.empty()

    # --- writing ------------------------------------------------------------------------------

    def respond(self, number: Id, result: Any) -> None:
        """Answer a request, with plain values or what is encoded already."""
        self._done(number)
        pieces = result.pieces if isinstance(result, Encoded) else [encoded(result)]
        self._write([b'{"jsonrpc":"2.0","id":%b,"result":' % encoded(number), *pieces, b"}"])

    def fail(self, number: Id, refused: Refused) -> None:
        """Answer a request with an error."""
        self._done(number)
        self._fail(number, refused.code, refused.message)

    def notify(self, method: str, params: Any) -> None:
        """Tell the editor something."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def request(self, method: str, params: Any, then: Then | None = None) -> None:
        """Ask the editor for something; `then` gets what it answers, None for an error."""
        self._number += 1
        self._asked[self._number] = then
        self._send({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})

    def _done(self, number: Id) -> None:
        with self._lock:
            self._pending.discard(number)
            self._cancelled.discard(number)

    def _fail(self, number: Id | None, code: int, message: str) -> None:
        self._send({"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}})

    def _send(self, message: Mapping[str, Any]) -> None:
        self._write([encoded(message)])

    def _write(self, pieces: Sequence[bytes]) -> None:
        with self._lock:
            try:
                write_frame(self._target, pieces)
            except (OSError, ValueError):  # nobody reads any more: the reader hears of that too
                log.info("a message could not be sent")


def encoded(value: Any) -> bytes:
    """Plain values in JSON, which is ASCII here."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")
