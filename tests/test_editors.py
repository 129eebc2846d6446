"""Editors that are not ours: Neovim, without a window, and the client of pygls."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

from tests.lsp_client import PATIENCE
from tests.test_lsp import GARDEN, make

EDITORS = Path(__file__).parent / "editors"


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed: apt-get install neovim")
def test_neovim_opens_a_note_hears_applies_a_fix_and_saves(tmp_path: Path) -> None:
    root = make(tmp_path / "vault", {
        ".obsidian/app.json": "", "Soil type.md": "[[Home]]\n", "Home.md": "# Home\n\n😀 see [[Soil_type]]\n"
    })  # fmt: skip
    told = tmp_path / "told.json"
    places = {"NOTE": str(root / "Home.md"), "TOLD": str(told), "PYTHON": sys.executable}
    own = {name: str(tmp_path / "nvim") for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")}
    ran = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {EDITORS / 'check.lua'}"],
        env={**os.environ, **places, **own, "XDG_CACHE_HOME": str(tmp_path / "nvim")},
        capture_output=True,
        timeout=4 * PATIENCE,
        check=False,
    )
    assert told.exists(), ran.stderr.decode()
    assert json.loads(told.read_text()) == {
        "found": ["VL201 no note is named “Soil_type”; “Soil type.md” differs only in blanks, “_” and “-”"],
        "action": "Link to “Soil type.md”",
        "left": [],
        "lines": ["# Home", "", "😀 see [[Soil type|Soil_type]]"],
    }
    assert (root / "Home.md").read_text() == "# Home\n\n😀 see [[Soil type|Soil_type]]\n"


class Session:
    """The client of pygls with `vaultlint lsp` at its other end."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.client = LanguageClient("pygls", "1")
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()

        def keep(params: types.PublishDiagnosticsParams) -> None:
            self.published.put_nowait(params)

        self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)(keep)

    async def begin(self) -> types.InitializeResult:
        """Start the server, and introduce this client."""
        await self.client.start_io(sys.executable, "-m", "vaultlint", "lsp")
        folder = types.WorkspaceFolder(self.root.as_uri(), "garden")
        told = await self.client.initialize_async(
            types.InitializeParams(
                types.ClientCapabilities(), process_id=os.getpid(), workspace_folders=[folder]
            )
        )
        self.client.initialized(types.InitializedParams())
        return told

    async def findings(self, uri: str) -> list[types.Diagnostic]:
        """What is told of a file next."""
        while True:
            params = await asyncio.wait_for(self.published.get(), PATIENCE)
            if params.uri == uri:
                return [*params.diagnostics]

    async def end(self) -> None:
        """End the server."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()  # type: ignore[no-untyped-call]


async def talk(root: Path) -> dict[str, Any]:
    """What the client of pygls hears."""
    session = Session(root)
    told = await session.begin()
    client, uri = session.client, (root / "Garden.md").as_uri()
    document = types.TextDocumentIdentifier(uri)
    item = types.TextDocumentItem(uri, types.LanguageKind.Markdown, 1, GARDEN["Garden.md"])
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    found = await session.findings(uri)
    place = types.Position(2, 8)
    hover = await client.text_document_hover_async(types.HoverParams(document, place))
    symbols = await client.text_document_document_symbol_async(types.DocumentSymbolParams(document))
    change = types.TextDocumentContentChangePartial(
        types.Range(types.Position(2, 22), types.Position(2, 30)), ""
    )
    version = types.VersionedTextDocumentIdentifier(2, uri)
    client.text_document_did_change(types.DidChangeTextDocumentParams(version, [change]))
    left = await session.findings(uri)
    await session.end()
    return {"told": told, "found": found, "hover": hover, "symbols": symbols, "left": left}


@pytest.mark.filterwarnings("ignore:'asyncio.iscoroutinefunction':DeprecationWarning")  # from pygls
def test_the_client_of_pygls_understands_what_it_hears(tmp_path: Path) -> None:
    heard = asyncio.run(talk(make(tmp_path, GARDEN)))
    server = heard["told"].server_info
    assert server is not None
    assert server.name == "vaultlint"
    assert [one.code for one in heard["found"]] == ["VL201"]
    assert heard["hover"].contents.value.startswith("**Soil.md**")
    assert [each.name for each in heard["symbols"]] == ["Garden", "Deep"]
    assert heard["left"] == []
