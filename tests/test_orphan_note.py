"""What orphan-note's page cannot show: severities, what is hidden, and lists of every style."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from vaultlint import lint
from vaultlint.cli import main


def write(root: Path, notes: Mapping[str, str]) -> None:
    """Put these files into a vault."""
    (root / ".obsidian").mkdir(exist_ok=True)
    for path, text in notes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def mended(root: Path, notes: Mapping[str, str], *arguments: str) -> dict[str, str]:
    """The notes that the fixes change, with their new texts."""
    write(root, notes)
    main(["check", str(root), "--select", "VL401", "--fix", "--unsafe-fixes", "--no-cache", *arguments])
    after = {path: (root / path).read_text(encoding="utf-8") for path in notes}
    return {path: text for path, text in after.items() if text != notes[path]}


def listed(root: Path, page: str, *orphans: str) -> str | None:
    """What becomes of the page `H.md` when these notes, each with its title, are to be listed there."""
    names = ("a", "b", "c", "d", "e", "f")
    others = " ".join(f"[[{name}]]" for name in names)
    notes = {
        "H.md": page,
        "rest.md": f"[[rest]] {others}",
        **{f"{name}.md": "From: [[H]]\n" for name in names},
    }
    notes |= {f"{name}.md": f"---\ntitle: {name.upper()}\n---\nFrom: [[H]]\n" for name in orphans}
    return mended(root, notes).get("H.md")


# --- severity ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "config", "severity"),
    [
        ("", "", "info"),
        ("From: [[b]]\n", "", "warning"),
        ("From: [[b]]\n", "[hubs]\npresets = []", "info"),
        ("", "[topics]\ninclude = ['a.md']", "warning"),
        ("#x", "[topics]\ntags = ['x']", "warning"),
        ("", "[rules.orphan-note]\nseverity = 'error'", "error"),
    ],
)
def test_an_orphan_is_a_warning_where_topic_pages_can_be_told(
    tmp_path: Path, text: str, config: str, severity: str
) -> None:
    write(tmp_path, {"a.md": text, "b.md": "[[b]]", "vaultlint.toml": config})
    found = lint(tmp_path, select=["VL401"]).diagnostics
    assert [one.severity for one in found if one.path == "a.md"] == [severity]


# --- notes that are not changed ---------------------------------------------------------------


NAMING = {
    "Onion soup.md": "",
    "hidden.md": "[[hidden]] has onion soup",
    "second.md": "[[hidden]] has onion soup",
    "third.md": "[[hidden]] has onion soup",
    "vaultlint.toml": "[topics]\ninclude = ['Onion soup.md']",
}


def test_a_mention_in_a_note_whose_findings_are_hidden_is_not_linked(tmp_path: Path) -> None:
    fixed = mended(tmp_path, {**NAMING, ".gitignore": "hidden.md"}, "--exclude", "second.md")
    assert fixed == {"third.md": "[[hidden]] has [[Onion soup|onion soup]]"}


def test_a_mention_in_a_template_or_a_drawing_is_not_linked(tmp_path: Path) -> None:
    notes = {
        **NAMING,
        ".obsidian/templates.json": '{"folder": "forms"}',
        "forms/f.md": "onion soup",
        "a drawing.md": "---\nexcalidraw-plugin: parsed\n---\nonion soup",
    }
    assert list(mended(tmp_path, notes)) == ["hidden.md"]


def test_a_hub_whose_findings_are_hidden_is_not_changed(tmp_path: Path) -> None:
    notes = {"H.md": "- [[a]]\n- [[b]]\n", ".gitignore": "H.md"}
    notes |= dict.fromkeys(("a.md", "b.md", "c.md"), "From: [[H]]\n")
    assert mended(tmp_path, notes) == {}


def test_a_name_that_many_notes_use_is_a_word_like_others(tmp_path: Path) -> None:
    notes = {**NAMING, **{f"n{number}.md": "onion soup" for number in range(8)}}
    assert mended(tmp_path, notes) == {}
    (tmp_path / "n0.md").unlink()
    del notes["n0.md"]
    assert list(mended(tmp_path, notes)) == ["hidden.md"]


def test_a_name_that_two_notes_have_is_not_linked(tmp_path: Path) -> None:
    assert mended(tmp_path, {**NAMING, "b.md": "---\naliases: Onion Soup\n---\n[[hidden]]"}) == {}


@pytest.mark.parametrize(
    "text",
    [
        "onion soups", "onion soup_", "onion-soup", "onion\nsoup", "my-onion soup", "onion soup's",
        "onion soup/x", "[onion soup](x.md)", "[[Gone|onion soup]]", "[[Gone]] [onion soup",
        "https://x.org/onion soup",
        "$onion soup$", "    onion soup", "~~~\nonion soup\n~~~", "onion soup\n===", "<!-- onion soup -->",
        "From: onion soup", "onion soup@home", "#onion soup",
    ],
)  # fmt: skip
def test_what_is_no_prose_or_no_whole_word_is_no_mention(tmp_path: Path, text: str) -> None:
    notes = {"Onion soup.md": "", "n.md": text, "vaultlint.toml": "[topics]\ninclude = ['Onion soup.md']"}
    assert mended(tmp_path, notes) == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**Onion soup**, hot", "**[[Onion soup]]**, hot"),
        ("- [ ] onion soup: hot", "- [ ] [[Onion soup|onion soup]]: hot"),
        ("İstanbul’da “onion soup”.", "İstanbul’da “[[Onion soup|onion soup]]”."),
        ("> ONION SOUP\r\n", "> [[Onion soup|ONION SOUP]]\r\n"),
    ],
)
def test_a_mention_is_linked_with_the_words_that_stand_there(
    tmp_path: Path, text: str, expected: str
) -> None:
    notes = {"Onion soup.md": "", "n.md": "", "vaultlint.toml": "[topics]\ninclude = ['Onion soup.md']"}
    write(tmp_path, notes)
    (tmp_path / "n.md").write_bytes(text.encode())
    main(["check", str(tmp_path), "--select", "VL401", "--fix", "--unsafe-fixes", "--no-cache"])
    assert (tmp_path / "n.md").read_bytes() == expected.encode()


def test_a_mention_becomes_a_markdown_link_where_the_vault_writes_these(tmp_path: Path) -> None:
    notes = {**NAMING, ".obsidian/app.json": '{"useMarkdownLinks": true}'}
    assert mended(tmp_path, notes) == {"hidden.md": "[[hidden]] has [onion soup](Onion%20soup.md)"}


# --- lists of every style ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("- [[a]]\n- [[b]]", "- [[a]]\n- [[b]]\n- [[x]]\n- [[y]]"),
        ("* [[a|A]]\n* [[b]]  \n\nEnd.\n", "* [[a|A]]\n* [[b]]  \n* [[x]]\n* [[y]]\n\nEnd.\n"),
        ("+ [[a|A]]\n+ [[c|C]]\n+ [[b]]\n", "+ [[a|A]]\n+ [[c|C]]\n+ [[b]]\n+ [[x|X]]\n+ [[y|Y]]\n"),
        ("1. [[a]]\n1. [[b]]\n", "1. [[a]]\n1. [[b]]\n1. [[x]]\n1. [[y]]\n"),
        ("9)  [[a]]\n10)  [[b]]\n# X\n", "9)  [[a]]\n10)  [[b]]\n11)  [[x]]\n12)  [[y]]\n# X\n"),
        ("- [[a]]\n\n- [[b]]\n\nEnd\n", "- [[a]]\n\n- [[b]]\n\n- [[x]]\n\n- [[y]]\n\nEnd\n"),
        ("- [A](<a.md>)\n- [B](<b.md>)\n", "- [A](<a.md>)\n- [B](<b.md>)\n- [X](<x.md>)\n- [Y](<y.md>)\n"),
        (
            "- [[f]]\n- [[d]]\n- [[c]]\n- [[b]]\n- [[a]]\n",
            "- [[y]]\n- [[x]]\n- [[f]]\n- [[d]]\n- [[c]]\n- [[b]]\n- [[a]]\n",
        ),
        ("- [[a]] first\n- [[b]] second\n", None),
        ("- [[a]]\n", None),
        ("- [[a]]\n- [[Gone]]\n- [[Lost]]\n", None),
        ("- [[a]]\n- [[b]]\n  - [[c]]\n", None),
        ("- [[a]]\n- [[b]]\nand more\n", None),
        ("> - [[a]]\n> - [[b]]\n", None),
        ("%%\n- [[a]]\n- [[b]]\n%%\n", None),
        ("- ![[a]]\n- ![[b]]\n", None),
        ("- [[a]]\n- [[b]]\n\n## More\n\n- [[c]]\n- [[d]]\n", None),
    ],
)
def test_a_note_is_listed_as_the_others_are_or_not_at_all(
    tmp_path: Path, page: str, expected: str | None
) -> None:
    assert listed(tmp_path, page, "x", "y") == expected


def test_orphans_that_are_silenced_are_not_listed_with_the_others(tmp_path: Path) -> None:
    notes = {"H.md": "- [[a]]\n- [[b]]\n", "a.md": "From: [[H]]\n", "b.md": "From: [[H]]\n"}
    notes |= {
        "c.md": "---\nvaultlint: {orphan: ok}\n---\nFrom: [[H]]\n",
        "d.md": "From: [[H]]\n\n%% vaultlint-disable-file VL401 %%\n",
        "e.md": "From: [[H]]\n",
        "f.md": "From: [[H]]\n",
    }
    fixed = mended(tmp_path, notes, "--exclude", "e.md")
    assert fixed == {"H.md": "- [[a]]\n- [[b]]\n- [[f]]\n"}
