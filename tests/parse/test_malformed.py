"""Text that looks like a link and is none: the shapes, and other things of like shape."""

import pytest

from vaultlint.note import Flaw
from vaultlint.parse import parse_note

TABLE = "| tree | fruit |\n| --- | --- |\n"


def shapes(text: str) -> list[tuple[Flaw, str, str]]:
    """Flaw, source and target of everything malformed in a note of that text, in order."""
    note = parse_note("n.md", text)
    for one in note.malformed_links:
        assert one.span.of(note.live) == one.raw
    return [(one.flaw, one.raw, one.path) for one in note.malformed_links]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a [[]] b", (Flaw.EMPTY, "[[]]", "")),
        ("[[ |x]]", (Flaw.EMPTY, "[[ |x]]", "")),
        ("a [x]() b", (Flaw.EMPTY, "[x]()", "")),
        ("[x](<>)", (Flaw.EMPTY, "[x](<>)", "")),
        ("![x]( )", (Flaw.EMPTY, "![x]( )", "")),
        ("参照[ここ]()", (Flaw.EMPTY, "[ここ]()", "")),
        ("[[a] b", (Flaw.SINGLE_CLOSE, "[[a]", "a")),
        ("[[a b | x] and [y]", (Flaw.SINGLE_CLOSE, "[[a b | x]", "a b")),
        ("[[a#h] b", (Flaw.SINGLE_CLOSE, "[[a#h]", "a")),
        ("[[a b  ", (Flaw.UNCLOSED, "[[a b", "a b")),
        ("[[a (b)\n[[c]]", (Flaw.UNCLOSED, "[[a (b)", "a (b)")),
        ("[[a\nb]]", (Flaw.OVER_LINES, "[[a\nb]]", "a b")),
        ("[[a|b\nc]]", (Flaw.OVER_LINES, "[[a|b\nc]]", "a")),
        ("[[a|[b]]] c", (Flaw.BRACKET_IN_ALIAS, "[[a|[b]]]", "a")),
        ("[[a|x [[b]] y]]", (Flaw.NESTED, "[[a|x [[b]] y]]", "a")),
        ("see [a b | c] d", (Flaw.SINGLE_BRACKETS, "[a b | c]", "a b")),
        ("[x](a b.md)", (Flaw.UNENCODED, "[x](a b.md)", "a b.md")),
        ("![x]( a%20b c#d )", (Flaw.UNENCODED, "![x]( a%20b c#d )", "a b c")),
        (TABLE + "| [[a|b]] | |", (Flaw.TABLE_PIPE, "[[a|b]]", "a")),
        (TABLE + "| ![[a|9]] | |", (Flaw.TABLE_PIPE, "![[a|9]]", "a")),
        (TABLE + "below [[a|b]]", (Flaw.TABLE_PIPE, "[[a|b]]", "a")),
        ("| x | [[a|b]] |\n|:-:|---|\n", (Flaw.TABLE_PIPE, "[[a|b]]", "a")),
    ],
)
def test_a_malformed_link_is_told_by_its_shape(text: str, expected: tuple[Flaw, str, str]) -> None:
    assert shapes(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "[[Tutorial] x](url)",
        "### [[BUG]: y](url)",
        "[[Tutorial]: x](url)",
        "[see [[a]]]",
        "[[sic] he said]",
        "[[1, 2], [3, 4]]",
        "\\[[a] b",
        "\\[x]()",
        "`[[a]` and `[x]()`",
        "```\n[[a]\n```",
        "rows[[]] and handlers[name]() and f(x)[i]()",
        "- [ ] a | b\n- [x] c",
        "> [!note|meta] x",
        "a[^1] b\n\n[^1]: c",
        "[00:00:22 | 00:00:25]",
        "[[{{x}}] and [y](a {{b}}.md) and [[|{{x}}]]",
        "[a | b](url) and [a | b][c]",
        '[x](a%20b.md) and [x](<a b.md>) and [x](a.md "a title")',
        "[[a|[b] ]]",
        "[[Sq]uare]]",
    ],
)
def test_other_things_in_brackets_are_no_malformed_links(text: str) -> None:
    assert shapes(text) == []


@pytest.mark.parametrize(
    "below",
    [
        "# [[a|b]]",
        "- [[a|b]]",
        "1. [[a|b]]",
        "> [[a|b]]",
        "\n[[a|b]]",
        "***\n[[a|b]]",
        "```\nx\n```\n[[a|b]]",
    ],
)
def test_another_block_ends_a_table(below: str) -> None:
    note = parse_note("n.md", TABLE + "| x | y |\n" + below)
    assert [link.raw for link in note.links] == ["[[a|b]]"]
    assert note.malformed_links == ()


def test_a_table_in_a_quote_ends_with_the_quote() -> None:
    table = "".join(f"> {line}\n" for line in TABLE.splitlines())
    assert shapes(table + "[[a|b]]") == []
    assert shapes(table + "> | [[a|b]] | |") == [(Flaw.TABLE_PIPE, "[[a|b]]", "a")]


def test_every_free_pipe_of_a_table_that_a_link_in_its_header_prevents_is_found() -> None:
    text = "| [[a|b]] | ![[c|9]] |\n| - | - |\n| [[d|e]] | [[f\\|g]] |\n\n[[h|i]]"
    assert [raw for _, raw, _ in shapes(text)] == ["[[a|b]]", "![[c|9]]", "[[d|e]]"]


def test_a_carriage_return_belongs_to_no_malformed_link() -> None:
    assert shapes("[[a b\r\nc")[0][1] == "[[a b"


@pytest.mark.parametrize("unit", ["[[", "[[a]", "[[a] b]c", "](", "](a b", "[a|", "[[a|b]] ", " a", "]a"])
def test_a_long_line_of_pieces_takes_linear_time(unit: str) -> None:
    # What grows with the square needs minutes for this.
    note = parse_note("n.md", "[[a](b c " + unit * 20_000)
    assert len(note.malformed_links) <= 40_002
