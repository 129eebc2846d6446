"""Standard input as a note of the vault."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.repositories import write
from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]
FIXABLE, FIXED = "---\nup: [[a]]\n---\n", '---\nup: "[[a]]"\n---\n'


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault of two notes, one of which has a finding; it is the working directory."""
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "vault"
    write(root, "vaultlint.toml", 'select = ["VL109", "VL201", "VL401"]\n')
    write(root, "a.md", "[[notes/b]] [[Gone]]\n")
    write(root, "notes/b.md", "[[a]]\n")
    monkeypatch.chdir(root)
    return root


def check(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, text: str | bytes, *arguments: str
) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `vaultlint check` with that text to read."""
    data = text.encode() if isinstance(text, str) else text
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    capsys.readouterr()
    status = main(["check", *arguments])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


@pytest.mark.parametrize("dash", [("-",), ()])
@pytest.mark.parametrize("warm", [False, True])
def test_the_text_is_checked_in_the_place_of_the_note(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, dash: tuple[str, ...], warm: bool
) -> None:
    if warm:
        main(["check"])
    told = check(capsys, monkeypatch, "[[a]]\n[[Lost]]\n", *dash, "--stdin-filename", "notes/b.md")
    assert told == (
        1,
        "notes/b.md:2:1 VL201 broken-link no note is named “Lost”\n\nFound 1 error in 1 note\n",
        "",
    )
    assert (vault / "notes/b.md").read_text() == "[[a]]\n"
    assert main(["check", "notes/b.md"]) == 0  # nothing of it is remembered


def test_a_note_that_is_not_there_yet_can_be_checked(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("new.md", "folder/new.md", str(vault / "folder/new.md")):
        _, out, _ = check(capsys, monkeypatch, "[[new]] [[a]] [[Lost]]\n", "--stdin-filename", name)
        assert [line.split()[1] for line in out.splitlines()[:2]] == ["VL401", "VL201"]


def test_programs_get_json(vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("--stdin-filename", "notes/b.md", "--format", "json")
    told = json.loads(check(capsys, monkeypatch, "[[Lost]]\r\n[[Lost]]", *arguments)[1])
    assert [(one["path"], one["range"]["start"]["line"]) for one in told["diagnostics"]] == [
        ("notes/b.md", 1),
        ("notes/b.md", 2),
    ]


def test_fix_prints_the_fixed_text_and_reports_on_standard_error(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"\ufeff{FIXABLE}[[Lost]]\n"
    status, out, err = check(capsys, monkeypatch, text, "--stdin-filename", "notes/b.md", "--fix")
    assert (status, out) == (1, f"\ufeff{FIXED}[[Lost]]\n")
    assert err == "notes/b.md:4:1 VL201 broken-link no note is named “Lost”\n\nFound 1 error in 1 note\n"
    assert (vault / "notes/b.md").read_text() == "[[a]]\n"


def test_fix_prints_a_text_without_fixes_as_it_is(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("--stdin-filename", "notes/b.md", "--fix", "--exit-non-zero-on-fix")
    assert check(capsys, monkeypatch, "x\r\n[[a]]", *arguments)[:2] == (0, "x\r\n[[a]]")
    assert check(capsys, monkeypatch, FIXABLE, *arguments)[:2] == (1, FIXED)


def test_diff_shows_what_fix_would_change(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = check(capsys, monkeypatch, FIXABLE, "--stdin-filename", "notes/b.md", "--diff")
    assert status == 1
    assert '-up: [[a]]\n+up: "[[a]]"\n' in out
    assert check(capsys, monkeypatch, FIXED, "--stdin-filename", "notes/b.md", "--diff")[:2] == (0, "")


def test_an_excluded_note_has_no_findings(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ("--stdin-filename", "notes/new.md", "--exclude", "notes/", "--fix")
    assert check(capsys, monkeypatch, FIXABLE, *arguments)[:2] == (0, FIXABLE)


def test_what_is_no_text_makes_the_run_incomplete(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    status, out, _ = check(capsys, monkeypatch, b"\xff[[Lost]]", "--stdin-filename", "notes/b.md")
    assert status == 2
    assert out.startswith("notes/b.md:1:1 VL001 unreadable-file cannot be read: not valid UTF-8")


@pytest.mark.parametrize(
    "arguments",
    [
        ["-"], ["a.md", "--stdin-filename", "a.md"], ["--stdin-filename", "a.txt"],
        ["--stdin-filename", ".obsidian/a.md"], ["--stdin-filename", "a.md", "--staged"],
        ["--stdin-filename", "a.md", "--add-suppressions"], ["--stdin-filename", ""],
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_an_error(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    status, out, err = check(capsys, monkeypatch, "x\n", *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("vaultlint: ")
