"""What runs wrote in a vault, so that it can be taken back: one file a run, outside the vault.

    <user's state>/vaultlint/<hash of the vault's path>/
        lock             locked while a process writes in the vault
        000012.open      a run that is writing, or was cut off while it wrote
        000011.cut       one that was cut off, and somebody has been told
        000010.done      one that came to its end

A file has a line that names the format and gives the checksum of the next; a line of JSON: when, what
for, and of each note its path, the hash of the bytes that it had, that of the bytes that it got, and the
number of the former; then these bytes, of one note behind those of another. So everything in it is under
a checksum, and what is damaged is said, and never written into a note. It is on the disk, file and folder,
before the first note is written. The folders are the user's alone (0700).
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from vaultlint.errors import VaultlintError
from vaultlint.files import KEEP, READ, REWRITE, Files, in_words, opened, read_whole, sync_folder, write_whole
from vaultlint.folders import OPEN, of_vault, refused, state_folder

RUNS_KEPT = 20
"""Runs of one vault that can be taken back, the latest."""

BYTES_KEPT = 256 * 1024 * 1024
"""What they may take up together; the latest is kept whatever it takes."""

CUT, DONE = ".cut", ".done"
_FORMAT = b"vaultlint journal 1 "
_TEMPORARY = "new"


class NoJournal(VaultlintError):  # noqa: N818 - it says what is the matter
    """The journal cannot be kept or read, so nothing is written. The message is complete."""


class Damaged(Exception):  # noqa: N818 - it says what happened
    """A journal does not say what was written into it."""


class Change(NamedTuple):
    """What a note reads, and what it is to read."""

    path: str
    old: bytes
    new: bytes


class Entry(NamedTuple):
    """What the journal knows of a note. Hashes are those of `hash_of`."""

    path: str
    old: str
    new: str
    size: int
    """Of the old bytes."""


class Run(NamedTuple):
    """A run that wrote, as its journal has it."""

    number: int
    state: str
    """`OPEN`, `CUT` or `DONE`."""
    file: Path
    at: float = 0.0
    """Seconds since 1970."""
    what: str = ""
    """What it did, for people: “check --fix”."""
    undoes: int | None = None
    """The number of the run that it took back."""
    entries: tuple[Entry, ...] = ()
    groups: tuple[tuple[str, ...], ...] = ()
    """Paths that are changed together or not at all."""
    problem: str | None = None
    """Why nothing more is known of it than its number and state."""


def hash_of(data: bytes) -> str:
    """The hash by which a note's bytes are known again."""
    return blake2b(data, digest_size=32).hexdigest()


def taken_back(runs: Sequence[Run]) -> set[int]:
    """The numbers of those that a later one has taken back, which was not taken back itself."""
    numbers: set[int] = set()
    for run in reversed(runs):
        if run.undoes is not None and run.state == DONE and run.number not in numbers:
            numbers.add(run.undoes)
    return numbers


class Journal:
    """The journal of one vault."""

    def __init__(self, root: Path, files: Files) -> None:
        """Raises `NoJournal` where it would lie in the vault, or in somebody else's folder."""
        try:
            self.folder = of_vault(state_folder(), str(root))
        except RuntimeError:
            raise self.failed("nobody says where your home is") from None
        self.root = root
        self.files = files
        problem = refused(self.folder, str(root))
        if problem is not None:
            raise self.failed(f"the journal {problem}")

    def failed(self, why: str) -> NoJournal:
        """That nothing can be written, and what to do."""
        return NoJournal(
            f"nothing was written, since it could not be taken back: {why}; "
            "VAULTLINT_STATE_DIR can name another folder for the journal"
        )

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other processes from writing in the vault. Raises `NoJournal`, at once, where one does."""
        try:
            self._make_folder()
            descriptor = self.files.open(self.folder / "lock", KEEP, 0o600)
        except OSError as error:
            raise self._failed(error) from error
        try:
            try:
                if not self.files.lock(descriptor):
                    raise NoJournal("nothing was written: another vaultlint is writing in this vault")
            except OSError as error:
                raise self._failed(error) from error
            yield
        finally:
            with suppress(OSError):  # nothing was written into it
                self.files.close(descriptor)

    def _failed(self, error: OSError) -> NoJournal:
        return self.failed(f"no journal can be kept in “{self.folder}”: {in_words(error)}")

    def _make_folder(self) -> None:
        missing = []
        folder = self.folder
        while True:
            try:
                self.files.lstat(folder)
            except FileNotFoundError:
                missing.append(folder)
                folder = folder.parent
            else:
                break
        for folder in reversed(missing):
            self.files.mkdir(folder)
            sync_folder(self.files, folder.parent)

    def _file(self, number: int, state: str) -> Path:
        return self.folder / f"{number:06}{state}"

    # --- reading ------------------------------------------------------------------------------

    def runs(self) -> list[Run]:
        """All runs of which something is kept, the latest last."""
        try:
            names = self.files.names(self.folder)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise self._failed(error) from error
        return [
            self._read(Run(number, state, self._file(number, state)))
            for number, state in sorted(_states(names).items())
        ]

    def _read(self, run: Run) -> Run:
        try:
            return self._told(run)
        except OSError as error:
            return run._replace(problem=f"“{run.file}” cannot be read: {in_words(error)}")
        except Damaged as damage:
            return run._replace(problem=f"“{run.file}” {damage}")

    def _told(self, run: Run) -> Run:
        """A run with what its header says. Raises `Damaged` and OSError."""
        with opened(self.files, run.file, READ) as descriptor:
            size = self.files.fstat(descriptor).st_size
            data = b""
            while data.count(b"\n") < 2 and (piece := self.files.read(descriptor, 1 << 20)):
                data += piece
        first, header, _ = _parts(data)
        if first != _FORMAT + hash_of(header).encode():
            raise Damaged("is damaged, or was written by another version")
        told: dict[str, Any] = json.loads(header)
        entries = tuple(map(Entry._make, told["notes"]))
        expected = len(first) + len(header) + 2 + sum(entry.size for entry in entries)
        if size != expected:
            raise Damaged(f"is damaged: it has {size} bytes in the place of {expected}")
        groups = tuple(map(tuple, told["groups"]))
        return run._replace(
            at=told["at"], what=told["what"], undoes=told["undoes"], entries=entries, groups=groups
        )

    def old_bytes(self, run: Run) -> dict[str, bytes]:
        """What the notes read before; without those of which the journal is damaged.

        Raises OSError.
        """
        with opened(self.files, run.file, READ) as descriptor:
            rest = _parts(read_whole(self.files, descriptor))[2]
        found = {}
        at = 0
        for entry in run.entries:
            old = rest[at : at + entry.size]
            at += entry.size
            if hash_of(old) == entry.old:
                found[entry.path] = old
        return found

    # --- writing, by who has locked it --------------------------------------------------------

    def begin(
        self, changes: Sequence[Change], groups: Sequence[Sequence[str]], what: str, undoes: int | None
    ) -> Run:
        """Put on the disk what is about to be written. Raises `NoJournal`."""
        try:
            run = Run(
                max(_states(self.files.names(self.folder)), default=0) + 1,
                OPEN,
                self.folder,
                time.time(),
                what,
                undoes,
                tuple(Entry(one.path, hash_of(one.old), hash_of(one.new), len(one.old)) for one in changes),
                tuple(map(tuple, groups)),
            )
            return self._store(run, [one.old for one in changes])
        except OSError as error:
            raise self._failed(error) from error

    def _store(self, run: Run, old: Sequence[bytes]) -> Run:
        """Write the journal of a run, in its state; gives it with its file."""
        header = json.dumps(
            {
                "at": run.at,
                "what": run.what,
                "undoes": run.undoes,
                "notes": run.entries,
                "groups": run.groups,
            },
            separators=(",", ":"),
        ).encode()
        temporary = self.folder / _TEMPORARY
        file = self._file(run.number, run.state)
        with opened(self.files, temporary, REWRITE) as descriptor:
            first = _FORMAT + hash_of(header).encode()
            write_whole(self.files, descriptor, b"".join([first, b"\n", header, b"\n", *old]))
            self.files.fsync(descriptor)
        self.files.replace(temporary, file)
        sync_folder(self.files, self.folder)
        return run._replace(file=file)

    def finish(self, run: Run, written: Sequence[str], *, state: str) -> None:
        """Leave in the journal of a run those notes that it has written, and give it a state.

        Where it has written none, and took nothing back either, nothing of it remains. Old runs are
        dropped. Raises OSError; the run then is as it was, and can be taken back all the same.
        """
        paths = set(written)
        if not paths and (run.undoes is None or state != DONE):
            self.files.unlink(run.file)
        elif paths == {entry.path for entry in run.entries}:
            self.files.replace(run.file, run.file.with_suffix(state))
        else:
            old = self.old_bytes(run)
            entries = tuple(entry for entry in run.entries if entry.path in paths and entry.path in old)
            self._store(run._replace(entries=entries, state=state), [old[entry.path] for entry in entries])
            self.files.unlink(run.file)
        sync_folder(self.files, self.folder)
        self._drop_old()

    def _drop_old(self) -> None:
        """Delete all but the latest runs, and a file that a later one of the same run has replaced."""
        names = self.files.names(self.folder)
        latest = [self._file(*each) for each in sorted(_states(names).items(), reverse=True)]
        room = BYTES_KEPT
        kept: set[str] = set()
        for file in latest[:RUNS_KEPT]:
            room -= self.files.lstat(file).st_size
            if kept and room < 0:
                break
            kept.add(file.name)
        for name in names:
            if name.endswith((OPEN, CUT, DONE)) and name not in kept:
                self.files.unlink(self.folder / name)


def _parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    """The two lines of a journal, and the rest."""
    first, _, rest = data.partition(b"\n")
    header, _, rest = rest.partition(b"\n")
    return first, header, rest


def _states(names: Sequence[str]) -> dict[int, str]:
    """The runs of which something is kept. Of two files of one run, the later one counts."""
    states: dict[int, str] = {}
    for state in (OPEN, CUT, DONE):
        for name in names:
            number = name.removesuffix(state)
            if number != name and number.isdecimal():
                states[int(number)] = state
    return states
