"""What the block judge says of each structure. A case is the note and the lines of it that are dead."""

import pytest

from vaultlint.note import Heading
from vaultlint.parse.blocks import Blocks, TooComplex, guess_blocks, read_blocks
from vaultlint.text import Span


def dead_text(text: str, start: int = 0) -> list[str]:
    return [span.of(text) for span in read_blocks(text, start).dead]


def headings(text: str, start: int = 0) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in read_blocks(text, start).headings]


FENCES = {
    "plain": ("a\n```\nb\n```\nc\n", ["```\nb\n```\n"]),
    "tildes with an info string": ("~~~ py\nb\n~~~\n", ["~~~ py\nb\n~~~\n"]),
    "a shorter fence does not close": ("````\n```\n````\nc\n", ["````\n```\n````\n"]),
    "a longer fence closes": ("```\nb\n`````\nc\n", ["```\nb\n`````\n"]),
    "the other mark does not close": ("```\n~~~\n```\nc\n", ["```\n~~~\n```\n"]),
    "text behind a closing fence keeps it open": ("```\n``` x\n```\nc\n", ["```\n``` x\n```\n"]),
    "a backtick in the info string is no fence": ("```a`b\nc\n", []),
    "interrupts a paragraph": ("a\n```\nb\n```\n", ["```\nb\n```\n"]),
    "a fence that is indented by four is none": ("a\n    ```\nb\n", []),
    "unclosed at top level runs to the end": ("a\n```\nb\n\n# c\n", ["```\nb\n\n# c\n"]),
    "unclosed in an item ends with the item": ("- ```\n  b\n\nc\n", ["- ```\n  b\n\n"]),
    "in an item": ("- a\n  ```\n  b\n  ```\n  c\n", ["  ```\n  b\n  ```\n"]),
    "in a quote": ("> a\n> ```\n> b\n> ```\n> c\n", ["> ```\n> b\n> ```\n"]),
    "in a callout behind an empty quote line": ("> [!a] b\n>\n> ```\n> c\n> ```\n", ["> ```\n> c\n> ```\n"]),
    "a quote that ends closes it": ("> ```\n> b\nc\n", ["> ```\n> b\n"]),
    "in a quote in an item": ("1. > ```\n   > b\n   > ```\n   c\n", ["1. > ```\n   > b\n   > ```\n"]),
    "under four levels of bullets": (
        "- a\n\t- b\n\t\t- c\n\t\t\t- d\n\t\t\t  ```\n\t\t\t  e\n\t\t\t  ```\n\t\t\t- f\n",
        ["\t\t\t  ```\n\t\t\t  e\n\t\t\t  ```\n"],
    ),
    "without a line end": ("```\nb\n```", ["```\nb\n```"]),
    "with CRLF": ("a\r\n```\r\nb\r\n```\r\nc\r\n", ["```\r\nb\r\n```\r\n"]),
    "with a lone CR": ("a\r```\rb\r```\rc\r", ["```\rb\r```\r"]),
    "other separators end no line": ("a\u2028```\nb\x0b```\nc\x0c```\nd\x85```\n", []),
    "an empty fence is dead": ("```\n```\n", ["```\n```\n"]),
}

INDENTED = {
    "first line": ("    a\nb\n", ["    a\n"]),
    "behind a blank line": ("a\n\n    b\n\n    c\n\nd\n", ["    b\n\n    c\n"]),
    "cannot interrupt a paragraph": ("a\n    b\n", []),
    "behind a heading": ("# a\n    b\n", ["    b\n"]),
    "behind a thematic break": ("a\n\n---\n\tb\n", ["\tb\n"]),
    "behind an underlined heading": ("a\n===\n    b\n", ["    b\n"]),
    "behind an empty quote line": (">\n    b\n", ["    b\n"]),
    "behind a table there is none": ("| a |\n| - |\n    b\n", []),
    "a tab is four columns": ("a\n\n\tb\n", ["\tb\n"]),
    "three blanks and a tab": ("a\n\n   \tb\n", ["   \tb\n"]),
    "three blanks are too few": ("a\n\n   b\n", []),
    "belongs to the item": ("- a\n\n    b\n", []),
    "in the item": ("- a\n\n      b\n", ["      b\n"]),
    "behind a wide marker": ("-     a\n", ["-     a\n"]),
    "behind a marker and two tabs": ("-\t\ta\n", ["-\t\ta\n"]),
    "a marker and a tab": ("-\ta\n\n\tb\n", []),
    "under tab-indented bullets": ("- a\n\t- b\n\t\t- c\n\n\t\t\t\t\td\n", ["\t\t\t\t\td\n"]),
    "tab-indented bullets alone": ("- a\n\t- b\n\t\t- c\n\t\t\t- d\n\t\t\t\t- e\n\t- f\n", []),
    "tab-indented bullets with blank lines": ("- a\n\n\t- b\n\n\t\t- c\n\n\t\t\t- d\n", []),
    "deep text is lazy behind an item": ("- a\n        b\n", []),
    "in a quote": (">     a\n> b\n", [">     a\n"]),
    "in a quote with a tab": (">\t\ta\n", [">\t\ta\n"]),
    "an empty item may be followed by one": ("-\n\n      a\n", ["      a\n"]),
    "an item that begins with its second line": ("-\n      a\n", ["      a\n"]),
    "two empty items, then a blank line": ("1. -\n\n\n\tb\n", []),
    "an ordered item": ("10. a\n\n        b\n", ["        b\n"]),
    "behind a definition": ("[a]: /u\n    b\n", ["    b\n"]),
    "behind a definition with its title": ('[a]: /u "t"\n    b\n', ["    b\n"]),
    "behind a title on a line of its own": ("[a]: /u\n'b'\n    c\n", ["    c\n"]),
    "behind a definition over three lines": ("[a]:\n/u\n'b'\n    c\n", ["    c\n"]),
    "behind what is no definition": ("[a]: b c\n    d\n", []),
    "behind a link over two lines": ("[a\nb](c)\n    d\n", []),
    "behind a definition in an item": ("- [a]: /u\n      b\n", ["      b\n"]),
    "trailing blank lines stay out": ("    a\n\n\n", ["    a\n"]),
    "blank lines that are long": ("a\n\n     \nb\n", []),
}

HTML = {
    "1: script with blank lines": ("<script>\n\na\n</script> b\nc\n", ["<script>\n\na\n</script> b\n"]),
    "1: any case": ("<PRE>\na\n</pre>\nb\n", ["<PRE>\na\n</pre>\n"]),
    "1: no other letter counts as ASCII": ("<\u017fcript>a\nb\n", []),
    "2: comment": ("a\n<!-- b\n\nc -->\nd\n", ["<!-- b\n\nc -->\n"]),
    "2: comment on one line": ("<!-- a -->\nb\n", ["<!-- a -->\n"]),
    "2: the shortest comment": ("<!-->\nb\n", ["<!-->\n"]),
    "3: instruction": ("<?a\n\n?> b\nc\n", ["<?a\n\n?> b\n"]),
    "4: declaration": ("<!doctype a\nb>\nc\n", ["<!doctype a\nb>\n"]),
    "5: character data": ("<![CDATA[\n\na\n]]>\nb\n", ["<![CDATA[\n\na\n]]>\n"]),
    "6: ends before a blank line": ("a\n<div>\nb\n\nc\n", ["<div>\nb\n"]),
    "6: closing tag": ("</details>\na\n\nb\n", ["</details>\na\n"]),
    "6: a longer name is not in the list": ("<divide> a\nb\n", []),
    "7: alone on its line": ('<a href="b">\nc\n\nd\n', ['<a href="b">\nc\n']),
    "7: with a sign in an attribute": ('<a title="b>c">\nd\n\ne\n', ['<a title="b>c">\nd\n']),
    "7: closing tag": ("</span>\na\n\nb\n", ["</span>\na\n"]),
    "7: cannot interrupt a paragraph": ("a\n<span>\nb\n", []),
    "7: nor a lazy one": ("> a\n<span>\nb\n", []),
    "7: behind a definition": ("[a]: /u\n<span>\nb\n\nc\n", ["<span>\nb\n"]),
    "a timestamp anchor that begins a line": ('<a class="t" data-t="00:00:36">[00:00:36]</a>\nb\n', []),
    "an address in angle brackets": ("<https://a.b>\nc\n", []),
    "behind text": ("From: [[a]] <br/> \nb\n", []),
    "a line break alone": ("<br/>\na\n\nb\n", ["<br/>\na\n"]),
    "in an item": ("- <div>\n  a\n\n  b\n", ["- <div>\n  a\n"]),
    "in a quote": ("> <!-- a\n> b\nc\n", ["> <!-- a\n> b\n"]),
    "unclosed comment": ("a\n\n<!-- b\n\n# c\n", ["<!-- b\n\n# c\n"]),
    "indented by four": ("a\n    <div>\n", []),
}


@pytest.mark.parametrize(("text", "dead"), FENCES.values(), ids=FENCES)
def test_fenced_code_is_dead(text: str, dead: list[str]) -> None:
    assert dead_text(text) == dead


@pytest.mark.parametrize(("text", "dead"), INDENTED.values(), ids=INDENTED)
def test_indented_code_is_dead(text: str, dead: list[str]) -> None:
    assert dead_text(text) == dead


@pytest.mark.parametrize(("text", "dead"), HTML.values(), ids=HTML)
def test_an_html_block_is_dead(text: str, dead: list[str]) -> None:
    assert dead_text(text) == dead


HEADINGS = {
    "levels": ("# a\n## b\n###### c\n####### d\n", [(1, "a"), (2, "b"), (6, "c")]),
    "a tag is none": ("#a\n", []),
    "closing marks": ("# a #\n## b ####  \n# e # f\n", [(1, "a"), (2, "b"), (1, "e # f")]),
    "marks that close nothing": ("# c#\n# d \\#\n", [(1, "c#"), (1, "d \\#")]),
    "empty": ("#\n## \n### ###\n", [(1, ""), (2, ""), (3, "")]),
    "a tab": ("#\ta\t\n", [(1, "a")]),
    "markup stays": ("## [[a|b]] `c`\n", [(2, "[[a|b]] `c`")]),
    "indented by up to three": ("   # a\n    # b\n", [(1, "a")]),
    "interrupts a paragraph": ("a\n# b\nc\n", [(1, "b")]),
    "at the end of the text": ("a\n# b", [(1, "b")]),
    "in an item": ("- # a\n\n  # b\n", []),
    "behind an item": ("- a\n# b\n", [(1, "b")]),
    "in a quote": ("> # a\n# b\n", [(1, "b")]),
    "in code": ("```\n# a\n```\n", []),
    "in HTML": ("<div>\n# a\n\n# b\n", [(1, "b")]),
    "underlined": ("a\n===\nb\n-\n", [(1, "a"), (2, "b")]),
    "underlined, several lines": ("a\n  b \nc\n---\n", [(2, "a\n  b \nc")]),
    "an indented underline": ("a\n   ---\n", [(2, "a")]),
    "the hub line": ("From: [[x]]\n---\n", [(2, "From: [[x]]")]),
    "a rule behind a blank line": ("From: [[x]]\n\n---\n", []),
    "a rule behind an item": ("- a\n---\n", []),
    "a rule behind a lazy line": ("> a\nb\n---\n", []),
    "two signs behind an item": ("- a\n===\n", []),
    "underlined in an item": ("- a\n  ===\n", []),
    "underlined in a quote": ("> a\n> ===\n", []),
    "a rule with gaps": ("a\n- - -\n", []),
    "stars": ("a\n***\n", []),
    "a definition is no heading": ("[a]: /u\n---\n", []),
    "behind a definition": ("[a]: /u\nb\n---\n", [(2, "b")]),
    "what looks like a definition": ("[a]: b c\n---\n", [(2, "[a]: b c")]),
    "a link over two lines": ("[a\nb](c)\n---\n", [(2, "[a\nb](c)")]),
    "CRLF": ("# a\r\nb\r\nc\r\n---\r\n", [(1, "a"), (2, "b\r\nc")]),
    "lone CR": ("# a\rb\r===\r", [(1, "a"), (1, "b")]),
    "another separator": ("a\u2028# b\n# c\u2028d\n", [(1, "c\u2028d")]),
    "a blank that is no blank": ("#\u00a0a\n", []),
    "behind a table": ("| a |\n| --- |\n| b |\n\n# c\n", [(1, "c")]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), HEADINGS.values(), ids=HEADINGS)
def test_headings_outside_containers_count(text: str, expected: list[tuple[int, str]]) -> None:
    assert headings(text) == expected


def test_a_heading_spans_its_lines_without_the_last_line_end() -> None:
    text = "x\n\n ## a ##\r\n\r\nb\r\nc\r\n===\r\n"
    assert read_blocks(text, 0).headings == (
        Heading(2, "a", Span(3, 11)),
        Heading(1, "b\r\nc", Span(15, 24)),
    )
    assert [heading.span.of(text) for heading in read_blocks(text, 0).headings] == [
        " ## a ##",
        "b\r\nc\r\n===",
    ]


def test_what_stands_before_the_start_is_ignored() -> None:
    text = "---\nx: |\n  ```\n---\n# a\n\n    b\n"
    assert headings(text, 19) == [(1, "a")]
    assert dead_text(text, 19) == ["    b\n"]


def test_the_first_line_behind_front_matter_can_be_code_or_a_rule() -> None:
    assert dead_text("---\n---\n    a\n", 8) == ["    a\n"]
    assert read_blocks("---\n---\n---\n", 8) == Blocks((), (), None)


def test_an_empty_body_has_no_blocks() -> None:
    assert read_blocks("", 0) == Blocks((), (), None)
    assert read_blocks("---\n---\n", 8) == Blocks((), (), None)


@pytest.mark.parametrize(
    ("text", "opening"),
    [
        ("a\n```py\nb\n", "```py"),
        ("a\n```py\r\nb\r\n", "```py"),
        ("```\n```\n\n~~~\n", "~~~"),
        ("- ```\n  a\n\nb\n", "```"),
        ("- ```\n\nb\n\n~~~\nc\n", "```"),
        ("> ~~~ x\n> a\n\nb\n", "~~~ x"),
        ("a\n```", "```"),
    ],
)
def test_the_first_fence_that_is_never_closed_is_told(text: str, opening: str) -> None:
    fence = read_blocks(text, 0).open_fence
    assert fence is not None
    assert fence.of(text) == opening


@pytest.mark.parametrize("text", ["```\na\n```\n", "> ~~~\n> ~~~\n", "a\n", "    ```\n", "<!--\n```\n-->\n"])
def test_a_closed_fence_is_not_open(text: str) -> None:
    assert read_blocks(text, 0).open_fence is None


HOSTILE = {
    "bullets on one line": "- " * 5_000 + "a\n",
    "quotes on one line": ">" * 10_000 + "a\n",
    "bullets and lines": "- " * 90 + "a\n" + "\n" * 20_000 + "b\n",
    "rules that are none": "- " * 20_000 + "*\n",
    "a heading of blanks": "# a" + " " * 100_000 + "x\n",
    "closing marks": "# a" + " #" * 50_000 + "x\n",
    "open labels": "[a\n" * 20_000,
    "open labels in bullets": "- [a\n" * 20_000 + "      ---\n",
    "definitions": "[a]: /u\n" * 20_000,
    "open titles": '[a]: /u\n"x\n' * 10_000,
    "comments": "<!--" * 50_000,
    "tags": "<a" + " b" * 50_000 + "\n",
    "attributes": "<a" + " b='c" * 30_000 + "\n",
    "blank lines that hold blanks": "a\n \n" * 20_000 + "```\n",
    "indented lines": "a\n\n    b\n" * 20_000,
    "underscores": "_ " * 50_000 + "x\n",
    "backticks": "`" * 100_000 + "a`\n",
    "tabs": "\t" * 100_000 + "a\n",
    "bullets and tabs": "-\t" * 20_000 + "a\n",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_answered_or_refused(text: str) -> None:
    blocks = answer_or_guess(text)
    assert all(0 <= span.start < span.end <= len(text) for span in blocks.dead)


def answer_or_guess(text: str) -> Blocks:
    try:
        return read_blocks(text, 0)
    except TooComplex:
        return guess_blocks(text, 0)


def test_a_refusal_says_where() -> None:
    text = "[a]:\n/u\n    code\n\n# a" + " " * 300 + "x\n"
    with pytest.raises(TooComplex) as refusal:
        read_blocks(text, 0)
    assert refusal.value.span == Span(18, 321)
    assert refusal.value.reason == "a heading holds a long run of blanks"


def test_too_many_containers_are_refused_and_guessed() -> None:
    text = "a\n" + "> " * 200 + "~~~\n\n```\nc\n```\n"
    with pytest.raises(TooComplex, match="containers"):
        read_blocks(text, 0)
    assert [span.of(text) for span in guess_blocks(text, 0).dead] == ["```\nc\n```\n"]


def test_many_quotes_around_plain_text_are_no_trouble() -> None:
    assert read_blocks("a\n" + "> " * 200 + "b\n", 0) == Blocks((), (), None)


@pytest.mark.parametrize("text", ["a\n# b\n```\nc\n```\r\n", "[a]:\n/u\n    b\n", "[a]: /u\n'x\n\n    b\n"])
def test_a_guess_is_the_answer_where_there_is_one(text: str) -> None:
    assert guess_blocks(text, 0).headings == read_blocks(text, 0).headings


def test_a_guess_takes_a_doubtful_definition_for_a_paragraph() -> None:
    assert guess_blocks("[a]:\n/u\n    b\n", 0) == Blocks((), (), None)
    assert guess_blocks("> [a]: /u\n'b'\n\n    c\n", 0).dead == (Span(15, 21),)
