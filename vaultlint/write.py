"""The one way in which this program changes a note, and the safe way to read one.

Whatever happens, a kill, a full disk, a power cut, a note is byte for byte the old one or the new
one: the new text goes into a temporary file beside the note, reaches the disk, and then takes the
note's name. What an editor saves meanwhile is not lost: the note is compared with what was read
just before the swap, and where the system can exchange two names at once (Linux), the bytes that
came out are compared again and given back if they are not the expected ones.

Mode, owner and extended attributes are carried over, or the note is refused. The time of birth is
not: no system call of Linux sets it.
"""

import codecs
import ctypes
import errno
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import NoReturn, Protocol

_READ = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_CHUNK = 1 << 20  # bytes asked for at once
_NAMES = 100  # names tried for a temporary file
_GIVE_BACKS = 7  # odd: with the first exchange an even number, so that a note ends as it was

_CHANGED = "it changed since it was read"
_TEMPORARY = re.compile(r"\.vl-(\d{1,9})-\d+\.tmp")
_numbers = count()
_swept: set[Path] = set()

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


class Untouched(Exception):  # noqa: N818 - it says what happened, as `NotUnicode` does
    """A note that was left alone. `reason` completes "the note was not …, because"."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class NotRead(Untouched):
    """A note that cannot or must not be read."""


class NotWritten(Untouched):
    """A note that reads as it did before, or as somebody else has written it meanwhile."""


class _Refused(Exception):  # noqa: N818 - as above
    """Why a note is left alone. No temporary file holds anything of worth."""


def encode_like(old: bytes, new_text: str) -> bytes:
    """The bytes of `new_text` as UTF-8, with a byte order mark if `old` has one.

    Raises `UnicodeEncodeError` for a text with lone surrogates.
    """
    mark = codecs.BOM_UTF8 if old.startswith(codecs.BOM_UTF8) else b""
    return mark + new_text.encode("utf-8")


# --- the system -------------------------------------------------------------------------------


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


# --- reading ----------------------------------------------------------------------------------


def read_bytes_safely(root: Path, path: str, *, files: Files = OS_FILES) -> bytes:
    """The bytes of the note at `path` below `root`.

    Raises `NotRead` for what is not an ordinary file inside the vault: a symbolic link, a pipe, a
    device, a path that leaves the vault; and for what the system refuses.
    """
    try:
        return _contents(files, _place(files, root, path))
    except _Refused as refusal:
        raise NotRead(path, str(refusal)) from None
    except OSError as error:
        raise NotRead(path, _in_words(error)) from error


def _place(files: Files, root: Path, path: str) -> Path:
    """Where a note really is; refuses what is not inside the vault. A link as its last part stays."""
    if "\0" in path or any(part in ("", ".", "..") for part in path.split("/")):
        raise _Refused("its path is none of a note in the vault")
    real_root = files.real(root)
    asked = real_root / path
    folder = files.real(asked.parent)
    if not folder.is_relative_to(real_root):
        raise _Refused("it is outside the vault")
    return folder / asked.name


@contextmanager
def _opened(files: Files, path: Path, flags: int) -> Iterator[int]:
    descriptor = files.open(path, flags, 0)
    try:
        yield descriptor
    finally:
        files.close(descriptor)


@contextmanager
def _note(files: Files, path: Path) -> Iterator[int]:
    """A note opened for reading; looked at before, because to open a device can do something."""
    _refuse_special(files.lstat(path))
    with _opened(files, path, _READ) as descriptor:
        _refuse_special(files.fstat(descriptor))
        yield descriptor


def _refuse_special(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise _Refused("it is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise _Refused("it is not an ordinary file")


def _contents(files: Files, path: Path) -> bytes:
    with _note(files, path) as descriptor:
        return b"".join(iter(lambda: files.read(descriptor, _CHUNK), b""))


# --- writing ----------------------------------------------------------------------------------


def write_note(root: Path, path: str, old: bytes, new: bytes, *, files: Files = OS_FILES) -> None:
    """Put `new` in the place of `old`, the bytes that were read from the note at `path` below `root`.

    When it returns, the note reads `new`. Raises `NotWritten` otherwise, and the note is then as it
    was, or as somebody else has written it meanwhile. Equal bytes are not written at all.
    """
    if old == new:
        return
    try:
        target = _place(files, root, path)
        _sweep(files, target.parent)
        _write(files, target, old, new)
    except _Refused as refusal:
        raise NotWritten(path, str(refusal)) from None
    except OSError as error:
        raise NotWritten(path, _in_words(error)) from error


def _write(files: Files, target: Path, old: bytes, new: bytes) -> None:
    temporary, copy = _create(files, target.parent)
    disposable = True  # whether nobody would miss what the temporary file holds
    try:
        try:
            _prepare(files, target, copy, new)
        finally:
            files.close(copy)
        if _contents(files, target) != old:
            raise _Refused(_CHANGED)
        disposable = False
        _swap(files, temporary, target, old, new)
        disposable = True
        _sync_folder(files, target.parent)
    except _Refused:
        disposable = True
        raise
    finally:
        if disposable:
            # `replace` has used it up; and one that cannot be removed now, a later run sweeps away.
            with suppress(OSError):
                files.unlink(temporary)


def _create(files: Files, folder: Path) -> tuple[Path, int]:
    """A new file that only its owner may read, and its descriptor. No note's name makes its name too long."""
    for _ in range(_NAMES):
        temporary = folder / f".vl-{os.getpid()}-{next(_numbers)}.tmp"
        with suppress(FileExistsError):
            return temporary, files.open(temporary, _CREATE, 0o600)
    raise _Refused("no temporary file could be made beside it")


def _prepare(files: Files, target: Path, copy: int, new: bytes) -> None:
    """Make `copy` what `target` is to become, down to the disk."""
    rest = memoryview(new)
    while rest:
        written = files.write(copy, rest)
        if written <= 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rest = rest[written:]
    with _note(files, target) as note:
        status = files.fstat(note)
        if status.st_nlink > 1:
            raise _Refused(f"it has {status.st_nlink} names (hard links), which a new file would part")
        if not status.st_mode & stat.S_IWUSR:
            raise _Refused("it is read-only")
        _keep_owner_and_mode(files, status, copy)
        _keep_attributes(files, note, copy)
    files.fsync(copy)


def _keep_owner_and_mode(files: Files, status: os.stat_result, copy: int) -> None:
    """The owner first, because a change of owner clears bits of the mode."""
    have = files.fstat(copy)
    try:
        if (have.st_uid, have.st_gid) != (status.st_uid, status.st_gid):
            files.fchown(copy, status.st_uid, status.st_gid)
        files.fchmod(copy, stat.S_IMODE(status.st_mode))
    except OSError as error:
        raise _Refused(f"its owner or its permissions could not be kept ({_in_words(error)})") from error


def _keep_attributes(files: Files, note: int, copy: int) -> None:
    """Extended attributes, access lists among them; those that the folder gave the copy go away."""
    try:
        want = {name: files.getxattr(note, name) for name in files.listxattr(note)}
        have = {name: files.getxattr(copy, name) for name in files.listxattr(copy)}
        for name in sorted(have.keys() - want.keys()):
            files.removexattr(copy, name)
        for name, value in want.items():
            if have.get(name) != value:
                files.setxattr(copy, name, value)
    except OSError as error:
        raise _Refused(f"its extended attributes could not be kept ({_in_words(error)})") from error


def _swap(files: Files, temporary: Path, target: Path, old: bytes, new: bytes) -> None:
    """Give `temporary`, which reads `new`, the name of `target`.

    Raises `_Refused` when the note does not read `new` and `temporary` holds nothing of worth, and
    `OSError` when that is not known.
    """
    try:
        if not files.exchange(temporary, target):
            files.replace(temporary, target)
            return
    except OSError as error:
        # A network drive may report as failed what it has done.
        if _contents(files, target) == new:
            return
        raise _Refused(_in_words(error)) from error
    # Somebody who saved after the last comparison gets back what came out. Should they save once more
    # while that is done, then what comes out next is newer still, and goes back in turn.
    put: bytes | None = new
    due: bytes | None = old
    for turn in range(_GIVE_BACKS):
        out = _seen(files, temporary)
        if out is not None and out == due:
            if turn:
                raise _Refused(_CHANGED)
            return
        try:
            files.exchange(temporary, target)
        except OSError as error:
            _keep(files, temporary, _in_words(error))
        put, due = out, put
    _keep(files, temporary, _CHANGED)


def _seen(files: Files, path: Path) -> bytes | None:
    """The bytes of a file, or None if they cannot be read."""
    try:
        return _contents(files, path)
    except (OSError, _Refused):
        return None


def _keep(files: Files, temporary: Path, reason: str) -> NoReturn:
    """Save what an exchange brought out and could not give back: no sweep takes that name away."""
    kept = temporary.with_suffix(".kept")
    files.replace(temporary, kept)
    raise _Refused(f"{reason}; what somebody saved meanwhile is in “{kept.name}”")


def _sync_folder(files: Files, folder: Path) -> None:
    """Put the new name on the disk.

    Not every file system can, and none must: the bytes of both notes are on the disk already, so a
    power cut leaves one of them whole, and the note does read the new ones.
    """
    if hasattr(os, "O_DIRECTORY"):
        with suppress(OSError), _opened(files, folder, _FOLDER) as descriptor:
            files.fsync(descriptor)


def _sweep(files: Files, folder: Path) -> None:
    """Remove temporary files of processes that are no more, once in a folder's and process's life.

    What cannot be removed harms nobody, so that is no reason not to write.
    """
    if folder in _swept:
        return
    _swept.add(folder)
    with suppress(OSError):
        for name in files.names(folder):
            match = _TEMPORARY.fullmatch(name)
            if match and not files.alive(int(match[1])):
                files.unlink(folder / name)


def _in_words(error: OSError) -> str:
    known = _WORDS.get(error.errno or 0)
    return known or (error.strerror or str(error)).lower()
