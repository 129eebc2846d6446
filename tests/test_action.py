"""The GitHub Action: its shell steps, taken out of `action.yml`, run as a runner would run them."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]

pytestmark = pytest.mark.skipif(
    os.name != "posix" or shutil.which("git") is None or shutil.which("bash") is None,
    reason="needs bash and git",
)

GOOD = {"a.md": "[[b]]\n", "b.md": "[[a]]\n"}
BAD = {"a.md": "[[b]]\n", "b.md": "[[a]] [[Gone]]\n"}


def step(name: str) -> dict[str, Any]:
    (found,) = [each for each in STEPS if each.get("name") == name]
    return found


class Runner:
    """What a runner has of a job: its folders, its files and the inputs."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "work space"
        self.temp = folder / "temp"
        for each in (self.workspace, self.temp):
            each.mkdir(exist_ok=True)
        self.summary, self.output = folder / "summary", folder / "output"
        self.commits: list[str] = []

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Tester", "-c", "user.email=tester@localhost", "-c", "commit.gpgsign=false")
        command = ["git", *who, *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        environment = {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            command,
            cwd=self.workspace,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str], folder: str = ".") -> str:
        """The commit of these files in the vault in that folder of the repository."""
        if not self.commits:
            self.git("init", "-q")
        (self.workspace / folder / ".obsidian").mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            (self.workspace / folder / path).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "x")
        self.commits.append(self.git("rev-parse", "HEAD"))
        return self.commits[-1]

    def run(self, name: str, **inputs: str) -> "subprocess.CompletedProcess[str]":
        """A step, with these inputs."""
        self.summary.write_text("Before.\n", encoding="utf-8")
        self.output.write_text("", encoding="utf-8")
        given = {key: str(value.get("default", "")) for key, value in ACTION["inputs"].items()} | inputs

        def value_of(expression: re.Match[str]) -> str:
            return given.get(expression[1], "")

        environment = {
            key: re.sub(r"\$\{\{ (?:inputs\.)?([\w.-]+) \}\}", value_of, value)
            for key, value in step(name).get("env", {}).items()
        }
        environment = {key: "" if "${{" in value else value for key, value in environment.items()}
        script = self.temp / "step.sh"
        script.write_text(step(name)["run"], encoding="utf-8")
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
                **environment,
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_OUTPUT": str(self.output),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temp),
                "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def check(self, **inputs: str) -> tuple[int, str]:
        """Exit status and log of the step that checks, with the vaultlint of these tests."""
        programs = self.temp / "vaultlint-action" / "bin"
        programs.mkdir(parents=True, exist_ok=True)
        program = programs / "vaultlint"
        program.write_text(
            f"#!{sys.executable} -P\nimport sys\nfrom vaultlint.__main__ import run\nsys.exit(run())\n"
        )
        program.chmod(0o755)
        done = self.run("Check the vault", **inputs)
        return done.returncode, done.stdout + done.stderr

    def outputs(self) -> dict[str, str]:
        """What the step has set."""
        return dict(line.split("=", 1) for line in self.output.read_text(encoding="utf-8").splitlines())


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    return Runner(tmp_path)


# --- the file ---------------------------------------------------------------------------------


def test_the_action_is_valid_by_the_schema_of_github() -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions"]
    done = subprocess.run(
        [*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_other_actions_are_pinned_by_their_commit() -> None:
    used = [each["uses"] for each in STEPS if "uses" in each]
    assert used
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", each) for each in used)


def test_no_script_holds_an_expression() -> None:
    scripts = [each["run"] for each in STEPS if "run" in each]
    assert len(scripts) == 2
    assert not [script for script in scripts if "${{" in script]


def test_the_base_of_a_pull_request_is_the_one_to_take_the_configuration_from() -> None:
    assert ACTION["inputs"]["base"]["default"] == "${{ github.event.pull_request.base.sha }}"


# --- its steps --------------------------------------------------------------------------------


def test_vaultlint_is_installed_and_checks_a_vault(runner: Runner) -> None:
    installed = runner.run("Install vaultlint")
    if installed.returncode and "pip" in installed.stdout + installed.stderr:
        pytest.skip("vaultlint cannot be installed from the package index here")
    assert installed.returncode == 0, installed.stderr
    runner.commit(GOOD)
    done = runner.run("Check the vault")
    assert (done.returncode, done.stdout) == (0, "All good: nothing found in 2 notes.\n")


def test_a_finding_is_an_annotation_a_summary_and_sarif_and_fails(runner: Runner) -> None:
    runner.commit(BAD, folder="my notes")
    status, log = runner.check(path="my notes")
    assert status == 1
    assert log == (
        "::error file=my notes/b.md,line=1,endLine=1,col=7,endColumn=14,title=VL201 broken-link::"
        "my notes/b.md:1:7 VL201 no note is named “Gone”\n"
        "Found 1 error in 1 note\n"
    )
    summary = runner.summary.read_text(encoding="utf-8")
    assert summary.startswith("Before.\n### vaultlint\n\nFound 1 error in 1 note\n")
    assert "<code>my notes/b&#46;md:1:7</code>" in summary
    assert runner.outputs()["status"] == "1"
    log_of_sarif = json.loads(Path(runner.outputs()["sarif-file"]).read_bytes())
    assert [each["ruleId"] for each in log_of_sarif["runs"][0]["results"]] == ["VL201"]


def test_a_good_vault_passes(runner: Runner) -> None:
    runner.commit(GOOD)
    assert runner.check() == (0, "All good: nothing found in 2 notes.\n")
    assert runner.outputs()["status"] == "0"


def test_more_arguments_are_words_and_nothing_else(runner: Runner) -> None:
    runner.commit(BAD)
    assert runner.check(arguments="--select VL301 --fail-on error")[0] == 0
    status, log = runner.check(arguments="$(touch caught) `touch caught` ; touch caught")
    assert status == 2
    assert "touch" in log
    assert not (runner.workspace / "caught").exists()


def test_a_pull_request_is_judged_by_the_configuration_of_its_base(runner: Runner) -> None:
    base = runner.commit(GOOD)
    runner.commit({**BAD, "vaultlint.toml": 'ignore = ["VL2"]\n'})
    assert runner.check()[0] == 0
    status, log = runner.check(base=base)
    assert status == 1
    assert "VL201 no note is named “Gone”" in log


def test_a_pull_request_to_an_old_vault_is_told_exactly_what_it_breaks(
    runner: Runner, tmp_path: Path
) -> None:
    old = {"a.md": "[[b]] [[Lost]]\n", "b.md": "[[a]] [[c]]\n", "c.md": "[[a]] [[b]]\n"}
    write_baseline(tmp_path / "copy", old)
    name = ".vaultlint-baseline.json"
    base = runner.commit({**old, name: (tmp_path / "copy" / name).read_text(encoding="utf-8")})
    status, log = runner.check(base=base)
    assert (status, log.count("::error ")) == (0, 0)

    changed = {**old, "c.md": "[[a]] [[b]] [[Gone]]\n"}
    write_baseline(tmp_path / "hidden", changed)
    runner.commit({**changed, name: (tmp_path / "hidden" / name).read_text(encoding="utf-8")})
    status, log = runner.check(base=base)
    assert (status, log.count("::error ")) == (1, 1)
    assert "VL201 no note is named “Gone”" in log

    runner.git("reset", "-q", "--hard", base)
    runner.git("rm", "-q", "c.md")
    runner.git("commit", "-qm", "a note less")
    status, log = runner.check(base=base)
    assert (status, log.count("::error ")) == (1, 1)
    assert "VL201 no note is named “c”" in log


def write_baseline(folder: Path, notes: Mapping[str, str]) -> None:
    """Record what is found in these notes."""
    for path, text in notes.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, "-m", "vaultlint", "baseline", str(folder)], check=True)


def test_a_base_that_is_not_there_is_fetched(runner: Runner, tmp_path: Path) -> None:
    base = runner.commit({**GOOD, "vaultlint.toml": 'ignore = ["VL2"]\n'})
    runner.commit({**BAD, "vaultlint.toml": ""})
    (tmp_path / "clone").mkdir()
    clone = Runner(tmp_path / "clone")
    clone.workspace.rmdir()
    runner.git("config", "uploadpack.allowAnySHA1InWant", "true")
    runner.git("clone", "-q", "--depth=1", f"file://{runner.workspace}", str(clone.workspace))
    assert clone.check()[0] == 1
    assert clone.check(base=base)[0] == 0


def test_what_cannot_run_fails_and_says_why(runner: Runner) -> None:
    runner.commit(GOOD)
    status, log = runner.check(path="no such folder")
    assert status == 2
    assert "there is no file or folder “no such folder”" in log
    assert runner.outputs()["status"] == "2"


def test_a_note_of_a_stranger_gives_the_runner_no_command(runner: Runner) -> None:
    runner.commit(
        {**GOOD, "::warning::x.md": "[[##[add-mask]y]] [[@somebody]]\n", "b.md": "[[::warning::x]]\n"}
    )
    status, log = runner.check()
    assert status == 1
    commands = [line for line in log.splitlines() if line.startswith("::")]
    assert commands
    assert all(re.match("::(error|warning|notice) file=", line) for line in commands)
    assert "##[" not in log
    assert "@somebody" not in runner.summary.read_text(encoding="utf-8")
