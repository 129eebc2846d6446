"""The import floors of `pyproject.toml`, as a test."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
_RUN = (
    "import sys; sys.path[:0] = ['.', 'rules']; from importlinter.cli import lint_imports_command as c; c()"
)


def test_no_module_imports_from_a_floor_above_it() -> None:
    result = subprocess.run(
        [sys.executable, "-c", _RUN, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout
