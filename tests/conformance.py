"""Loads the conformance cases, asks the engine what they ask, and writes docs/conformance.md.

`python -m tests.conformance` writes the page anew.
"""

import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from vaultlint import lint, open_vault
from vaultlint.engine import Report
from vaultlint.note import Note, Outline
from vaultlint.resolve import Subpath, find_heading
from vaultlint.text import Span
from vaultlint.vault import ResolvedLink, Vault

PROJECT = Path(__file__).parent.parent
FOLDER = PROJECT / "fixtures" / "conformance"
PAGE = PROJECT / "docs" / "conformance.md"

REPORTS = {
    "an ambiguous link": "VL206",
    "an unescaped pipe in a table": "VL213",
    "an unquoted link in a property": "VL109",
    "an invalid tag": "VL107",
}
"""What the cases say that a linter should report, and our rule for it."""

SECTIONS = {
    "paths": "Which file a path means",
    "grammar": "What is a link",
    "markdown-links": "Markdown links",
    "headings-and-blocks": "Headings and block ids",
    "properties-tags-graph": "Properties, tags and the graph",
}

_SUBPATHS = {
    Subpath.FOUND: "ok",
    Subpath.NO_HEADING: "miss",
    Subpath.NO_BLOCK: "miss",
    Subpath.BAD_BLOCK_ID: "invalid-id",
    Subpath.NOT_CHECKED: "not-checked",
}


class Case(NamedTuple):
    """One case; `expected` holds the outcomes it names, by the names of the data file."""

    id: str
    section: str
    shows: str
    vault: str
    source: str
    text: str
    expected: Mapping[str, object]
    evidence: str
    confidence: str
    files: Sequence[str] = ()
    has: str = ""
    link: str = ""
    reading: str = ""


def load(path: Path = FOLDER / "cases.toml") -> Mapping[str, Any]:
    """The data file as it is. Raises `tomllib.TOMLDecodeError` where it is no TOML."""
    data: Mapping[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return data


def cases(data: Mapping[str, Any]) -> Iterator[Case]:
    """Every case of the data file, in its order."""
    for table in data["case"]:
        known = {key: value for key, value in table.items() if key in Case._fields}
        expected = {key: value for key, value in table.items() if key not in Case._fields}
        yield Case(expected=expected, **known)


def write_vault(name: str, data: Mapping[str, Any], folder: Path) -> Path:
    """Copy a vault of the fixture to a new folder below `folder`, with the files that the data lists."""
    root = folder / name
    shutil.copytree(FOLDER / name, root)
    (root / ".obsidian").mkdir(exist_ok=True)  # marks the root, wherever the temporary folder lies
    for vault in data["vault"]:
        if vault["name"] == name:
            for path, text in vault["files"].items():
                (root / path).write_bytes(text.encode("utf-8"))
    return root


class Opened(NamedTuple):
    """A vault that was read, and what the rules say of it."""

    vault: Vault
    report: Report


def opened(root: Path) -> Opened:
    """Read the vault at `root`, and ask the rules that are on by default."""
    return Opened(open_vault(root), lint(root, isolated=True))


# --- looking: one function for each outcome that a case can name ----------------------------------


class _Look(NamedTuple):
    """A case with the vault and the note that it is about."""

    case: Case
    opened: Opened
    outline: Outline
    note: Note
    span: Span

    def link(self) -> ResolvedLink:
        """The one live link in the text of the case."""
        (link,) = self.links()
        assert link.link.raw == (self.case.link or self.case.text)
        return link

    def links(self) -> Sequence[ResolvedLink]:
        """The live links that begin in the text of the case."""
        all_links = self.opened.vault.links(self.outline)
        return [link for link in all_links if self.span.start <= link.link.span.start < self.span.end]


def observe(case: Case, vault: Opened) -> dict[str, object]:
    """What the engine makes of the case: the outcomes that it names, as far as they are found."""
    outline = vault.vault.outline(case.source)
    assert outline is not None, f"there is no note {case.source}"
    note = vault.vault.note(case.source)
    text = case.text.removeprefix("\ufeff")
    assert note.text.count(text) == 1
    start = note.text.index(text)
    look = _Look(case, vault, outline, note, Span(start, start + len(text)))
    return {name: _LOOKS[name](look) for name in case.expected}


def _outcome(look: _Look) -> str:
    if not look.links():
        return "no-link"
    target = look.link().target
    return "unresolved" if target is None else normalize("NFC", target)


def _line(look: _Look) -> int:
    """The line of the last heading of the shortest run of first headings that holds the subpath."""
    link = look.link()
    target = look.opened.vault.note(link.target or "")
    assert link.link.subpath is not None
    for count in range(1, len(target.headings) + 1):
        if find_heading(link.link.subpath, target.headings[:count]) is Subpath.FOUND:
            return target.lines.position(target.headings[count - 1].span.start).line
    return 0


def _heading(look: _Look) -> str:
    (heading,) = (one for one in look.note.headings if look.span.start <= one.span.start < look.span.end)
    return heading.text


def _front_matter(look: _Look) -> str:
    block = look.note.front_matter
    if block is None:
        return "none"
    return "valid" if block.valid else "invalid"


def _tags(look: _Look) -> list[str]:
    listed = look.note.property("tags")
    named = [scalar.text.removeprefix("#") for scalar in listed.scalars()] if listed else []
    return named + [tag.name for tag in look.note.tags]


def _neighbours(look: _Look) -> tuple[set[str], set[str]]:
    """The notes that others link to, and the notes that link to others."""
    vault = look.opened.vault
    entered = {path for path in vault.outlines if vault.backlinks(path)}
    left = {source for path in vault.files for source in vault.backlinks(path)}
    return entered, left


def _orphans(look: _Look) -> list[str]:
    return sorted(set(look.opened.vault.outlines) - _neighbours(look)[0])


def _dead_ends(look: _Look) -> list[str]:
    return sorted(set(look.opened.vault.outlines) - _neighbours(look)[1])


def _isolated(look: _Look) -> list[str]:
    return sorted(set(_orphans(look)) & set(_dead_ends(look)))


def _report(look: _Look) -> object:
    wanted = look.case.expected["report"]
    found = {
        one.code
        for one in look.opened.report.diagnostics
        if one.path == look.case.source and one.span.start < look.span.end and look.span.start < one.span.end
    }
    return wanted if REPORTS[str(wanted)] in found else None


_LOOKS: Mapping[str, Callable[[_Look], object]] = {
    "outcome": _outcome,
    "target": lambda look: look.link().link.path,
    "display": lambda look: (look.link().link.display or "").strip(),
    "ambiguous": lambda look: look.link().resolution.ambiguous,
    "subpath": lambda look: _SUBPATHS[look.opened.vault.subpath(look.link())],
    "line": _line,
    "heading": _heading,
    "front_matter": _front_matter,
    "tags": _tags,
    "aliases": lambda look: list(look.outline.aliases),
    "incoming": lambda look: sorted(set(look.opened.vault.backlinks(look.case.source))),
    "orphans": _orphans,
    "isolated": _isolated,
    "dead_ends": _dead_ends,
    "report": _report,
}

# --- the page -------------------------------------------------------------------------------------

_INTRODUCTION = """\
# Conformance: how Obsidian reads a vault

<!-- Made from fixtures/conformance/cases.toml by `python -m tests.conformance`. Do not edit. -->

Obsidian is closed source, and its help does not say everything about links. These {count} cases
say what is known: each is a text in a real note, the outcome, the evidence, and how sure that is.
vaultlint passes every one; `tests/test_conformance.py` has one test a case, `test_case[c1]` to
`test_case[c{count}]`.

The cases are of use to any tool that reads a vault. Copy a folder of `fixtures/conformance/`, add
the files that `cases.toml` lists for it (names and bytes that git or an editor might change), let
the tool read it, and compare with the data file; its head explains the fields.

A link is *unresolved* when it is a link and no file fits, and *no link* when Obsidian sees text.
A subpath is what follows `#`. Where a line end stands in a text, it is shown as `⏎`.
"""


def conformance_page() -> str:
    """The text of docs/conformance.md."""
    data = load()
    every = list(cases(data))
    parts = [_INTRODUCTION.format(count=len(every))]
    for key, title in SECTIONS.items():
        rows = [_row(case) for case in every if case.section == key]
        head = "| case | it shows | vault, note | text | outcome | evidence | sure |\n" + "| --- " * 7 + "|\n"
        parts.append(f"## {title}\n\n{head}" + "".join(rows))
    parts.append(_readings(every))
    parts.append(_legend("Evidence", data["evidence"]))
    parts.append(_legend("How sure", data["confidence"]))
    return "\n".join(parts)


def _row(case: Case) -> str:
    number = f"[{case.id}](#{case.id})" if case.reading else case.id
    where = f"{_code(case.vault)}, {_code(case.source)}"
    shows = case.shows + (f" (it holds {_code(case.has)})" if case.has else "")
    cells = (number, shows, where, _code(case.text), _said(case.expected), case.evidence, case.confidence)
    return "| " + " | ".join(cells) + " |\n"


def _said(expected: Mapping[str, object]) -> str:
    return "<br>".join(_SAYINGS[name](value) for name, value in expected.items())


def _code(value: object) -> str:
    """The value as code in a table cell."""
    text = str(value).replace("\n", "⏎").replace("|", "\\|")
    fence = "``" if "`" in text else "`"
    return f"{fence} {text} {fence}" if "`" in text or text.endswith(" ") else f"{fence}{text}{fence}"


def _codes(value: object) -> str:
    assert isinstance(value, list)
    return ", ".join(_code(one) for one in value) or "none"


_OUTCOME_SAYINGS = {"unresolved": "*unresolved*", "no-link": "*no link*"}
_SUBPATH_SAYINGS = {
    "ok": "subpath found",
    "miss": "subpath missing",
    "invalid-id": "not a valid block id",
    "not-checked": "subpath not checked",
}

_SAYINGS: Mapping[str, Callable[[Any], str]] = {
    "outcome": lambda value: (
        {"unresolved": "*unresolved*", "no-link": "*no link*"}.get(value) or _code(value)
    ),
    "target": lambda value: f"asks for {_code(value)}",
    "display": lambda value: f"shows {_code(value)}" if value else "shows nothing",
    "ambiguous": lambda value: "ambiguous",
    "subpath": lambda value: _SUBPATH_SAYINGS[value],
    "line": lambda value: f"the heading on line {value}",
    "heading": lambda value: f"heading {_code(value)}",
    "front_matter": lambda value: "no front matter" if value == "none" else f"{value} front matter",
    "tags": lambda value: f"tags: {_codes(value)}",
    "aliases": lambda value: f"aliases: {_codes(value)}",
    "incoming": lambda value: f"incoming links from: {_codes(value)}",
    "orphans": lambda value: f"without incoming links: {_codes(value)}",
    "isolated": lambda value: f"without any links: {_codes(value)}",
    "dead_ends": lambda value: f"without outgoing links: {_codes(value)}",
    "report": lambda value: f"to report: {value}",
}


def _readings(every: Sequence[Case]) -> str:
    lines = ["## Readings", "", "Where the evidence leaves a choice: what was chosen, and why.", ""]
    lines += [
        f'- <a id="{case.id}"></a>**{case.id}**, {case.shows}: {case.reading}'
        for case in every
        if case.reading
    ]
    return "\n".join(lines) + "\n"


def _legend(title: str, entries: Mapping[str, str]) -> str:
    return f"## {title}\n\n" + "".join(f"- **{key}**: {value}\n" for key, value in entries.items())


if __name__ == "__main__":
    PAGE.write_text(conformance_page(), "utf-8", newline="\n")
