"""The system's calls, of which one goes wrong: what a full disk, a network drive or a kill would do."""

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vaultlint.files import OS_FILES, Files

ERRNOS = (
    "ENOSPC", "EIO", "EACCES", "EDQUOT", "EROFS", "EPERM", "ENOTSUP", "EINTR", "EMFILE", "ENOENT", "EBUSY",
    "ESTALE", "ETIMEDOUT",
)  # fmt: skip
FAULTS = (
    *ERRNOS,
    *(f"{code} after" for code in ERRNOS),
    "short",
    "kill before",
    "kill after",
    "interrupt",
)
"""An error in the place of the call's effect, or after it; half of what was asked for; the end of the process
in its place or after it; Ctrl-C."""


class Killed(BaseException):
    """The process is no more: nothing of it runs, no handler either."""


class FaultyFiles:
    """The system's calls, of which the one numbered `position` goes wrong."""

    def __init__(self, fault: str, position: int, *, exchanges: bool = True) -> None:
        self.fault = fault
        self.position = position
        self.exchanges = exchanges
        self.calls: list[str] = []
        self.dead = False
        self._open: set[int] = set()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if self.dead:
                raise Killed
            number = len(self.calls)
            self.calls.append(name)
            if name == "exchange" and not self.exchanges:
                return False
            return self._fail(name, args) if number == self.position else self._real(name)(*args)

        return call

    def _real(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            result = getattr(OS_FILES, name)(*args)
            if name == "open":
                self._open.add(result)
            if name == "close":
                self._open.remove(args[0])
            return result

        return call

    def end(self) -> None:
        """Close what is open, as the system does when a process ends."""
        for descriptor in self._open:
            os.close(descriptor)

    def _fail(self, name: str, args: tuple[Any, ...]) -> Any:
        real = self._real(name)
        match self.fault:
            case "kill before":
                self.dead = True
                raise Killed
            case "kill after":
                real(*args)
                self.dead = True
                raise Killed
            case "interrupt":
                raise KeyboardInterrupt
            case "short" if name == "write":
                return real(args[0], args[1][:3])
            case "short" if name == "read":
                return real(args[0], min(3, args[1]))
            case "short":
                return real(*args)
            case code:
                if code.endswith(" after"):
                    real(*args)
                number = getattr(errno, code.removesuffix(" after"))
                raise OSError(number, os.strerror(number))

    @property
    def ran_out(self) -> bool:
        """Whether there were too few calls for one of them to fail."""
        return len(self.calls) <= self.position

    @property
    def where(self) -> str:
        """What went wrong, for whoever reads a failed test."""
        return f"{self.fault} at call {self.position} ({self.calls[-1]})"


class KilledAfter(FaultyFiles):
    """The system's calls; the process dies behind the one of that name and number."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__("kill after", -1)
        self.name = name
        self.number = number

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name == self.name and self.calls.count(name) == self.number:
            self.position = len(self.calls)
        return super().__getattr__(name)


def as_files(faulty: FaultyFiles) -> Files:
    """The same, for a type checker."""
    files: Any = faulty
    checked: Files = files
    return checked


def memory_folder() -> Path | None:
    """A folder in memory, where fsync costs nothing."""
    folder = Path("/dev/shm")
    return folder if folder.is_dir() and os.access(folder, os.W_OK) else None
