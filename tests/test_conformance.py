"""Every conformance case, one test each, and that the fixture is what its data file says."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from unicodedata import normalize

import pytest

from tests.conformance import (
    FOLDER,
    PAGE,
    SECTIONS,
    Case,
    Opened,
    cases,
    conformance_page,
    load,
    observe,
    opened,
    write_vault,
)

DATA = load()
CASES = list(cases(DATA))
WRITTEN = {vault["name"]: vault["files"] for vault in DATA["vault"]}


@pytest.fixture(scope="session")
def open_vault(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    """Give the vault of that name, read once."""
    folder = tmp_path_factory.mktemp("conformance")
    return cache(lambda name: opened(write_vault(name, DATA, folder)))


@pytest.mark.parametrize("case", [pytest.param(case, id=case.id) for case in CASES])
def test_case(case: Case, open_vault: Callable[[str], Opened]) -> None:
    assert observe(case, open_vault(case.vault)) == case.expected


def test_the_cases_are_numbered_without_a_gap() -> None:
    assert [case.id for case in CASES] == [f"c{number}" for number in range(1, 124)]


def test_every_case_names_something_to_observe_and_how_sure_that_is() -> None:
    for case in CASES:
        assert case.expected
        assert case.section in SECTIONS
        assert case.confidence in DATA["confidence"]
        assert {part.split()[0].rstrip(":") for part in case.evidence.split("; ")} <= set(DATA["evidence"])


def test_a_guess_says_which_reading_was_chosen() -> None:
    assert [case.id for case in CASES if case.confidence in "GI" and not case.reading] == []


@pytest.mark.parametrize("name", sorted({case.vault for case in CASES}))
def test_the_vault_holds_what_its_cases_speak_of(name: str, tmp_path: Path) -> None:
    root = write_vault(name, DATA, tmp_path)
    held = {
        normalize("NFC", path.relative_to(root).as_posix()): path
        for path in root.rglob("*")
        if path.is_file()
    }
    for case in (one for one in CASES if one.vault == name):
        texts = [held[path].read_bytes().decode("utf-8", "replace") for path in (case.source, *case.files)]
        assert texts[0].count(case.text) == 1
        assert any(case.has in text for text in texts)


def test_no_two_names_of_a_vault_differ_only_by_case() -> None:
    names = [path.relative_to(FOLDER).as_posix().lower() for path in FOLDER.rglob("*")]
    assert len(names) == len(set(names))


def test_what_an_editor_may_change_is_written_by_the_test() -> None:
    assert "Cafe\u0301.md" in WRITTEN["accents"]
    assert WRITTEN["properties"]["Bom.md"].startswith("\ufeff---\n")
    assert "\n---  \n" in WRITTEN["properties"]["Blanks.md"]


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text("utf-8") == conformance_page()
