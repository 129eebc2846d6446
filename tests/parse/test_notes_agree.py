"""Whichever lane settles the blocks of a note, the note is the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import vaultlint.parse
from tests.the_long_way import prove_nothing
from vaultlint.note import Outline
from vaultlint.parse import outline_of, parse_note
from vaultlint.parse.block_tree import block_tree
from vaultlint.parse.blocks import Blocks, TooComplex, read_blocks
from vaultlint.parse.line_pass import line_pass
from vaultlint.parse.screen import screen

ROOT = Path(__file__).parents[2]
NOTES = sorted((ROOT / "fixtures").rglob("*.md")) + sorted((ROOT / "docs").rglob("*.md"))
NOTES += sorted((ROOT / "rules").rglob("*.md"))

Read = Callable[[str, int], Blocks | None]

_LINES = [
    "From: [[hub]] <br/> ", "## Heading [[a]] #tag", "Text [[a|b]] and `[[c]]`.", "- item [[a#b]]",
    "  more ^id1", "\t- deeper `x`", "> [!note] title", "> [[d]] ^id2", "", "", "", "```", "[[in code]]",
    "```",
    "    [[deep]]", '<a class="yt-timestamp" data-t="00:01:02">[00:01:02]</a>', "<div>", "[[in html]]",
    "</div>", "%%", "%% [[e]] %%", "$$", "x [[f]] $y$", "| a | b |", "| --- | --- |", "| [[g\\|h]] | i |",
    "[t](My%20Note.md#x)",
    '<a class="yt-timestamp" data-t="01:01:02">[01:01:02]</a>',
    "![[pic.png|100]]", "===", "---", "1. one", "   two", "text ^id3", "# Top",
    "<!-- [[k]] -->", "~~~", "*   wide [[l]]",
]  # fmt: skip
GENERATED = st.lists(st.sampled_from(_LINES), min_size=1, max_size=14).map(
    lambda lines: "\n".join(lines) + "\n"
)


def seen_through(read: Read, text: str, monkeypatch: pytest.MonkeyPatch) -> tuple[object, ...] | None:
    """The note as it is when this lane settles its blocks; None where the lane does not."""
    blocks: list[Blocks] = []

    def settle(flat: str, start: int) -> Blocks:
        found = read(flat, start)
        if found is None:
            raise LookupError
        blocks.append(found)
        return found

    with monkeypatch.context() as patched:
        patched.setattr(vaultlint.parse, "read_blocks", settle)
        note = parse_note("a.md", text)
        try:
            outline: Outline = outline_of(note)
        except (LookupError, TooComplex):
            return None
        return outline, note.live, note.links, note.tags, note.anchors, note.comments, note.open_comment


_SIMPLE_LINES = [
    "Text [[a|b]].", "# Top", "", "x < y <br/>", "<b>bold</b>", "`code`",
    'Time <a class="yt-timestamp" data-t="00:01:02">[00:01:02]</a>.',
    'Late <a class="yt-timestamp" data-t="01:01:02">[01:01:02]</a>.',
    'Later <a class="yt-timestamp" data-t="02:00:00">[02:00:00]</a>.',
    'Odd <a class="yt-timestamp" data-t="05:00:00">05:00:00</a>.',
    'Bad <a class="yt-timestamp" data-t="1:00">[1:00]</a>.',
]  # fmt: skip


@given(st.lists(st.sampled_from(_SIMPLE_LINES), max_size=6).map("\n".join))
def test_what_is_proved_in_bulk_is_what_is_read_the_long_way(text: str) -> None:
    def told() -> tuple[object, ...]:
        note = parse_note("a.md", text)
        return (
            outline_of(note), note.anchors, note.suspect_anchors, note.late_times, note.timestamped,
            note.open_comment, note.may_break_anchors,
        )  # fmt: skip

    in_bulk = told()
    with pytest.MonkeyPatch.context() as patched:
        prove_nothing(patched)
        assert told() == in_bulk


def check(text: str, monkeypatch: pytest.MonkeyPatch, *lanes: Read) -> int:
    """How many lanes settled the note; all of them saw the same one."""
    expected = seen_through(read_blocks, text, monkeypatch)
    found = [seen_through(lane, text, monkeypatch) for lane in lanes]
    assert all(each in (None, expected) for each in found)
    return sum(each is not None for each in found)


@pytest.mark.parametrize("path", NOTES, ids=[str(path.relative_to(ROOT)) for path in NOTES])
def test_all_lanes_give_the_same_note_for_every_fixture(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    assert check(text, monkeypatch, screen, line_pass, block_tree) >= 1


@settings(
    max_examples=1_500,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=GENERATED)
def test_the_own_lanes_give_the_same_note_for_generated_ones(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check(text, monkeypatch, screen, line_pass) >= 1


@pytest.mark.parametrize("line", ["", "    code\r\n"], ids=["dull", "with code"])
def test_no_line_end_belongs_to_a_heading_or_an_open_fence(line: str) -> None:
    note = parse_note("a.md", f"# One #\r\n\r\n{line}\r\nTwo\r\nlines\r\n---\r\n```py\r\nx\r\n")
    assert [(heading.text, heading.span.of(note.text)) for heading in note.headings] == [
        ("One", "# One #"),
        ("Two\r\nlines", "Two\r\nlines\r\n---"),
    ]
    assert note.open_fence is not None
    assert note.open_fence.of(note.text) == "```py"
    dull = parse_note("b.md", f"{line}# One\r\n\r\n## Two\r\n")
    assert [heading.span.of(dull.text) for heading in dull.headings] == ["# One", "## Two"]
