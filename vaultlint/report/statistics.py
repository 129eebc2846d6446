"""The findings of a run in figures: by rule, with what can be fixed, and by folder (`--statistics`)."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from vaultlint.diagnostic import Safety
from vaultlint.fingerprint import portable_path
from vaultlint.report import Counted, Format, Part, Report, Tally, remedy
from vaultlint.report.escape import visible
from vaultlint.report.json import SCHEMA_VERSION
from vaultlint.report.text import summary

_ROOT = "."


class _Figures(NamedTuple):
    """How often something was found, and how much of it can be fixed."""

    findings: Counter[str]
    safe: Counter[str]
    """With a fix that `--fix` applies."""
    unsafe: Counter[str]
    """With one that only `--unsafe-fixes` applies."""


def statistics_form(name: str) -> Format:
    """The figures as text or, for “json”, for programs."""
    return Format(_part, _as_json if name == "json" else _as_text)


def _part(report: Report) -> Part:
    """The figures of a part of a report."""
    names: dict[str, str] = {}
    rules, folders = (_Figures(Counter(), Counter(), Counter()) for _ in range(2))
    for one in report.diagnostics:
        names[one.code] = one.name
        offered = remedy(one)
        folder = one.path.partition("/")[0] + "/" if "/" in one.path else _ROOT
        for figures, key in ((rules, one.code), (folders, portable_path(folder))):
            figures.findings[key] += 1
            figures.safe[key] += offered is Safety.SAFE
            figures.unsafe[key] += offered is Safety.UNSAFE
    return Part(json.dumps([names, rules, folders]).encode(), Tally.of(report))


def _as_text(parts: Iterable[Part]) -> Iterator[str]:
    """The figures for people, most findings first."""
    passing = Counted(parts)
    names, rules, folders = _whole(passing)
    yield from _rows((f"{code} {names[code]}" for code in _ranked(rules)), _ranked(rules), rules)
    if rules.findings:
        yield "\n"
    if len(folders.findings) > 1:
        yield from _rows(_ranked(folders), _ranked(folders), folders)
        yield "\n"
    yield from summary(passing.tally)


def _as_json(parts: Iterable[Part]) -> Iterator[str]:
    """The figures for programs."""
    passing = Counted(parts)
    names, rules, folders = _whole(passing)
    tally = passing.tally
    told = {
        "schema_version": SCHEMA_VERSION,
        "complete": tally.complete,
        "notes": tally.notes,
        "rules": [{"code": code, "name": names[code], **_of(rules, code)} for code in _ranked(rules)],
        "folders": [{"path": path, **_of(folders, path)} for path in _ranked(folders)],
    }
    yield json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _whole(parts: Iterable[Part]) -> tuple[dict[str, str], _Figures, _Figures]:
    """The names of the rules, and the figures of all parts."""
    names: dict[str, str] = {}
    rules, folders = (_Figures(Counter(), Counter(), Counter()) for _ in range(2))
    for part in parts:
        told, *figures = json.loads(str(part.text, "utf-8"))
        names.update(told)
        for whole, counts in zip((rules, folders), figures, strict=True):
            for total, count in zip(whole, counts, strict=True):
                total.update(count)
    return names, rules, folders


def _ranked(figures: _Figures) -> list[str]:
    """What has most findings first; equals by name."""
    return sorted(figures.findings, key=lambda key: (-figures.findings[key], key))


def _of(figures: _Figures, key: str) -> dict[str, int]:
    return {
        "findings": figures.findings[key],
        "fixable": figures.safe[key],
        "unsafely_fixable": figures.unsafe[key],
    }


def _rows(labels: Iterable[str], keys: Sequence[str], figures: _Figures) -> Iterator[str]:
    """A line for each key: how many findings, what they are, and how many can be fixed."""
    shown = [visible(label) for label in labels]
    width = max(map(len, shown), default=0)
    digits = max((len(str(count)) for count in figures.findings.values()), default=0)
    for key, label in zip(keys, shown, strict=True):
        fixable = [f"{figures.safe[key]} fixable"] if figures.safe[key] else []
        fixable += [f"{figures.unsafe[key]} with --unsafe-fixes"] if figures.unsafe[key] else []
        yield f"{figures.findings[key]:>{digits}}  {label:{width}}  {', '.join(fixable)}".rstrip() + "\n"
