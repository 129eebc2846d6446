"""Pull requests: whose configuration and whose code count, and what a hostile repository can do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repositories import git, write
from vaultlint.cli import main
from vaultlint.errors import VaultlintError
from vaultlint.git import Revision

ROOT = Path(__file__).parent.parent
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A vault in a folder of a repository; its last commit turns the rules off."""
    root = tmp_path / "repo"
    write(root, "vault/a.md", "[[Gone]]\n")
    write(root, "vault/vaultlint.toml", 'extend = "../team/base.toml"\nfail-on = "info"\n')
    write(root, "team/base.toml", 'select = ["VL201"]\n')
    git(root, "init", "-q", "-b", "main")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "base")
    git(root, "tag", "base")
    write(root, "vault/vaultlint.toml", 'ignore = ["ALL"]\n')
    git(root, "commit", "-q", "-a", "-m", "hide everything")
    write(root, "team/base.toml", "nonsense")
    return root


def check(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    status = main(["check", *map(str, arguments)])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


# --- whose configuration ----------------------------------------------------------------------


@pytest.mark.parametrize("cache", [(), ("--no-cache",)])
def test_the_configuration_of_a_revision_counts_with_what_it_extends(
    repository: Path, capsys: Capture, cache: tuple[str, ...]
) -> None:
    vault = repository / "vault"
    assert check(capsys, vault, *cache)[0] == 0
    for _ in range(2):
        status, out, _ = check(capsys, vault, "--config-from", "base", *cache)
        assert (status, "VL201" in out) == (1, True)
    assert check(capsys, vault, "--config-from", "main", *cache)[0] == 0


def test_when_the_revision_moves_the_answer_does_too(repository: Path, capsys: Capture) -> None:
    vault = repository / "vault"
    assert check(capsys, vault, "--config-from", "base")[0] == 1
    git(repository, "tag", "-f", "base", "main")
    assert check(capsys, vault, "--config-from", "base")[0] == 0


def test_a_named_file_is_read_from_the_revision_too(repository: Path, capsys: Capture) -> None:
    arguments = (repository / "vault", "--config", repository / "team/base.toml", "--config-from", "base")
    assert check(capsys, *arguments)[0] == 1


def test_a_project_file_of_the_revision_is_found(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "pyproject.toml", "[tool.vaultlint]\nselect = ['VL201']\n")
    write(tmp_path, "docs/a.md", "[[Gone]]\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "x")
    (tmp_path / "pyproject.toml").unlink()
    assert main(["config", str(tmp_path / "docs"), "--config-from", "HEAD"]) == 0
    assert 'select = ["VL201"]' in capsys.readouterr().out


def test_the_schemas_of_the_revision_count(repository: Path, capsys: Capture) -> None:
    write(
        repository, "vault/vaultlint.toml", 'select = ["VL110"]\n[[schema]]\nschema = "../team/notes.json"\n'
    )
    write(repository, "team/notes.json", '{"required": ["kind"]}')
    git(repository, "add", "vault", "team/notes.json")
    git(repository, "commit", "-q", "-m", "a schema")
    write(repository, "team/notes.json", "{}")
    assert check(capsys, repository / "vault")[0] == 0
    status, out, _ = check(capsys, repository / "vault", "--config-from", "HEAD")
    assert (status, "“kind” is missing" in out) == (1, True)


def test_a_mistake_in_the_revision_is_told_with_its_place(repository: Path, capsys: Capture) -> None:
    write(repository, "vault/vaultlint.toml", "\nignor = []\n")
    git(repository, "commit", "-q", "-a", "-m", "a mistake")
    status, _, err = check(capsys, repository / "vault", "--config-from", "HEAD")
    assert status == 2
    assert "vaultlint.toml:2: unknown key “ignor”; did you mean “ignore”?" in err


@pytest.mark.parametrize("name", ["nothing", "--upload-pack=x", "", "HEAD:vault", "base^{tree}"])
def test_what_is_no_commit_is_an_error(repository: Path, capsys: Capture, name: str) -> None:
    status, out, err = check(capsys, repository / "vault", f"--config-from={name}")
    assert (status, out) == (2, "")
    assert f"git knows no commit “{name}”" in err


def test_outside_a_repository_there_is_no_revision(tmp_path: Path, capsys: Capture) -> None:
    write(tmp_path, "a.md", "x\n")
    status, _, err = check(capsys, tmp_path, "--config-from", "HEAD")
    assert status == 2
    assert "not a git repository" in err


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_only_regular_files_of_the_repository_are_read(repository: Path) -> None:
    (repository / "link.toml").symlink_to("/etc/passwd")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a link")
    revision = Revision(repository, "HEAD")
    assert revision.has(revision.top / "vault/vaultlint.toml")
    for path in ("link.toml", "vault", "nothing", "../outside.toml"):
        assert not revision.has(Path(os.path.normpath(revision.top / path)))
        with pytest.raises(VaultlintError, match="no such configuration file"):
            revision.read(revision.top / path)


def test_an_untrusted_vault_configures_nothing(repository: Path, capsys: Capture) -> None:
    vault = repository / "vault"
    assert check(capsys, vault)[0] == 0
    assert check(capsys, vault, "--untrusted")[0] == 1
    assert check(capsys, vault, "--untrusted")[0] == 1
    assert check(capsys, vault, "--untrusted", "--config-from", "base")[0] == 1
    assert check(capsys, vault, "--untrusted", "--config", vault / "vaultlint.toml")[0] == 0


@pytest.mark.parametrize("change", ["--fix", "--add-suppressions"])
def test_an_untrusted_vault_is_not_written(repository: Path, change: str, capsys: Capture) -> None:
    vault = repository / "vault"
    before = {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()}
    assert check(capsys, vault, "--untrusted", change)[::2] == (
        2,
        "vaultlint: --untrusted changes no file: leave it out, or show the changes with --diff\n",
    )
    assert "+++ " in check(capsys, vault, "--untrusted", "--add-suppressions", "--diff")[1]
    assert {path: path.read_bytes() for path in vault.rglob("*") if path.is_file()} == before


def test_an_untrusted_vault_gets_no_baseline(repository: Path, capsys: Capture) -> None:
    assert main(["baseline", str(repository / "vault"), "--untrusted"]) == 2
    assert capsys.readouterr().err == (
        "vaultlint: --untrusted changes no file, and a baseline is one: leave it out\n"
    )
    assert not [*repository.rglob("*baseline*")]


def test_nothing_of_an_untrusted_vault_is_kept_in_the_cache(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))
    check(capsys, repository / "vault", "--untrusted")
    assert not (tmp_path / "cache").exists()
    check(capsys, repository / "vault")
    assert (tmp_path / "cache").exists()


# --- whose code -------------------------------------------------------------------------------

PACK = "open(r'{trap}', 'w').close()\nfrom vaultlint.rule import NoteRule\n"


def run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """`python -m vaultlint check` in that folder."""
    return subprocess.run(
        [sys.executable, "-m", "vaultlint", "check", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "rules")])},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )


def test_a_rule_pack_in_an_untrusted_vault_is_not_imported(tmp_path: Path) -> None:
    vault, trap = tmp_path / "vault", tmp_path / "sprung"
    write(vault, "a.md", "[[b]]\n")
    write(vault, "b.md", "[[a]]\n")
    write(vault, "evil.py", PACK.format(trap=trap))
    write(vault, "evil-1.dist-info/entry_points.txt", "[vaultlint.rules]\nevil = evil\n")
    for name in ("pydantic", "yaml", "pathspec", "mistune", "argparse", "marshal", "gc"):
        write(vault, f"{name}.py", PACK.format(trap=trap))
    write(vault, "c.canvas", "{}")
    ran = run(vault, "--untrusted", "--no-cache")
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert not trap.exists()
    for name in ("pydantic", "yaml", "pathspec", "mistune", "argparse", "marshal", "gc"):
        (vault / f"{name}.py").unlink()
    run(vault, "--no-cache")
    assert trap.exists()  # the trap is one: whoever trusts a vault may keep a pack in it


def test_options_have_no_short_forms(capsys: Capture) -> None:
    with pytest.raises(SystemExit):  # what stands first in the path was decided by the whole word
        main(["check", "--untrust", "."])
    assert "unrecognized arguments: --untrust" in capsys.readouterr().err


def test_a_program_that_lies_in_the_vault_is_not_trusted(capsys: Capture) -> None:
    status, _, err = check(capsys, ROOT, "--untrusted")
    assert status == 2
    assert "vaultlint itself is installed in" in err


# --- what a repository can do -----------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="scripts")
def test_a_hostile_repository_runs_nothing(
    repository: Path, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "sprung"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "post-checkout"):
        (hooks / hook).write_text(script.read_text())
        (hooks / hook).chmod(0o755)
    for key, value in {
        "core.fsmonitor": script, "core.pager": script, "core.hooksPath": hooks, "core.editor": script,
        "core.sshCommand": script, "core.askPass": script, "diff.external": script, "pager.ls-tree": script,
        "pager.cat-file": script, "filter.x.smudge": script, "filter.x.clean": script,
        "alias.cat-file": f"!{script}", "alias.ls-tree": f"!{script}", "alias.rev-parse": f"!{script}",
        "credential.helper": script, "gpg.program": script, "core.alternateRefsCommand": script,
        "remote.x.url": f"ext::{script}", "remote.x.promisor": "true", "protocol.ext.allow": "always",
        "extensions.partialClone": "x",
    }.items():  # fmt: skip
        git(repository, "config", key, str(value))
    for name in (
        "GIT_PAGER",
        "GIT_EXTERNAL_DIFF",
        "GIT_SSH_COMMAND",
        "GIT_ASKPASS",
        "GIT_EDITOR",
        "GIT_PROXY_COMMAND",
    ):
        monkeypatch.setenv(name, str(script))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert check(capsys, repository / "vault", "--untrusted", "--config-from", "base")[0] == 1
    # An object that is missing is not fetched from where the repository says.
    blob = Revision(repository, "base")._entry(repository / "vault/vaultlint.toml")
    assert blob is not None
    (repository / ".git/objects" / blob[0][:2] / blob[0][2:]).unlink()
    status, _, err = check(capsys, repository / "vault", "--untrusted", "--config-from", "base")
    assert status == 2
    assert err.startswith("vaultlint: git: ")
    assert not trap.exists()
    assert not (tmp_path / "index").exists()
