"""Every call of the system that reading and writing notes, and the journal, make: one object.

Tests put another one in its place, whose every call can fail (`tests/faults.py`). A test forbids other
modules to write files (`tests/test_only_way.py`).
"""

import ctypes
import errno
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Protocol


class Files(Protocol):
    """Every call of the system that reading and writing makes. All but `alive` may raise `OSError`."""

    def real(self, path: Path) -> Path:
        """The path without symbolic links; it must exist."""

    def lstat(self, path: Path) -> os.stat_result:
        """What stands at a path, a symbolic link not followed."""

    def open(self, path: Path, flags: int, mode: int) -> int:
        """A descriptor; `flags` and `mode` as for `os.open`."""

    def fstat(self, descriptor: int) -> os.stat_result:
        """What an open file is."""

    def read(self, descriptor: int, size: int) -> bytes:
        """At most `size` bytes; none at the end of the file."""

    def write(self, descriptor: int, data: memoryview) -> int:
        """How many bytes were written, perhaps not all."""

    def fsync(self, descriptor: int) -> None:
        """Wait until a file or folder is on the disk."""

    def close(self, descriptor: int) -> None:
        """Give a descriptor back."""

    def fchown(self, descriptor: int, user: int, group: int) -> None:
        """Set the owner."""

    def fchmod(self, descriptor: int, mode: int) -> None:
        """Set the permissions."""

    def listxattr(self, descriptor: int) -> Sequence[str]:
        """The names of the extended attributes; none where the file system has none."""

    def getxattr(self, descriptor: int, name: str) -> bytes:
        """The value of an extended attribute."""

    def setxattr(self, descriptor: int, name: str, value: bytes) -> None:
        """Set an extended attribute."""

    def removexattr(self, descriptor: int, name: str) -> None:
        """Take an extended attribute away."""

    def exchange(self, one: Path, other: Path) -> bool:
        """Let two files trade names at once; False where the system or the file system cannot."""

    def replace(self, source: Path, target: Path) -> None:
        """Give a file another file's name."""

    def unlink(self, path: Path) -> None:
        """Remove a name."""

    def names(self, folder: Path) -> Sequence[str]:
        """The names in a folder."""

    def mkdir(self, path: Path) -> None:
        """Make a folder that is the user's alone, unless it is there."""

    def lock(self, descriptor: int) -> bool:
        """Lock a file until it is closed, by this process's end at the latest; False where another has."""

    def alive(self, process: int) -> bool:
        """Whether a process of that number may be running."""


class _OsFiles:
    """The calls of this system. What it does not know (owners on Windows) is left out."""

    def real(self, path: Path) -> Path:
        return Path(os.path.realpath(path, strict=True))

    def lstat(self, path: Path) -> os.stat_result:
        return path.lstat()

    def open(self, path: Path, flags: int, mode: int) -> int:
        return os.open(path, flags, mode)

    def fstat(self, descriptor: int) -> os.stat_result:
        return os.fstat(descriptor)

    def read(self, descriptor: int, size: int) -> bytes:
        return os.read(descriptor, size)

    def write(self, descriptor: int, data: memoryview) -> int:
        return os.write(descriptor, data)

    def fsync(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def fchown(self, descriptor: int, user: int, group: int) -> None:
        if hasattr(os, "fchown"):
            os.fchown(descriptor, user, group)

    def fchmod(self, descriptor: int, mode: int) -> None:
        if hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode)

    def listxattr(self, descriptor: int) -> Sequence[str]:
        if not hasattr(os, "listxattr"):
            return ()
        try:
            return os.listxattr(descriptor)
        except OSError as error:
            if error.errno in (errno.ENOTSUP, errno.EOPNOTSUPP):
                return ()
            raise

    def getxattr(self, descriptor: int, name: str) -> bytes:
        return os.getxattr(descriptor, name)

    def setxattr(self, descriptor: int, name: str, value: bytes) -> None:
        os.setxattr(descriptor, name, value)

    def removexattr(self, descriptor: int, name: str) -> None:
        os.removexattr(descriptor, name)

    def exchange(self, one: Path, other: Path) -> bool:
        rename = _renameat2()
        if rename is None:
            return False
        if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
            return True
        number = ctypes.get_errno()
        if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP):
            return False
        raise OSError(number, os.strerror(number), os.fspath(other))

    def replace(self, source: Path, target: Path) -> None:
        source.replace(target)

    def unlink(self, path: Path) -> None:
        path.unlink()

    def names(self, folder: Path) -> Sequence[str]:
        return [entry.name for entry in folder.iterdir()]

    def mkdir(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)

    def lock(self, descriptor: int) -> bool:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
                return False
            raise
        return True

    def alive(self, process: int) -> bool:
        if os.name != "posix":
            return True  # on Windows signal 0 is Ctrl-C: it would not ask, but interrupt
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True


OS_FILES: Files = _OsFiles()

_AT_FDCWD = -100  # "relative to the working folder", linux/fcntl.h
_RENAME_EXCHANGE = 2  # linux/fs.h


@cache
def _renameat2() -> Callable[[int, bytes, int, bytes, int], int] | None:
    """The call of the C library, if there is one."""
    if sys.platform != "linux":
        return None
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    function.restype = ctypes.c_int
    found: Callable[[int, bytes, int, bytes, int], int] = function
    return found


# --- what takes several calls -----------------------------------------------------------------

READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
"""How to open a file for reading, never through a symbolic link, and without waiting for a pipe."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | _NO_LINK
REWRITE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | _NO_LINK
KEEP = os.O_RDWR | os.O_CREAT | _NO_LINK
"""How to open a file that must not be there; one that is written anew; one whose bytes do not matter."""

_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_CHUNK = 1 << 20  # bytes asked for at once

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "permission denied",
    errno.EPERM: "permission denied",
    errno.ENOENT: "there is no such file",
    errno.ENOTDIR: "there is no such file",
    errno.ELOOP: "it is a symbolic link",
    errno.EMFILE: "too many files are open",
    errno.EIO: "the disk reports an error",
}


@contextmanager
def opened(files: Files, path: Path, flags: int) -> Iterator[int]:
    """The descriptor of a file that is closed in the end."""
    descriptor = files.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        files.close(descriptor)


def read_whole(files: Files, descriptor: int) -> bytes:
    """All bytes from here to the end of a file."""
    return b"".join(iter(lambda: files.read(descriptor, _CHUNK), b""))


def write_whole(files: Files, descriptor: int, data: bytes) -> None:
    """Write all of these bytes."""
    rest = memoryview(data)
    while rest:
        written = files.write(descriptor, rest)
        if written <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rest = rest[written:]


def sync_folder(files: Files, folder: Path) -> None:
    """Put the names of a folder on the disk, where the system can."""
    if hasattr(os, "O_DIRECTORY"):
        with opened(files, folder, _FOLDER) as descriptor:
            files.fsync(descriptor)


def in_words(error: OSError) -> str:
    """What went wrong, for people."""
    known = _WORDS.get(error.errno or 0)
    return known or (error.strerror or str(error)).lower()
