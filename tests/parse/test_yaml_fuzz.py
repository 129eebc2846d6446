"""The fast path reads as the YAML reader does, and no text makes either of them raise."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vaultlint.note import FrontMatter, Mapping, Node, Sequence
from vaultlint.parse import front_matter
from vaultlint.parse.front_matter import read_front_matter
from vaultlint.parse.properties import Block, read_block
from vaultlint.text import Span

FUZZ = settings(
    max_examples=2_500,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

KEYS = st.sampled_from(
    [
        "title",
        "tags",
        "a",
        "b c",
        "é",
        "x-y",
        "null",
        "true",
        "1",
        "2024-01-01",
        "on",
        "标签",
        "_k",
        "a b ",
        "-k",
        "<<",
    ]
)
ODD = "\x7f\x85\u2028\ufeff\xa0\t\r'\"\\:#,-[]{}&*!|>%@`?= .~/+_0123456789eExXoaAnul"
TEXT = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                "null",
                "~",
                "true",
                "False",
                "no",
                "1",
                "-1",
                "012",
                "1.5",
                "1e3",
                ".inf",
                ".nan",
                "0x1f",
                "0o7",
            ),
            *(
                "Some words here",
                "-RdOwhmqP5s",
                "00:36",
                "a: b",
                "a #b",
                "a#b",
                "a:",
                "#c",
                "x:y",
                "- a",
                "-",
                "[[x]]",
            ),
            *(
                "[a, b c]",
                "[]",
                "[ 1,  2 ]",
                "[\"x, y\", 'z']",
                "[a, ]",
                "[a b",
                "{a: 1}",
                "[-a]",
                "[a: b]",
                "[a #b]",
            ),
            *(
                '"a b"',
                "'a b'",
                '"a \\n"',
                "'it''s'",
                '"a" b',
                '"unclosed',
                '""',
                "''",
                "😀 x",
                "é",
                "x\u2028y",
                "x ",
            ),
            *(
                "@x",
                "`x`",
                "%x",
                "*x",
                "&x y",
                "!x",
                "|",
                ">-",
                "---",
                "...",
                "{{date}}",
                "<% x %>",
                "1_000",
                "9" * 301,
            ),
        ]
    ),
    st.text(st.sampled_from(ODD), max_size=8),
    st.text(max_size=8),
)
GAP = st.sampled_from([" ", " ", " ", "  ", "", "\t"])
END = st.sampled_from(["\n", "\n", "\n", " \n", "  \n", "\t\n", "\r\n", " # c\n"])
PROPERTY = st.builds("{}:{}{}{}".format, KEYS, GAP, TEXT, END)
ITEM = st.builds("{}-{}{}{}".format, st.sampled_from(["", "  ", "  ", " ", "    "]), GAP, TEXT, END)
LIST = st.builds(lambda key, items: f"{key}:\n{''.join(items)}", KEYS, st.lists(ITEM, max_size=3))
EVEN_LIST = st.builds(
    lambda key, indent, items: f"{key}:\n" + "".join(f"{indent}- {item}\n" for item in items),
    KEYS,
    st.sampled_from(["", " ", "  "]),
    st.lists(TEXT, min_size=1, max_size=3),
)
STRAY = st.builds("{}{}{}".format, st.sampled_from(["", " ", "  "]), TEXT, END)
BLOCK = st.lists(st.one_of(PROPERTY, PROPERTY, EVEN_LIST, LIST, STRAY), max_size=4).map("".join)
SIMPLE = st.lists(st.one_of(PROPERTY, EVEN_LIST), max_size=3).map("".join)


def agree(content: str) -> None:
    """Where the fast path answers, the YAML reader gives the same, types included."""
    text = f"---\n{content}---\n"
    fast = front_matter._read_plain_lines(text, 4, 4 + len(content))
    if fast is not None:
        slow = read_block(content, 4)
        assert repr(Block(fast, ())) == repr(slow)


def spans(node: Node) -> list[Span]:
    found = [node.span]
    if isinstance(node, Sequence):
        found += [span for item in node.items for span in spans(item)]
    elif isinstance(node, Mapping):
        found += [span for entry in node.entries for span in (entry.key_span, *spans(entry.node))]
    return found


def check(text: str) -> None:
    """Whatever the text, the answer is a front matter whose every span lies in it."""
    found = read_front_matter(text)
    if found is None:
        return
    assert isinstance(found, FrontMatter)
    whole = Span(0, len(text))
    assert whole.covers(found.span)
    for entry in found.properties:
        assert all(found.content.covers(span) for span in (entry.key_span, *spans(entry.node)))
    for problem in found.problems:
        assert whole.covers(problem.span)
        assert problem.span.start <= problem.span.end
        assert "\n" not in problem.message
        assert "\r" not in problem.message


@FUZZ
@given(BLOCK, st.sampled_from(["\n", "\r\n", "\r"]))
def test_the_fast_path_agrees_on_mixed_blocks_and_none_raises(content: str, newline: str) -> None:
    agree(content)
    check(f"---\n{content}---\n".replace("\n", newline))


@FUZZ
@given(SIMPLE)
def test_the_fast_path_agrees_on_simple_blocks(content: str) -> None:
    agree(content)


@settings(FUZZ, max_examples=5_000)
@given(PROPERTY)
def test_the_fast_path_agrees_on_single_lines(content: str) -> None:
    agree(content)


@settings(FUZZ, max_examples=800)
@given(st.text(st.sampled_from(ODD + "\n\n\n\x00\ud800")))
def test_random_indicators_are_read_without_exception(content: str) -> None:
    check(f"---\n{content}\n---\n")


@settings(FUZZ, max_examples=500)
@given(st.binary(max_size=80))
def test_random_bytes_are_read_without_exception(data: bytes) -> None:
    check("---\n" + data.decode("latin-1") + "\n---\n")
    check("---\n" + data.decode("utf-8", "surrogateescape") + "\n---")
    check(data.decode("latin-1"))


def test_the_fast_path_answers_for_the_blocks_notes_have() -> None:
    for content in (
        "title: Some words here\nvideoId: -RdOwhmqP5s\n",
        'tags:\n  - a\n  - b/c\naliases: [x, "y z"]\n',
        'up: "[[Note]]"\ncreated: 2024-01-01\ndone: true\nempty:\n',
        "title: 'Quoted'\ntime: 00:36\nlist:\n- 1\n- \"[[a|b]]\"\n",
    ):
        assert front_matter._read_plain_lines(content, 0, len(content)) is not None
        agree(content)
