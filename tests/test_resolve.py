"""What a link path means: the laws beside the published cases of `test_conformance.py`."""

import pytest

from vaultlint.note import BlockId, Heading
from vaultlint.resolve import (
    Decided,
    Names,
    Subpath,
    find_block,
    find_heading,
    fold,
    heading_key,
    named_block,
)
from vaultlint.text import Span


def resolve(files: list[str], link: str, source: str = "s.md") -> str | None:
    """The file that `link` means in `source`."""
    return Names(files).resolve(link, source).path


def heads(*lines: str) -> list[Heading]:
    """Headings of these source lines."""
    return [
        Heading(len(line) - len(line.lstrip("#")), line.lstrip("#").strip(), Span(0, 0)) for line in lines
    ]


@pytest.mark.parametrize(
    ("files", "link", "source", "found"),
    [
        (["d/N.md"], "n", "s.md", "d/N.md"),
        (["d/N.md"], "N.MD", "s.md", "d/N.md"),
        (["N.png"], "N", "s.md", None),
        (["v1.2.md"], "v1.2", "s.md", "v1.2.md"),
        (["a.png", "a.png.md"], "a.png", "s.md", "a.png"),
        (["a.png.md"], "a.png", "s.md", "a.png.md"),
        (["a/b/Note.md", "Note.md"], "Note", "a/b/s.md", "Note.md"),
        (["a/b/Note.md", "zzzz/Note.md"], "Note", "zzzz/s.md", "zzzz/Note.md"),
        (["a/b/Note.md", "zzzz/Note.md"], "Note", "s.md", "a/b/Note.md"),
        (["d/N.md"], "/N", "s.md", None),
        (["d/N.md"], "/d/N", "x/s.md", "d/N.md"),
        (["xb/N.md"], "b/N", "s.md", None),
        (["a/b/N.md"], "b/N", "s.md", "a/b/N.md"),
        (["y.md"], "../y", "a/x.md", "y.md"),
        (["y.md"], "../y", "x.md", "y.md"),
        (["a/y.md"], "./y", "x.md", None),
        (["a/y.md"], "./y", "a/x.md", "a/y.md"),
        (["y.md"], "../../../../etc/passwd", "a/x.md", None),
        (["passwd"], "/etc/passwd", "a/x.md", None),
        (["cafe\u0301.md"], "café", "s.md", "cafe\u0301.md"),
        (["café.md"], "cafe", "s.md", None),
        (["My\u00a0Note.md"], "My Note", "s.md", "My\u00a0Note.md"),
        (["ΟΔΟΣ.md"], "οδοσ", "s.md", "ΟΔΟΣ.md"),
        (["my-note.md"], "my note", "s.md", None),
        (["sub/x.md"], "sub", "s.md", None),
        (["note.md", "Note.md"], "Note", "s.md", "Note.md"),
        (["note.md", "Note.md"], "note", "s.md", "note.md"),
        (["s.md"], "", "s.md", "s.md"),
    ],
)
def test_a_link_path_means_this_file(files: list[str], link: str, source: str, found: str | None) -> None:
    assert resolve(files, link, source) == found


@pytest.mark.parametrize("link", ["/", "//", ".", "..", "./", "../", "...", "a/", "/a/", "\ud800", "#", "\0"])
def test_odd_link_paths_mean_nothing_and_break_nothing(link: str) -> None:
    assert resolve(["a.md", "d/a.md", "d/b.md"], link, "d/s.md") is None


@pytest.mark.parametrize(
    ("files", "decided"),
    [
        (["a/N.md"], Decided.ONLY),
        (["N.md", "a/N.md"], Decided.EXACT),
        (["aa/N.md", "b/N.md"], Decided.LENGTH),
        (["a/N.md", "b/N.md"], Decided.TIE),
        (["d/N.md", "b/N.md"], Decided.FOLDER),
        (["d/N.md", "d/e/N.md", "b/N.md"], Decided.FOLDER),
        (["d/e/N.md", "d/ff/N.md"], Decided.LENGTH),
        (["d/N.md", "d/n.md"], Decided.TIE),
        ([], Decided.NOTHING),
    ],
)
def test_what_decided_is_told(files: list[str], decided: Decided) -> None:
    found = Names(files).resolve("N", "d/s.md")
    assert found.decided is decided
    assert found.ambiguous == (decided in (Decided.LENGTH, Decided.TIE))


def test_the_order_of_the_files_does_not_matter() -> None:
    files = ["b/N.md", "a/N.md", "c/N.md"]
    assert {Names(order).resolve("N", "s.md").path for order in (files, files[::-1])} == {"a/N.md"}


def test_names_are_compared_in_nfc_and_lower_case() -> None:
    assert fold("E\u0301\u202fA") == "é a"
    assert fold("Straße") == "straße"


@pytest.mark.parametrize(
    ("heading", "link", "found"),
    [
        ("## Part 1: Basics", "Part 1 Basics", True),
        ("## D&D WOTC", "d d wotc", True),
        ("## `hasTag()`", "hasTag", True),
        ("## Don't", "Dont", False),
        ("## snake_case", "snake case", False),
        ("## A – B", "A - B", False),
        ("## See [[O|p]]", "See O p", True),
        ("## C #tag", "C #tag", True),
        ("## Ünï", "ünï", True),
        ("## A", "##A", True),
        ("## A", "", True),
        ("## A", "B", False),
    ],
)
def test_a_heading_is_found_by_its_normalised_text(heading: str, link: str, found: bool) -> None:
    assert find_heading(link, heads(heading)) is (Subpath.FOUND if found else Subpath.NO_HEADING)


@pytest.mark.parametrize(
    ("link", "found"),
    [("A#B", True), ("C#B", True), ("C#D", True), ("A#D", False), ("B#A", False), ("B#C", False)],
)
def test_a_chain_of_headings_must_lie_within_one_another(link: str, found: bool) -> None:
    headings = heads("# A", "## B", "# C", "## B", "#### D")
    assert find_heading(link, headings) is (Subpath.FOUND if found else Subpath.NO_HEADING)


def test_a_heading_key_has_single_blanks_and_no_case() -> None:
    assert heading_key("  A:  *B*\r\n`C` ") == "a b c"


def test_block_ids_are_compared_without_case_and_must_be_valid() -> None:
    blocks = [BlockId("abc-1", Span(0, 0)), BlockId("a_b", Span(0, 0), valid=False)]
    assert find_block("^ABC-1", blocks) is Subpath.FOUND
    assert find_block("^abc", blocks) is Subpath.NO_BLOCK
    assert find_block("^a_b", blocks) is Subpath.BAD_BLOCK_ID
    assert find_block("^", blocks) is Subpath.BAD_BLOCK_ID


@pytest.mark.parametrize(
    ("subpath", "block_id"), [("^a-1", "a-1"), ("#^a-1", "a-1"), ("^ a ", "a"), ("A", None), ("A#^b", None)]
)
def test_a_subpath_names_a_block_whatever_empty_parts_stand_before(subpath: str, block_id: str) -> None:
    assert named_block(subpath) == block_id


def test_a_thousand_equal_headings_in_a_deep_chain_are_no_burden() -> None:
    headings = heads(*["#" * level + " A" for _ in range(200) for level in range(1, 7)])
    assert find_heading("A#A#A#A#A#A#B", headings) is Subpath.NO_HEADING
