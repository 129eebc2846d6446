"""Every call of the system that a write makes fails once in every way: the note is whole all the same."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from vaultlint.write import OS_FILES, Files, NotRead, NotWritten, read_bytes_safely, write_note

OLD = b"one [[harvest]]\r\n" * 40
NEW = b"one [[Harvest]]\n" * 50

ERRNOS = ("ENOSPC", "EIO", "EACCES", "EDQUOT", "EROFS", "EPERM", "ENOTSUP", "EINTR", "EMFILE", "ENOENT")
FAULTS = (*ERRNOS, "short", "kill before", "kill after", "EIO after", "interrupt")


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

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if self.dead:
                raise Killed
            number = len(self.calls)
            self.calls.append(name)
            if name == "exchange" and not self.exchanges:
                return False
            return self._fail(name, args) if number == self.position else getattr(OS_FILES, name)(*args)

        return call

    def _fail(self, name: str, args: tuple[Any, ...]) -> Any:
        real = getattr(OS_FILES, name)
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
            case "EIO after":
                real(*args)
                raise OSError(errno.EIO, "injected")
            case "short" if name == "write":
                return real(args[0], args[1][:3])
            case "short" if name == "read":
                return real(args[0], min(3, args[1]))
            case "short":
                return real(*args)
            case code:
                number = getattr(errno, code)
                raise OSError(number, os.strerror(number))


def faulty(fault: str, position: int, *, exchanges: bool = True) -> Files:
    files: Any = FaultyFiles(fault, position, exchanges=exchanges)
    checked: Files = files
    return checked


DESCRIPTORS = Path("/proc/self/fd")
needs_descriptors = pytest.mark.skipif(not DESCRIPTORS.is_dir(), reason="looks at Linux's open files")


@pytest.fixture
def closing() -> Iterator[None]:
    """A killed write leaves descriptors open; a process that dies closes them."""
    before = {entry.name for entry in DESCRIPTORS.iterdir()}
    yield
    for name in {entry.name for entry in DESCRIPTORS.iterdir()} - before:
        with suppress(OSError):  # one of them was the listing itself
            os.close(int(name))


def attempt(root: Path, files: Files) -> str:
    """`written`, `refused`, or `dead`."""
    try:
        write_note(root, "Notes/a.md", OLD, NEW, files=files)
    except NotWritten:
        return "refused"
    except (Killed, KeyboardInterrupt):
        return "dead"
    return "written"


def vault(root: Path) -> Path:
    note = root / "Notes" / "a.md"
    note.parent.mkdir(parents=True)
    note.write_bytes(OLD)
    note.chmod(0o640)
    if hasattr(os, "setxattr"):
        os.setxattr(note, "user.origin", b"phone")
    (note.parent / ".vl-999999999-0.tmp").write_bytes(b"left over")
    return note


@needs_descriptors
@pytest.mark.parametrize("exchanges", [True, False], ids=["exchange", "replace"])
@pytest.mark.usefixtures("closing")
def test_whatever_call_fails_the_note_is_the_old_or_the_new_one(tmp_path: Path, exchanges: bool) -> None:
    runs = 0
    for fault in FAULTS:
        for position in count():
            root = tmp_path / f"{fault}-{position}"
            note = vault(root)
            files = faulty(fault, position, exchanges=exchanges)
            outcome = attempt(root, files)
            where = f"{fault} at call {position} ({files.calls[-1]})"  # type: ignore[attr-defined]
            content = note.read_bytes()
            assert content in (OLD, NEW), where
            if outcome == "written":
                assert content == NEW, where
                assert note.stat().st_mode & 0o777 == 0o640, where
                assert os.getxattr(note, "user.origin") == b"phone", where
            if outcome == "refused":
                assert content == OLD, where
            runs += 1
            if len(files.calls) <= position:  # type: ignore[attr-defined]
                assert outcome == "written"
                break
    assert runs >= 400


@needs_descriptors
@pytest.mark.usefixtures("closing")
def test_a_refused_note_leaves_no_temporary_file(tmp_path: Path) -> None:
    for fault in ERRNOS:
        for position in count():
            root = tmp_path / f"{fault}-{position}"
            note = vault(root)
            files = faulty(fault, position)
            outcome = attempt(root, files)
            if outcome == "refused":
                left = {entry.name for entry in note.parent.iterdir()} - {".vl-999999999-0.tmp"}
                assert left == {"a.md"}, f"{fault} at call {position}"
            if len(files.calls) <= position:  # type: ignore[attr-defined]
                break


@pytest.mark.parametrize("fault", ERRNOS)
@pytest.mark.parametrize("position", range(7))
def test_whatever_call_fails_a_note_is_read_whole_or_not_at_all(
    tmp_path: Path, fault: str, position: int
) -> None:
    vault(tmp_path)
    with pytest.raises(NotRead) as caught:
        read_bytes_safely(tmp_path, "Notes/a.md", files=faulty(fault, position))
    assert caught.value.path == "Notes/a.md"


def test_short_reads_are_put_together(tmp_path: Path) -> None:
    vault(tmp_path)
    assert read_bytes_safely(tmp_path, "Notes/a.md", files=faulty("short", 5)) == OLD
