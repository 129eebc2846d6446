"""Which names a misspelt one may have been meant as."""

import pytest

from vaultlint.resolve import bare_key
from vaultlint.spelling import Spelling

NAMES = [
    "advances in robotics",
    "Über die Gärtnerei",
    "vitamin_c_and_colds",
    "bunches of seeds",
    "Kestrel-nesting",
    "kestrel (falcon) sightings",
    "intravenous drips",
    "geraniums",
    "Room 12 inventory",
    "crises_of_confidence",
]


def near(name: str, *names: str) -> tuple[int, list[str]]:
    names = names or tuple(NAMES)
    return Spelling(names).near(name, {bare_key(each) for each in names})


@pytest.mark.parametrize(
    ("name", "letters", "key"),
    [
        ("Advances in robtics", 1, "advancesinrobotics"),  # a letter too few
        ("Advances in robbotics", 1, "advancesinrobotics"),  # one too many
        ("Advances in roobtics", 1, "advancesinrobotics"),  # two swapped
        ("Advances in robatics", 1, "advancesinrobotics"),  # another, in a long word
        ("advances_in_robotticcs", 2, "advancesinrobotics"),
        ("über die gärtnrei", 1, "überdiegärtnerei"),
        ("Bunch of seeds", 2, "bunchesofseeds"),
        ("kestrels nesting", 1, "kestrelnesting"),
        ("kestrel (falcno) sightings", 0, ""),  # the end of a word
        ("kestrel (faclon) sightings", 1, "kestrelfalconsightings"),
        ("crisess of confidence", 1, "crisesofconfidence"),
        ("geranums", 1, "geraniums"),
    ],
)
def test_a_slip_inside_one_word_is_seen(name: str, letters: int, key: str) -> None:
    assert near(name) == (letters, [key] if key else [])


@pytest.mark.parametrize(
    "name",
    [
        "advances in robotics",  # nothing is wrong with it
        "advance in robotic",  # two words
        "vitamin_d_and_colds",  # a short word
        "Room 13 inventory",
        "intervenous drips",  # two letters, among the first four
        "kestrel (raven) sightings",
        "geranium",  # the plural of a name of one word
        "garaniums",  # another letter in a name of one word
        "geranms",  # two letters in a name of one word
        "",
        "***",
    ],
)
def test_what_may_be_meant_otherwise_is_left_alone(name: str) -> None:
    assert near(name) == (0, [])


def test_a_word_that_other_names_have_is_no_slip() -> None:
    assert near("causal models", "casual models") == (1, ["casualmodels"])
    assert near("causal models", "casual models", "causal graphs") == (0, [])


def test_the_nearest_names_count() -> None:
    names = ("planning the gardens", "planning the gaarden")
    assert near("planning the garden", *names) == (1, sorted(map(bare_key, names)))
    assert near("planninng the garden", "planning the garden", "planing the garden") == (
        1,
        ["planningthegarden"],
    )


def test_a_crowd_of_words_that_begin_and_end_alike_is_not_searched() -> None:
    crowd = [f"ma{chr(97 + first)}{chr(97 + second)}een" for first in range(15) for second in range(15)]
    assert near("maaaen lane", "maaaeen lane") == (1, ["maaaeenlane"])
    assert near("maaaen lane", "maaaeen lane", *crowd) == (0, [])


def test_letters_without_case_say_too_much() -> None:
    assert near("مدرسة الموصيقى", "مدرسة الموسيقى") == (0, [])
