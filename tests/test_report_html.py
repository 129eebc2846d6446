"""The report as a page: what is in it, what may run in it, and what a browser makes of it."""

import json
import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from vaultlint.cli import main
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.report import Report, Wanted, format_named
from vaultlint.text import Lines, Span

ROOT = Path(__file__).parents[1]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\u202e\x1b.md"


class Page(HTMLParser):
    """The elements of a page, and what stands in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.text = ""
        self._open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open in self.inside:
            self.inside[self._open][-1] += data
        else:
            self.text += data

    def data(self) -> dict[str, Any]:
        """What the page is made of."""
        found: dict[str, Any] = json.loads(self.inside["script"][0])
        return found


def finding(path: str, span: tuple[int, int], message: str = "m", fixes: tuple[Fix, ...] = ()) -> Diagnostic:
    return Diagnostic("VL201", "broken-link", Severity.ERROR, message, path, Span(*span), "x", fixes)


def page_of(text: str, *diagnostics: Diagnostic) -> Page:
    report = Report(True, 4, 6, diagnostics, lambda _: Lines.of(text), lambda _: text)
    form = format_named("html", Wanted(200, "", dict))
    return Page("".join(str(piece) for piece in form.whole([form.part(report)])))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the sample vault."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    assert (
        main(["check", str(ROOT / "fixtures/sample-vault"), "--format", "html", "--output", str(file)]) == 1
    )
    return file


# --- what is in it ----------------------------------------------------------------------------


def test_the_page_loads_nothing_and_only_its_own_scripts_run(sample: Path) -> None:
    page = Page(sample.read_text(encoding="utf-8"))
    (policy,) = [attrs["content"] for tag, attrs in page.elements if tag == "meta" and "http-equiv" in attrs]
    assert policy is not None
    allowed = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    def hashes(texts: list[str]) -> set[str]:
        return {f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts}

    assert allowed["default-src"] == "'none'"
    assert set(allowed["script-src"].split()) == hashes(page.inside["script"][1:])
    assert set(allowed["style-src"].split()) == hashes(page.inside["style"])
    assert not {"src", "href", "style", "onclick", "onload"} & {
        key for _, attrs in page.elements for key in attrs
    }


def test_a_finding_has_its_line_and_its_change() -> None:
    fix = Fix("Link to “b”", (Edit("a.md", Span(10, 11), "x", "b"),), Safety.SAFE)
    (one,) = page_of("first\nsee [[x]] now\nlast\n", finding("a.md", (10, 15), fixes=(fix,))).data()[
        "findings"
    ]
    assert (one["line"], one["column"]) == (2, 5)
    assert one["source"] == ["see ", "[[x]]", " now"]
    assert one["fixes"] == [
        {"title": "Link to “b”", "safety": "safe", "old": ["see [[x]] now"], "new": ["see b[x]] now"]}
    ]  # fmt: skip


def test_a_change_in_several_notes_and_a_long_line_are_shortened() -> None:
    edits = (Edit("a.md", Span(0, 1), "x", "b"), Edit("b.md", Span(0, 1), "x", "b"))
    fix = Fix("t", edits, Safety.SAFE)
    (one,) = page_of("x" * 5000, finding("a.md", (1000, 3000), fixes=(fix,))).data()["findings"]
    assert [len(part) for part in one["source"]] == [161, 161, 161]
    assert one["fixes"] == [{"title": "t", "safety": "safe"}]


def test_of_many_findings_the_first_are_listed_and_all_are_counted() -> None:
    many = [finding(f"{note:03}.md", (0, 1)) for note in range(40) for _ in range(30)]
    data = page_of("x\n", *many).data()
    assert len(data["findings"]) == 300
    assert sum(one["path"] == "000.md" for one in data["findings"]) == 20
    assert data["rules"][0]["count"] == 1200
    assert data["rules"][0]["listed"] == 300
    assert data["summary"]["diagnostics"] == 1200
    assert data["notes"][39] == ["039.md", "error", 30]


def test_names_and_texts_end_no_script() -> None:
    fix = Fix(HOSTILE, (Edit(HOSTILE, Span(0, 1), "x", HOSTILE),), Safety.SAFE)
    page = page_of(f"{HOSTILE}\n", finding(HOSTILE, (0, 9), HOSTILE, (fix,)))
    assert len(page.inside["script"]) == 4
    assert "img" not in {tag for tag, _ in page.elements}
    assert page.data()["findings"][0]["path"] == HOSTILE


def test_the_picture_and_the_missing_notes_are_those_of_the_vault(sample: Path) -> None:
    data = Page(sample.read_text(encoding="utf-8")).data()
    graph = data["graph"]
    assert len(graph["paths"]) == len(graph["x"]) == len(graph["kinds"]) == 16
    assert [graph["paths"][number] for number in graph["orphans"]] == ["Old shed.md"]
    assert ["rhubarb", 1] in data["missing"]


# --- in a browser -----------------------------------------------------------------------------

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
in_browser = pytest.mark.skipif(BROWSER is None, reason="needs Chromium (on Debian: apt install chromium)")


def opened(file: Path, profile: Path, fragment: str = "") -> tuple[Page, str]:
    """The page as it is when its scripts have run, and what the console of the browser says."""
    assert BROWSER is not None
    done = subprocess.run(
        [
            BROWSER, "--headless", "--no-sandbox", "--disable-dev-shm-usage", "--use-angle=swiftshader",
            "--enable-unsafe-swiftshader", "--enable-logging=stderr", "--virtual-time-budget=10000",
            f"--user-data-dir={profile}", "--dump-dom", f"{file.as_uri()}{fragment}",
        ],
        stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    said = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
    return Page(done.stdout.decode()), "\n".join(said)


def texts(page: Page, kind: str) -> int:
    """How many elements of that class there are."""
    return sum(kind in (attrs.get("class") or "").split() for _, attrs in page.elements)


@in_browser
def test_the_page_of_the_sample_vault_is_whole_and_nothing_is_refused(sample: Path, tmp_path: Path) -> None:
    page, console = opened(sample, tmp_path)
    assert console == ""
    assert page.elements[0] == ("html", {"lang": "en", "data-ready": "true"})
    assert texts(page, "finding") == 14
    assert texts(page, "figure") == 6
    assert "14 findings shown of 14" in page.text
    assert re.search(r"8\s*with errors", page.text)
    assert re.search(r"1\s*orphan", page.text)
    assert sum(tag == "canvas" for tag, _ in page.elements) > 3
    assert "rhubarb" in page.text


@in_browser
def test_the_address_can_name_a_rule(sample: Path, tmp_path: Path) -> None:
    page, _ = opened(sample, tmp_path, "#rule=VL201&group=rule")
    assert texts(page, "finding") == 2
    assert "2 findings shown of 14" in page.text


@in_browser
def test_what_is_hostile_is_text_in_the_browser(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    name = "<img src=x onerror=alert(1)>"
    (vault / f"{name}.md").write_text("[[</script><b>bold</b>]]\n", encoding="utf-8")
    (vault / "b.md").write_text(f"[[{name}]]\n", encoding="utf-8")
    file = tmp_path / "report.html"
    main(["check", str(vault), "--format", "html", "--output", str(file)])
    page, console = opened(file, tmp_path / "profile")
    assert console == ""
    assert {"img", "b"} & {tag for tag, _ in page.elements} <= {"b"}  # `b` is the figures
    assert sum(tag == "b" for tag, _ in page.elements) == 6
    assert f"{name}.md" in page.text


@in_browser
def test_twenty_thousand_notes_open(tmp_path: Path) -> None:
    vault = tmp_path / "vault"
    (vault / ".obsidian").mkdir(parents=True)
    for number in range(20_000):
        (vault / f"{number}.md").write_text(
            f"[[{number // 40}]] [[{number * 7 % 20_000}]]\n", encoding="utf-8"
        )
    (vault / "1.md").write_text("[[Gone]]\n", encoding="utf-8")
    file = tmp_path / "report.html"
    arguments = ["check", str(vault), "--select", "VL201", "--format", "html", "--output", str(file)]
    assert main(arguments) == 1
    page, console = opened(file, tmp_path / "profile")
    assert console == ""
    assert page.elements[0] == ("html", {"lang": "en", "data-ready": "true"})
    assert "20,000" in page.text
    assert sum(tag == "canvas" for tag, _ in page.elements) > 3
