"""All lanes agree with each other and with markdown-it-py, which is the truth here."""

import re
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, normalize

from vaultlint.parse import screen as lane
from vaultlint.parse.block_tree import block_tree
from vaultlint.parse.blocks import Blocks, TooComplex, read_blocks
from vaultlint.parse.line_pass import best_effort, line_pass
from vaultlint.parse.screen import dull_part, screen
from vaultlint.text import Lines, Span

LinesOf = tuple[set[int], list[tuple[int, int, int]]]
"""The dead lines that are not blank, and for each heading its level, its first and its last line."""

_MARKDOWN = MarkdownIt("commonmark", {"maxNesting": 1_000})


def truth(text: str) -> LinesOf:
    state = StateCore(text, _MARKDOWN, {})
    normalize(state)
    _MARKDOWN.block.parse(state.src, _MARKDOWN, state.env, state.tokens)
    lines = re.split(r"\r\n|\r|\n", text)
    dead: set[int] = set()
    headings = []
    for token in state.tokens:
        first, last = token.map or (0, 0)
        if token.type in ("fence", "code_block", "html_block"):
            dead.update(line for line in range(first, min(last, len(lines))) if lines[line].strip(" \t"))
        elif token.type == "heading_open" and token.level == 0:
            headings.append((int(token.tag[1]), first, last - 1))
    return dead, headings


def in_lines(text: str, blocks: Blocks) -> LinesOf:
    starts = Lines.of(text)
    lines = re.split(r"\r\n|\r|\n", text)

    def line_of(offset: int) -> int:
        return starts.position(offset).line - 1

    dead: set[int] = set()
    before = 0
    for span in blocks.dead:
        assert before <= span.start < span.end
        assert starts.position(span.start).column == 1
        assert span.end == len(text) or starts.position(span.end).column == 1
        before = span.end
        covered = range(line_of(span.start), line_of(span.end - 1) + 1)
        dead.update(line for line in covered if lines[line].strip(" \t"))
    spans = [
        (heading.level, line_of(heading.span.start), line_of(heading.span.end)) for heading in blocks.headings
    ]
    return dead, spans


FRAGMENTS = [
    "- ", "* ", "+ ", "1. ", "2) ", "10. ", "-", "*", "1.", "> ", ">", ">> ", ">  ", "    ", "\t", "  ",
    " ", "   ", "     ", "\t\t", "- \t", ">\t", "-     ", "foo", "bar baz", "# ", "## h", "#tag", "# a #",
    "### x ## ", "```", "````", "~~~", "``` py", "`code`", "```a`b", "---", "===", "***", "___", "- - -",
    "--", "=", "_ _ _", "* * *", "<div>", "</div>", "<!-- c", "-->", "<!-- c -->", "<?php", "?>", "<!X",
    "<![CDATA[", "]]>", "<script>", "</script>", "<pre", '<a href="x">', '<a class="t" d="1">[x]</a>',
    "</a>", "<br/>", "<span> x", "<b", "<A B=c>", "[a]: /u", '[a]: /u "t"', "[a]:", "[^1]: note", "[a",
    "a]: /u", '"t"', "'t", "(t)", "[[x]]", "[ ] x", "[x](y)", "/url", "<u>", "[b]: <u> 't' z", "$$", "%%",
    "| a | b |", "", "\\", "&", '"', "!", "**b**", "~~s~~", "[!note] t", "a\u2028# b", "a\x0c", "\x0bb",
    "a\u00a0b", "a\x85- b",
]  # fmt: skip
ENDS = ["\n", "\n", "\n", "\n", "\n\n", "\n\n", "\n \n", "\r\n", "\r"]

LINE = st.tuples(st.lists(st.sampled_from(FRAGMENTS), max_size=4), st.sampled_from(ENDS)).map(
    lambda parts: "".join(parts[0]) + parts[1]
)
SOUP = st.lists(LINE, min_size=1, max_size=10).map("".join)
TABBED = st.lists(
    st.tuples(
        st.integers(0, 6).map(lambda depth: "\t" * depth),
        st.sampled_from(["- ", "1. ", "* ", ""]),
        st.sampled_from(["a", "[ ] b", "# c", "```", "    d", "<div>", "", "> e", "---", "[f]: /u"]),
        st.sampled_from(["\n", "\n", "\n", "\n\n"]),
    ).map("".join),
    min_size=1,
    max_size=12,
).map("".join)

# Where markdown-it-py leaves the specification: it takes a `>` for a quote that is indented by four
# columns, miscounts a tab behind a marker within a quote, takes a lazy line for none that is deeply
# indented behind a quote within a quote or an item with much indentation, and counts other white space
# as blanks of a tag.
_ODD = re.compile(r"(?:\t| {4})[ \t]*>|>[^\n\r]*[-+*.)] *\t|<[^\n]*[\x0b\x0c\x85\xa0\u2028]")
_NESTED_QUOTE = re.compile(r">[^\n\r>]*>")
_INDENTED_ITEM = re.compile(r"(?:^|[\r\n>]) {1,4}(?:[-+*]|[0-9]+[.)])[ \t]|[-+*.)] {2}")
_DEEP_LINE = re.compile(r"(?:\t| {4})[ \t]*\S")


def is_odd(text: str) -> bool:
    nested = _NESTED_QUOTE.search(text) or _INDENTED_ITEM.search(text)
    return bool(_ODD.search(text) or (nested and _DEEP_LINE.search(text)))


def flat(text: str) -> str:
    return text.replace("\r\n", " \n").replace("\r", "\n")


def check_lanes(text: str) -> None:
    lf = flat(text)
    expected = truth(text)
    read = line_pass(lf, 0)
    assert read == line_pass(lf, 0, skip=False)
    if read is not None:
        assert in_lines(lf, read) == expected
        assert best_effort(lf, 0) == read
        assert in_lines(text, read_blocks(text, 0)) == expected
    screened = screen(lf, 0)
    assert screened is None or screened == read


GENERATED = settings(
    max_examples=1_200,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)


@GENERATED
@given(SOUP)
def test_screen_and_line_pass_agree_with_markdown_it(text: str) -> None:
    assume(not is_odd(text))
    check_lanes(text)


@GENERATED
@given(TABBED)
def test_lists_indented_by_tabs_stay_in_the_line_pass(text: str) -> None:
    assume(not is_odd(text))
    check_lanes(text)
    assert line_pass(text, 0) is not None or "[f]: /u" in text


@GENERATED
@given(SOUP)
def test_a_body_reads_the_same_behind_front_matter(text: str) -> None:
    before = "---\na: ```\n---\n"
    lf = flat(text)
    assert screen(before + lf, len(before)) == moved(screen(lf, 0), len(before))
    assert line_pass(before + lf, len(before)) == moved(line_pass(lf, 0), len(before))


# What people write by hand, and what comes close to it.
_PIECES = [
    "- item\n\t~~~\n\t# a\n\t~~~\n", "- item\n  ```py\n  a\n\n    b\n  ```\n",
    "1. one\n\n   ```\n   a\n   ```\n", "2) two\n   ~~~\n   b\n   ~~~\n",
    "> [!tip] c\n> a\n> - b\n> \t- c\n> \t\t- d\n", "```text\na\n\tb\n\n# c\n```\n", "~~~\n```\n~~~\n",
    "````\n```\n````\n", "## h\n", "# h #\n", "#tag\n", "text\n", "- a\n\t- b\n\t\t- c\n", "***\n", "---\n",
    "___\n", "%%\na\n%%\n", "> > q\n", "> ---\n", "> # h\n", ">\n", "> \t- x\n", ">     x\n", "> \t```\n",
    "\tx\n", "    x\n", "\t- x\n", "   x\n", "\t~~~\n", "  ```\n", "```\n", "~~~\n", "    ~~~\n", "<div>\n",
    "<!-- c -->\n", "- \n", "-     x\n", "- - x\n", "- > x\n", "* * *\n", "===\n", "10. x\n",
    "> ```md\n> > a\n>\n> ```\n", "> ~~~\n", ">```\n", "[a\n", "]: /u\n", "**b**\n", "*\n", "\n", "\n",
    "\n\n", "\t\n",
]  # fmt: skip
_INDENTATION = st.sampled_from(
    ["", "", "", "", "", "\t", "  ", "   ", "    ", "> ", "> \t", "- ", "1. ", " "]
)


def _indented(parts: tuple[str, str]) -> str:
    return "".join(parts[0] + line for line in parts[1].splitlines(keepends=True))


WRITTEN = st.lists(
    st.tuples(_INDENTATION, st.sampled_from(_PIECES)).map(_indented), min_size=1, max_size=7
).map("".join)


@settings(GENERATED, max_examples=4_000)
@given(WRITTEN)
def test_what_people_write_is_settled_alike(text: str) -> None:
    assume(not is_odd(text))
    check_lanes(text)


@settings(GENERATED, max_examples=4_000)
@given(WRITTEN)
def test_the_screen_and_the_line_pass_agree_where_markdown_it_errs(text: str) -> None:
    read = line_pass(text, 0, skip=False)
    assert line_pass(text, 0) == read
    assert screen(text, 0) in (None, read)
    assert line_pass(text, 0, dull_part(text, 0)) == read


@pytest.mark.parametrize(
    "text",
    [
        "a\n```py\n# b\n\n\tc\n```\nd\n",
        "a\n~~~\n```\n  ~~~~\n",
        "```\na\n```",
        "- a\n\t~~~\n\t# b\n\n\t\tc\n\t~~~\n\n# d\n",
        "1. a\n\n   ```\n   b\n   ```\n\n2. c\n   ```\n   d\n   ```\n",
        "- a\n\t```\n\t```\n\tb\n",
        "> [!tip] a\n> - b\n> \t- c\n> \t\t- d\n> > e\n",
        "> a\n>     b\n",
        "> [!a]\n> ```md\n> > [!b]\n> \tc\n>\n> ```\n> d\n",
        "a\n>~~~\n>~~~\nb\n",
        "a\n***\nb\n___\n\n---\nc\n",
        "**a**\n_b_\n* * c\n",
    ],
)
def test_the_screen_settles_what_people_write(text: str) -> None:
    before = "---\n---\n"
    assert screen(before + text, len(before)) is not None
    check_lanes(text)


@pytest.mark.parametrize(
    "text",
    [
        "a\n```\nb\n",
        "a\n```\n```\n\tb\n",
        "a\n\t~~~\n\tb\n\t~~~\n",
        "a\n2. b\n\t~~~\n\tb\n\t~~~\n",
        "- a\n\t~~~\n  b\n\t~~~\n",
        "- a\n\t~~~\n\t ~~~\n\tb\n\t~~~\n",
        "- a\n\t~~~\n\t~~~\n\t\tb\n",
        "- a\n      ~~~\n      b\n      ~~~\n",
        "10. a\n   ~~~\n   b\n   ~~~\n",
        ">\n> \ta\n",
        "> # a\n> \tb\n",
        "a\n> \tb\n",
        "> a\n> > \tb\n",
        "> - a\n> \t```\n",
        "> ```\na\n> ```\n",
        "> ```\n>   ```\n> a\n> ```\n",
        "> ```\n> ```\n>     a\n",
        "> ```\n> ```\n    a\n",
        "> > ```\n> > ```\n",
    ],
)
def test_the_screen_leaves_to_the_line_pass_what_only_looks_like_it(text: str) -> None:
    assert screen(text, 0) is None
    read = line_pass(text, 0)
    assert read == line_pass(text, 0, skip=False)
    assert is_odd(text) or (read and in_lines(text, read)) == truth(text)


def moved(blocks: Blocks | None, by: int) -> Blocks | None:
    def move(span: Span) -> Span:
        return Span(span.start + by, span.end + by)

    if blocks is None:
        return None
    headings = tuple(heading._replace(span=move(heading.span)) for heading in blocks.headings)
    return Blocks(tuple(map(move, blocks.dead)), headings, blocks.open_fence and move(blocks.open_fence))


# One deviation of mistune is left out: it lets a line without its prefix go on with a fence in a container.
TAME_LINE = st.sampled_from([
    "foo", "bar baz", "# h", "## h ##", "- a", "- b", "  c", "1. d", "   e", "> q", "> r", "> > s", "",
    "", "", "---", "***", "<!-- c -->", "<div>", "</div>", "| a | b |", "[[x]] y", "    i",
    "- ```\n  b\n  ```", "```", "~~~", "> ```\n> b\n> ```", "[a]: /u", "[b]:", "/u", "'t'", "===", "[l",
    "m](n)",
])  # fmt: skip
TAME = st.lists(TAME_LINE, min_size=1, max_size=8).map(lambda lines: "\n".join(lines) + "\n")


@pytest.mark.parametrize(
    "text",
    [
        "[a]:\n/u\n    code\n",
        "[a]:\n  /u\n  'title'\n\n    code\n",
        "[a]: /u\n'ti\ntle'\n    code\n\n# h\n",
        "> [a]:\n> /u\n>     code\n\n# h\n",
        "# x\n\n- [a]:\n  /u\n\n      code\n\nb\n===\n",
        "[a]:\n/u\nb\nc\n---\n\n```\nd\n```\n",
        "1. a\n\n   ```\n   b\n   ```\n2. c\n\n       d\n\n- e\n  - f\n\n        g\n",
        "> a\n> > b\n> > ```\n> > c\n> > ```\n\n> # d\n\n# e\n",
        "- > a\n  > <div>\n  > b\n\n- c\n",
        "-\n  ```\n  a\n  ```\n-\n\n      b\n",
        "- a\n\t- b\n\n\t\t\tc\n\t- d\n\n\t  ```\n\t  e\n\t  ```\n",
        "> - a\n>   - b\n>\n>         c\n> d\n",
    ],
)
def test_the_block_tree_knows_its_source_lines(text: str) -> None:
    assert in_lines(text, block_tree(text, 0)) == truth(text)
    front = "---\nx: y\n---\n"
    assert block_tree(front + text, len(front)) == moved(block_tree(text, 0), len(front))


@GENERATED
@given(TAME)
def test_the_block_tree_agrees_with_markdown_it_and_the_line_pass(text: str) -> None:
    assume(not is_odd(text))
    tree = block_tree(text, 0)
    assert in_lines(text, tree) == truth(text)
    read = line_pass(text, 0)
    assert read is None or (tree.headings, tree.open_fence) == (read.headings, read.open_fence)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("# a" + " " * 300 + "x\n", "blanks"),
        ("- b\n\n  # a" + "\t" * 300 + "x\n", "blanks"),
        ("a\n" + ">" * 30 + "b\n", "containers"),
        ("- " * 30 + "b\n", "containers"),
        ("a" * 1_000_001, "long"),
    ],
)
def test_the_block_tree_refuses_what_mistune_cannot_bear(text: str, reason: str) -> None:
    with pytest.raises(TooComplex, match=reason):
        block_tree(text, 0)


_MARKS = ("\t", "  ", "- ", "> ", "* ", "-", "**", "[[", "[x] ", "]:", "_", "1. ", "#", "a", "\n")


def test_a_plain_item_is_dull() -> None:
    slow = re.compile(rf"\n{lane._FIRST_CHARACTERS}{lane._FROM_LINE_START}", re.VERBOSE)
    for pieces in product(_MARKS, repeat=5):
        text = "\n" + "".join(pieces)
        found, expected = lane._EVENT.match(text), slow.match(text)
        assert (found and found.span()) == (expected and expected.span()), text
