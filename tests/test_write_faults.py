"""Every call of the system that a write makes fails once in every way: the note is whole all the same."""

import os
from itertools import count
from pathlib import Path

import pytest

from tests.faults import ERRNOS, FAULTS, FaultyFiles, Killed, as_files
from vaultlint.write import NotRead, NotWritten, read_bytes_safely, write_note

OLD = b"one [[harvest]]\r\n" * 40
NEW = b"one [[Harvest]]\n" * 50


def attempt(root: Path, files: FaultyFiles) -> str:
    """`written`, `refused`, or `dead`."""
    try:
        write_note(root, "Notes/a.md", OLD, NEW, files=as_files(files))
    except NotWritten:
        return "refused"
    except (Killed, KeyboardInterrupt):
        return "dead"
    finally:
        files.end()
    return "written"


def vault(root: Path) -> Path:
    note = root / "Notes" / "a.md"
    note.parent.mkdir(parents=True)
    note.write_bytes(OLD)
    note.chmod(0o640)
    if hasattr(os, "setxattr"):
        os.setxattr(note, "user.origin", b"phone")
    (note.parent / ".vl-999999999-0.tmp").write_bytes(b"left over")
    return note


@pytest.mark.parametrize("exchanges", [True, False], ids=["exchange", "replace"])
def test_whatever_call_fails_the_note_is_the_old_or_the_new_one(tmp_path: Path, exchanges: bool) -> None:
    runs = 0
    for fault in FAULTS:
        for position in count():
            root = tmp_path / f"{fault}-{position}"
            note = vault(root)
            files = FaultyFiles(fault, position, exchanges=exchanges)
            outcome = attempt(root, files)
            where = files.where
            content = note.read_bytes()
            assert content in (OLD, NEW), where
            if outcome == "written":
                assert content == NEW, where
                assert note.stat().st_mode & 0o777 == 0o640, where
                assert os.getxattr(note, "user.origin") == b"phone", where
            if outcome == "refused":
                assert content == OLD, where
            runs += 1
            if files.ran_out:
                assert outcome == "written"
                break
    assert runs >= 1000


def test_a_refused_note_leaves_no_temporary_file(tmp_path: Path) -> None:
    for fault in ERRNOS:
        for position in count():
            root = tmp_path / f"{fault}-{position}"
            note = vault(root)
            files = FaultyFiles(fault, position)
            outcome = attempt(root, files)
            if outcome == "refused":
                left = {entry.name for entry in note.parent.iterdir()} - {".vl-999999999-0.tmp"}
                assert left == {"a.md"}, f"{fault} at call {position}"
            if files.ran_out:
                break


@pytest.mark.parametrize("fault", ERRNOS)
@pytest.mark.parametrize("position", range(7))
def test_whatever_call_fails_a_note_is_read_whole_or_not_at_all(
    tmp_path: Path, fault: str, position: int
) -> None:
    vault(tmp_path)
    with pytest.raises(NotRead) as caught:
        read_bytes_safely(tmp_path, "Notes/a.md", files=as_files(FaultyFiles(fault, position)))
    assert caught.value.path == "Notes/a.md"


def test_short_reads_are_put_together(tmp_path: Path) -> None:
    vault(tmp_path)
    assert read_bytes_safely(tmp_path, "Notes/a.md", files=as_files(FaultyFiles("short", 5))) == OLD
