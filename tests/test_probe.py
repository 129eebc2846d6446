"""The probe: ten planted faults, fourteen traps. All ten are found, and nothing else."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from vaultlint import lint

FOLDER = Path(__file__).parent.parent / "fixtures" / "probe"
VAULT = FOLDER / "vault"
EXPECTED: Mapping[str, list[dict[str, Any]]] = tomllib.loads((FOLDER / "expected.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def found() -> list[tuple[str, int, str, str]]:
    """Path, line, code and the construct of everything that the rules that are on by default find."""
    report = lint(VAULT, isolated=True)
    return sorted(
        (
            one.path,
            report.lines(one.path).position(one.span.start).line,
            one.code,
            one.span.of(report.text(one.path)),
        )
        for one in report.diagnostics
    )


def test_exactly_the_ten_faults_are_found(found: list[tuple[str, int, str, str]]) -> None:
    assert len(EXPECTED["fault"]) == 10
    assert [one[:3] for one in found] == sorted(
        (one["path"], one["line"], one["code"]) for one in EXPECTED["fault"]
    )


@pytest.mark.parametrize("fault", EXPECTED["fault"], ids=lambda fault: fault["what"])
def test_a_fault_is_found_where_it_stands(
    fault: Mapping[str, Any], found: list[tuple[str, int, str, str]]
) -> None:
    assert (fault["path"], fault["line"], fault["code"], fault["text"]) in found


def test_there_are_fourteen_traps() -> None:
    assert len(EXPECTED["trap"]) == 14


@pytest.mark.parametrize("trap", EXPECTED["trap"], ids=lambda trap: trap["what"])
def test_a_trap_stands_in_the_vault_and_is_not_reported(
    trap: Mapping[str, Any], found: list[tuple[str, int, str, str]]
) -> None:
    line = (VAULT / trap["path"]).read_text("utf-8").split("\n")[trap["line"] - 1]
    assert trap["text"] in line
    assert [one for one in found if one[:2] == (trap["path"], trap["line"])] == []
