"""The command from outside: exit statuses, what is printed, what is written."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from vaultlint import arguments, cli
from vaultlint.cli import main

ROOT = Path(__file__).parent.parent
NOTES = {"a.md": "see [[Gone]]\n", "d/b.md": "[[a]]\n", "d/c.md": "[[a]] [[b]] [[Lost]]\n"}


def vault(folder: Path, notes: Mapping[str, str | bytes]) -> Path:
    """A vault with these notes."""
    (folder / ".obsidian").mkdir(parents=True, exist_ok=True)
    for path, text in notes.items():
        note = folder / path
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_bytes(text.encode() if isinstance(text, str) else text)
    return folder


def _selecting(arguments: Sequence[object]) -> list[str]:
    """The arguments, with two rules alone selected where they select none themselves."""
    given = list(map(str, arguments))
    return given if "--select" in given else [*given, "--select", "VL109,VL201"]


def check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `vaultlint check`."""
    capsys.readouterr()
    status = main(["check", *_selecting(arguments)])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


def report(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    """The JSON report of `vaultlint check`."""
    found: dict[str, Any] = json.loads(check(capsys, *arguments, "--format", "json")[1])
    return found


def command(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """A run of `python -m vaultlint` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "vaultlint", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'rules'}", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


Capture = pytest.CaptureFixture[str]


# --- exit status ------------------------------------------------------------------------------


def test_nothing_found_is_0(tmp_path: Path, capsys: Capture) -> None:
    status, out, _ = check(capsys, vault(tmp_path, {"a.md": "[[b]]\n", "b.md": "[[a]]\n"}))
    assert (status, out) == (0, "All good: nothing found in 2 notes.\n")


def test_something_found_is_1(tmp_path: Path, capsys: Capture) -> None:
    status, out, _ = check(capsys, vault(tmp_path, NOTES))
    assert status == 1
    assert out == (
        "a.md:1:5 VL201 broken-link no note is named “Gone”\n"
        "d/c.md:1:13 VL201 broken-link no note is named “Lost”\n\n"
        "Found 2 errors in 2 notes\n"
    )


def test_exit_zero_says_0_although_something_was_found(tmp_path: Path, capsys: Capture) -> None:
    assert check(capsys, vault(tmp_path, NOTES), "--exit-zero")[0] == 0


@pytest.mark.parametrize(("least", "status"), [("error", 0), ("warning", 1), ("info", 1)])
def test_fail_on_sets_the_severity_that_fails(
    tmp_path: Path, capsys: Capture, least: str, status: int
) -> None:
    notes = {"s.md": "[[N]]\n", "a/N.md": "[[s]]\n", "bb/N.md": "[[s]]\n"}
    found = check(capsys, vault(tmp_path, notes), "--select", "VL206", "--fail-on", least)
    assert found[0] == status
    assert "ambiguous-link" in found[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--select", "VL999"], ["--ignore", "no-such-rule"], ["--config", "no-such-file"],
        ["no-such-folder"], ["--output", "no/such/folder/x"],
    ],
)  # fmt: skip
def test_what_cannot_run_is_2_and_says_why(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.chdir(vault(tmp_path, NOTES))
    status, out, err = check(capsys, *arguments)
    assert (status, out) == (2, "")
    assert err.startswith("vaultlint: ")


@pytest.mark.parametrize("arguments", [["--no-such-option"], ["--jobs", "0"], ["--format", "xml"]])
def test_a_wrong_argument_is_2(capsys: Capture, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", *arguments])
    assert left.value.code == 2
    assert "usage: vaultlint" in capsys.readouterr().err


def test_no_command_prints_the_help_and_is_2(capsys: Capture) -> None:
    assert main([]) == 2
    assert "commands:" in capsys.readouterr().out


def test_a_folder_without_notes_is_2(tmp_path: Path, capsys: Capture) -> None:
    assert check(capsys, vault(tmp_path, {"a.txt": "x"}))[0] == 2


def test_a_note_that_is_not_utf8_makes_the_run_incomplete(tmp_path: Path, capsys: Capture) -> None:
    found = check(capsys, vault(tmp_path, {"a.md": "[[b]]\n", "b.md": b"[[a]] \xff"}), "--exit-zero")
    assert found[0] == 2
    assert "b.md:1:1 VL001 unreadable-file cannot be read: not valid UTF-8 at byte 6" in found[1]
    assert report(capsys, tmp_path)["complete"] is False


def test_an_unreadable_note_makes_diff_incomplete_too(tmp_path: Path, capsys: Capture) -> None:
    assert check(capsys, vault(tmp_path, {"a.md": "x\n", "b.md": b"\xff"}), "--diff")[0] == 2


def test_a_note_over_the_limit_of_size_is_reported_and_not_read(tmp_path: Path, capsys: Capture) -> None:
    vault(tmp_path, {"a.md": "x\n"})
    with (tmp_path / "big.md").open("wb") as big:
        big.truncate(10_000_001)
    status, out, _ = check(capsys, tmp_path)
    assert status == 2
    assert "big.md:1:1 VL001 unreadable-file cannot be read: 10,000,001 bytes" in out


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_cannot_be_listed_makes_the_run_incomplete(tmp_path: Path, capsys: Capture) -> None:
    vault(tmp_path, NOTES)
    (tmp_path / "d").chmod(0)
    try:
        status, out, _ = check(capsys, tmp_path)
    finally:
        (tmp_path / "d").chmod(0o700)
    assert status == 2
    assert "d:1:1 VL001" in out


def test_a_mistake_of_ours_is_2_and_shows_its_trace(tmp_path: Path) -> None:
    code = (
        "import sys, vaultlint.cli, vaultlint.__main__ as m\n"
        "def broken(arguments): raise ZeroDivisionError('ours')\n"
        "vaultlint.cli.main = broken; sys.exit(m.run())"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert result.returncode == 2
    assert b"ZeroDivisionError: ours" in result.stderr


# --- which files ------------------------------------------------------------------------------


def test_a_folder_below_the_root_filters_and_the_whole_vault_is_context(
    tmp_path: Path, capsys: Capture
) -> None:
    vault(tmp_path, NOTES)
    assert [one["path"] for one in report(capsys, tmp_path / "d")["diagnostics"]] == ["d/c.md"]
    assert report(capsys, tmp_path / "d")["summary"]["notes"] == 3


def test_notes_filter_as_folders_do(tmp_path: Path, capsys: Capture) -> None:
    vault(tmp_path, NOTES)
    assert check(capsys, tmp_path / "d/b.md")[0] == 0
    assert check(capsys, tmp_path / "d/b.md", tmp_path / "a.md")[0] == 1


def test_a_path_in_another_vault_is_refused(tmp_path: Path, capsys: Capture) -> None:
    one, other = vault(tmp_path / "one", NOTES), vault(tmp_path / "other", NOTES)
    status, _, err = check(capsys, one, other)
    assert status == 2
    assert "check one vault at a time" in err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_that_looks_like_a_note_is_never_opened(tmp_path: Path) -> None:
    vault(tmp_path, {"a.md": "x\n"})
    os.mkfifo(tmp_path / "x.md")
    assert command("check", "--select=VL201", tmp_path).returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="symlinks need rights elsewhere")
def test_a_symlink_out_of_the_vault_is_not_read(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "secret.md").write_text("[[Secret]]")
    root = vault(tmp_path / "v", {"a.md": "x\n"})
    (root / "s.md").symlink_to(tmp_path / "secret.md")
    (root / "loop.md").symlink_to(root / "loop.md")
    (root / "up").symlink_to(tmp_path)
    status, out, err = check(capsys, root)
    assert (status, out) == (0, "All good: nothing found in 1 note.\n")
    assert "s.md: a symlink out of the vault is not followed" in err


def test_hidden_files_are_silent_and_still_targets(tmp_path: Path, capsys: Capture) -> None:
    notes = {".gitignore": "old/\n", "old/x.md": "[[Gone]]", "e.md": "[[Gone]]", "a.md": "[[x]] [[e]]\n"}
    root = vault(tmp_path, notes)
    assert report(capsys, root, "--exclude", "e.md")["diagnostics"] == []
    assert len(report(capsys, root)["diagnostics"]) == 1


def test_dot_folders_hold_no_targets(tmp_path: Path, capsys: Capture) -> None:
    found = report(capsys, vault(tmp_path, {".trash/x.md": "x", "a.md": "[[x]]"}))["diagnostics"]
    assert [one["data"]["target"] for one in found] == ["x"]


def test_templates_may_have_links_still_to_be_filled_in(tmp_path: Path, capsys: Capture) -> None:
    notes = {
        ".obsidian/templates.json": '{"folder": "T"}',
        "T/day.md": "---\na: {{date}}\n---\n[[Gone]]\n",
        "a.md": "[[{{title}}]] [[<% tp.x %>]] [[day]]\n",
        "b.md": "[[Gone]]\n",
    }
    found = report(capsys, vault(tmp_path, notes))["diagnostics"]
    assert [(one["path"], one["code"]) for one in found] == [("b.md", "VL201")]


# --- output -----------------------------------------------------------------------------------


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    vault(tmp_path, NOTES)
    one = command("check", "--select=VL201", tmp_path, "--format", "json", PYTHONHASHSEED="1")
    two = command("check", "--select=VL201", tmp_path, "--format", "json", PYTHONHASHSEED="2")
    assert one.stdout == two.stdout != b""


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    notes = {
        f"{n % 7}/n{n}.md": f"[[n{n - 1}]] [[n{n + 1}|x]] [[N{n // 2}#h]] [[g{n % 9}]]\n# H\n"
        for n in range(450)
    }
    vault(tmp_path, {**notes, "bad.md": b"\xff"})
    for form in ("json", "text"):
        one = command("check", "--select=VL201", tmp_path, "--format", form, "--jobs", "1")
        two = command("check", "--select=VL201", tmp_path, "--format", form, "--jobs", "2")
        assert (one.returncode, two.returncode) == (2, 2)
        assert one.stdout == two.stdout


def test_output_goes_to_the_file_and_nowhere_else(tmp_path: Path, capsys: Capture) -> None:
    root = vault(tmp_path / "v", NOTES)
    printed = check(capsys, root, "--format", "json")[1]
    status, out, _ = check(capsys, root, "--format", "json", "--output", tmp_path / "out")
    assert (status, out) == (1, "")
    assert (tmp_path / "out").read_bytes() == printed.encode()


def test_text_shows_at_most_so_many_and_json_all(tmp_path: Path, capsys: Capture) -> None:
    root = vault(tmp_path, {"a.md": "".join(f"[[g{n}]]\n" for n in range(230))})
    count = "VL201 broken-link"
    assert check(capsys, root)[1].count(count) == 200
    assert "30 more" in check(capsys, root)[1]
    assert check(capsys, root, "--max-diagnostics", 5)[1].count(count) == 5
    assert check(capsys, root, "--max-diagnostics", 0)[1].count(count) == 230
    assert len(report(capsys, root, "--max-diagnostics", 5)["diagnostics"]) == 230


def test_no_colour_without_a_terminal_nor_with_no_color(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = vault(tmp_path, NOTES)
    assert "\x1b" not in check(capsys, root)[1]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" in check(capsys, root)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in check(capsys, root)[1]


@pytest.mark.skipif(os.name != "posix", reason="such names are not possible elsewhere")
def test_nothing_in_a_vault_can_steer_the_terminal(tmp_path: Path) -> None:
    vault(tmp_path, {"e\x1b[31m\n\u202ex.md": "[[G\x1b[2J\u202e\x07]]\n"})
    for form in ("text", "full", "json"):
        out = command("check", "--select=VL201", tmp_path, "--format", form).stdout.decode()
        assert out
        assert not set(out) & {"\x1b", "\x07", "\u202e"} or form == "json"
        assert "\x1b" not in out


@pytest.mark.skipif(sys.platform != "linux", reason="such names are not possible elsewhere")
@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_name_that_is_not_utf8_is_shown_and_checked_like_others(tmp_path: Path, locale: str) -> None:
    vault(tmp_path, {"a.md": "x\n"})
    (tmp_path / os.fsdecode(b"bad\xff.md")).write_text("[[Gone]]\n")
    text = command("check", "--select=VL201", tmp_path, LC_ALL=locale, PYTHONUTF8="0")
    assert (text.returncode, text.stderr) == (1, b"")
    assert b"bad\\xff.md:1:1 VL201" in text.stdout
    data = json.loads(
        command("check", "--select=VL201", tmp_path, "--format", "json", LC_ALL=locale, PYTHONUTF8="0").stdout
    )
    assert [one["path"] for one in data["diagnostics"]] == ["bad%FF.md"]


def test_a_console_that_cannot_show_a_character_shows_its_escape(tmp_path: Path) -> None:
    result = command(
        "check", "--select=VL201", vault(tmp_path, {"a.md": "[[Größe 标]]\n"}), PYTHONIOENCODING="ascii"
    )
    assert (result.returncode, result.stderr) == (1, b"")
    assert b"Gr\\xf6\\xdfe \\u6807" in result.stdout


def test_lines_and_columns_count_as_documented(tmp_path: Path, capsys: Capture) -> None:
    root = vault(tmp_path, {"a.md": "\ufeffa\u2028b\x0c\r\n🎉 [[Gone]]\r\n"})
    (found,) = report(capsys, root)["diagnostics"]
    assert found["range"] == {
        "start": {"line": 2, "column": 3, "offset": 8},
        "end": {"line": 2, "column": 11, "offset": 16},
    }


# --- fixes ------------------------------------------------------------------------------------

PADDED = "---\r\nup: [[b]]\r\n---\r\nkeep  this [[ b ]] and `[[ b ]]` \r\n[[Gone]]\r\n"
FIXED = '---\r\nup: "[[b]]"\r\n---\r\nkeep  this [[b]] and `[[ b ]]` \r\n[[Gone]]\r\n'
FIX = ("--select", "VL109,VL201,VL208", "--fix")


def test_a_fix_keeps_line_ends_and_mark_and_changes_only_what_was_reported(
    tmp_path: Path, capsys: Capture
) -> None:
    note = vault(tmp_path, {"a.md": b"\xef\xbb\xbf" + PADDED.encode(), "b.md": "[[a]]\n"}) / "a.md"
    status, out, err = check(capsys, tmp_path, *FIX)
    assert note.read_bytes() == b"\xef\xbb\xbf" + FIXED.encode()
    assert status == 1
    assert "VL201" in out
    assert "VL109" not in out
    assert err.startswith("vaultlint: fixed 2 findings in 1 note, left 1\n")


def test_a_second_fix_changes_nothing(tmp_path: Path, capsys: Capture) -> None:
    note = vault(tmp_path, {"a.md": PADDED, "b.md": "[[a]]\n"}) / "a.md"
    check(capsys, tmp_path, *FIX)
    before = note.stat()
    check(capsys, tmp_path, *FIX)
    assert (note.stat().st_ino, note.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_status_after_a_fix_is_that_of_what_remains(tmp_path: Path, capsys: Capture) -> None:
    notes = {"a.md": "---\nup: [[b]]\n---\n", "b.md": "[[a]]\n"}
    assert check(capsys, vault(tmp_path / "one", notes), "--fix")[0] == 0
    assert check(capsys, vault(tmp_path / "two", notes), "--fix", "--exit-non-zero-on-fix")[0] == 1
    assert check(capsys, tmp_path / "two", "--fix", "--exit-non-zero-on-fix")[0] == 0


def test_diff_prints_and_writes_nothing(tmp_path: Path, capsys: Capture) -> None:
    notes = {"a.md": "x\n\n---\n", "n.md": "---\nup: [[a]]\n---\n[[a]]\n"}
    root = vault(tmp_path, notes)
    status, out, _ = check(capsys, root, "--diff")
    assert status == 1
    assert '-up: [[a]]\n+up: "[[a]]"\n' in out
    assert (root / "n.md").read_text() == notes["n.md"]
    check(capsys, root, "--fix")
    assert check(capsys, root, "--diff")[:2] == (0, "")


def test_excluded_notes_are_not_fixed(tmp_path: Path, capsys: Capture) -> None:
    note = vault(tmp_path, {"a.md": "---\nup: [[b]]\n---\n", "b.md": "[[a]]\n"}) / "a.md"
    check(capsys, tmp_path, "--fix", "--exclude", "a.md")
    check(capsys, tmp_path / "b.md", "--fix")
    assert note.read_text() == "---\nup: [[b]]\n---\n"


LISTED = {
    "Hub.md": "- [[a]]\n- [[b]]\n",
    **dict.fromkeys(("a.md", "b.md", "new.md", "newer.md"), "From: [[Hub]]\n"),
    "lone.md": "---\nvaultlint: {orphan: ok}\n---\nFrom: [[Hub]]\n",
}


def test_orphans_are_listed_on_their_hub_when_guesses_are_asked_for(tmp_path: Path, capsys: Capture) -> None:
    hub = vault(tmp_path, LISTED) / "Hub.md"
    only = ("--select", "VL401", "--unsafe-fixes")
    assert [one["fixes"] for one in report(capsys, tmp_path, *only)["diagnostics"]] == [[], []]
    check(capsys, tmp_path, "--fix", "--select", "VL401")
    check(capsys, tmp_path, "--fix", *only, "--exclude", "Hub.md")
    check(capsys, tmp_path / "new.md", "--fix", *only)
    assert hub.read_text() == LISTED["Hub.md"]
    assert check(capsys, tmp_path, "--fix", *only)[2].startswith("vaultlint: fixed 2 findings in 1 note\n")
    assert hub.read_text() == "- [[a]]\n- [[b]]\n- [[new]]\n- [[newer]]\n"
    assert check(capsys, tmp_path, "--diff", *only)[:2] == (0, "")


# --- the other commands -----------------------------------------------------------------------


def test_rules_lists_every_rule_once_in_order(capsys: Capture) -> None:
    assert main(["rules"]) == 0
    codes = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert codes == sorted(set(codes))
    assert {"VL001", "VL005", "VL201"} <= set(codes)


@pytest.mark.parametrize("rule", ["VL201", "vl201", "broken-link", "Broken-Link"])
def test_explain_prints_the_page(capsys: Capture, rule: str) -> None:
    assert main(["explain", rule]) == 0
    assert capsys.readouterr().out.startswith("# broken-link (VL201)\n")


def test_explain_suggests_the_nearest_name(capsys: Capture) -> None:
    assert main(["explain", "broken-lnk"]) == 2
    assert "did you mean “broken-link”?" in capsys.readouterr().err


def test_every_mistake_of_a_configuration_stands_on_a_line(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "vaultlint.toml").write_text("selct = []\nignor = []\n", encoding="utf-8")
    status, _, err = check(capsys, tmp_path)
    assert status == 2
    assert err.splitlines() == [
        f"vaultlint: {tmp_path}/vaultlint.toml:1: unknown key “selct”; did you mean “select”?",
        f"vaultlint: {tmp_path}/vaultlint.toml:2: unknown key “ignor”; did you mean “ignore”?",
    ]


def test_version_and_help() -> None:
    assert command("--version").stdout.startswith(b"vaultlint ")
    assert command("-V").returncode == 0
    shown = command("--help")
    assert shown.returncode == 0
    assert b"exit status:" in shown.stdout
    assert b"--exit-non-zero-on-fix" in command("check", "--help").stdout


def test_a_reader_that_goes_away_is_no_crash(tmp_path: Path) -> None:
    vault(tmp_path, {"a.md": "".join(f"[[g{n}]]\n" for n in range(3000))})
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'rules'}"}
    with subprocess.Popen(
        [sys.executable, "-m", "vaultlint", "check", str(tmp_path), "--format", "json"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()


@pytest.mark.parametrize("name", arguments._COMMANDS)
def test_the_arguments_of_one_command_are_those_it_has_among_all(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    helps = []
    for known in (arguments.parser(name), arguments.parser()):
        with pytest.raises(SystemExit):
            known.parse_args([name, "--help"])
        helps.append(capsys.readouterr().out)
    assert helps[0] == helps[1]


def test_all_commands_have_arguments() -> None:
    assert cli._COMMANDS.keys() == arguments._COMMANDS.keys()
