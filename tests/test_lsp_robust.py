"""Whatever an editor sends, `vaultlint lsp` answers, or ends with a message where the frame is lost."""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from benchmarks.lsp_messages import torment
from tests.lsp_client import Editor, codes, frame
from tests.test_lsp import (
    CHANGED,
    CREATED,
    DELETED,
    GARDEN,
    UTF32,
    from_command_line,
    from_editor,
    make,
    opened,
    told_of,
)
from tests.test_session import note, vault


@pytest.fixture
def garden(tmp_path: Path) -> Path:
    return make(tmp_path / "garden", GARDEN)


@pytest.fixture
def editor() -> Iterator[Editor]:
    with Editor() as editor:
        yield editor


# --- frames -----------------------------------------------------------------------------------


def test_headers_may_be_in_any_case_and_there_may_be_others(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    body = b'{"jsonrpc":"2.0","id":"a","method":"workspace/symbol","params":{"query":"soil"}}'
    editor.send_bytes(b"Content-Type: x\r\ncontent-LENGTH:%d\r\n\r\n%b" % (len(body), body))
    assert [each["name"] for each in editor.answer("a")["result"]] == ["Soil"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Content-Length: 3\r\n\r\n" + b'{"jsonrpc":"2.0"}' + frame({}), b"no header"),
        (b"Content-Length: 1000000000000\r\n\r\n", b"the limit is 67,108,864"),
        (b"Content-Length: 99999999999999999999999\r\n\r\n", b"no number"),
        (b"Content-Length: -5\r\n\r\n", b"no number"),
        (b"Content-Length: x\r\n\r\n", b"no number"),
        (b"\r\n\r\n", b"without Content-Length"),
        (b"X: 1\r\n\r\n", b"without Content-Length"),
        (b"x" * 10_000, b"the header is too long"),
        (b"A: 1\r\n" * 100, b"too many headers"),
        (b"{}\r\n\r\n", b"no header"),
    ],
)
def test_it_ends_with_a_message_where_the_frame_is_lost(
    garden: Path, editor: Editor, data: bytes, reason: bytes
) -> None:
    editor.initialize(garden)
    editor.send_bytes(data)
    assert editor.ended() == 1
    assert any(reason in line for line in editor.log)
    assert reason.decode() in editor.said("window/logMessage")[-1]["message"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700), (b"{", -32700), (b"\xff\xfe\xfd", -32700), (b"[" * 200_000, -32700), (b"[]", -32600),
        (b'[{"jsonrpc":"2.0","id":1,"method":"x"}]', -32600), (b'"x"', -32600), (b'{"id":1}', -32600),
        (b'{"id":[],"method":"x"}', -32600), (b'{"id":true,"method":"x"}', -32600), (b'{"method":7}', -32600),
    ],
)  # fmt: skip
def test_what_is_no_message_is_answered_with_an_error(
    garden: Path, editor: Editor, body: bytes, code: int
) -> None:
    editor.initialize(garden)
    editor.send(body)
    editor.until(lambda: any(each.get("error") for each in editor.heard))
    assert [each["error"]["code"] for each in editor.heard if "error" in each] == [code]
    assert editor.end() == 0


# --- life -------------------------------------------------------------------------------------


def test_requests_before_initialize_and_after_shutdown_are_refused(garden: Path, editor: Editor) -> None:
    assert editor.refusal("workspace/symbol", {"query": ""})["code"] == -32002
    editor.notify("textDocument/didOpen", {})
    editor.initialize(garden)
    again: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}
    assert editor.refusal("initialize", again)["code"] == -32600
    editor.ask("shutdown", None)
    assert editor.refusal("workspace/symbol", {"query": ""})["code"] == -32600
    editor.notify("exit", None)
    assert editor.ended() == 0


def test_unknown_methods_and_wrong_parameters_are_refused(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    assert editor.refusal("x/y", {})["code"] == -32601
    editor.notify("x/y", {})
    refused = editor.refusal("textDocument/hover", {"textDocument": 7})
    assert refused == {"code": -32602, "message": "the parameters of “textDocument/hover” are wrong"}
    assert editor.refusal("workspace/executeCommand", {"command": "rm", "arguments": []})["code"] == -32602


def test_exit_without_shutdown_and_a_closed_pipe_end_it_with_1(garden: Path) -> None:
    with Editor() as editor:
        editor.initialize(garden)
        editor.notify("exit", None)
        assert editor.ended() == 1
    with Editor() as editor:
        editor.initialize(garden)
        assert editor.process.stdin is not None
        editor.process.stdin.close()
        assert editor.ended() == 1


def test_it_ends_when_its_parent_does_although_the_pipe_is_open(garden: Path, editor: Editor) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as parent:
        editor.initialize(garden, processId=parent.pid)
        opened(editor, garden / "Garden.md")
        parent.kill()
    assert editor.ended() == 1


def test_cancelled_requests_are_answered_so(tmp_path: Path, editor: Editor) -> None:
    chance = random.Random(1)
    files = {f"Note {number}.md": note(chance) for number in range(600)}
    editor.initialize(make(tmp_path, {".obsidian/app.json": "", **files}))
    asked = [editor.begin("workspace/diagnostic", {"previousResultIds": []}) for _ in range(5)]
    for number in asked[:4]:
        editor.notify("$/cancelRequest", {"id": number})
    editor.notify("$/cancelRequest", {"id": "nobody's"})
    assert [editor.answer(number)["error"]["code"] for number in asked[:4]] == [-32800] * 4
    assert editor.answer(asked[4])["result"]["items"]


def test_a_text_that_is_too_large_is_said_to_be_so(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    uri = (garden / "Garden.md").as_uri()
    editor.open(uri, "[[Nix]]\n" * 1_500_000)
    (found,) = editor.published(uri)
    assert found["message"] == "this note is too large: 12,000,000 characters, the limit is 10,000,000"
    assert editor.ask("textDocument/hover", editor.at(uri, 0, 3)) is None
    editor.change(uri, "[[Nix]]\n")
    assert codes(editor.published(uri)) == ["VL201"]


def test_it_survives_thousands_of_mad_messages(tmp_path: Path) -> None:
    early, late = torment(tmp_path, 3_000, 7)
    assert late <= early * 1.3, "it grows with the messages"


def test_messages_in_pieces_are_put_together(garden: Path, editor: Editor) -> None:
    editor.initialize(garden)
    data = frame({"jsonrpc": "2.0", "id": "z", "method": "workspace/symbol", "params": {"query": "garden"}})
    for at in range(0, len(data), 7):
        editor.send_bytes(data[at : at + 7])
    assert len(editor.answer("z")["result"]) == 1


# --- many edits -------------------------------------------------------------------------------


class Model:
    """What the texts and files should be: an editor's side of many random edits."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = root
        self.chance = random.Random(seed)
        vault(root, self.chance)
        self.texts: dict[str, str] = {}

    @property
    def notes(self) -> list[str]:
        return sorted(each.relative_to(self.root).as_posix() for each in self.root.rglob("*.md"))

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_bytes(text.encode())

    def step(self, editor: Editor) -> None:
        """One edit of a text, or something that happens to files."""
        chance = self.chance
        path = chance.choice(self.notes)
        kind = chance.random()
        if path in self.texts and kind < 0.85:
            self._edit(editor, path)
        elif path in self.texts:
            if kind < 0.95:
                self.write(path, self.texts[path])
                editor.notify("textDocument/didSave", {"textDocument": {"uri": self.uri(path)}})
            editor.close(self.uri(path))
            del self.texts[path]
        elif kind < 0.8:
            self.texts[path] = self.read(path)
            editor.open(self.uri(path), self.texts[path])
        elif kind < 0.9:
            self.write(path, note(chance))
            told_of(editor, (self.root / path, CHANGED))
        elif kind < 0.95 and len(self.notes) > 5:
            (self.root / path).unlink()
            told_of(editor, (self.root / path, DELETED))
        else:
            moved = f"{chance.choice(('', 'Plants/', 'New/'))}Moved {chance.randrange(5)}.md"
            if moved not in self.notes:
                (self.root / moved).parent.mkdir(exist_ok=True)
                (self.root / path).rename(self.root / moved)
                told_of(editor, (self.root / path, DELETED), (self.root / moved, CREATED))

    def _edit(self, editor: Editor, path: str) -> None:
        chance, text = self.chance, self.texts[path]
        if chance.random() < 0.1:
            new = note(chance)
            editor.change(self.uri(path), new)
            self.texts[path] = new
            return
        changes = []
        for _ in range(chance.randrange(1, 4)):
            places = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
            start = chance.choice(places)
            end = next((at for at in places if at >= start + chance.randrange(6)), len(text))
            new = chance.choice(
                ("x", "😀", "\u2028", "\r\n", "\n", "\r", "[[Soil]]", "[[", "#", "\u0085", "é", "")
            )
            changes.append((self._place(text, start), self._place(text, end), new))
            text = text[:start] + new + text[end:]
        editor.change(self.uri(path), *changes)
        self.texts[path] = text

    @staticmethod
    def _place(text: str, offset: int) -> tuple[int, int]:
        """A place in UTF-32 units, by a way of counting that is not the server's."""
        before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
        if text[offset - 1 : offset] == "\r" and text[offset : offset + 1] == "\n":
            raise AssertionError("no editor stands there")
        return before.count("\n"), len(before) - before.rfind("\n") - 1


@pytest.mark.parametrize("seed", [1, 2])
def test_after_a_thousand_random_edits_all_is_as_a_fresh_run_finds_it(
    tmp_path: Path, editor: Editor, seed: int
) -> None:
    model = Model(tmp_path / "vault", seed)
    editor.initialize(model.root, capabilities=UTF32)
    for turn in range(1000):
        model.step(editor)
        if turn % 250 == 249:
            for path, text in sorted(model.texts.items()):
                model.write(path, text)
                editor.notify("textDocument/didSave", {"textDocument": {"uri": model.uri(path)}})
            told = editor.ask("workspace/diagnostic", {"previousResultIds": []})["items"]
            assert from_editor(model.root, told) == from_command_line(model.root)
            pushed = [{"uri": uri, "items": each["diagnostics"]} for uri, each in editor.diagnostics.items()
                      if each["diagnostics"]]  # fmt: skip
            assert from_editor(model.root, pushed) == from_command_line(model.root)
    for path in model.texts:
        links = editor.ask("textDocument/documentLink", {"textDocument": {"uri": model.uri(path)}})
        assert all(unquote(each["target"]).startswith("file:///") for each in links)
