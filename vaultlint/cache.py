"""Where results are kept between runs: in the user's cache folder, never in the vault nor from it.

    <user's cache>/vaultlint/<hash of the vault's path>/
        <key>.head       what a run found its answer to depend on, and the names of its records
        <name>.data      a record, named by the hash of its content and its CRC-32

A head begins with its own hash, and a record is named by its, so that nothing damaged or half written
is ever believed: it is as if it were not there, and is made again. Files are written under
another name and moved into place. Readers need no lock: a head names records that do not change, and
of two writers the later wins, whole. The folders are the user's alone (0700): whoever could write there
could as well change the program.
"""

import marshal
import os
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from itertools import count
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from vaultlint.folders import cache_folder, is_of_vault, of_vault, refused

HEADS_KEPT = 24
"""Heads of one vault, the latest: some are of its notes, the others of reports, each asked for in its way. A
hook that is given the changed notes asks in another way each time."""

_LEFT_ALONE = 600
"""Seconds. A younger record without a head may belong to a run that has not written its head yet."""

_CRC = 4  # bytes

_temporary = count()


def digest(data: bytes | memoryview) -> bytes:
    """The hash by which contents are compared."""
    return sha256(data).digest()


def _crc(data: "bytes | memoryview | mmap") -> bytes:
    """What tells that a record is damaged: all of a report is checked when it is recalled, and its hash would
    take three times as long, or ten times where the processor has no instructions for that."""
    return zlib.crc32(data).to_bytes(_CRC, "big")


def clear() -> int:
    """Delete all that is kept of any vault; gives the number of vaults. Raises OSError."""
    cleared = 0
    for folder in _vault_folders(cache_folder()):
        for path in _own_files(folder):
            path.unlink(missing_ok=True)
        with suppress(OSError):  # somebody else's file in it, or a run at this moment
            folder.rmdir()
            cleared += 1
    return cleared


def _vault_folders(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if is_of_vault(path) and path.is_dir() and not path.is_symlink():
                yield path


def _own_files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.iterdir()) if path.suffix in (".head", ".data", ".temporary"))


def _mapped(path: Path) -> mmap | None:
    """The content of a file that nobody changes in place, None where there is none. It is not copied: nothing
    else is as large as the report of an unchanged vault."""
    try:
        with path.open("rb") as file:
            return mmap(file.fileno(), 0, access=ACCESS_READ)
    except (OSError, ValueError):  # it cannot be opened, or it is empty
        return None


class Cache:
    """What is kept of one vault."""

    def __init__(self, root: str) -> None:
        self.folder = of_vault(cache_folder(), root)
        problem = refused(self.folder, root)
        self.problem = None if problem is None else f"nothing is kept: the cache {problem}"
        """Why nothing can be kept or recalled, for people."""

    # --- reading ------------------------------------------------------------------------------

    def head(self, key: str) -> Any:
        """The value that was kept under this key, None where there is none that can be believed."""
        data = self._read(f"{key}.head")
        if data is None or digest(data[32:]) != data[:32]:
            return None
        # marshal must not be given what others wrote: the folder's mode sees to that.
        return marshal.loads(data[32:])[0]

    def record(self, name: bytes) -> memoryview | None:
        """The record of that name, None where it is gone or damaged."""
        path = self.folder / f"{name.hex()}.data"
        mapped = _mapped(path) if self.problem is None else None
        if mapped is None:
            return None
        if _crc(mapped) != name[-_CRC:]:
            mapped.close()
            with suppress(OSError):  # so that it is written again
                path.unlink()
            return None
        return memoryview(mapped)

    def has(self, name: bytes) -> bool:
        """Whether there is a record of that name, damaged or not."""
        return (self.folder / f"{name.hex()}.data").exists()

    def _read(self, name: str) -> bytes | None:
        if self.problem is not None:
            return None
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None

    # --- writing ------------------------------------------------------------------------------

    def keep(self, data: bytes | memoryview) -> bytes:
        """Keep a record; gives its name."""
        name = digest(data) + _crc(data)
        if not (self.folder / f"{name.hex()}.data").exists():
            self._write(f"{name.hex()}.data", data)
        return name

    def keep_head(self, key: str, value: Any, records: Iterable[bytes]) -> None:
        """Keep a value of plain types, once the records that it names are kept; old ones are dropped."""
        data = marshal.dumps((value, list(records)))
        self._write(f"{key}.head", digest(data) + data)
        with suppress(OSError):  # another run may be doing the same
            self._drop_old()

    def _drop_old(self) -> None:
        """Delete all heads but the latest, and the records that no head names any more."""
        files = {path: path.stat().st_mtime for path in _own_files(self.folder)}
        heads = sorted((path for path in files if path.suffix == ".head"), key=lambda path: -files[path])
        named: set[str] = set()
        for path in heads[:HEADS_KEPT]:
            data = path.read_bytes()
            if digest(data[32:]) == data[:32]:
                named.update(f"{name.hex()}.data" for name in marshal.loads(data[32:])[1])
        old = time.time() - _LEFT_ALONE
        for path, changed in files.items():
            if path in heads[HEADS_KEPT:] or (
                path.suffix != ".head" and path.name not in named and not old < changed <= time.time()
            ):
                path.unlink(missing_ok=True)

    def _write(self, name: str, data: bytes | memoryview) -> None:
        if self.problem is not None:
            return
        temporary = self.folder / f"{os.getpid()}-{next(_temporary)}.temporary"
        try:
            self.folder.parent.parent.mkdir(parents=True, exist_ok=True)
            self.folder.parent.mkdir(mode=0o700, exist_ok=True)
            self.folder.mkdir(mode=0o700, exist_ok=True)
            temporary.write_bytes(data)
            temporary.replace(self.folder / name)
        except OSError as error:
            self.problem = f"nothing is kept in “{self.folder.parent}”: {error.strerror or error}"
            with suppress(OSError):
                temporary.unlink()
