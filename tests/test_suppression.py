"""What notes say of findings: which are silenced, what is of no use, and what a run writes for its user."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from vaultlint import lint
from vaultlint.cli import main
from vaultlint.parse import parse_note
from vaultlint.suppression import Suppression, suppressions_of

RULES = ("VL0", "VL201", "VL202", "VL301", "VL401")


def found(
    root: Path, notes: Mapping[str, str], select: tuple[str, ...] = RULES, config: str = ""
) -> list[str]:
    """What is found in a vault with these notes: path, line, code."""
    write(root, notes)
    if config:
        (root / "vaultlint.toml").write_text(config, encoding="utf-8")
    report = lint(root, select=select)
    return [
        f"{one.path}:{report.lines(one.path).position(one.span.start).line} {one.code}"
        for one in report.diagnostics
    ]


def write(root: Path, notes: Mapping[str, str]) -> None:
    (root / ".obsidian").mkdir(exist_ok=True)
    for path, text in notes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8", newline="")


def read(text: str) -> list[Suppression]:
    return [Suppression._make(one) for one in suppressions_of(parse_note("n.md", text))]


def one_note(root: Path, text: str, select: tuple[str, ...] = ("VL0", "VL201")) -> list[str]:
    return [line.removeprefix("n.md:") for line in found(root, {"n.md": text}, select)]


# --- what is silenced -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "%% vaultlint-disable-next-line broken-link %%",
        "%%vaultlint-disable-next-line VL201%%",
        "%% vaultlint-disable-next-line VL2 -- a reason, with 100 % of - and -- in it %%",
        "%% vaultlint-disable-next-line VL301, broken-link %%",
        "%% vaultlint-disable-next-line VL301 broken-link %%",
        "%% vaultlint-disable-next-line %%",
        "%% vaultlint-disable-next-line ALL %%",
        "<!-- vaultlint-disable-next-line broken-link -- why -->",
        "<!--vaultlint-disable-next-line broken-link-->",
        "> %% vaultlint-disable-next-line broken-link %%",
        "text <!-- vaultlint-disable-next-line broken-link -->",
        "%% vaultlint-disable broken-link %%",
        "<!-- vaultlint-disable -->",
        "- item\n    <!-- vaultlint-disable-next-line broken-link -->",
        "%% vaultlint-disable-next-line broken-link %%\n\n  \n",
        "%% vaultlint-disable-next-line broken-link %%\n%% vaultlint-disable-next-line VL202 %%",
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_finding_below_is_silenced(tmp_path: Path, comment: str, end: str) -> None:
    text = f"---\na: 1\n---\n\n{comment}\n[[Gone]] [[Lost]]\n".replace("\n", end)
    assert one_note(tmp_path, text) == []


@pytest.mark.parametrize(
    "comment",
    [
        "`%% vaultlint-disable-next-line broken-link %%`",
        "```\n%% vaultlint-disable-next-line broken-link %%\n```",
        "```\n<!-- vaultlint-disable-next-line broken-link -->\n```",
        "text\n\n    <!-- vaultlint-disable-next-line broken-link -->",
        "vaultlint-disable-next-line broken-link",
        "%% vaultlint-disable-next-line broken-link",
        "%% vaultlint-disable-next-line broken-link\n%%",
        "$$\n%% vaultlint-disable-next-line broken-link %%\n$$",
    ],
)
def test_code_and_half_a_comment_silence_nothing(tmp_path: Path, comment: str) -> None:
    assert [line.split()[1] for line in one_note(tmp_path, f"{comment}\n[[Gone]]\n")] == ["VL201"]


def test_only_the_next_line_is_silenced(tmp_path: Path) -> None:
    text = "[[A]]\n%% vaultlint-disable-next-line VL201 %%\n[[B]]\n[[C]]\n"
    assert one_note(tmp_path, text) == ["1 VL201", "4 VL201"]


def test_a_region_ends_where_it_is_told(tmp_path: Path) -> None:
    text = "[[A]]\n%% vaultlint-disable VL201 %%\n[[B]]\n%% vaultlint-enable %%\n[[C]]\n"
    assert one_note(tmp_path, text) == ["1 VL201", "5 VL201"]


def test_of_a_region_of_two_rules_one_may_end(tmp_path: Path) -> None:
    text = (
        "%% vaultlint-disable VL201, VL202 %%\n[[A]] [[#x]]\n%% vaultlint-enable VL202 %%\n"
        "[[B]] [[#y]]\n<!-- vaultlint-enable VL201 -->\n[[C]] [[#z]]\n"
    )
    assert one_note(tmp_path, text, ("VL0", "VL201", "VL202")) == ["4 VL202", "6 VL201", "6 VL202"]


def test_a_note_is_silenced_from_its_end_too(tmp_path: Path) -> None:
    notes = {"n.md": "---\nx: 1\n---\n[[Gone]]\n\n%% vaultlint-disable-file VL201, orphan-note %%"}
    assert found(tmp_path, notes) == []


@pytest.mark.parametrize("value", ["{orphan: ok}", "\n  orphan: ok"])
def test_a_property_says_that_no_note_need_link_here(tmp_path: Path, value: str) -> None:
    notes = {"a.md": f"---\nvaultlint: {value}\n---\n", "b.md": "x\n"}
    assert found(tmp_path, notes) == ["b.md:1 VL401"]


def test_the_property_is_no_mistake_where_a_note_links_here(tmp_path: Path) -> None:
    notes = {"a.md": "---\nvaultlint: {orphan: ok}\n---\n[[b]]\n", "b.md": "[[a]]\n"}
    assert found(tmp_path, notes) == []


def test_the_findings_of_note_rules_are_silenced_as_those_of_vault_rules(tmp_path: Path) -> None:
    anchor = '<a class="yt-timestamp" data-t="07:12">[07:12]</a>'
    text = f"%% vaultlint-disable-next-line malformed-timestamp %%\n{anchor}\n{anchor}\n"
    assert found(tmp_path, {"n.md": text}, ("VL0", "VL301")) == ["n.md:3 VL301"]


def test_that_a_note_cannot_be_read_is_never_silenced(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "[[b]]\n"})
    (tmp_path / "b.md").write_bytes(b"%% vaultlint-disable-file %% \xff")
    report = lint(tmp_path)
    assert ("b.md", "VL001") in {(one.path, one.code) for one in report.diagnostics}


# --- what is of no use ------------------------------------------------------------------------


def test_what_silenced_nothing_is_told_and_only_where_the_rule_ran(tmp_path: Path) -> None:
    text = "%% vaultlint-disable-file VL201, VL202 %%\n"
    assert one_note(tmp_path, text, ("VL0", "VL201", "VL202")) == ["1 VL002"]
    assert one_note(tmp_path, text, ("VL0", "VL202")) == ["1 VL002"]
    assert one_note(tmp_path, text, ("VL0", "VL301")) == []
    assert one_note(tmp_path, text, ("VL201", "VL202")) == []


@pytest.mark.parametrize("names", ["", "VL2", "ALL"])
def test_a_suppression_of_many_rules_is_judged_when_all_that_are_on_ran(tmp_path: Path, names: str) -> None:
    write(tmp_path, {"n.md": f"%% vaultlint-disable-file {names} %%\n", "m.md": "[[n]]\n"})
    for options, expected in (({}, ["VL002"]), ({"ignore": ["VL206"]}, [])):
        report = lint(tmp_path / "n.md", **options)  # type: ignore[arg-type]
        assert [one.code for one in report.diagnostics] == expected


def test_in_a_template_nothing_is_judged(tmp_path: Path) -> None:
    notes = {
        ".obsidian/templates.json": '{"folder": "T"}',
        ".obsidian/core-plugins.json": '{"templates": true}',
        "T/n.md": "%% vaultlint-disable-file VL201 {{rule}} %%\n",
    }
    assert found(tmp_path, notes) == []


def test_an_end_without_a_beginning_is_told(tmp_path: Path) -> None:
    text = "%% vaultlint-enable %%\n%% vaultlint-disable VL201 %%\n[[A]]\n%% vaultlint-enable VL202 %%\n"
    assert one_note(tmp_path, text, ("VL0", "VL201")) == ["1 VL002", "4 VL002"]


def test_the_removed_line_is_the_whole_line_or_the_comment_alone() -> None:
    text = "a %% vaultlint-disable-file VL1 %% b\r\n> %% vaultlint-disable VL2 %% \r\n%% vaultlint-enable %%"
    assert [one.removable for one in read(text)] == [
        " %% vaultlint-disable-file VL1 %%",
        "> %% vaultlint-disable VL2 %% \r\n",
    ]


def test_severities_and_selection_hold_for_these_rules_too(tmp_path: Path) -> None:
    write(tmp_path, {"n.md": "%% vaultlint-disable-file VL201, x %%\n[[m]]\n", "m.md": "[[n]]\n"})
    (tmp_path / "vaultlint.toml").write_text('ignore = ["VL003"]\n[rules.VL002]\nseverity = "info"\n')
    assert [(one.code, str(one.severity)) for one in lint(tmp_path).diagnostics] == [("VL002", "info")]


def test_a_note_without_the_word_is_not_looked_at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from vaultlint import suppression

    monkeypatch.setattr(suppression, "_comments", lambda note: 1 / 0)
    assert one_note(tmp_path, "%% a comment %%\n[[Gone]]\n") == ["2 VL201"]


# --- what a run writes ------------------------------------------------------------------------

ANCHOR = '<a class="yt-timestamp" data-t="07:12">[07:12]</a>'


def added(root: Path, text: str, *options: str) -> str:
    """A note with that text after `--add-suppressions`; a second run finds nothing and adds nothing."""
    write(root, {"n.md": text, "m.md": "[[n]]\n"})
    arguments = ["check", str(root), "--select", "VL0,VL1,VL201,VL202,VL301", "--add-suppressions", *options]
    assert main(arguments) == 0
    after = (root / "n.md").read_bytes().decode()
    assert main(arguments) == 0
    assert (root / "n.md").read_bytes().decode() == after
    return after


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[[Gone]]\n", "%% vaultlint-disable-next-line VL201 %%\n[[Gone]]\n"),
        (
            "a\r\n[[Gone]] [[#x]]\r\n",
            "a\r\n%% vaultlint-disable-next-line VL201, VL202 %%\r\n[[Gone]] [[#x]]\r\n",
        ),
        ("---\na: 1\n---\n[[Gone]]", "---\na: 1\n---\n%% vaultlint-disable-next-line VL201 %%\n[[Gone]]"),
        ("# [[Gone]]\n", "%% vaultlint-disable-next-line VL201 %%\n# [[Gone]]\n"),
        ("# A\n- b\n- [[Gone]]\n", "# A\n- b\n%% vaultlint-disable-next-line VL201 %%\n- [[Gone]]\n"),
        (f"{ANCHOR} x\n", f"%% vaultlint-disable-next-line VL301 %%\n{ANCHOR} x\n"),
    ],
)
def test_a_suppression_is_written_above_the_line(tmp_path: Path, text: str, expected: str) -> None:
    assert added(tmp_path, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '---\nup: "[[Gone]]"\n---\n',
        "| a |\n| --- |\n| [[Gone]] |\n",
        "- a\n  - [[Gone]]\n",
        "- a\n\n- [[Gone]]\n",
        "1. a\n2. [[Gone]]\n",
        "> [[Gone]]\n",
        "[[Gone]]\n===\n",
        "- a ^id\n- [[Gone]]\n",
        "%%\n[[Gone]]\n%%\n",
        "[x]: Gone.md\n\n[x]\n",
        "[[Gone]]\n\n$$\nx\n$$\n\n    code\n\n    [[Gone]]\n\n| a |\n|---|\n# [[Gone]]\n",
    ],
)
def test_where_a_line_would_do_harm_the_note_gets_one_at_its_end(tmp_path: Path, text: str) -> None:
    after = added(tmp_path, text)
    assert after.endswith("\n\n%% vaultlint-disable-file VL201 %%\n")
    if "code" not in text:
        assert after.startswith(text)


def test_a_second_one_at_the_end_stands_below_the_first(tmp_path: Path) -> None:
    text = "1. [[Gone]] [[#x]]\n\n%% vaultlint-disable-file VL202 %%"
    assert added(tmp_path, text) == f"{text}\n%% vaultlint-disable-file VL201 %%\n"


def test_where_neither_can_stand_the_note_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "1. [[Gone]]\n\n```\nopen\n"
    write(tmp_path, {"n.md": text})
    arguments = ["check", str(tmp_path), "--select", "VL201", "--add-suppressions"]
    assert main(arguments) == 1
    assert (tmp_path / "n.md").read_text() == text


def test_only_what_is_shown_is_suppressed_and_the_run_says_how_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, {"a.md": "[[Gone]] [[Gone]]\n", "b.md": "[[Lost]]\n"})
    assert main(["check", str(tmp_path / "a.md"), "--select", "VL201", "--add-suppressions"]) == 0
    assert capsys.readouterr().err == "vaultlint: suppressed 2 findings in 1 note\n"
    assert (tmp_path / "b.md").read_text() == "[[Lost]]\n"


def test_a_diff_shows_what_would_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, {"a.md": "[[Gone]]\n"})
    arguments = ["check", str(tmp_path), "--select", "VL201", "--add-suppressions", "--diff"]
    assert main(arguments) == 1
    assert "+%% vaultlint-disable-next-line VL201 %%\n [[Gone]]\n" in capsys.readouterr().out
    assert (tmp_path / "a.md").read_text() == "[[Gone]]\n"
    assert main([*arguments, "--fix"]) == 2


def test_what_is_of_no_use_is_removed_by_a_fix(tmp_path: Path) -> None:
    write(tmp_path, {"a.md": "%% vaultlint-disable VL201 %%\n[[a]]\n%% vaultlint-enable %%\nend\n"})
    assert main(["check", str(tmp_path), "--select", "VL0,VL201", "--fix"]) == 0
    assert (tmp_path / "a.md").read_text() == "[[a]]\nend\n"
