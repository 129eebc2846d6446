"""The benchmarks run, in their smallest form. What they measure is for people to judge."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.commands import CAT, CHANGED, COLD, DIFF, HOOK, IMPORTS, VERSION, WARM, has_cache
from benchmarks.hostile import _REPEATED, main, text_of
from benchmarks.picture import growth_picture
from benchmarks.vaults import make_vault

ROOT = Path(__file__).parent.parent


def _benchmarks(*arguments: str, folder: Path, module: str = "benchmarks") -> str:
    """What the command prints, with `folder` for temporary files."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "rules")))
    environment = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(folder)}
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _rows(report: str) -> set[str]:
    """The first cell of every row."""
    return {line.split("|")[1].strip() for line in report.splitlines() if line.startswith("|")}


def test_a_quick_run_tells_every_figure_and_writes_nothing(tmp_path: Path) -> None:
    written = ROOT / "benchmarks" / "results.md"
    before = written.read_bytes() if written.exists() else None
    report = _benchmarks("--quick", "--notes", "60", "--runs", "1", folder=tmp_path)
    expected = {COLD, VERSION, DIFF, CAT, IMPORTS, "60"} | ({WARM, CHANGED, HOOK} if has_cache() else set())
    assert expected <= _rows(report)
    assert "check of 60 notes / importing the libraries, wall" in _rows(report)
    assert (written.read_bytes() if written.exists() else None) == before


def test_a_real_vault_is_left_as_it_was(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    vault.mkdir()
    (vault / "a.md").write_text("[[b | c]]\n")
    folder = tmp_path / "temporary"
    folder.mkdir()
    report = _benchmarks(str(vault), "--profile", folder=folder)
    assert {"parse and outline", "note rules", "vault rules, sort", "render"} <= _rows(report)
    assert [path.name for path in vault.rglob("*")] == ["a.md"]
    assert (vault / "a.md").read_text() == "[[b | c]]\n"


def test_the_same_seed_makes_the_same_vault() -> None:
    vault = make_vault("lists", 20, seed=1)
    first = {path.name: path.read_bytes() for path in vault.folder.rglob("*.md")}
    vault.folder.with_suffix(".done").unlink()
    again = {path.name: path.read_bytes() for path in make_vault("lists", 20, seed=1).folder.rglob("*.md")}
    assert len(first) == vault.notes == 20
    assert again == first


def test_a_generated_vault_has_the_notes_that_were_asked_for() -> None:
    assert make_vault("topics", 60).notes == 60
    assert make_vault("topics", 600).notes == 600


def test_the_picture_of_growth_shows_every_point() -> None:
    drawn = growth_picture([(60, 0.1), (2_000, 0.4), (21_000, 3.5)])
    assert drawn.count("<circle") == 3
    assert "3.50 s" in drawn


def test_hostile_texts_have_the_length_that_was_asked_for() -> None:
    assert text_of("[[ and one ]]", 100) == "[[" * 49 + "]]"
    assert len(text_of("blanks", 1_000)) == 1_000


def test_every_hostile_text_goes_through_parser_and_rules() -> None:
    names = [name for name, (begin, _, end) in _REPEATED.items() if len(begin) + len(end) < 500]
    assert len(names) > 100
    assert main([*names[::12], "--size", "500"]) == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it has forked")
def test_a_run_that_is_killed_at_any_moment_leaves_every_note_whole_and_can_be_taken_back(
    tmp_path: Path,
) -> None:
    report = _benchmarks("--runs", "9", "--notes", "40", folder=tmp_path, module="benchmarks.kills")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in report.splitlines() if "| SIG" in line
    ]
    assert [row[0] for row in rows] == ["SIGKILL", "SIGTERM", "SIGINT"]
    assert [sum(map(int, row[1:])) for row in rows] == [3, 3, 3]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="saves notes in a process that it has forked")
def test_what_an_editor_saves_while_a_note_is_fixed_is_not_lost(tmp_path: Path) -> None:
    report = _benchmarks("--saves", "100", folder=tmp_path, module="benchmarks.editors")
    for kind in ("replace", "truncate"):
        (row,) = (line for line in report.splitlines() if line.startswith(f"| {kind} |"))
        saves, *rest = (int(cell) for cell in row.split("|")[2:-1])
        assert (saves, sum(rest)) == (100, 100)


def _may_mount() -> bool:
    """Whether this is a Linux that lets us mount images: there is a free loop device, and we may use it."""
    losetup = shutil.which("losetup")
    if sys.platform != "linux" or os.geteuid() != 0 or losetup is None or not shutil.which("mkfs.ext4"):
        return False
    held = next(line for line in Path("/proc/self/status").read_text().splitlines() if "CapEff" in line)
    may_administer = int(held.split()[1], 16) >> 21 & 1  # CAP_SYS_ADMIN, linux/capability.h
    free = subprocess.run([losetup, "-f"], capture_output=True, check=False)
    return bool(may_administer) and free.returncode == 0


@pytest.mark.skipif(not _may_mount(), reason="mounts an image")
def test_a_power_cut_leaves_every_note_whole(tmp_path: Path) -> None:
    report = _benchmarks("--cuts", "2", "--notes", "9", folder=tmp_path, module="benchmarks.power")
    assert report.startswith("2 power cuts over 9 notes: every note whole, every undo right; ")
