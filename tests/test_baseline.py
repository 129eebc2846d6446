"""An old vault with a baseline: what was there is left out, what is new is told, what is gone is named."""

import json
import os
import time
from pathlib import Path

import pytest

import vaultlint
from tests.repositories import git, write
from vaultlint import engine, recall
from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]
NAME = ".vaultlint-baseline.json"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def old(tmp_path: Path, capsys: Capture) -> Path:
    """A vault with three old findings, two of which are equal, and their baseline."""
    root = tmp_path / "vault"
    write(root, "vaultlint.toml", 'select = ["VL201"]\n')
    write(root, "a.md", "[[Gone]] [[b]]\n\n[[Gone]]\n")
    write(root, "d/b.md", "[[a]] [[Lost]]\n")
    assert run(capsys, "baseline", root)[0] == 0
    return root


def run(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the command."""
    capsys.readouterr()
    status = main(list(map(str, arguments)))
    streams = capsys.readouterr()
    return status, streams.out, streams.err


# --- recording --------------------------------------------------------------------------------


def test_a_baseline_is_sorted_with_a_line_for_each_entry(old: Path) -> None:
    lines = (old / NAME).read_text("utf-8").splitlines()
    told = json.loads("".join(lines))
    assert told["schema_version"] == 1
    assert list(told["findings"]) == ["a.md", "d/b.md"]
    (entry,) = told["findings"]["a.md"].items()
    assert entry[0].startswith("VL201 ")
    assert entry[1] == 2
    assert len(lines) == 11


def test_recording_says_how_much_and_where(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "vault/a.md", "[[Gone]]\n")
    monkeypatch.chdir(tmp_path / "vault")
    status, out, err = run(capsys, "baseline", "--select", "VL201")
    assert (status, err) == (0, "")
    assert out == f"recorded 1 finding in {NAME}; “vaultlint check” speaks of new ones only\n"


def test_a_baseline_is_not_written_over_unless_asked(old: Path, capsys: Capture) -> None:
    write(old, "a.md", "[[Gone]] [[b]] [[New]]\n")
    before = (old / NAME).read_text("utf-8")
    status, _, err = run(capsys, "baseline", old)
    assert status == 2
    assert "“vaultlint baseline --update” puts today's in its place" in err
    assert (old / NAME).read_text("utf-8") == before
    status, out, _ = run(capsys, "baseline", old, "--update")
    assert status == 0
    assert out.endswith(": 1 new, 1 gone\n")
    assert run(capsys, "check", old)[:2] == (
        0,
        "All good: nothing new found in 2 notes.\nOf the baseline 3 findings are left.\n",
    )


def test_nothing_is_recorded_of_a_vault_that_cannot_be_read(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "vault/a.md", "[[Gone]]\n")
    (tmp_path / "vault/b.md").write_bytes(b"\xff\xfe")
    status, _, err = run(capsys, "baseline", tmp_path / "vault")
    assert status == 2
    assert "nothing was recorded" in err
    assert not (tmp_path / "vault" / NAME).exists()


def test_a_damaged_baseline_is_an_error_that_update_mends(old: Path, capsys: Capture) -> None:
    for text in (
        "{",
        "[]",
        '{"schema_version": 1, "findings": {"a.md": {"VL201 x": 0}}}',
        '{"schema_version": 2}',
    ):
        write(old, NAME, text)
        status, _, err = run(capsys, "check", old)
        assert status == 2
        assert f"{NAME}: " in err
    assert run(capsys, "baseline", old, "--update")[0] == 0
    assert run(capsys, "check", old)[0] == 0


@pytest.mark.skipif(os.name == "nt", reason="names that are not Unicode")
def test_a_file_whose_name_is_not_unicode_is_recorded_too(old: Path, capsys: Capture) -> None:
    write(old, os.fsdecode(b"\xff%.md"), "[[Never]]\n")
    run(capsys, "baseline", old, "--update")
    assert "%FF%25.md" in json.loads((old / NAME).read_text("utf-8"))["findings"]
    assert run(capsys, "check", old)[0] == 0


# --- checking ---------------------------------------------------------------------------------


def test_old_findings_are_left_out_and_counted(old: Path, capsys: Capture) -> None:
    assert run(capsys, "check", old) == (
        0,
        "All good: nothing new found in 2 notes.\nOf the baseline 3 findings are left.\n",
        "",
    )


def test_a_new_finding_fails_and_is_told_alone(old: Path, capsys: Capture) -> None:
    write(old, "d/b.md", "[[a]] a line\n\n[[Fresh]] [[Lost]]\n")
    assert run(capsys, "check", old)[:2] == (
        1,
        "d/b.md:3:1 VL201 broken-link no note is named “Fresh”\n\n"
        "Found 1 new error in 1 note\nOf the baseline 3 findings are left.\n",
    )


def test_one_more_of_the_same_is_new(old: Path, capsys: Capture) -> None:
    write(old, "a.md", "[[Gone]] [[b]]\n\n[[Gone]]\n[[Gone]]\n")
    status, out, _ = run(capsys, "check", old)
    assert status == 1
    assert out.startswith("a.md:4:1 VL201 ")
    assert out.count("VL201") == 1


def test_what_is_gone_is_named(old: Path, capsys: Capture) -> None:
    write(old, "a.md", "[[b]]\n")
    (old / "d/b.md").unlink()
    write(old, "b.md", "[[a]]\n")
    assert run(capsys, "check", old)[:2] == (
        0,
        "All good: nothing new found in 2 notes.\n"
        "Of the baseline 0 findings are left and 3 are gone, which “vaultlint baseline --update” forgets:\n"
        "  a.md VL201 (2 times)\n"
        "  d/b.md VL201\n",
    )


def test_programs_are_told_too(old: Path, capsys: Capture) -> None:
    write(old, "a.md", "[[Gone]] [[b]]\n")
    told = json.loads(run(capsys, "check", old, "--format", "json")[1])
    from vaultlint.report.schema import ReportModel

    ReportModel.model_validate(told)
    (entry,) = json.loads((old / NAME).read_text("utf-8"))["findings"]["a.md"]
    fingerprint = entry.split(" ")[1]
    assert told["baseline"] == {
        "left": 2,
        "gone": [{"path": "a.md", "code": "VL201", "fingerprint": fingerprint, "times": 1}],
    }
    (old / NAME).unlink()
    assert "baseline" not in json.loads(run(capsys, "check", old, "--format", "json")[1])


def test_only_what_was_looked_at_can_be_gone(old: Path, capsys: Capture) -> None:
    write(old, "a.md", "[[b]]\n")
    assert "gone" not in run(capsys, "check", old / "d")[1]
    assert "gone" not in run(capsys, "check", old, "--select", "VL401")[1]
    assert "2 are gone" in run(capsys, "check", old / "a.md")[1]


def test_no_baseline_shows_everything(old: Path, capsys: Capture) -> None:
    for arguments in (("--no-baseline",), ("--isolated", "--select", "VL201")):
        status, out, _ = run(capsys, "check", old, *arguments)
        assert status == 1
        assert "Found 3 errors in 2 notes" in out


def test_what_makes_a_run_incomplete_is_never_old(old: Path, capsys: Capture) -> None:
    from vaultlint.assembly import open_linter  # what a person could write in by hand
    from vaultlint.baseline import Baseline
    from vaultlint.config import Config

    (old / "c.md").write_bytes(b"\xff")
    linter = open_linter(old, Config(), {})
    linter.read()
    write(old, NAME, Baseline.of(linter.report().diagnostics).text())
    status, out, _ = run(capsys, "check", old)
    assert status == 2
    assert "VL001" in out


def test_the_warm_cache_sees_a_changed_baseline(old: Path, capsys: Capture) -> None:
    fresh = "Found 3 new errors in 2 notes"
    whole = (old / NAME).read_text("utf-8")
    for _ in range(2):
        assert run(capsys, "check", old)[0] == 0
    write(old, NAME, '{"schema_version": 1, "findings": {}}')
    for _ in range(2):
        assert fresh in run(capsys, "check", old)[1]
    write(old, NAME, whole)
    for _ in range(2):
        assert run(capsys, "check", old)[0] == 0
    (old / NAME).unlink()
    for _ in range(2):
        assert run(capsys, "check", old)[0] == 1


def test_what_is_kept_of_other_notes_counts_after_an_edit(
    old: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(recall, "now", lambda: time.time_ns() + 3_600_000_000_000)  # all files are old
    monkeypatch.setattr(engine, "_TOLD_AT_ONCE", 1)
    write(old, "c.md", "[[a]]\n")
    write(old, "d/b.md", "[[a]]\n")
    run(capsys, "check", old)
    write(old, "c.md", "[[a]] [[Fresh]]\n")
    told = run(capsys, "check", old)
    assert told == run(capsys, "check", old, "--no-cache")
    assert "Of the baseline 2 findings are left and 1 is gone" in told[1]


def test_a_configuration_names_another_file(old: Path, capsys: Capture) -> None:
    (old / NAME).unlink()
    write(old, "team/base.toml", 'baseline = "../old.json"\n')
    write(old, "vaultlint.toml", 'extend = "team/base.toml"\nselect = ["VL201"]\n')
    assert run(capsys, "check", old)[0] == 1
    assert run(capsys, "baseline", old)[0] == 0
    assert (old / "old.json").is_file()
    assert run(capsys, "check", old)[0] == 0
    assert "old.json" in run(capsys, "config", old)[1]


def test_fix_leaves_old_findings_alone(old: Path, capsys: Capture) -> None:
    write(old, "vaultlint.toml", 'select = ["VL109"]\n')
    write(old, "a.md", "---\nup: [[b]]\n---\n")
    run(capsys, "baseline", old, "--update")
    write(old, "d/b.md", "---\nup: [[a]]\n---\n")
    assert run(capsys, "check", old, "--fix")[0] == 0
    assert (old / "a.md").read_text() == "---\nup: [[b]]\n---\n"
    assert (old / "d/b.md").read_text() == '---\nup: "[[a]]"\n---\n'
    run(capsys, "check", old, "--fix", "--no-baseline")
    assert (old / "a.md").read_text() == '---\nup: "[[b]]"\n---\n'


def test_python_code_sees_the_baseline_too(old: Path) -> None:
    report = vaultlint.lint(old)
    assert report.diagnostics == ()
    assert report.baseline is not None
    assert report.baseline.left == 3
    assert len(vaultlint.lint(old, baseline=False).diagnostics) == 3


# --- pull requests ----------------------------------------------------------------------------


@pytest.fixture
def repository(old: Path) -> Path:
    """The same vault in git; the last commit breaks a link and hides that in the baseline."""
    git(old, "init", "-q", "-b", "main")
    git(old, "add", "-A")
    git(old, "commit", "-q", "-m", "base")
    git(old, "tag", "base")
    write(old, "d/b.md", "[[a]] [[Lost]] [[Fresh]]\n")
    main(["baseline", str(old), "--update"])
    git(old, "commit", "-q", "-a", "-m", "hide it")
    return old


def test_a_pull_request_cannot_hide_what_it_breaks(repository: Path, capsys: Capture) -> None:
    assert run(capsys, "check", repository)[0] == 0
    for arguments in (("--config-from", "base"), ("--untrusted", "--config-from", "base")):
        for _ in range(2):
            status, out, _ = run(capsys, "check", repository, *arguments)
            assert status == 1
            assert "Found 1 new error in 1 note" in out
            assert "“Fresh”" in out
    git(repository, "tag", "-f", "base", "main")
    assert run(capsys, "check", repository, "--config-from", "base")[0] == 0


def test_without_a_revision_an_untrusted_vault_has_no_baseline(repository: Path, capsys: Capture) -> None:
    status, out, _ = run(capsys, "check", repository, "--untrusted", "--select", "VL201")
    assert status == 1
    assert "Found 4 errors" in out
