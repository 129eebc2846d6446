"""Every example on every rule's page, in every guise; and what a page must be."""

import importlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from vaultlint.diagnostic import Safety
from vaultlint.note import Note, Outline
from vaultlint.own_rules import OWN_RULES
from vaultlint.page import Case, PageError, explain, fixable, page_of
from vaultlint.registry import rules_of
from vaultlint.rule import PROPERTY, NoteRule, Rule, VaultRule
from vaultlint.testing import UNSAFE, check_case, run_case, trials_of

PACK = importlib.import_module("vaultlint_rules")
RULES = sorted(rules_of(PACK), key=lambda rule: rule.code)


def _trials() -> Iterator[tuple[type[Rule], Case, str]]:
    for rule in (*RULES, *OWN_RULES):
        with suppress(PageError):  # test_the_page_can_be_explained names the mistake
            yield from ((rule, case, variant) for case, variant in trials_of(rule))


TRIALS = list(_trials())


@pytest.mark.parametrize(
    ("rule", "case", "variant"),
    TRIALS,
    ids=[f"{rule.name}: {case.title}: {variant}" for rule, case, variant in TRIALS],
)
def test_the_rule_does_as_its_page_says(rule: type[Rule], case: Case, variant: str, tmp_path: Path) -> None:
    run_case(case, rule, variant, tmp_path)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_shows_what_the_rule_finds_and_what_it_lets_pass(rule: type[Rule]) -> None:
    expected = [bool(case.expected) for case in page_of(rule).cases]
    assert True in expected
    assert False in expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_page_shows_every_kind_of_fix_that_the_rule_offers(rule: type[Rule], tmp_path: Path) -> None:
    page = page_of(rule)
    offered = set()
    for number, case in enumerate(page.cases):
        folder = tmp_path / str(number)
        folder.mkdir()
        linter = check_case(case, rule, folder)
        found = linter.with_late_fixes(linter.report().diagnostics, {}, UNSAFE)
        offered |= {fix.safety for diagnostic in found for fix in diagnostic.fixes}
    assert fixable(page) == offered - {Safety.MANUAL}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_what_a_rule_asks_is_an_attribute_or_a_doubt(rule: type[Rule]) -> None:
    asked = Note if issubclass(rule, NoteRule) else Outline
    for what in rule.asks:
        if not isinstance(what, str):
            assert issubclass(rule, VaultRule)
        elif not what.startswith(PROPERTY):
            assert hasattr(asked, what)


@pytest.mark.parametrize("rule", [*RULES, *OWN_RULES], ids=lambda rule: rule.name)
def test_the_page_can_be_explained(rule: type[Rule]) -> None:
    assert explain(page_of(rule)).startswith(f"# {rule.name} ({rule.code})\n\n")


def test_every_page_belongs_to_a_rule() -> None:
    folder = Path(next(iter(PACK.__path__)))
    pages = {file.stem for file in folder.glob("*.md")}
    assert pages == {rule.name.replace("-", "_") for rule in RULES}
