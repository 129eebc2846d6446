"""The report as one page for a browser: nothing is loaded, nothing runs but what its hashes allow.

It has the figures, the findings with the line and the change that would mend each, the notes that are most
wanted, and a picture of the vault's links. Of a large report not every finding is listed.
"""

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any

from vaultlint import __version__
from vaultlint.diagnostic import Diagnostic, Fix, Safety
from vaultlint.fingerprint import portable_path
from vaultlint.report import Format, Part, Report, Tally, Wanted
from vaultlint.report.escape import visible
from vaultlint.report.picture import places
from vaultlint.report.quoting import harmless
from vaultlint.rule import Rule
from vaultlint.text import Lines, Span
from vaultlint.vault import Vault

_LISTED = 300
"""Findings of a rule that are listed."""
_LISTED_IN_NOTE = 20
"""Of these in one note."""
_MISSING = 50
"""Missing notes that are listed."""
_AROUND = 160
"""Characters that are shown before and behind what a finding is about, and of it."""
_CHANGED = 400
"""Characters of a line that are shown of a change."""
_LINES = 8
"""The longest change that is shown, in lines."""


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(html_part, partial(html_of, vault=wanted.vault, rules=wanted.rules))


# --- the parts --------------------------------------------------------------------------------


def html_part(report: Report) -> Part:
    """The findings of a part of a report: lines of JSON, each behind the code of its rule and a tab.

    Lines without a code tell of each note with findings its path, the worst severity, and how many there are.
    """
    told: list[str] = []
    listed: Counter[tuple[str, str]] = Counter()
    notes: dict[str, tuple[str, int]] = {}
    for one in report.diagnostics:
        worst, count = notes.get(one.path, ("info", 0))
        notes[one.path] = (min(worst, str(one.severity), key=("error", "warning", "info").index), count + 1)
        listed[one.code, one.path] += 1
        if listed[one.code, one.path] <= _LISTED_IN_NOTE:
            told.append(f"{visible(one.code)}\t{_json(_finding(one, report))}")
    told += [f"\t{_json([portable_path(path), *what])}" for path, what in notes.items()]
    return Part("".join(f"{line}\n" for line in told).encode(), Tally.of(report))


def _json(value: object) -> str:
    """JSON on one line that ends no element of HTML."""
    return harmless(json.dumps(value, ensure_ascii=False, separators=(",", ":"))).replace("<", "\\u003c")


def _finding(one: Diagnostic, report: Report) -> dict[str, Any]:
    lines = report.lines(one.path)
    line, column = lines.position(one.span.start)
    told: dict[str, Any] = {
        "path": portable_path(one.path),
        "line": line,
        "column": column,
        "code": visible(one.code),
        "severity": str(one.severity),
        "message": visible(one.message),
    }
    text = report.text(one.path)
    if text and one.span.end:
        told["source"] = _source(text, lines, one.span)
    if one.fixes:
        told["fixes"] = [_fix(fix, report) for fix in one.fixes]
    if one.related:
        told["related"] = [_related(each.path, each.span, each.message, report) for each in one.related]
    return told


def _related(path: str, span: Span, message: str, report: Report) -> str:
    line, column = report.lines(path).position(span.start)
    return f"{visible(path)}:{line}:{column} {visible(message)}"


def _source(text: str, lines: Lines, span: Span) -> list[str]:
    """What stands on the line before the finding, what it is about, and what stands behind."""
    first, last = lines.position(span.start).line, lines.position(span.end).line
    start = lines.start_of(first)
    end = lines.start_of(last + 1) if last < len(lines) else len(text)
    before, about, behind = text[start : span.start], text[span.start : span.end], text[span.end : end]
    behind = behind.rstrip("\r\n")
    return [
        f"…{before[-_AROUND:]}" if len(before) > _AROUND else before,
        f"{about[:_AROUND]}…" if len(about) > _AROUND else about,
        f"{behind[:_AROUND]}…" if len(behind) > _AROUND else behind,
    ]


def _fix(fix: Fix, report: Report) -> dict[str, Any]:
    """A fix: its title, its safety, and the lines before and after it, where they are few."""
    told: dict[str, Any] = {"title": visible(fix.title), "safety": str(fix.safety)}
    change = _change(fix, report)
    return {**told, "old": change[0], "new": change[1]} if change is not None else told


def _change(fix: Fix, report: Report) -> tuple[list[str], list[str]] | None:
    """The lines that a fix changes, before and after; None where it is in several notes, or long."""
    if fix.safety is Safety.MANUAL or len({edit.path for edit in fix.edits}) != 1:
        return None
    edits = sorted(fix.edits, key=lambda edit: edit.span)
    path = edits[0].path
    text, lines = report.text(path), report.lines(path)
    first, last = lines.position(edits[0].span.start).line, lines.position(edits[-1].span.end).line
    if not text or last - first >= _LINES:
        return None
    start = lines.start_of(first)
    end = lines.start_of(last + 1) if last < len(lines) else len(text)
    new, at = "", start
    for edit in edits:
        new += text[at : edit.span.start] + edit.text
        at = edit.span.end
    return _shortened(text[start:end]), _shortened(new + text[at:end])


def _shortened(text: str) -> list[str]:
    lines = text.splitlines()[:_LINES]
    return [f"{line[:_CHANGED]}…" if len(line) > _CHANGED else line for line in lines]


# --- the page ---------------------------------------------------------------------------------


def html_of(
    parts: Iterable[Part], *, vault: Callable[[], Vault] | None, rules: Callable[[], Mapping[str, type[Rule]]]
) -> Iterator[str]:
    """The whole page. `vault`: gives what the picture and the list of missing notes are made of."""
    parts = list(parts)
    tally = Tally.total(part.tally for part in parts)
    style, script = _file("report.css"), _file("report.js")
    libraries = [_file("graphology.umd.min.js"), _file("sigma.min.js")]
    yield _HEAD.format(
        scripts=" ".join(f"'sha256-{_hash(code)}'" for code in (*libraries, script)),
        style_hash=_hash(style),
        style=style,
        version=escape(__version__),
    )
    yield '<script type="application/json" id="report">{"findings":['
    notes: list[str] = []
    listed: Counter[str] = Counter()
    for part in parts:
        for line in str(part.text, "utf-8").split("\n")[:-1]:
            code, _, told = line.partition("\t")
            if not code:
                notes.append(told)
            elif listed[code] < _LISTED:
                yield f"{',' if listed.total() else ''}\n{told}"
                listed[code] += 1
    yield f'],\n"notes":[{",".join(notes)}],\n'
    known = rules()
    yield f'"rules":{_json([_rule(code, tally, listed, known.get(code)) for code in sorted(tally.rules)])},\n'
    yield f'"summary":{_json(_summary(tally))}'
    if vault is not None:
        read = vault()
        yield f',\n"missing":{_json(_most_wanted(read))}'
        yield f',\n"graph":{_json(_graph(read))}'
    yield "}</script>\n"
    for code in (*libraries, script):
        yield f"<script>{code}</script>\n"
    yield "</body>\n</html>\n"


def _file(name: str) -> str:
    return (files("vaultlint.report") / "web" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return b64encode(sha256(text.encode()).digest()).decode()


def _rule(code: str, tally: Tally, listed: Counter[str], rule: type[Rule] | None) -> dict[str, Any]:
    return {
        "code": code,
        "name": rule.name if rule is not None else "",
        "sentence": (rule.__doc__ or "").strip().split("\n")[0] if rule is not None else "",
        "count": tally.rules[code],
        "listed": listed[visible(code)],
    }


def _summary(tally: Tally) -> dict[str, Any]:
    return {
        "complete": tally.complete,
        "notes": tally.notes,
        "diagnostics": tally.diagnostics,
        "noted": tally.noted,
        "severities": {str(severity): count for severity, count in tally.severities.items()},
        "old": None if tally.baseline is None else tally.baseline.left,
        "safe": tally.remedies[Safety.SAFE],
        "unsafe": tally.remedies[Safety.UNSAFE],
    }


def _most_wanted(vault: Vault) -> list[tuple[str, int]]:
    """The missing notes that most notes link to, as links are compared: in lower case."""
    wanted = sorted(vault.wanting.items(), key=lambda item: (-item[1], item[0]))
    return [(visible(name), count) for name, count in wanted[:_MISSING]]


def _graph(vault: Vault) -> dict[str, Any]:
    """The notes with their places, and the links between them, each pair of notes once."""
    outlines = vault.outlines
    numbers = {path: number for number, path in enumerate(outlines)}
    links: set[tuple[int, int]] = set()
    orphans = set(range(len(numbers)))
    for path, outline in outlines.items():
        here = numbers[path]
        for target in vault.targets(outline):
            there = numbers.get(target)
            if there is not None:
                links.add((min(here, there), max(here, there)))
                orphans.discard(there)
    ordered = sorted(links)
    found = places(len(numbers), ordered)
    return {
        "paths": [portable_path(path) for path in numbers],
        "x": [place.x for place in found],
        "y": [place.y for place in found],
        "kinds": [("main", "island", "alone").index(place.kind) for place in found],
        "orphans": sorted(orphans),
        "links": [number for link in ordered for number in link],
    }


_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src {scripts}; \
style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>vaultlint report</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>vaultlint <small>{version}</small></h1>
<div id="figures"></div>
</header>
<main>
<section id="findings-section">
<h2>Findings</h2>
<div id="filters">
<input id="search" type="search" placeholder="Search notes and messages" \
aria-label="Search notes and messages">
<select id="rule" aria-label="Rule"><option value="">all rules</option></select>
<select id="group" aria-label="Group"><option value="note">by note</option>\
<option value="rule">by rule</option></select>
<label><input type="checkbox" id="error" checked> errors</label>
<label><input type="checkbox" id="warning" checked> warnings</label>
<label><input type="checkbox" id="info" checked> info</label>
<label><input type="checkbox" id="fixable"> fixable only</label>
</div>
<p id="shown" role="status"></p>
<div id="findings"></div>
<button id="more" type="button" hidden>Show more</button>
</section>
<aside>
<section id="graph-section" hidden>
<h2>Links</h2>
<div id="legend"></div>
<div id="graph"></div>
<p id="note" role="status">Drag to move, scroll to zoom, click a note to see its findings.</p>
</section>
<section id="missing-section" hidden>
<h2>Most wanted missing notes</h2>
<ol id="missing"></ol>
</section>
</aside>
</main>
<noscript>This report needs JavaScript; everything that it runs is in this file.</noscript>
"""
