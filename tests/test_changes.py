"""What changed since a commit, and what is staged: what is told of it, and what it broke elsewhere."""

import json
import os
import random
import subprocess
from pathlib import Path

import pytest

from tests.repositories import git, write
from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault with old findings in a folder of a larger repository."""
    top = tmp_path / "repo"
    root = top / "my vault"
    write(root, "vaultlint.toml", 'select = ["VL201", "VL202", "VL204", "VL401"]\n')
    write(root, "hub.md", "[[a]] [[b]] [[d/c]] [[Old gap]]\n")
    write(root, "a.md", "# A\n\n## Part\n\n[[hub]] [[b]] ![[pic.png]]\n")
    write(root, "b.md", "[[a#Part]] [[Another old gap]]\n")
    write(root, "d/c.md", "[[a]] [[hub]]\n")
    write(root, "pic.png", "no picture")
    write(root, "ignored.png", "no picture")
    write(root, ".gitignore", "ignored*\n")
    write(top, "elsewhere.md", "[[a]]\n")
    git(top, "init", "-q", "-b", "main")
    git(top, "add", "-A")
    git(top, "commit", "-q", "-m", "base")
    return root


def check(capsys: Capture, root: Path, *arguments: object) -> tuple[int, list[str]]:
    """Exit status, and the findings of `vaultlint check`: place, code and message."""
    capsys.readouterr()
    status = main(["check", str(root), "--max-diagnostics", "0", *map(str, arguments)])
    lines = capsys.readouterr().out.splitlines()
    return status, lines[: lines.index("")] if "" in lines else []


# --- since a commit ---------------------------------------------------------------------------


def test_nothing_is_told_where_nothing_changed(vault: Path, capsys: Capture) -> None:
    assert len(check(capsys, vault)[1]) == 2
    assert check(capsys, vault, "--since", "HEAD") == (0, [])
    assert check(capsys, vault, "--staged") == (0, [])


def test_all_findings_of_a_changed_note_are_told(vault: Path, capsys: Capture) -> None:
    write(vault, "b.md", "[[a#Part]] [[Another old gap]] [[New gap]]\n")
    assert check(capsys, vault, "--since", "HEAD") == (
        1,
        [
            "b.md:1:12 VL201 broken-link no note is named “Another old gap”",
            "b.md:1:32 VL201 broken-link no note is named “New gap”",
        ],
    )


def test_a_new_note_is_a_changed_one_in_git_or_not(vault: Path, capsys: Capture) -> None:
    write(vault, "new.md", "[[Gone]] [[hub]]\n")
    expected = [
        "new.md:1:1 VL201 broken-link no note is named “Gone”",
    ]
    assert check(capsys, vault, "--since", "HEAD", "--ignore", "VL401") == (1, expected)
    git(vault, "add", "new.md")
    assert check(capsys, vault, "--since", "HEAD", "--ignore", "VL401") == (1, expected)


def test_a_deleted_note_breaks_the_notes_that_link_to_it(vault: Path, capsys: Capture) -> None:
    (vault / "d/c.md").unlink()
    assert check(capsys, vault, "--since", "HEAD") == (
        1,
        ["hub.md:1:13 VL201 broken-link no note is named “d/c”"],
    )


def test_a_renamed_note_breaks_the_notes_that_link_to_it(vault: Path, capsys: Capture) -> None:
    git(vault, "mv", "a.md", "z.md")
    told = [line.split(" no ")[0] for line in check(capsys, vault, "--since", "HEAD")[1]]
    assert (
        told
        == [
            "b.md:1:1 VL201 broken-link",
            "d/c.md:1:1 VL201 broken-link",
            "hub.md:1:1 VL201 broken-link",
            "z.md:1:1 VL401 orphan-note",
        ][: len(told)]
    )
    assert len(told) >= 3


def test_a_heading_that_went_breaks_the_links_to_it(vault: Path, capsys: Capture) -> None:
    write(vault, "a.md", "# A\n\n## Piece\n\n[[hub]] [[b]] ![[pic.png]]\n")
    assert check(capsys, vault, "--since", "HEAD")[1] == [
        "b.md:1:1 VL202 broken-heading “a.md” has no heading “Part”",
    ]


def test_a_deleted_picture_breaks_the_notes_that_show_it(vault: Path, capsys: Capture) -> None:
    (vault / "pic.png").unlink()
    status, told = check(capsys, vault, "--since", "HEAD")
    assert status == 1
    assert [line.split()[1] for line in told] == ["VL204"]


def test_what_git_ignores_was_there_before_and_is_there_now(vault: Path, capsys: Capture) -> None:
    write(vault, "b.md", "[[a#Part]] ![[ignored.png]]\n")
    git(vault, "add", "-A")
    assert check(capsys, vault, "--since", "HEAD") == (0, [])
    assert check(capsys, vault, "--staged") == (0, [])


def test_a_branch_answers_for_its_own_changes_only(vault: Path, capsys: Capture) -> None:
    git(vault, "checkout", "-q", "-b", "branch")
    write(vault, "d/c.md", "[[a]] [[Mine]]\n")
    git(vault, "commit", "-q", "-a", "-m", "mine")
    git(vault, "checkout", "-q", "main")
    write(vault, "b.md", "[[a#Part]]\n")
    git(vault, "commit", "-q", "-a", "-m", "theirs")
    git(vault, "checkout", "-q", "branch")
    assert check(capsys, vault, "--since", "main")[1] == [
        "d/c.md:1:7 VL201 broken-link no note is named “Mine”",
    ]


def test_other_line_ends_are_no_change(vault: Path, capsys: Capture) -> None:
    (vault / "b.md").write_bytes(b"[[a#Part]] [[Another old gap]]\r\n")
    assert check(capsys, vault, "--since", "HEAD") == (0, [])


def test_the_paths_still_say_where_to_look(vault: Path, capsys: Capture) -> None:
    (vault / "d/c.md").unlink()
    write(vault, "b.md", "[[Gone]]\n")
    assert len(check(capsys, vault / "b.md", "--since", "HEAD")[1]) == 1


def test_findings_of_the_baseline_are_left_out(vault: Path, capsys: Capture) -> None:
    main(["baseline", str(vault)])
    write(vault, "b.md", "[[a#Part]] [[Another old gap]] [[New gap]]\n")
    assert check(capsys, vault, "--since", "HEAD")[1] == [
        "b.md:1:32 VL201 broken-link no note is named “New gap”",
    ]


def test_fix_mends_the_changed_notes_only(vault: Path, capsys: Capture) -> None:
    write(vault, "vaultlint.toml", 'select = ["VL109"]\n')
    write(vault, "a.md", "---\nup: [[b]]\n---\n")
    git(vault, "commit", "-q", "-a", "-m", "old")
    write(vault, "b.md", "---\nup: [[a]]\n---\n")
    assert check(capsys, vault, "--since", "HEAD", "--fix") == (0, [])
    assert (vault / "a.md").read_text() == "---\nup: [[b]]\n---\n"
    assert (vault / "b.md").read_text() == '---\nup: "[[a]]"\n---\n'


def test_what_cannot_be_asked_is_an_error(vault: Path, tmp_path: Path, capsys: Capture) -> None:
    assert check(capsys, vault, "--since", "nothing")[0] == 2
    assert check(capsys, vault, "--since=--output=x")[0] == 2
    assert check(capsys, vault, "--since", "HEAD", "--staged")[0] == 2
    assert check(capsys, vault, "--staged", "--fix")[0] == 2
    write(tmp_path, "no repository/a.md", "x\n")
    assert check(capsys, tmp_path / "no repository", "--staged")[0] == 2


# --- what is staged ---------------------------------------------------------------------------


def test_what_is_staged_is_told_not_what_lies_on_the_disk(vault: Path, capsys: Capture) -> None:
    write(vault, "d/c.md", "[[a]]\n\n[[Staged gap]]\n")
    git(vault, "add", "-A")
    write(vault, "d/c.md", "[[a]]\n")
    write(vault, "b.md", "[[Gap that is not staged]]\n")
    assert check(capsys, vault, "--staged") == (
        1,
        ["d/c.md:3:1 VL201 broken-link no note is named “Staged gap”"],
    )


def test_a_link_to_a_note_that_is_not_staged_is_broken(vault: Path, capsys: Capture) -> None:
    write(vault, "forgotten.md", "[[hub]]\n")
    write(vault, "d/c.md", "[[a]] [[forgotten]]\n")
    git(vault, "add", "d/c.md")
    assert check(capsys, vault, "--staged")[1] == [
        "d/c.md:1:7 VL201 broken-link no note is named “forgotten”"
    ]
    git(vault, "add", "-N", "forgotten.md")
    assert check(capsys, vault, "--staged")[0] == 1
    git(vault, "add", "forgotten.md")
    assert check(capsys, vault, "--staged") == (0, [])


def test_a_staged_deletion_breaks_links_though_the_file_is_there_again(vault: Path, capsys: Capture) -> None:
    git(vault, "rm", "-q", "--cached", "d/c.md")
    assert check(capsys, vault, "--staged")[1] == ["hub.md:1:13 VL201 broken-link no note is named “d/c”"]


def test_a_file_that_is_gone_from_the_disk_only_breaks_nothing(vault: Path, capsys: Capture) -> None:
    (vault / "a.md").unlink()
    (vault / "pic.png").unlink()
    assert check(capsys, vault, "--staged") == (0, [])


def test_the_first_commit_can_be_checked(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "vault/a.md", "[[Gone]]\n")
    git(tmp_path / "vault", "init", "-q")
    git(tmp_path / "vault", "add", "-A")
    assert check(capsys, tmp_path / "vault", "--staged", "--select", "VL201")[0] == 1


def test_the_index_of_a_running_commit_counts(
    vault: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`git commit -a` runs its hooks with an index of its own."""
    write(vault, "d/c.md", "[[a]] [[Gap]]\n")
    other = tmp_path / "next-index"
    other.write_bytes((vault / "../.git/index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    assert check(capsys, vault, "--staged") == (0, [])
    subprocess.run(["git", "add", "-A"], cwd=vault, check=True)
    assert check(capsys, vault, "--staged")[0] == 1
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert check(capsys, vault, "--staged") == (0, [])


@pytest.mark.skipif(os.name == "nt", reason="such names")
def test_odd_names_are_names(vault: Path, capsys: Capture) -> None:
    for name in ("line\nbreak.md", 'quo"te\\.md', "tab\t.md", os.fsdecode(b"\xff.md"), "ü 漢.md", "-x.md"):
        write(vault, name, "[[hub]] [[Gone]]\n")
    git(vault, "add", "-A")
    assert len(check(capsys, vault, "--staged", "--select", "VL201")[1]) == 6
    git(vault, "commit", "-q", "-m", "odd")
    assert check(capsys, vault, "--staged") == (0, [])
    (vault / "hub.md").unlink()
    assert len(check(capsys, vault, "--since", "HEAD", "--select", "VL201")[1]) == 8


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_symbolic_links_are_the_files_that_they_lead_to(vault: Path, tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "secret.md", "[[Secret]]\n")
    (vault / "alias.md").symlink_to("d/c.md")
    (vault / "out.md").symlink_to(tmp_path / "secret.md")
    write(vault, "d/c.md", "[[a]] [[Gap]]\n")
    git(vault, "add", "-A")
    told = check(capsys, vault, "--staged", "--select", "VL201")[1]
    assert [line.split(":")[0] for line in told] == ["alias.md", "d/c.md"]
    (vault / "alias.md").unlink()
    assert check(capsys, vault, "--staged", "--select", "VL201")[1] == told


def test_a_staged_note_that_is_no_text_makes_the_run_incomplete(vault: Path, capsys: Capture) -> None:
    (vault / "d/c.md").write_bytes(b"\xff\xfe")
    git(vault, "add", "-A")
    write(vault, "d/c.md", "[[a]]\n")
    status, told = check(capsys, vault, "--staged")
    assert status == 2
    assert told[0].startswith("d/c.md:1:1 VL001 ")


@pytest.mark.skipif(os.name == "nt", reason="scripts")
def test_no_filter_of_the_repository_is_run(vault: Path, tmp_path: Path, capsys: Capture) -> None:
    trap = tmp_path / "sprung"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    for key in ("filter.x.clean", "filter.x.smudge", "diff.x.textconv", "core.fsmonitor", "diff.external"):
        git(vault, "config", key, str(script))
    (vault / "../.git/info").mkdir(exist_ok=True)
    (vault / "../.git/info/attributes").write_text("*.md filter=x diff=x\n")
    write(vault, "d/c.md", "[[a]] [[Gap]]\n")
    trap.unlink(missing_ok=True)
    assert check(capsys, vault, "--since", "HEAD")[0] == 1
    assert check(capsys, vault, "--staged")[0] == 0
    assert not trap.exists()


# --- equal to two whole runs ------------------------------------------------------------------

TEXTS = ("[[a]]", "[[b]]", "[[hub]]", "[[d/c]]", "[[new]]", "[[a#Part]]", "[[b#Other]]", "![[pic.png]]",
         "[[Gone]]", "\n# Part\n", "\n# Other\n", "[[gone]]", "![[ignored.png]]")  # fmt: skip
PATHS = ("a.md", "b.md", "d/c.md", "hub.md", "new.md", "d/new.md", "pic.png", "x.canvas")


def mutate(root: Path, chance: random.Random) -> None:
    """Change something, as people do."""
    path = root / chance.choice(PATHS)
    if path.exists() and chance.random() < 0.3:
        path.unlink()
    elif path.suffix == ".canvas":
        card = {"id": "1", "type": "text", "text": f"[[{chance.choice('abz')}]]"}
        write(root, path.name, json.dumps({"nodes": [card]}))
    else:
        text = " ".join(chance.choices(TEXTS, k=4)) + "\n"
        write(root, str(path.relative_to(root)), text)


@pytest.mark.parametrize("seed", range(8))
def test_what_a_change_broke_is_what_two_whole_runs_differ_in(
    vault: Path, tmp_path: Path, capsys: Capture, seed: int
) -> None:
    chance = random.Random(seed)
    write(vault, "vaultlint.toml", 'select = ["ALL"]\nignore = ["VL405"]\n')
    git(vault, "commit", "-q", "-a", "-m", "all rules")
    for _ in range(4):
        before = dict.fromkeys(found(capsys, vault))
        for _ in range(chance.randrange(1, 4)):
            mutate(vault, chance)
        git(vault, "add", "-A")
        changed = git(
            vault,
            "-c",
            "core.quotePath=false",
            "diff",
            "--cached",
            "--name-only",
            "--relative",
            "--no-renames",
        ).splitlines()
        now = found(capsys, vault)
        expected = [one for one in now if one[0] in changed or one not in before]
        assert found(capsys, vault, "--since", "HEAD") == expected
        assert found(capsys, vault, "--staged") == expected
        git(vault, "commit", "-q", "--allow-empty", "-m", "step")


def found(capsys: Capture, root: Path, *arguments: object) -> list[tuple[str, str]]:
    """Path and fingerprint of each finding."""
    capsys.readouterr()
    main(["check", str(root), "--format", "json", *map(str, arguments)])
    told = json.loads(capsys.readouterr().out)
    return [(one["path"], one["fingerprint"]) for one in told["diagnostics"]]


# --- an old vault, as the acceptance has it ---------------------------------------------------


def test_in_an_old_vault_exactly_what_a_commit_breaks_is_told(vault: Path, capsys: Capture) -> None:
    main(["baseline", str(vault)])
    git(vault, "add", "-A")
    git(vault, "commit", "-q", "-m", "a line is drawn")
    assert check(capsys, vault) == (0, [])

    write(vault, "d/c.md", "[[a]] [[Broken today]]\n")
    git(vault, "add", "-A")
    one = ["d/c.md:1:7 VL201 broken-link no note is named “Broken today”"]
    assert check(capsys, vault) == (1, one)
    assert check(capsys, vault, "--staged") == (1, one)
    assert check(capsys, vault, "--since", "HEAD") == (1, one)
    git(vault, "reset", "-q", "--hard")

    git(vault, "rm", "-q", "a.md")
    for arguments in ((), ("--staged",), ("--since", "HEAD")):
        status, told = check(capsys, vault, *arguments)
        assert status == 1
        assert [line.split(" no note")[0] for line in told] == [
            "b.md:1:1 VL201 broken-link",
            "d/c.md:1:1 VL201 broken-link",
            "hub.md:1:1 VL201 broken-link",
        ]
