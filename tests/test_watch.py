"""A vault that is checked while somebody works in it."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.repositories import write
from vaultlint.cli import main

ROOT = Path(__file__).parent.parent


@contextmanager
def watching(root: Path, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """`vaultlint check --watch` in a process of its own, which is ended should it hang."""
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "vaultlint", "check", str(root), "--watch", *arguments],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'rules'}", "PYTHONIOENCODING": "utf-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        guard = threading.Timer(60, process.kill)
        guard.start()
        try:
            yield process
        finally:
            process.kill()
            guard.cancel()


def lines_until(stream: IO[str] | None, end: str) -> list[str]:
    """What is read up to the line that holds `end`."""
    assert stream is not None
    found: list[str] = []
    for line in stream:
        found.append(line.rstrip("\n"))
        if end in line:
            return found
    raise AssertionError(f"“{end}” did not come: {found}")


def save(root: Path, path: str, text: str) -> None:
    """Put a file in the place of another one at once, so that no half of it is seen."""
    write(root, ".vl-0.tmp", text)
    (root / ".vl-0.tmp").replace(root / path)


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "vault"
    write(root, "vaultlint.toml", 'select = ["VL201"]\n')
    write(root, "a.md", "[[b]] [[Old]]\n")
    write(root, "b.md", "[[a]]\n")
    return root


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.usefixtures("listening")
def test_what_is_new_is_told_and_ctrl_c_ends_it(vault: Path) -> None:
    with watching(vault) as process:
        told = lines_until(process.stdout, "Found")
        assert told[0] == "a.md:1:7 VL201 broken-link no note is named “Old”"
        lines_until(process.stderr, "Ctrl-C ends it")

        save(vault, "b.md", "[[a]] [[Fresh]]\n")
        told = lines_until(process.stdout, " now")
        assert "b.md:1:7 VL201 broken-link no note is named “Fresh”" in told
        assert not any("“Old”" in line for line in told)
        assert told[-1] == "1 new, 0 gone: 2 findings now"

        (vault / "b.md").unlink()
        told = lines_until(process.stdout, " now")
        assert "a.md:1:1 VL201 broken-link no note is named “b”" in told
        assert told[-1] == "1 new, 1 gone: 2 findings now"

        save(vault, "vaultlint.toml", "nonsense")
        lines_until(process.stderr, "vaultlint.toml")
        save(vault, "vaultlint.toml", 'select = ["VL401"]\n')
        assert lines_until(process.stdout, " now")[-1].startswith("1 new, 2 gone")

        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.usefixtures("listening")
def test_a_configuration_above_the_vault_is_seen_to_change(vault: Path) -> None:
    (vault / "vaultlint.toml").unlink()
    above = vault.parent
    write(above, "pyproject.toml", "[tool.vaultlint]\nextend = 'shared.toml'\n")
    write(above, "shared.toml", 'select = ["VL201"]\n')
    with watching(vault) as process:
        lines_until(process.stdout, "Found 1")
        lines_until(process.stderr, "Ctrl-C ends it")

        save(above, "shared.toml", "nonsense")
        lines_until(process.stderr, "shared.toml")
        save(above, "shared.toml", 'select = ["VL3"]\n')
        assert lines_until(process.stdout, " now")[-1] == "0 new, 1 gone: 0 findings now"
        save(above, "pyproject.toml", '[tool.vaultlint]\nselect = ["VL201"]\n')
        assert lines_until(process.stdout, " now")[-1] == "1 new, 0 gone: 1 finding now"


@pytest.mark.parametrize(
    "other", ["--fix", "--diff", "--staged", "--since=HEAD", "--format=json", "--statistics"]
)
def test_what_does_not_go_with_watching_is_an_error(
    vault: Path, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    assert main(["check", str(vault), "--watch", other]) == 2
    assert "--watch tells findings as text" in capsys.readouterr().err


def test_the_error_says_which_extra_to_install(
    vault: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    assert main(["check", str(vault), "--watch"]) == 2
    assert "obsidian-vaultlint[watch]" in capsys.readouterr().err
