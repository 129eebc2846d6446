"""Edits that point a link elsewhere: what is written, what the reader sees, that it parses back."""

import pytest

from vaultlint.parse import outline_of, parse_note
from vaultlint.rewrite import retarget, shown_text
from vaultlint.vault import Vault


def rewritten(text: str, *, path: str | None = None, heading: str | None = None) -> str | None:
    """The note `s.md` of this text after its last link was pointed at the file or heading."""
    notes = {"s.md": text, "d/new.md": "# A (b)\n", "d/N (1) é.md": "", "e/C#.md": "", "old.md": ""}
    outlines = {name: outline_of(parse_note(name, source)) for name, source in notes.items()}
    vault = Vault(outlines, (*notes, "d/p q.png"), read=notes.__getitem__)
    edit = retarget(vault.links(outlines["s.md"])[-1], vault, path=path, heading=heading)
    if edit is None:
        return None
    assert edit.path == "s.md"
    assert edit.span.of(text) == edit.expected
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ("é [[old]]", "d/new.md", "é [[new|old]]"),
        ("[[ old ]]", "d/new.md", "[[ new|old]]"),
        ("[[old|x]]", "d/new.md", "[[new|x]]"),
        ("[[old|]]", "d/new.md", "[[new|]]"),
        ("[[old#H]]", "d/new.md", "[[new#H|old > H]]"),
        ("[[old#H|x]]", "d/new.md", "[[new#H|x]]"),
        ("![[old]]", "d/new.md", "![[new]]"),
        ("![[old|100]]", "d/p q.png", "![[p q.png|100]]"),
        ("[t](old.md)", "d/new.md", "[t](new.md)"),
        ('[t](old.md#H "T")', "d/new.md", '[t](new.md#H "T")'),
        ("[t](<old.md>)", "d/N (1) é.md", "[t](<N (1) é.md>)"),
        ("[t](old.md)", "d/N (1) é.md", "[t](N%20%281%29%20é.md)"),
        ("![i](old.png)", "d/p q.png", "![i](p%20q.png)"),
        ("|a|b|\n|-|-|\n|[[old]]|x|", "d/new.md", "|a|b|\n|-|-|\n|[[new\\|old]]|x|"),
        ("|a|b|\n|-|-|\n|[[old\\|y]]|x|", "d/new.md", "|a|b|\n|-|-|\n|[[new\\|y]]|x|"),
        ('---\nup: "[[old]]"\n---\n', "d/new.md", '---\nup: "[[new|old]]"\n---\n'),
        ("[[old]]", "e/C#.md", None),
        (r"[t](ol\d.md)", "d/new.md", None),
    ],
)
def test_a_link_is_pointed_at_another_file(text: str, path: str, after: str | None) -> None:
    assert rewritten(text, path=path) == after


@pytest.mark.parametrize(
    ("text", "heading", "after"),
    [
        ("[[new#a]]", "A (b)", "[[new#A (b)|new > a]]"),
        ("[[new#a|x]]", "A: b|c #d", "[[new#A b c d|x]]"),
        ("[t](new.md#a)", "A (b)", "[t](new.md#A%20%28b%29)"),
        ("[t](<new.md#a>)", "A (b)", "[t](<new.md#A (b)>)"),
        ("[[#a|x]]", "A (b)", "[[#A (b)|x]]"),
        ("[t](#a)", "A b", "[t](#A%20b)"),
    ],
)
def test_a_link_is_pointed_at_another_heading(text: str, heading: str, after: str) -> None:
    assert rewritten(text, heading=heading) == after


@pytest.mark.parametrize("source", ["[[old]]", "[t](old.md)", "[t](<old.md>)", "![[old]]"])
def test_what_is_written_is_read_back_as_the_target(source: str) -> None:
    after = rewritten(source, path="d/N (1) é.md")
    assert after is not None
    (link,) = parse_note("s.md", after).links
    assert link.path.removesuffix(".md") == "N (1) é"


def test_obsidian_shows_path_and_headings_of_a_link_without_display_text() -> None:
    (link,) = parse_note("s.md", "[[a# B ##C]]").links
    assert shown_text(link) == "a > B > C"
