"""What `vaultlint lsp` says of the safe fixes before an editor does them, and what it says of rules."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lsp_client import Editor
from tests.test_lsp import GARDEN, actions, applied, changed, make, opened, run
from vaultlint.fixes import apply_edits
from vaultlint.lsp.edits import differences

UNDERSCORES = {
    ".obsidian/app.json": "",
    "Soil type.md": "[[Home]]\n",
    "Home.md": "# Home\n\n[[Soil_type]] and [[soil-type]]\n\n![[Nix]] [[Home]]\n",
    "Tree.md": "one\r\ntwo\r\n😀 [[Soil_type|soil]]\r\nthree\r\n",
}


@pytest.fixture
def editor() -> Iterator[Editor]:
    with Editor() as editor:
        yield editor


def command(editor: Editor, name: str, argument: object = None) -> Any:
    arguments = [] if argument is None else [argument]
    return editor.ask("workspace/executeCommand", {"command": f"vaultlint.{name}", "arguments": arguments})


def made(root: Path, plan: dict[str, Any]) -> dict[str, str]:
    """The texts that a plan makes of notes with LF line ends."""
    return {path: text for each in plan["edits"] for path, text in changed(root, each["edit"]).items()}


def test_the_safe_fixes_of_a_vault_make_what_the_command_line_makes(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, UNDERSCORES | {"Tree.md": "one\ntwo\n[[Soil_type|soil]]\n"})
    editor.initialize(root)
    texts = made(root, command(editor, "planFixes"))
    assert sorted(texts) == ["Home.md", "Tree.md"]
    assert (root / "Home.md").read_text() == UNDERSCORES["Home.md"], "the server writes nothing"
    run("check", str(root), "--fix", "--exit-zero")
    assert texts == {path: (root / path).read_text() for path in texts}


def test_a_fix_is_told_with_its_finding_its_place_and_its_diff(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, UNDERSCORES)
    editor.initialize(root)
    fix = command(editor, "planFixes")["fixes"][2]
    uri = (root / "Tree.md").as_uri()
    assert fix.pop("id")
    assert fix == {
        "uri": uri,
        "position": {"line": 2, "character": 5},
        "code": "VL201",
        "name": "broken-link",
        "message": "no note is named “Soil_type”, which 2 notes link to; "
        "“Soil type.md” differs only in blanks, “_” and “-”",
        "title": "Link to “Soil type.md”",
        "changes": [
            {
                "uri": uri,
                "diff": [" one", " two", "-😀 [[Soil_type|soil]]", "+😀 [[Soil type|soil]]", " three"],
            }
        ],
    }


def test_an_edit_is_for_the_text_of_its_hash_and_for_the_version_that_is_open(
    tmp_path: Path, editor: Editor
) -> None:
    root = make(tmp_path, UNDERSCORES)
    editor.initialize(root)
    uri = opened(editor, root / "Home.md")
    editor.change(uri, "é [[Soil_type]]\n")
    home, tree = command(editor, "planFixes")["edits"]
    assert home["hashes"] == {uri: sha256("é [[Soil_type]]\n".encode()).hexdigest()}
    assert home["edit"]["documentChanges"][0]["textDocument"] == {"uri": uri, "version": 2}
    text = UNDERSCORES["Tree.md"]
    assert tree["hashes"] == {(root / "Tree.md").as_uri(): sha256(text.encode()).hexdigest()}
    (document,) = tree["edit"]["documentChanges"]
    assert document["textDocument"]["version"] is None
    place = {"start": {"line": 2, "character": 9}, "end": {"line": 2, "character": 10}}
    assert document["edits"] == [{"range": place, "newText": " "}]


def test_a_fix_that_is_not_wanted_is_left_out_and_the_others_keep_their_names(
    tmp_path: Path, editor: Editor
) -> None:
    root = make(tmp_path, UNDERSCORES)
    editor.initialize(root)
    first, second, third = command(editor, "planFixes")["fixes"]
    plan = command(editor, "planFixes", {"without": [first["id"], third["id"]]})
    assert plan["fixes"] == [second]
    assert made(root, plan) == {
        "Home.md": "# Home\n\n[[Soil_type]] and [[Soil type|soil-type]]\n\n![[Nix]] [[Home]]\n"
    }
    everything = [first["id"], second["id"], third["id"]]
    nothing = command(editor, "planFixes", {"without": everything})
    assert nothing == {"fixes": [], "edits": [], "refused": []}


def test_the_fixes_of_one_note_leave_the_others_alone(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, UNDERSCORES)
    editor.initialize(root)
    plan = command(editor, "planFixes", {"uri": (root / "Home.md").as_uri()})
    assert list(made(root, plan)) == ["Home.md"]
    assert command(editor, "planFixes", {"uri": (root / "Nowhere.md").as_uri()}) is None


def test_a_fix_that_is_not_safe_is_not_planned(tmp_path: Path, editor: Editor) -> None:
    text = "[[Soil_type]] and [[Photosyntesis]]\n"
    root = make(tmp_path, UNDERSCORES | {"Photosynthesis.md": "Green.\n", "Leaf.md": text})
    report = run("check", str(root), "--format", "json", "--exit-zero").stdout
    assert b'"safety": "unsafe"' in report, "there is one"
    editor.initialize(root)
    fixed = "[[Soil type|Soil_type]] and [[Photosyntesis]]\n"
    uri = opened(editor, root / "Leaf.md")
    assert made(root, command(editor, "planFixes"))["Leaf.md"] == fixed
    assert made(root, command(editor, "planFixes", {"uri": uri})) == {"Leaf.md": fixed}
    (fix_all,) = actions(editor, uri, 0, 0, "source.fixAll")
    assert changed(root, fix_all["edit"]) == {"Leaf.md": fixed}


TWICE = """
from vaultlint.diagnostic import Edit, Fix, Safety
from vaultlint.rule import NoteRule
from vaultlint.text import Span

class Twice(NoteRule):
    code = "XX001"

    def check(self, note):
        at = note.text.find("!")
        if at >= 0:
            here = Edit(note.path, Span(at, at + 1), "!", ".")
            there = Edit("B.md", Span(0, 1), "b", "B")
            fixes = (Fix("do", (here, there), Safety.SAFE),)
            yield self.found(note.path, Span(at, at + 1), "!", "x", fixes=fixes)
"""


def progress(editor: Editor, token: object) -> list[dict[str, Any]]:
    """What was told with that token."""
    return [each["value"] for each in editor.said("$/progress") if each["token"] == token]


def begin_plan(editor: Editor, **more: object) -> int:
    """Ask for a plan of the whole vault; gives the number of the question."""
    return editor.begin("workspace/executeCommand", {"command": "vaultlint.planFixes", **more})


def test_how_far_a_plan_is_is_told_as_the_request_wants_it(tmp_path: Path, editor: Editor) -> None:
    told = editor.initialize(make(tmp_path, UNDERSCORES))
    assert told["executeCommandProvider"]["workDoneProgress"]
    number = begin_plan(editor, workDoneToken="mine")
    editor.until(lambda: number in editor.answers)
    begin, *reports, end = progress(editor, "mine")
    assert begin == {"kind": "begin", "title": "Working out fixes", "cancellable": True}
    assert [each["message"].rpartition(":")[0] for each in reports if each["message"].endswith(" 0 %")] == [
        "looking for fixes",
        "round 1, making them",
        "round 1, checking what they make",
        "listing them",
    ]
    assert end == {"kind": "end"}
    kinds = [each.get("params", {}).get("value", {}).get("kind") or each.get("id") for each in editor.heard]
    assert kinds.index("end", kinds.index("report")) < kinds.index(number), "before the answer"


def test_an_editor_that_names_no_token_is_told_with_one_of_ours(tmp_path: Path, editor: Editor) -> None:
    editor.initialize(make(tmp_path, UNDERSCORES))
    editor.answer(begin_plan(editor))
    *_, token = (each["token"] for each in editor.said("window/workDoneProgress/create"))
    assert [each["kind"] for each in progress(editor, token)][:: len(progress(editor, token)) - 1] == [
        "begin",
        "end",
    ]
    assert not progress(editor, token)[0]["cancellable"]


def test_an_editor_that_takes_no_progress_is_told_none(tmp_path: Path, editor: Editor) -> None:
    editor.initialize(make(tmp_path, UNDERSCORES), capabilities={})
    assert len(editor.answer(begin_plan(editor))["result"]["fixes"]) == 3
    assert not editor.said("$/progress")
    assert not editor.said("window/workDoneProgress/create")


def test_a_plan_does_not_keep_the_server_from_ending(tmp_path: Path) -> None:
    many = {f"{number}.md": "[[Soil_type]]\n" * 20 for number in range(500)}
    root = make(tmp_path, UNDERSCORES | many)
    for polite in (True, False):
        with Editor() as editor:
            editor.initialize(root)
            number = begin_plan(editor, workDoneToken=1)
            editor.until(lambda editor=editor: progress(editor, 1))  # type: ignore[misc]
            if polite:
                assert editor.end() == 0
                assert editor.answers[number]["error"]["code"] == -32800
            else:
                assert editor.process.stdin is not None
                editor.process.stdin.close()
                assert editor.ended() == 1
            assert progress(editor, 1)[-1] == {"kind": "end"}


def test_a_plan_that_is_cancelled_ends_and_leaves_everything_as_it_was(
    tmp_path: Path, editor: Editor
) -> None:
    many = {f"{number}.md": "[[Soil_type]] [[Nix]]\n" * 20 for number in range(500)}
    root = make(tmp_path, UNDERSCORES | many)
    editor.initialize(root)
    plan = editor.answer(begin_plan(editor))["result"]
    assert len(plan["fixes"]) == 3 + 20 * 500
    for part in ("looking", "round 1, making", "round 1, checking", "listing"):
        number = begin_plan(editor, workDoneToken=part)
        editor.until(
            lambda part=part: any(  # type: ignore[misc]
                each.get("message", "").startswith(part) for each in progress(editor, part)
            )
        )
        before = dict(editor.diagnostics)
        editor.notify("$/cancelRequest", {"id": number})
        assert editor.answer(number)["error"]["code"] == -32800
        assert progress(editor, part)[-1] == {"kind": "end"}
        assert editor.ask("workspace/symbol", {"query": "Home"})
        assert editor.diagnostics == before
    assert editor.answer(begin_plan(editor))["result"] == plan


def test_a_fix_of_two_notes_is_one_edit(tmp_path: Path) -> None:
    packs = make(tmp_path / "packs", {
        "twice_rules.py": TWICE,
        "twice-1.dist-info/entry_points.txt": "[vaultlint.rules]\ntwice = twice_rules\n",
    })  # fmt: skip
    root = make(tmp_path / "vault", {".obsidian/app.json": "", "A.md": "[[B]]!\n", "B.md": "b [[A]]\n"})
    with Editor(PYTHONPATH=str(packs)) as editor:
        editor.initialize(root)
        plan = command(editor, "planFixes")
        (both,) = plan["edits"]
        assert changed(root, both["edit"]) == {"A.md": "[[B]].\n", "B.md": "B [[A]]\n"}
        assert [each["diff"] for each in plan["fixes"][0]["changes"]] == [
            ["-[[B]]!", "+[[B]]."],
            ["-b [[A]]", "+B [[A]]"],
        ]
        alone = command(editor, "planFixes", {"uri": (root / "A.md").as_uri()})
        assert alone["edits"] == []


def test_a_note_that_keeps_its_text_is_named(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, UNDERSCORES)
    editor.initialize(root)
    command(editor, "planFixes")
    make(root, {"Home.md": "nobody told the server\n"})
    plan = command(editor, "planFixes")
    assert plan["refused"] == [
        {"uri": (root / "Home.md").as_uri(), "message": "“Soil_type” no longer stands where it was found"}
    ]
    assert list(made(root, plan)) == ["Tree.md"]


def test_an_action_has_the_hashes_of_the_notes_that_it_changes(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, UNDERSCORES)
    editor.initialize(root)
    uri = opened(editor, root / "Home.md")
    hashes = {uri: sha256(UNDERSCORES["Home.md"].encode()).hexdigest()}
    fix = actions(editor, uri, 2, 5)[0]
    assert fix["data"] == {"hashes": hashes}
    (fix_all,) = actions(editor, uri, 2, 5, "source.fixAll")
    assert fix_all["data"] == {"hashes": hashes}
    assert applied(UNDERSCORES["Home.md"], fix["edit"]["documentChanges"][0]["edits"]).startswith(
        "# Home\n\n[[Soil type|Soil_type]] and"
    )


# --- rules ------------------------------------------------------------------------------------


def test_all_rules_are_told_and_explained_those_of_the_configuration_too(
    tmp_path: Path, editor: Editor
) -> None:
    custom = "[[custom]]\nname = 'no-shouting'\ncode = 'MY001'\npattern = '!!'\nmessage = 'calm down'\n"
    editor.initialize(make(tmp_path, GARDEN | {"vaultlint.toml": custom}))
    told = {each["code"]: each for each in command(editor, "rules")}
    known = json.loads(run("rules", "--format", "json").stdout)["rules"]
    assert set(told) == {each["code"] for each in known} | {"MY001"}
    assert told["VL201"]["page"].endswith("/broken_link.md")
    assert (told["VL201"]["name"], told["VL201"]["severity"]) == ("broken-link", "error")
    assert told["VL201"]["summary"] == next(one["sentence"] for one in known if one["code"] == "VL201")
    assert (told["MY001"]["name"], "page" in told["MY001"]) == ("no-shouting", False)
    assert command(editor, "explain", "MY001").startswith("# no-shouting (MY001)\n\ncalm down\n")


@pytest.mark.parametrize(
    ("name", "argument", "message"),
    [
        ("nothing", None, "unknown command “vaultlint.nothing”"),
        ("explain", "VL999", "no such rule"),
        ("explain", ["VL201"], "no such rule"),
        ("planFixes", {"uri": 1}, "the argument is {uri?: string, without?: string[]}"),
        ("planFixes", {"without": "all"}, "the argument is {uri?: string, without?: string[]}"),
    ],
)
def test_what_is_no_command_is_refused(
    tmp_path: Path, editor: Editor, name: str, argument: object, message: str
) -> None:
    editor.initialize(make(tmp_path, GARDEN))
    asked = {"command": f"vaultlint.{name}", "arguments": [argument]}
    assert editor.refusal("workspace/executeCommand", asked)["message"] == message


# --- what differs -----------------------------------------------------------------------------

TEXTS = st.text(alphabet="ab\n\r", max_size=30)


@given(TEXTS, TEXTS)
def test_differences_make_the_new_text_and_part_no_line_end(old: str, new: str) -> None:
    edits = [*differences("A.md", old, new)]
    assert apply_edits(old, edits) == new
    for edit in edits:
        assert edit.span.of(old) == edit.expected != edit.text
        for at in (edit.span.start, edit.span.end):
            assert old[max(at - 1, 0) : at + 1] != "\r\n"


def test_differences_are_about_lines_that_change() -> None:
    old = "".join(f"line {number}\n" for number in range(50))
    new = old.replace("line 7\n", "Line 7\n").replace("line 40\n", "line 40!\n")
    told = [(edit.expected, edit.text) for edit in differences("A.md", old, new)]
    assert told == [("l", "L"), ("", "!")]
