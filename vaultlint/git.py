"""Reads files of a revision, and the history of a folder, through git, without letting the repository run
anything.

A repository may come from a stranger: its settings can name programs for hooks, pagers, monitors and
missing objects. Only plumbing is called that needs none of them, each is switched off besides, and no
`GIT_*` variable of the caller has a say.
"""

import os
from collections.abc import Iterable
from itertools import islice
from mmap import mmap
from pathlib import Path
from threading import Timer
from time import monotonic
from typing import NamedTuple

from vaultlint.errors import VaultlintError
from vaultlint.history import Departure, History

_SECONDS = 60
_LARGEST = 1024 * 1024  # bytes; no configuration is larger

_LOG_COMMITS = 10_000
_LOG_SECONDS = 5
_LOG_BYTES = 64 * 1024 * 1024

_SAFELY = ("--no-pager", "--no-replace-objects", "--literal-pathspecs", "-c", "core.fsmonitor=false",
           "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false")  # fmt: skip


class Revision:
    """A commit of the repository that holds a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises `VaultlintError` where there is no git, no repository or no such commit."""
        self._folder = folder
        self._name = name
        top = os.fsdecode(_git(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n"))
        self.top = Path(os.path.realpath(top))
        try:
            found = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except VaultlintError:
            raise VaultlintError(f"git knows no commit “{name}” in “{self.top}”") from None
        self._commit = found.decode().strip()

    def has(self, path: Path) -> bool:
        """Whether a regular file stands at that path in the commit."""
        return self._entry(path) is not None

    def read(self, path: Path) -> bytes:
        """The bytes of a file. Raises `VaultlintError` where there is none, or it is too large."""
        entry = self._entry(path)
        if entry is None:
            raise VaultlintError(f"{path}: there is no such configuration file in “{self._name}”")
        blob, size = entry
        if size > _LARGEST:
            raise VaultlintError(f"{path}: too large for a configuration in “{self._name}”")
        return _git(self._folder, "cat-file", "blob", blob)

    def _entry(self, path: Path) -> tuple[str, int] | None:
        """The blob of a regular file, and its size; None for everything else."""
        path = Path(os.path.normpath(path))
        if not path.is_relative_to(self.top):
            return None
        inside = path.relative_to(self.top).as_posix()
        told = _git(self._folder, "ls-tree", "-z", "-l", "--full-tree", self._commit, "--", inside)
        for line in told.split(b"\0"):
            about, _, name = line.partition(b"\t")
            if os.fsdecode(name) == inside:
                mode, kind, blob, size = about.decode().split()
                if kind == "blob" and mode.startswith("100"):
                    return blob, int(size) if size.isdigit() else 0  # it is missing: reading it tells
        return None


# --- history ----------------------------------------------------------------------------------


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


class Log:
    """The history of a folder, read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: History | None = None
        self._asked = mmap(-1, 1)  # shared with processes that are forked later

    def __call__(self) -> History:
        """The history; see `read_history`."""
        if self._read is None:
            self._asked[0] = 1
            self._read = read_history(self._folder)
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
    found = _departures(told.words)
    if not told.whole and told.limit is None and found:  # of the commit at which git gave up it told nothing
        told = _log(folder, end, renames="--find-renames=100%")
        found = {**_departures(told.words), **found}
    commits = len(found)
    cut = None
    if commits > _LOG_COMMITS:
        found.popitem()
        cut = f"only the last {_LOG_COMMITS:,} commits were looked at"
    elif told.limit is not None:
        cut = f"only the last {commits:,} commits were looked at, which took {told.limit}"
    return History([departure for each in found.values() for departure in each], cut)


class _Told(NamedTuple):
    """What git printed of a raw log."""

    words: list[bytes]
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
            ["git", *_SAFELY, "-c", "log.follow=false", *command],
            cwd=folder,
            env=_environment(),
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
    words = told[: told.rfind(b"\0") + 1].split(b"\0")
    return _Told(words, process.returncode == 0, limits[0] if limits else None)


def _departures(words: Iterable[bytes]) -> dict[str, list[Departure]]:
    """For each commit what the words of a raw log tell of files that left their paths, the newest first."""
    found: dict[str, list[Departure]] = {}
    commit = date = ""
    left = filter(None, words)
    for word in left:
        if word.lstrip(b"\n")[:1] != b":":  # `HASH DATE`
            commit, _, date = word.strip().decode("ascii", "replace").partition(" ")
            found[commit] = []
            continue
        status = word[word.rfind(b" ") + 1 :][:1]
        paths = [os.fsdecode(path) for path in islice(left, 2 if status in b"RC" else 1)]
        if status == b"D" and paths:
            found[commit].append(Departure(commit, date, paths[0], None))
        elif status == b"R" and len(paths) == 2:  # otherwise the log was cut off in between
            found[commit].append(Departure(commit, date, *paths))
    return found


# --- running it -------------------------------------------------------------------------------


def _environment() -> dict[str, str]:
    """What git sees: nothing is fetched, nobody is asked, nothing is locked."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return environment | {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0",
                          "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}  # fmt: skip


def _git(folder: Path, *arguments: str) -> bytes:
    """What git prints. Raises `VaultlintError` with its words."""
    import subprocess

    try:
        ran = subprocess.run(
            ["git", *_SAFELY, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise VaultlintError("git is not installed, and --config-from needs it") from None
    except subprocess.TimeoutExpired:
        raise VaultlintError(f"git did not answer within {_SECONDS} seconds") from None
    if ran.returncode != 0:
        words = ran.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise VaultlintError(f"git: {words or f'exit status {ran.returncode}'}")
    return ran.stdout
