"""A rule's page: the Markdown file beside its class that says why, shows examples, and is its test.

    # broken-link (VL201)

    Why it matters.

    ## Examples

    ### A link to a note that was renamed

    `notes/a.md`:

    ```
    See [[Harvest]].
    ```

    ```report
    notes/a.md:1:5 VL201 no note is named “Harvest”
    ```

Below `## Examples` each third-level heading is a case; a rule that no example can show, as the
engine's own, has none. A fence under a path line is a file of the vault: a note, an attachment (an
empty fence will do) or a setting. `` `notes/a.md` fixed: `` shows the note after its safe fixes,
`fixed unsafe:` after the unsafe ones too. A `toml` fence without a path line is the configuration,
a `report` fence the expected diagnostics, none where it is empty; every case has one. A longer
fence holds notes that have fences. The line `variants: plain, crlf`, first below the heading, keeps a
case from being tried in other guises, where its point would be lost.
"""

import inspect
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from vaultlint.diagnostic import Safety
from vaultlint.rule import Rule

VARIANTS = frozenset({"plain", "crlf", "front-matter", "folder"})
"""The guises in which a case is tried: as it stands, with CRLF line ends, with front matter before every
note, with all its files moved into a folder."""

_EXAMPLES = "## Examples"
_TITLE = re.compile(r"# (?P<name>[a-z0-9-]+) \((?P<code>[A-Z]+[0-9]+)\)")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,})[ ]*(?P<language>[^\s`]*)[^`]*")
_PATH = re.compile(r"`(?P<path>[^`]+)`(?: (?P<state>fixed|fixed unsafe))?:")
_EXPECTED = re.compile(r"(?P<path>.+?):(?P<line>[0-9]+):(?P<column>[0-9]+) (?P<code>\S+) (?P<message>.+)")
_VARIANTS = re.compile(r"variants: *(?P<names>.+)")
_VARIANTS_LINE = re.compile(rf"(?m)^(### .*\n)\n*{_VARIANTS.pattern}\n")


class PageError(ValueError):
    """A page that cannot be understood. A mistake in a rule pack, not one of its users."""


class Expected(NamedTuple):
    """One diagnostic that a case must yield. `message` as it is shown, with control characters escaped."""

    path: str
    line: int
    column: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column} {self.code} {self.message}"


class Case(NamedTuple):
    """One example. The mappings lead from path to text, with LF line ends; `config` is TOML."""

    title: str
    files: dict[str, str]
    fixed: dict[str, str]
    fixed_unsafe: dict[str, str]
    config: str
    expected: tuple[Expected, ...]
    variants: frozenset[str]


class Page(NamedTuple):
    """A page. `intro` is what stands between its title and its examples, `source` all of it."""

    code: str
    name: str
    intro: str
    cases: tuple[Case, ...]
    source: str


class _Fence(NamedTuple):
    """A fenced block, and what the page says of it. `path` and `state` are empty without a path line."""

    language: str
    path: str
    state: str
    text: str


def page_of(rule: type[Rule]) -> Page:
    """The page of a rule class: `broken_link.md` beside the module of `BrokenLink`.

    Raises PageError when there is none, it cannot be understood or belongs to another rule.
    """
    package = rule.__module__.rpartition(".")[0]
    folder = files(package) if package else Path(inspect.getfile(rule)).parent
    try:
        source = folder.joinpath(f"{rule.name.replace('-', '_')}.md").read_text(encoding="utf-8")
    except OSError as error:
        raise PageError(f"the rule {rule.name} has no page: {error}") from error
    page = parse_page(source)
    if (page.code, page.name) != (rule.code, rule.name):
        raise PageError(f"the page of {rule.name} ({rule.code}) is titled {page.name} ({page.code})")
    return page


def parse_page(source: str) -> Page:
    """The page of that Markdown text. Raises PageError, which says what is wrong and where."""
    lines = source.split("\n")
    title = _TITLE.fullmatch(lines[0])
    if title is None:
        raise PageError(f"a page begins with “# name (CODE)”, not with “{lines[0]}”")
    name, code = title["name"], title["code"]
    examples = lines.index(_EXAMPLES) if _EXAMPLES in lines else len(lines)
    intro = "\n".join(lines[1:examples]).strip() + "\n"
    cases = tuple(_case(name, heading, body) for heading, body in _sections(lines[examples + 1 :]))
    if _EXAMPLES in lines and not cases:
        raise PageError(f"{name}: no example stands below “{_EXAMPLES}”")
    return Page(code, name, intro, cases, source)


def fixable(page: Page) -> frozenset[Safety]:
    """Which fixes the page shows. A rule is fixable when its page shows so."""
    shown = set()
    if any(case.fixed for case in page.cases):
        shown.add(Safety.SAFE)
    if any(case.fixed_unsafe for case in page.cases):
        shown.add(Safety.UNSAFE)
    return frozenset(shown)


def explain(page: Page) -> str:
    """The page for reading in a terminal, without the lines that only the tests need."""
    return _VARIANTS_LINE.sub(r"\1", page.source).strip() + "\n"


def _sections(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """The third-level headings, each with the lines below it; headings inside fences are none."""
    title, body, fence = "", list[str](), ""
    for line in lines:
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif opening := _FENCE.fullmatch(line):
            fence = opening["fence"]
        elif line.startswith(("# ", "## ", "### ")):
            if title:
                yield title, body
            title, body = line[4:].strip() if line.startswith("### ") else "", []
            continue
        body.append(line)
    if title:
        yield title, body


def _closes(line: str, fence: str) -> bool:
    bare = line.rstrip()
    return bare.startswith(fence) and not bare.strip(fence[0])


def _case(rule: str, title: str, lines: list[str]) -> Case:
    """The case of that heading. Raises PageError."""
    where = f"{rule}, “{title}”"
    case = Case(title, {}, {}, {}, "", (), _variants(where, lines))
    states = {"": case.files, "fixed": case.fixed, "fixed unsafe": case.fixed_unsafe}
    reports = []
    for fence in _fences(where, lines):
        if fence.path:
            if fence.path in states[fence.state]:
                raise PageError(f"{where}: “{fence.path}” stands there twice")
            states[fence.state][fence.path] = fence.text
        elif fence.language == "report":
            reports.append(fence.text)
        elif fence.language == "toml":
            case = case._replace(config=fence.text)
        else:
            raise PageError(f"{where}: a fence needs a path line above it, or “toml” or “report”")
    if len(reports) != 1:
        raise PageError(f"{where}: a case has one “report” fence, empty when nothing is found")
    if unknown := (case.fixed.keys() | case.fixed_unsafe.keys()) - case.files.keys():
        raise PageError(f"{where}: fixed, but not there before: {', '.join(sorted(unknown))}")
    return case._replace(expected=tuple(_expected(where, line) for line in reports[0].splitlines()))


def _variants(where: str, lines: list[str]) -> frozenset[str]:
    said = _VARIANTS.fullmatch(next((line for line in lines if line.strip()), ""))
    if said is None:
        return VARIANTS
    names = frozenset(said["names"].replace(",", " ").split())
    if unknown := names - VARIANTS:
        raise PageError(f"{where}: unknown variants: {', '.join(sorted(unknown))}")
    return names


def _fences(where: str, lines: list[str]) -> Iterator[_Fence]:
    """The fenced blocks. A path line counts for the fence below it; blank lines may stand between."""
    described: re.Match[str] | None = None
    rest = iter(lines)
    for line in rest:
        if opening := _FENCE.fullmatch(line):
            text = "".join(f"{inner}\n" for inner in _inside(where, rest, opening["fence"]))
            path, state = (described["path"], described["state"] or "") if described else ("", "")
            yield _Fence(opening["language"], path, state, text)
            described = None
        elif line.strip():
            described = _PATH.fullmatch(line.strip())


def _inside(where: str, rest: Iterator[str], fence: str) -> Iterator[str]:
    for line in rest:
        if _closes(line, fence):
            return
        yield line
    raise PageError(f"{where}: a fence is not closed")


def _expected(where: str, line: str) -> Expected:
    match = _EXPECTED.fullmatch(line)
    if match is None:
        raise PageError(f"{where}: “{line}” is not of the form path:line:column CODE message")
    return Expected(match["path"], int(match["line"]), int(match["column"]), match["code"], match["message"])
