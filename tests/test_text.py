"""Offsets, lines and columns, and the decoding of bytes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.text import Lines, NotUnicode, Position, Span, decode


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_each_of_the_three_line_ends_begins_a_line(end: str) -> None:
    text = f"ab{end}c{end}"
    lines = Lines.of(text)
    assert len(lines) == 3
    assert lines.position(text.index("c")) == Position(2, 1)
    assert lines.position(len(text)) == Position(3, 1)
    assert lines.start_of(2) == 2 + len(end)


def test_crlf_counts_two_code_points_on_its_own_line() -> None:
    assert Lines.of("a\r\nb").position(2) == Position(1, 3)


def test_mixed_line_ends_are_each_taken_once() -> None:
    assert list(Lines.of("a\rb\r\nc\n\rd").starts) == [0, 2, 5, 7, 8]


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\x0c", "\x0b", "\x1c"])
def test_other_separators_end_no_line(sign: str) -> None:
    assert len(Lines.of(f"a{sign}b")) == 1
    assert Lines.of(f"a{sign}b\r\nc").position(5) == Position(2, 1)


def test_a_column_counts_code_points_not_utf_16_units() -> None:
    assert Lines.of("🎉é[").position(2) == Position(1, 3)


def test_an_empty_text_has_one_line() -> None:
    assert len(Lines.of("")) == 1
    assert Lines.of("").position(0) == Position(1, 1)


@settings(derandomize=True, max_examples=300)
@given(st.text(alphabet="a\r\n\u2028"))
def test_a_position_leads_back_to_its_offset(text: str) -> None:
    lines = Lines.of(text)
    for offset in range(len(text) + 1):
        line, column = lines.position(offset)
        assert lines.start_of(line) + column - 1 == offset


def test_a_span_gives_its_stretch_and_knows_what_it_covers() -> None:
    assert Span(1, 3).of("abcd") == "bc"
    assert Span(1, 3).covers(Span(2, 3))
    assert not Span(1, 3).covers(Span(2, 4))


def test_one_byte_order_mark_is_taken_off() -> None:
    assert decode(b"\xef\xbb\xbf---\n") == "---\n"
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfa") == "\ufeffa"


def test_line_ends_and_nul_survive_decoding() -> None:
    assert decode(b"a\r\nb\rc\0") == "a\r\nb\rc\0"


def test_bytes_that_are_not_utf8_say_where() -> None:
    with pytest.raises(NotUnicode, match="byte 2: invalid start byte") as caught:
        decode(b"ab\xff")
    assert caught.value.offset == 2
