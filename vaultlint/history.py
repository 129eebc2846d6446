"""What became of files that a vault once had: what its git repository tells, ready to be asked.

Nothing here runs git; `vaultlint.git_log` reads the log.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from posixpath import join, normpath
from typing import Any, NamedTuple

from vaultlint.resolve import fold
from vaultlint.text import new

_SHORT = 10  # characters of a commit's name: no two commits of a vault share them
_SHOWN = 3  # commits or files that a message names


class Departure(NamedTuple):
    """A commit after which a file was no longer at its path."""

    commit: str
    """The whole name of the commit."""
    date: str
    """When it was made, in the time zone of who made it: `2026-03-01`."""
    path: str
    became: str | None
    """The path to which it was renamed, or that got its text; None where it was deleted."""
    merged: bool = False
    """Whether it was deleted, and its text added to the note that it became."""

    @property
    def verb(self) -> str:
        """What was done to it."""
        return "merged" if self.merged else "deleted" if self.became is None else "renamed"

    @property
    def short(self) -> str:
        """The name of the commit as people write it."""
        return self.commit[:_SHORT]


class Fate(NamedTuple):
    """What became of a file: the renames that it went through, oldest first, or its end."""

    path: str | None
    """Where it is now; None where it was deleted."""
    steps: tuple[Departure, ...]
    """Never empty. The last one is the deletion, where `path` is None."""

    @property
    def words(self) -> str:
        """What happened, and in which commits: `it was deleted in commit 1a2b3c4d5e of 2026-03-01`."""
        *before, last = self.steps
        there = f"commit {last.short} of {last.date}"
        if self.path is None:
            moved = f"{_moved(before[-1])} and then " if before else ""
            return f"it was {moved}deleted in {there}"
        earlier = ", ".join(step.short for step in before[:_SHOWN])
        more = f" and {len(before) - _SHOWN} more" if len(before) > _SHOWN else ""
        return f"it was {_moved(last)} in {there}" + (
            f", and moved before in {earlier}{more}" if before else ""
        )


def _moved(step: Departure) -> str:
    return f"{'merged into' if step.merged else 'renamed to'} “{step.became}”"


def told_of(fates: Sequence[Fate]) -> str:
    """What became of the files that a link may have meant, in words; empty where nothing is known."""
    if len(fates) < 2:
        return fates[0].words if fates else ""
    paths = [f"“{fate.path}”" for fate in fates[:_SHOWN]]
    more = f" and {len(fates) - _SHOWN} more" if len(fates) > _SHOWN else ""
    return f"files of that name became {', '.join(paths)}{more}"


class History:
    """The departures of all files of a vault, each looked up by its name."""

    def __init__(
        self, departures: Sequence[Departure] = (), cut: str | None = None, *, lasting: bool = False
    ) -> None:
        """`departures`: the newest first. `cut`: why older ones are not known, in words. `lasting`: whether
        git would tell the same again of the same commit: it had the time, and met with no trouble."""
        self._departures = departures
        self.cut = cut
        self.lasting = lasting
        self._by_path: dict[str, list[int]] = {}
        """The numbers of the departures from each path, the newest first."""
        self._by_name: dict[str, list[str]] = {}
        """The paths that files departed from, by the folded last part."""
        for number, departure in enumerate(departures):
            self._by_path.setdefault(departure.path, []).append(number)
        for path in self._by_path:
            self._by_name.setdefault(fold(path[path.rfind("/") + 1 :]), []).append(path)

    @classmethod
    def of(cls, plain: tuple[Iterable[tuple[Any, ...]], str | None]) -> "History":
        """The history that `plain` gave."""
        departures, cut = plain
        return cls([new(Departure, each) for each in departures], cut, lasting=True)

    def plain(self) -> tuple[list[tuple[Any, ...]], str | None]:
        """All that was told, in plain values."""
        return [tuple(each) for each in self._departures], self.cut

    def fates(self, target: str, source: str, exists: Callable[[str], bool]) -> list[Fate]:
        """What became of the files that a link path in the note `source` once meant, as far as is known.

        Files whose trace is lost are left out, and so are deletions where a file lives on.
        """
        found = [self._fate(path, exists) for path in self._meant(target, source)]
        if len(found) < 2:  # mostly
            return [fate for fate in found if fate is not None]
        known = {fate.path: fate for fate in reversed([one for one in found if one is not None])}
        if len(known) > 1:
            known.pop(None, None)
        return [known[path] for path in sorted(known, key=str)]

    def _meant(self, target: str, source: str) -> Iterable[str]:
        """The paths of files that are gone and that the target fits."""
        if "/" not in target:  # mostly; a mere name fits whatever the folder
            name = fold(target)
            return [*self._by_name.get(name, ()), *self._by_name.get(f"{name}.md", ())]
        return self._meant_with_folders(target, source)

    def _meant_with_folders(self, target: str, source: str) -> Iterator[str]:
        if target.startswith(("./", "../")):
            wanted = normpath(join(source[: source.rfind("/") + 1], target))
            whole = True
        else:
            wanted, whole = target.strip("/"), target.startswith("/")
        wanted = fold(wanted)
        for ending in (wanted, f"{wanted}.md"):
            for path in self._by_name.get(ending[ending.rfind("/") + 1 :], ()):
                folded = fold(path)
                if folded == ending or (not whole and folded.endswith(f"/{ending}")):
                    yield path

    def _fate(self, path: str, exists: Callable[[str], bool]) -> Fate | None:
        """What became of the file that departed last from a path; None where its trace is lost."""
        steps: list[Departure] = []
        before = len(self._departures)
        number: int | None = self._by_path[path][0]
        while number is not None and number < before:  # so no circle is possible
            departure = self._departures[number]
            steps.append(departure)
            if departure.became is None:
                return new(Fate, (None, tuple(steps)))
            before = number
            later = [other for other in self._by_path.get(departure.became, ()) if other < before]
            number = later[-1] if later else None
        end = steps[-1].became
        return Fate(end, tuple(steps)) if end is not None and exists(end) else None
