"""What git tells of notes that are gone."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import commit, git, write
from vaultlint import engine, recall
from vaultlint import git_log as reading
from vaultlint.cli import main
from vaultlint.git_log import head_files, read_history
from vaultlint.history import Departure, Fate, History, told_of

Capture = pytest.CaptureFixture[str]

SOUP = "# It takes time\n\nSimmer the bones for six hours, and skim it.\n"
BREAD = "Mix flour and water.\n\nLet it rest.\n"
TEA = "Pour it at eighty degrees.\n"


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A repository whose notes are renamed and deleted in three commits after the first."""
    root = tmp_path / "vault"
    (root / ".obsidian").mkdir(parents=True)
    write(root, "Stock.md", SOUP)
    write(root, "Bread.md", BREAD)
    write(root, "Tea.md", TEA)
    write(root, "Rice.md", "Rinse it twice.\n")
    write(root, "pot.png", "a picture")
    write(
        root,
        "Menu.md",
        "[[Stock]], [[Bread#Rest|loaf]], [tea](Tea.md), ![[pot.png]], [[Rice]] and [[Pasta]].\n",
    )
    git(root, "init", "-q", "-b", "main")
    commit(root)
    (root / "Stock.md").rename(root / "Bones.md")
    (root / "pot.png").rename(root / "kettle.png")
    commit(root)
    (root / "Bread.md").rename(root / "Loaf.md")
    (root / "Bones.md").rename(root / "Broth.md")
    (root / "Rice.md").unlink()
    commit(root)
    (root / "drinks").mkdir()
    (root / "Tea.md").rename(root / "drinks/Green tea.md")
    commit(root)
    return root


def commits(root: Path) -> list[str]:
    """The names of the commits, the oldest first."""
    return git(root, "log", "--reverse", "--format=%H").split()


def findings(capsys: Capture, root: Path, *arguments: str) -> list[dict[str, Any]]:
    """The broken links and embeds of a vault."""
    main(["check", "--format=json", "--no-cache", "--select=VL201,VL204", *arguments, str(root)])
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["diagnostics"]
    return found


def messages(capsys: Capture, root: Path, *arguments: str) -> list[str]:
    return [one["message"] for one in findings(capsys, root, *arguments)]


def leads(root: Path, name: str) -> list[str | None]:
    """Where the history of a vault, read now, says that a link leads."""
    return [fate.path for fate in read_history(root).fates(name, "Menu.md", lambda path: True)]


def today(root: Path) -> str:
    return git(root, "log", "-1", "--format=%cs")


# --- findings and fixes -----------------------------------------------------------------------


def test_unsafe_fixes_follow_all_renames_and_each_names_its_commit(vault: Path, capsys: Capture) -> None:
    _, second, third, fourth = commits(vault)
    titles = {
        one["data"]["target"]: [fix["title"] for fix in one["fixes"]] for one in findings(capsys, vault)
    }
    assert titles == {
        "Stock": [f"Link to “Broth.md”, renamed in {third[:10]}"],
        "Bread": [f"Link to “Loaf.md”, renamed in {third[:10]}"],
        "Tea.md": [f"Link to “drinks/Green tea.md”, renamed in {fourth[:10]}"],
        "pot.png": [f"Embed “kettle.png”, renamed in {second[:10]}"],
        "Rice": [],
        "Pasta": [],
    }
    main(["check", "--fix", "--no-cache", "--select=VL201,VL204", str(vault)])
    assert (vault / "Menu.md").read_text() == (
        "[[Stock]], [[Bread#Rest|loaf]], [tea](Tea.md), ![[pot.png]], [[Rice]] and [[Pasta]].\n"
    )
    main(["check", "--fix", "--unsafe-fixes", "--no-cache", "--select=VL201,VL204", str(vault)])
    assert (vault / "Menu.md").read_text() == (
        "[[Broth|Stock]], [[Loaf#Rest|loaf]], [tea](Green%20tea.md), ![[kettle.png]], [[Rice]] "
        "and [[Pasta]].\n"
    )


def test_messages_say_what_became_of_a_file(vault: Path, capsys: Capture) -> None:
    day, (_, second, third, fourth) = today(vault), commits(vault)
    assert messages(capsys, vault) == [
        f"no note is named “Stock”; it was renamed to “Broth.md” in commit {third[:10]} of {day}, and moved "
        f"before in {second[:10]}",
        f"no note is named “Bread”; it was renamed to “Loaf.md” in commit {third[:10]} of {day}",
        f"no file is named “Tea.md”; it was renamed to “drinks/Green tea.md” in commit {fourth[:10]} "
        f"of {day}",
        f"no file is named “pot.png”, so nothing is embedded; it was renamed to “kettle.png” in commit "
        f"{second[:10]} of {day}",
        f"no note is named “Rice”; it was deleted in commit {third[:10]} of {day}",
        "no note is named “Pasta”",
    ]


def test_a_program_gets_the_whole_names_of_the_commits(vault: Path, capsys: Capture) -> None:
    _, second, third, _ = commits(vault)
    assert findings(capsys, vault)[0]["data"]["commits"] == [second, third]


def test_nothing_is_asked_of_git_in_untrusted_mode(vault: Path, capsys: Capture) -> None:
    assert messages(capsys, vault, "--untrusted")[0] == "no note is named “Stock”"


def test_a_vault_in_a_folder_of_a_repository_is_told_of_by_its_own_paths(
    tmp_path: Path, capsys: Capture
) -> None:
    write(tmp_path, "team/notes/.obsidian/app.json", "{}")
    write(tmp_path, "team/notes/Menu.md", "[[Stock]] [[Code]]")
    write(tmp_path, "team/notes/Stock.md", SOUP)
    write(tmp_path, "Code.md", BREAD)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    git(tmp_path, "mv", "team/notes/Stock.md", "team/notes/Broth.md")
    git(tmp_path, "mv", "Code.md", "Program.md")
    name = commit(tmp_path)[:10]
    found = messages(capsys, tmp_path / "team/notes")
    assert found == [
        f"no note is named “Stock”; it was renamed to “Broth.md” in commit {name} of {today(tmp_path)}",
        "no note is named “Code”",
    ]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names that are not allowed there")
def test_odd_names_are_followed(tmp_path: Path) -> None:
    odd = [
        "two\nlines.md",
        'say "hi".md',
        "tab\there.md",
        os.fsdecode(b"not \xff utf-8.md"),
        ":100644 x D.md",
    ]
    write(tmp_path, "a.md", "x")
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    for number, name in enumerate(odd):
        (tmp_path / name).write_text(f"{number} is a number\n")
    commit(tmp_path)
    for number, name in enumerate(odd):
        (tmp_path / name).rename(tmp_path / f"{number}.md")
    commit(tmp_path)
    history = read_history(tmp_path)
    exists = {f"{number}.md" for number in range(5)}.__contains__
    assert [[fate.path for fate in history.fates(name, "a.md", exists)] for name in odd] == [
        ["0.md"], ["1.md"], ["2.md"], ["3.md"], ["4.md"],
    ]  # fmt: skip


def test_a_shallow_clone_tells_what_it_has(vault: Path, tmp_path: Path, capsys: Capture) -> None:
    git(tmp_path, "clone", "-q", "--depth=2", vault.as_uri(), "shallow")
    found = messages(capsys, tmp_path / "shallow")
    assert [message for message in found if "renamed" in message or "deleted" in message] == [
        f"no file is named “Tea.md”; it was renamed to “drinks/Green tea.md” in commit "
        f"{commits(vault)[3][:10]} of {today(vault)}"
    ]


def test_a_worktree_has_a_history_too(vault: Path, tmp_path: Path, capsys: Capture) -> None:
    git(vault, "worktree", "add", "-q", str(tmp_path / "other"))
    assert len([one for one in messages(capsys, tmp_path / "other") if " commit " in one]) == 5


def test_a_repository_without_commits_tells_nothing(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "Menu.md", "[[Stock]]")
    git(tmp_path, "init", "-q")
    assert messages(capsys, tmp_path) == ["no note is named “Stock”"]


def test_a_damaged_repository_tells_nothing(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "Menu.md", "[[Stock]]")
    write(tmp_path, ".git", "gitdir: /nowhere\n")
    assert messages(capsys, tmp_path) == ["no note is named “Stock”"]


def test_without_git_nothing_is_told(vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert messages(capsys, vault)[0] == "no note is named “Stock”"


@pytest.mark.parametrize("empty", [False, True])
def test_a_note_that_was_merged_is_where_its_text_went(tmp_path: Path, capsys: Capture, empty: bool) -> None:
    write(tmp_path, "Menu.md", "[[Stock]], [[Bread]] and [[Tea]]")
    write(tmp_path, "Stock.md", SOUP)
    write(tmp_path, "Bread.md", BREAD)
    write(tmp_path, "Tea.md", TEA)
    write(tmp_path, "Kitchen.md", "" if empty else "Wash your hands before you cook anything.\n" * 9)
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    for name in ("Stock.md", "Bread.md", "Tea.md"):
        (tmp_path / name).unlink()
    write(tmp_path, "Kitchen.md", "Wash your hands before you cook anything.\n" * 9 + SOUP + TEA)
    write(tmp_path, "Tea time.md", f"At five o'clock in the afternoon:\n\n{TEA}")
    name, day = commit(tmp_path), today(tmp_path)
    assert messages(capsys, tmp_path) == [
        f"no note is named “Stock”; it was merged into “Kitchen.md” in commit {name[:10]} of {day}",
        f"no note is named “Bread”; it was deleted in commit {name[:10]} of {day}",
        f"no note is named “Tea”; it was deleted in commit {name[:10]} of {day}",  # two notes got its text
    ]
    titles = [fix["title"] for one in findings(capsys, tmp_path) for fix in one["fixes"]]
    assert titles == [f"Link to “Kitchen.md”, merged in {name[:10]}"]
    (tmp_path / "Kitchen.md").rename(tmp_path / "Cellar.md")
    assert leads(tmp_path, "Stock") == ["Kitchen.md"]
    commit(tmp_path)
    assert leads(tmp_path, "Stock") == ["Cellar.md"]


# --- when it is asked -------------------------------------------------------------------------

Counting = Callable[[], int]


@pytest.fixture
def runs_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counting:
    """How often git was started, from now on."""
    real = shutil.which("git")
    script = tmp_path / "bin/git"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\necho x >> "{tmp_path}/runs"\nexec "{real}" "$@"\n')
    script.chmod(0o755)

    def count() -> int:
        file = tmp_path / "runs"
        return len(file.read_text().splitlines()) if file.exists() else 0

    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    return count


@pytest.mark.skipif(os.name == "nt", reason="scripts")
def test_git_is_started_once_for_all_processes_and_rounds(
    vault: Path, runs_of_git: Counting, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(40):
        write(vault, f"{number}.md", "[[Stock]] and ![[pot.png]]")
    monkeypatch.setattr(engine, "_TOLD_AT_ONCE", 4)
    before = runs_of_git()
    main(["check", "--jobs=2", "--no-cache", str(vault)])
    assert runs_of_git() - before == 1
    main(["check", "--fix", "--unsafe-fixes", "--no-cache", str(vault)])
    assert runs_of_git() - before == 2
    assert "[[Stock]]" not in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="scripts")
def test_git_is_not_started_where_the_names_of_the_notes_explain_everything(
    vault: Path, runs_of_git: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_TOLD_AT_ONCE", 4)
    write(vault, "Menu.md", "[[green_tea]], [[Broth]], [[other/Loaf]] and [[2030-01-01]].\n")
    before = runs_of_git()
    main(["check", "--jobs=2", "--no-cache", str(vault)])
    main(["check", "--no-cache", "--select=VL3", str(vault)])
    assert runs_of_git() == before


def test_a_log_that_is_cut_off_is_said_to_be(
    vault: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOG_COMMITS", 2)
    main(["check", "--no-cache", "--select=VL201", str(vault)])
    out, err = capsys.readouterr()
    assert err == "vaultlint: history: only the last 2 commits were looked at\n"
    assert "Bread”; it was renamed to “Loaf.md”" in out
    assert "no note is named “Stock”\n" in out  # the name that was its own is older
    main(["check", "--no-cache", "--select=VL3", str(vault)])
    assert capsys.readouterr().err == ""


def test_a_log_that_is_too_large_is_cut_off(vault: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_LOG_BYTES", 600)
    assert (read_history(vault).cut or "").startswith("only the last ")
    assert leads(vault, "Tea") == ["drinks/Green tea.md"]
    assert leads(vault, "pot.png") == []


@pytest.mark.skipif(os.name == "nt", reason="scripts and pipes")
def test_a_git_that_never_answers_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    script = tmp_path / "git"
    script.write_text(f'#!/bin/sh\nread line < "{tmp_path}/pipe"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(reading, "_LOG_SECONDS", 0)
    assert read_history(tmp_path).cut == "only the last 0 commits were looked at, which took 0 seconds"


def test_where_a_text_is_missing_renames_without_a_change_are_followed_all_the_same(
    tmp_path: Path,
) -> None:
    write(tmp_path, "a.md", "\n".join(f"line {number}" for number in range(50)))
    write(tmp_path, "b.md", TEA)
    write(tmp_path, "c.md", "\n".join(f"verse {number}" for number in range(50)))
    write(tmp_path, "d.md", "\n".join(f"row {number}" for number in range(50)))
    git(tmp_path, "init", "-q")
    commit(tmp_path)
    (tmp_path / "b.md").rename(tmp_path / "tea.md")
    commit(tmp_path)
    blob = git(tmp_path, "rev-parse", "HEAD:c.md")
    for old, new in (("c.md", "verses.md"), ("a.md", "lines.md")):
        write(tmp_path, new, (tmp_path / old).read_text() + "\nlast")
        (tmp_path / old).unlink()
        commit(tmp_path)
    assert leads(tmp_path, "c") == ["verses.md"]
    (tmp_path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    assert leads(tmp_path, "a") == ["lines.md"]  # newer than the commit that cannot be compared
    assert leads(tmp_path, "b") == ["tea.md"]
    assert leads(tmp_path, "c") == [None]
    assert read_history(tmp_path).cut is None


@pytest.mark.skipif(os.name == "nt", reason="scripts")
def test_a_hostile_repository_runs_nothing(
    vault: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "sprung"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    write(vault, ".gitattributes", "*.md diff=trap filter=trap\n")
    commit(vault)
    blob = git(vault, "rev-parse", "HEAD~4:Stock.md")
    for key, value in {
        "core.fsmonitor": script, "core.pager": script, "core.hooksPath": tmp_path, "core.editor": script,
        "core.sshCommand": script, "core.askPass": script, "diff.external": script, "pager.log": script,
        "diff.trap.command": script, "diff.trap.textconv": script, "filter.trap.smudge": script,
        "alias.log": f"!{script}", "gpg.program": script, "log.showSignature": "true",
        "remote.x.url": f"ext::{script}", "remote.x.promisor": "true", "protocol.ext.allow": "always",
        "extensions.partialClone": "x", "color.ui": "always", "diff.renames": "false",
        "diff.noprefix": "true", "log.follow": "true", "log.decorate": "full", "format.pretty": "raw",
        "log.showRoot": "false",
    }.items():  # fmt: skip
        git(vault, "config", key, str(value))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(script))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))

    assert leads(vault, "Stock") == ["Broth.md"]
    (vault / ".git/objects" / blob[:2] / blob[2:]).unlink()  # not fetched from where the repository says
    assert leads(vault, "Tea") == ["drinks/Green tea.md"]
    assert not trap.exists()


# --- what is recalled -------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache of its own, and a clock an hour ahead, so that what was just written counts as old."""
    import time

    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(recall, "now", lambda: time.time_ns() + 3_600_000_000_000)


def told(capsys: Capture, root: Path) -> str:
    main(["check", "--select=VL201,VL204", str(root)])
    return capsys.readouterr().out


@pytest.fixture
def fresh_runs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of notes that the runs read which no earlier run could answer."""
    read: list[int] = []
    real = engine.Linter.read_by

    def read_by(self: engine.Linter, *arguments: Any) -> None:
        read.append(len(self.unread))
        real(self, *arguments)

    monkeypatch.setattr(engine.Linter, "read_by", read_by)
    return read


@pytest.mark.usefixtures("kept")
def test_another_commit_is_seen_though_no_note_changed(
    vault: Path, capsys: Capture, fresh_runs: list[int]
) -> None:
    (vault / "Broth.md").rename(vault / "Consommé.md")
    before = told(capsys, vault)
    assert "“Stock”\n" in before
    assert told(capsys, vault) == before
    assert fresh_runs == [4]
    commit(vault)
    after = told(capsys, vault)
    assert "it was renamed to “Consommé.md”" in after
    assert told(capsys, vault) == after
    assert fresh_runs == [4, 0]  # only the rules are asked again
    git(vault, "checkout", "-q", "--detach", "HEAD~1")
    git(vault, "pack-refs", "--all")
    assert "“Broth.md”" in told(capsys, vault)


@pytest.mark.usefixtures("kept")
def test_another_commit_does_not_matter_where_git_was_not_asked(
    vault: Path, capsys: Capture, fresh_runs: list[int]
) -> None:
    write(vault, "Menu.md", "[[Loaf]]\n")
    before = told(capsys, vault)
    commit(vault)
    assert told(capsys, vault) == before
    assert fresh_runs == [4]


@pytest.mark.usefixtures("kept")
def test_after_an_edit_the_parts_that_still_hold_depend_on_the_commit(
    vault: Path, capsys: Capture, fresh_runs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_TOLD_AT_ONCE", 1)
    (vault / "Broth.md").rename(vault / "Consommé.md")
    told(capsys, vault)
    write(vault, "Loaf.md", BREAD + "Bake it.\n")
    assert "“Stock”\n" in told(capsys, vault)
    commit(vault)
    assert "it was renamed to “Consommé.md”" in told(capsys, vault)
    write(vault, "Loaf.md", BREAD + "Bake it well.\n")
    assert "it was renamed to “Consommé.md”" in told(capsys, vault)
    assert fresh_runs == [4, 1, 0, 1]


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders whose history git was asked for."""
    asked: list[Path] = []
    real = reading.read_history

    def read_history(folder: Path) -> History:
        asked.append(folder)
        return real(folder)

    monkeypatch.setattr(reading, "read_history", read_history)
    return asked


@pytest.mark.usefixtures("kept")
def test_git_is_asked_once_for_a_commit(vault: Path, capsys: Capture, logs: list[Path]) -> None:
    for number in range(3):
        write(vault, "Menu.md", f"{'Again, ' * number}[[Stock]], [[Rice]] and [[Pasta]].\n")
        assert "renamed to “Broth.md”" in told(capsys, vault)
        assert "it was deleted in commit" in messages(capsys, vault, "--select=VL201")[1]
    assert len(logs) == 4  # and by `messages`, which keeps nothing
    (vault / "Broth.md").rename(vault / "Consommé.md")
    commit(vault)
    assert "renamed to “Consommé.md”" in told(capsys, vault)
    git(vault, "checkout", "-q", "--detach", "HEAD~1")
    assert "renamed to “Broth.md”" in told(capsys, vault)
    assert len(logs) == 6


@pytest.mark.usefixtures("kept")
def test_a_kept_history_that_is_damaged_is_read_again(
    vault: Path, capsys: Capture, logs: list[Path], tmp_path: Path
) -> None:
    told(capsys, vault)
    for record in (tmp_path / "cache").rglob("*.data"):
        record.write_bytes(record.read_bytes()[:-1] + b"?")
    write(vault, "Menu.md", "[[Stock]]\n")
    assert "renamed to “Broth.md”" in told(capsys, vault)
    assert len(logs) == 2


@pytest.mark.usefixtures("kept")
def test_a_history_that_took_too_long_is_not_kept(
    vault: Path, capsys: Capture, logs: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_LOG_SECONDS", 0)
    told(capsys, vault)
    write(vault, "Menu.md", "[[Stock]]\n")
    told(capsys, vault)
    assert len(logs) == 2


def test_the_files_that_tell_the_commit_change_with_it(vault: Path, tmp_path: Path) -> None:
    git(vault, "worktree", "add", "-q", "-b", "side", str(tmp_path / "other"))
    for root in (vault, tmp_path / "other"):
        before = [Path(each).read_bytes() for each in head_files(root) if Path(each).is_file()]
        write(root, "new.md", "x")
        commit(root)
        assert [Path(each).read_bytes() for each in head_files(root) if Path(each).is_file()] != before
    assert head_files(Path("/")) == []


# --- following --------------------------------------------------------------------------------


def history(*departures: tuple[str, str | None]) -> History:
    """Renames and deletions, the oldest first, in commits `1…`, `2…` and so on."""
    made = [
        Departure(str(number) * 40, "2026-01-02", path, became)
        for number, (path, became) in enumerate(departures, start=1)
    ]
    return History(made[::-1])


@pytest.mark.parametrize(
    "name", ["a", "A", "a.md", "b", "é", "e\u0301", "", ".", "ΑΣ", "ας", "a\u00a0b", "a b"]
)
def test_a_mere_name_fits_in_every_folder(name: str) -> None:
    told = history(*((f"{folder}{each}", None) for folder in ("", "d/", "d/e/")
                     for each in ("a.md", "A", "a.md.md", "É.md", "ΑΣ.md", "a b.md", ".md")))  # fmt: skip
    assert [*told._meant(name, "n.md")] == [*told._meant_with_folders(name, "n.md")]


def followed(found: list[Fate]) -> list[tuple[str | None, str]]:
    return [(fate.path, "".join(step.commit[0] for step in fate.steps)) for fate in found]


@pytest.mark.parametrize(
    ("departures", "files", "target", "fates"),
    [
        ([("a.md", "b.md"), ("b.md", "c.md")], ["c.md"], "a", [("c.md", "12")]),
        ([("a.md", "b.md"), ("b.md", "c.md")], ["c.md"], "A.MD", [("c.md", "12")]),
        ([("a.md", "b.md"), ("b.md", None)], [], "a", [(None, "12")]),
        ([("a.md", "b.md")], [], "a", []),  # its trace is lost: it was moved and not committed
        # Another file took the name later, and left it too.
        ([("a.md", "b.md"), ("a.md", "c.md")], ["b.md", "c.md"], "a", [("c.md", "2")]),
        # The name to which it was renamed belongs to another file now.
        ([("a.md", "b.md"), ("b.md", "c.md")], ["b.md", "c.md"], "a", [("c.md", "12")]),
        # What left that name before has nothing to do with it.
        ([("b.md", "c.md"), ("a.md", "b.md")], ["b.md", "c.md"], "a", [("b.md", "2")]),
        ([("a.md", "b.md"), ("b.md", "a.md"), ("a.md", "b.md")], ["b.md"], "a", [("b.md", "3")]),
        # Two files of that name
        ([("x/a.md", "b.md"), ("y/a.md", "c.md")], ["b.md", "c.md"], "a", [("b.md", "1"), ("c.md", "2")]),
        ([("x/a.md", "b.md"), ("y/a.md", "c.md")], ["b.md", "c.md"], "y/a", [("c.md", "2")]),
        ([("x/a.md", "b.md"), ("y/a.md", None)], ["b.md"], "a", [("b.md", "1")]),
        ([("x/a.md", "b.md")], ["b.md"], "/a", []),
        ([("x/a.md", "b.md")], ["b.md"], "/x/a", [("b.md", "1")]),
        ([("x/a.md", "b.md")], ["b.md"], "../x/a.md", [("b.md", "1")]),
        ([("x/a.md", "b.md")], ["b.md"], "./a.md", []),
        ([("a.png", "b.png")], ["b.png"], "a.png", [("b.png", "1")]),
        ([("a.png", "b.png")], ["b.png"], "a", []),
    ],
)
def test_a_link_is_followed_to_where_its_file_is_now(
    departures: list[tuple[str, str | None]],
    files: list[str],
    target: str,
    fates: list[tuple[str | None, str]],
) -> None:
    assert followed(history(*departures).fates(target, "d/n.md", files.__contains__)) == fates


def test_the_words_name_the_commits() -> None:
    def words(*departures: tuple[str, str | None]) -> str:
        return told_of(history(*departures).fates("a", "n.md", lambda path: True))

    assert words() == ""
    assert words(("a.md", None)) == "it was deleted in commit 1111111111 of 2026-01-02"
    assert words(("a.md", "b.md"), ("b.md", None)) == (
        "it was renamed to “b.md” and then deleted in commit 2222222222 of 2026-01-02"
    )
    chain = [(name, after) for name, after in zip("abcdef", "bcdefg", strict=True)]
    assert words(*((f"{name}.md", f"{after}.md") for name, after in chain)) == (
        "it was renamed to “g.md” in commit 6666666666 of 2026-01-02, and moved before in 1111111111, "
        "2222222222, 3333333333 and 2 more"
    )
    assert words(("x/a.md", "b.md"), ("y/a.md", "c.md")) == "files of that name became “b.md”, “c.md”"
