"""What came of reading the notes of a vault, packed until somebody asks: most of it nobody asks about.

What an earlier run kept can be put off: it is fetched, many notes at a time, when one of them is wanted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from vaultlint.face import Face
from vaultlint.note import Outline
from vaultlint.packing import unpack_outline
from vaultlint.text import new

PackedNote: TypeAlias = tuple[str, bytes, tuple[Any, ...], bytes, bool]
"""What came of a note, in plain values: see `vaultlint.reading.ReadNote`."""

Fetch: TypeAlias = Callable[[], Iterable[PackedNote]]


class Shelf(Mapping[str, Outline]):
    """The outlines of the notes at these paths, in that order, with their faces and findings."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._notes: dict[str, PackedNote] = {}
        self._unreadable: set[str] = set()
        self._later: dict[str, Fetch] = {}
        self._count: int | None = None

    def copy(self) -> "Shelf":
        """Another one with the same notes."""
        other = Shelf(self._paths)
        other._notes, other._later = dict(self._notes), dict(self._later)
        other._unreadable = set(self._unreadable)
        return other

    def put(self, notes: Iterable[PackedNote]) -> None:
        """Take these in the place of what was known of the same notes."""
        given = {note[0]: note for note in notes}
        for path in given.keys() & self._later.keys():
            del self._later[path]
        self._take(given)
        self._count = None

    def _take(self, notes: Mapping[str, PackedNote]) -> None:
        self._notes.update(notes)
        self._unreadable.difference_update(notes)
        self._unreadable.update([path for path, note in notes.items() if not note[1]])

    def put_off(self, paths: Iterable[str], fetch: Fetch) -> None:
        """Take what `fetch` gives, which is all of these, once one of them is wanted."""
        self._later.update(dict.fromkeys(paths, fetch))
        self._count = None

    def note(self, path: str) -> PackedNote | None:
        """All that is known of a note; None where it was not read."""
        note = self._notes.get(path)
        if note is None and path in self._later:
            fetched = {each[0]: each for each in self._later[path]()}
            self._take({each: note for each, note in fetched.items() if each not in self._notes})
            for each in fetched:
                self._later.pop(each, None)
            note = self._notes.get(path)
        return note

    def some(self, paths: Iterable[str]) -> dict[str, Outline]:
        """The outlines of those of these notes that could be read."""
        return {path: outline for path in paths if (outline := self.get(path)) is not None}

    def face(self, path: str) -> Face | None:
        """The face of a note; None where it could not be read."""
        note = self.note(path)
        return new(Face, note[2]) if note is not None and note[1] else None

    def faces(self) -> dict[str, Face]:
        """The faces of all notes that could be read."""
        if self._later:
            return {path: face for path in self._paths if (face := self.face(path)) is not None}
        return {path: new(Face, self._notes[path][2]) for path in self}

    def found(self, path: str) -> bytes:
        """What was found in a note by itself, as `pack_all` gives it; empty for nothing."""
        note = self.note(path)
        return note[3] if note is not None else b""

    def has(self, path: str) -> bool:
        """Whether the note was read, or could not be."""
        return path in self._notes or path in self._later

    def known(self) -> list[str]:
        """The notes that were read, or could not be, in order."""
        return [*filter(self.has, self._paths)]

    def unreadable(self) -> frozenset[str]:
        """The notes that could not be read."""
        return frozenset(self._unreadable.difference(self._later))  # only what could be read is put off

    def __getitem__(self, path: str) -> Outline:
        note = self.note(path)
        if note is None or not note[1]:
            raise KeyError(path)
        return unpack_outline(note[1])

    def __contains__(self, path: object) -> bool:
        if path in self._later:
            return True  # only what could be read is kept
        return path in self._notes and path not in self._unreadable

    def __iter__(self) -> Iterator[str]:
        plain = not (self._later or self._unreadable)  # as when a vault is read anew
        return filter(self._notes.__contains__ if plain else self.__contains__, self._paths)

    def __len__(self) -> int:
        if self._count is None:  # it is asked for with every part of a report
            self._count = sum(1 for _ in self)
        return self._count
