"""Every call of the system that a run, its journal and taking it back make fails once in every way.

Whatever happens: every note is the old one or the new one, what is told as fixed is fixed, notes that
are changed together are after the next run, and `undo` gives back every byte.
"""

import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.faults import (
    FAULTS,
    FaultyFiles,
    Killed,
    as_files,
    memory_folder,
)
from vaultlint.changes import Undone, Written, settle, take_back, write_changes
from vaultlint.errors import VaultlintError
from vaultlint.folders import has_open_run
from vaultlint.journal import Change, NoJournal

OLD = {"a.md": b"one [[harvest]]\r\n", "Notes/b.md": b"\xef\xbb\xbftwo [[harvest]]\n"}
NEW = {"a.md": b"one [[Harvest]]\r\n", "Notes/b.md": b"\xef\xbb\xbftwo [[Harvest]]\n"}
CHANGES = [Change(path, OLD[path], NEW[path]) for path in OLD]


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a vault, in memory where there is such a thing; the journals lie beside it."""
    with tempfile.TemporaryDirectory(dir=memory_folder()) as folder:
        monkeypatch.setenv("VAULTLINT_STATE_DIR", str(Path(folder, "state")))
        yield Path(folder, "vault").resolve()


def fresh(root: Path) -> None:
    for folder in (root, root.parent / "state"):
        shutil.rmtree(folder, ignore_errors=True)
    for path, content in OLD.items():
        note = root / path
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_bytes(content)
        note.chmod(0o640)


def contents(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path in OLD}


def assert_whole(root: Path, where: str) -> dict[str, bytes]:
    now = contents(root)
    for path, content in now.items():
        assert content in (OLD[path], NEW[path]), where
        assert stat.S_IMODE((root / path).stat().st_mode) == 0o640, where
    return now


def attempt(files: FaultyFiles, act: Callable[[FaultyFiles], Written | Undone]) -> Written | Undone | str:
    try:
        return act(files)
    except VaultlintError:
        return "not begun"
    except (Killed, KeyboardInterrupt):
        return "dead"
    finally:
        files.end()


def undo_all(root: Path) -> None:
    """Take back run after run."""
    for _ in range(9):
        try:
            take_back(root)
        except VaultlintError as error:
            if str(error) != "there is nothing to take back":
                raise
            return


def runs(
    root: Path, before: Callable[[], None], act: Callable[[FaultyFiles], Written | Undone]
) -> Iterator[tuple[FaultyFiles, Written | Undone | str]]:
    """What comes of it, for every fault in every position."""
    for fault in FAULTS:
        for position in count():
            fresh(root)
            before()
            files = FaultyFiles(fault, position)
            outcome = attempt(files, act)
            yield files, outcome
            if files.ran_out:
                assert not isinstance(outcome, str)
                break


def test_whatever_fails_no_note_is_damaged_none_is_falsely_fixed_and_all_can_be_taken_back(
    root: Path,
) -> None:
    tried = 0
    for files, outcome in runs(
        root,
        lambda: None,
        lambda files: write_changes(root, CHANGES, [list(OLD)], "check --fix", files=as_files(files)),
    ):
        where = f"{files.where}: {outcome}"
        now = assert_whole(root, where)
        if isinstance(outcome, Written):
            assert all(now[path] == NEW[path] for path in outcome.paths), where
            told = {error.path for error in outcome.refused}
            assert set(outcome.paths) | told == set(OLD), where
            assert all(now[path] == OLD[path] for path in told) or outcome.problems, where
        if outcome == "not begun":
            assert now == OLD, where
        settle(root)
        now = assert_whole(root, where)
        assert now in (OLD, NEW) or isinstance(outcome, Written), where
        assert not has_open_run(str(root)), where
        if outcome == "dead":
            assert {path.name for path in root.rglob(".vl-*")} == set(), where
        undo_all(root)
        assert contents(root) == OLD, where
        assert_whole(root, where)
        tried += 1
    assert tried >= 1000


def test_whatever_fails_taking_back_can_be_finished(root: Path) -> None:
    tried = 0

    def fix() -> None:
        write_changes(root, CHANGES, (), "check --fix")

    for files, outcome in runs(root, fix, lambda files: take_back(root, files=as_files(files))):
        where = f"{files.where}: {outcome}"
        now = assert_whole(root, where)
        if isinstance(outcome, Undone):
            assert all(now[path] == OLD[path] for path in outcome.restored), where
            assert now == OLD or outcome.left, where
        undo_all(root)
        if contents(root) != OLD:  # a note that could not be read was left alone, which was told
            assert isinstance(outcome, Undone), where
            assert outcome.left, where
            assert take_back(root, 1).left == (), where
        assert contents(root) == OLD, where
        tried += 1
    assert tried >= 1000


def test_nothing_is_written_while_the_journal_cannot_be_kept(root: Path) -> None:
    fresh(root)
    for position in range(6):
        files = FaultyFiles("ENOSPC", position)
        with pytest.raises(NoJournal, match="nothing was written, since it could not be taken back"):
            write_changes(root, CHANGES, (), "check --fix", files=as_files(files))
        assert contents(root) == OLD
        assert sorted(path.name for path in root.iterdir()) == ["Notes", "a.md"]
