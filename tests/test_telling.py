"""What the configuration makes of what the rules find."""

from pathlib import Path
from typing import Any

import pytest

from vaultlint import lint
from vaultlint.cli import main


def found(root: Path, notes: dict[str, str], config: str, **options: Any) -> list[str]:
    """What is found in a vault with these notes: path, code, severity, and the safeties of fixes."""
    (root / ".obsidian").mkdir(exist_ok=True)
    for path, text in notes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    (root / "vaultlint.toml").write_text(config, encoding="utf-8")
    return [
        " ".join([one.path, one.code, one.severity, *(fix.safety for fix in one.fixes)])
        for one in lint(root, **options).diagnostics
    ]


LINKS = {
    "a.md": "[[Gone]] [[winter soup stock]]\n",
    "d/b.md": "[[Gone]] [[a]]\n",
    "winter_soup_stock.md": "[[b]]\n",
}


def test_rules_are_silent_in_the_files_of_a_pattern(tmp_path: Path) -> None:
    config = 'select = ["VL2"]\n[per-file-ignores]\n"d/" = ["broken-link"]\n"a.*" = ["VL3"]\n'
    assert found(tmp_path, LINKS, config) == ["a.md VL201 error", "a.md VL201 error safe"]


def test_a_suppression_is_not_judged_where_its_rule_is_silent(tmp_path: Path) -> None:
    notes = {"d/b.md": "%% vaultlint-disable-file VL201 %%\n[[Gone]]\n"}
    assert found(tmp_path, notes, 'select = ["VL0", "VL201"]\n[per-file-ignores]\n"d/" = ["VL201"]\n') == []
    notes = {"d/b.md": "%% vaultlint-disable-file VL201 %%\n"}
    assert found(tmp_path, notes, 'select = ["VL0", "VL201"]\n[per-file-ignores]\n"d/" = ["VL201"]\n') == []
    assert found(tmp_path, notes, 'select = ["VL0", "VL201"]\n[per-file-ignores]\n"d/" = ["VL0"]\n') == []
    assert found(tmp_path, notes, 'select = ["VL0", "VL201"]\n') == ["d/b.md VL002 warning safe"]


def test_that_a_run_is_incomplete_is_told_whatever_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xff")
    config = 'ignore = ["ALL"]\n[per-file-ignores]\n"*" = ["ALL", "VL001"]\n'
    assert found(tmp_path, {"b.md": ""}, config) == ["a.md VL001 error"]


@pytest.mark.parametrize(
    ("config", "safety"),
    [
        ("", "safe"),
        ('unfixable = ["broken-link"]', "manual"),
        ('fixable = ["VL3"]', "manual"),
        ('extend-unsafe-fixes = ["VL2"]', "unsafe"),
        ('extend-safe-fixes = ["VL2"]', "safe"),
    ],
)
def test_the_configuration_says_which_fixes_may_be_applied(tmp_path: Path, config: str, safety: str) -> None:
    assert f"a.md VL201 error {safety}" in found(tmp_path, LINKS, f'{config}\nselect = ["VL201"]')
    assert main(["check", str(tmp_path), "--fix", "--exit-zero"]) == 0
    assert ("winter_soup_stock" in (tmp_path / "a.md").read_text()) is (safety == "safe")


def test_unsafe_fixes_may_count_as_safe(tmp_path: Path) -> None:
    notes = {"a.md": "[[Winter soup stock]]\n", "d/winter_soup_stock.md": "[[a]]\n"}
    config = 'select = ["VL201"]\n'
    assert found(tmp_path, notes, config) == ["a.md VL201 error unsafe"]
    assert found(tmp_path, notes, config + 'extend-safe-fixes = ["VL201"]') == ["a.md VL201 error safe"]


def test_what_is_planned_is_not_missed(tmp_path: Path) -> None:
    notes = {"a.md": "[[People/Ann]] [[20xx trip]] [[Gone]] [x](Ideas/Tea.md) ![[Gone.png]]\n"}
    config = 'planned = ["people/", "20?? *", "Ideas/tea"]\nselect = ["VL201", "VL204"]\n'
    assert found(tmp_path, notes, config) == ["a.md VL201 error", "a.md VL204 error"]


def test_what_is_unwritten_may_be_less_grave(tmp_path: Path) -> None:
    config = 'select = ["VL201"]\n[rules.broken-link]\nunwritten = "info"\n'
    assert found(tmp_path, LINKS, config) == ["a.md VL201 info", "a.md VL201 error safe", "d/b.md VL201 info"]


def test_a_published_vault_must_mind_the_case(tmp_path: Path) -> None:
    notes = {"a.md": "[[B]]\n", "b.md": "[[a]]\n"}
    assert found(tmp_path, notes, 'ignore = ["VL4"]') == []
    assert found(tmp_path, notes, 'ignore = ["VL4"]\npublish = "publish"') == []  # that is Obsidian's own
    assert found(tmp_path, notes, 'ignore = ["VL4"]\npublish = "quartz"') == ["a.md VL207 warning safe"]
    config = 'ignore = ["VL4"]\npublish = "github"\n[rules.case-mismatch]\nseverity = "info"\n'
    assert found(tmp_path, notes, config) == ["a.md VL207 info manual"]


def test_that_a_note_is_too_complex_is_told_unless_somebody_ignores_it(tmp_path: Path) -> None:
    notes = {"a.md": "> " * 1000 + "```\n[[b]]\n", "b.md": "x\n"}
    assert "a.md VL004 warning" in found(tmp_path, notes, 'select = ["VL307"]')
    assert found(tmp_path, notes, 'select = ["VL307"]\n[rules.VL004]\nseverity = "info"') == [
        "a.md VL004 info"
    ]
    assert found(tmp_path, notes, 'select = ["VL307"]\nignore = ["VL004"]') == []
    assert found(tmp_path, notes, 'select = ["VL307"]\n[per-file-ignores]\n"a.md" = ["VL004"]') == []
