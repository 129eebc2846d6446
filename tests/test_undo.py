"""`vaultlint undo`: what a run wrote is taken back, byte for byte, and nothing else."""

import errno
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.faults import Killed, KilledAfter, as_files
from vaultlint import changes, journal
from vaultlint.changes import Written, write_changes
from vaultlint.cli import main
from vaultlint.files import OS_FILES
from vaultlint.folders import state_folder
from vaultlint.journal import Change
from vaultlint.write import write_note

Capture = pytest.CaptureFixture[str]

OLD = {
    "a.md": b"\xef\xbb\xbf---\r\nup: [[b]]\r\n---\r\nkeep  this \r\n",
    "b.md": b"---\nup: [[a]]\n---\n[[a]] [[d]] no line end",
    "d.md": b"[[a]]\n",
}
NEW = {
    "a.md": b'\xef\xbb\xbf---\r\nup: "[[b]]"\r\n---\r\nkeep  this \r\n',
    "b.md": b'---\nup: "[[a]]"\n---\n[[a]] [[d]] no line end',
    "d.md": b"[[a]]\n",
}
SAMPLE = Path(__file__).parent.parent / "fixtures" / "sample-vault"
TIME = r"\d{4}-\d\d-\d\d \d\d:\d\d"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAULTLINT_STATE_DIR", str(tmp_path / "state"))
    vault = tmp_path / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    for path, content in OLD.items():
        (vault / path).write_bytes(content)
    (vault / "a.md").chmod(0o640)
    return vault


def contents(root: Path) -> dict[str, bytes]:
    return {path: (root / path).read_bytes() for path in OLD if (root / path).exists()}


def state(root: Path) -> dict[str, tuple[int, bytes]]:
    """The mode and the bytes of every file of a vault."""
    return {
        path.relative_to(root).as_posix(): (path.stat().st_mode, path.read_bytes())
        for path in root.rglob("*")
        if path.is_file()
    }


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `vaultlint`."""
    capsys.readouterr()
    status = main([str(argument) for argument in arguments])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


def fix(capsys: Capture, root: Path, *options: str) -> str:
    """What a run with `--fix` tells."""
    return run(capsys, "check", root, "--fix", "--select", "VL109", *options)[2]


def undo(capsys: Capture, root: Path, *options: str) -> tuple[int, str]:
    """Exit status of `vaultlint undo`, and what it tells without the time."""
    status, out, err = run(capsys, "undo", root, *options)
    assert out == ""
    return status, _without_times(err)


def _without_times(text: str) -> str:
    return re.sub(TIME, "TIME", text)


def listed(capsys: Capture, root: Path) -> list[str]:
    """The runs that `--list` shows, without the time."""
    status, out, err = run(capsys, "undo", root, "--list")
    assert (status, err) == (0, "")
    return [" ".join(line.split()) for line in _without_times(out).splitlines()]


def journals(root: Path) -> list[Path]:
    return sorted(path for path in state_folder().glob("*/*") if path.name != "lock")


def cut_after(root: Path, call: str, number: int, groups: tuple[tuple[str, ...], ...] = ()) -> None:
    """A run like `check --fix` that is killed behind the call of that name and number."""
    made = [Change(path, OLD[path], NEW[path]) for path in OLD]
    files = KilledAfter(call, number)
    with pytest.raises(Killed):
        write_changes(root, made, groups, "check --fix", files=as_files(files))
    files.end()


# --- taking back ------------------------------------------------------------------------------


def test_undo_gives_back_every_byte_and_the_mode(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    assert contents(root) == NEW
    assert undo(capsys, root) == (
        0,
        "vaultlint: took back run 1, “check --fix” of TIME: 2 notes restored, 0 left alone\n",
    )
    assert contents(root) == OLD
    assert stat.S_IMODE((root / "a.md").stat().st_mode) == 0o640
    assert {path.name for path in root.iterdir()} == {".obsidian", *OLD}


def test_undo_again_takes_back_the_run_before(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    run(capsys, "check", root, "--select", "VL401", "--add-suppressions")
    (root / "c.md").write_bytes(b"[[b]]\n")
    run(capsys, "check", root, "--select", "VL401", "--add-suppressions")
    assert b"VL401" in (root / "c.md").read_bytes()
    assert undo(capsys, root)[0] == 0
    assert (root / "c.md").read_bytes() == b"[[b]]\n"
    assert contents(root) == NEW
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD
    assert undo(capsys, root) == (2, "vaultlint: there is nothing to take back\n")


def test_a_vault_that_was_fixed_in_every_way_reads_again_as_before(root: Path, capsys: Capture) -> None:
    shutil.copytree(SAMPLE, root, dirs_exist_ok=True)
    (root / "guess.md").write_bytes(b"[[Tomatos]]\r\n")
    for number, note in enumerate(sorted(root.rglob("*.md"))):
        note.chmod((0o600, 0o640, 0o644, 0o755)[number % 4])
    states = [state(root)]
    for options in (["--fix"], ["--fix", "--unsafe-fixes"], ["--add-suppressions"]):
        for _ in range(2):
            run(capsys, "check", root, "--select", "ALL", *options)
            states.append(state(root))
    first, fixed, again, guessed, guessed_again, suppressed, suppressed_again = states
    assert first != fixed == again != guessed == guessed_again != suppressed == suppressed_again
    for before in (guessed, fixed, first):
        assert undo(capsys, root)[0] == 0
        assert state(root) == before
    assert undo(capsys, root) == (2, "vaultlint: there is nothing to take back\n")


def test_a_run_that_wrote_nothing_is_none(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    fix(capsys, root)
    run(capsys, "check", root, "--fix", "--diff")
    assert [path.name for path in journals(root)] == ["000001.done"]


def test_a_note_that_was_changed_since_is_left_alone_and_told(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    (root / "a.md").write_bytes(b"mine")
    assert undo(capsys, root) == (
        1,
        "vaultlint: a.md: not restored: it was changed since\n"
        "vaultlint: took back run 1, “check --fix” of TIME: 1 note restored, 1 left alone\n",
    )
    assert contents(root) == {**OLD, "a.md": b"mine"}


def test_a_note_that_is_gone_stays_gone(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    (root / "a.md").unlink()
    assert undo(capsys, root)[1].startswith("vaultlint: a.md: not restored: there is no such file\n")
    assert not (root / "a.md").exists()


def test_a_note_that_somebody_has_put_back_is_no_problem(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    (root / "a.md").write_bytes(OLD["a.md"])
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD


def test_an_undo_that_could_not_write_is_tried_again(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    (root / "a.md").chmod(0o440)
    status, told = undo(capsys, root)
    assert (status, contents(root)) == (1, {**OLD, "a.md": NEW["a.md"]})
    assert "a.md: not restored: it is read-only\n" in told
    (root / "a.md").chmod(0o640)
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD


def test_an_undo_can_be_taken_back_by_its_number(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    undo(capsys, root)
    assert undo(capsys, root, "--run", "2")[0] == 0
    assert contents(root) == NEW
    assert listed(capsys, root)[:3] == [
        "3 TIME undo of run 2 2 notes",
        "2 TIME undo of run 1 2 notes taken back",
        "1 TIME check --fix 2 notes",
    ]
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD


def test_what_there_is_to_take_back_is_listed(root: Path, capsys: Capture) -> None:
    assert listed(capsys, root) == ["nothing was written in this vault that could be taken back"]
    fix(capsys, root, "--unsafe-fixes")
    assert listed(capsys, root) == [
        "1 TIME check --fix --unsafe-fixes 2 notes",
        f"The last 20 runs are kept in “{journals(root)[0].parent}”",
    ]


def test_a_run_that_is_not_known_is_no_run(root: Path, capsys: Capture) -> None:
    assert undo(capsys, root, "--run", "7") == (
        2,
        "vaultlint: the journal knows no run 7; `vaultlint undo --list` shows those it knows\n",
    )


def test_a_single_note_is_no_vault(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    assert undo(capsys, root / "a.md")[0] == 2
    assert contents(root) == NEW


# --- the journal ------------------------------------------------------------------------------


def test_the_old_bytes_are_on_the_disk_before_the_first_note_is_touched(root: Path) -> None:
    calls: list[tuple[str, str]] = []

    class Listed:
        def __getattr__(self, name: str) -> Callable[..., Any]:
            def call(*args: Any) -> Any:
                where = next((str(each) for each in args if isinstance(each, Path)), "")
                calls.append((name, "journal" if "state" in where else "note" if "vault" in where else ""))
                return getattr(OS_FILES, name)(*args)

            return call

    files: Any = Listed()
    write_changes(root, [Change("a.md", OLD["a.md"], NEW["a.md"])], (), "check --fix", files=files)
    before = calls[: calls.index(("open", "note"))]
    assert [call for call in before if call[0] in ("open", "write", "fsync", "replace")][-6:] == [
        ("open", "journal"),
        ("write", ""),
        ("fsync", ""),
        ("replace", "journal"),
        ("open", "journal"),
        ("fsync", ""),
    ]


def test_the_journal_is_outside_the_vault_and_the_users_alone(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    (file,) = journals(root)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(state_folder().stat().st_mode) == 0o700
    assert not file.is_relative_to(root)


def test_clearing_the_cache_keeps_the_journal(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(state_folder()))
    fix(capsys, root)
    assert run(capsys, "cache", "clear")[0] == 0
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD


@pytest.mark.parametrize("where", ["vault/state", "vault/.obsidian/state"])
def test_a_journal_in_the_vault_is_refused_and_nothing_is_written(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    folder = root.parent / where
    monkeypatch.setenv("VAULTLINT_STATE_DIR", str(folder))
    status, out, err = run(capsys, "check", root, "--fix", "--select", "VL109")
    assert (status, out) == (2, "")
    assert err == (
        f"vaultlint: nothing was written, since it could not be taken back: the journal folder “{folder}” "
        "is in the vault; VAULTLINT_STATE_DIR can name another folder for the journal\n"
    )
    assert contents(root) == OLD


def test_a_journal_that_cannot_be_kept_is_told_and_nothing_is_written(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAULTLINT_STATE_DIR", str(root / "a.md" / "state"))
    monkeypatch.setenv("VAULTLINT_STATE_DIR", str(root.parent / "file" / "state"))
    (root.parent / "file").write_bytes(b"")
    status, _, err = run(capsys, "check", root, "--fix", "--select", "VL109")
    assert status == 2
    assert "nothing was written, since it could not be taken back: no journal can be kept in" in err
    assert contents(root) == OLD


def test_a_check_without_a_journal_needs_no_folder(root: Path, capsys: Capture) -> None:
    run(capsys, "check", root)
    run(capsys, "check", root, "--diff")
    assert not state_folder().exists()


def test_the_last_twenty_runs_are_kept(root: Path, capsys: Capture) -> None:
    for number in range(23):
        write_changes(root, [Change("d.md", b"[[a]]\n", b"x%d" % number)], (), "check --fix")
        (root / "d.md").write_bytes(b"[[a]]\n")
    assert [path.stem for path in journals(root)] == [f"{number:06}" for number in range(4, 24)]


def test_large_runs_push_older_ones_out(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "BYTES_KEPT", 1500)
    note = root / "d.md"
    for size in (10, 20, 700, 30, 5000):
        note.write_bytes(b"x" * size)
        write_changes(root, [Change("d.md", b"x" * size, b"new")], (), "check --fix")
        if size == 30:
            assert [path.name for path in journals(root)] == ["000003.done", "000004.done"]
    assert [path.name for path in journals(root)] == ["000005.done"]


@pytest.mark.parametrize("place", [5, 60, 120, 300])
def test_a_damaged_journal_is_told_and_never_trusted(root: Path, capsys: Capture, place: int) -> None:
    write_changes(root, [Change("d.md", OLD["d.md"], b"other")], (), "check --fix")
    fix(capsys, root)
    file = journals(root)[-1]
    data = bytearray(file.read_bytes())
    data[place] ^= 1
    file.write_bytes(data)
    status, told = undo(capsys, root)
    assert (status, contents(root)) == (2, {**NEW, "d.md": b"other"})
    assert told == (
        f"vaultlint: run 2 cannot be taken back: “{file}” is damaged, or was written by another version; "
        "`vaultlint undo --run 1` takes back the run before it\n"
    )
    assert "is damaged" in listed(capsys, root)[0]
    assert undo(capsys, root, "--run", "1")[0] == 0
    assert contents(root) == {**NEW, "d.md": OLD["d.md"]}


@pytest.mark.parametrize("keep", [0, 10, 100, 400, -1])
def test_half_a_journal_is_told_and_never_trusted(root: Path, capsys: Capture, keep: int) -> None:
    fix(capsys, root)
    (file,) = journals(root)
    file.write_bytes(file.read_bytes()[:keep])
    status, told = undo(capsys, root)
    assert (status, contents(root)) == (2, NEW)
    assert told.startswith(f"vaultlint: run 1 cannot be taken back: “{file}” is damaged")


def test_a_note_whose_bytes_in_the_journal_are_damaged_is_left_alone(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    (file,) = journals(root)
    file.write_bytes(file.read_bytes().replace(b"no line end", b"no line-end"))
    status, told = undo(capsys, root)
    assert (status, contents(root)) == (1, {**OLD, "b.md": NEW["b.md"]})
    assert "b.md: not restored: the journal is damaged where it holds this note\n" in told


@pytest.mark.skipif(sys.platform != "linux", reason="such names are not possible elsewhere")
def test_a_name_that_is_not_utf8_is_taken_back(root: Path, capsys: Capture) -> None:
    name = os.fsdecode(b"bad\xff.md")
    (root / name).write_bytes(OLD["a.md"])
    fix(capsys, root)
    assert (root / name).read_bytes() == NEW["a.md"]
    assert undo(capsys, root)[0] == 0
    assert (root / name).read_bytes() == OLD["a.md"]


# --- notes that are changed together ----------------------------------------------------------


def test_notes_that_are_changed_together_are_all_written_or_none(root: Path) -> None:
    (root / "b.md").chmod(0o440)
    made = [Change(path, OLD[path], b"new") for path in OLD]
    done = write_changes(root, made, [["a.md", "b.md"], ["d.md"]], "check --fix")
    assert done.paths == ("d.md",)
    assert [str(error) for error in done.refused] == [
        "b.md: it is read-only",
        "a.md: “b.md”, which is to be changed with it, was not: it is read-only",
    ]
    assert contents(root) == {**OLD, "d.md": b"new"}
    changes.take_back(root)
    assert contents(root) == OLD


def test_a_run_whose_notes_were_all_refused_is_none(root: Path) -> None:
    made = [Change("a.md", b"something else", b"new")]
    assert write_changes(root, made, (), "check --fix").paths == ()
    assert journals(root) == []


def test_nothing_to_write_is_no_run(root: Path) -> None:
    assert write_changes(root, [Change("a.md", b"x", b"x")], (), "check --fix") == Written((), (), ())
    assert not state_folder().exists()


class Unreadable:
    """The system's calls; a note cannot be looked at, once `since` has been called, if that is given."""

    def __init__(self, name: str, since: str | None = None) -> None:
        self.name = name
        self.since = since

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if self.since is None and name == "lstat" and args[0].name == self.name:
                raise OSError(errno.EIO, "injected")
            result = getattr(OS_FILES, name)(*args)
            if name == self.since:
                self.since = None
                raise OSError(errno.EIO, "injected")
            return result

        return call


@pytest.mark.skipif(sys.platform != "linux", reason="names are exchanged on Linux")
def test_a_note_that_may_have_been_written_all_the_same_is_told_and_can_be_taken_back(
    root: Path,
) -> None:
    files: Any = Unreadable("a.md", since="exchange")
    done = write_changes(root, [Change("a.md", OLD["a.md"], NEW["a.md"])], (), "check --fix", files=files)
    assert contents(root) == {**OLD, "a.md": NEW["a.md"]}
    assert (done.paths, [str(error) for error in done.refused]) == ((), ["a.md: the disk reports an error"])
    assert done.problems == ("a.md: may have been changed all the same; `vaultlint undo` takes that back",)
    assert changes.take_back(root).restored == ("a.md",)
    assert contents(root) == OLD


def test_a_note_that_cannot_be_read_after_a_cut_can_be_taken_back_later(root: Path) -> None:
    cut_after(root, "exchange", 0)
    files: Any = Unreadable("a.md")
    changes.settle(root, files=files)
    assert changes.take_back(root).restored == ("a.md",)
    assert contents(root) == OLD


# --- runs that were cut off -------------------------------------------------------------------

CUT = "“check --fix” was cut off on TIME, when 1 of 2 notes were written"
WHAT_NOW = "`vaultlint undo` takes them back, `vaultlint check --fix` goes on"


def test_a_run_that_was_cut_off_is_told_by_the_next_one(root: Path, capsys: Capture) -> None:
    cut_after(root, "exchange", 0)
    assert contents(root) == {**OLD, "a.md": NEW["a.md"]}
    for _ in range(2):
        told = _without_times(run(capsys, "check", root, "--select", "VL109")[2])
        assert told == f"vaultlint: {CUT}; {WHAT_NOW}\n"
    assert undo(capsys, root) == (
        0,
        "vaultlint: took back run 1, “check --fix” of TIME: 1 note restored, 0 left alone\n",
    )
    assert contents(root) == OLD
    assert run(capsys, "check", root, "--select", "VL109")[2] == ""


def test_a_recalled_report_tells_of_it_too(root: Path, capsys: Capture) -> None:
    for _ in range(3):
        first = run(capsys, "check", root, "--select", "VL109")
    cut_after(root, "replace", 0)  # nothing is changed yet
    assert run(capsys, "check", root, "--select", "VL109") == first
    cut_after(root, "exchange", 0)
    (root / "a.md").write_bytes(OLD["a.md"])
    (root / "b.md").write_bytes(NEW["b.md"])
    assert CUT in _without_times(run(capsys, "check", root, "--select", "VL109")[2])


def test_the_next_fix_goes_on_where_a_run_was_cut_off(root: Path, capsys: Capture) -> None:
    cut_after(root, "exchange", 0)
    told = _without_times(fix(capsys, root))
    assert told.startswith(f"vaultlint: {CUT}; {WHAT_NOW}\n")
    assert contents(root) == NEW
    assert {path.name for path in root.iterdir()} == {".obsidian", *OLD}
    assert run(capsys, "check", root, "--select", "VL109")[2] == ""
    assert listed(capsys, root)[:2] == ["2 TIME check --fix 1 note", "1 TIME check --fix 1 note cut off"]
    undo(capsys, root)
    undo(capsys, root)
    assert contents(root) == OLD


def test_a_run_that_was_cut_off_before_it_wrote_leaves_nothing(root: Path, capsys: Capture) -> None:
    cut_after(root, "replace", 0)
    assert run(capsys, "check", root, "--select", "VL109")[2] == ""
    assert undo(capsys, root) == (2, "vaultlint: there is nothing to take back\n")
    assert journals(root) == []


def test_half_of_what_is_changed_together_is_put_back_by_the_next_fix(root: Path, capsys: Capture) -> None:
    cut_after(root, "exchange", 0, (("a.md", "b.md"),))
    assert contents(root) == {**OLD, "a.md": NEW["a.md"]}
    told = fix(capsys, root)
    assert "vaultlint: a.md: put back, since the notes that are changed with it were not\n" in told
    assert contents(root) == NEW
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD


def test_what_somebody_saved_at_the_moment_of_the_cut_is_kept(root: Path, capsys: Capture) -> None:
    cut_after(root, "exchange", 0)
    (left,) = root.glob(".vl-*.swap")
    left.write_bytes(b"saved by an editor")
    told = fix(capsys, root)
    assert f"what somebody saved when a run was cut off is in “{left.stem}.kept”\n" in told
    assert (root / f"{left.stem}.kept").read_bytes() == b"saved by an editor"


def test_a_run_that_was_cut_off_while_it_closed_its_journal_was_not_cut_off(
    root: Path, capsys: Capture
) -> None:
    fix(capsys, root)
    (done,) = journals(root)
    open_one = done.with_suffix(".open")
    shutil.copyfile(done, open_one)
    assert run(capsys, "check", root, "--select", "VL109")[2] == ""
    assert listed(capsys, root)[0] == "1 TIME check --fix 2 notes"
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD
    assert not open_one.exists()


def test_a_run_that_was_cut_off_and_whose_journal_is_damaged_is_told_and_not_touched(
    root: Path, capsys: Capture
) -> None:
    cut_after(root, "exchange", 0)
    (file,) = journals(root)
    file.write_bytes(file.read_bytes()[:-1])
    told = "vaultlint: a run was cut off, and its journal cannot be used: “"
    assert run(capsys, "check", root, "--select", "VL109")[2].startswith(f"{told}{file}” is damaged: ")
    assert fix(capsys, root).startswith(f"{told}{file}” is damaged: ")
    assert contents(root) == NEW
    assert undo(capsys, root)[0] == 0
    assert contents(root) == {**OLD, "a.md": NEW["a.md"]}
    assert undo(capsys, root)[0] == 2


def test_an_undo_that_was_cut_off_goes_on(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    files = KilledAfter("exchange", 0)
    with pytest.raises(Killed):
        changes.take_back(root, files=as_files(files))
    files.end()
    told = _without_times(run(capsys, "check", root, "--select", "VL109")[2])
    assert "when 1 of 2 notes were written; `vaultlint undo` goes on\n" in told
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD
    assert undo(capsys, root) == (2, "vaultlint: there is nothing to take back\n")


def test_while_another_process_writes_none_does(root: Path, capsys: Capture) -> None:
    fix(capsys, root)
    kept = journal.Journal(root, OS_FILES)
    (root / "a.md").write_bytes(OLD["a.md"])
    with kept.locked():
        busy = "vaultlint: nothing was written: another vaultlint is writing in this vault\n"
        assert run(capsys, "check", root, "--fix", "--select", "VL109")[::2] == (2, busy)
        assert undo(capsys, root) == (2, busy)
        assert contents(root) == {**NEW, "a.md": OLD["a.md"]}
        kept.begin([Change("a.md", OLD["a.md"], NEW["a.md"])], (), "check --fix", None)
        assert run(capsys, "check", root, "--select", "VL109")[2] == ""  # it is at work, not cut off


# --- told to end ------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.usefixtures("listening")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_a_run_that_is_told_to_end_finishes_the_note_and_says_what_to_do(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    def told_to_end(*args: Any, **kwargs: Any) -> None:
        if contents(root) == OLD:
            os.kill(os.getpid(), number)
        write_note(*args, **kwargs)

    monkeypatch.setattr(changes, "write_note", told_to_end)
    assert run(capsys, "check", root, "--fix", "--select", "VL109") == (
        status,
        "",
        f"vaultlint: interrupted: 1 of 2 notes were written; {WHAT_NOW}\n",
    )
    assert contents(root) == {**OLD, "a.md": NEW["a.md"]}
    monkeypatch.undo()
    monkeypatch.setenv("VAULTLINT_STATE_DIR", str(root.parent / "state"))
    assert CUT in _without_times(run(capsys, "check", root, "--select", "VL109")[2])
    assert undo(capsys, root)[0] == 0
    assert contents(root) == OLD


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.usefixtures("listening")
def test_a_run_that_is_told_to_end_with_its_last_note_ends_as_told_and_was_not_cut_off(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told_to_end(*args: Any, **kwargs: Any) -> None:
        write_note(*args, **kwargs)
        if contents(root) == NEW:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(changes, "write_note", told_to_end)
    status, _, err = run(capsys, "check", root, "--fix", "--select", "VL109")
    assert (status, err) == (143, f"vaultlint: interrupted: 2 of 2 notes were written; {WHAT_NOW}\n")
    assert [path.name for path in journals(root)] == ["000001.done"]


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.usefixtures("listening")
def test_whoever_says_it_twice_does_not_wait_for_the_note(
    root: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told_to_end(*args: Any, **kwargs: Any) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError

    monkeypatch.setattr(changes, "write_note", told_to_end)
    status, _, err = run(capsys, "check", root, "--fix", "--select", "VL109")
    assert (status, err) == (130, "vaultlint: interrupted: 0 of 2 notes were written\n")
    assert contents(root) == OLD


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_what_is_ignored_stays_ignored(root: Path) -> None:
    code = (
        "import os, signal\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "from vaultlint.signals import put_off, stoppable\n"
        "with stoppable(), put_off() as stop:\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "    stop()\n"
        "print('went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "went on\n"
