"""Change many notes as one run that can be taken back: the journal first, then each note, then its end.

A run that was cut off between the two leaves every note whole, an open journal, and perhaps temporary
files; the next one that writes clears them away (`settle`), and any other one says so (`cut_off`).
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vaultlint.errors import VaultlintError
from vaultlint.files import OS_FILES, Files, in_words
from vaultlint.folders import OPEN
from vaultlint.journal import CUT, DONE, Change, Journal, NoJournal, Run, hash_of, taken_back
from vaultlint.signals import Stopped, put_off
from vaultlint.write import NotRead, NotWritten, read_bytes_safely, sweep_after_cut, write_note

UNDO = "`vaultlint undo`"


class Written(NamedTuple):
    """What came of a run that wrote."""

    paths: tuple[str, ...]
    """The notes that read what they were to read."""
    refused: tuple[NotWritten, ...]
    problems: tuple[str, ...]
    """What else people should know."""


class Undone(NamedTuple):
    """What came of taking a run back."""

    run: Run
    restored: tuple[str, ...]
    left: tuple[NotWritten, ...]
    """Notes that do not read what they read before, and why."""
    problems: tuple[str, ...]


def write_changes(
    root: Path,
    changes: Iterable[Change],
    groups: Sequence[Sequence[str]],
    what: str,
    *,
    files: Files = OS_FILES,
) -> Written:
    """Write notes of the vault at `root`. Of the paths in a group all are written, or none.

    `what` says what the run does: “check --fix”. Raises `NoJournal`, and then nothing was written; and
    `Stopped` between two notes, when the process is told to end, with words for people.
    """
    changes = [change for change in changes if change.old != change.new]
    if not changes:
        return Written((), (), ())
    paths = {change.path for change in changes}
    together = [group for group in (sorted(paths.intersection(each)) for each in groups) if len(group) > 1]
    journal = Journal(root, files)
    with journal.locked():
        return _write(journal, changes, together, what, None)


def _write(
    journal: Journal,
    changes: Sequence[Change],
    groups: Sequence[Sequence[str]],
    what: str,
    undoes: int | None,
) -> Written:
    """Write notes; `undoes` is the number of the run that they take back."""
    run = journal.begin(changes, groups, what, undoes)
    written: list[str] = []
    refused: list[NotWritten] = []
    in_doubt: list[str] = []
    try:
        with put_off() as stop_if_told:
            for group in _in_groups(changes, groups):
                stop_if_told()
                done, failed, doubted = _write_group(journal.root, group, journal.files)
                written += done
                refused += failed
                in_doubt += doubted
            problems = _finish(journal, run, [*written, *in_doubt], DONE if not refused else CUT)
    except Stopped as stop:
        words = f"interrupted: {len(written)} of {_counted(len(changes), 'note')} were written"
        raise Stopped(stop.number, f"{words}{_what_now(run) if written else ''}") from None
    doubts = (f"{path}: may have been changed all the same; {UNDO} takes that back" for path in in_doubt)
    return Written(tuple(written), tuple(refused), (*doubts, *problems))


def _finish(journal: Journal, run: Run, paths: Sequence[str], state: str) -> tuple[str, ...]:
    # Only an undo that left nothing behind counts as one; of all others the state says no more.
    try:
        journal.finish(run, paths, state=state if run.undoes is not None else DONE)
    except OSError as error:
        return (f"the journal could not be closed: {in_words(error)}; {UNDO} works all the same",)
    return ()


def _in_groups(changes: Sequence[Change], groups: Sequence[Sequence[str]]) -> Iterator[list[Change]]:
    """The changes, those together that belong together."""
    of_path = {path: number for number, group in enumerate(groups) for path in group}
    together: dict[object, list[Change]] = {}
    for change in changes:
        together.setdefault(of_path.get(change.path, change.path), []).append(change)
    yield from together.values()


def _write_group(
    root: Path, group: Sequence[Change], files: Files
) -> tuple[list[str], list[NotWritten], list[str]]:
    """Write all notes of a group or none: their paths, why not, and which may read new all the same."""
    for place, change in enumerate(group):
        try:
            write_note(root, change.path, change.old, change.new, files=files)
        except NotWritten as error:
            with_it = f"“{change.path}”, which is to be changed with it, was not: {error.reason}"
            refused = [NotWritten(each.path, with_it) for each in group if each is not change]
            for done in group[:place]:
                with suppress(NotWritten):  # then it is in doubt
                    write_note(root, done.path, done.new, done.old, files=files)
            in_doubt = [
                each.path
                for each in group[: place + 1]
                if _reads(root, each.path, files) in (hash_of(each.new), None)
            ]
            return [], [error, *refused], in_doubt
    return [change.path for change in group], [], []


def _reads(root: Path, path: str, files: Files) -> str | None:
    """The hash of what a note reads, None where that cannot be told, and nothing where there is no note."""
    try:
        return hash_of(read_bytes_safely(root, path, files=files))
    except NotRead as error:
        cause = error.__cause__
        return None if isinstance(cause, OSError) and not isinstance(cause, FileNotFoundError) else ""


# --- runs that were cut off -------------------------------------------------------------------


def cut_off(root: Path, *, files: Files = OS_FILES) -> list[str]:
    """That a run was cut off while it wrote in the vault, and what to do; for a run that writes nothing."""
    try:
        journal = Journal(root, files)
        with journal.locked():
            runs = [run for run in journal.runs() if run.state == OPEN]
    except NoJournal:  # it is at work, or nothing can be said
        return []
    told = []
    for run in runs:
        number = len(_reading_new(root, run, files))
        if run.problem is not None:
            told.append(_cannot_tell(run))
        elif number:
            told.append(_was_cut(run, number))
    return told


def _was_cut(run: Run, number: int) -> str:
    return (
        f"“{run.what}” was cut off on {when(run)}, when {number} of {_counted(len(run.entries), 'note')} "
        f"were written{_what_now(run)}"
    )


def _cannot_tell(run: Run) -> str:
    words = "a run was cut off, and its journal cannot be used"
    return f"{words}: {run.problem}; who deletes it hears no more of it"


def _what_now(run: Run) -> str:
    if run.undoes is not None:
        return f"; {UNDO} goes on"
    return f"; {UNDO} takes them back, `vaultlint {run.what}` goes on"


def _reading_new(root: Path, run: Run, files: Files) -> set[str]:
    """The paths of the notes that read what the run wrote."""
    return {entry.path for entry in run.entries if _reads(root, entry.path, files) == entry.new}


def settle(root: Path, *, files: Files = OS_FILES) -> list[str]:
    """Clear up behind runs that were cut off, before anything else is written; gives what to tell people.

    What such a run wrote stays, and can be taken back as that of any other, but for notes that are changed
    together: where only some of them were written, they read again what they did. Raises `NoJournal`.
    """
    journal = Journal(root, files)
    with journal.locked():
        return _settle(journal)


def _settle(journal: Journal) -> list[str]:
    told: list[str] = []
    for run in journal.runs():
        if run.state == OPEN:
            told += _settle_run(journal, run)
    return told


def _settle_run(journal: Journal, run: Run) -> Iterator[str]:
    root, files = journal.root, journal.files
    if run.problem is not None:
        yield _cannot_tell(run)
        return
    yield from _swept(root, run, files)
    new = _reading_new(root, run, files)
    if new:
        yield _was_cut(run, len(new))
    try:
        for group in run.groups:
            if not new.isdisjoint(group) and not new.issuperset(group):
                yield from _put_back(journal, run, new.intersection(group))
        kept = [entry.path for entry in run.entries if _reads(root, entry.path, files) in (entry.new, None)]
        journal.finish(run, kept, state=CUT)
    except OSError as error:
        raise journal.failed(f"the journal of run {run.number} cannot be used: {in_words(error)}") from error


def _put_back(journal: Journal, run: Run, half: set[str]) -> Iterator[str]:
    """Restore the notes of a group that a run wrote before it was cut off."""
    root, old = journal.root, journal.old_bytes(run)
    for entry in run.entries:
        if entry.path not in half:
            continue
        try:
            content = read_bytes_safely(root, entry.path, files=journal.files)
            if hash_of(content) == entry.new and entry.path in old:
                write_note(root, entry.path, content, old[entry.path], files=journal.files)
                yield f"{entry.path}: put back, since the notes that are changed with it were not"
        except (NotRead, NotWritten) as error:
            yield f"{entry.path}: changed without the notes that are changed with it: {error.reason}"


def _swept(root: Path, run: Run, files: Files) -> Iterator[str]:
    """Remove what the run has left beside the notes."""
    known = {hash_ for entry in run.entries for hash_ in (entry.old, entry.new)}
    folders = {str(PurePosixPath(entry.path).parent): entry.path for entry in run.entries}
    for folder, path in sorted(folders.items()):
        try:
            for name in sweep_after_cut(root, path, lambda data: hash_of(data) in known, files=files):
                yield f"{folder}: what somebody saved when a run was cut off is in “{name}”"
        except NotRead as error:
            yield f"{folder}: what a run has left there could not be removed: {error.reason}"


# --- taking back ------------------------------------------------------------------------------


def runs_of(root: Path, *, files: Files = OS_FILES) -> tuple[list[Run], set[int]]:
    """The runs that the journal knows, the latest last; and the numbers of those that were taken back."""
    runs = Journal(root, files).runs()
    return runs, taken_back(runs)


def take_back(root: Path, number: int | None = None, *, files: Files = OS_FILES) -> Undone:
    """Give the notes that a run wrote the bytes that they had, where they still read what it wrote.

    Without a number it is the latest run that was not taken back, and did not take back another. It is a
    run itself, which can be taken back by its number. Raises `VaultlintError` where there is no such run,
    or its journal is damaged; and as `write_changes` does.
    """
    journal = Journal(root, files)
    with journal.locked():
        told = [words for words in _settle(journal) if "was cut off" not in words]
        run = _chosen(journal.runs(), number)
        try:
            old = journal.old_bytes(run)
        except OSError as error:
            raise VaultlintError(f"“{run.file}” cannot be read: {in_words(error)}") from error
        changes, left = _changes_back(root, run, old, files)
        written = _write(journal, changes, (), f"undo of run {run.number}", run.number)
    return Undone(run, written.paths, (*left, *written.refused), (*told, *written.problems))


def _chosen(runs: Sequence[Run], number: int | None) -> Run:
    """The run that is to be taken back."""
    back = taken_back(runs)
    for run in reversed(runs):
        if run.number == number or (number is None and run.number not in back and run.undoes is None):
            if run.problem is not None:
                before = [each.number for each in runs if each.number < run.number]
                hint = f"; `vaultlint undo --run {before[-1]}` takes back the run before it" if before else ""
                raise VaultlintError(f"run {run.number} cannot be taken back: {run.problem}{hint}")
            return run
    if number is not None:
        raise VaultlintError(
            f"the journal knows no run {number}; `vaultlint undo --list` shows those it knows"
        )
    raise VaultlintError("there is nothing to take back")


def _changes_back(
    root: Path, run: Run, old: Mapping[str, bytes], files: Files
) -> tuple[list[Change], list[NotWritten]]:
    """What restores the notes of a run, and the notes that it cannot restore."""
    changes: list[Change] = []
    left: list[NotWritten] = []
    for entry in run.entries:
        try:
            content = read_bytes_safely(root, entry.path, files=files)
        except NotRead as error:
            left.append(NotWritten(entry.path, error.reason))
            continue
        reads = hash_of(content)
        if reads not in (entry.old, entry.new):
            left.append(NotWritten(entry.path, "it was changed since"))
        elif reads == entry.new and entry.path not in old:
            left.append(NotWritten(entry.path, "the journal is damaged where it holds this note"))
        elif reads == entry.new:
            changes.append(Change(entry.path, content, old[entry.path]))
    return changes, left


# --- words ------------------------------------------------------------------------------------


def when(run: Run) -> str:
    """When a run began, in local time, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(run.at))


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
