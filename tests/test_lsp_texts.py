"""Places in texts as editors count them, and files as they call them."""

import os
import random

import pytest
from lsprotocol import types

from vaultlint.lsp.texts import BadRange, Document, Places, chosen_encoding, without_lone_surrogates
from vaultlint.lsp.uris import path_of, uri_of
from vaultlint.text import Span

UTF8, UTF16, UTF32 = (
    types.PositionEncodingKind.Utf8,
    types.PositionEncodingKind.Utf16,
    types.PositionEncodingKind.Utf32,
)
TEXT = "a😀é\r\nb\u2028c\rd\x0ce\n\nend"


@pytest.mark.parametrize(("encoding", "column"), [(UTF8, 7), (UTF16, 4), (UTF32, 3)])
def test_columns_count_in_the_units_of_the_encoding(
    encoding: types.PositionEncodingKind, column: int
) -> None:
    places = Places(TEXT, encoding)
    assert places.position(3) == types.Position(0, column)
    assert places.offset(types.Position(0, column)) == 3


def test_lines_end_at_lf_crlf_and_cr_and_nowhere_else() -> None:
    places = Places(TEXT, UTF16)
    assert places.position(TEXT.index("c")) == types.Position(1, 2)
    assert places.position(TEXT.index("e", 9)) == types.Position(2, 2)
    assert places.position(TEXT.index("end")) == types.Position(4, 0)


@pytest.mark.parametrize("encoding", [UTF8, UTF16, UTF32])
def test_every_offset_outside_a_crlf_comes_back(encoding: types.PositionEncodingKind) -> None:
    places = Places(TEXT, encoding)
    for offset in range(len(TEXT) + 1):
        if TEXT[offset - 1 : offset + 1] != "\r\n":
            assert places.offset(places.position(offset)) == offset


def test_what_lies_behind_a_line_or_the_text_is_its_end() -> None:
    places = Places("ab\r\ncd", UTF16)
    assert places.offset(types.Position(0, 99)) == 2
    assert places.offset(types.Position(1, 99)) == 6
    assert places.offset(types.Position(9, 0)) == 6


@pytest.mark.parametrize(("encoding", "character"), [(UTF16, 2), (UTF8, 3)])
def test_the_middle_of_a_character_is_before_it(encoding: types.PositionEncodingKind, character: int) -> None:
    assert Places("a😀b", encoding).offset(types.Position(0, character)) == 1


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    document = Document("x", 1, "abcdef")
    wrong = types.Range(types.Position(0, 4), types.Position(0, 2))
    with pytest.raises(BadRange):
        document.changed(2, [types.TextDocumentContentChangePartial(wrong, "X")], UTF16)


def test_changes_are_made_one_after_the_other() -> None:
    document = Document("x", 1, "one\r\ntwo\u2028three\n")
    first = types.Range(types.Position(1, 4), types.Position(1, 9))
    second = types.Range(types.Position(0, 3), types.Position(1, 0))
    changed = document.changed(
        2,
        [
            types.TextDocumentContentChangePartial(first, "3"),
            types.TextDocumentContentChangePartial(second, " "),
        ],
        UTF16,
    )
    assert changed.text == "one two\u20283\n"
    assert changed.version == 2


@pytest.mark.parametrize("encoding", [UTF8, UTF16, UTF32])
@pytest.mark.parametrize("seed", range(5))
def test_random_changes_make_the_text_that_slicing_makes(
    encoding: types.PositionEncodingKind, seed: int
) -> None:
    chance = random.Random(seed)
    document = Document("x", 0, TEXT)
    text = TEXT
    for version in range(1, 200):
        places = Places(text, encoding)
        offsets = [at for at in range(len(text) + 1) if text[at - 1 : at + 1] != "\r\n"]
        start, end = sorted((chance.choice(offsets), chance.choice(offsets)))
        end = min(end, start + 4) if min(end, start + 4) in offsets else end
        new = "".join(
            chance.choices(("a", "😀", "\u2028", "\r\n", "\n", "é", "\u0085"), k=chance.randrange(4))
        )
        change = types.TextDocumentContentChangePartial(places.range(Span(start, end)), new)
        document = document.changed(version, [change], encoding)
        text = text[:start] + new + text[end:]
        assert document.text == text


def test_half_a_pair_becomes_a_character_that_a_file_can_hold() -> None:
    assert without_lone_surrogates("a\ud83db") == "a\ufffdb"
    assert without_lone_surrogates("\ud83d\ude00") == "😀"


def test_the_first_encoding_that_the_editor_names_and_we_know_is_spoken() -> None:
    assert chosen_encoding(["utf-7", "utf-8", "utf-16"]) is UTF8
    assert chosen_encoding([UTF32]) is UTF32
    assert chosen_encoding(None) is UTF16


@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b%20c.md", "/a/b c.md"),
        ("FILE://localhost/a.md", "/a.md"),
        ("file:///a/%C3%A9.md", "/a/é.md"),
        ("file:///a/what?.md#x", "/a/what?.md#x"),
        ("file:///vault/..%2f..%2fetc/passwd", "/etc/passwd"),
        ("file:///a%00b.md", None),
        ("file://server/share/a.md", None),
        ("file:a.md", None),
        ("untitled:Untitled-1", None),
        ("vscode-vfs://github/x/y.md", None),
        ("http://example.com/a.md", None),
        ("file:///\ud800.md", None),
        ("http://[", None),
        ("", None),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="the paths are those of POSIX")
def test_only_files_of_this_machine_have_paths(uri: str, path: str | None) -> None:
    assert path_of(uri) == path


@pytest.mark.skipif(os.name != "posix", reason="the paths are those of POSIX")
@pytest.mark.parametrize("path", ["/a/b c#d?e.md", "/a/é😀.md", "/a/" + os.fsdecode(b"bad\xff.md"), "/a%20b"])
def test_every_path_has_an_address_that_leads_back(path: str) -> None:
    assert path_of(uri_of(path)) == path
