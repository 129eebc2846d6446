"""Formats on the command line: which one is chosen, several at once, and paths in the repository."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def vault(folder: Path) -> Path:
    """A vault with a broken link and an unquoted link, a folder of a repository."""
    (folder / ".git").mkdir()
    notes = folder / "my notes"
    (notes / ".obsidian").mkdir(parents=True)
    (notes / "a.md").write_text("---\nup: [[b]]\n---\nsee [[Gone]]\n")
    (notes / "b.md").write_text("[[a]]\n")
    return notes


def check(capsys: Capture, *arguments: object) -> tuple[int, str]:
    """Exit status and standard output of `vaultlint check`."""
    capsys.readouterr()
    status = main(["check", *map(str, arguments), "--select", "VL109,VL201"])
    return status, capsys.readouterr().out


@pytest.mark.parametrize("name", ["github", "gitlab", "sarif", "junit", "rdjson", "markdown"])
def test_paths_are_relative_to_the_repository_and_another_run_says_the_same(
    tmp_path: Path, capsys: Capture, name: str
) -> None:
    notes = vault(tmp_path)
    status, out = check(capsys, notes, "--format", name)
    assert status == 1
    assert any(path in out for path in ("my notes/a.md", "my%20notes/a.md", "my notes/a&#46;md"))
    assert check(capsys, notes, "--format", name) == (1, out)


@pytest.mark.parametrize("name", ["text", "full", "concise", "json", "jsonl"])
def test_other_paths_are_relative_to_the_vault(tmp_path: Path, capsys: Capture, name: str) -> None:
    assert "my notes" not in check(capsys, vault(tmp_path), "--format", name)[1]


def test_a_vault_that_becomes_a_folder_of_a_repository_is_told_anew(tmp_path: Path, capsys: Capture) -> None:
    notes = vault(tmp_path)
    (tmp_path / ".git").rmdir()
    assert "file=a.md" in check(capsys, notes, "--format", "github")[1]
    (tmp_path / ".git").write_text("gitdir: elsewhere\n")
    assert "file=my notes/a.md" in check(capsys, notes, "--format", "github")[1]


@pytest.mark.parametrize(("value", "beginning"), [("true", "::error file="), ("", "a.md:2:5 VL109")])
def test_auto_is_github_under_github_actions_and_else_text(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, value: str, beginning: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", value)
    assert check(capsys, vault(tmp_path), "--format", "auto")[1].startswith(beginning)


def test_several_reports_at_once_are_those_of_runs_for_each(tmp_path: Path, capsys: Capture) -> None:
    notes = vault(tmp_path)
    sarif, markdown = tmp_path / "a.sarif", tmp_path / "a=b.md"
    status, out = check(
        capsys, notes, "--format", "json", "--report", f"sarif={sarif}", "--report", f"markdown={markdown}"
    )
    assert (status, out) == check(capsys, notes, "--format", "json")
    assert sarif.read_text() == check(capsys, notes, "--format", "sarif")[1]
    assert markdown.read_text() == check(capsys, notes, "--format", "markdown")[1]


def test_reports_are_told_by_processes_as_by_one(tmp_path: Path, capsys: Capture) -> None:
    notes = vault(tmp_path)
    for number in range(300):
        (notes / f"{number}.md").write_text("[[Nowhere]]\n")
    one, two = tmp_path / "one", tmp_path / "two"
    check(capsys, notes, "--jobs", "1", "--report", f"sarif={one}")
    check(capsys, notes, "--jobs", "2", "--report", f"sarif={two}")
    assert len(json.loads(one.read_bytes())["runs"][0]["results"]) == 302
    assert one.read_bytes() == two.read_bytes()


def test_a_fix_and_a_report_are_one_run(tmp_path: Path, capsys: Capture) -> None:
    notes, file = vault(tmp_path), tmp_path / "a.jsonl"
    check(capsys, notes, "--fix", "--report", f"jsonl={file}")
    assert [json.loads(line)["code"] for line in file.read_text().splitlines()] == ["VL201"]


@pytest.mark.parametrize("report", ["sarif", "sarif=", "xml=a.xml", "=a"])
def test_a_report_without_a_file_or_a_known_format_is_refused(capsys: Capture, report: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", "--report", report])
    assert left.value.code == 2
    assert "must be FORMAT=FILE" in capsys.readouterr().err


def test_a_report_that_cannot_be_written_is_said(tmp_path: Path, capsys: Capture) -> None:
    notes = vault(tmp_path)
    assert main(["check", str(notes), "--report", f"sarif={tmp_path}/no/such"]) == 2
    assert "cannot write “" in capsys.readouterr().err


def test_a_patch_is_no_report(tmp_path: Path, capsys: Capture) -> None:
    assert main(["check", str(vault(tmp_path)), "--diff", "--report", "sarif=a"]) == 2
    assert "leave out --report" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
@pytest.mark.parametrize("name", ["text", "json"])
def test_a_standard_output_that_takes_nothing_is_told_in_a_sentence(tmp_path: Path, name: str) -> None:
    command = [
        sys.executable,
        "-m",
        "vaultlint",
        "check",
        str(vault(tmp_path)),
        "--no-cache",
        "--format",
        name,
    ]
    with open("/dev/full", "wb") as full:
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (
        2, "vaultlint: cannot write to standard output: No space left on device\n"
    )  # fmt: skip
