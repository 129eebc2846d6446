"""The report for people, and what keeps it from steering a terminal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.report import Report
from vaultlint.report.escape import visible
from vaultlint.report.text import render_text
from vaultlint.text import Lines, Span


def report_of(
    *diagnostics: Diagnostic, texts: dict[str, str] | None = None, complete: bool = True, notes: int = 9
) -> Report:
    known = texts or {}

    def text(path: str) -> str:
        return known.get(path, "")

    ordered = tuple(sorted(diagnostics, key=lambda diagnostic: diagnostic.order))
    return Report(complete, notes, notes + 1, ordered, lambda path: Lines.of(text(path)), text)


def finding(
    path: str = "a.md",
    span: tuple[int, int] = (0, 1),
    *,
    severity: Severity = Severity.ERROR,
    message: str = "no note is named “Harvest”",
    fixes: tuple[Safety, ...] = (),
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    place = Span(*span)
    offered = tuple(Fix("Link to “harvesting”", (Edit(path, place, "x", "y"),), safety) for safety in fixes)
    return Diagnostic("VL201", "broken-link", severity, message, path, place, "[[Harvest]]", offered, related)


def told(report: Report, *, colour: bool = False, most: int = 200, full: bool = False) -> str:
    return "".join(render_text(report, colour=colour, max_diagnostics=most, full=full))


def excerpt(text: str, start: int, end: int) -> list[str]:
    """The lines of source and carets that the full report shows for that span."""
    report = report_of(finding(span=(start, end)), texts={"a.md": text})
    return told(report, full=True).splitlines()[1:-2]


# --- the list and its summary -----------------------------------------------------------------


def test_a_finding_is_one_line_with_place_code_name_and_message() -> None:
    report = report_of(finding("b/a.md", (6, 17)), texts={"b/a.md": "one\n\nx [[Harvest]]\n"})
    assert told(report).splitlines()[0] == "b/a.md:3:2 VL201 broken-link no note is named “Harvest”"


def test_findings_of_one_note_stand_together_and_the_summary_stands_last() -> None:
    report = report_of(
        finding("b.md", severity=Severity.WARNING),
        finding("a.md"),
        finding("b.md", (0, 2)),
        finding("c d.md"),
    )
    assert told(report).splitlines() == [
        "a.md:1:1 VL201 broken-link no note is named “Harvest”",
        "b.md:1:1 VL201 broken-link no note is named “Harvest”",
        "b.md:1:1 VL201 broken-link no note is named “Harvest”",
        "c d.md:1:1 VL201 broken-link no note is named “Harvest”",
        "",
        "Found 3 errors and 1 warning in 3 notes",
    ]


@pytest.mark.parametrize(
    ("severities", "summary"),
    [
        ("e", "Found 1 error in 1 note"),
        ("ee", "Found 2 errors in 1 note"),
        ("ew", "Found 1 error and 1 warning in 1 note"),
        ("ewwiii", "Found 1 error, 2 warnings and 3 info in 1 note"),
        ("i", "Found 1 info in 1 note"),
        ("e" * 10, "Found 10 errors in 1 note"),
    ],
)
def test_the_summary_counts_by_severity(severities: str, summary: str) -> None:
    kinds = {"e": Severity.ERROR, "w": Severity.WARNING, "i": Severity.INFO}
    report = report_of(*(finding(severity=kinds[letter]) for letter in severities))
    assert told(report).splitlines()[-1] == summary


@pytest.mark.parametrize(
    ("safeties", "remedy"),
    [
        ([(), (Safety.MANUAL,)], ""),
        ([(Safety.SAFE,), (Safety.SAFE, Safety.UNSAFE)], "; 2 fixable with --fix"),
        ([(Safety.UNSAFE,), ()], "; 1 fixable with --unsafe-fixes"),
        (
            [(Safety.SAFE,), (Safety.UNSAFE,), (Safety.SAFE,)],
            "; 2 fixable with --fix, 1 more with --unsafe-fixes",
        ),
    ],
)
def test_the_summary_says_how_many_are_fixable_and_how(
    safeties: list[tuple[Safety, ...]], remedy: str
) -> None:
    report = report_of(*(finding(fixes=fixes) for fixes in safeties))
    assert told(report).splitlines()[-1] == f"Found {len(safeties)} errors in 1 note{remedy}"


def test_findings_beyond_the_maximum_are_counted_not_shown() -> None:
    report = report_of(*(finding(f"{number}.md") for number in range(5)))
    assert told(report, most=2).splitlines() == [
        "0.md:1:1 VL201 broken-link no note is named “Harvest”",
        "1.md:1:1 VL201 broken-link no note is named “Harvest”",
        "… and 3 more (--max-diagnostics 0 shows all)",
        "",
        "Found 5 errors in 5 notes",
    ]


def test_a_maximum_of_zero_shows_all() -> None:
    report = report_of(*(finding(f"{number:03}.md") for number in range(300)))
    assert len(told(report, most=0).splitlines()) == 302


def test_nothing_found_is_one_friendly_line() -> None:
    assert told(report_of(notes=774)) == "All good: nothing found in 774 notes.\n"


def test_an_incomplete_run_never_says_that_all_is_good() -> None:
    assert told(report_of(complete=False)).splitlines() == [
        "The run is incomplete: something could not be read or checked.",
        "Nothing found in 9 notes.",
    ]


def test_there_is_no_colour_unless_asked() -> None:
    report = report_of(finding(), texts={"a.md": "x"})
    assert "\x1b" not in told(report, full=True)
    assert told(report, colour=True).splitlines()[0] == (
        "\x1b[1ma.md\x1b[0m:1:1 \x1b[31mVL201\x1b[0m broken-link no note is named “Harvest”"
    )


# --- full -------------------------------------------------------------------------------------


def test_full_shows_the_line_the_other_places_and_the_fixes() -> None:
    related = (Related("b.md", Span(4, 5), "stands here first"),)
    report = report_of(
        finding(span=(4, 15), fixes=(Safety.SAFE, Safety.MANUAL), related=related),
        texts={"a.md": "See [[Harvest]].\n", "b.md": "one\ntwo\n"},
    )
    assert told(report, full=True) == (
        "a.md:1:5 VL201 broken-link no note is named “Harvest”\n"
        "  1 | See [[Harvest]].\n"
        "    |     ^^^^^^^^^^^\n"
        "    see b.md:2:1 stands here first\n"
        "    safe fix: Link to “harvesting”\n"
        "    manual fix: Link to “harvesting”\n"
        "\n"
        "Found 1 error in 1 note; 1 fixable with --fix\n"
    )


def test_the_caret_line_has_the_same_tabs() -> None:
    assert excerpt("\t- a\t[[x]]\n", 5, 10) == ["  1 | \t- a\t[[x]]", "    | \t   \t^^^^^"]


def test_wide_and_combining_characters_keep_the_carets_in_place() -> None:
    assert excerpt("收穫 e\u0301 [[x]]", 6, 11) == ["  1 | 收穫 e\u0301 [[x]]", "    |        ^^^^^"]
    assert excerpt("[[收穫]]", 0, 6) == ["  1 | [[收穫]]", "    | ^^^^^^^^"]


def test_control_characters_in_the_source_are_shown_and_counted() -> None:
    assert excerpt("a\x1b[2Jb [[x]]", 7, 12) == ["  1 | a\\x1b[2Jb [[x]]", "    |           ^^^^^"]


def test_a_carriage_return_ends_a_line_and_is_not_shown() -> None:
    assert excerpt("one\r\ntwo\rthree\r\n", 9, 14) == ["  3 | three", "    | ^^^^^"]


@pytest.mark.parametrize("place", [(3, 3), (3, 4)])
def test_a_place_at_the_end_of_a_line_has_one_caret(place: tuple[int, int]) -> None:
    assert excerpt("abc\ndef", *place) == ["  1 | abc", "    |    ^"]


def test_a_span_of_tabs_has_one_caret() -> None:
    assert excerpt("a\t\tb", 1, 3) == ["  1 | a\t\tb", "    |  ^"]


def test_an_empty_line_has_one_caret() -> None:
    assert excerpt("a\n\nb", 2, 2) == ["  2 | ", "    | ^"]


def test_a_span_over_two_lines_shows_both() -> None:
    assert excerpt("a [[x\ny]] b", 2, 9) == ["  1 | a [[x", "    |   ^^^", "  2 | y]] b", "    | ^^^"]


def test_of_a_long_span_only_its_ends_are_shown() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 13))
    assert excerpt(text, 0, len(text)) == [
        "   1 | line 1",
        "     | ^^^^^^",
        "   … |",
        "  12 | line 12",
        "     | ^^^^^^^",
    ]


def test_a_very_long_line_is_cropped_around_the_span() -> None:
    source, carets = excerpt("a" * 5000 + "[[x]]" + "b" * 5000, 5000, 5005)
    assert source == "  1 | …" + "a" * 40 + "[[x]]" + "b" * 55 + "…"
    assert carets == "    | " + " " * 41 + "^^^^^"


def test_a_long_line_of_wide_characters_is_cropped_by_columns() -> None:
    source, carets = excerpt("字" * 300, 100, 102)
    assert source == "  1 | …" + "字" * 50 + "…"
    assert carets == "    | " + " " * 41 + "^^^^"


def test_a_file_that_cannot_be_read_again_is_told_without_its_line() -> None:
    assert told(report_of(finding()), full=True).splitlines() == [
        "a.md:1:1 VL201 broken-link no note is named “Harvest”",
        "",
        "Found 1 error in 1 note",
    ]


# --- escaping ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain “words” 收穫 😀\u00a0x", "plain “words” 收穫 😀\u00a0x"),
        ("bad\udcff.md", "bad\\xff.md"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("a\nb\r\tc", "a\\nb\\r\\tc"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("abc\u202egnp.md\u2066", "abc\\u202egnp.md\\u2066"),
        ("a\u2028b\u2029c", "a\\u2028b\\u2029c"),
        ("\ud800", "\\ud800"),
        ("C:\\notes", "C:\\notes"),
    ],
)
def test_what_steers_a_terminal_is_shown_instead(text: str, shown: str) -> None:
    assert visible(text) == shown


@settings(derandomize=True)
@given(st.text(st.characters(exclude_categories=())))
def test_shown_text_is_one_line_that_can_be_encoded(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert "\x1b" not in shown
    assert len(f"{shown}.".splitlines()) == 1


@settings(derandomize=True)
@given(
    st.text(st.characters(exclude_categories=()), max_size=150),
    st.tuples(st.integers(0, 150), st.integers(0, 150)),
)
def test_no_text_path_or_message_breaks_the_full_report(text: str, ends: tuple[int, int]) -> None:
    start, end = sorted(min(offset, len(text)) for offset in ends)
    report = report_of(finding(text, (start, end), message=text), texts={text: text})
    lines = told(report, full=True).split("\n")
    "".join(lines).encode("utf-8")
    assert not any("\x1b" in line or "\r" in line for line in lines)
    assert lines[-2].startswith("Found 1 error in 1 note")
