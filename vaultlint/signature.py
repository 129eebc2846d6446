"""What the answer to a run depends on, in few bytes: the program, the files around the vault, the vault.

Two runs with equal signatures give equal reports. A note, canvas or base counts as unchanged by its
*stamp* (size, times, inode) where that is certain; where it is not, its content is hashed. It is not
certain when the file changed less than two seconds before it was looked at: a second change may leave
the same times (git calls such entries racy). A file whose times lie in the future is never certain, and
nothing is where the environment says `CI=true`, because a checkout gives every file new times.
"""

import marshal
import os
import stat
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from vaultlint.cache import digest
from vaultlint.listing import Listing
from vaultlint.registry import distributions, installed_packs

CERTAIN_AFTER = 2_000_000_000
"""Nanoseconds. The coarsest file systems keep times in steps of two seconds."""

Mark = tuple[str, int, int, int, int] | tuple[str, str | bytes]
"""What a file is known by: its stamp, or its path and the hash of its content."""

_LARGEST_INPUT = 4 * 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def in_ci() -> bool:
    """Whether stamps say nothing here."""
    return os.environ.get("CI", "").lower() in ("true", "1")


# --- the vault --------------------------------------------------------------------------------


class Marks:
    """The marks of the files of a listing. No file is hashed twice."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._hashed: dict[str, str | bytes] = {}
        inside = listing.root.rstrip(os.sep) + os.sep
        ignoring = [
            (folder.prefix, name, _content(inside + folder.prefix + name, _LARGEST_INPUT))
            for folder in listing.folders
            for name in folder.ignore_files
        ]
        self.ignoring = digest(marshal.dumps(ignoring, 2))
        """A hash of the ignore files in the vault: with what lies around it they say what is hidden."""
        folders = [tuple(folder) for folder in listing.folders]
        named = (folders, listing.unreadable, listing.trashed)
        self.names = digest(self.ignoring + marshal.dumps(named, 2))
        """A hash of the paths in the vault and its trash, and of what its ignore files say of them."""

    def of(self, certain_before: int) -> list[Mark]:
        """The mark of every stamped file, in the order of the listing.

        `certain_before`: nanoseconds since 1970; a file that changed then or later is hashed.
        """
        stamps = self._listing.stamps
        if all(stamp[2] < certain_before > stamp[3] and stamp[1] >= 0 for stamp in stamps):
            return list(stamps)  # nearly always
        return [
            stamp if stamp[2] < certain_before > stamp[3] and stamp[1] >= 0 else self._hash(stamp[0])
            for stamp in stamps
        ]

    def _hash(self, path: str) -> Mark:
        if path not in self._hashed:
            self._hashed[path] = _content(f"{self._listing.root}/{path}", None)
        return (path, self._hashed[path])

    def vault(self, certain_before: int) -> bytes:
        """A hash of everything that a run reads in the folders of the vault, names included."""
        return digest(self.names + marshal.dumps(self.of(certain_before), 2))


# --- what lies around it ----------------------------------------------------------------------


def contents_of(paths: Iterable[str], limit: int | None = _LARGEST_INPUT) -> bytes:
    """A hash of what is at these paths: nothing, a folder, or a file with its content.

    `limit`: bytes; whatever is larger counts as the same.
    """
    found = [(path, os.path.realpath(path), _content(path, limit)) for path in paths]
    return digest(marshal.dumps(found, 2))


def _content(path: str, limit: int | None) -> str | bytes:
    """The hash of a regular file of at most `limit` bytes, else what is there instead."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        return error.strerror or str(error)
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            return "no regular file"
        if limit is not None and state.st_size > limit:
            return "too large"
        with open(handle, "rb", closefd=False) as file:
            return digest(file.read())
    except OSError as error:
        return error.strerror or str(error)
    finally:
        os.close(handle)


# --- the program ------------------------------------------------------------------------------


def program() -> bytes | None:
    """A hash of all code that has a say: ours, that of the rule packs, and what else is installed.

    None where it cannot be told, as in a program that runs from an archive.
    """
    packs = installed_packs()
    roots = [os.path.dirname(__file__)]  # noqa: PTH120 - strings throughout
    try:
        for name in sorted({pack.module.partition(".")[0] for pack in packs}):
            spec = find_spec(name)  # of a top-level module: nothing is imported
            if spec is None:
                return None
            roots.extend(spec.submodule_search_locations or [spec.origin or ""])
        files = [stamp for root in roots for stamp in _code_below(root)]
    except (OSError, ValueError):
        return None
    told = (sys.version, [tuple(pack) for pack in packs], distributions(), files)
    return digest(marshal.dumps(told, 2))


def _code_below(root: str) -> list[tuple[str, int, int]]:
    """Path, size and time in ns of every file there but compiled ones. Raises OSError."""
    found: list[tuple[str, int, int]] = []
    stack = [root]
    while stack:
        place = stack.pop()
        if not os.path.isdir(place):  # noqa: PTH112 - strings throughout
            state = os.stat(place)  # noqa: PTH116
            found.append((place, state.st_size, state.st_mtime_ns))
            continue
        with os.scandir(place) as entries:
            stack.extend(entry.path for entry in entries if entry.name != "__pycache__")
    return sorted(found)


def config_inputs(root: Path, explicit: Path | None) -> list[str]:
    """The files that decide which configuration is in force."""
    if explicit is not None:
        return [os.path.abspath(explicit)]  # noqa: PTH100 - a symlink must stay one
    paths = [str(root / "vaultlint.toml")]
    for folder in (root, *root.parents):
        paths += [str(folder / "pyproject.toml"), str(folder / ".git")]
        if os.path.lexists(paths[-1]):
            break
    return paths
