"""Canvases and bases, as far as links go.

A canvas is JSON Canvas 1.0: its file cards name files by their full path (since Obsidian 1.12 they are
backlinks), its text cards hold Markdown whose links are followed but give no backlink. A base is one
YAML mapping; links name its views. Obsidian's help: "Canvas", "Create a base".
"""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from vaultlint.lazy import rare
from vaultlint.parse.front_matter import read_front_matter
from vaultlint.text import Span

_STRING = rare(r'(?<!\\)"(file|text)"\s*:\s*"((?:[^"\\]|\\.)*)"')


class Card(NamedTuple):
    """A card of a canvas that names or holds text. `span`: the JSON string, without its quotes."""

    kind: str  # "file" or "text"
    content: str
    subpath: str | None
    span: Span


class NotACanvas(ValueError):  # noqa: N818 - it says what the text is
    """Text that is no JSON Canvas; the message is for people."""


def cards(text: str) -> list[Card]:
    """The file and text cards of a canvas, in order; none in an empty file. Raises `NotACanvas`."""
    if not text.strip():
        return []
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotACanvas(f"it is no JSON: {error}") from None
    nodes = data.get("nodes", []) if isinstance(data, dict) else None
    if not isinstance(nodes, list):
        raise NotACanvas("a canvas is a JSON object with a list of “nodes”")
    return list(_located(text, nodes))


def _located(text: str, nodes: list[Any]) -> Iterator[Card]:
    """The cards with the places of their strings, which stand in the text in the order of the nodes."""
    strings = _STRING.finditer(text)
    for node in nodes:
        kind = node.get("type") if isinstance(node, dict) else None
        content = node.get(kind) if kind in ("file", "text") else None
        if not isinstance(content, str) or not isinstance(kind, str):
            continue
        subpath = node.get("subpath")
        for match in strings:
            if match[1] == kind and _decoded(match[2]) == content:
                span = Span(*match.span(2))
                yield Card(kind, content, subpath if isinstance(subpath, str) else None, span)
                break


def _decoded(source: str) -> str | None:
    try:
        value = json.loads(f'"{source}"')
    except ValueError:
        return None
    return value if isinstance(value, str) else None


def base_views(text: str) -> tuple[str, ...] | None:
    """The names of the views of a base; None where the text is no base that could be read."""
    block = read_front_matter(f"---\n{text}\n---\n")
    if block is None or not block.valid:
        return None
    views = block.get("views")
    value = views.value if views is not None else []
    if not isinstance(value, list):
        return None
    return tuple(str(view["name"]) for view in value if isinstance(view, dict) and "name" in view)
