"""The report for programs: its shape, its schema, and names that are not Unicode."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint import __version__
from vaultlint.diagnostic import Data, Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.fingerprint import fingerprints, portable_path
from vaultlint.report import Report
from vaultlint.report.json import render_json
from vaultlint.report.schema import ReportModel, json_schema
from vaultlint.text import Lines, Span

SCHEMA_FILE = Path(__file__).parent.parent / "docs" / "report.schema.json"


def report_of(*diagnostics: Diagnostic, text: str = "", complete: bool = True) -> Report:
    return Report(complete, 4, 6, diagnostics, lambda _: Lines.of(text), lambda _: text)


def finding(
    path: str = "a.md",
    span: tuple[int, int] = (0, 0),
    construct: str = "[[Harvest]]",
    *,
    code: str = "VL201",
    severity: Severity = Severity.ERROR,
    message: str = "m",
    fixes: tuple[Fix, ...] = (),
    related: tuple[Related, ...] = (),
    data: Data | None = None,
) -> Diagnostic:
    return Diagnostic(
        code, "broken-link", severity, message, path, Span(*span), construct, fixes, related, data or {}
    )


def fix(safety: Safety, *edits: Edit) -> Fix:
    return Fix("Link to “harvesting”", edits, safety)


def told(report: Report) -> Any:
    """The report as a program reads it, valid by the committed schema and by the model."""
    written = "".join(render_json(report)).encode("utf-8")
    read = json.loads(written)
    jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_bytes())).validate(read)
    ReportModel.model_validate_json(written)
    return read


# --- the shape --------------------------------------------------------------------------------


def test_the_report_has_exactly_the_shape_of_version_1() -> None:
    edit = Edit("b/a.md", Span(6, 13), "Harvest", "harvesting")
    diagnostic = finding(
        "b/a.md",
        (4, 15),
        message="no note is named “Harvest”",
        fixes=(fix(Safety.SAFE, edit),),
        related=(Related("c.md", Span(0, 5), "named nearly so"),),
        data={"target": "Harvest", "candidates": ("harvesting",), "count": 1, "sure": True},
    )
    assert told(report_of(diagnostic, text="one\n[[Harvest]]\n")) == {
        "schema_version": 1,
        "tool": {"name": "vaultlint", "version": __version__},
        "vault": ".",
        "complete": True,
        "diagnostics": [
            {
                "code": "VL201",
                "name": "broken-link",
                "severity": "error",
                "message": "no note is named “Harvest”",
                "path": "b/a.md",
                "range": {
                    "start": {"line": 2, "column": 1, "offset": 4},
                    "end": {"line": 2, "column": 12, "offset": 15},
                },
                "related": [
                    {
                        "path": "c.md",
                        "range": {
                            "start": {"line": 1, "column": 1, "offset": 0},
                            "end": {"line": 2, "column": 2, "offset": 5},
                        },
                        "message": "named nearly so",
                    }
                ],
                "fixes": [
                    {
                        "title": "Link to “harvesting”",
                        "safety": "safe",
                        "edits": [
                            {
                                "path": "b/a.md",
                                "range": {
                                    "start": {"line": 2, "column": 3, "offset": 6},
                                    "end": {"line": 2, "column": 10, "offset": 13},
                                },
                                "text": "harvesting",
                            }
                        ],
                    }
                ],
                "data": {"target": "Harvest", "candidates": ["harvesting"], "count": 1, "sure": True},
                "fingerprint": "0b3c4805c0024ae9",
                "docs": "vaultlint explain VL201",
            }
        ],
        "summary": {
            "notes": 4,
            "files": 6,
            "diagnostics": 1,
            "fixable": 1,
            "by_severity": {"error": 1, "warning": 0, "info": 0},
            "by_rule": {"VL201": 1},
        },
    }


def test_a_report_without_findings_is_whole_too() -> None:
    read = told(report_of(complete=False))
    assert read["diagnostics"] == []
    assert read["complete"] is False
    assert read["summary"] == {
        "notes": 4,
        "files": 6,
        "diagnostics": 0,
        "fixable": 0,
        "by_severity": {"error": 0, "warning": 0, "info": 0},
        "by_rule": {},
    }


def test_the_summary_counts_by_severity_and_rule_and_what_a_run_may_fix() -> None:
    edit = Edit("a.md", Span(0, 0), "", "x")
    read = told(
        report_of(
            finding(code="VL301", severity=Severity.WARNING, fixes=(fix(Safety.UNSAFE, edit),)),
            finding(fixes=(fix(Safety.MANUAL, edit),)),
            finding(fixes=(fix(Safety.UNSAFE, edit), fix(Safety.SAFE, edit))),
            finding(code="VL208", severity=Severity.INFO),
        )
    )
    assert read["summary"]["fixable"] == 2
    assert read["summary"]["by_severity"] == {"error": 2, "warning": 1, "info": 1}
    assert list(read["summary"]["by_rule"].items()) == [("VL201", 2), ("VL208", 1), ("VL301", 1)]


def test_columns_count_code_points_and_crlf_counts_two() -> None:
    read = told(report_of(finding(span=(7, 14)), text="a\r\n😀 e\u0301[[x]]\r\n"))
    assert read["diagnostics"][0]["range"] == {
        "start": {"line": 2, "column": 5, "offset": 7},
        "end": {"line": 3, "column": 1, "offset": 14},
    }


def test_every_finding_is_one_line() -> None:
    written = "".join(render_json(report_of(finding(message="a\nb\u2028c"), finding("b.md"))))
    assert [line[:16] for line in written.splitlines()] == [
        '{"schema_version',
        '"diagnostics": [',
        '{"code": "VL201"',
        '{"code": "VL201"',
        "],",
        '"complete": true',
        '"summary": {"not',
    ]


def test_equal_places_in_different_notes_are_not_mixed_up() -> None:
    paths = [
        diagnostic["path"] for diagnostic in told(report_of(finding("a.md"), finding("b.md")))["diagnostics"]
    ]
    assert paths == ["a.md", "b.md"]


def test_the_committed_schema_is_fresh() -> None:
    assert SCHEMA_FILE.read_bytes().decode("utf-8") == json_schema()


def test_the_schema_refuses_what_is_not_in_the_report() -> None:
    read = told(report_of(finding()))
    validator = jsonschema.Draft202012Validator(json.loads(json_schema()))
    assert not validator.is_valid({**read, "schema_version": 2})
    assert not validator.is_valid({**read, "more": 1})
    del read["diagnostics"][0]["fingerprint"]
    assert not validator.is_valid(read)


def test_writing_a_report_does_not_import_pydantic() -> None:
    program = (
        "import sys, vaultlint.report.json, vaultlint.report.text\nprint(*{'pydantic'} & sys.modules.keys())"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert ran.stdout.strip() == b""


# --- names and text that are not Unicode ------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a/Käse 100%.md", "a/Käse 100%.md"),
        ("bad\udcff.md", "bad%FF.md"),
        ("100% \udcc3( é.md", "100%25 %C3( é.md"),
        ("half\ud800.md", "half%ED%A0%80.md"),
        ("new\nline.md", "new\nline.md"),
    ],
)
def test_only_a_path_that_is_not_utf_8_is_percent_escaped(path: str, shown: str) -> None:
    assert portable_path(path) == shown
    assert told(report_of(finding(path)))["diagnostics"][0]["path"] == shown


def test_an_undecodable_byte_in_a_message_is_shown() -> None:
    read = told(report_of(finding(message="“bad\udcff.md” and \ud800", data={"file": "\udc80"})))
    assert read["diagnostics"][0]["message"] == "“bad\\xff.md” and \\ud800"
    assert read["diagnostics"][0]["data"] == {"file": "\\x80"}


def test_what_steers_a_terminal_is_escaped_and_read_back_unchanged() -> None:
    report = report_of(finding(message="\x1b[2J \x9b \u202e \u2028 é"))
    written = "".join(render_json(report))
    assert not set("\x1b\x9b\u202e\u2028") & set(written)
    assert "é" in written
    assert told(report)["diagnostics"][0]["message"] == "\x1b[2J \x9b \u202e \u2028 é"


@settings(derandomize=True, deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_makes_an_invalid_report(text: str) -> None:
    edit = Edit(text, Span(0, 0), text, text)
    report = report_of(
        finding(text, construct=text, message=text, fixes=(fix(Safety.SAFE, edit),), data={text: (text,)})
    )
    assert told(report)["summary"]["diagnostics"] == 1


@settings(derandomize=True)
@given(st.text())
def test_unicode_text_is_read_back_unchanged(text: str) -> None:
    diagnostic = told(report_of(finding(text, message=text)))["diagnostics"][0]
    assert (diagnostic["path"], diagnostic["message"]) == (text, text)


# --- fingerprints -----------------------------------------------------------------------------


def test_a_fingerprint_does_not_depend_on_the_place() -> None:
    assert [*fingerprints([finding(span=(0, 11))])] == [*fingerprints([finding(span=(90, 101))])]


def test_equal_constructs_of_one_note_are_told_apart_by_their_order() -> None:
    first, second, other = fingerprints([finding(), finding(span=(20, 31)), finding("b.md")])
    assert len({first, second, other}) == 3
    assert [first] == [*fingerprints([finding()])]


def test_a_fingerprint_ignores_white_space_and_the_form_of_letters() -> None:
    composed, decomposed = (
        finding(construct="[[Caf\u00e9  au lait]]"),
        finding(construct="[[Cafe\u0301 au\n lait]]"),
    )
    assert [*fingerprints([composed])] == [*fingerprints([decomposed])]


@pytest.mark.parametrize("other", [finding("b.md"), finding(code="VL202"), finding(construct="[[harvest]]")])
def test_rule_path_and_construct_enter_the_fingerprint(other: Diagnostic) -> None:
    assert [*fingerprints([finding()])] != [*fingerprints([other])]


# --- places -----------------------------------------------------------------------------------


def test_lines_are_asked_for_once_a_file_however_findings_lead_to_and_fro() -> None:
    asked: list[str] = []

    def lines(path: str) -> Lines:
        asked.append(path)
        return Lines.of("one\ntwo\nthree\n")

    there = Related("b.md", Span(4, 5), "there")
    found = [finding("a.md", (at, at + 1), related=(there,)) for at in range(8)]
    report = Report(True, 2, 2, tuple(found), lines, lambda _: "")
    read = json.loads("".join(render_json(report)))["diagnostics"]
    assert asked == ["a.md", "b.md"]
    assert [one["range"]["start"]["line"] for one in read] == [1, 1, 1, 1, 2, 2, 2, 2]
    assert {one["related"][0]["range"]["start"]["line"] for one in read} == {2}


@given(
    st.text("ab\r\n", max_size=12), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=6)
)
def test_places_are_those_of_the_lines_in_whatever_order(text: str, ends: list[tuple[int, int]]) -> None:
    spans = [Span(*sorted((min(start, len(text)), min(end, len(text))))) for start, end in ends]
    read = told(report_of(*[finding("a.md", span) for span in spans], text=text))["diagnostics"]
    lines = Lines.of(text)
    for one, span in zip(read, spans, strict=True):
        for side, offset in zip(("start", "end"), span, strict=True):
            place = lines.position(offset)
            assert one["range"][side] == {"line": place.line, "column": place.column, "offset": offset}
