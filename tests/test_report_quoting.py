"""Texts as JSON strings: many at once are what each is on its own."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.diagnostic import Data, Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.report.quoting import Quoted, inside, narrow, quoted
from vaultlint.text import Span

ODD = (
    "\0",
    "\x1b[2J",
    "\t",
    "\x7f",
    "\xa0",
    "\u202e",
    "\u2028",
    "\udcff",
    "\ud83d\ude00",
    "##[group]",
    "a##b",
)
PLAIN = (
    "",
    "a",
    "two\nlines",
    'in "quotes"',
    "C:\\n",
    "“Küche”",
    "# Heading",
    "\U0001f600",
    "end#",
    "#begin",
)


def told(text: str) -> str:
    """What stands between the quotes of a text, found on its own."""
    return narrow(inside(text))


@given(st.lists(st.text('"\\#[\n\0a é“\xa0\ud800') | st.text() | st.sampled_from(PLAIN + ODD)))
@settings(max_examples=300)
def test_texts_are_told_as_each_on_its_own(texts: list[str]) -> None:
    known = Quoted()
    known.add(texts)
    assert [known[text] for text in texts] == [told(text) for text in texts]


def test_every_character_is_told_as_on_its_own() -> None:
    for code in (*range(0x3100), *range(0xD7F0, 0xE010), *range(0xFEF0, 0x10010), 0xE0001, 0x10FFFF):
        known, text = Quoted(), f"“a{chr(code)}b"
        known.add([text, "c"])
        assert known[text] == told(text)


def test_plain_texts_are_known_at_once() -> None:
    known = Quoted()
    known.add(PLAIN)
    assert dict(known) == {text: told(text) for text in PLAIN}


@pytest.mark.parametrize("odd", ODD)
def test_beside_an_odd_text_each_is_looked_at_on_its_own(odd: str) -> None:
    known = Quoted()
    known.add([*PLAIN, odd])
    assert not known
    assert [known[text] for text in (*PLAIN, odd)] == [told(text) for text in (*PLAIN, odd)]


def test_what_diagnostics_hold_is_known_from_the_start() -> None:
    edits = (Edit("a.md", Span(0, 1), "x", "edit 1"), Edit("a.md", Span(2, 3), "y", "edit 2"))
    fixes = (Fix("fix 1", edits, Safety.SAFE), Fix("fix 2", (), Safety.MANUAL))
    data: Data = {"key": "value", "number": 1, "flag": True, "list": ("each",)}
    one = Diagnostic(
        "VL201", "broken-link", Severity.ERROR, "message", "a.md", Span(0, 1), "x", fixes, (), data
    )
    assert set(Quoted.of([one])) == {"message", "fix 1", "fix 2", "edit 1", "edit 2", "value"}
    assert not Quoted.of([])


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_json_string_is_read_back_unchanged(text: str) -> None:
    assert json.loads(quoted(text)) == text
