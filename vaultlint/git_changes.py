"""What changed in a vault since a commit, or is staged: the vault as it is now, and as it was before.

What git ignores belongs to both: a link to a picture that is kept out of git is none that a change broke.
Files are compared by what git saw of them when it last looked (size, times, inode), and by their content
where that is not certain; the filters of a repository are not run. So a file that a filter changes on its way
into git may count as changed although it is not, never the other way round.
"""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from vaultlint.errors import VaultlintError
from vaultlint.listing import Listing, Overlay, is_checked, paths_of
from vaultlint.reading import SIZE_LIMIT, Unreadable, read_bytes
from vaultlint.repository import Entry, Repository
from vaultlint.signature import CERTAIN_AFTER

T = TypeVar("T")

_INODE = 0xFFFFFFFF  # the index keeps the lower half


class Change(NamedTuple):
    """A vault at two moments."""

    now: Overlay
    before: Overlay
    changed: frozenset[str]
    """The notes, canvases and bases that are there now and were not, or read otherwise."""


def since(listing: Listing, name: str) -> Change:
    """What changed since the checked-out branch left that commit. `listing`: the vault, with stamps.

    Raises `VaultlintError`.
    """
    repository = Repository(Path(listing.root))
    commit = repository.commit(name)
    if commit is None:
        raise VaultlintError(f"git knows no commit “{name}” in “{listing.root}”")
    disk = _Disk(listing, repository)
    tree = _visible(repository.tree(repository.fork(commit)))
    changed = {
        path
        for path in disk.files - disk.around
        if is_checked(path) and not (path in tree and disk.holds(path, tree[path]))
    }
    return Change(Overlay(), disk.overlay(tree), frozenset(changed))


def staged(listing: Listing) -> Change:
    """What would be committed now. `listing`: the vault, with stamps. Raises `VaultlintError`."""
    repository = Repository(Path(listing.root))
    disk = _Disk(listing, repository)
    commit = repository.commit("HEAD")
    tree = _visible(repository.tree(commit)) if commit is not None else {}  # the first commit is to come
    index = {path: entry.blob for path, entry in disk.index.items() if not entry.coming}
    changed = {
        path for path, blob in index.items() if is_checked(path) and (blob is None or tree.get(path) != blob)
    }
    return Change(disk.overlay(index), disk.overlay(tree), frozenset(changed))


class _Disk:
    """The files on the disk, and what git knows of them."""

    def __init__(self, listing: Listing, repository: Repository) -> None:
        self.files = frozenset(paths_of(listing))
        self.index: Mapping[str, Entry] = _visible(repository.index())
        unknown = repository.untracked()
        nested = tuple(path for path in unknown if path.endswith("/"))
        around = self.files - self.index.keys() - set(unknown)
        self.around = frozenset(path for path in around if not path.startswith(nested))
        """The files that git ignores, or leaves to a repository inside."""
        self._root = listing.root
        self._repository = repository
        self._stamps = {stamp[0]: stamp for stamp in listing.stamps}
        self._certain_before = repository.index_time() - CERTAIN_AFTER
        self._hashed: dict[str, frozenset[str]] = {}

    def holds(self, path: str, blob: str) -> bool:
        """Whether a file on the disk has the content of that blob, but for its line ends."""
        entry = self.index.get(path)
        if entry is not None and entry.blob is not None and self._is_as_seen(path, entry):
            return entry.blob == blob
        if path not in self._hashed:
            self._hashed[path] = _blobs_of(f"{self._root}/{path}", len(blob))
        return blob in self._hashed[path]

    def _is_as_seen(self, path: str, entry: Entry) -> bool:
        """Whether a file is certainly as it was when git last compared it with the index."""
        stamp = self._stamps.get(path)
        if stamp is None or entry.state is None:
            return False
        _, size, written, changed, inode = stamp
        seen = (size, written, changed, inode & _INODE)
        return seen == entry.state and written < self._certain_before > changed

    def overlay(self, blobs: Mapping[str, str | None]) -> Overlay:
        """The vault with the files of these paths; None: whatever the disk holds."""
        added = blobs.keys() - self.files
        missing = self.files - blobs.keys() - self.around
        wanted: dict[str, str] = {
            path: blob
            for path, blob in blobs.items()
            if blob is not None and is_checked(path) and (path in added or not self.holds(path, blob))
        }
        sizes = self._repository.sizes(set(wanted.values())) if wanted else {}
        small = {blob for blob, size in sizes.items() if size <= SIZE_LIMIT}
        held = self._repository.contents(small) if small else {}
        return Overlay(
            frozenset(missing),
            frozenset(added),
            {path: held[blob] for path, blob in wanted.items() if blob in held},
            {
                path: f"{sizes[blob]:,} bytes, more than the limit of {SIZE_LIMIT:,}"
                for path, blob in wanted.items()
                if blob not in held
            },
        )


def _visible(files: Mapping[str, T]) -> dict[str, T]:
    """Those of the files that a vault has: names that begin with a dot do not exist in it."""
    return {path: value for path, value in files.items() if not path.startswith(".") and "/." not in path}


def _blobs_of(path: str, digits: int) -> frozenset[str]:
    """The names, of so many digits, that git may give to the content of a file; none if it cannot be read."""
    try:
        data = read_bytes(path)
    except Unreadable:
        return frozenset()
    return frozenset(_blob(each, digits) for each in _ways(data))


def _ways(data: bytes) -> Iterable[bytes]:
    """The content of a file, and as git has it where it changes line ends."""
    yield data
    if b"\r\n" in data:
        yield data.replace(b"\r\n", b"\n")


def _blob(data: bytes, digits: int) -> str:
    whole = b"blob %d\0" % len(data) + data
    made = hashlib.sha1(whole, usedforsecurity=False) if digits == 40 else hashlib.sha256(whole)
    return made.hexdigest()
