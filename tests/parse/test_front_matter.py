import subprocess
import sys

import pytest

from vaultlint.note import FrontMatter, Mapping, Property, Scalar, Sequence, Trouble
from vaultlint.parse.front_matter import read_front_matter
from vaultlint.text import Span


def read(text: str) -> FrontMatter:
    found = read_front_matter(text)
    assert found is not None
    return found


def sources(text: str) -> dict[str, str]:
    """Each top-level key, as its span shows it, with the source of its value."""
    return {entry.key_span.of(text): entry.node.span.of(text) for entry in read(text).properties}


def test_the_typical_block_is_read_with_every_position() -> None:
    text = "---\ntitle: Some words here\nvideoId: 4uFennpjS0E\n---\nBody\n"
    assert read_front_matter(text) == FrontMatter(
        Span(0, 51),
        Span(4, 48),
        (
            Property(
                "title", Span(4, 9), Scalar("Some words here", "Some words here", Span(11, 26), "plain")
            ),
            Property("videoId", Span(27, 34), Scalar("4uFennpjS0E", "4uFennpjS0E", Span(36, 47), "plain")),
        ),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "--",
        "---",
        "----\na: b\n---\n",
        "--- a\nb: c\n---\n",
        "\n---\na: b\n---\n",
        " ---\na: b\n---\n",
        "+++\na = 1\n+++\n",
        "{\n}\n",
        "# A heading\n---\na: b\n---\n",
    ],
)
def test_a_note_whose_first_line_is_no_fence_has_no_front_matter(text: str) -> None:
    assert read_front_matter(text) is None


@pytest.mark.parametrize(
    ("text", "block", "content"),
    [
        ("---\na: b\n---\nbody", "---\na: b\n---", "a: b\n"),
        ("---\na: b\n---", "---\na: b\n---", "a: b\n"),
        ("---\na: b\n---  \t\nbody", "---\na: b\n---  \t", "a: b\n"),
        ("--- \t\na: b\n---\nbody", "--- \t\na: b\n---", "a: b\n"),
        ("---\r\na: b\r\n---\r\nbody", "---\r\na: b\r\n---", "a: b\r\n"),
        ("---\ra: b\r---\rbody", "---\ra: b\r---", "a: b\r"),
        ("---\na: b\r---\nc: d\n---\n", "---\na: b\r---", "a: b\r"),
        ("---\na: b\n--- \nc: d\n---\n", "---\na: b\n--- ", "a: b\n"),
        ("---\na: b\n----\n", "", ""),
        ("---\n---\nbody", "---\n---", ""),
        ("---\r\n---\r\nbody", "---\r\n---", ""),
        ("---\n\n---\n", "---\n\n---", "\n"),
        ("---\n# a comment\n---\n", "---\n# a comment\n---", "# a comment\n"),
        ("---\na: b\n ---\n---\n", "---\na: b\n ---\n---", "a: b\n ---\n"),
    ],
)
def test_the_block_ends_at_the_first_line_that_is_a_fence(text: str, block: str, content: str) -> None:
    found = read(text)
    if not block:
        assert [problem.trouble for problem in found.problems] == [Trouble.UNCLOSED]
        return
    assert found.span.of(text) == block
    assert found.content.of(text) == content


@pytest.mark.parametrize("content", ["", "\n", "# note\n", "  \n", "\t\n"])
def test_an_empty_block_is_valid(content: str) -> None:
    found = read(f"---\n{content}---\n")
    assert found.properties == ()
    assert found.valid


@pytest.mark.parametrize(
    "start", ["title: x", "title:", '"title": x', "date created: x", "- up: x", '{"a": 1}', "{"]
)
def test_properties_below_a_fence_that_never_closes_are_unclosed(start: str) -> None:
    found = read(f"---\n{start}\n\n# Heading\n")
    assert found.span == Span(0, 3)
    assert found.content == Span(0, 0)
    assert found.properties == ()
    [problem] = found.problems
    assert problem.trouble is Trouble.UNCLOSED
    assert problem.span == Span(0, 3)


@pytest.mark.parametrize(
    "start",
    [
        "",
        "# Heading",
        "Some words",
        "https://example.org",
        "[[Note]]",
        "- [ ] a task",
        "It is so, I find it: yes",
    ],
)
def test_a_thematic_break_at_the_top_is_no_front_matter(start: str) -> None:
    assert read_front_matter(f"---\n{start}\n\nmore\n") is None


@pytest.mark.parametrize(
    ("content", "message", "place"),
    [
        ("- a\n- b\n", "the front matter is a list, not names with values", "- a\n- b"),
        ("[a, b]\n", "the front matter is a list, not names with values", "[a, b]"),
        ("\nA paragraph.\n\n", "the front matter is plain text, not names with values", "A paragraph."),
        ("key:value\n", "the front matter is plain text, not names with values", "key:value"),
    ],
)
def test_a_root_that_is_no_mapping_is_told(content: str, message: str, place: str) -> None:
    text = f"---\n{content}---\n"
    found = read(text)
    [problem] = found.problems
    assert problem.trouble is Trouble.NOT_A_MAPPING
    assert problem.message == message
    assert problem.span.of(text) == place
    assert found.properties == ()


def test_every_kind_of_value_has_its_place() -> None:
    text = (
        "---\nplain: some words  \ndouble: \"a \\\" b\"\nsingle: 'it''s'\nempty:\ncommented: x # why\n"
        "list:\n  - one\n  - two\nflush:\n- a\n- 'b'\nflow: [a, \"b c\"]\nmap: {x: 1}\n"
        "nested:\n  inner: 2\n  deep:\n    - k: v\nliteral: |\n"
        "  two\n  lines\n\nfolded: >-\n  t\nlast: z\n---\n"
    )
    assert sources(text) == {
        "plain": "some words",
        "double": '"a \\" b"',
        "single": "'it''s'",
        "empty": "",
        "commented": "x",
        "list": "- one\n  - two",
        "flush": "- a\n- 'b'",
        "flow": '[a, "b c"]',
        "map": "{x: 1}",
        "nested": "inner: 2\n  deep:\n    - k: v",
        "literal": "|\n  two\n  lines",
        "folded": ">-\n  t",
        "last": "z",
    }
    styles = {
        entry.key: entry.node.style for entry in read(text).properties if isinstance(entry.node, Scalar)
    }
    assert styles == {
        "plain": "plain",
        "double": "double",
        "single": "single",
        "empty": "plain",
        "commented": "plain",
        "literal": "literal",
        "folded": "folded",
        "last": "plain",
    }


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_items_of_nested_lists_and_mappings_have_their_places(newline: str) -> None:
    text = newline.join(["---", "🎉: {a: [x, 'y']}", "b:", "  c:", '    - "💡 z"', "    -   w", "---", ""])
    first, second = read(text).properties
    assert first.key_span.of(text) == "🎉"
    assert isinstance(first.node, Mapping)
    assert first.node.flow
    [inner] = first.node.entries
    assert inner.key_span.of(text) == "a"
    assert isinstance(inner.node, Sequence)
    assert [item.span.of(text) for item in inner.node.items] == ["x", "'y'"]
    assert isinstance(second.node, Mapping)
    [deep] = second.node.entries
    assert deep.key_span.of(text) == "c"
    assert isinstance(deep.node, Sequence)
    assert not deep.node.flow
    assert [item.span.of(text) for item in deep.node.items] == ['"💡 z"', "w"]


def test_an_empty_value_stands_behind_the_colon_and_the_dash() -> None:
    text = "---\na:\nb: \nc:\n  -\n  - x\n---\n"
    first, second, third = read(text).properties
    assert first.node == Scalar(None, "", Span(6, 6), "plain")
    assert second.node == Scalar(None, "", Span(9, 9), "plain")
    assert isinstance(third.node, Sequence)
    assert third.node.items[0] == Scalar(None, "", Span(17, 17), "plain")


def test_an_unquoted_link_is_a_list_in_a_list_with_its_places() -> None:
    text = "---\nup: [[Note]]\n---\n"
    assert read(text).properties == (
        Property(
            "up",
            Span(4, 6),
            Sequence(
                (Sequence((Scalar("Note", "Note", Span(10, 14), "plain"),), Span(9, 15), flow=True),),
                Span(8, 16),
                flow=True,
            ),
        ),
    )


def test_a_key_that_is_given_twice_is_told_and_both_are_kept() -> None:
    text = "---\na: 1\nb: 2\na: 3\nA: 4\n---\n"
    found = read(text)
    assert [(entry.key, entry.value) for entry in found.properties] == [
        ("a", 1),
        ("b", 2),
        ("a", 3),
        ("A", 4),
    ]
    [problem] = found.problems
    assert problem.trouble is Trouble.DUPLICATE_KEY
    assert problem.message == "“a” is given twice"
    assert problem.span == Span(14, 15)
    assert problem.related == Span(4, 5)


def test_a_key_that_is_given_twice_in_a_nested_mapping_is_told() -> None:
    text = "---\nm:\n  x: 1\n  x: 2\n---\n"
    [problem] = read(text).problems
    assert problem.trouble is Trouble.DUPLICATE_KEY
    assert problem.span == Span(16, 17)
    assert problem.related == Span(9, 10)


def test_json_between_the_fences_is_read_with_its_places() -> None:
    text = (
        '---\n{\n\t"title": "a\\/b \\ud83c\\udf89",\n\t"tags": ["x", "y"],\n'
        '\t"n": -1.5e3, "t": true, "z": null\n}\n---\n'
    )
    found = read(text)
    assert found.valid
    assert {entry.key: entry.value for entry in found.properties} == {
        "title": "a/b 🎉",
        "tags": ["x", "y"],
        "n": -1500.0,
        "t": True,
        "z": None,
    }
    assert sources(text) == {
        '"title"': '"a\\/b \\ud83c\\udf89"',
        '"tags"': '["x", "y"]',
        '"n"': "-1.5e3",
        '"t"': "true",
        '"z"': "null",
    }


@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x85", "\ufeff", "\x7f", "\x9f", "\uffff"])
def test_characters_that_end_no_line_in_obsidian_end_none_here(char: str) -> None:
    text = f"---\na: x{char}y\nb: 🎉{char}z # {char}\n---\n"
    found = read(text)
    assert found.valid
    assert {entry.key: entry.value for entry in found.properties} == {"a": f"x{char}y", "b": f"🎉{char}z"}
    assert sources(text) == {"a": f"x{char}y", "b": f"🎉{char}z"}


def test_an_escape_never_becomes_the_stand_in_of_another_character() -> None:
    text = '---\na: "\\ue000 \\ue001 \u2028"\n---\n'
    assert read(text).properties[0].value == "\ue000 \ue001 \u2028"


def test_tabs_on_blank_lines_and_behind_dashes_are_no_indentation() -> None:
    found = read("---\na: 1\n\t\nb:\n  -\tx\n  -\ty\n---\n")
    assert found.valid
    assert {entry.key: entry.value for entry in found.properties} == {"a": 1, "b": ["x", "y"]}


def test_an_alias_reads_as_what_it_stands_for_at_its_own_place() -> None:
    text = "---\na: &x one\nb: *x\nc: &l [1, 2]\nd: *l\n---\n"
    found = read(text)
    assert found.valid
    assert {entry.key: entry.value for entry in found.properties} == {
        "a": "one",
        "b": "one",
        "c": [1, 2],
        "d": [1, 2],
    }
    assert sources(text) == {"a": "&x one", "b": "*x", "c": "&l [1, 2]", "d": "*l"}
    assert isinstance(node := found.properties[1].node, Scalar)
    assert node.style == "alias"


def test_keys_with_a_meaning_elsewhere_are_plain_keys() -> None:
    text = "---\ncontent: a\nhandler: b\nmetadata: c\n<<: d\non: e\nnull: f\n1: g\n? [x]\n: h\n---\n"
    found = read(text)
    assert found.valid
    assert [entry.key for entry in found.properties] == [
        "content",
        "handler",
        "metadata",
        "<<",
        "on",
        "null",
        "1",
        "[x]",
    ]


def test_properties_before_a_syntax_error_are_kept() -> None:
    found = read("---\na: 1\nb: @x\nc: 3\n---\n")
    assert [(entry.key, entry.value) for entry in found.properties] == [("a", 1)]
    assert not found.valid


def test_the_typical_block_needs_no_yaml_library() -> None:
    code = (
        "import sys; from vaultlint.parse.front_matter import read_front_matter as r;"
        "assert r('---\\ntitle: A b\\ntags:\\n  - x\\nl: [a, b]\\n---\\n').valid;"
        "assert not {'yaml', 'frontmatter'} & set(sys.modules);"
        "assert r('---\\na: {}\\n---\\n').valid; assert {'yaml', 'frontmatter'} <= set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
