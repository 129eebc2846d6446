"""What shells complete."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]


def script(capsys: Capture, shell: str) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def completed(folder: Path, script: str, *words: str) -> set[str]:
    """What bash offers for the last of the words."""
    (folder / "script").write_text(script, "utf-8")
    asked = " ".join(f"'{word}'" for word in words)
    steps = (
        "source ./script",
        "function=$(complete -p vaultlint | sed -E 's/.*-F ([^ ]+).*/\\1/')",
        f"COMP_WORDS=({asked})",
        f"COMP_CWORD={len(words) - 1}",
        "$function vaultlint",
        "printf '%s\\n' \"${COMPREPLY[@]}\"",
    )
    ran = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(steps)], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(ran.stdout.split())


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_commands_options_rules_and_formats(tmp_path: Path, capsys: Capture) -> None:
    bash = script(capsys, "bash")
    assert {"check", "baseline", "stats"} <= completed(tmp_path, bash, "vaultlint", "")
    assert completed(tmp_path, bash, "vaultlint", "check", "--no-b") == {"--no-baseline"}
    assert completed(tmp_path, bash, "vaultlint", "explain", "broken-l") == {"broken-link"}
    assert "VL201" in completed(tmp_path, bash, "vaultlint", "check", "--select", "VL2")
    assert "json" in completed(tmp_path, bash, "vaultlint", "check", "--format", "j")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_is_in_the_script(capsys: Capture, shell: str) -> None:
    import shtab

    if shell not in shtab.SUPPORTED_SHELLS:
        pytest.skip("an older shtab")
    told = script(capsys, shell)
    for command in ("check", "baseline", "completion", "stdin-filename"):
        assert command in told
    if (program := shutil.which(shell)) is not None:
        subprocess.run([program, "-n"], input=told, text=True, check=True)


def test_the_error_says_which_extra_to_install(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert "obsidian-vaultlint[completion]" in capsys.readouterr().err
