"""`--fix --interactive` and the summary at the end of a run that fixes."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vaultlint.cli import main
from vaultlint.commands.asking import Dialogue, diff_shown
from vaultlint.commands.summary import summary
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.fixes import Plan, Refusal, plan_fixes
from vaultlint.parse import parse_note
from vaultlint.text import Span

Rule = Callable[[str, str], Iterator[Diagnostic]]
Capture = pytest.CaptureFixture[str]


def replacing(code: str, pattern: str, new: str, safety: Safety = Safety.SAFE) -> Rule:
    """A rule that wants `new` wherever `pattern` stands."""

    def rule(path: str, text: str) -> Iterator[Diagnostic]:
        for match in re.finditer(pattern, text):
            span = Span(*match.span())
            fix = Fix(f"Write {new}", (Edit(path, span, match[0], new),), safety)
            yield Diagnostic(code, code.lower(), Severity.WARNING, "wrong", path, span, match[0], (fix,))

    return rule


def asked(answers: str, notes: dict[str, str], *rules: Rule, colour: bool = False) -> tuple[Plan, str]:
    """What the answers lead to, and what was shown; unsafe fixes are offered too."""
    out = io.StringIO()
    dialogue = Dialogue(io.StringIO(answers), out, colour=colour)

    def check(texts: object) -> list[Diagnostic]:
        now = {**notes, **texts}  # type: ignore[dict-item]
        return [found for path, text in now.items() for rule in rules for found in rule(path, text)]

    plan = plan_fixes(
        check({}),
        check,
        notes.__getitem__,
        parse_note,
        allowed=lambda _diagnostic, _fix: True,
        wanted=dialogue.wants,
    )
    return plan, out.getvalue()


def texts(plan: Plan) -> dict[str, str]:
    return {path: new for path, (_, new) in plan.texts.items()}


# --- the questions ----------------------------------------------------------------------------


def test_a_finding_is_shown_with_its_diff() -> None:
    _, shown = asked("n\n", {"d/a.md": "one\nteh cat\n"}, replacing("VL1", "teh", "the"))
    assert shown == (
        "\nd/a.md:2:1 VL1 vl1 wrong\nWrite the\n@@ -1,2 +1,2 @@\n one\n-teh cat\n+the cat\n"
        "Fix it? [y]es, [n]o, [a]ll of VL1, [q]uit: "
    )


def test_a_guess_is_said_to_be_one() -> None:
    _, shown = asked("n\n", {"a.md": "teh"}, replacing("VL1", "teh", "the", Safety.UNSAFE))
    assert "Write the (a guess)\n" in shown


def test_colours_are_used_only_when_asked_for() -> None:
    _, shown = asked("n\n", {"a.md": "teh\n"}, replacing("VL1", "teh", "the"), colour=True)
    assert "\x1b[31m-teh\x1b[0m\n\x1b[32m+the\x1b[0m\n" in shown
    assert "\x1b" not in asked("n\n", {"a.md": "teh"}, replacing("VL1", "teh", "the"))[1]


def test_nothing_in_a_note_steers_the_terminal() -> None:
    notes = {"a\x1b[2J.md": "\x1b[31m\u202e\tteh\r\n"}
    _, shown = asked("n\n", notes, replacing("VL1", "teh", "the"))
    assert "a\\x1b[2J.md:1:8 " in shown
    assert "-\\x1b[31m\\u202e  teh\n" in shown
    assert "\x1b" not in shown


def test_of_a_long_line_what_changes_is_shown() -> None:
    text = "x" * 300 + "teh" + "y" * 300
    shown = list(diff_shown("a.md", text, text.replace("teh", "the")))
    assert shown[1] == f"-…{'x' * 39}teh{'y' * 68}…"
    assert shown[3] == f"+…{'x' * 39}the{'y' * 68}…"


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        ("y\ny\ny\n", "the the the"),
        ("y\nn\ny\n", "the teh the"),
        ("n\nn\nn\n", "teh teh teh"),
        ("YES\nNo\nyes\n", "the teh the"),
        ("n\na\n", "teh the the"),
        ("y\nq\n", "the teh teh"),
        ("y\n", "the teh teh"),  # the end of the input is as good as q
        ("?\n\nx\ny\nq\n", "the teh teh"),
        ("", "teh teh teh"),
    ],
)
def test_each_finding_is_as_it_was_answered(answers: str, left: str) -> None:
    plan, _ = asked(answers, {"a.md": "teh teh teh"}, replacing("VL1", "teh", "the"))
    assert texts(plan).get("a.md", "teh teh teh") == left


def test_all_of_a_rule_are_those_of_other_notes_too() -> None:
    notes = {"a.md": "teh x", "b.md": "teh x"}
    plan, shown = asked("a\nn\nn\n", notes, replacing("VL1", "teh", "the"), replacing("VL2", "x", "y"))
    assert texts(plan) == {"a.md": "the x", "b.md": "the x"}
    assert shown.count("Fix it?") == 3


def test_what_is_not_understood_is_explained_and_asked_again() -> None:
    _, shown = asked("maybe\ny\n", {"a.md": "teh"}, replacing("VL1", "teh", "the"))
    assert "  n  leave this finding as it is\n  a  take this fix and all others of VL1\n" in shown
    assert shown.count("Fix it?") == 2


def test_an_answer_holds_in_later_rounds_wherever_the_finding_has_moved_to() -> None:
    # The first and the last round-two findings look alike; only their places tell them apart.
    rules = (replacing("VL1", "aab", "long ab"), replacing("VL2", "ab", "c"), replacing("VL3", "teh", "the"))
    plan, shown = asked("y\nn\ny\nn\n", {"a.md": "aab teh ab"}, *rules)
    # Asked: VL1 at aab (yes); VL2 at its ab waits; VL3 (no); VL2 at the end (yes); VL2 in round two (no).
    assert texts(plan) == {"a.md": "long ab teh c"}
    assert re.findall(r"a\.md:1:\d+ VL\d", shown) == [
        "a.md:1:1 VL1", "a.md:1:5 VL3", "a.md:1:9 VL2", "a.md:1:6 VL2",
    ]  # fmt: skip


def test_a_finding_is_not_asked_about_again_when_another_note_is_refused() -> None:
    notes = {"a.md": "teh", "b.md": "x [[y]] `"}
    plan, shown = asked("y\ny\n", notes, replacing("VL1", "teh", "the"), replacing("VL2", "x", "`"))
    assert texts(plan) == {"a.md": "the"}
    assert [refusal.path for refusal in plan.refused] == ["b.md"]
    assert shown.count("VL1 vl1 wrong") == 1


def test_after_quit_nothing_more_is_taken() -> None:
    rules = (replacing("VL1", "teh", "the"), replacing("VL2", "the", "THE"), replacing("VL3", "z", "q"))
    plan, shown = asked("a\nq\n", {"a.md": "teh z"}, *rules)
    assert texts(plan) == {"a.md": "the z"}
    assert shown.count("Fix it?") == 2


# --- the command ------------------------------------------------------------------------------


def vault(root: Path, notes: dict[str, str]) -> Path:
    (root / ".obsidian").mkdir(parents=True)
    for path, text in notes.items():
        (root / path).write_bytes(text.encode())
    return root


class Terminal(io.StringIO):
    """What somebody types."""

    def isatty(self) -> bool:
        return True


def check(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    status = main(["check", *map(str, arguments)])
    streams = capsys.readouterr()
    return status, streams.out, streams.err


NOTES = {"a.md": "[[ b ]] [[ b ]] [[Gone]]\n", "b.md": "[[a]]\n"}


def test_only_what_was_agreed_to_is_written(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = vault(tmp_path, NOTES)
    monkeypatch.setattr("sys.stdin", Terminal("n\ny\n"))
    _, out, err = check(capsys, root, "--fix", "--interactive", "--select=VL201,VL208")
    assert (root / "a.md").read_text() == "[[ b ]] [[b]] [[Gone]]\n"
    assert "Fix it?" in err
    assert "Fix it?" not in out
    assert "fixed 1 finding in 1 note, left 2\n" in err


def test_without_a_terminal_it_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = vault(tmp_path, NOTES)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert check(capsys, root, "--fix", "--interactive") == (
        2, "", "vaultlint: --interactive asks for every fix, and standard input is no terminal\n",
    )  # fmt: skip
    assert (root / "a.md").read_text() == NOTES["a.md"]


@pytest.mark.parametrize(
    "arguments", [["--interactive"], ["--diff", "--interactive"], ["--fix", "--interactive", "--diff"]]
)
def test_it_goes_with_fix_alone(tmp_path: Path, capsys: Capture, arguments: list[str]) -> None:
    status, _, err = check(capsys, vault(tmp_path, NOTES), *arguments)
    assert (status, err) == (
        2, "vaultlint: --interactive goes with --fix, and with no other way to change notes\n",
    )  # fmt: skip


# --- the summary ------------------------------------------------------------------------------


def test_a_run_that_fixes_ends_by_saying_what_became_of_the_findings(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = {
        "a.md": "[[ Winter soup_stock ]] [[Gone]] [[What is rye?]]\n",
        "winter_soup_stock.md": "[[ a ]]\n",
        "What is rye.md": "[[a]]\n",
    }
    root = vault(tmp_path, notes)
    _, out, err = check(capsys, root, "--fix", "--select=VL201,VL208,VL401")
    assert "fixed" not in out
    assert err == (
        "vaultlint: fixed 3 findings in 2 notes, left 3\n"
        "  VL201 broken-link  1 fixed, 2 left (1 with --unsafe-fixes)\n"
        "  VL208 padded-link  2 fixed\n"
        "  other rules        1 left\n"
        f"take it back with: vaultlint undo {root}\n"
    )
    monkeypatch.chdir(root)
    assert check(capsys, "--fix", "--unsafe-fixes", "--select=VL201")[2] == (
        "vaultlint: fixed 1 finding in 1 note, left 1\n"
        "  VL201 broken-link  1 fixed, 1 left\n"
        "take it back with: vaultlint undo\n"
    )


def test_a_rule_whose_fixes_undid_graver_ones_is_named(tmp_path: Path, capsys: Capture) -> None:
    notes = {"Peas.md": "Peas climb.\n", "Home.md": "[[Peas]]\n"}
    toml = 'extend-select = ["VL216", "VL217"]\n[rules.unportable-link]\npublish = "github"\n'
    root = vault(tmp_path, {**notes, "vaultlint.toml": toml})
    for _ in range(2):
        err = check(capsys, root, "--fix", "--no-cache")[2]
        assert "Home.md: fixes of VL217 left out: they undo those of VL216\n" in err
        assert (root / "Home.md").read_text() == "[Peas](Peas.md)\n"


def test_a_run_that_had_nothing_to_fix_says_nothing(tmp_path: Path, capsys: Capture) -> None:
    assert check(capsys, vault(tmp_path, {"a.md": "[[Gone]]\n"}), "--fix", "--select=VL201")[2] == ""


def test_what_was_refused_is_told_by_rule_and_by_note() -> None:
    def found(code: str, path: str) -> Diagnostic:
        edit = Edit(path, Span(0, 1), "x", "y")
        return Diagnostic(
            code, f"rule-{code[2:]}", Severity.ERROR, "wrong", path, edit.span, "x",
            (Fix("Write y", (edit,), Safety.SAFE),),
        )  # fmt: skip

    taken = [found("VL2", "a.md"), found("VL2", "full.md"), found("VL3", "a.md")]
    plan = Plan(
        {"a.md": ("x", "y"), "full.md": ("x", "y")},
        tuple((one, one.fixes[0]) for one in taken),
        (found("VL1", "bad.md"), found("VL2", "bad.md"), found("VL3", "other.md")._replace(fixes=())),
        (Refusal("bad.md", "fixes undo each other", ("VL1", "VL2")),),
        1,
    )
    assert list(summary(plan, {"a.md"}, Path("/nowhere"), unsafe=False)) == [
        "fixed 2 findings in 1 note, left 1, refused 3",
        "  VL1 rule-1  1 refused",
        "  VL2 rule-2  1 fixed, 2 refused",
        "  VL3 rule-3  1 fixed, 1 left",
        "take it back with: vaultlint undo /nowhere",
    ]
    assert next(summary(plan, (), Path("/nowhere"), unsafe=False)) == "nothing was fixed, left 1, refused 5"
