"""No pattern of ours takes more than its share of time on a text made to slow it down."""

import copy
import importlib
import math
import pickle
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from itertools import permutations
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import vaultlint
import vaultlint_rules
from vaultlint.lazy import RarePattern, rare

PACKAGES = (vaultlint, vaultlint_rules)

TRUSTED = {
    "vaultlint.page": "reads the pages that ship with the rules",
    "vaultlint.registry": "reads the metadata of installed packages",
}

STEEPEST = 1.3
"""The exponent of growth that is refused: 1 is in proportion to the text, 2 its square."""


class Found(NamedTuple):
    """A pattern, where it stands, and the methods that the project calls on it."""

    place: str
    pattern: re.Pattern[str]
    methods: frozenset[str]


# --- the patterns -----------------------------------------------------------------------------

_CALL = re.compile(r"(\w+)(?:\[[^\]]*\])?\.(search|finditer|findall|subn?|split|match|fullmatch)\b")
_SEARCHING = frozenset({"search", "finditer", "findall", "sub", "subn", "split"})
_ALL = frozenset({"match", "fullmatch", "finditer"})


def _modules() -> Iterator[ModuleType]:
    for package in PACKAGES:
        yield package
        for info in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


def _inside(place: str, value: Any, seen: set[int]) -> Iterator[tuple[str, re.Pattern[str]]]:
    """The patterns in a value: itself, in containers, in classes and objects of ours."""
    if isinstance(value, RarePattern):
        value = value.compiled
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield place, value
        return
    if id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(f"{place}[{key!r}]", item, seen)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for number, item in enumerate(value):
            yield from _inside(f"{place}[{number}]", item, seen)
    elif (value if isinstance(value, type) else type(value)).__module__.startswith("vaultlint"):
        for name, item in dict(getattr(value, "__dict__", {})).items():
            yield from _inside(f"{place}.{name}", item, seen)


def _called(source: str) -> dict[str, set[str]]:
    """The methods of patterns that a source calls, by the name that they are called on."""
    called: dict[str, set[str]] = {}
    for name, method in _CALL.findall(source):
        called.setdefault(name, set()).add("finditer" if method in _SEARCHING else method)
    return called


def _source(module: ModuleType) -> str:
    assert module.__file__ is not None
    return Path(module.__file__).read_text("utf-8")


def _patterns() -> Iterator[Found]:
    modules = [module for module in _modules() if module.__name__ not in TRUSTED]
    anywhere = _called("".join(map(_source, modules)))
    seen: set[int] = set()
    told: set[tuple[str, int]] = set()
    for module in modules:
        here = _called(_source(module))
        for name, value in vars(module).items():
            for place, pattern in _inside(f"{module.__name__}.{name}", value, seen):
                last = re.sub(r"\[.*", "", place).rsplit(".", 1)[-1]
                called = here if last.startswith("_") else anywhere
                if (last, id(pattern)) not in told:  # else a pattern that was imported
                    told.add((last, id(pattern)))
                    yield Found(place, pattern, frozenset(called.get(last, _ALL)))
        yield from _unnamed(module)


_INLINE = re.compile(
    r"""\bre\.(search|finditer|findall|subn?|split|match|fullmatch)\(\s*(r?)(["'])(.+?)\3\s*,"""
)


def _unnamed(module: ModuleType) -> Iterator[Found]:
    """The patterns that the module writes where it uses them."""
    for method, raw, quote, source in _INLINE.findall(_source(module)):
        text = source if raw else source.encode().decode("unicode_escape")
        if quote not in source:
            used = "finditer" if method in _SEARCHING else method
            yield Found(f"{module.__name__}: {text}", re.compile(text), frozenset({used}))


# --- the texts --------------------------------------------------------------------------------

_TOKEN = re.compile(
    r"\\(x[0-9a-f]{2}|u[0-9a-f]{4}|.)|\(\?(?:P<\w+>|[a-z]+\)|<?[=!:])|\{\d*,?\d*\}|(.)", re.DOTALL
)
_CLASSES = {
    "s": " ",
    "S": "a",
    "d": "1",
    "D": "a",
    "w": "a",
    "W": "-",
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "\0",
}
_NO_CHARACTER = "bBAZvf"


def _characters(source: str) -> tuple[list[str], list[str]]:
    """What occurs in a pattern, one character each, and the runs of two and more that it spells out."""
    single = {"a": None, "1": None, " ": None, "\n": None}
    runs: dict[str, None] = {}
    run = ""
    for escaped, plain in _TOKEN.findall(source):
        character = plain if plain and plain not in "()[]{}?*+|^$." else _escaped(escaped)
        if plain.isalnum():
            single.setdefault("a" if plain.isalpha() else "1")
        elif plain or character:
            single.setdefault(character or plain)
        if character:
            run += character
        elif len(run) > 1:
            runs[run] = None
            run = ""
        else:
            run = ""
    if len(run) > 1:
        runs[run] = None
    return list(single), list(runs)[:12]


def _escaped(escape: str) -> str:
    """The character that an escape stands for, or one of its class; empty where it is none."""
    if not escape or escape in _NO_CHARACTER:
        return ""
    if len(escape) > 1:
        return chr(int(escape[1:], 16))
    return _CLASSES.get(escape, escape)


def _pumps(pattern: re.Pattern[str]) -> Iterator[Callable[[int], str]]:
    """Functions from a length to a text of it that may slow the pattern down."""
    single, runs = _characters(pattern.pattern)
    begins = ["", *runs, *(run + "a" for run in runs)]
    for repeated in (*single, *runs, *("\n" + run for run in runs)):
        for begin in begins:
            for end in ("", "\1", "a"):
                yield _pump(begin, repeated, end)
    for two in permutations((*single, *runs), 2):
        yield _pump("", "".join(two), "\1")


def _pump(begin: str, repeated: str, end: str) -> Callable[[int], str]:
    def text(length: int) -> str:
        return begin + repeated * ((length - len(begin) - len(end)) // len(repeated)) + end

    return text


# --- the time ---------------------------------------------------------------------------------


def _run(pattern: re.Pattern[str], method: str, text: str) -> None:
    if method == "finditer":
        for _ in pattern.finditer(text):
            pass
    else:
        getattr(pattern, method)(text)


def _seconds(pattern: re.Pattern[str], method: str, text: str, repeats: int) -> float:
    """The least CPU time of several tries, in seconds."""
    tries = []
    for _ in range(repeats):
        begun = time.process_time()
        _run(pattern, method, text)
        tries.append(time.process_time() - begun)
        if tries[-1] > _LONG:
            break
    return min(tries)


_LENGTHS = (30, 250, 900, 3_000)
"""Characters. The short ones keep patterns that are worse than the square from holding up the test."""
_NOTICEABLE = 0.001
"""Seconds. A text of those lengths should take a tenth of it; one that takes more is looked at closely."""
_JUDGED = 0.02
"""Seconds. Shorter times say more of the machine than of the pattern."""
_LONG = 0.1
"""Seconds. What takes longer is not tried again."""
_LONGEST = 512_000


def _steep_text(pattern: re.Pattern[str], method: str) -> str | None:
    """A text on which time grows too steeply; None where none of the pumps makes one."""
    for pump in _pumps(pattern):
        for length in _LENGTHS:
            text = pump(length)
            begun = time.process_time()
            _run(pattern, method, text)
            if time.process_time() - begun > _NOTICEABLE:
                if _is_steep(pattern, method, pump, length):
                    return text
                break
    return None


def _is_steep(pattern: re.Pattern[str], method: str, pump: Callable[[int], str], length: int) -> bool:
    """Whether time grows too steeply from this length on, twice over: once may be the machine's doing."""
    strikes = 0
    before = _seconds(pattern, method, pump(length), 3)
    while length < _LONGEST and strikes < 2:
        length *= 2
        after = _seconds(pattern, method, pump(length), 3)
        exponent = math.log2(after / max(before, 1e-9))
        if exponent <= STEEPEST and after > _NOTICEABLE:
            return False
        strikes += after > _JUDGED
        before = after
    return strikes >= 2


FOUND = list(_patterns())


@pytest.mark.parametrize("found", FOUND, ids=[found.place for found in FOUND])
def test_a_pattern_takes_time_in_proportion_to_the_text(found: Found) -> None:
    for method in sorted(found.methods):
        text = _steep_text(found.pattern, method)
        if text is not None:
            shown = repr(text) if len(text) < 60 else f"{text[:40]!r} … {text[-8:]!r}"
            pytest.fail(f"{found.pattern.pattern!r}.{method} grows too steeply on {shown}")


def test_the_patterns_of_all_modules_are_found() -> None:
    places = {found.place for found in FOUND}
    for part in ("vaultlint.parse.inline.", "vaultlint.parse.sweep.", "vaultlint_rules.broken_link."):
        assert any(place.startswith(part) for place in places)
    assert any(".DEFAULT_ANCHORS." in place for place in places), "those in objects"
    assert any(re.search(r"_RULE\[", place) for place in places), "those in containers"
    assert any(": " in place for place in places), "those without a name"


@pytest.mark.parametrize(
    "source", [r"[ \t]+$", r"!?\[\[(.+?)\]\]", r"\[\[([^\]\|#]+)\]\]", r"<!--(?:.|\n)*?-->"]
)
def test_a_pattern_that_is_known_to_be_steep_is_refused(source: str) -> None:
    assert _steep_text(re.compile(source), "finditer") is not None


def test_a_rare_pattern_is_compiled_when_it_is_used() -> None:
    pattern = rare("(a)b", re.IGNORECASE)
    assert pattern.pattern == "(a)b"
    assert "compiled" not in vars(pattern)
    assert [pattern.findall("ab AB"), pattern.groups] == [["a", "A"], 1]
    assert "compiled" in vars(pattern)


def test_a_rare_pattern_can_be_copied_and_sent_used_or_not() -> None:
    unused, used = rare("(a)b", re.IGNORECASE), rare("(a)b", re.IGNORECASE)
    assert used.findall("AB") == ["A"]
    for pattern in (unused, used):
        for other in (copy.copy(pattern), copy.deepcopy(pattern), pickle.loads(pickle.dumps(pattern))):
            assert [other.pattern, other.findall("ab AB")] == ["(a)b", ["a", "A"]]
