"""What was found in a vault, file by file, packed until somebody asks: most of it nobody asks about."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple, overload
from zlib import compress, decompress

from vaultlint.diagnostic import Diagnostic, Safety, Severity
from vaultlint.packing import pack_all, unpack_all, unpack_fixable


class Found(NamedTuple):
    """What was found in one file."""

    packed: bytes
    number: int
    errors: int
    codes: frozenset[str]
    safeties: frozenset[Safety]
    """Of what safety its fixes are."""

    @classmethod
    def of(cls, diagnostics: Sequence[Diagnostic]) -> "Found":
        """These findings, packed."""
        return cls(
            compress(pack_all(diagnostics), 1),
            len(diagnostics),
            sum([one.severity is Severity.ERROR for one in diagnostics]),
            frozenset([one.code for one in diagnostics]),
            frozenset([fix.safety for one in diagnostics for fix in one.fixes]),
        )

    def diagnostics(self) -> list[Diagnostic]:
        """The findings themselves."""
        return unpack_all(decompress(self.packed))

    def fixable(self, safeties: Container[Safety]) -> list[Diagnostic]:
        """Those that have a fix of one of these safeties."""
        return unpack_fixable(decompress(self.packed), safeties)


class Findings(Sequence[Diagnostic]):
    """The findings of a vault, in the order of the paths of its files."""

    def __init__(self, files: Mapping[str, Found]) -> None:
        self._files = {path: files[path] for path in sorted(files)}

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic]) -> "Findings":
        """These findings; the same object where they are packed already."""
        return diagnostics if isinstance(diagnostics, cls) else cls(packed_by_file(diagnostics))

    def replaced(self, paths: Container[str], other: "Findings") -> "Findings":
        """These findings, with the other ones in the place of those in these files."""
        kept = {path: found for path, found in self._files.items() if path not in paths}
        return Findings({**kept, **other._files})

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the rules that found something."""
        return frozenset().union(*{found.codes for found in self._files.values()})

    def with_codes(self, codes: frozenset[str]) -> Iterator[tuple[str, Found]]:
        """The files in which one of these rules found something."""
        return ((path, found) for path, found in self._files.items() if not codes.isdisjoint(found.codes))

    def fixable(self, safeties: frozenset[Safety]) -> Iterator[tuple[str, Found]]:
        """The files with a finding that has a fix of one of these safeties."""
        return (
            (path, found) for path, found in self._files.items() if not safeties.isdisjoint(found.safeties)
        )

    def worse(self, before: "Findings") -> set[str]:
        """The files with more errors than before."""
        had = before._files
        return {
            path
            for path, found in self._files.items()
            if found.errors and found.errors > (had[path].errors if path in had else 0)
        }

    def __iter__(self) -> Iterator[Diagnostic]:
        for found in self._files.values():
            yield from found.diagnostics()

    def __len__(self) -> int:
        return sum(found.number for found in self._files.values())

    @overload
    def __getitem__(self, index: int) -> Diagnostic: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Diagnostic]: ...
    def __getitem__(self, index: int | slice) -> Diagnostic | Sequence[Diagnostic]:
        return tuple(self)[index]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]


def packed_by_file(diagnostics: Iterable[Diagnostic]) -> dict[str, Found]:
    """Findings by the path of their file."""
    by_file: dict[str, list[Diagnostic]] = {}
    for path, here in groupby(diagnostics, attrgetter("path")):
        by_file.setdefault(path, []).extend(here)
    return {path: Found.of(here) for path, here in by_file.items()}
