"""What an editor gets from `vaultlint lsp`, asked of the real process."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lsp_client import CAPABILITIES, Editor, codes
from tests.repositories import commit, git

SAMPLE = Path(__file__).parent.parent / "fixtures" / "sample-vault"

GARDEN = {
    ".obsidian/app.json": "{}",
    "Garden.md": "# Garden\n\nSee [[Soil#Beds]] and [[Gone]], [[Soil#^b1|the block]].\n\n## Deep\n",
    "Soil.md": "---\naliases: [Earth]\n---\n# Soil\n\n## Beds\n\nwords here ^b1\n\n"
    "### Lower\n\n[[Garden]] [[Tree]]\n",
    "Plants/Tree.md": "[[Soil]] ![[pic.png]] [s](../Soil.md#Beds)\n\n[[Garden#Deep]]\n",
    "Plants/pic.png": "",
    "Board.canvas": '{"nodes": [{"id": "a", "type": "file", "file": "Soil.md", "x": 0, "y": 0, "width": 1, '
    '"height": 1}], "edges": []}',
}


def make(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    return make(tmp_path / "garden", GARDEN)


@pytest.fixture
def editor() -> Iterator[Editor]:
    with Editor() as editor:
        yield editor


def opened(editor: Editor, file: Path) -> str:
    """Open a note as it is on the disk; gives its address."""
    uri = file.as_uri()
    editor.open(uri, file.read_bytes().decode())
    editor.published(uri)
    return uri


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """A text of plain lines and characters after edits of it."""
    lines = text.split("\n")

    def offset(place: dict[str, int]) -> int:
        return sum(len(line) + 1 for line in lines[: place["line"]]) + place["character"]

    for edit in sorted(edits, key=lambda one: offset(one["range"]["start"]), reverse=True):
        text = text[: offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]) :]
    return text


def changed(root: Path, edit: dict[str, Any]) -> dict[str, str]:
    """The notes of a vault that an edit changes, with their new texts."""
    found = {}
    for each in edit["documentChanges"]:
        if "edits" in each:
            path = Path(each["textDocument"]["uri"].removeprefix(root.as_uri() + "/").replace("%20", " "))
            found[path.as_posix()] = applied((root / path).read_bytes().decode(), each["edits"])
    return found


def actions(editor: Editor, uri: str, line: int, character: int, *only: str) -> list[dict[str, Any]]:
    place = {"line": line, "character": character}
    context: dict[str, Any] = {"diagnostics": []}
    if only:
        context["only"] = list(only)
    asked = {"textDocument": {"uri": uri}, "range": {"start": place, "end": place}, "context": context}
    found: list[dict[str, Any]] = editor.ask("textDocument/codeAction", asked)
    return found


# --- diagnostics ------------------------------------------------------------------------------


def run(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([sys.executable, "-m", "vaultlint", *arguments], capture_output=True, check=True)


def from_command_line(root: Path) -> dict[str, list[tuple[int, int, str, str, str]]]:
    """What `vaultlint check` tells of the notes of a vault: line and column from 1."""
    ran = run("check", str(root), "--format", "json", "--exit-zero", "--no-cache")
    found: dict[str, list[tuple[int, int, str, str, str]]] = {}
    for one in json.loads(ran.stdout)["diagnostics"]:
        start = one["range"]["start"]
        told = (start["line"], start["column"], one["code"], one["message"], one["severity"])
        found.setdefault(one["path"], []).append(told)
    return found


SEVERITIES = {1: "error", 2: "warning", 3: "info"}


def from_editor(root: Path, items: list[dict[str, Any]]) -> dict[str, list[tuple[int, int, str, str, str]]]:
    from urllib.parse import unquote

    found = {}
    for item in items:
        path = unquote(item["uri"].removeprefix(root.as_uri() + "/"))
        found[path] = [
            (
                one["range"]["start"]["line"] + 1,
                one["range"]["start"]["character"] + 1,
                one["code"],
                one["message"],
                SEVERITIES[one["severity"]],
            )
            for one in item["items"]
        ]
    return found


UTF32 = {**CAPABILITIES, "general": {"positionEncodings": ["utf-32"]}}


@pytest.mark.parametrize("vault", ["sample", "suppressed"])
def test_a_whole_vault_is_told_as_the_command_line_tells_it(
    tmp_path: Path, vault: str, editor: Editor
) -> None:
    root = tmp_path / "vault"
    if vault == "sample":
        shutil.copytree(SAMPLE, root)
    else:
        make(root, GARDEN)
        make(root, {
            "vaultlint.toml": "select = ['ALL']\n[per-file-ignores]\n'Plants/*' = ['VL4']\n",
            "Silent.md": "%% vaultlint-disable-next-line broken-link %%\n[[No]] [[Nix]]\n\n[[Nee]]\n",
            "Idle.md": "%% vaultlint-disable-file broken-embed %%\n😀 [[Nowhere]] ![[a.png]]\r\n[[x\n",
        })  # fmt: skip
    editor.initialize(root, capabilities=UTF32)
    told = editor.ask("workspace/diagnostic", {"previousResultIds": []})
    assert from_editor(root, told["items"]) == from_command_line(root)


def test_what_git_knows_of_a_missing_note_is_told_and_a_commit_taken_in(
    tmp_path: Path, editor: Editor
) -> None:
    text = "# Old\n\nMany words about beans, and where they are sown.\n\n[[Home]]\n"
    root = make(tmp_path, {".obsidian/app.json": "", "Old.md": text, "Home.md": "[[Old]]\n"})
    git(root, "init", "-q")
    commit(root)
    editor.initialize(root)
    (root / "Old.md").rename(root / "New.md")
    told_of(editor, (root / "Old.md", DELETED), (root / "New.md", CREATED))
    editor.ask("workspace/diagnostic", {"previousResultIds": []})
    commit(root)
    told_of(editor, (root / ".git/logs/HEAD", CHANGED))
    told = editor.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
    assert from_editor(root, told) == from_command_line(root)
    assert any("New.md" in one[3] for one in from_command_line(root)["Home.md"])


def test_an_open_note_is_told_with_version_code_page_and_source(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = (garden / "Garden.md").as_uri()
    editor.open(uri, GARDEN["Garden.md"], version=7)
    (found,) = editor.published(uri)
    assert editor.diagnostics[uri]["version"] == 7
    assert found["range"] == {"start": {"line": 2, "character": 22}, "end": {"line": 2, "character": 30}}
    assert (found["code"], found["severity"], found["source"]) == ("VL201", 1, "vaultlint")
    assert found["message"] == "no note is named “Gone”"
    assert found["codeDescription"]["href"].endswith("/vaultlint_rules/broken_link.md")


def test_other_places_of_a_finding_are_told(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, {".obsidian/app.json": "", "A.md": "---\naliases: [X]\n---\n[[B]]\n",
                           "B.md": "---\naliases: [X]\n---\n[[A]]\n"})  # fmt: skip
    editor.initialize(root)
    uri = opened(editor, root / "A.md")
    found = next(
        one for one in editor.published(uri) if one["code"] == "VL111" or "relatedInformation" in one
    )
    assert found["relatedInformation"][0]["location"]["uri"] == (root / "B.md").as_uri()


def test_an_edit_is_told_for_the_note_and_for_those_that_link_to_it(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Soil.md")
    tree = (garden / "Plants/Tree.md").as_uri()
    assert codes(editor.published(uri)) == []
    editor.change(uri, ((5, 3), (5, 7), "Bedz"))
    assert codes(editor.published(uri)) == []
    editor.until(lambda: tree in editor.diagnostics)
    assert [one["message"] for one in editor.diagnostics[tree]["diagnostics"]] == [
        "“Soil.md” has no heading “Beds”"
    ]
    editor.change(uri, ((5, 3), (5, 7), "Beds"))
    editor.until(lambda: not editor.diagnostics[tree]["diagnostics"])


def test_a_note_that_is_closed_counts_as_it_is_on_the_disk(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    editor.change(uri, "[[Soil]] [[Soil]]\n")
    editor.published(uri)
    editor.close(uri)
    editor.until(lambda: codes(editor.diagnostics[uri]["diagnostics"]) == ["VL201"])


def test_stale_changes_are_left_out(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    for version, text in ((5, "[[Soil]]\n"), (3, "[[No]] [[Nix]]\n")):
        document = {"uri": uri, "version": version}
        editor.notify(
            "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
        )
    told = editor.ask("textDocument/documentLink", {"textDocument": {"uri": uri}})
    assert [each["target"] for each in told] == [(garden / "Soil.md").as_uri()]


def test_an_inverted_range_is_refused_and_a_whole_text_mends_it(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    editor.change(uri, ((2, 5), (2, 2), "X"))
    assert editor.published(uri) == []
    assert "close the note" in editor.said("window/showMessage")[0]["message"]
    editor.change(uri, ((0, 0), (0, 0), "more"))
    editor.change(uri, "[[Nix]]\n")
    assert codes(editor.published(uri)) == ["VL201"]


PULLING = {
    **CAPABILITIES,
    "textDocument": {**CAPABILITIES["textDocument"], "diagnostic": {}},
    "workspace": {**CAPABILITIES["workspace"], "diagnostics": {"refreshSupport": True}},
}


def test_diagnostics_can_be_asked_for_and_are_not_pushed_then(garden: Path, editor: Editor) -> None:
    told = editor.initialize(garden, capabilities=PULLING)
    assert told["diagnosticProvider"] == {
        "identifier": "vaultlint", "interFileDependencies": True, "workspaceDiagnostics": True
    }  # fmt: skip
    uri = (garden / "Soil.md").as_uri()
    editor.open(uri, GARDEN["Soil.md"])
    report = editor.ask("textDocument/diagnostic", {"textDocument": {"uri": uri}})
    assert (report["kind"], report["items"]) == ("full", [])
    same = {"textDocument": {"uri": uri}, "previousResultId": report["resultId"]}
    assert editor.ask("textDocument/diagnostic", same)["kind"] == "unchanged"

    before = editor.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
    editor.change(uri, ((5, 3), (5, 7), "Bedz"))
    editor.until(lambda: editor.said("workspace/diagnostic/refresh"))
    known = [{"uri": each["uri"], "value": each["resultId"]} for each in before]
    after = editor.ask("workspace/diagnostic", {"previousResultIds": known})["items"]
    tree, garden_uri = (garden / "Plants/Tree.md").as_uri(), (garden / "Garden.md").as_uri()
    assert {each["uri"]: each["kind"] for each in after} == {garden_uri: "full", tree: "full"}
    assert editor.said("textDocument/publishDiagnostics") == []


CRASHING = """
from vaultlint.rule import NoteRule

class Fragile(NoteRule):
    code = "XX001"

    def check(self, note):
        if "!" in note.text:
            raise ValueError("on purpose")
        print("a rule should not print")
        yield from ()
"""


def test_a_rule_that_crashes_is_a_finding_and_one_that_prints_harms_nobody(tmp_path: Path) -> None:
    packs = make(tmp_path / "packs", {
        "fragile_rules.py": CRASHING,
        "fragile-1.dist-info/entry_points.txt": "[vaultlint.rules]\nfragile = fragile_rules\n",
    })  # fmt: skip
    root = make(tmp_path / "vault", {".obsidian/app.json": "", "A.md": "calm\n\n[[B]]\n", "B.md": "[[A]]\n"})
    with Editor(PYTHONPATH=str(packs)) as editor:
        editor.initialize(root)
        uri = opened(editor, root / "A.md")
        assert codes(editor.published(uri)) == []
        editor.change(uri, ((0, 4), (0, 4), "!"))
        assert codes(editor.published(uri)) == ["VL005"]
        editor.change(uri, ((0, 4), (0, 5), ""))
        assert codes(editor.published(uri)) == []
        assert editor.end() == 0
        assert any(b"on purpose" in line for line in editor.log)


def test_a_vault_whose_last_note_goes_and_comes_is_open_again(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, {".obsidian/app.json": "", "A.md": "[[Nix]]\n"})
    editor.initialize(root)
    uri = (root / "A.md").as_uri()
    editor.until(lambda: uri in editor.diagnostics)
    (root / "A.md").unlink()
    told_of(editor, (root / "A.md", DELETED))
    editor.until(lambda: not editor.diagnostics[uri]["diagnostics"])
    make(root, {"A.md": "[[Nix]]\n"})
    told_of(editor, (root / "A.md", CREATED))
    editor.until(lambda: "VL201" in codes(editor.diagnostics[uri]["diagnostics"]))


def test_without_its_extra_it_says_which_one_to_install(tmp_path: Path) -> None:
    make(tmp_path, {"lsprotocol.py": "raise ImportError\n"})
    ran = subprocess.run(
        [sys.executable, "-m", "vaultlint", "lsp"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 2
    assert b"needs the extra \xe2\x80\x9clsp\xe2\x80\x9d: pip install 'obsidian-vaultlint[lsp]'" in ran.stderr


# --- files and folders ------------------------------------------------------------------------


def told_of(editor: Editor, *events: tuple[Path, int]) -> None:
    changes = [{"uri": path.as_uri(), "type": kind} for path, kind in events]
    editor.notify("workspace/didChangeWatchedFiles", {"changes": changes})


CREATED, CHANGED, DELETED = 1, 2, 3


def test_files_that_come_change_and_go_are_taken_in(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    make(garden, {"Gone.md": "[[Garden]]\n"})
    told_of(editor, (garden / "Gone.md", CREATED))
    editor.until(lambda: not editor.diagnostics[uri]["diagnostics"])
    (garden / "Soil.md").unlink()
    told_of(editor, (garden / "Soil.md", DELETED))
    editor.until(lambda: codes(editor.diagnostics[uri]["diagnostics"]) == ["VL201", "VL201"])
    make(garden, {"Gone.md": "[[Nix]] [[Garden]]\n"})
    told_of(editor, (garden / "Gone.md", CHANGED))
    gone = (garden / "Gone.md").as_uri()
    editor.until(
        lambda: gone in editor.diagnostics and codes(editor.diagnostics[gone]["diagnostics"]) == ["VL201"]
    )


def test_a_change_of_the_configuration_reaches_notes_that_are_not_open(
    tmp_path: Path, editor: Editor
) -> None:
    vault = make(tmp_path / "vault", {"Home.md": "[[Gone]]\n", "Old/Note.md": "[[Gone]]\n"})
    home, old = (vault / "Home.md").as_uri(), (vault / "Old/Note.md").as_uri()
    editor.initialize(vault)
    editor.until(lambda: {home, old} <= editor.diagnostics.keys())
    make(vault, {"vaultlint.toml": "ignore = ['VL2', 'VL4']\nexclude = ['Old']\n"})
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.until(lambda: not any(editor.diagnostics[uri]["diagnostics"] for uri in (home, old)))


def test_a_change_of_the_configuration_is_taken_in(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    assert codes(editor.published(uri)) == ["VL201"]
    make(garden, {"vaultlint.toml": "ignore = ['broken-link']\n"})
    told_of(editor, (garden / "vaultlint.toml", CREATED))
    editor.until(lambda: not editor.diagnostics[uri]["diagnostics"])
    make(garden, {"vaultlint.toml": "ignore = ['brokn-link']\n"})
    told_of(editor, (garden / "vaultlint.toml", CHANGED))
    editor.until(lambda: editor.said("window/showMessage"))
    assert "brokn-link" in editor.said("window/showMessage")[0]["message"]
    assert editor.diagnostics[uri]["diagnostics"] == []


def test_a_change_of_the_configuration_above_a_vault_is_taken_in(tmp_path: Path, editor: Editor) -> None:
    shared = tmp_path / "shared.toml"
    make(tmp_path, {
        "shared.toml": "",
        "repo/pyproject.toml": "[tool.vaultlint]\nextend = '../shared.toml'\n",
        "repo/other/pyproject.toml": "",
        "repo/docs/.obsidian/app.json": "{}",
        "repo/docs/Home.md": "[[Gone]]\n",
        "repo/notes/.obsidian/app.json": "{}",
        "repo/notes/vaultlint.toml": "",
        "repo/notes/Home.md": "[[Gone]]\n",
    })  # fmt: skip
    repo = tmp_path / "repo"
    home, other = ((repo / each / "Home.md").as_uri() for each in ("docs", "notes"))
    editor.initialize(repo)
    editor.until(lambda: {home, other} <= editor.diagnostics.keys())
    make(tmp_path, {"shared.toml": "ignore = ['VL2', 'VL4']\n"})
    told_of(editor, (shared, CHANGED))
    editor.until(lambda: not editor.diagnostics[home]["diagnostics"])
    make(repo, {"pyproject.toml": "[tool.vaultlint]\n"})
    told_of(editor, (repo / "pyproject.toml", CHANGED))
    editor.until(lambda: editor.diagnostics[home]["diagnostics"])
    assert editor.diagnostics[other]["diagnostics"]
    begun = len(editor.said("window/workDoneProgress/create"))
    told_of(editor, (repo / "other/pyproject.toml", CHANGED))
    assert editor.ask("workspace/symbol", {"query": "Home"})
    assert len(editor.said("window/workDoneProgress/create")) == begun, "that is above no vault"


def test_after_a_change_of_the_configuration_editors_that_ask_are_told_to_ask_again(
    tmp_path: Path, editor: Editor
) -> None:
    vault = make(tmp_path / "vault", {"Home.md": "[[Gone]]\n"})
    editor.initialize(vault, capabilities=PULLING)
    (before,) = editor.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
    editor.until(lambda: editor.said("workspace/diagnostic/refresh"))
    told = len(editor.said("workspace/diagnostic/refresh"))
    make(vault, {"vaultlint.toml": "ignore = ['VL2', 'VL4']\n"})
    editor.notify("workspace/didChangeConfiguration", {"settings": None})
    editor.until(lambda: len(editor.said("workspace/diagnostic/refresh")) > told)
    known = [{"uri": before["uri"], "value": before["resultId"]}]
    assert editor.ask("workspace/diagnostic", {"previousResultIds": known})["items"] == [
        {"uri": before["uri"], "version": None, "kind": "full", "items": []}
    ]


def test_a_note_that_is_new_is_looked_at_before_it_is_saved(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = (garden / "New.md").as_uri()
    editor.open(uri, "[[Nix]] [[Soil]]\n")
    assert "VL201" in codes(editor.published(uri))
    make(garden, {"New.md": "[[Nix]] [[Soil]]\n"})
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    links = editor.ask("textDocument/references", {**editor.at((garden / "New.md").as_uri(), 0, 10),
                                                   "context": {"includeDeclaration": False}})  # fmt: skip
    assert uri in [each["uri"] for each in links]


def test_texts_outside_the_workspace_and_of_other_schemes_are_looked_at_in_memory_only(
    garden: Path, editor: Editor, tmp_path: Path
) -> None:
    make(tmp_path, {"secret.md": "[[x\n"})
    editor.initialize(garden)
    text = "---\na: 1\na: 2\n---\n[[Nix]]\n"
    for uri in ("untitled:Untitled-1", (tmp_path / "secret.md").as_uri(),
                f"{garden.as_uri()}/..%2fsecret.md", "vscode-vfs://github/x/y.md"):  # fmt: skip
        editor.open(uri, text)
        assert codes(editor.published(uri)) == ["VL104"]
    assert editor.ask("textDocument/hover", editor.at("untitled:Untitled-1", 4, 3)) is None


def test_a_symlink_out_of_the_vault_is_not_read(garden: Path, editor: Editor, tmp_path: Path) -> None:
    make(tmp_path, {"secret.md": "# A secret\n"})
    (garden / "Link.md").symlink_to(tmp_path / "secret.md")
    editor.initialize(garden)
    editor.open((garden / "Garden.md").as_uri(), "[[Link]]\n")
    assert editor.ask("textDocument/hover", editor.at((garden / "Garden.md").as_uri(), 0, 3)) is None


def test_several_folders_and_a_vault_inside_one(tmp_path: Path, editor: Editor) -> None:
    one, two = make(tmp_path / "one", GARDEN), tmp_path / "two"
    make(
        two,
        {
            "README.md": "[[Nowhere]]\n",
            "docs/vault/.obsidian/app.json": "",
            "docs/vault/A.md": "[[Garden]]\n",
        },
    )
    editor.initialize(one, two)
    assert codes(editor.published(opened(editor, one / "Garden.md"))) == ["VL201"]
    assert "VL201" in codes(editor.published(opened(editor, two / "docs/vault/A.md")))
    assert "VL201" not in codes(editor.published(opened(editor, two / "README.md")))
    event = {"added": [], "removed": [{"uri": one.as_uri(), "name": "one"}]}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    uri = (one / "Garden.md").as_uri()
    assert editor.ask("textDocument/hover", editor.at(uri, 2, 8)) is None
    event = {"added": [{"uri": one.as_uri(), "name": "one"}], "removed": []}
    editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})
    assert editor.ask("textDocument/hover", editor.at(uri, 2, 8)) is not None


def test_a_folder_below_a_vault_belongs_to_it(garden: Path, editor: Editor) -> None:
    editor.initialize(garden / "Plants")
    uri = opened(editor, garden / "Plants/Tree.md")
    assert editor.published(uri) == []


def test_how_far_a_vault_is_checked_is_told_until_all_is_found(tmp_path: Path, editor: Editor) -> None:
    many = {f"{number}.md": "[[Nix]]\n" for number in range(1_000)}
    editor.initialize(make(tmp_path, {".obsidian/app.json": "", **many}))
    editor.until(lambda: {"kind": "end"} in [each["value"] for each in editor.said("$/progress")])
    assert len(editor.diagnostics) == 1_000
    begin, *reports, _ = (each["value"] for each in editor.said("$/progress"))
    assert begin["title"] == "checking 1,000 notes"
    shares = [each["percentage"] for each in reports]
    assert shares == sorted(shares)
    assert shares[0] < 50 < shares[-1]


# --- code actions -----------------------------------------------------------------------------


def test_a_safe_fix_is_preferred_and_is_for_the_version_that_is_open(tmp_path: Path, editor: Editor) -> None:
    root = make(
        tmp_path, {".obsidian/app.json": "", "Soil type.md": "[[Home]]\n", "Home.md": "[[Soil_type]]\n"}
    )
    editor.initialize(root)
    uri = opened(editor, root / "Home.md")
    editor.change(uri, ((0, 0), (0, 0), "see "))
    editor.published(uri)
    fix = actions(editor, uri, 0, 8)[0]
    assert (fix["title"], fix["kind"], fix["isPreferred"]) == ("Link to “Soil type.md”", "quickfix", True)
    assert codes(fix["diagnostics"]) == ["VL201"]
    (change,) = fix["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 2}
    assert applied("see [[Soil_type]]\n", change["edits"]) == "see [[Soil type|Soil_type]]\n"


def test_all_safe_fixes_of_a_note_make_what_the_command_line_makes(tmp_path: Path, editor: Editor) -> None:
    text = "[[Soil_type]] and [[soil-type]]\n\n![[Nix]] [[Home]]\n"
    root = make(tmp_path, {".obsidian/app.json": "", "Soil type.md": "[[Home]]\n", "Home.md": text})
    editor.initialize(root)
    uri = opened(editor, root / "Home.md")
    (action,) = actions(editor, uri, 0, 0, "source.fixAll")
    assert action["kind"] == "source.fixAll.vaultlint"
    fixed = applied(text, action["edit"]["documentChanges"][0]["edits"])
    assert (root / "Home.md").read_text() == text, "the server writes nothing"
    run("check", str(root), "--fix", "--exit-zero")
    assert fixed == (root / "Home.md").read_text() != text


def test_a_fix_in_another_note_is_offered_too(tmp_path: Path, editor: Editor) -> None:
    files = {".obsidian/app.json": "", "Home.md": "# Home\n\nThe Broad beans are out, see [[Log]].\n",
             "Broad beans.md": "# Broad beans\n", "Log.md": "From: [[Home]]\n\n[[Home]]\n"}  # fmt: skip
    editor.initialize(make(tmp_path, files))
    uri = opened(editor, tmp_path / "Broad beans.md")
    titles = [each["title"] for each in actions(editor, uri, 0, 0) if "Home.md" in str(each.get("edit"))]
    assert len(titles) == 1


def test_a_finding_is_suppressed_here_or_in_the_whole_note(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    titles = {each["title"]: each for each in actions(editor, uri, 2, 24)}
    here = changed(garden, titles["Suppress broken-link here"]["edit"])["Garden.md"]
    assert here.startswith("# Garden\n\n%% vaultlint-disable-next-line VL201 %%\nSee [[Soil#Beds]]")
    note = changed(garden, titles["Suppress broken-link in this note"]["edit"])["Garden.md"]
    assert note.endswith("## Deep\n\n%% vaultlint-disable-file VL201 %%\n")
    editor.change(uri, here)
    assert editor.published(uri) == []


def test_an_editor_gets_the_kinds_of_actions_that_it_asks_for(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    everything = [(each["kind"], each["title"]) for each in actions(editor, uri, 2, 24)]
    suppressions = [("quickfix.suppress", "Suppress broken-link here"),
                    ("quickfix.suppress", "Suppress broken-link in this note")]  # fmt: skip
    assert [each for each in everything if each[0] != "quickfix"] == suppressions
    asked = [(each["kind"], each["title"]) for each in actions(editor, uri, 2, 24, "quickfix")]
    assert asked == everything
    asked = [(each["kind"], each["title"]) for each in actions(editor, uri, 2, 24, "quickfix.suppress")]
    assert asked == suppressions
    assert actions(editor, uri, 2, 24, "refactor") == []


def test_a_missing_note_is_created_where_obsidian_would(garden: Path, editor: Editor) -> None:
    make(garden, {".obsidian/app.json": '{"newFileLocation": "folder", "newFileFolderPath": "Inbox"}'})
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    create = next(each for each in actions(editor, uri, 2, 24) if each["title"].startswith("Create"))
    assert create["title"] == "Create “Inbox/Gone.md”"
    (made,) = create["edit"]["documentChanges"]
    assert (made["kind"], made["uri"]) == ("create", (garden / "Inbox/Gone.md").as_uri())


def test_a_rule_is_explained(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    action = next(each for each in actions(editor, uri, 2, 24) if each["title"].startswith("Explain"))
    assert action["title"] == "Explain broken-link (VL201)"
    page = editor.ask("workspace/executeCommand", {
        "command": action["command"]["command"], "arguments": action["command"]["arguments"]
    })  # fmt: skip
    assert page.startswith("# broken-link (VL201)\n")
    assert editor.said("window/showDocument")[0]["uri"].endswith("/broken_link.md")


def test_an_editor_without_versions_gets_plain_changes(garden: Path, editor: Editor) -> None:
    editor.initialize(garden, capabilities={})
    uri = (garden / "Garden.md").as_uri()
    editor.open(uri, GARDEN["Garden.md"])
    titles = {each["title"]: each for each in actions(editor, uri, 2, 24)}
    assert list(titles["Suppress broken-link here"]["edit"]["changes"]) == [uri]
    assert not any(title.startswith("Create") for title in titles)


# --- completion -------------------------------------------------------------------------------


def completed(editor: Editor, uri: str, text: str) -> dict[str, str]:
    """What may stand at the `¦` of a text: labels, and the text that each makes."""
    at = text.index("¦")
    text = text.replace("¦", "")
    editor.change(uri, text)
    line, character = text.count("\n", 0, at), at - text.rfind("\n", 0, at) - 1
    told = editor.ask("textDocument/completion", editor.at(uri, line, character))
    if told is None:
        return {}
    return {each["label"]: applied(text, [each["textEdit"]]) for each in told["items"]}


def test_names_aliases_and_attachments_are_completed(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    assert completed(editor, uri, "[[¦") == {
        "Tree": "[[Tree]]", "Soil": "[[Soil]]", "Board.canvas": "[[Board.canvas]]", "pic.png": "[[pic.png]]"
    }  # fmt: skip
    assert completed(editor, uri, "x [[so¦]] y") == {"Soil": "x [[Soil]] y"}
    assert completed(editor, uri, "[[ear¦") == {"Earth": "[[Soil|Earth]]"}
    assert list(completed(editor, uri, "![[¦"))[:2] == ["Board.canvas", "pic.png"]
    assert completed(editor, uri, "![[p¦") == {"pic.png": "![[pic.png]]"}
    assert completed(editor, uri, "[[Tr¦ee|shown]]") == {"Tree": "[[Tree|shown]]"}


def test_headings_block_ids_and_texts_are_completed(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    assert completed(editor, uri, "[[Soil#¦") == {
        "Soil": "[[Soil#Soil]]", "Beds": "[[Soil#Beds]]", "Lower": "[[Soil#Lower]]"
    }  # fmt: skip
    assert completed(editor, uri, "[[Soil#Beds#lo¦]]") == {"Lower": "[[Soil#Beds#Lower]]"}
    assert completed(editor, uri, "[[Soil#^¦") == {"^b1": "[[Soil#^b1]]"}
    assert completed(editor, uri, "# One\n\n[[#¦") == {"One": "# One\n\n[[#One]]"}
    assert completed(editor, uri, "[[Soil|¦") == {"Earth": "[[Soil|Earth]]", "Soil": "[[Soil|Soil]]"}


@pytest.mark.parametrize(("setting", "written"), [("shortest", "Tree"), ("absolute", "Plants/Tree"),
                                                  ("relative", "Plants/Tree")])  # fmt: skip
def test_names_are_written_as_the_settings_want_it(
    garden: Path, editor: Editor, setting: str, written: str
) -> None:
    make(garden, {".obsidian/app.json": f'{{"newLinkFormat": "{setting}"}}'})
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    assert completed(editor, uri, "[[tr¦") == {"Tree": f"[[{written}]]"}


def test_nothing_is_completed_in_code_or_outside_brackets(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    assert completed(editor, uri, "```\n[[so¦\n```\n") == {}
    assert completed(editor, uri, "[[Soil]] so¦") == {}
    assert completed(editor, uri, "[[Soil\nso¦") == {}


# --- navigation -------------------------------------------------------------------------------


def test_definitions_of_notes_headings_and_blocks(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    soil = (garden / "Soil.md").as_uri()
    heading = editor.ask("textDocument/definition", editor.at(uri, 2, 8))
    assert (heading["uri"], heading["range"]["start"]) == (soil, {"line": 5, "character": 0})
    block = editor.ask("textDocument/definition", editor.at(uri, 2, 35))
    assert (block["uri"], block["range"]["start"]["line"]) == (soil, 7)
    assert editor.ask("textDocument/definition", editor.at(uri, 2, 24)) is None
    assert editor.ask("textDocument/definition", editor.at(uri, 0, 3)) is None


def test_references_to_notes_headings_and_blocks(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Soil.md")

    def references(line: int, character: int, *, declared: bool = False) -> list[tuple[str, int, int]]:
        asked = {**editor.at(uri, line, character), "context": {"includeDeclaration": declared}}
        return [
            (each["uri"].removeprefix(garden.as_uri() + "/"), each["range"]["start"]["line"],
             each["range"]["start"]["character"])
            for each in editor.ask("textDocument/references", asked)
        ]  # fmt: skip

    assert references(7, 2) == [
        ("Garden.md", 2, 4), ("Garden.md", 2, 32), ("Plants/Tree.md", 0, 0), ("Plants/Tree.md", 0, 22)
    ]  # fmt: skip
    assert references(5, 4) == [("Garden.md", 2, 4), ("Plants/Tree.md", 0, 22)]
    assert references(7, 13, declared=True) == [("Soil.md", 7, 11), ("Garden.md", 2, 32)]
    assert references(11, 3) == [("Plants/Tree.md", 2, 0), ("Soil.md", 11, 0)]


def test_hover_shows_the_beginning_of_the_target(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Plants/Tree.md")

    def shown(character: int) -> str:
        told: str = editor.ask("textDocument/hover", editor.at(uri, 0, character))["contents"]["value"]
        return told

    assert shown(3).startswith("**Soil.md**\n\n# Soil\n\n## Beds\n\nwords here")
    assert shown(14) == f"**Plants/pic.png**\n\n![]({(garden / 'Plants/pic.png').as_uri()})"
    assert shown(25).startswith("**Soil.md**\n\n## Beds\n\nwords here")


def test_document_links_lead_to_files(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Plants/Tree.md")
    told = editor.ask("textDocument/documentLink", {"textDocument": {"uri": uri}})
    names = [each["target"].removeprefix(garden.as_uri() + "/") for each in told]
    assert names == ["Soil.md", "Plants/pic.png", "Soil.md", "Garden.md"]


def test_symbols_of_a_note_and_of_the_vault(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Soil.md")
    (soil,) = editor.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    (beds,) = soil["children"]
    assert (soil["name"], beds["name"], beds["children"][0]["name"]) == ("Soil", "Beds", "Lower")
    assert beds["range"]["start"]["line"] == 5
    told = editor.ask("workspace/symbol", {"query": "ear"})
    assert [(each["name"], each["location"]["uri"]) for each in told] == [("earth", uri)]
    assert [each["name"] for each in editor.ask("workspace/symbol", {"query": "garden"})] == ["Garden"]


# --- renaming ---------------------------------------------------------------------------------


def test_a_note_is_renamed_with_every_link_to_it(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    asked = editor.ask("textDocument/prepareRename", editor.at(uri, 2, 7))
    assert asked["placeholder"] == "Soil"
    edit = editor.ask("textDocument/rename", {**editor.at(uri, 2, 7), "newName": "Clay & sand"})
    assert changed(garden, edit) == {
        "Garden.md": GARDEN["Garden.md"].replace("Soil", "Clay & sand"),
        "Plants/Tree.md": "[[Clay & sand]] ![[pic.png]] [s](Clay%20&%20sand.md#Beds)\n\n[[Garden#Deep]]\n",
        "Board.canvas": GARDEN["Board.canvas"].replace("Soil.md", "Clay & sand.md"),
    }
    renamed = edit["documentChanges"][-1]
    assert (renamed["kind"], renamed["oldUri"]) == ("rename", (garden / "Soil.md").as_uri())
    assert renamed["newUri"] == f"{garden.as_uri()}/Clay%20&%20sand.md"


def test_a_heading_is_renamed_with_every_link_to_it(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Soil.md")
    assert editor.ask("textDocument/prepareRename", editor.at(uri, 5, 5))["placeholder"] == "Beds"
    edit = editor.ask("textDocument/rename", {**editor.at(uri, 5, 5), "newName": "Raised: beds"})
    assert changed(garden, edit) == {
        "Soil.md": GARDEN["Soil.md"].replace("## Beds", "## Raised: beds"),
        "Garden.md": GARDEN["Garden.md"].replace("#Beds", "#Raised beds"),
        "Plants/Tree.md": GARDEN["Plants/Tree.md"].replace("#Beds", "#Raised%20beds"),
    }


def test_a_block_id_is_renamed_with_every_link_to_it(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Soil.md")
    edit = editor.ask("textDocument/rename", {**editor.at(uri, 7, 13), "newName": "block-2"})
    assert changed(garden, edit) == {
        "Soil.md": GARDEN["Soil.md"].replace("^b1", "^block-2"),
        "Garden.md": GARDEN["Garden.md"].replace("^b1", "^block-2"),
    }
    refused = editor.refusal("textDocument/rename", {**editor.at(uri, 7, 13), "newName": "a b"})
    assert refused["message"] == "a block id has letters from a to z, digits and dashes"


def test_a_name_that_is_taken_or_that_no_link_can_hold_is_refused(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = opened(editor, garden / "Garden.md")
    for name, message in (
        ("Garden", "there is a file “Garden.md” already"),
        ("a#b", "no link could name a file “a#b”"),
        ("", "no link could name a file “”"),
    ):
        asked = {**editor.at(uri, 2, 7), "newName": name}
        assert editor.refusal("textDocument/rename", asked)["message"] == message


def test_files_and_folders_renamed_by_the_editor_keep_their_links(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    opened(editor, garden / "Garden.md")
    files = [{"oldUri": (garden / "Plants").as_uri(), "newUri": (garden / "Trees/Old").as_uri()}]
    (garden / "Garden.md").write_text("[[Plants/Tree]] [[Tree]]\n")
    editor.change((garden / "Garden.md").as_uri(), "[[Plants/Tree]] [[Tree]]\n")
    edit = editor.ask("workspace/willRenameFiles", {"files": files})
    assert changed(garden, edit) == {
        "Garden.md": "[[Tree]] [[Tree]]\n",
        "Plants/Tree.md": "[[Soil]] ![[pic.png]] [s](Soil.md#Beds)\n\n[[Garden#Deep]]\n",
    }
    (garden / "Trees").mkdir()
    (garden / "Plants").rename(garden / "Trees/Old")
    editor.notify("workspace/didRenameFiles", {"files": files})
    told = editor.ask("textDocument/definition", editor.at((garden / "Garden.md").as_uri(), 0, 20))
    assert told["uri"] == (garden / "Trees/Old/Tree.md").as_uri()


def test_a_new_name_that_others_have_makes_their_links_say_more(tmp_path: Path, editor: Editor) -> None:
    root = make(tmp_path, {".obsidian/app.json": "", "a/Log.md": "x\n", "b/Old.md": "[[Log]]\n", "Home.md":
                           "[[Log]] [[Old]]\n"})  # fmt: skip
    editor.initialize(root)
    uri = opened(editor, root / "Home.md")
    edit = editor.ask("textDocument/rename", {**editor.at(uri, 0, 11), "newName": "Log"})
    assert changed(root, edit) == {"Home.md": "[[Log]] [[b/Log]]\n", "b/Old.md": "[[a/Log]]\n"}
