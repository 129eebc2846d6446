"""Plain scalars against the YAML 1.2 core schema."""

import math

import pytest

from vaultlint.parse.front_matter import read_front_matter
from vaultlint.parse.properties import read_block

INF = math.inf

CORE: list[tuple[str, str | int | float | bool | None]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("NULL", None),
    ("nULL", "nULL"),
    ("none", "none"),
    ("None", "None"),
    ("nil", "nil"),
    ("true", True),
    ("True", True),
    ("TRUE", True),
    ("tRUE", "tRUE"),
    ("false", False),
    ("False", False),
    ("FALSE", False),
    ("yes", "yes"),
    ("Yes", "Yes"),
    ("YES", "YES"),
    ("no", "no"),
    ("No", "No"),
    ("on", "on"),
    ("On", "On"),
    ("off", "off"),
    ("OFF", "OFF"),
    ("y", "y"),
    ("n", "n"),
    ("0", 0),
    ("-0", 0),
    ("1", 1),
    ("+1", 1),
    ("-1", -1),
    ("012", 12),
    ("-012", -12),
    ("02134", 2134),
    ("08", 8),
    ("12345678901234567890", 12345678901234567890),
    ("1_000", "1_000"),
    ("1,000", "1,000"),
    ("1 000", "1 000"),
    ("0o17", 15),
    ("0o8", "0o8"),
    ("0O17", "0O17"),
    ("+0o7", "+0o7"),
    ("0x1F", 31),
    ("0xff", 255),
    ("0XFF", "0XFF"),
    ("-0x1", "-0x1"),
    ("0x", "0x"),
    ("0xg", "0xg"),
    ("0b11", "0b11"),
    ("1.5", 1.5),
    ("-1.5", -1.5),
    ("+1.5", 1.5),
    ("1.10", 1.1),
    ("1.", 1.0),
    (".5", 0.5),
    ("-.5", -0.5),
    (".", "."),
    ("..", ".."),
    ("1.2.3", "1.2.3"),
    ("1e3", 1000.0),
    ("1E3", 1000.0),
    ("1e+3", 1000.0),
    ("1e-3", 0.001),
    ("1.5e3", 1500.0),
    ("1.e3", 1000.0),
    (".5e1", 5.0),
    ("e3", "e3"),
    ("1e", "1e"),
    ("1e3.5", "1e3.5"),
    ("1e999", INF),
    (".inf", INF),
    (".Inf", INF),
    (".INF", INF),
    ("+.inf", INF),
    ("-.inf", -INF),
    ("-.INF", -INF),
    (".iNF", ".iNF"),
    ("inf", "inf"),
    ("nan", "nan"),
    ("-.nan", "-.nan"),
    ("Infinity", "Infinity"),
    ("00:36", "00:36"),
    ("1:30", "1:30"),
    ("19:05", "19:05"),
    ("12:30:45", "12:30:45"),
    ("190:20:30.15", "190:20:30.15"),
    ("2024-01-01", "2024-01-01"),
    ("2024-13-45", "2024-13-45"),
    ("2024-01-01T10:20:30", "2024-01-01T10:20:30"),
    ("2001-12-14 21:59:43.10 -5", "2001-12-14 21:59:43.10 -5"),
    ("=", "="),
    ("<<", "<<"),
    ("<%", "<%"),
    ("-", "-"),
    ("--", "--"),
    ("-RdOwhmqP5s", "-RdOwhmqP5s"),
    ("_id", "_id"),
    ("?x", "?x"),
    (":x", ":x"),
    ("a#b", "a#b"),
    ("a:b", "a:b"),
    ("https://example.org/#x", "https://example.org/#x"),
    ("C:\\Users", "C:\\Users"),
    ("it's", "it's"),
    ('say "x"', 'say "x"'),
    ("٣", "٣"),
    ("１", "１"),
    ("标签", "标签"),
    ("🎉 party", "🎉 party"),
    ("9" * 300, int("9" * 300)),
    ("9" * 301, "9" * 301),
    ("0x" + "f" * 5000, "0x" + "f" * 5000),
]


@pytest.mark.parametrize(("text", "value"), [case for case in CORE if case[0] != "-"])
def test_a_plain_scalar_is_what_yaml_1_2_core_says(text: str, value: str | int | float | bool | None) -> None:
    note = f"---\nkey: {text}\n---\n"
    found = read_front_matter(note)
    assert found is not None
    assert found.valid
    [entry] = found.properties
    assert (type(entry.value), entry.value) == (type(value), value)
    assert entry.node.span.of(note) == text
    assert read_block(f"key: {text}\n", 4).properties == (entry,)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_not_a_number_is_a_float(text: str) -> None:
    found = read_front_matter(f"---\nkey: {text}\n---\n")
    assert found is not None
    value = found.properties[0].value
    assert isinstance(value, float)
    assert math.isnan(value)


@pytest.mark.parametrize("text", ["true", "1", "~", "1.5", "", "00:36", "null"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_a_quoted_scalar_is_text(text: str, quote: str) -> None:
    found = read_front_matter(f"---\nkey: {quote}{text}{quote}\nlist:\n  - {quote}{text}{quote}\n---\n")
    assert found is not None
    assert [entry.value for entry in found.properties] == [text, [text]]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("!!str 12", "12"),
        ("! 12", "12"),
        ('!!int "12"', 12),
        ('!!bool "true"', True),
        ("!!float 1.5", 1.5),
        ("!!null ~", None),
        ("!!int x", "x"),
    ],
)
def test_a_core_tag_gives_the_type(source: str, value: object) -> None:
    found = read_front_matter(f"---\nkey: {source}\n---\n")
    assert found is not None
    assert found.valid
    assert found.properties[0].value == value


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ('"tab\\tand \\u00e9 \\x41 \\U0001F389"', "tab\tand é A 🎉"),
        ('"\\ud83c\\udf89"', "🎉"),
        ("'\\ud83c\\udf89'", "\\ud83c\\udf89"),
        ("x \\ud83c\\udf89", "x \\ud83c\\udf89"),
        ('"one\n  two"', "one two"),
        ("one\n  two", "one two"),
        ("|\n  a\n  b\n", "a\nb\n"),
        ("|-\n  a\n", "a"),
        (">\n  a\n  b\n", "a b\n"),
        ("|\n  true\n", "true\n"),
    ],
)
def test_a_scalar_over_lines_or_with_escapes_is_unfolded(source: str, value: str) -> None:
    found = read_front_matter(f"---\nkey: {source}\n---\n")
    assert found is not None
    assert found.valid
    assert found.properties[0].value == value
