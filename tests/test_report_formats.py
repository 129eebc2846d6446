"""The formats for CI and other programs, each read by its schema or its consumer, hostile names included."""

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.dom.minidom import parseString

import jsonschema
import junitparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from vaultlint.arguments import FORMATS
from vaultlint.baseline import Gone, Standing
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Related, Safety, Severity
from vaultlint.report import Report, Wanted, format_named, texts
from vaultlint.report.json import render_json
from vaultlint.rule import Rule
from vaultlint.text import Lines, Span

SARIF = json.loads((Path(__file__).parent / "schemas" / "sarif-2.1.0-rtm.5.json").read_bytes())

_POSITION = {
    "type": "object",
    "required": ["line", "column"],
    "additionalProperties": False,
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
}
_RANGE = {
    "type": "object",
    "required": ["start", "end"],
    "additionalProperties": False,
    "properties": {"start": _POSITION, "end": _POSITION},
}
RDJSON = {  # what reviewdog's proto/rdf has of it, without what is optional and unused here
    "type": "object",
    "required": ["source", "diagnostics"],
    "additionalProperties": False,
    "properties": {
        "source": {"type": "object", "required": ["name"], "properties": {"name": {"const": "vaultlint"}}},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["message", "location", "severity", "code"],
                "additionalProperties": False,
                "properties": {
                    "message": {"type": "string"},
                    "location": {
                        "type": "object",
                        "required": ["path", "range"],
                        "additionalProperties": False,
                        "properties": {"path": {"type": "string"}, "range": _RANGE},
                    },
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {"type": "object", "properties": {"value": {"type": "string"}}},
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["range", "text"],
                            "additionalProperties": False,
                            "properties": {"range": _RANGE, "text": {"type": "string"}},
                        },
                    },
                },
            },
        },
    },
}
GITLAB = {  # the table of “Code Quality report format” in GitLab's manual
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^(?!\./)"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}

HOSTILE = (
    "::error::x.md",
    "a\n::set-output name=x::y.md",
    "a\r::stop-commands::t.md",
    "##[add-mask]x.md",
    "##vso[task.complete]x.md",
    "a%0A::warning::b.md",
    "a,line=9:col=1.md",
    "\x1b[31mred\x1b]0;title\x07.md",
    "\u202egpj.md",
    "</code></td><script>alert(1)</script>.md",
    "a|b`c`|d.md",
    "![x](https://example.org/x.png).md",
    "@somebody #1 www.example.org.md",
    "\"&<>'.md",
    "]]><x>.md",
    "\ufffe\uffff\x00.md",
    "caf\udce9.md",
    "[click](https://example.org).md",
    "{0} %s $HOME.md",
)


def report_of(*diagnostics: Diagnostic, text: str = "", complete: bool = True) -> Report:
    return Report(complete, 4, 6, diagnostics, lambda _: Lines.of(text), lambda _: text)


def finding(
    path: str = "a.md",
    span: tuple[int, int] = (0, 0),
    *,
    code: str = "VL201",
    severity: Severity = Severity.ERROR,
    message: str = "no note is named “Harvest”",
    fixes: tuple[Fix, ...] = (),
    related: tuple[Related, ...] = (),
) -> Diagnostic:
    return Diagnostic(code, "broken-link", severity, message, path, Span(*span), message, fixes, related)


class BrokenLink(Rule):
    """A link to a file that the vault does not have."""

    code = "VL201"


def told(name: str, *reports: Report, prefix: str = "", most: int = 200) -> str:
    """The report of these parts in that format."""
    form = format_named(name, Wanted(most, prefix, lambda: {"VL201": BrokenLink}))
    pieces = texts(form.whole([form.part(report) for report in reports]))
    return "".join(piece if isinstance(piece, str) else str(piece, "utf-8") for piece in pieces)


def hostile(text: str = "") -> Report:
    """A report with a finding about each hostile name, which is in its message, titles and texts too."""
    return report_of(
        *(
            finding(
                name,
                message=f"no note is named “{name}”",
                fixes=(Fix(f"Link to “{name}”", (Edit(name, Span(0, 0), "", name),), Safety.SAFE),),
                related=(Related(name, Span(0, 0), f"this is “{name}”"),),
            )
            for name in HOSTILE
        ),
        text=text,
    )


# --- all of them ------------------------------------------------------------------------------

PRINTED = (
    "text",
    "full",
    "concise",
    "json",
    "jsonl",
    "github",
    "gitlab",
    "sarif",
    "junit",
    "rdjson",
    "markdown",
)


def test_every_format_is_tried_here() -> None:
    assert {*PRINTED, "html"} == set(FORMATS)  # for html see `test_report_html.py`


@pytest.mark.parametrize("name", PRINTED)
def test_no_name_steers_a_terminal_or_breaks_a_line(name: str) -> None:
    written = told(name, hostile())
    written.encode("utf-8")  # no lone surrogate
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]", written)


@pytest.mark.parametrize("name", PRINTED)
def test_no_name_is_a_command_to_the_runner_of_a_pipeline(name: str) -> None:
    lines = told(name, hostile()).splitlines()
    assert not [line for line in lines if re.search(r"##(vso)?\[", line)]
    commands = [line for line in lines if line.lstrip().startswith("::")]
    assert len(commands) == (len(HOSTILE) if name == "github" else 0)


@pytest.mark.parametrize("name", PRINTED)
def test_parts_of_which_some_are_empty_make_the_report_of_the_whole(name: str) -> None:
    one, two, none = finding("a.md"), finding("b.md"), report_of()
    parts = told(name, none, report_of(one), none, report_of(two), none)
    assert parts == told(name, report_of(one, two))


@pytest.mark.parametrize("name", ["text", "full", "github", "markdown"])
def test_names_in_a_baseline_steer_nothing_either(name: str) -> None:
    paths = ["::error::x.md", "@somebody/<img src=x>.md"]
    standing = Standing(3, tuple(Gone(path, "VL201", "0" * 16, 1) for path in paths))
    written = told(name, report_of(finding())._replace(baseline=standing))
    commands = [line for line in written.splitlines() if line.lstrip().startswith("::")]
    assert len(commands) == (name == "github")
    assert "Of the baseline 3 findings are left and 2 are gone" in written
    if name == "markdown":
        page = rendered(written)
        assert page.elements == {*PAGE, "ul", "li"}
        assert "/<img src=x>.md VL201" in page.text
        assert "@somebody" not in page.text


# --- for people and editors -------------------------------------------------------------------


def test_concise_is_one_line_a_finding_as_compilers_write_it() -> None:
    report = report_of(finding("b/a.md", (6, 17)), text="one\n\nx [[Harvest]]\n")
    assert told("concise", report) == "b/a.md:3:2: VL201 no note is named “Harvest”\n"
    assert told("concise", report_of()) == ""


@pytest.mark.parametrize("name", ["text", "full", "concise"])
def test_a_line_never_begins_with_a_command_of_github(name: str) -> None:
    assert told(name, report_of(finding(" ::error::x.md"))).startswith("./ ::error::x.md:1:1")


# --- for programs -----------------------------------------------------------------------------


def test_jsonl_has_the_findings_of_the_json_report() -> None:
    report = report_of(finding(), finding("b.md", (1, 3)), text="abc\n")
    lines = told("jsonl", report).splitlines()
    assert list(map(json.loads, lines)) == json.loads("".join(render_json(report)))["diagnostics"]


def test_json_says_the_same_where_a_runner_would_read_a_command() -> None:
    read = json.loads(told("json", report_of(finding("##[x].md", message="## ##[x] ##vso[y]"))))
    assert read["diagnostics"][0]["path"] == "##[x].md"
    assert read["diagnostics"][0]["message"] == "## ##[x] ##vso[y]"


# --- GitHub -----------------------------------------------------------------------------------


def test_a_finding_is_a_workflow_command_with_the_path_in_the_repository() -> None:
    report = report_of(finding("b/a.md", (7, 18), severity=Severity.WARNING), text="one\n\nx [[Harvest]]\n")
    assert told("github", report, prefix="notes/") == (
        "::warning file=notes/b/a.md,line=3,endLine=3,col=3,endColumn=13,title=VL201 broken-link::"
        "notes/b/a.md:3:3 VL201 no note is named “Harvest”\n"
        "Found 1 warning in 1 note\n"
    )


def test_a_span_of_several_lines_has_no_last_column_and_info_is_a_notice() -> None:
    report = report_of(finding("a.md", (0, 9), severity=Severity.INFO), text="one\ntwo\nthree\n")
    assert told("github", report).startswith("::notice file=a.md,line=1,endLine=3,col=1,title=")


def _as_the_runner_reads(line: str) -> tuple[str, dict[str, str], str]:
    """Command, properties and message, split and unescaped in the order in which the runner does it."""
    head, _, data = line.removeprefix("::").partition("::")
    command, _, listed = head.partition(" ")
    properties = dict(each.split("=", 1) for each in listed.split(","))
    escapes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    for escape, char in escapes.items():
        data = data.replace(escape, char)
        properties = {key: value.replace(escape, char) for key, value in properties.items()}
    return command, properties, data


def test_names_stay_what_they_are_in_a_workflow_command() -> None:
    name = "a%0A::warning::b,line=9:col=1.md"
    line = told("github", report_of(finding(name, message=f"is “{name}”"))).splitlines()[0]
    command, properties, data = _as_the_runner_reads(line)
    assert command == "error"
    assert properties == {
        "file": name, "line": "1", "endLine": "1", "col": "1", "endColumn": "1", "title": "VL201 broken-link"
    }  # fmt: skip
    assert data == f"{name}:1:1 VL201 is “{name}”"


# --- GitLab -----------------------------------------------------------------------------------


def test_gitlab_gets_an_issue_with_a_fingerprint_of_its_own_for_each_finding() -> None:
    twice = (finding("a.md", (0, 3)), finding("a.md", (4, 7), severity=Severity.INFO))
    issues = json.loads(told("gitlab", report_of(*twice, text="one\ntwo\n"), prefix="notes/"))
    jsonschema.validate(issues, GITLAB)
    assert issues[0] == {
        "description": "VL201 broken-link: no note is named “Harvest”",
        "check_name": "VL201",
        "fingerprint": issues[0]["fingerprint"],
        "severity": "major",
        "location": {"path": "notes/a.md", "lines": {"begin": 1}},
    }
    assert issues[1]["severity"] == "info"
    assert issues[1]["location"]["lines"] == {"begin": 2}
    assert issues[0]["fingerprint"] != issues[1]["fingerprint"]
    assert json.loads(told("gitlab", report_of())) == []


# --- SARIF ------------------------------------------------------------------------------------


def sarif(*reports: Report, prefix: str = "") -> dict[str, Any]:
    """The one run of the log, which is valid."""
    log = json.loads(told("sarif", *reports, prefix=prefix))
    jsonschema.Draft4Validator(SARIF, format_checker=jsonschema.FormatChecker()).validate(log)
    (run,) = log["runs"]
    return dict(run)


def test_a_result_has_place_fingerprint_related_places_and_fixes() -> None:
    edits = (Edit("a.md", Span(6, 13), "Harvest", "harvesting"), Edit("b.md", Span(0, 1), "x", "y"))
    one = finding(
        "a.md",
        (5, 16),
        fixes=(Fix("Link to “harvesting”", edits, Safety.SAFE), Fix("By hand", edits, Safety.MANUAL)),
        related=(Related("c.md", Span(0, 3), "named nearly so"),),
    )
    run = sarif(report_of(one, text="one\n🍐[[Harvest]]\n"), prefix="my notes/")
    (result,) = run["results"]
    region = {"startLine": 2, "startColumn": 2, "endLine": 2, "endColumn": 13}
    assert run["columnKind"] == "unicodeCodePoints"
    assert result["ruleId"] == "VL201"
    assert result["level"] == "error"
    assert result["message"] == {"text": "no note is named “Harvest”"}
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "my%20notes/a.md", "uriBaseId": "%SRCROOT%"},
                "region": region,
            }
        }
    ]
    assert re.fullmatch("[0-9a-f]{16}", result["partialFingerprints"]["vaultlint/v1"])
    assert result["relatedLocations"][0]["message"] == {"text": "named nearly so"}
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "Link to “harvesting” (safe)"}
    assert [change["artifactLocation"]["uri"] for change in fix["artifactChanges"]] == [
        "my%20notes/a.md",
        "my%20notes/b.md",
    ]
    assert fix["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "harvesting"}


def test_the_rules_of_the_results_are_described_and_others_are_not() -> None:
    run = sarif(report_of(finding(), finding("b.md", code="OWN1")))
    assert run["tool"]["driver"]["rules"] == [
        {"id": "OWN1", "help": {"text": "vaultlint explain OWN1"}},
        {
            "id": "VL201",
            "name": "broken-link",
            "shortDescription": {"text": "A link to a file that the vault does not have."},
            "defaultConfiguration": {"level": "error"},
            "help": {"text": "vaultlint explain VL201"},
        },
    ]


def test_a_run_without_findings_is_valid_and_says_whether_it_is_complete() -> None:
    assert sarif(report_of())["results"] == []
    assert sarif(report_of())["invocations"] == [{"executionSuccessful": True}]
    assert sarif(report_of(complete=False))["invocations"] == [{"executionSuccessful": False}]


def test_hostile_names_are_valid_addresses_and_no_links_in_sarif() -> None:
    results = sarif(hostile())["results"]
    addresses = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in results]
    assert len(results) == len(HOSTILE)
    assert all(re.fullmatch(r"[\w.~%/-]+", address, re.ASCII) for address in addresses)
    assert addresses[HOSTILE.index("caf\udce9.md")] == "caf%E9.md"
    assert not [each for each in results if "](" in each["message"]["text"]]


# --- reviewdog --------------------------------------------------------------------------------


def test_rdjson_counts_bytes_and_suggests_what_is_one_edit_of_the_note() -> None:
    text = "é🍐 [[Harvest]]\n"
    here, elsewhere = Edit("a.md", Span(5, 12), "Harvest", "harvesting"), Edit("b.md", Span(0, 0), "", "x")
    one = finding(
        "a.md",
        (3, 14),
        severity=Severity.WARNING,
        fixes=(
            Fix("one", (here,), Safety.UNSAFE),
            Fix("two", (here, elsewhere), Safety.SAFE),
            Fix("three", (elsewhere,), Safety.SAFE),
            Fix("four", (here,), Safety.MANUAL),
        ),
    )
    read = json.loads(told("rdjson", report_of(one, text=text), prefix="notes/"))
    jsonschema.validate(read, RDJSON)
    assert read["diagnostics"] == [
        {
            "message": "no note is named “Harvest”",
            "location": {
                "path": "notes/a.md",
                "range": {"start": {"line": 1, "column": 8}, "end": {"line": 1, "column": 19}},
            },
            "severity": "WARNING",
            "code": {"value": "VL201"},
            "suggestions": [
                {
                    "range": {"start": {"line": 1, "column": 10}, "end": {"line": 1, "column": 17}},
                    "text": "harvesting",
                }
            ],
        }
    ]


@pytest.mark.parametrize(("name", "schema"), [("rdjson", RDJSON), ("gitlab", GITLAB)])
def test_hostile_names_are_valid_json(name: str, schema: dict[str, Any]) -> None:
    jsonschema.validate(json.loads(told(name, hostile())), schema)


# --- JUnit ------------------------------------------------------------------------------------


def junit(*reports: Report, prefix: str = "") -> junitparser.JUnitXml:
    return junitparser.JUnitXml.fromstring(told("junit", *reports, prefix=prefix).encode())


def test_a_finding_is_a_test_case_that_fails() -> None:
    report = report_of(finding("a.md", (4, 15), severity=Severity.WARNING), text="one\n[[Harvest]]\n")
    read = junit(report, prefix="notes/")
    (suite,) = read
    (case,) = suite
    (failure,) = case.result
    assert (read.tests, read.failures, read.errors) == (1, 1, 0)
    assert (case.classname, case.name) == ("notes/a.md", "VL201 broken-link 2:1")
    assert (failure.type, failure.message) == ("warning", "no note is named “Harvest”")
    assert failure.text == "notes/a.md:2:1 VL201 broken-link no note is named “Harvest”"


def test_where_nothing_was_found_one_test_passes() -> None:
    read = junit(report_of())
    assert (read.tests, read.failures) == (1, 0)
    assert [case.is_passed for suite in read for case in suite] == [True]


def test_hostile_names_make_no_markup_in_xml() -> None:
    document = parseString(told("junit", hostile()).encode())
    kinds = {node.tagName for node in document.getElementsByTagName("*")}
    assert kinds == {"testsuites", "testsuite", "testcase", "failure"}
    assert len(document.getElementsByTagName("testcase")) == len(HOSTILE)


# --- Markdown ---------------------------------------------------------------------------------


class Reader(HTMLParser):
    """What a page shows: the names of its elements, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.elements.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def rendered(markdown: str) -> Reader:
    return Reader(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


PAGE = {"h3", "p", "table", "thead", "tbody", "tr", "th", "td", "code"}


def test_markdown_is_a_table_under_the_summary() -> None:
    report = report_of(finding("b/a.md", (4, 15)), text="one\n[[Harvest]]\n")
    assert told("markdown", report, prefix="notes/") == (
        "### vaultlint\n\nFound 1 error in 1 note\n\n"
        "| | Place | Rule | Finding |\n| --- | --- | --- | --- |\n"
        "| error | <code>notes/b/a&#46;md:2:1</code> | VL201 broken-link | no note is named “Harvest” |\n"
    )
    assert told("markdown", report_of()) == "### vaultlint\n\nAll good: nothing found in 4 notes.\n"


def test_names_are_text_and_nothing_else_in_markdown() -> None:
    markdown = told("markdown", hostile())
    page = rendered(markdown)
    assert page.elements == PAGE
    assert "</code></td><script>alert(1)</script>.md:1:1" in page.text
    assert "![x](https://example.org/x.png).md" in page.text
    assert not re.search(r"@\w|#\d", page.text)
    assert "://" not in markdown
    assert "www." not in markdown


@given(st.text(min_size=1))
@settings(max_examples=200, deadline=None)
def test_any_message_is_one_row_of_text(message: str) -> None:
    markdown = told("markdown", report_of(finding(message=message)))
    page = rendered(markdown)
    assert page.elements == PAGE
    assert markdown.count("\n") == 7


def test_markdown_fits_in_a_comment_and_says_what_is_left_out() -> None:
    many = report_of(*(finding(f"{number}.md", message="&" * 1000) for number in range(300)))
    markdown = told("markdown", many, most=0)
    rows = markdown.count("| error |")
    assert len(markdown) < 65_536
    assert f"… and {300 - rows} more\n" in markdown
    assert "… and 298 more\n" in told("markdown", many, most=2)


# --- anything at all --------------------------------------------------------------------------


READERS: dict[str, Callable[[str], object]] = {
    "jsonl": lambda text: [json.loads(line) for line in text.splitlines()],
    "gitlab": json.loads,
    "rdjson": json.loads,
    "sarif": json.loads,
    "junit": lambda text: parseString(text.encode()),
}


@pytest.mark.parametrize("name", READERS)
@given(path=st.text(min_size=1), message=st.text())
@settings(max_examples=100, deadline=None)
def test_any_name_and_message_can_be_read(name: str, path: str, message: str) -> None:
    READERS[name](told(name, report_of(finding(path, message=message))))
