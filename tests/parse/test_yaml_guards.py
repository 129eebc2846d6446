"""Inputs that break or stall a YAML loader; each of them is answered at once."""

import pytest

from vaultlint.note import FrontMatter, Trouble
from vaultlint.parse.front_matter import read_front_matter
from vaultlint.parse.properties import DEPTH, SIZE


def read(content: str) -> FrontMatter:
    found = read_front_matter(f"---\n{content}\n---\n")
    assert found is not None
    return found


def bomb(reference: str) -> str:
    """Nine levels, each of which names the one before nine times."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"{new}: &{new} {reference % ', '.join([f'*{old}'] * 9)}"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "content",
    [
        "- " * 60_000,
        "[" * 100_000,
        "? " * 60_000,
        "{a: " * 60_000,
        "a: " + "[" * 20_000 + "]" * 20_000,
        "\n".join(" " * level + "a:" for level in range(300)),
    ],
)
def test_a_block_that_is_nested_too_deep_is_refused(content: str) -> None:
    [problem] = read(content).problems
    assert problem.trouble is Trouble.REFUSED
    assert problem.message == "the front matter is nested more than 64 levels deep"


def test_nesting_up_to_the_limit_is_read() -> None:
    levels = DEPTH - 2
    assert read("a: " + "[" * levels + "x" + "]" * levels).valid
    assert not read("a: " + "[" * DEPTH + "x" + "]" * DEPTH).valid


def test_a_block_over_the_size_limit_is_refused() -> None:
    [problem] = read("a: >\n  " + "x" * SIZE).problems
    assert problem.trouble is Trouble.REFUSED
    assert problem.message == "the front matter is longer than 256 KB"


@pytest.mark.parametrize("content", [bomb("[%s]"), bomb("{<<: [%s]}"), "a: &a [*a]", "a: &a {b: *a}"])
def test_references_that_multiply_are_refused(content: str) -> None:
    [problem] = read(content).problems
    assert problem.trouble is Trouble.REFUSED
    assert problem.message == "the references in the front matter multiply"


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("!tag x", "!tag"),
        ("!important", "!important"),
        ("!!binary aGk=", "!!binary"),
        ("!!timestamp x", "!!timestamp"),
        ("!!python/object:os.system x", "!!python/object:os.system"),
        ("!!set {x}", "!!set"),
        ("&a !x y", "!x"),
    ],
)
def test_a_type_outside_the_core_schema_is_refused(value: str, tag: str) -> None:
    text = f"---\nkey: {value}\n---\n"
    found = read_front_matter(text)
    assert found is not None
    [problem] = found.problems
    assert problem.trouble is Trouble.REFUSED
    assert problem.message == f"“{tag}” begins with “!”, which YAML reads as a type"
    assert problem.span.of(text) == tag


@pytest.mark.parametrize(
    ("content", "count"),
    [
        ("a: " + "1:59:" * 40_000 + "1", 1),
        ("a: " + "9" * 200_000, 1),
        ("a: 0x" + "f" * 200_000, 1),
        ("\n".join(f"{number * 7919}: x" for number in range(10_000)), 10_000),
        ("\n".join(f"k{number}: &x{number} v" for number in range(8_000)), 8_000),
        ("a: " + "\u2028\x85" * 100_000, 1),
        ("m: &m {x: 1}\nn: {<<: *m, y: 2}", 2),
        ("a: =\nb: 2023-02-29\nc: 0b_\nd: 24:00:60", 4),
    ],
)
def test_a_block_that_stalls_or_breaks_other_loaders_is_read(content: str, count: int) -> None:
    found = read(content)
    assert found.valid
    assert len(found.properties) == count


@pytest.mark.parametrize(
    "content",
    [
        "a: " + '"\\"' * 60_000,
        "a: " + ": " * 100_000,
        "a: " + " " * 250_000 + "x: y",
        "\t \n" * 60_000 + "a: b: c",
        "stray words\n" * 20_000 + "b: c",
        "a: [" + '"x", ' * 40_000,
        "a: [" + " ," * 100_000,
        'a: "' + "\\" * 200_000,
        'a: "' + " #" * 100_000,
        "\n" * 200_000 + "- a\nb",
        "k " * 100_000 + ": x",
    ],
)
def test_a_long_broken_block_is_told_as_one_syntax_error(content: str) -> None:
    [problem] = read(content).problems
    assert problem.trouble is Trouble.SYNTAX


def test_a_merge_key_is_a_plain_key() -> None:
    found = read("m: &m {x: 1}\nn: {<<: *m, y: 2}")
    assert found.properties[1].value == {"<<": {"x": 1}, "y": 2}


@pytest.mark.parametrize("rest", ["\n---x" * 100_000, '"' * 200_000, "a " * 100_000, " " * 200_000])
def test_a_long_note_below_a_thematic_break_has_no_front_matter(rest: str) -> None:
    assert read_front_matter(f"---\n{rest}") is None
