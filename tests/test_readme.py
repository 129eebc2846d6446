"""What the README shows is what the program does."""

import re
from pathlib import Path

import pytest

from vaultlint.cli import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_output_shown_is_the_output_of_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    shown = re.search(r"```console\n\$ vaultlint (.*)\n([^`]*)```", README)
    assert shown is not None
    assert main(shown[1].split()) == 1
    assert capsys.readouterr().out == shown[2]


def test_there_are_two_commands_to_set_up_each_on_one_line() -> None:
    commands = re.findall(r"```sh\n(.*)\n```", README)
    assert len(commands) == 2
    assert all(command.startswith("python3 -m venv .venv && .venv/bin/pip install") for command in commands)


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)]+)\)", README))
def test_every_file_that_the_readme_links_to_exists(link: str) -> None:
    assert (ROOT / link).is_file()


def test_the_configuration_shown_is_valid(tmp_path: Path) -> None:
    example = re.search(r"```toml\n([^`]*)```", README)
    assert example is not None
    (tmp_path / "vaultlint.toml").write_text(example[1], encoding="utf-8")
    (tmp_path / "note.md").write_text("Nothing to see.\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
