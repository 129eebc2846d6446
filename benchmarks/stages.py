"""Where the time of one run goes, measured in this process without workers and without a cache."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.vaults import MadeVault
from vaultlint.assembly import open_linter
from vaultlint.config import load_config
from vaultlint.reading import read_text
from vaultlint.registry import load_rules
from vaultlint.report.json import render_json
from vaultlint.rule import NoteRule, Rule


def profile(vault: MadeVault) -> list[str]:
    """The lines of a table of stages, and of one of rules."""
    stages: dict[str, float] = {}
    rules: dict[str, float] = {}

    @contextmanager
    def stage(name: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        stages[name] = time.process_time() - begun

    with stage("load the rules"):
        classes = load_rules()
        config = load_config(vault.folder, explicit=None, isolated=True, rule_classes=classes)
    with _timed(classes.values(), rules):
        with stage("discovery"):
            linter = open_linter(vault.folder, config, classes, [vault.folder])
        with stage("read"):
            linter.read()
        with stage("index"):
            linter.vault()
        with stage("report"):
            report = linter.report()
        with stage("render"), open(os.devnull, "w", encoding="utf-8") as nowhere:
            nowhere.writelines(render_json(report))
    with stage("read the files"):
        for path in linter.files.notes:
            read_text(f"{vault.folder}/{path}")
    of_notes = sum(spent for code, spent in rules.items() if issubclass(classes[code], NoteRule))
    # Reading asks the note rules, and the report builds the index anew and asks the vault rules.
    stages["note rules"] = of_notes
    stages["parse and outline"] = stages.pop("read") - stages["read the files"] - of_notes
    stages["vault rules, sort"] = stages.pop("report") - stages["index"]
    return [*_table("stage", stages), "", *_table("rule", rules)]


@contextmanager
def _timed(classes: Any, spent: dict[str, float]) -> Iterator[None]:
    """Every rule's `check` adds its CPU time to `spent`, under its code."""
    originals: list[tuple[type[Rule], Callable[..., Any]]] = []
    for rule in classes:
        original = rule.check
        originals.append((rule, original))
        rule.check = _timing(rule.code, original, spent)
    try:
        yield
    finally:
        for rule, original in originals:
            setattr(rule, "check", original)  # noqa: B010 - the class is one of several kinds


def _timing(code: str, original: Callable[..., Any], spent: dict[str, float]) -> Callable[..., Any]:
    spent[code] = 0.0

    def check(*arguments: Any) -> list[Any]:
        begun = time.process_time()
        found = list(original(*arguments))
        spent[code] += time.process_time() - begun
        return found

    return check


def _table(title: str, spent: dict[str, float]) -> list[str]:
    whole = sum(spent.values()) or 1.0
    lines = [f"| {title} | CPU, ms | share |", "| --- | --- | --- |"]
    for name, seconds in sorted(spent.items(), key=lambda item: -item[1]):
        lines.append(f"| {name} | {1000 * seconds:,.0f} | {100 * seconds / whole:.0f} % |")
    return lines
