"""The files of a vault as git has them: in a commit, in the index, and what it ignores on the disk.

Plumbing alone is called, and none that would look at the content of files: what `git status` or `git diff`
do may run a filter that the repository names. Paths are relative to the folder, as the system gives them.
"""

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from vaultlint.errors import VaultlintError
from vaultlint.git import run, top_of

_ENTRY = re.compile(rb"(\d{6}) ([0-9a-f]+) (\d)\t([^\0]*)\0")
_STATE = re.compile(
    rb"  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: (\d+)\n"
    rb"  uid: \d+\tgid: \d+\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)
_INTENT_TO_ADD = 0x20000000  # CE_INTENT_TO_ADD, git's read-cache.h

_FILE, _LINK = "100", "120"
_SEVERAL_LINKS = 8


class Entry(NamedTuple):
    """A file in the index."""

    blob: str | None
    """Its content; None where a merge left several."""
    state: tuple[int, int, int, int] | None = None
    """What git saw when it last compared it with the disk: size in bytes, times in ns when content and entry
    changed, the lower half of the inode; None where it does not tell."""
    coming: bool = False
    """Whether it was only announced (`git add -N`)."""


class Repository:
    """The repository that holds a folder, as far as that folder goes."""

    def __init__(self, folder: Path) -> None:
        """Raises `VaultlintError` where there is no git, or no repository."""
        self._folder = folder
        self._top = top_of(folder)
        named = os.environ.get("GIT_INDEX_FILE")
        # git names another index while it runs a hook for `git commit -a`: that is what is committed then.
        self._index = os.path.join(self._top, named) if named else None  # noqa: PTH118 - it may be absolute

    # --- commits ------------------------------------------------------------------------------

    def commit(self, name: str) -> str | None:
        """The commit of that name, None where there is none."""
        try:
            found = run(
                self._folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"
            )
        except VaultlintError:
            return None
        return found.decode().strip()

    def fork(self, commit: str) -> str:
        """Where what is checked out parted from that commit; the commit itself where they share none."""
        try:
            return run(self._folder, "merge-base", commit, "HEAD").decode().split("\n")[0]
        except VaultlintError:
            return commit

    def tree(self, commit: str) -> dict[str, str]:
        """The blobs of the files in a commit, by path."""
        files: dict[str, str] = {}
        links: dict[str, str] = {}
        for line in run(self._folder, "ls-tree", "-r", "-z", commit).split(b"\0")[:-1]:
            about, _, name = line.partition(b"\t")
            mode, _, blob = about.decode().split()
            _sort(files, links, os.fsdecode(name), mode, blob)
        return self._followed(files, links)

    # --- the index ----------------------------------------------------------------------------

    def index(self) -> dict[str, Entry]:
        """The files in the index, by path."""
        found = _entries(run(self._folder, "ls-files", "-s", "-z", "--debug", index=self._index))
        if found is None:  # another git tells what it saw in another way
            found = _entries(run(self._folder, "ls-files", "-s", "-z", index=self._index))
        if found is None:
            raise VaultlintError("git ls-files gave something that is not understood")
        files: dict[str, str] = {}
        links: dict[str, str] = {}
        entries: dict[str, Entry] = {}
        for path, mode, entry in found:
            if mode.startswith(_LINK) and entry.blob is not None:
                links[path] = entry.blob
            elif mode.startswith(_FILE):
                entries[path] = entry
                if entry.blob is not None:
                    files[path] = entry.blob
        for path, blob in self._followed(files, links).items():
            entries.setdefault(path, Entry(blob))
        return entries

    def index_time(self) -> int:
        """When the index was written, in ns since 1970; 0 where there is none."""
        path = self._index or os.fsdecode(run(self._folder, "rev-parse", "--git-path", "index")[:-1])
        try:
            return (self._folder / path).stat().st_mtime_ns
        except OSError:
            return 0

    def untracked(self) -> list[str]:
        """The files on the disk that git neither has nor ignores; a folder, with a slash behind it, where a
        repository of its own begins."""
        told = run(self._folder, "ls-files", "-o", "-z", "--exclude-standard", index=self._index)
        return [os.fsdecode(name) for name in told.split(b"\0")[:-1]]

    # --- contents -----------------------------------------------------------------------------

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """The sizes of these blobs in bytes. Raises `VaultlintError` where one is missing here."""
        asked = "".join(f"{blob}\n" for blob in blobs).encode()
        found: dict[str, int] = {}
        for line in run(self._folder, "cat-file", "--batch-check", stdin=asked).decode().splitlines():
            blob, kind, *size = line.split(" ")
            if kind != "blob" or not size:
                raise VaultlintError(f"git has not got the object {blob}: fetch it (--refetch, --unshallow)")
            found[blob] = int(size[0])
        return found

    def contents(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """What these blobs hold. Raises `VaultlintError` where one is missing here."""
        asked = list(dict.fromkeys(blobs))
        told = run(self._folder, "cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in asked).encode())
        found: dict[str, bytes] = {}
        at = 0
        for blob in asked:
            end = told.index(b"\n", at)
            head = told[at:end].split(b" ")
            if len(head) != 3 or head[1] != b"blob":
                raise VaultlintError(f"git has not got the object {blob}: fetch it (--refetch, --unshallow)")
            at = end + 1 + int(head[2])
            found[blob] = told[end + 1 : at]
            at += 1
        return found

    def _followed(self, files: dict[str, str], links: Mapping[str, str]) -> dict[str, str]:
        """The files, with the symbolic links among them that lead to one of them."""
        if not links:
            return files
        small = {blob for blob, size in self.sizes(set(links.values())).items() if size < 4096}
        targets = self.contents(small)
        leads = {
            path: os.path.normpath(os.path.join(os.path.dirname(path), os.fsdecode(targets[blob])))  # noqa: PTH118, PTH120
            for path, blob in links.items()
            if blob in targets
        }
        for path in links:
            target = path
            for _ in range(_SEVERAL_LINKS):
                target = leads.get(target, target)
            if target in files:
                files = {**files, path: files[target]}
        return files


def _sort(files: dict[str, str], links: dict[str, str], path: str, mode: str, blob: str) -> None:
    """Put an entry of a tree where it belongs; what is neither file nor link (a submodule) is left out."""
    if mode.startswith(_FILE):
        files[path] = blob
    elif mode.startswith(_LINK):
        links[path] = blob


def _entries(told: bytes) -> list[tuple[str, str, Entry]] | None:
    """Path, mode and entry of what `git ls-files` tells; None where it is told in another way."""
    found: list[tuple[str, str, Entry]] = []
    at = 0
    while at < len(told):
        entry = _ENTRY.match(told, at)
        if entry is None:
            return None
        mode, blob, stage, name = entry.groups()
        at = entry.end()
        seen = _STATE.match(told, at)
        state, coming = None, False
        if seen is not None:
            at = seen.end()
            *numbers, flags = seen.groups()
            changed, changed_ns, written, written_ns, inode, size = map(int, numbers)
            state = (size, written * 10**9 + written_ns, changed * 10**9 + changed_ns, inode)
            coming = bool(int(flags, 16) & _INTENT_TO_ADD)
        content = blob.decode() if stage == b"0" else None
        found.append((os.fsdecode(name), mode.decode(), Entry(content, state, coming)))
    return found
