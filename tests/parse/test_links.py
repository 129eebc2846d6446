"""The grammar of one link: what its source means, and where its parts stand."""

import pytest

from vaultlint.note import Link, LinkSyntax
from vaultlint.parse import outline_of, parse_note
from vaultlint.parse.links import decode_destination, is_external, link_at, target_at_once

WIKILINKS = [
    # source, path, subpath, display
    ("[[Note]]", "Note", None, None),
    ("[[ Note | alias ]]", "Note", None, " alias "),
    ("[[Note\u00a0]]", "Note", None, None),
    ("[[Note#^id ]]", "Note", "^id", None),
    ("[[Note#A#B|c|d]]", "Note", "A#B", "c|d"),
    ("[[Note|]]", "Note", None, ""),
    ("[[Note\\|x]]", "Note", None, "x"),
    ("[[#H]]", "", "H", None),
    ("[[Sq]uare]]", "Sq]uare", None, None),
    ("[[Sq[uare]]", "Sq[uare", None, None),
    ("[[https://example.com]]", "https://example.com", None, None),
    ("![[i.png|Foo | Bar]]", "i.png", None, "Foo | Bar"),
    ("![[v.mp4#t=10,20]]", "v.mp4", "t=10,20", None),
]
MARKDOWN_LINKS = [
    ("[t](Note.md)", "Note.md", None, "t"),
    ("[t](My%20Note.md)", "My Note.md", None, "t"),
    ("[t](<My Note.md>)", "My Note.md", None, "t"),
    ("[t](<My Note.md#A b>)", "My Note.md", "A b", "t"),
    ('[t](a.md "title")', "a.md", None, "t"),
    ("[t](a.md 'title')", "a.md", None, "t"),
    ("[t](a.md (title))", "a.md", None, "t"),
    ('[t](a.md "](z")', "a.md", None, "t"),
    ("[t](a(b).md)", "a(b).md", None, "t"),
    ("[t](a(b(c)).md)", "a(b(c)).md", None, "t"),
    (r"[t](a\(b.md)", "a(b.md", None, "t"),
    ("[t]( a.md )", "a.md", None, "t"),
    ("[t](a.md#H%20x)", "a.md", "H x", "t"),
    ("[t](a.md#H\u00a0x)", "a.md", "H\u00a0x", "t"),
    ("[t](a%23b.md)", "a", "b.md", "t"),
    ("[t](a%FF.md)", "a%FF.md", None, "t"),
    ("[t](#H)", "", "H", "t"),
    ("![a|100](c.png)", "c.png", None, "a|100"),
    ("[[1] x](y.md)", "y.md", None, "[1] x"),
    ("![[1] x](y.png)", "y.png", None, "[1] x"),
]


def only_link(text: str) -> Link:
    """The one link of a note with this text."""
    (link,) = parse_note("n.md", text).links
    return link


@pytest.mark.parametrize(("source", "path", "subpath", "display"), WIKILINKS)
def test_a_wikilink_has_these_parts(source: str, path: str, subpath: str | None, display: str | None) -> None:
    link = only_link(f"see {source}.")
    assert (link.syntax, link.raw, link.embed) == (LinkSyntax.WIKILINK, source, source[0] == "!")
    assert (link.path, link.subpath, link.display) == (path, subpath, display)


@pytest.mark.parametrize(("source", "path", "subpath", "display"), MARKDOWN_LINKS)
def test_a_markdown_link_has_these_parts(
    source: str, path: str, subpath: str | None, display: str | None
) -> None:
    link = only_link(f"see {source}.")
    assert (link.syntax, link.raw, link.embed) == (LinkSyntax.MARKDOWN, source, source[0] == "!")
    assert (link.path, link.subpath, link.display) == (path, subpath, display)


@pytest.mark.parametrize("source", [case[0] for case in WIKILINKS + MARKDOWN_LINKS])
def test_every_span_is_that_of_its_part(source: str) -> None:
    text = f"é\r\n🎉 {source} "
    link = only_link(text)
    assert link.span.of(text) == source
    assert link.span.covers(link.path_span)
    if "%" not in source and "\\(" not in source:
        assert link.path_span.of(text) == link.path
        assert (link.subpath_span.of(text) if link.subpath_span else None) == link.subpath


@pytest.mark.parametrize("source", [case[0] for case in WIKILINKS + MARKDOWN_LINKS])
def test_the_short_way_to_the_target_agrees_with_the_long_one(source: str) -> None:
    link = link_at(source, 0)
    assert target_at_once(source) == (link.path, link.subpath is not None)


@pytest.mark.parametrize(
    "text",
    [
        "[[]]", "[[ ]]", "[[\u00a0]]", "[[|x]]", "[[a\nb]]", "[[a", "[a]]", r"\[[x]]", r"[\[x]]",
        "[[1, 2], [3, 4]]", "[t](mailto:a@b.c)", "[t](https://x.y)", "[t](obsidian://open?file=N)",
        "[t](//host/x)", "[w](Sub/My Note.md)", "[t\n\nu](a.md)", r"[a\](b.md)", "[^1](x.md)",
        "[t](<a\nb>)", "[t] (a.md)",
    ],
)  # fmt: skip
def test_this_is_no_link_into_the_vault(text: str) -> None:
    assert parse_note("n.md", text).links == ()


def test_of_nested_wikilinks_only_the_inner_one_is_a_link() -> None:
    assert only_link("[[Nested [[Inner]] x]]").path == "Inner"


def test_of_nested_markdown_links_only_the_inner_one_is_a_link() -> None:
    assert only_link("[a [b](c.md) d](e.md)").path == "c.md"


def test_a_wikilink_for_the_target_of_a_markdown_link_is_no_link_of_its_own() -> None:
    links = parse_note("a.md", "[x]([[y]]) and [z](<[[y z#H]]>), ([[w]])").links
    assert [link.raw for link in links] == ["[x]([[y]])", "[z](<[[y z#H]]>)", "[[w]]"]


def test_an_image_within_a_link_is_a_link_of_its_own() -> None:
    text = "[![i](a.png)](b.md)"
    outer, inner = parse_note("n.md", text).links
    assert (outer.path, outer.span.of(text)) == ("b.md", text)
    assert (inner.path, inner.span.of(text), inner.embed) == ("a.png", "![i](a.png)", True)


def test_an_escaped_exclamation_mark_makes_no_embed() -> None:
    link = only_link(r"\![[x]]")
    assert (link.embed, link.span) == (False, (2, 7))


def test_an_escaped_pipe_in_a_table_separates_the_display_text() -> None:
    text = "| a |\n|---|\n| [[Note\\|x]] |\n"
    link = only_link(text)
    assert (link.path, link.display, link.path_span.of(text)) == ("Note", "x", "Note")


def test_a_bare_pipe_in_a_table_ends_the_cell_and_so_the_link() -> None:
    assert parse_note("n.md", "| a | b |\n|---|---|\n| [[Note|x]] |\n").links == ()


def test_a_bare_pipe_behind_a_table_is_that_of_a_link_again() -> None:
    assert only_link("a|b\n-|-\nc|d\n\n[[Note|x]]\n").display == "x"


def test_property_links_stand_where_they_are_written() -> None:
    text = (
        '---\nup: "[[x#h|y]]"\nvia: \'[t](y.md)\'\nno: "see [[z]]"\nall: ["[[p]]"]\nbare: [[q]]\n---\n[[w]]\n'
    )
    links = parse_note("n.md", text).links
    assert [link.span.of(text) for link in links] == ["[[x#h|y]]", "[t](y.md)", "[[p]]", "[[w]]"]
    assert [link.is_property for link in links] == [True, True, True, False]
    assert [link.path_span.of(text) for link in links] == ["x", "y.md", "p", "w"]


def test_a_link_can_name_the_offset_at_which_it_begins() -> None:
    assert link_at("[[a|b]]", 7).path_span == (9, 10)


def test_what_cannot_be_decoded_stays_as_it_is_written() -> None:
    assert decode_destination("a%FFb") == "a%FFb"
    assert decode_destination(r"a\#b%C3%A9") == "a#bé"


def test_a_scheme_makes_a_destination_external() -> None:
    assert is_external("https://x")
    assert is_external("mailto:x")
    assert not is_external("a/b:c.md")


def test_definitions_that_something_refers_to_are_links_that_give_no_backlink() -> None:
    text = (
        "See [t][r], [Other] and [gone].\n\n[r]: Note.md#Heading\n[other]: <My Note.md> 'x'\n"
        "[unused]: No.md\n[gone]: https://x.y\n\nA line\n[t]: no.md\n\n```\n[r]: z.md\n```\n"
    )
    note = parse_note("a.md", text)
    assert [(link.path, link.subpath, link.span.of(text)) for link in note.links] == [
        ("Note.md", "Heading", "[r]: Note.md#Heading"),
        ("My Note.md", None, "[other]: <My Note.md>"),
    ]
    assert outline_of(note).backlinking == 0


def test_the_first_definition_of_a_label_counts() -> None:
    text = "See [x].\n\n[x]: One.md\n[X]: Two.md\n"
    assert [link.path for link in parse_note("a.md", text).links] == ["One.md"]


@pytest.mark.parametrize(
    ("rest", "defines"),
    [
        ("Note.md", True),
        ("Note.md \t", True),
        ("Note.md 'title' ", True),
        ("Note.md (over\ntwo lines)", True),
        ("<Note.md>\r\n", True),
        ("see above", False),
        ("Note.md and more", False),
        ("Note.md 'title' and more", False),
        ("Note.md 'title", False),
        ("<Note.md> .", False),
    ],
)
def test_a_line_with_more_than_a_destination_and_a_title_defines_nothing(rest: str, defines: bool) -> None:
    note = parse_note("a.md", f"A [word].\n\n[word]: {rest}")
    assert bool(note.links) == defines


def test_many_definitions_are_read_in_one_pass() -> None:
    text = "".join(f"[a{number}]: n{number}.md\n" for number in range(20_000)) + "\n[a7] and [a19999]\n"
    assert [link.path for link in parse_note("a.md", text).links] == ["n7.md", "n19999.md"]
