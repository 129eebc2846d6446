"""A vault that changes while it is open: what an edit may have changed is looked at again, and nothing else.

The findings of a note are worked out when somebody wants them and kept until something changes on which
they may depend. Which that is, `VaultRule.local` promises and `vaultlint.upkeep` notes. Findings are always
those that a fresh run over the same texts gives.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from vaultlint.diagnostic import Diagnostic
from vaultlint.engine import Linter
from vaultlint.findings import Findings, Found
from vaultlint.reading import batches
from vaultlint.text import Lines
from vaultlint.upkeep import FACES, SCRATCH, Indexes, WatchedVault

Step = Callable[[], None]
"""Hears that work goes on, and may raise to have it given up."""

_READ_AT_ONCE = 32  # notes; as long as an editor may have to wait meanwhile: some 20 ms

_MANY = 500  # files; what was worked out for them is worth dropping


class Session:
    """An open vault. Paths are those of the vault's files."""

    def __init__(self, reopen: Callable[[], Linter]) -> None:
        """`reopen` lists the vault, always with the same configuration; it may raise `VaultlintError`."""
        self._reopen = reopen
        self._linter = reopen()
        self._texts: dict[str, str] = {}
        self._stale: dict[str, None] = {}
        self._found: dict[str, Found] = {}
        self._asked: dict[str, frozenset[str]] = {}
        self._kinds: dict[frozenset[str], frozenset[str]] = {}
        self._notes: frozenset[str] = frozenset()
        self._tellable: frozenset[str] = frozenset()
        self._rewritten: set[str] = set()
        self._looked_at = 0
        self._indexes: Indexes | None = None

    # --- opening ------------------------------------------------------------------------------

    def read(self) -> Iterator[int]:
        """Read what is not read yet, some notes at a time; gives how many are read. No text may be set
        before all are."""
        linter = self._linter
        left = linter.unread
        done = len(linter.files.notes) - len(left)
        for paths in batches(left, _READ_AT_ONCE):
            linter.reread({path: self._texts.get(path) for path in paths})
            done += len(paths)
            yield done
        linter.read()
        self._begin()

    def _begin(self) -> None:
        """The linter has read everything: nothing is told yet."""
        linter = self._linter
        self._indexes = Indexes(linter.made(WatchedVault), linter.face)
        told = self._linter.told_paths()
        self._notes = frozenset(self._linter.files.notes)
        self._texts = {path: text for path, text in self._texts.items() if path in self._notes}
        self._tellable = frozenset(told)
        self._found = {path: found for path, found in self._found.items() if path in self._tellable}
        self._asked.clear()
        first = (*self._texts, *self._found)
        self._stale = dict.fromkeys(path for path in (*first, *told) if path in self._tellable)

    @property
    def linter(self) -> Linter:
        """What read the vault."""
        return self._linter

    @property
    def vault(self) -> WatchedVault:
        """The vault as it is now. To be asked anew after every change."""
        return self._upkeep.vault

    def holds(self, path: str) -> bool:
        """Whether it is a note of the vault."""
        return path in self._notes

    def tells(self, path: str) -> bool:
        """Whether anything can be told of a file: it is there, and nothing hides it."""
        return path in self._tellable

    def alone(self, path: str, text: str) -> list[Diagnostic]:
        """What is found in a note of that text that is not in the vault, or not yet."""
        self.vault.forget(path, ())
        found = self._linter.found_alone(path, text)
        self.vault.forget(path, ())
        return found

    @property
    def _upkeep(self) -> Indexes:
        if self._indexes is None:
            raise RuntimeError("the vault is not read yet")
        return self._indexes

    # --- changing -----------------------------------------------------------------------------

    def set_text(self, path: str, text: str) -> None:
        """A note of the vault has this text from now on, whatever the disk says."""
        if self._texts.get(path) != text:
            self._texts[path] = text
            self._change(path)

    def forget_text(self, path: str) -> None:
        """A note has the text again that it has on the disk."""
        if self._texts.pop(path, None) is not None:
            self._change(path)

    def written(self, path: str) -> None:
        """A note was written; it counts unless a text is set for it."""
        if path not in self._texts:
            self._change(path)

    def _change(self, path: str) -> None:
        """A note has another text: say what may be found elsewhere."""
        self._rewritten.add(path)
        upkeep, vault = self._upkeep, self.vault
        naming = upkeep.naming_places_in(path)
        places = self._places(path) if naming else None
        before = self._linter.known(path)
        self._linter.reread({path: self._texts.get(path)})
        now = self._linter.known(path)
        if before is None or now is None:
            if before is not None or now is not None:
                self._begin()  # it can be read, or cannot be read, only now
            self._expect(path, ())
            return
        counted, words = upkeep.renew(before, now)
        touched = {
            path,
            *counted,
            *vault.drawings_of(counted),
            *vault.with_bodies((before[0].body_mark, now[0].body_mark)),
        }
        if places is not None and places != self._places(path):
            touched.update(naming)
        if FACES in words or not self._linter.local:
            touched = {path, *self._found, *self._tellable}
        elif words:
            words |= {SCRATCH, FACES}
            touched.update(each for each, asked in self._asked.items() if not asked.isdisjoint(words))
        self._expect(path, touched)

    def _places(self, path: str) -> tuple[object, ...]:
        """What links can name in a note."""
        vault = self.vault
        return (
            [heading[:2] for heading in vault.headings(path)],
            [(block.id, block.valid) for block in vault.block_ids(path)],
            [(mark.id, mark.glued) for mark in vault.stray_marks(path)],
        )

    def _expect(self, first: str, touched: Iterable[str]) -> None:
        """These files may have other findings, that one before all."""
        for path in (first, *touched):
            if path in self._tellable:
                self._stale.setdefault(path)

    def refresh(self, changed: Iterable[str] = ()) -> None:
        """Files came or went, or were renamed; these notes were written besides."""
        before = self._linter
        linter = self._reopen()
        apart = {*changed, *self._texts}
        linter.recall(before.kept(path for path in linter.files.notes if path not in apart))
        for paths in batches(linter.unread, _READ_AT_ONCE):
            linter.reread({path: self._texts.get(path) for path in paths})
        linter.read()
        self._linter = linter
        self._begin()

    # --- telling ------------------------------------------------------------------------------

    @property
    def stale(self) -> Sequence[str]:
        """The files whose findings may be others than they were when they were told last, the most wanted
        ones first."""
        return tuple(self._stale)

    def next_stale(self) -> str | None:
        """The first of `stale`."""
        return next(iter(self._stale), None)

    def settle(self, path: str) -> bool:
        """Look at a file again if need be; gives whether its findings are others than they were, or may stand
        on other lines."""
        if path not in self._stale:
            return False
        del self._stale[path]
        asked = self._upkeep.asked
        asked.clear()
        asked.about = path
        self._looked_at += 1
        found = self._linter.found_in(path)
        if taken := asked.take():
            self._asked[path] = self._kinds.setdefault(taken, taken)
        else:
            self._asked.pop(path, None)
        told = Found.of(sorted(found, key=lambda one: one.order)) if found else None
        before = self._found.pop(path, None)
        if told is not None:
            self._found[path] = told
        rewritten = path in self._rewritten
        self._rewritten.discard(path)
        return (rewritten and told is not None) or not _same(before, told)

    def rest(self) -> None:
        """Nothing is to be looked at for a while: give back memory, if there is much to be given."""
        if self._looked_at > _MANY:
            self._looked_at = 0
            self.vault.rest()

    def findings(self, path: str) -> list[Diagnostic]:
        """What a fresh run would tell of a file."""
        self.settle(path)
        told = self._found.get(path)
        return told.diagnostics() if told is not None else []

    def with_findings(self) -> Sequence[str]:
        """The files of which something is told, as far as they were looked at, in order."""
        return sorted(self._found)

    def found(self) -> Findings:
        """All that is told, as far as it was looked at."""
        return Findings(self._found)

    def text(self, path: str) -> str:
        """The text of a file as it is now, empty where it cannot be read."""
        return self._linter.text(path)

    def lines(self, path: str) -> Lines:
        """Where the lines of a file begin."""
        return Lines.of(self.text(path))

    def sources(self, path: str) -> Sequence[str]:
        """The notes and canvases that link to a file, in order."""
        return self._upkeep.sources(path)

    # --- trying -------------------------------------------------------------------------------

    @contextmanager
    def _meanwhile(self, texts: Mapping[str, str], step: Step) -> Iterator[Mapping[str, Found]]:
        """The notes have these texts for a while; then all is as it was, whatever happened. Gives what was
        found before."""
        found, rewritten = dict(self._found), set(self._rewritten)
        before: dict[str, str | None] = {}
        try:
            for path, text in texts.items():
                step()
                before[path] = self._texts.get(path)
                self.set_text(path, text)
            yield found
        finally:
            for path, had in before.items():
                if had is None:
                    self.forget_text(path)
                else:
                    self.set_text(path, had)
            self._found, self._rewritten = found, rewritten

    def with_texts(self, texts: Mapping[str, str], step: Step = lambda: None) -> list[Diagnostic]:
        """What is told of these notes as if they had these texts; and of other notes, where one has more
        errors then. Nothing is kept.

        `step` is called twice for each of these notes, and before each other note that is looked at. Where it
        raises, nothing is kept either.
        """
        told = set(texts)
        waiting = set(self._stale)
        found: list[Diagnostic] = []
        with self._meanwhile(texts, step) as known:
            for path in texts:
                step()
                found += self.findings(path)
            for path in [each for each in self._stale if each not in waiting and each not in told]:
                step()
                before = known.get(path)
                after = self.findings(path)
                if _errors(self._found.get(path)) > _errors(before):
                    found += after
        return found


def _same(before: Found | None, now: Found | None) -> bool:
    """Whether these are the same findings: how they are packed depends on which strings they share too."""
    if before is None or now is None or before.number != now.number:
        return before is now
    return before == now or before.diagnostics() == now.diagnostics()


def _errors(found: Found | None) -> int:
    return found.errors if found is not None else 0
