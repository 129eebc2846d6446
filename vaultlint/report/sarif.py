"""SARIF 2.1.0, with fixes and fingerprints, for code scanning.

Addresses are relative to the repository (`%SRCROOT%`) and percent-encoded; columns count code points from 1
(`columnKind` says so), and an end is the first place behind. The fingerprint `vaultlint/v1` is that of the
JSON report. Only fixes that a run may apply are told.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from json import dumps
from typing import Any
from urllib.parse import quote

from vaultlint import __version__
from vaultlint.diagnostic import Diagnostic, Fix, Safety, Severity
from vaultlint.fingerprint import fingerprints
from vaultlint.report import Format, Part, Report, Tally, Wanted, items
from vaultlint.report.quoting import harmless
from vaultlint.rule import Rule
from vaultlint.text import Span

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def form(wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(partial(sarif_part, prefix=wanted.prefix), partial(sarif_of, rules=wanted.rules))


def sarif_part(report: Report, *, prefix: str) -> Part:
    """The findings of a part of a report. `prefix` stands before the vault's paths in the repository."""
    marked = zip(report.diagnostics, fingerprints(report.diagnostics), strict=True)
    told = [_json(_result(one, mark, report, prefix)) for one, mark in marked]
    return Part(",\n".join(told).encode(), Tally.of(report))


def sarif_of(parts: Iterable[Part], *, rules: Callable[[], Mapping[str, type[Rule]]]) -> Iterator[str | Part]:
    """The whole report from its parts. `rules` gives those there are, by code."""
    parts = list(parts)
    tally = Tally.total(part.tally for part in parts)
    known = rules()
    driver = {
        "name": "vaultlint",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_descriptor(code, known.get(code)) for code in sorted(tally.rules)],
    }
    yield (
        f'{{"$schema": "{_SCHEMA}",\n"version": "2.1.0",\n"runs": [{{"tool": {{"driver": {_json(driver)}}},\n'
        f'"columnKind": "unicodeCodePoints",\n'
        f'"invocations": [{_json({"executionSuccessful": tally.complete})}],\n"results": ['
    )
    yield from items(parts)
    yield "\n]}]}\n"


def _json(value: object) -> str:
    return harmless(dumps(value, ensure_ascii=False))


def _descriptor(code: str, rule: type[Rule] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"id": code}
    if rule is not None:
        told["name"] = rule.name
        told["shortDescription"] = {"text": (rule.__doc__ or rule.name).strip().splitlines()[0]}
        told["defaultConfiguration"] = {"level": _LEVELS[rule.severity]}
    told["help"] = {"text": f"vaultlint explain {code}"}
    return told


def _result(one: Diagnostic, fingerprint: str, report: Report, prefix: str) -> dict[str, Any]:
    told: dict[str, Any] = {
        "ruleId": one.code,
        "level": _LEVELS[one.severity],
        "message": _message(one.message),
        "locations": [{"physicalLocation": _place(one.path, one.span, report, prefix)}],
        "partialFingerprints": {"vaultlint/v1": fingerprint},
    }
    if one.related:
        told["relatedLocations"] = [
            {
                "physicalLocation": _place(each.path, each.span, report, prefix),
                "message": _message(each.message),
            }
            for each in one.related
        ]
    if fixes := [_fix(fix, report, prefix) for fix in one.fixes if fix.safety is not Safety.MANUAL]:
        told["fixes"] = fixes
    return told


def _message(text: str) -> dict[str, str]:
    """A message. `[text](target)` would be a link: a word joiner keeps the note's words what they are."""
    return {"text": text.replace("](", "]\u2060(")}


def _place(path: str, span: Span, report: Report, prefix: str) -> dict[str, Any]:
    return {"artifactLocation": _artifact(path, prefix), "region": _region(path, span, report)}


def _artifact(path: str, prefix: str) -> dict[str, str]:
    return {"uri": quote(os.fsencode(prefix + path)), "uriBaseId": "%SRCROOT%"}


def _region(path: str, span: Span, report: Report) -> dict[str, int]:
    lines = report.lines(path)
    begin, end = lines.position(span.start), lines.position(span.end)
    return {
        "startLine": begin.line,
        "startColumn": begin.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _fix(fix: Fix, report: Report, prefix: str) -> dict[str, Any]:
    """A fix. Its edits stand together by note, as the format wants it."""
    by_path: dict[str, list[dict[str, Any]]] = {}
    for path, span, _, text in fix.edits:
        replacement = {"deletedRegion": _region(path, span, report), "insertedContent": {"text": text}}
        by_path.setdefault(path, []).append(replacement)
    changes = [
        {"artifactLocation": _artifact(path, prefix), "replacements": replacements}
        for path, replacements in by_path.items()
    ]
    return {"description": _message(f"{fix.title} ({fix.safety})"), "artifactChanges": changes}
