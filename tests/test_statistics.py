"""Findings in figures, and the vault in figures."""

import json
from pathlib import Path

import pytest

from tests.repositories import write
from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with a bit of everything."""
    monkeypatch.setenv("VAULTLINT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "vault"
    write(root, "vaultlint.toml", 'select = ["VL109", "VL201"]\nexclude = ["left out/"]\n')
    write(root, "hub.md", "[[a]] [[b]] [[c]] [[Wanted]]\n")
    write(root, "d/a.md", "---\nup: [[hub]]\n---\n[[hub]] [[wanted]] [[Wanted#Head]] [[Once]]\n")
    write(root, "d/e/b.md", "[[a]] [[Wanted]] [x](https://example.org)\n")
    write(root, "c.md", "no links\n")
    write(root, "alone.md", "[[alone]]\n")
    write(root, "left out/x.md", "[[hub]] [[Wanted]] [[c]]\n")
    write(
        root, "board.canvas", json.dumps({"nodes": [{"id": "1", "type": "text", "text": "[[Once]] [[a]]"}]})
    )
    write(root, "list.base", "views: []\n")
    write(root, "pic.png", "no picture")
    return root


def run(capsys: Capture, *arguments: object) -> tuple[int, str]:
    capsys.readouterr()
    status = main(list(map(str, arguments)))
    return status, capsys.readouterr().out


# --- check --statistics -----------------------------------------------------------------------


@pytest.mark.parametrize("cache", [(), ("--no-cache",)])
def test_findings_are_counted_by_rule_and_by_folder(
    vault: Path, capsys: Capture, cache: tuple[str, ...]
) -> None:
    for _ in range(2):
        assert run(capsys, "check", vault, "--statistics", *cache) == (
            1,
            "6  VL201 broken-link\n"
            "1  VL109 unquoted-property-link  1 fixable\n"
            "\n"
            "5  d/  1 fixable\n"
            "2  .\n"
            "\n"
            "Found 7 errors in 4 notes; 1 fixable with --fix\n",
        )
    assert run(capsys, "check", vault, *cache)[1].count("VL201") == 6


def test_programs_get_the_counts_as_json(vault: Path, capsys: Capture) -> None:
    told = json.loads(run(capsys, "check", vault, "--statistics", "--format", "json")[1])
    assert told == {
        "schema_version": 1,
        "complete": True,
        "notes": 6,
        "rules": [
            {"code": "VL201", "name": "broken-link", "findings": 6, "fixable": 0, "unsafely_fixable": 0},
            {"code": "VL109", "name": "unquoted-property-link", "findings": 1, "fixable": 1,
             "unsafely_fixable": 0},
        ],
        "folders": [
            {"path": "d/", "findings": 5, "fixable": 1, "unsafely_fixable": 0},
            {"path": ".", "findings": 2, "fixable": 0, "unsafely_fixable": 0},
        ],
    }  # fmt: skip


def test_nothing_found_leaves_nothing_to_count(vault: Path, capsys: Capture) -> None:
    assert run(capsys, "check", vault / "c.md", "--statistics") == (
        0,
        "All good: nothing found in 6 notes.\n",
    )


def test_other_formats_have_no_statistics(vault: Path, capsys: Capture) -> None:
    assert run(capsys, "check", vault, "--statistics", "--format", "full")[0] == 2


# --- stats ------------------------------------------------------------------------------------


def test_the_vault_is_told_in_figures(vault: Path, capsys: Capture) -> None:
    assert run(capsys, "stats", vault) == (
        0,
        "5 notes, 1 canvas, 1 base and 2 other files\n"
        "13 links, 6 of them to what is not there\n"
        "\n"
        "most linked notes:\n"
        "    3  d/a.md\n"
        "    1  c.md\n"
        "    1  d/e/b.md\n"
        "    1  hub.md\n"
        "\n"
        "most wanted, and not there:\n"
        "    3  Wanted\n"
        "    1  Once\n"
        "\n"
        "orphans: no other note links to them:\n"
        "  alone.md\n"
        "\n"
        "dead ends: they link to nothing:\n"
        "  alone.md\n"
        "  c.md\n",
    )


def test_long_lists_are_cut_and_counted(vault: Path, capsys: Capture) -> None:
    out = run(capsys, "stats", vault, "--top", 1)[1]
    assert "most linked notes (4):\n    3  d/a.md\n\n" in out


def test_programs_get_the_figures_as_json(vault: Path, capsys: Capture) -> None:
    told = json.loads(run(capsys, "stats", vault, "--format", "json", "--top", 1)[1])
    assert told["notes"] == 5
    assert told["orphans"] == ["alone.md"]
    assert told["dead_ends"] == ["alone.md", "c.md"]
    assert told["wanted"] == [{"name": "Wanted", "notes": 3}]
    assert told["linked"] == [{"name": "d/a.md", "notes": 3}]
