"""What a server gets from an editor that has gone mad: malformed, huge, out of order, cancelled.

    python -m benchmarks.lsp_messages [NUMBER] [SEED]

sends so many (default: 100,000) messages to a server on a small vault, looks whether it still answers, and
whether it takes more memory than after the first tenth.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.lsp_client import Editor, frame

_METHODS = (
    "textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/references",
    "textDocument/codeAction", "textDocument/documentLink", "textDocument/documentSymbol",
    "textDocument/rename", "textDocument/prepareRename", "textDocument/diagnostic", "workspace/symbol",
    "workspace/executeCommand", "workspace/willRenameFiles", "codeAction/resolve", "initialize", "x/y",
    "textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave",
    "workspace/didChangeWatchedFiles", "workspace/didRenameFiles", "workspace/didChangeConfiguration",
    "$/cancelRequest", "$/setTrace", "initialized", "window/workDoneProgress/cancel",
)  # fmt: skip
_TEXTS = (
    "",
    "[[",
    "# a\n\n[[b#c|d]] ![[e]]\n",
    "---\na: [\n---\n",
    "😀\u2028\r\n",
    "\ud800",
    "x" * 20_000,
    "[[" * 500,
)
_MALFORMED = (
    b"", b"{", b"[]", b"[1,2]", b"null", b"1", b'"x"', b"{}", b'{"jsonrpc":"2.0"}', b"\xff\xfe", b"[" * 5_000,
    b'{"method":1}', b'{"id":{},"method":"x"}', b'{"id":1.5,"method":"x"}', b'{"id":null,"method":"shutdow"}',
    b'{"id":999999,"result":[]}', b'{"id":1,"error":1}', b'{"method":""}',
    b'{"a":' * 3_000 + b"1" + b"}" * 3_000,
)  # fmt: skip


def value(chance: random.Random, uris: list[str], depth: int = 0) -> Any:
    """Something that may stand in the parameters of a message."""
    kind = chance.randrange(9)
    if kind == 0:
        return chance.choice((None, True, -1, 0, 2**40, 1.5))
    if kind == 1:
        return chance.choice((*uris, "untitled:x", "file:///etc/passwd", "file:///%00", "http://[", "x"))
    if kind == 2:
        return chance.choice(_TEXTS)
    if kind == 3 or depth > 2:
        return {"line": chance.choice((0, 1, 5, -1, 2**31)), "character": chance.choice((0, 1, 3, 2**33))}
    if kind == 4:
        return [value(chance, uris, depth + 1) for _ in range(chance.randrange(3))]
    document = {"uri": chance.choice(uris), "version": chance.randrange(-2, 10**6), "languageId": "markdown"}
    place = {"line": chance.randrange(4), "character": chance.randrange(9)}
    other = {"line": chance.randrange(4), "character": chance.randrange(9)}
    return {
        "textDocument": {**document, "text": chance.choice(_TEXTS)},
        "position": place,
        "range": {"start": place, "end": other},
        "context": {
            "diagnostics": [],
            "includeDeclaration": True,
            "only": chance.choice((None, [], ["source"])),
        },
        "contentChanges": [{"range": {"start": place, "end": other}, "text": chance.choice(_TEXTS)}],
        "newName": chance.choice(("a", "", "a/b", "^x", "\n")),
        "query": chance.choice(_TEXTS[:3]),
        "command": "vaultlint.explain",
        "arguments": chance.choice(([], ["VL201"], [{}], [[]])),
        "files": [{"oldUri": chance.choice(uris), "newUri": chance.choice(uris)}],
        "changes": [{"uri": chance.choice(uris), "type": chance.randrange(1, 4)}],
        "id": chance.randrange(1, 10**6),
        "title": "x",
        "kind": chance.choice(("quickfix", "source.fixAll.vaultlint")),
        "data": value(chance, uris, depth + 1),
        "token": 1,
    }


def messages(chance: random.Random, uris: list[str], first: int, number: int) -> Iterator[bytes]:
    """So many messages; the ids of the requests begin with `first`."""
    for at in range(number):
        if chance.random() < 0.1:
            yield frame(chance.choice(_MALFORMED))
            continue
        message = {"jsonrpc": "2.0", "method": chance.choice(_METHODS), "params": value(chance, uris)}
        if not message["method"].startswith(("textDocument/did", "workspace/did", "$/", "initialized")):
            message["id"] = first + at
            if chance.random() < 0.2:
                cancel = {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": first + at}}
                yield frame(message) + frame(cancel)
                continue
        yield frame(json.dumps(message).encode())


def memory(process: int) -> int:
    """What a process takes of the memory now, in kilobytes; 0 where the system does not tell."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return 0
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))


def torment(root: Path, number: int, seed: int) -> tuple[int, int]:
    """Send so many messages to a server on the vault at `root`; gives its memory after the first tenth and
    in the end, in kilobytes. AssertionError where it no longer answers."""
    chance = random.Random(seed)
    notes = {"One.md": "# One\n\n[[Two#Beds]] [[Nix]]\n", "Two.md": "## Beds\n\ntext ^b\n\n[[One]]\n"}
    (root / ".obsidian").mkdir()
    for name, text in notes.items():
        (root / name).write_text(text, encoding="utf-8")
    uris = [(root / name).as_uri() for name in (*notes, "Three.md")]
    with Editor() as editor:
        editor.initialize(root)
        early, step = 0, 200
        for first in range(0, number, step):
            editor.send_bytes(b"".join(messages(chance, uris, 10**6 + first, step)))
            editor.ask("workspace/symbol", {"query": "one"})  # everything before it is done
            editor.heard.clear()
            editor.answers.clear()
            if first <= number // 10:
                early = memory(editor.process.pid)
        late = memory(editor.process.pid)
        for uri in uris:
            editor.close(uri)
        editor.open(uris[0], "[[Nix]]\n", version=10**7)
        assert [one["code"] for one in editor.published(uris[0])] == ["VL201"]
        assert editor.end() == 0
    return early, late


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("number", nargs="?", type=int, default=100_000)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        early, late = torment(Path(folder), options.number, options.seed)
    grown = 100 * (late - early) / early if early else 0.0
    print(f"{options.number:,} messages: it answers; memory {early:,} kB, then {late:,} kB ({grown:+.1f} %)")
    sys.exit(grown > 10)


if __name__ == "__main__":
    main()
