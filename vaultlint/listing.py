"""What lies in the folders of a vault: one walk, before anything is read or ignored.

The walk is our own: `os.scandir` with a stack, strings instead of `Path` objects, and no `stat` but for
symlinks, unless stamps are asked for. A vault of 20,000 files is listed in some 20 ms, with stamps in 60.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from vaultlint.errors import VaultlintError

TRASH = ".trash"
IGNORE_FILES = (".gitignore", ".vaultlintignore")
CHECKED = (".md", ".canvas", ".base")
"""The files whose content counts; of all others only the path does."""

Stamp = tuple[str, int, int, int, int]
"""Path, size in bytes (-1: unknown), times in ns when the content and when the entry changed, inode."""


class Folder(NamedTuple):
    """A folder of the vault: `prefix` is its path with a slash behind it, empty for the root."""

    prefix: str
    files: list[str]
    """Names of the visible files, and of the symlinks that are followed."""
    ignore_files: list[str]
    warnings: list[str]


class Listing(NamedTuple):
    """All folders of a vault, each before those in it."""

    root: str
    folders: list[Folder]
    unreadable: list[tuple[str, str]]
    """Folders that could not be listed, each with the reason."""
    stamps: list[Stamp]
    """Of the files whose content counts, if stamps were asked for."""
    trashed: tuple[str, ...] = ()
    """The names, without their folders, of the files in `.trash`, where Obsidian keeps what was deleted."""


class Overlay(NamedTuple):
    """What of a vault is otherwise than on the disk: as git has it, or as somebody is writing it."""

    missing: frozenset[str] = frozenset()
    """The files that are not there."""
    added: frozenset[str] = frozenset()
    """The files that are there, and not on the disk."""
    contents: Mapping[str, bytes] = {}
    """What files hold; of those that are not on the disk it is given where it counts."""
    refused: Mapping[str, str] = {}
    """The files whose content counts and is not to be had, each with the reason."""

    def on(self, listing: Listing) -> Listing:
        """The listing of the vault as it is with this."""
        if not self.missing and not self.added:
            return listing
        folders = {folder.prefix: folder for folder in listing.folders}
        names: dict[str, list[str]] = {prefix: [] for prefix in folders}
        for prefix, folder in folders.items():
            names[prefix] = [name for name in folder.files if prefix + name not in self.missing]
        for path in sorted(self.added):
            prefix, _, name = path.rpartition("/")
            names.setdefault(f"{prefix}/" if prefix else "", []).append(name)
            while prefix:  # the folders above it come before it
                prefix = prefix.rpartition("/")[0]
                names.setdefault(f"{prefix}/" if prefix else "", [])
        nothing = Folder("", [], [], [])
        told = [
            folders.get(prefix, nothing)._replace(prefix=prefix, files=files)
            for prefix, files in sorted(names.items())
        ]
        return listing._replace(folders=told)


def list_vault(root: str, *, stamped: bool = False) -> Listing:
    """The folders below `root`, a real path. Raises `VaultlintError` when it cannot be listed."""
    walk = _Walk(root, stamped)
    stack = [""]
    while stack:
        prefix = stack.pop()
        try:
            with _scanned(walk.inside + prefix) as entries:
                stack.extend(walk.sort(prefix, entries))
        except OSError as error:
            reason = reason_of(error)
            if not prefix:
                raise VaultlintError(f"the folder “{root}” cannot be read: {reason}") from error
            walk.unreadable.append((prefix[:-1], reason))
    return Listing(root, walk.folders, walk.unreadable, walk.stamps, _trashed(walk.inside + TRASH))


@contextmanager
def _scanned(folder: str) -> "Iterator[Iterator[os.DirEntry[str]]]":
    """What is in a folder. Raises OSError."""
    if os.scandir not in os.supports_fd:  # Windows
        with os.scandir(folder) as entries:
            yield entries
        return
    # From an open folder the system finds what is in it sooner than by a path from the root.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with os.scandir(handle) as entries:
            yield entries
    finally:
        os.close(handle)


def _trashed(folder: str) -> tuple[str, ...]:
    """The names of the files in a folder and below; what cannot be listed holds none."""
    found: set[str] = set()
    stack = [folder]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        stack.append(entry.path)
                    else:
                        found.add(entry.name)
        except OSError:
            continue  # nearly always: there is no such folder
    return tuple(sorted(found))


def reason_of(error: OSError) -> str:
    """What went wrong, for people."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]


class _Walk:
    """What was found so far."""

    def __init__(self, root: str, stamped: bool) -> None:
        self.inside = root.rstrip(os.sep) + os.sep
        self.stamped = stamped
        self.folders: list[Folder] = []
        self.unreadable: list[tuple[str, str]] = []
        self.stamps: list[Stamp] = []

    def sort(self, prefix: str, entries: "Iterator[os.DirEntry[str]]") -> list[str]:
        """Keep what is in a folder; gives the prefixes of the folders in it."""
        files: list[str] = []
        ignore_files: list[str] = []
        warnings: list[str] = []
        below: list[str] = []
        stamps: list[Stamp] = []
        stamped = self.stamped
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                if name in IGNORE_FILES and entry.is_file(follow_symlinks=False):
                    ignore_files.append(name)
            elif entry.is_file(follow_symlinks=False):
                files.append(name)
                if stamped and (name[-3:] == ".md" or is_checked(name)):
                    stamps.append(_stamp(entry, prefix + name))
            elif entry.is_dir(follow_symlinks=False):
                below.append(f"{prefix}{name}/")
            elif entry.is_symlink() and self._is_followed(prefix + name, warnings):
                files.append(name)
                if stamped and is_checked(name):
                    stamps.append(_stamp(entry, prefix + name))
        self.folders.append(Folder(prefix, files, ignore_files, warnings))
        self.stamps += stamps
        return below

    def _is_followed(self, path: str, warnings: list[str]) -> bool:
        """Whether a symlink leads to a file inside the vault; a warning tells where not."""
        target = os.path.realpath(self.inside + path)
        try:
            mode = os.stat(target).st_mode  # noqa: PTH116 - the walk is made of strings
        except OSError:
            warnings.append(f"{path}: a symlink that leads nowhere is left out")
            return False
        inside = (target + os.sep).startswith(self.inside)
        if not inside:
            warnings.append(f"{path}: a symlink out of the vault is not followed")
        elif stat.S_ISDIR(mode):
            warnings.append(f"{path}: a symlink to a folder is not followed")
        return inside and stat.S_ISREG(mode)


def paths_of(listing: Listing) -> Iterator[str]:
    """All files of a listing."""
    return (folder.prefix + name for folder in listing.folders for name in folder.files)


def notes_of(listing: Listing) -> list[str]:
    """The notes of a listing, sorted."""
    return sorted(path for path in paths_of(listing) if path[-3:].lower() == ".md")


def is_checked(name: str) -> bool:
    """Whether the content of a file of that name counts, not only its path."""
    return name.lower().endswith(CHECKED)


def _stamp(entry: "os.DirEntry[str]", path: str) -> Stamp:
    try:
        state = entry.stat()  # of what a symlink leads to
    except OSError:
        return (path, -1, 0, 0, 0)  # gone since
    return (path, state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
