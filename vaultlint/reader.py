"""The notes of a vault, read: by this process or by workers, from the disk, from texts that are given, or
recalled from an earlier run; and read again when somebody changes them.
"""

import gc
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from vaultlint.discovery import VaultFiles
from vaultlint.face import Face, face
from vaultlint.indexes import RENEWABLE, backlinked, renewed, unmet
from vaultlint.note import Outline
from vaultlint.own_rules import UnreadableFile
from vaultlint.parse import NotACanvas, outline_of_canvas
from vaultlint.reading import (
    Batch,
    Reading,
    Unreadable,
    batches,
    read_batch,
    read_packed,
    read_text,
    text_from,
    text_of,
    unpacked,
)
from vaultlint.resolve import Names
from vaultlint.settings import Settings
from vaultlint.shelf import Fetch, PackedNote, Shelf
from vaultlint.vault import Vault
from vaultlint.workers import OpenWorkers, beside, forks, pool, results, shared, sharing, workers

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

    from vaultlint.diagnostic import Diagnostic
    from vaultlint.history import History

W = TypeVar("W", bound=Vault)

_READ_AT_ONCE = 128  # notes that are a task for a worker: few enough that all workers end at the same time


class Reader:
    """A vault that is read once, and what is known of its notes.

    `reading`: how notes are read. `history` gives what git tells of files that are gone, None where it is not
    to be asked. `contents`: what files hold in place of what is on the disk.
    """

    def __init__(
        self,
        files: VaultFiles,
        settings: Settings,
        names: Names,
        reading: Reading,
        *,
        history: "Callable[[], History] | None" = None,
        contents: Mapping[str, bytes] = {},
    ) -> None:
        self.files = files
        self._settings = settings
        self._names = names
        self._reading = reading
        self._history = history
        self._notes = Shelf(files.notes)
        self._recalled: set[str] = set()
        self._canvases: dict[str, Outline] = {}
        self._unreadable: dict[str, Diagnostic] = {}
        self._texts: dict[str, str] = {}
        self._known: dict[str, Any] = {}
        self._vault: Vault | None = None
        for path, reason in files.unreadable:
            self._unreadable[path] = UnreadableFile().about(path, reason)
        for path, data in contents.items():
            try:
                self._texts[path] = text_from(data)
            except Unreadable as error:
                self._unreadable[path] = UnreadableFile().about(path, str(error))

    # --- reading ------------------------------------------------------------------------------

    @property
    def unread(self) -> tuple[str, ...]:
        """The notes that are neither read nor recalled, and may be readable."""
        known = self._notes.has
        return tuple(path for path in self.files.notes if not known(path) and path not in self._unreadable)

    def read_by(self, jobs: int | None, progress: Callable[[int], None] | None = None) -> None:
        """Read them with so many processes, None for as many as are worth it."""
        unread = len(self.unread)
        open_workers = forks(unread, jobs)
        if open_workers is not None:
            self.read(progress=progress, open_workers=open_workers)
        else:
            with pool(workers(unread, jobs)) as executor:
                self.read(executor, progress)

    def read(
        self,
        executor: "Executor | None" = None,
        progress: Callable[[int], None] | None = None,
        *,
        open_workers: "OpenWorkers | None" = None,
    ) -> None:
        """Read all notes but those that were recalled: in the workers of any executor, or in those that
        `open_workers` opens, which must see this object: threads, or processes forked then.

        `progress` hears how many are done.
        """
        given = {path: self._texts[path] for path in self.unread if path in self._texts}
        if given:
            self._notes.put(read_batch(self._reading, tuple(given), given).notes)
        self._read_canvases()
        unread = self.unread
        done = len(self.files.notes) - len(unread)
        count = _Count(self._canvases.values(), self._names) if not done else None
        leisure = executor is not None or open_workers is not None
        with (
            no_collector(),
            self._workers(executor, open_workers) as work,
            beside(self._history if leisure else None) as ask_history,
        ):
            slices = list(batches(unread, _READ_AT_ONCE))
            for batch, paths in zip(work(slices), slices, strict=True):
                self._notes.put(batch.notes)
                if count is not None:
                    count.add(batch)
                if batch.wanting and not self._reading.hidden.issuperset(paths):
                    ask_history()  # git takes long, and whoever waits for workers has time
                done += len(paths)
                if progress is not None:
                    progress(done)
        if count is not None and count.whole:
            self._known.update(linking=count.linking, wanting=count.wanting)
        self._renew()

    @contextmanager
    def _workers(
        self,
        executor: "Executor | None",
        open_workers: "OpenWorkers | None",
        texts: Mapping[str, str] | None = None,
    ) -> "Iterator[Callable[[Iterable[Sequence[str]]], Iterator[Batch]]]":
        """What reads slices of the notes, in order. `texts`: what some of them read, where it is given."""
        if executor is not None:
            # What crosses to workers that do not see this object is kept small.
            apart = self._reading._replace(names=None)

            def submitted(paths: Sequence[str]) -> "Future[bytes]":
                reading = apart._replace(hidden=apart.hidden.intersection(paths))
                return executor.submit(read_packed, reading, paths)

            yield lambda slices: map(unpacked, results(map(submitted, slices)))
        elif open_workers is not None:
            with sharing((self._reading, texts)) as key, open_workers() as opened:
                yield lambda slices: map(
                    unpacked, results(opened.submit(_read, key, paths) for paths in slices)
                )
        else:
            yield lambda slices: (read_batch(self._reading, paths, texts) for paths in slices)

    def _read_canvases(self) -> None:
        for path in self.files.others:
            if path.lower().endswith(".canvas") and path not in self._unreadable:
                try:
                    text = self._texts.get(path)
                    text = text if text is not None else read_text(f"{self.files.root}/{path}")
                    self._canvases[path] = outline_of_canvas(path, text)
                except (Unreadable, NotACanvas) as error:
                    self._unreadable[path] = UnreadableFile().about(path, str(error))

    # --- between runs -------------------------------------------------------------------------

    def recall(self, notes: Iterable[PackedNote], later: Iterable[tuple[Sequence[str], Fetch]] = ()) -> None:
        """Take these notes as an earlier run read them, which `kept` gave.

        `later`: notes that are not looked at before they are wanted. Those that are not to be had then
        are read.
        """
        notes = list(notes)
        self._notes.put(notes)
        self._recalled.update(note[0] for note in notes)
        for paths, fetch in later:
            self._recalled.update(paths)
            self._notes.put_off(paths, partial(self._fetched, paths, fetch))

    def _fetched(self, paths: Sequence[str], fetch: Fetch) -> Iterator[PackedNote]:
        missing = dict.fromkeys(paths)
        for note in fetch():
            missing.pop(note[0], None)
            yield note
        if missing:
            yield from read_batch(self._reading, tuple(missing)).notes

    def recall_indexes(self, known: Mapping[str, Any], before: Mapping[str, Outline]) -> None:
        """Take the indexes of this vault as it was when some notes were like `before`, and all else the same;
        none where one of these cannot be read any more."""
        if any(path not in self._notes for path in before):
            return
        faces = {path: face(outline) for path, outline in before.items()}
        self._known = self._still_true(known, faces)
        self._known = renewed(self._known, before, self._notes, self._names)
        self._vault = None

    def share_indexes(self, other: "Reader", changed: Collection[str]) -> None:
        """Take the indexes of another vault that has the same files, with other texts at `changed`, if these
        are notes that can be read in both."""
        before = other._notes.some(changed)
        if self.files[1:3] == other.files[1:3] and len(before) == len(changed):
            self.recall_indexes(other.vault().indexes(), before)

    def kept(self, paths: Iterable[str]) -> Iterator[PackedNote]:
        """Of those notes what a later run may recall. A note that gave trouble is to be read again."""
        for path in paths:
            note = self._notes.note(path)
            if note is not None and not note[4]:
                name, outline, seen, found, trouble = note
                yield name, outline, seen, found, trouble

    # --- changes ------------------------------------------------------------------------------

    def replace(self, texts: Mapping[str, str], open_workers: "OpenWorkers | None" = None) -> None:
        """The notes have these texts from now on: somebody wrote them. `open_workers`: as in `read`."""
        before = self._notes.some(texts)
        faces = {path: self._notes.face(path) for path in texts}
        self._texts.update(texts)
        with no_collector(), self._workers(None, open_workers, texts) as work:
            for batch in work(batches(tuple(texts), _READ_AT_ONCE)):
                self._notes.put(batch.notes)
        self._known = self._still_true(self._known, faces)
        self._known = renewed(self._known, before, self._notes, self._names)
        self._renew()

    def reread(self, texts: Mapping[str, str | None]) -> None:
        """The notes have these texts from now on, None for the one on the disk. The vault stays the same
        object: whoever asks for this keeps its indexes up to date."""
        for path, text in texts.items():
            if text is None:
                self._texts.pop(path, None)
            else:
                self._texts[path] = text
        self._notes.put(read_batch(self._reading, tuple(texts), self._texts).notes)

    def _still_true(self, known: Mapping[str, Any], faces: Mapping[str, Face | None]) -> dict[str, Any]:
        """Those of the indexes that may be kept since some notes had these faces: where the words changed by
        which notes are found, only those that `renewed` brings up to date."""
        if all(findable(self._notes.face(path)) == findable(seen) for path, seen in faces.items()):
            return dict(known)
        return {name: known[name] for name in RENEWABLE if name in known}

    def _renew(self) -> None:
        """What follows from the notes is to be worked out again."""
        self._vault = None

    def rest(self) -> None:
        """The vault is not asked for a while: it and this hold each other, and so all that was worked out."""
        self._vault = None

    # --- what is known ------------------------------------------------------------------------

    def face(self, path: str) -> Face | None:
        """What the indexes hold of a note; None where it could not be read."""
        return self._notes.face(path)

    def known(self, path: str) -> tuple[Outline, Face] | None:
        """What is known of a note; None where it could not be read."""
        outline, seen = self._notes.get(path), self._notes.face(path)
        return None if outline is None or seen is None else (outline, seen)

    @property
    def unreadable(self) -> frozenset[str]:
        """The files that could not be read and are not left out."""
        return self._notes.unreadable().union(self._unreadable) - self.files.hidden

    def text(self, path: str) -> str:
        """The text of a file, empty where it cannot be read (any more)."""
        text = self._texts.get(path)
        return text if text is not None else text_of(self.files.root, path)

    def vault(self) -> Vault:
        """The vault as it was read."""
        if self._vault is None:
            self._vault = self._made(Vault)
        return self._vault

    def made(self, kind: type[W]) -> W:
        """The vault as it was read, as one of that kind; `vault` gives the same from then on."""
        self._vault = made = self._made(kind)
        return made

    def _made(self, kind: type[W]) -> W:
        files = self.files
        return kind(
            self._notes,
            (*files.notes, *files.others),
            self._settings,
            read=self.text,
            canvases=self._canvases,
            names=self._names,
            faces=self._notes.faces,
            known=self._known,
            recalled=self._recalled,
            trashed=files.trashed,
            history=self._history,
        )


class _Count:
    """How many notes and canvases link to each file, and to each target that is none, as they are read."""

    def __init__(self, canvases: Iterable[Outline], names: Names) -> None:
        self.linking, self.wanting = Counter[str](), Counter[str]()
        self.whole = True
        """Whether all batches were counted."""
        for canvas in canvases:
            self.linking.update(set(backlinked(canvas, names)))
            self.wanting.update(unmet(canvas, names))

    def add(self, batch: Batch) -> None:
        """Add the notes of a batch."""
        if batch.linking is None or batch.wanting is None:
            self.whole = False
        else:
            self.linking.update(batch.linking)
            self.wanting.update(batch.wanting)


def findable(seen: Face | None) -> tuple[object, ...] | None:
    """All of a face that is about words; None for a note that could not be read."""
    return None if seen is None else seen.findable


def _read(key: int, paths: Sequence[str]) -> bytes:
    reading, texts = shared(key)
    return read_packed(reading, paths, texts)


@contextmanager
def no_collector() -> Iterator[None]:
    """The cycle collector walks hundreds of thousands of live objects for nothing while a vault is read."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
