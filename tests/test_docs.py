"""The documents are a vault that is in order, and what they show is what the program does."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vaultlint.cli import main

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def test_the_documents_are_a_vault_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(DOCS)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_every_file_outside_that_a_document_links_to_exists(page: Path) -> None:
    prose = re.sub(r"`[^`\n]*`", "", page.read_text(encoding="utf-8"))
    links = re.findall(r"\]\((\.\./[^)#\s]+)", prose)
    assert not [link for link in links if not (DOCS / link).exists()]


# --- getting started --------------------------------------------------------------------------

BLOCKS = re.findall(r"```console\n(.*?)```", (DOCS / "getting-started.md").read_text(encoding="utf-8"), re.S)


def shown() -> list[tuple[str, str]]:
    """Each command of the page, with what it prints."""
    commands: list[tuple[str, str]] = []
    for block in BLOCKS:
        for line in block.splitlines(keepends=True):
            if line.startswith("$ "):
                commands.append((line[2:].rstrip("\n"), ""))
            else:
                commands[-1] = (commands[-1][0], commands[-1][1] + line)
    return commands


def as_pattern(output: str) -> str:
    """`…` on a line of its own stands for any lines, within a line for anything in it."""
    whole = re.escape(output).replace("…\\\n", "(?:.*\\n)*?")
    return whole.replace("…", ".*")


@pytest.mark.skipif(os.name != "posix" or shutil.which("bash") is None, reason="needs bash")
def test_the_first_ten_minutes_are_as_they_are_shown(tmp_path: Path) -> None:
    vault = tmp_path / "garden"
    shutil.copytree(ROOT / "fixtures" / "sample-vault", vault)
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("GITHUB_ACTIONS", None)
    assert len(shown()) >= 9
    for command, output in shown():
        done = subprocess.run(
            ["bash", "-c", f"{{ {command}; }} 2>&1"],
            cwd=vault,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert re.fullmatch(as_pattern(output), done.stdout), f"{command}\n{done.stdout}"


# --- the JSON report --------------------------------------------------------------------------


def test_the_finding_shown_is_the_one_that_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    page = (DOCS / "json-report.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(\{\n.*?\})\n```", page, re.S)
    main(["check", str(ROOT / "fixtures" / "sample-vault"), "--format", "json"])
    assert json.loads(example) in json.loads(capsys.readouterr().out)["diagnostics"]
