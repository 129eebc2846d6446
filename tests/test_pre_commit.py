"""The hooks, run by the real pre-commit from this repository in a vault under git.

pre-commit installs vaultlint from this repository into an environment of its own, with what it depends on
from the package index, so these tests are skipped where there is no index.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def run(*command: object, cwd: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """The command, with the settings of nobody."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def git(folder: Path, *arguments: object) -> str:
    """What git prints. It must succeed."""
    who = ("-c", "user.name=Tester", "-c", "user.email=tester@localhost", "-c", "commit.gpgsign=false")
    done = run("git", *who, *arguments, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


class Hooks:
    """pre-commit, with the environment of the hooks kept from run to run."""

    def __init__(self, folder: Path) -> None:
        self.source = folder / "vaultlint"
        self._config = folder / "pre-commit.yaml"
        self._settings = {
            "PRE_COMMIT_HOME": str(folder / "home"),
            "VAULTLINT_CACHE_DIR": str(folder / "cache"),
        }

    def prepare(self, scratch: Path) -> None:
        """Commit this repository as it stands, and name it in a configuration, once for all workers."""
        source = scratch / "vaultlint"
        shutil.copytree(
            ROOT, source, ignore=shutil.ignore_patterns(".git", ".venv", "__pycache__", "*_cache")
        )
        git(source, "init", "-q")
        git(source, "add", "-A")
        git(source, "commit", "-qm", "all")
        self._config.parent.mkdir(exist_ok=True)
        with suppress(OSError):  # another worker was first
            source.rename(self.source)
        hooks = ", ".join(f"{{id: {name}}}" for name in ("vaultlint", "vaultlint-fix", "vaultlint-staged"))
        revision = git(self.source, "rev-parse", "HEAD").strip()
        config = scratch / "config"
        config.write_text(f"repos: [{{repo: '{self.source}', rev: {revision}, hooks: [{hooks}]}}]\n")
        config.replace(self._config)

    def tried(self, vault: Path, hook: str) -> "subprocess.CompletedProcess[str]":
        """`pre-commit try-repo` for what is staged in the vault, in an environment made for it alone."""
        return self._run(vault, "try-repo", self.source, hook)

    def run(self, vault: Path, hook: str) -> "subprocess.CompletedProcess[str]":
        """`pre-commit run` for what is staged in the vault."""
        return self._run(vault, "run", hook, "--config", self._config)

    def _run(self, vault: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
        command = (sys.executable, "-m", "pre_commit", *arguments, "--color", "never")
        return run(*command, cwd=vault, **self._settings)


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Hooks:
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    found = Hooks(shared / "hooks")
    found.prepare(tmp_path_factory.mktemp("source"))
    vault = vault_with(tmp_path_factory.mktemp("first"), {"a.md": "[[b]]\n", "b.md": "[[a]]\n"})
    done = found.run(vault, "vaultlint")
    if "An unexpected error has occurred" in done.stdout and "pip" in done.stdout:
        pytest.skip("vaultlint cannot be installed from the package index here")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
    return found


def vault_with(folder: Path, notes: Mapping[str, str]) -> Path:
    """A vault under git with these notes staged."""
    (folder / ".obsidian").mkdir()
    git(folder, "init", "-q")
    stage(folder, notes)
    return folder


def stage(folder: Path, notes: Mapping[str, str]) -> None:
    """Write these notes and stage them."""
    for path, text in notes.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")


OLD = {"a.md": "[[b]] [[Lost]]\n", "b.md": "[[a]]\n"}


def committed(folder: Path, notes: Mapping[str, str] = OLD) -> Path:
    """A vault with these notes in its first commit."""
    vault_with(folder, notes)
    git(folder, "commit", "-qm", "old")
    return folder


def test_a_bad_commit_is_stopped_with_what_is_wrong_in_the_changed_note(tmp_path: Path, hooks: Hooks) -> None:
    vault = committed(tmp_path)
    stage(vault, {"c.md": "[[a]] [[Gone]]\n", "b.md": "[[a]] [[c]]\n"})
    done = hooks.tried(vault, "vaultlint")
    assert done.returncode == 1
    assert "c.md:1:7 VL201 broken-link no note is named “Gone”\n" in done.stdout
    assert "Lost" not in done.stdout  # nobody touched that note


def test_a_good_commit_passes(tmp_path: Path, hooks: Hooks) -> None:
    vault = committed(tmp_path)
    stage(vault, {"c.md": "[[a]]\n", "b.md": "[[a]] [[c]]\n"})
    done = hooks.run(vault, "vaultlint")
    assert done.returncode == 0
    assert "Passed" in done.stdout


def test_a_note_that_is_left_out_stays_out_although_its_name_is_given(tmp_path: Path, hooks: Hooks) -> None:
    vault = committed(tmp_path, {"vaultlint.toml": 'exclude = ["Archive/"]\n', **OLD})
    stage(vault, {"Archive/old.md": "[[Gone]]\n"})
    assert hooks.run(vault, "vaultlint").returncode == 0


def test_the_fixing_hook_mends_and_fails_once(tmp_path: Path, hooks: Hooks) -> None:
    vault = committed(tmp_path)
    stage(vault, {"c.md": "---\nup: [[a]]\n---\nText.\n", "b.md": "[[c]] [[a]]\n"})
    first = hooks.run(vault, "vaultlint-fix")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    assert (vault / "c.md").read_text(encoding="utf-8") == '---\nup: "[[a]]"\n---\nText.\n'
    git(vault, "add", "-A")
    assert hooks.run(vault, "vaultlint-fix").returncode == 0


def test_the_fixing_hook_stops_what_it_cannot_mend(tmp_path: Path, hooks: Hooks) -> None:
    vault = committed(tmp_path)
    stage(vault, {"c.md": "[[Gone]]\n", "b.md": "[[c]] [[a]]\n"})
    done = hooks.run(vault, "vaultlint-fix")
    assert done.returncode == 1
    assert "c.md:1:1 VL201 broken-link no note is named “Gone”\n" in done.stdout
    assert "files were modified" not in done.stdout


def test_in_an_old_vault_the_hook_tells_what_the_commit_breaks(tmp_path: Path, hooks: Hooks) -> None:
    notes = {"a.md": "[[b]] [[Lost]]\n", "b.md": "[[a]] [[c]]\n", "c.md": "[[a]] [[b]]\n"}
    vault = vault_with(tmp_path, notes)
    drawn = run(sys.executable, "-m", "vaultlint", "baseline", cwd=vault)
    assert drawn.returncode == 0, drawn.stderr
    git(vault, "add", "-A")
    git(vault, "commit", "-qm", "old")
    assert hooks.run(vault, "vaultlint-staged").returncode == 0

    stage(vault, {"c.md": "[[a]] [[b]] [[Gone]]\n"})
    done = hooks.run(vault, "vaultlint-staged")
    assert done.returncode == 1
    assert "c.md:1:13 VL201 broken-link no note is named “Gone”\n\nFound 1 error in 1 note\n" in done.stdout

    git(vault, "reset", "-q", "--hard")
    git(vault, "rm", "-q", "c.md")
    done = hooks.run(vault, "vaultlint-staged")
    assert done.returncode == 1
    assert "b.md:1:7 VL201 broken-link no note is named “c”\n\nFound 1 error in 1 note\n" in done.stdout
