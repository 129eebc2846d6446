"""Tags, block ids, tables and hubs; hostile input; and what holds for any text at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.note import Note
from vaultlint.parse import outline_of, parse_note


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#tag and #b", ["tag", "b"]),
        ("#1984 #y1984 #123a #1-2 #- #_", ["y1984", "123a", "1-2", "-", "_"]),
        (r"(#x) a#x /#x \#x", []),
        ("#a/b/ #a//", ["a/b", "a"]),
        ("#été #标签 #🎉", ["été", "标签", "🎉"]),
        ("#a,b #c.d #e:f", ["a", "c", "e"]),
        ("#a\u2014b #c\u2e00d", ["a", "c"]),
        ("# heading #t ##", ["t"]),
        ("#no-heading", ["no-heading"]),
        ("- #t\n\t#u\n> #v", ["t", "u", "v"]),
        ("`#x` $#x$ [[a#x]] https://x.y/#x", []),
        ("%% #t %%", ["t"]),
        ("---\na: '#x'\n---\n#t", ["t"]),
        ("#a #a", ["a", "a"]),
    ],
)
def test_these_are_the_tags(text: str, names: list[str]) -> None:
    tags = parse_note("n.md", text).tags
    assert [tag.name for tag in tags] == names
    assert [tag.span.of(text) for tag in tags] == [f"#{name}" for name in names]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("text ^abc-1", ["abc-1"]),
        ("text ^abc  \n\nx", ["abc"]),
        ("see [[x]]^abc", ["abc"]),
        ("text^abc", []),
        ("记下来。^abc", ["abc"]),
        ("覚書^abc\n", ["abc"]),
        ("half a π^2", []),
        ("text ^id more", []),
        ("text ^id\nmore", []),
        ("a ^one\n\nb ^two\n", ["one", "two"]),
        ("- item ^i1\n- other ^i2", ["i1", "i2"]),
        ("- item\n    ^inner\n- other", ["inner"]),
        ("paragraph\n^own", ["own"]),
        ("> quote\n\n^quote\n\nx", ["quote"]),
        ("> [!note]\n> text\n^callout", ["callout"]),
        ("|a|\n|-|\n|b|\n\n^table\n\nx", ["table"]),
        ("|a|\n|-|\n|b|\n^row", []),
        ("```\nx\n```\n\n^code", ["code"]),
        ("```\nx ^dead\n```", []),
        ("x `^dead`", []),
        ("# Heading ^h\ntext", ["h"]),
        ("text ^id\n```\nx\n```", ["id"]),
        ("text ^id\n***\nx", ["id"]),
        ("text ^id\n===\nx", ["id"]),
        ("text ^id\n`code` more", []),
        ("a ^x ^y", ["y"]),
    ],
)
def test_these_are_the_block_ids(text: str, ids: list[str]) -> None:
    blocks = parse_note("n.md", text).block_ids
    assert [block.id for block in blocks] == ids
    assert [block.span.of(text) for block in blocks] == [f"^{id_}" for id_ in ids]
    assert all(block.valid for block in blocks)


@pytest.mark.parametrize("id_", ["a_b", "é", "a.b"])
def test_an_id_with_other_signs_is_found_and_not_valid(id_: str) -> None:
    (block,) = parse_note("n.md", f"text ^{id_}").block_ids
    assert (block.id, block.valid) == (id_, False)


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("|a|b|\n|-|-|\n|c|d|\n\nx", ["|a|b|\n|-|-|\n|c|d|"]),
        ("a|b\n:-|-:\nc", ["a|b\n:-|-:\nc"]),
        ("a|b\n-|-|-\n", []),
        ("a\n---\nb", []),
        ("a|b\n-|-\n-|-\n-|-", ["a|b\n-|-\n-|-\n-|-"]),
        ("a|b\n-|-\n\nc|d\n-|-\n", ["a|b\n-|-", "c|d\n-|-"]),
        ("a \\| b\n-|-\n", []),
    ],
)
def test_these_are_the_tables(text: str, tables: list[str]) -> None:
    assert [span.of(text) for span in parse_note("n.md", text).tables] == tables


def test_headings_are_those_that_links_can_name() -> None:
    text = "# A\n## See [[O]] #t ##\nB\n===\n> # quoted\n- # listed\n#no\n####### seven\n"
    headings = parse_note("n.md", text).headings
    assert [(heading.level, heading.text) for heading in headings] == [
        (1, "A"),
        (2, "See [[O]] #t"),
        (1, "B"),
    ]


@pytest.mark.parametrize(
    ("text", "main"),
    [
        ("# A\n## B\n\n```\n# C\n```\n\n> # D\n", "A"),
        ("# A\n# B\n", None),
        ("# A\ntext\n\nB\n===\n", None),
        ("\n\n#t and [[b]]\n\n# A\n", "A"),
        ("---\na: b\n---\r\nFrom: [[b]]\r\n# A\r\n", "A"),
        ("## B\n# A\n", None),
        ("One line.\n\nAnother.\n# A\n", None),
        (f"{'much ' * 20}\n# A\n", None),
    ],
)
def test_the_main_heading_is_the_only_one_where_hardly_anything_stands_before_it(
    text: str, main: str | None
) -> None:
    assert parse_note("n.md", text).main_heading == main


def test_the_hub_is_what_the_from_line_names() -> None:
    assert outline_of(parse_note("n.md", "From: [[ Hub |x]]\n")).hub == "Hub"
    assert outline_of(parse_note("n.md", "# T\n\nFrom: [[Hub#h]]\n")).hub == "Hub"
    assert outline_of(parse_note("n.md", "Far From: [[Hub]]\n")).hub is None


# --- hostile input ----------------------------------------------------------------------------

SIZE = 1_000_000


def everything(text: str) -> Note:
    """The note, with every question asked once."""
    note = parse_note("n.md", text)
    outline_of(note)
    for name in _CONSTRUCTS:
        getattr(note, name)
    return note


_CONSTRUCTS = (
    "front_matter", "live", "headings", "block_ids", "links", "tables", "tags", "comments", "anchors",
    "suspect_anchors", "timestamped", "late_times", "may_break_anchors", "timed_links",
)  # fmt: skip


@pytest.mark.parametrize(
    "piece", ["[[", "`", "[", "](", "![", "$", "$$", "%%", "%% ", "<", "<!--", "^a ", "x", "\\", "|", "> "]
)
def test_a_megabyte_of_markup_that_closes_nothing_holds_no_link(piece: str) -> None:
    note = everything(piece * (SIZE // len(piece)))
    assert note.links == ()
    assert note.headings == ()


def test_a_link_behind_a_megabyte_of_anything_is_found() -> None:
    for piece in ("[[", "$ ", "%% ", "<", "x "):
        assert [link.path for link in everything(piece * (SIZE // len(piece)) + "\n\n[[y]]").links] == ["y"]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("[[" + "a]" * 100_000 + " ]]", 1),
        ("![" * 50_000 + "[a](b) " * 20_000, 20_000),
        ("a|b\n-|-\n" * 50_000, 0),
        ("a|b\n-|-\n\n[[a|b]]\n\n" * 20_000, 20_000),
        ("%%x%%\n# a\n\n" * 20_000, 0),
        ("`a\nb`\n# a\n\n" * 20_000, 0),
        ("a\n" + " " * 200_000 + "x", 0),
        ("a|b\n-" + " " * 200_000 + "x", 0),
        ("a ^b" + " " * 200_000 + "c", 0),
        ("`" + "".join("`" * n + " " for n in range(2, 1000)) + "[[x]]", 1),
        ('---\na: "[[' + "a]" * 20_000 + ' ]]"\n---\n', 1),
    ],
    ids=[
        "brackets", "image-openers", "delimiter-rows", "tables", "comments", "code-spans", "blanks",
        "delimiter-blanks", "id-blanks", "backtick-runs", "property",
    ],
)  # fmt: skip
def test_input_made_to_grow_with_the_square_is_read_all_the_same(text: str, links: int) -> None:
    assert len(everything(text).links) == links


def test_images_within_images_do_not_fill_the_memory() -> None:
    depth = 20_000
    links = everything("![" * depth + "a" + "](b)" * depth).links
    assert 0 < len(links) < 100


def test_containers_nested_a_thousand_deep_end_nothing() -> None:
    everything("> " * 1000 + "[[x]]")
    everything("".join("> - " * n + "a\n" for n in range(1, 200)))


# --- any text ---------------------------------------------------------------------------------

FRAGMENTS = [
    "[[", "]]", "[", "]", "](", ")", "(", "!", "|", "\\", "#", "# ", "^", " ^id", "`", "``", "```", "$",
    "$$", "%%", "<", ">", "<!--", "-->", "<a b='", "---\n", "---", "a: ", '"', "'", "- ", "1. ", "> ",
    "\t", "    ", " ", "\n", "\n\n", "\r\n", "\r", "\u2028", "\x0b", "\0", "a", "b c", "é", "🎉", "~~~", "*",
    "=", "===\n", "x.md", "<x y.md>", "%20", "[^1]", "[a]: ", "{{", "#tag", "|-|-|\n", "|a|b|\n", "\ufeff",
    '<a class="yt-timestamp" data-t="00:00:01">', "[00:00:01]</a>", "From: [[",
]  # fmt: skip


@settings(derandomize=True, max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join))
def test_any_text_is_read_and_every_span_lies_in_it_in_order(text: str) -> None:
    note = everything(text)
    assert len(note.live) == len(text)
    assert 0 <= note.body_start <= len(text)
    for constructs in (note.headings, note.block_ids, note.links, note.tags, note.anchors):
        spans = [construct.span for construct in constructs]
        assert spans == sorted(spans)
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
    for disjoint in (note.tables, note.comments, [tag.span for tag in note.tags]):
        ends = [offset for span in disjoint for offset in span]
        assert ends == sorted(ends)
    for tag in note.tags:
        assert tag.span.of(text) == f"#{tag.name}"
    for link in note.links:
        if not link.is_property:  # one written with YAML escapes has no source of its own
            assert link.span.of(text).replace("\r\n", " \n").replace("\r", "\n") == link.raw
            assert link.span.covers(link.path_span)
