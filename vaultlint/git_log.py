"""Reads the history of a folder through git: what became of files that are gone.

The log is a command for people, so every setting that could start a program or change its form is
overridden; `vaultlint.git` says what else is done about hostile repositories.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice
from mmap import mmap
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import Any, NamedTuple, Protocol, TypeAlias

from vaultlint.git import SAFELY, environment
from vaultlint.history import Departure, History
from vaultlint.text import new

_LOG_COMMITS = 10_000
_LOG_SECONDS = 5
_LOG_BYTES = 64 * 1024 * 1024
_MERGED = 200  # deleted notes that are looked for in other notes
_MERGED_INTO = 20  # notes that a commit may change so that one of them can have got the text
_LARGEST = 1024 * 1024  # bytes of a note that is looked at for this
_TELLING = 20  # bytes; shorter lines say little of where a text went


def head_files(folder: Path) -> list[str]:
    """The files that change when another commit is checked out in the repository that holds a folder; none
    where there is no repository.

    They are read as git lays them out (gitrepository-layout): a worktree has its own `HEAD` and shares
    branches, which may lie in one file each, in `packed-refs` or in a table.
    """
    above = (each / ".git" for each in (folder, *folder.parents))
    repository = next((each for each in above if os.path.lexists(each)), None)
    if repository is None:
        return []
    folder = repository
    if repository.is_file():  # of a worktree or submodule
        folder = repository.parent / _line(repository).removeprefix("gitdir:").strip()
    common = folder / _line(folder / "commondir")
    branch = _line(folder / "HEAD").removeprefix("ref:").strip()
    names = ["HEAD", "packed-refs", "reftable/tables.list"]
    if branch.startswith("refs/") and ".." not in branch:
        names.append(branch)
    return [str(repository), *(str(place / name) for place in {folder: 1, common: 1} for name in names)]


def _line(file: Path) -> str:
    """The first line of a small file; empty where there is none."""
    try:
        if not file.is_file():
            return ""
        with file.open("rb") as stream:
            return os.fsdecode(stream.readline(4096)).strip()
    except (OSError, ValueError):
        return ""


class Kept(Protocol):
    """Where a history is kept between runs, in plain values."""

    def history(self) -> Any:
        """That of the commit which is checked out; None where it is not known."""

    def keep_history(self, told: Any) -> None:
        """Keep it."""


class Log:
    """The history of a folder, read when it is first asked for, and only if it is not kept."""

    def __init__(self, folder: Path, kept: Kept | None = None) -> None:
        self._folder = folder
        self._kept = kept
        self._read: History | None = None
        self._asked = mmap(-1, 1)  # shared with processes that are forked later

    def __call__(self) -> History:
        """The history; see `read_history`."""
        if self._read is None:
            self._asked[0] = 1
            known = self._kept.history() if self._kept is not None else None
            self._read = read_history(self._folder) if known is None else History.of(known)
            if self._kept is not None and known is None and self._read.lasting:
                self._kept.keep_history(self._read.plain())
        return self._read

    @property
    def asked(self) -> bool:
        """Whether this process, or one that was forked from it, asked."""
        return self._asked[0] == 1


def read_history(folder: Path) -> History:
    """Which files left their paths in the history of the commit that is checked out; paths are relative to
    the folder, which may be a part of the repository.

    One `git log`, of so many commits, seconds and bytes at most: `History.cut` says when that was not all.
    Where objects are missing, a second one compares no contents. Where git cannot tell, as without git,
    nothing is known.
    """
    end = monotonic() + _LOG_SECONDS
    told = _log(folder, end, renames="--find-renames")
    commits = _commits(told.words)
    if not told.whole and told.limit is None and commits:  # of the one at which git gave up it told nothing
        told = _log(folder, end, renames="--find-renames=100%")
        commits = {**_commits(told.words), **commits}
    cut = None
    if len(commits) > _LOG_COMMITS:
        commits.popitem()
        cut = f"only the last {_LOG_COMMITS:,} commits were looked at"
    elif told.limit is not None:
        cut = f"only the last {len(commits):,} commits were looked at, which took {told.limit}"
    departures = [*_departures(commits, _merges(folder, end, commits))]
    return History(departures, cut, lasting=told.whole and monotonic() < end)


class _Told(NamedTuple):
    """What git printed of a raw log."""

    words: list[str]
    whole: bool
    """Whether that is everything, and git met with no trouble."""
    limit: str | None
    """What was too much, where it was cut off."""


def _log(folder: Path, end: float, *, renames: str) -> _Told:
    """The raw log of a folder, as far as git gets by the moment `end` of the monotonic clock."""
    import subprocess

    command = ["log", "-z", "--raw", "--no-abbrev", "--format=%H %cs", "--relative", f"-n{_LOG_COMMITS + 1}",
               renames, "-l400", "-O/dev/null", "--root", "--no-ext-diff", "--no-textconv",
               "--no-color", "--no-notes", "--no-mailmap", "--no-show-signature", "--no-diff-merges",
               "--ignore-submodules=all", "HEAD", "--", "."]  # fmt: skip
    try:
        process = subprocess.Popen(
            ["git", *SAFELY, "-c", "log.follow=false", *command],
            cwd=folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return _Told([], whole=False, limit=None)
    limits = []

    def stop(limit: str) -> None:
        limits.append(limit)
        process.kill()

    timer = Timer(max(0, end - monotonic()), stop, [f"{_LOG_SECONDS} seconds"])
    timer.start()
    with process:
        assert process.stdout is not None
        told = process.stdout.read(_LOG_BYTES)
        if len(told) == _LOG_BYTES:
            stop(f"{_LOG_BYTES >> 20} MB")
    timer.cancel()
    timer.join()  # no thread is left then, and processes can be forked
    words = os.fsdecode(told[: told.rfind(b"\0") + 1]).split("\0")
    return _Told(words, process.returncode == 0, limits[0] if limits else None)


class _Change(NamedTuple):
    """What a commit did to a file."""

    date: str
    status: str
    """`A`dded, `M`odified, `D`eleted, `R`enamed and so on, as `git diff --raw` has it."""
    told: str
    """Modes, objects and status, parted by blanks."""
    path: str
    became: str | None
    """The new path of one that was renamed."""

    @property
    def old(self) -> str:
        """The object that held the text before."""
        return self.told.split(" ")[2]

    @property
    def new(self) -> str:
        """The object that holds it now."""
        return self.told.split(" ")[3]


_Commits: TypeAlias = Mapping[str, Sequence[_Change]]


def _commits(words: Iterable[str]) -> dict[str, list[_Change]]:
    """For each commit what the words of a raw log tell of it, the newest first."""
    found: dict[str, list[_Change]] = {}
    changes: list[_Change] = []
    date = ""
    left = filter(None, words)
    for word in left:
        if not word.startswith((":", "\n:")):  # `HASH DATE`
            commit, _, date = word.strip().partition(" ")
            changes = found[commit] = []
            continue
        status = word[word.rindex(" ") + 1]
        paths = [*islice(left, 2 if status in "RC" else 1)]
        if len(paths) == (2 if status in "RC" else 1):  # otherwise the log was cut off in between
            became = paths[1] if status == "R" else None
            changes.append(new(_Change, (date, status, word, paths[0], became)))
    return found


def _departures(commits: _Commits, merges: Mapping[tuple[str, str], str]) -> Iterator[Departure]:
    """The files that left their paths, the newest first; `merges`: commit and path of those whose text went
    into another note, and the path of that."""
    for commit, changes in commits.items():
        for date, status, _, path, became in changes:
            if status == "R":
                yield Departure(commit, date, path, became)
            elif status == "D":
                into = merges.get((commit, path))
                yield Departure(commit, date, path, into, merged=into is not None)


# --- notes that were merged -------------------------------------------------------------------


def _merges(folder: Path, end: float, commits: _Commits) -> dict[tuple[str, str], str]:
    """Of the notes that were deleted last: those whose text a single other note got in the same commit."""
    asked: list[tuple[str, _Change, list[_Change]]] = []
    for commit, changes in commits.items():
        notes = [change for change in changes if change.path.lower().endswith(".md")]
        grown = [change for change in notes if change.status in "AM"]
        if 0 < len(grown) <= _MERGED_INTO:
            asked += [(commit, change, grown) for change in notes if change.status == "D"]
    asked = asked[:_MERGED]
    objects = {name for _, gone, grown in asked for each in (gone, *grown) for name in (each.old, each.new)}
    lines = {name: _lines_of(text) for name, text in _texts(folder, sorted(objects), end)}
    none = frozenset[bytes]()
    found: dict[tuple[str, str], str] = {}
    for commit, gone, others in asked:
        text = lines.get(gone.old, none)
        into = [
            each.path
            for each in others
            if _covers(lines.get(each.new, none) - lines.get(each.old, none), text)
        ]
        if len(into) == 1:
            found[commit, gone.path] = into[0]
    return found


def _lines_of(text: bytes) -> frozenset[bytes]:
    """The lines of a note that are long enough to tell it from others."""
    return frozenset(line for each in text.split(b"\n") if len(line := each.strip()) >= _TELLING)


def _covers(added: Set[bytes], text: Set[bytes]) -> bool:
    """Whether four fifths of a text are among the lines that were added elsewhere."""
    return bool(text) and 5 * sum(map(len, added & text)) >= 4 * sum(map(len, text))


def _texts(folder: Path, objects: Sequence[str], end: float) -> Iterator[tuple[str, bytes]]:
    """The objects that are texts, missing and large ones left out, if git gives them in time."""
    sizes = (line.split(b" ") for line in _batch(folder, "--batch-check", objects, end).splitlines())
    known = {each[0].decode(): int(each[2]) for each in sizes if len(each) == 3 and each[1] == b"blob"}
    wanted = [name for name, size in known.items() if size <= _LARGEST]
    if sum(known[name] for name in wanted) > _LOG_BYTES:
        return
    told, at = _batch(folder, "--batch", wanted, end), 0
    for name in wanted:
        begin = told.find(b"\n", at) + 1
        at = begin + known[name] + 1
        if not begin or at > len(told):
            return
        yield name, told[begin : at - 1]


def _batch(folder: Path, how: str, objects: Sequence[str], end: float) -> bytes:
    """What `git cat-file` tells of objects; nothing where it fails, or not by the moment `end`."""
    import subprocess

    if not objects:
        return b""
    try:
        ran = subprocess.run(
            ["git", *SAFELY, "cat-file", how],
            cwd=folder,
            env=environment(),
            input="".join(f"{name}\n" for name in objects).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=max(0, end - monotonic()),
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return ran.stdout if ran.returncode == 0 else b""
