"""What we take for inline code is what markdown-it-py and mistune take for it."""

from collections.abc import Iterator
from typing import Any

import mistune
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from vaultlint.parse import _ParsedNote, parse_note

_FRAGMENTS = [
    "a", "b c", "`", "``", "```", " ", "\\", "\\`", "\n", "\n\n", "\n- ", "\n1. ", "\n## ", "*", "**", "_",
    "[a](b)", "` `", "`x`", "`` ` ``", "x`y", ".", "!", "\n\n```\nc\n```\n", "\nl ",
]  # fmt: skip
_MARKDOWN_IT = MarkdownIt("commonmark")


def _ours(text: str) -> list[str]:
    note = parse_note("a.md", text)
    assert isinstance(note, _ParsedNote)
    return [_content(span.of(text)) for span in note._inline.dead]


def _content(source: str) -> str:
    """What a code span holds."""
    marks = len(source) - len(source.lstrip("`"))
    return _folded(source[marks:-marks])


def _folded(content: str) -> str:
    """Without blanks: how those of several lines are joined is not the question."""
    return "".join(content.split())


def _by_markdown_it(text: str) -> list[str]:
    return [
        _folded(child.content)
        for token in _MARKDOWN_IT.parse(text)
        for child in token.children or ()
        if child.type == "code_inline"
    ]


def _by_mistune(text: str) -> list[str]:
    def walk(tokens: list[dict[str, Any]]) -> Iterator[str]:
        for token in tokens:
            if token["type"] == "codespan":
                yield _folded(token["raw"])
            yield from walk(token.get("children", []))

    tokens = mistune.create_markdown(renderer="ast")(text)
    assert isinstance(tokens, list)
    return list(walk(tokens))


@given(st.lists(st.sampled_from(_FRAGMENTS), max_size=14).map("".join))
@settings(max_examples=3000, derandomize=True, deadline=None)
def test_inline_code_is_what_markdown_it_calls_so(text: str) -> None:
    assert _ours(text) == _by_markdown_it(text)


@pytest.mark.parametrize(
    "text",
    [
        "a `b` c",
        "``a ` b`` `c`",
        "- `a\n  b`\n- `c",
        "# `a` b `c`",
        "`a\n\nb`",
        "1. x `y`\n2. `z` w",
        "\\`a` b`",
        "*a `b*` c*",
        "[`a`](b) `c`",
    ],
)
def test_inline_code_is_what_mistune_calls_so(text: str) -> None:
    assert _ours(text) == _by_mistune(text) == _by_markdown_it(text)
