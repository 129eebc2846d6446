"""Every example on the pages of the rules, in every guise."""

from pathlib import Path

import pytest
from garden_rules.archived_target import ArchivedTarget
from garden_rules.unknown_status import UnknownStatus

from vaultlint.page import Case
from vaultlint.rule import Rule
from vaultlint.testing import run_case, trials_of

TRIALS = [
    (rule, case, variant) for rule in (ArchivedTarget, UnknownStatus) for case, variant in trials_of(rule)
]


@pytest.mark.parametrize(("rule", "case", "variant"), TRIALS)
def test_the_rule_does_as_its_page_says(rule: type[Rule], case: Case, variant: str, tmp_path: Path) -> None:
    run_case(case, rule, variant, tmp_path)
