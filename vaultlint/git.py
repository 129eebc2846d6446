"""Reads files of a revision through git, without letting the repository run anything.

A repository may come from a stranger: its settings can name programs for hooks, pagers, monitors and
missing objects. Only plumbing is called that needs none of them, each is switched off besides, and no
`GIT_*` variable of the caller has a say.
"""

import os
from pathlib import Path

from vaultlint.errors import VaultlintError

_SECONDS = 60
_LARGEST = 1024 * 1024  # bytes; no configuration is larger

SAFELY = ("--no-pager", "--no-replace-objects", "--literal-pathspecs", "-c", "core.fsmonitor=false",
           "-c", f"core.hooksPath={os.devnull}", "-c", "core.quotePath=false")  # fmt: skip
"""What stands between `git` and a command."""


class Revision:
    """A commit of the repository that holds a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Raises `VaultlintError` where there is no git, no repository or no such commit."""
        self._folder = folder
        self._name = name
        self.top = top_of(folder)
        try:
            found = run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except VaultlintError:
            raise VaultlintError(f"git knows no commit “{name}” in “{self.top}”") from None
        self._commit = found.decode().strip()

    def has(self, path: Path) -> bool:
        """Whether a regular file stands at that path in the commit."""
        return self._entry(path) is not None

    def read(self, path: Path, largest: int = _LARGEST) -> bytes:
        """The bytes of a file. Raises `VaultlintError` where there is none, or it is larger than that."""
        entry = self._entry(path)
        if entry is None:
            raise VaultlintError(f"{path}: there is no such configuration file in “{self._name}”")
        blob, size = entry
        if size > largest:
            raise VaultlintError(f"{path}: too large for a configuration in “{self._name}”")
        return run(self._folder, "cat-file", "blob", blob)

    def _entry(self, path: Path) -> tuple[str, int] | None:
        """The blob of a regular file, and its size; None for everything else."""
        path = Path(os.path.normpath(path))
        if not path.is_relative_to(self.top):
            return None
        inside = path.relative_to(self.top).as_posix()
        told = run(self._folder, "ls-tree", "-z", "-l", "--full-tree", self._commit, "--", inside)
        for line in told.split(b"\0"):
            about, _, name = line.partition(b"\t")
            if os.fsdecode(name) == inside:
                mode, kind, blob, size = about.decode().split()
                if kind == "blob" and mode.startswith("100"):
                    return blob, int(size) if size.isdigit() else 0  # it is missing: reading it tells
        return None


def top_of(folder: Path) -> Path:
    """The folder that the repository around this one is checked out in. Raises `VaultlintError`."""
    top = os.fsdecode(run(folder, "rev-parse", "--show-toplevel").removesuffix(b"\n"))
    return Path(os.path.realpath(top))


def environment() -> dict[str, str]:
    """What git sees: nothing is fetched, nobody is asked, nothing is locked."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {"GIT_ALLOW_PROTOCOL": "none", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0",
                   "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}  # fmt: skip


def run(folder: Path, *arguments: str, stdin: bytes = b"", index: str | None = None) -> bytes:
    """What git prints. Raises `VaultlintError` with its words.

    `stdin`: what it is given to read. `index`: the file of another index than that of the repository.
    """
    import subprocess

    try:
        ran = subprocess.run(
            ["git", *SAFELY, *arguments],
            cwd=folder,
            env=environment() | ({"GIT_INDEX_FILE": index} if index is not None else {}),
            input=stdin,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError:
        raise VaultlintError("git is not installed, and files of a revision are read with it") from None
    except subprocess.TimeoutExpired:
        raise VaultlintError(f"git did not answer within {_SECONDS} seconds") from None
    if ran.returncode != 0:
        words = ran.stderr.decode("utf-8", "replace").strip().removeprefix("fatal: ")
        raise VaultlintError(f"git: {words or f'exit status {ran.returncode}'}")
    return ran.stdout
