"""A rule pack of somebody else's (`tests/pack`) enters, runs and tests itself as the built-in one does."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACK = ROOT / "tests/pack"
GUIDE = (ROOT / "docs/writing-a-rule.md").read_text(encoding="utf-8")
_FENCE = re.compile(r"(?ms)^(?:`([^`\n]+)`:\n\n)?(`{3,})(\w*)\n(.*?)^\2$")
BLOCKS = [(path, language, text) for path, _, language, text in _FENCE.findall(GUIDE)]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs a command line where the pack is installed, as `pip install --editable` would have it there."""
    site = tmp_path_factory.mktemp("site") / "pack"
    shutil.copytree(PACK, site, ignore=shutil.ignore_patterns("__pycache__"))
    project = tomllib.loads((PACK / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name = project["name"].replace("-", "_")
    about = site / f"{name}-{project['version']}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = []
    for group, entries in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{key} = {module}" for key, module in entries.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n")
    programs = {"vaultlint": [sys.executable, "-m", "vaultlint"], "python": [sys.executable]}
    path = os.pathsep.join(map(str, (site, ROOT, ROOT / "rules")))

    def running(line: str) -> "subprocess.CompletedProcess[str]":
        program, *arguments = shlex.split(line)
        return subprocess.run(
            [*programs[program], *arguments],
            cwd=site,
            env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "PYTEST_ADDOPTS": ""},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return running


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    """A vault in which both rules of the pack find something."""
    (tmp_path / ".obsidian").mkdir()
    (tmp_path / "Archive").mkdir()
    (tmp_path / "Archive/Slugs.md").write_text("Beer.\n", encoding="utf-8")
    (tmp_path / "Plan.md").write_text("---\nstatus: Sown\n---\n[[Slugs]]\n", encoding="utf-8")
    return tmp_path


def test_its_rules_are_listed_among_the_others(run: Run) -> None:
    listed = run("vaultlint rules").stdout.splitlines()
    assert [line.split("  ")[:2] for line in listed if line.startswith(("GD", "VL201"))] == [
        ["GD101", "unknown-status"],
        ["GD201", "archived-target"],
        ["VL201", "broken-link"],
    ]


def test_its_pages_are_explained(run: Run) -> None:
    page = (PACK / "garden_rules/archived_target.md").read_text(encoding="utf-8")
    assert run("vaultlint explain archived-target").stdout == page
    assert run("vaultlint explain GD101").stdout.startswith("# unknown-status (GD101)\n")


def test_its_rules_find_and_mend(run: Run, garden: Path) -> None:
    asked = f"vaultlint check {shlex.quote(str(garden))} --select GD"
    found = run(f"{asked} --format json")
    assert found.returncode == 1, found.stderr
    assert [one["message"] for one in json.loads(found.stdout)["diagnostics"]] == [
        "“Sown” is no status; known are “sown”, “growing”, “harvested”",
        "“Archive/Slugs.md” lies in the archive",
    ]
    assert run(f"{asked} --fix").returncode == 1
    assert (garden / "Plan.md").read_text(encoding="utf-8") == "---\nstatus: sown\n---\n[[Slugs]]\n"


def test_its_options_are_checked(run: Run, garden: Path) -> None:
    config = garden / "vaultlint.toml"
    asked = f"vaultlint check {shlex.quote(str(garden))} --select GD"
    config.write_text('[rules.archived-target]\nfolder = "Old"\n[rules.unknown-status]\nallowed = ["Sown"]\n')
    assert run(asked).returncode == 0
    config.write_text("[rules.archived-target]\nfolders = []\n")
    refused = run(asked)
    assert refused.returncode == 2
    assert "folders" in refused.stderr


def test_its_own_tests_pass(run: Run) -> None:
    result = run("python -m pytest -q -p no:cacheprovider -p no:xdist -W error")
    assert result.returncode == 0, result.stdout + result.stderr


# --- the guide --------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, _, text in BLOCKS if path])
def test_the_guide_shows_the_files_of_the_pack(path: str, text: str) -> None:
    assert (PACK / path).read_text(encoding="utf-8") == text


def test_the_guide_shows_every_file_of_the_pack() -> None:
    shown = {path for path, _, _ in BLOCKS}
    files = (file for file in PACK.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
    assert {file.relative_to(PACK).as_posix() for file in files} <= shown


@pytest.mark.parametrize("line", [line for path, _, text in BLOCKS if not path for line in text.splitlines()])
def test_the_commands_of_the_guide_run(run: Run, line: str) -> None:
    result = run(line)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_blocks_without_a_path_are_commands() -> None:
    assert {language for path, language, _ in BLOCKS if not path} == {"sh"}
    assert GUIDE.count("\n```sh\n") == sum(language == "sh" for _, language, _ in BLOCKS)
