"""What is proved in bulk of a note is what reading it the long way finds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vaultlint.parse
from vaultlint.parse import outline_of, parse_note, plain
from vaultlint.parse.sweep import DEFAULT_ANCHORS

ROOT = Path(__file__).parents[2]
NOTES = sorted((ROOT / "fixtures").rglob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))

_GOOD = '<a class="yt-timestamp" data-t="00:01:02">[00:01:02]</a>'
_LINES = [
    "---", "title: T", "---", "From: [[hub]] <br/> ", "# Top", "## Heading [[a]] #tag", "Text [[a|b]].",
    "- item [[a#b]]", "\t- deeper", "1. one", "> quoted [[d]]", "", "", "", f"Said {_GOOD} [[e | f ]]",
    "costs $5 and $6", "100 % of 50 %", "(in brackets)", "![[pic.png|100]]", "é [[ü]]", "a > b", "* * *",
]  # fmt: skip
_ODDITIES = [
    "`[[c]]`", "$x$", "%%[[h]]%%", "<div>", "</a>", "<b>x</b>", "[t](x.md)", r"\[[x]]", "text ^id", "| a |",
    "[[a|]]", "[[]]", "[[ |x]]", "[[a", "[x | y]", "```", "    [[deep]]", "===", "[r]: x.md",
    "<!-- [[k]] -->",
    '<a class="yt-timestamp" data-t="01:02">[01:02]</a>', "[[a]b]]", "\r", "\t", "$$",
]  # fmt: skip
GENERATED = st.lists(
    st.one_of(st.sampled_from(_LINES), st.sampled_from(_LINES), st.sampled_from(_ODDITIES)), max_size=9
).map(lambda lines: "\n".join(lines) + "\n")

_ANSWERS = (
    "live", "headings", "main_heading", "block_ids", "may_repeat_block_ids", "links", "malformed_links",
    "tables", "tags", "comments", "open_fence", "open_comment", "anchors", "suspect_anchors", "too_complex",
)  # fmt: skip


def answers(text: str) -> list[Any]:
    """What the note answers to every question."""
    note = parse_note("n.md", text)
    return [outline_of(note), *(getattr(note, name) for name in _ANSWERS)]


def the_long_way(text: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The same when nothing is proved in bulk."""
    with monkeypatch.context() as patched:
        patched.setattr(vaultlint.parse.plain, "answers", lambda text, start, syntax: {})
        return answers(text)


@pytest.mark.parametrize("path", NOTES, ids=[str(path.relative_to(ROOT)) for path in NOTES])
def test_fixtures_give_the_same_answers_both_ways(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert answers(text) == the_long_way(text, monkeypatch)


@settings(
    max_examples=2_500,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=GENERATED)
def test_generated_notes_give_the_same_answers_both_ways(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answers(text) == the_long_way(text, monkeypatch)


def test_links_whose_targets_are_in_order_leave_their_source_in_the_text() -> None:
    note = parse_note("n.md", "[[a]] [[b|x]]\n")
    assert outline_of(note).raw_links == ("[[a]]", "[[b|x]]")
    left = outline_of(note, lambda targets: set(targets) <= {"a", "b"}, lines=False)
    assert (left.raw_links, left.link_targets, left.line_starts) == (None, ("a", "b"), b"")
    assert outline_of(note, lambda targets: "c" in targets).raw_links == ("[[a]]", "[[b|x]]")


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [
        (f"---\ntitle: x\n---\n# A\n\n- [[b]] {_GOOD}\n", True),
        ("costs $5 and $6, 10 %\n", True),
        ("<b>x</b>\n\ntext", False),
        ("text <b>x</b>\n", True),
        ("`x`", False),
        ("$x$", False),
        ("a %% b", False),
        ("a ^b", False),
        ("[t](x)", False),
        ("[[]]", False),
        ("a | b", False),
        ("    code", False),
    ],
)
def test_most_notes_are_plain(text: str, is_plain: bool) -> None:
    note = parse_note("n.md", text)
    assert ("live" in plain.answers(text, note.body_start, DEFAULT_ANCHORS)) == is_plain
