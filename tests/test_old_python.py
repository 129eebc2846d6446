"""Patterns as they are compiled by Python before 3.11.5. All Pythons must agree on what they match."""

import re
from re import _compiler  # type: ignore[attr-defined]

import pytest

from vaultlint.old_python import parsed


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        (r"(?:ab?c)++", "acabcacx", "acabcac"),
        (r"(?:[^\S\n]*+\n)*+(?:From: \w+\n(?:[^\S\n]*+\n)*+)?+\s*+\Z", "[[Two]] and\n", None),
        (r"(?:[^\S\n]*+\n)*+(?:From: \w+\n(?:[^\S\n]*+\n)*+)?+\s*+\Z", "\n From: Hub\n", None),
        (r"(?:[^\S\n]*+\n)*+(?:From: \w+\n(?:[^\S\n]*+\n)*+)?+\s*+\Z", "\nFrom: Hub\n\n", "\nFrom: Hub\n\n"),
        (r"(?:a|ab){2,3}+c", "aabc", None),
        (r"(?P<quote>>(?:[ ]{0,4}+x)?+)+y", ">  x> xy", ">  x> xy"),
        (r"(?:a++b?+)*+a", "aaba", None),
    ],
)
def test_a_possessive_repeat_matches_what_it_should(pattern: str, text: str, matched: str | None) -> None:
    for compiled in (re.compile(pattern), _compiler.compile(parsed(pattern))):
        found = compiled.match(text)
        assert (found and found.group()) == matched
