"""What `docs/ci.md` shows is valid by the schemas of those who read it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[1] / "docs" / "ci.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"```yaml\n([^`]*)```", PAGE)


@pytest.mark.parametrize(
    ("schema", "word"), [("github-workflows", "actions/checkout@"), ("gitlab-ci", "codequality:")]
)
def test_the_pipelines_shown_are_valid(tmp_path: Path, schema: str, word: str) -> None:
    (example,) = [each for each in SHOWN if word in each]
    file = tmp_path / "pipeline.yml"
    file.write_text(example, encoding="utf-8")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(file)]
    if schema == "gitlab-ci":
        command += ["--data-transform", "gitlab-ci"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
