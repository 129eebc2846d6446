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
import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import NoReturn

from vaultlint.files import (
    CREATE,
    OS_FILES,
    READ,
    Files,
    in_words,
    opened,
    read_whole,
    sync_folder,
    write_whole,
)

_NAMES = 100  # names tried for a temporary file
_GIVE_BACKS = 7  # odd: with the first exchange an even number, so that a note ends as it was

_CHANGED = "it changed since it was read"
SWAP = ".swap"
"""How a temporary file ends its name from the moment that it is whole: it may hold what an editor saved."""
_KEPT = ".kept"
_TEMPORARY = re.compile(r"\.vl-(\d{1,9})-\d+\.tmp")
_LEFT = re.compile(r"\.vl-(\d{1,9})-\d+\.(?:tmp|swap)")
_numbers = count(int.from_bytes(os.urandom(4), "big"))  # so that nothing takes a name that was left over
_swept: set[Path] = set()


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
        raise NotRead(path, in_words(error)) from error


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
def _note(files: Files, path: Path) -> Iterator[int]:
    """A note opened for reading; looked at before, because to open a device can do something."""
    _refuse_special(files.lstat(path))
    with opened(files, path, READ) as descriptor:
        _refuse_special(files.fstat(descriptor))
        yield descriptor


def _refuse_special(status: os.stat_result) -> None:
    if stat.S_ISLNK(status.st_mode):
        raise _Refused("it is a symbolic link")
    if not stat.S_ISREG(status.st_mode):
        raise _Refused("it is not an ordinary file")


def _contents(files: Files, path: Path) -> bytes:
    with _note(files, path) as descriptor:
        return read_whole(files, descriptor)


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
        raise NotWritten(path, in_words(error)) from error


def _write(files: Files, target: Path, old: bytes, new: bytes) -> None:
    temporary, copy = _create(files, target.parent)
    swap = temporary.with_suffix(SWAP)
    disposable = True  # whether nobody would miss what these files hold
    try:
        try:
            _prepare(files, target, copy, new)
        finally:
            files.close(copy)
        files.replace(temporary, swap)
        if _contents(files, target) != old:
            raise _Refused(_CHANGED)
        disposable = False
        _swap(files, swap, target, old, new)
        disposable = True
        # Not every file system can, and none must: the bytes of both notes are on the disk already, so a
        # power cut leaves one of them whole, and the note does read the new ones.
        with suppress(OSError):
            sync_folder(files, target.parent)
    except _Refused:
        disposable = True
        raise
    finally:
        if disposable:
            for name in (temporary, swap):
                # One of them is not there; one that cannot be removed is in nobody's way.
                with suppress(OSError):
                    files.unlink(name)


def _create(files: Files, folder: Path) -> tuple[Path, int]:
    """A new file that only its owner may read, and its descriptor. No note's name makes its name too long."""
    for _ in range(_NAMES):
        temporary = folder / f".vl-{os.getpid()}-{next(_numbers)}.tmp"
        with suppress(FileExistsError):
            return temporary, files.open(temporary, CREATE, 0o600)
    raise _Refused("no temporary file could be made beside it")


def _prepare(files: Files, target: Path, copy: int, new: bytes) -> None:
    """Make `copy` what `target` is to become, down to the disk."""
    write_whole(files, copy, new)
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
        raise _Refused(f"its owner or its permissions could not be kept ({in_words(error)})") from error


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
        raise _Refused(f"its extended attributes could not be kept ({in_words(error)})") from error


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
        raise _Refused(in_words(error)) from error
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
            _keep(files, temporary, in_words(error))
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
    kept = temporary.with_suffix(_KEPT)
    files.replace(temporary, kept)
    raise _Refused(f"{reason}; what somebody saved meanwhile is in “{kept.name}”")


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


def sweep_after_cut(
    root: Path, path: str, known: Callable[[bytes], bool], *, files: Files = OS_FILES
) -> list[str]:
    """Clear the folder of the note at `path` of what a write that was cut off left in it.

    Such a file may hold what somebody saved at that very moment. One that `known` does not know stays,
    under a name that no sweep takes away; gives these names. Raises `NotRead`.
    """
    kept = []
    try:
        folder = _place(files, root, path).parent
        for name in sorted(files.names(folder)):
            match = _LEFT.fullmatch(name)
            if match is None or (int(match[1]) != os.getpid() and files.alive(int(match[1]))):
                continue
            left = folder / name
            if name.endswith(SWAP) and not known(_contents(files, left)):
                files.replace(left, left.with_suffix(_KEPT))
                kept.append(left.with_suffix(_KEPT).name)
            else:
                files.unlink(left)
    except _Refused as refusal:
        raise NotRead(path, str(refusal)) from None
    except OSError as error:
        raise NotRead(path, in_words(error)) from error
    return kept
