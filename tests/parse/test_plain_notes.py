"""What is proved in bulk of a note is what reading it the long way finds."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.the_long_way import prove_nothing
from vaultlint.face import face
from vaultlint.parse import outline_of, parse_note, targets_at_once
from vaultlint.timestamps import two_part_anchors

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
    "<!-- [[k]] -->", "<i title='`'>[[l]]</i>", "<b>x</b> ![[m]]![[n|o]]", f"[[{'long ' * 120}| p]]",
    '<a class="yt-timestamp" data-t="02:03:04">[02:03:04]</a> </a>', "[[a]]\n[[[b]]]", "[[q\nr]]",
    '<span class="yt-timestamp" data-t="00:00:01">[00:00:01]</span>', "2^10",
    '<a class="yt-timestamp" data-t="01:02">[01:02]</a>', "[[a]b]]", "\r", "\t", "$$",
]  # fmt: skip
GENERATED = st.lists(
    st.one_of(st.sampled_from(_LINES), st.sampled_from(_LINES), st.sampled_from(_ODDITIES)), max_size=9
).map(lambda lines: "\n".join(lines) + "\n")

_ALL = (
    "comments malformed_links block_ids odd_tags open_comment suspect_anchors tables timed_links open_fence"
)
_ANSWERS = (
    "live", "headings", "main_heading", "block_ids", "may_repeat_block_ids", "links", "malformed_links",
    "tables", "tags", "comments", "open_fence", "open_comment", "anchors", "suspect_anchors", "too_complex",
    "timed_links", "timestamped", "late_times", "odd_tags", "may_break_anchors", "may_hold_conflict",
    "wrapping_fence", "bracketed_properties",
)  # fmt: skip


def answers(text: str) -> list[Any]:
    """What the note answers to every question."""
    note = parse_note("n.md", text)
    return [outline_of(note), *(getattr(note, name) for name in _ANSWERS)]


def the_long_way(text: str, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The same when nothing is proved in bulk."""
    with monkeypatch.context() as patched:
        prove_nothing(patched)
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
    assert targets_at_once(note) == ("a", "b")
    left = outline_of(note, in_order=True, lines=False)
    assert (left.raw_links, left.link_targets, left.line_starts) == (None, ("a", "b"), b"")


def test_times_of_two_parts_are_kept_with_what_stands_before_them() -> None:
    anchor = '<a class="yt-timestamp" data-t="1:02">[1:02]</a>'
    note = parse_note("n.md", f"---\nvideoId: v\n---\n{anchor} so [00:01:02]({anchor})\n")
    first, second = two_part_anchors(note)
    assert outline_of(note).two_part_anchors == ((first, "oId: v\n---\n"), (second, "[00:01:02]("))
    unnamed = parse_note("n.md", f"{anchor}\n")
    assert outline_of(unnamed).two_part_anchors == ()


def test_links_that_are_remarkable_by_themselves_keep_their_source() -> None:
    note = parse_note("n.md", "[[a]] [[b|]]\n")
    assert targets_at_once(note) is None
    assert outline_of(note, in_order=True).raw_links == ("[[a]]", "[[b|]]")


@pytest.mark.parametrize(
    ("text", "lacks", "unknown"),
    [
        (f"---\ntitle: x\n---\n# A\n\n- [[b]] {_GOOD}\n", _ALL, ""),
        ("costs $5 and $6, 10 %\n", _ALL, ""),
        ("2^10 and \\\\ [[b]]\n", _ALL, ""),
        ("text <b>x</b>\n", "comments malformed_links block_ids", "odd_tags open_comment suspect_anchors"),
        ("a ^b", "comments malformed_links odd_tags", "block_ids may_repeat_block_ids"),
        ("[t](x)", "comments block_ids odd_tags", "malformed_links timed_links may_break_anchors"),
        ("[[]]", "comments block_ids odd_tags", "malformed_links"),
        ("a | b", "comments block_ids odd_tags", "malformed_links tables"),
        ("---\nx: '[[y]]'\n---\n", "comments malformed_links", "bracketed_properties"),
        ("---\nx: [y]\n---\n", "comments malformed_links bracketed_properties", ""),
        ("<b>x</b>\n\ntext", "bracketed_properties", "comments malformed_links block_ids suspect_anchors"),
        ("`x`", "suspect_anchors may_hold_conflict", "comments malformed_links open_fence block_ids"),
        ("$x$", "suspect_anchors", "comments malformed_links"),
        ("a %% b", "suspect_anchors", "comments open_comment"),
        ("    code", "suspect_anchors", "wrapping_fence malformed_links"),
    ],
)
def test_what_a_note_lacks_is_known_at_once(text: str, lacks: str, unknown: str) -> None:
    note = parse_note("n.md", text)
    assert note.lacks.issuperset(lacks.split())
    assert note.lacks.isdisjoint(unknown.split())


@pytest.mark.parametrize(
    ("text", "lacks", "unknown"),
    [
        (
            "`[[x|` [[y]]\n",
            "malformed_links tables block_ids may_break_anchors odd_tags open_fence",
            "comments wrapping_fence",
        ),
        (
            "a\n\n```\n| a |\n```\n",
            "malformed_links tables block_ids may_break_anchors open_fence",
            "comments wrapping_fence",
        ),
        ("```\n| a |\n", "malformed_links tables block_ids", "open_fence"),
        ("$x$ <b>y</b>", "malformed_links block_ids", "suspect_anchors may_break_anchors odd_tags"),
        ("%% x %% a ^b", "malformed_links", "block_ids comments"),
        ("%% x %% [a](b.md)", "block_ids", "malformed_links timed_links comments"),
    ],
)
def test_what_a_note_with_dead_text_lacks_is_known_from_what_is_live(
    text: str, lacks: str, unknown: str
) -> None:
    note = parse_note("n.md", text)
    assert note.lacks.isdisjoint(unknown.split())
    assert "\0" in note.live or note.comments
    assert note.lacks.issuperset(lacks.split())
    assert note.lacks.isdisjoint(unknown.split())


@pytest.mark.parametrize(
    ("value", "linked"),
    [
        ("[x, y]", ""), ("[[x]]", ""), ("'[[x]]'", "x"), ('"[x](y.md)"', "y.md"), ('"\\x5b[x]]"', "x"),
        ("[a, '[[x]]']", "x"), ("'[a]'", ""),
    ],
)  # fmt: skip
def test_a_bracket_in_the_front_matter_is_a_link_or_is_known_for_none(
    value: str, linked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = f"---\nup: {value}\n---\ntext\n"
    assert [link.path for link in parse_note("n.md", text).links] == ([linked] if linked else [])
    assert answers(text) == the_long_way(text, monkeypatch)


@pytest.mark.parametrize(
    "text", ["", f"{_GOOD} [[a]]", "a ^b", "[t](x)", "<b>x</b>", "`x`", "x: [y]", "`x` [[y]]", "%% x %% $y$"]
)
def test_what_a_note_lacks_it_does_not_have(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    known = parse_note("n.md", text)
    _ = known.live  # from then on more is known
    lacks = known.lacks
    with monkeypatch.context() as patched:
        prove_nothing(patched)
        note = parse_note("n.md", text)
        assert not [name for name in lacks if getattr(note, name)]


@pytest.mark.parametrize("text", ["", f"# T\n\n{_GOOD} [[a]] [[b#c]]", "---\naliases: [x]\n---\n[a](b.md)\n"])
def test_tuples_that_are_made_quickly_have_all_their_fields(text: str) -> None:
    note = parse_note("n.md", text)
    outline = outline_of(note)
    made: list[Any] = [outline, face(outline), *note.links, *note.anchors, *note.properties]
    for one in made:
        assert len(one) == len(one._fields)
