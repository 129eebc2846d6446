"""What the vault knows: links and their targets, backlinks, hubs, topic pages, ways to write a link."""

import re
from collections.abc import Sequence
from itertools import groupby
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vaultlint.indexes import grouped, target_key, unmet
from vaultlint.note import LinkSyntax, Outline
from vaultlint.parse import outline_of, parse_note
from vaultlint.resolve import Names, Subpath, bare_key, fold, separator_key
from vaultlint.settings import Settings
from vaultlint.topics import _index_kind
from vaultlint.vault import Missing, Vault


def vault_of(notes: dict[str, str], others: Sequence[str] = (), settings: Settings = Settings()) -> Vault:
    """A vault with these notes and other files."""
    outlines = {path: outline_of(parse_note(path, text)) for path, text in notes.items()}
    return Vault(outlines, (*notes, *others), settings, read=notes.__getitem__)


def targets(vault: Vault, path: str) -> list[str | None]:
    """What the links of a note mean."""
    return [resolved.target for resolved in vault.links(vault.outlines[path])]


def test_links_are_given_in_order_with_their_targets() -> None:
    vault = vault_of(
        {"a.md": '---\nup: "[[b]]"\n---\n[[B|x]] [t](b.md) ![[p.png]] [[Gone]]', "b.md": ""}, ["p.png"]
    )
    assert targets(vault, "a.md") == ["b.md", "b.md", "b.md", "p.png", None]


def test_links_that_a_template_has_to_fill_in_are_left_out() -> None:
    assert targets(vault_of({"a.md": "[[{{title}}]] [[<% tp.x %>]] [[b]]"}), "a.md") == [None]


def test_doubtful_links_are_all_but_the_plain_ones() -> None:
    vault = vault_of(
        {"a.md": "[[b]] [[b#H]] [[Gone]] [[N]] [[b|x]]", "b.md": "", "x/N.md": "", "yy/N.md": ""}
    )
    doubtful = vault.doubtful_links(vault.outlines["a.md"])
    assert [resolved.link.raw for resolved in doubtful] == ["[[b#H]]", "[[Gone]]", "[[N]]"]


def test_a_failed_target_belongs_to_one_rule() -> None:
    vault = vault_of(
        {
            "a.md": "![[x]] [[Al]] [[y]] [[a]] [[00:07:12]] [x](12:30) [[3:1]]",
            "b.md": "---\naliases: [ al ]\n---\n",
        }
    )
    missing = [resolved.missing for resolved in vault.links(vault.outlines["a.md"])]
    assert missing == [
        Missing.EMBED, Missing.ALIAS, Missing.FILE, None, Missing.TIME, Missing.TIME, Missing.FILE,
    ]  # fmt: skip


def test_subpaths_are_checked_in_notes_only() -> None:
    notes = {
        "a.md": "[[b#H]] [[b#X]] [[b#^i]] [[b#^j]] [[p.png#X]] [[b#[^1]]] [[b]]",
        "b.md": "# H\ntext ^i\n",
    }
    vault = vault_of(notes, ["p.png"])
    assert [vault.subpath(resolved) for resolved in vault.links(vault.outlines["a.md"])] == [
        Subpath.FOUND, Subpath.NO_HEADING, Subpath.FOUND, Subpath.NO_BLOCK, Subpath.NOT_CHECKED,
        Subpath.NOT_CHECKED, Subpath.NOT_CHECKED,
    ]  # fmt: skip


def test_backlinks_count_every_link_but_those_of_the_note_itself() -> None:
    vault = vault_of({"a.md": "[[b]] ![[b#H]] [[b|x]]", "b.md": "[[b]] [[#H]]", "c.md": "[t](b.md)"})
    assert list(vault.backlinks("b.md")) == ["a.md", "a.md", "a.md", "c.md"]
    assert list(vault.backlinks("a.md")) == []


@pytest.mark.parametrize(
    ("setting", "target", "source", "written"),
    [
        ("shortest", "d/one.md", "s.md", "one"),
        ("shortest", "d/N.md", "s.md", "d/N"),
        ("shortest", "N.md", "s.md", "N"),
        ("absolute", "d/one.md", "s.md", "d/one"),
        ("relative", "d/one.md", "e/s.md", "../d/one"),
        ("relative", "d/one.md", "d/s.md", "one"),
        ("shortest", "p/pic.png", "s.md", "pic.png"),
        ("shortest", "d/C#.md", "s.md", None),
        ("shortest", "d/a|b.md", "s.md", None),
        ("shortest", "d/blank .md", "s.md", "d/blank .md"),
        ("absolute", " first.md", "s.md", "/ first"),
    ],
)
def test_a_link_is_written_as_the_settings_want_it(
    setting: str, target: str, source: str, written: str | None
) -> None:
    notes = dict.fromkeys(
        ("N.md", "d/N.md", "d/one.md", "d/C#.md", "d/a|b.md", "d/blank .md", " first.md"), ""
    )
    vault = vault_of(notes, ["p/pic.png"], Settings(link_format=setting))
    assert vault.link_path_to(target, source) == written


def test_whatever_is_written_means_the_file_it_is_to_mean() -> None:
    notes = dict.fromkeys(("N.md", "d/N.md", "d/d/N.md", "e/N.md", "v1.2.md", "É.md", "d/é.md"), "")
    for setting in ("shortest", "relative", "absolute"):
        vault = vault_of(notes, ["x.png"], Settings(link_format=setting))
        for source in (*notes, "d/x/s.md"):
            for target in vault.files:
                for syntax in LinkSyntax:
                    written = vault.link_path_to(target, source, syntax)
                    assert written is not None
                    assert vault.names.resolve(written, source).path == target


def test_hubs_are_named_by_a_from_line_their_folder_an_index_or_the_settings() -> None:
    notes = {
        "a.md": "From: [[Hub]]\n", "Hub.md": "From: [[Hub]]\n", "Bees/bees.md": "", "d/README.md": "",
        "set.md": "", "Topic.md": "",
    }  # fmt: skip
    vault = vault_of(notes, settings=Settings(hubs=lambda path: path == "set.md"))
    assert vault.hubs == {"Hub.md", "Bees/bees.md", "d/README.md", "set.md"}


_ODD_NAMES = st.text("aAΣσςµΜéE\u0301 \u00a0K\u212a_-.s", min_size=1, max_size=4)


@given(names=st.lists(st.tuples(_ODD_NAMES, st.one_of(_ODD_NAMES, st.sampled_from(["_Index", "ReadMe"])))))
def test_notes_named_as_hubs_are_those_that_one_would_find_among_all(names: list[tuple[str, str]]) -> None:
    paths = [path for folder, name in names for path in (f"{folder}/{name}.md", f"x/{folder}/{folder}.MD")]
    vault = vault_of(dict.fromkeys(paths, ""))
    assert vault.hubs == {path for path in paths if _index_kind(path) is not None}


@given(name=_ODD_NAMES, link=_ODD_NAMES)
def test_a_mere_name_that_is_no_files_is_that_of_no_note(name: str, link: str) -> None:
    names = Names([f"d/{name}.md", f"e/{name}"])
    assert names.resolve(link, "s.md").path is not None or not names.named(f"{link}.md")


def test_topic_pages_are_the_other_notes_of_a_vault_that_has_hubs() -> None:
    names = ("T.md", "2024-01-31.md", "2024-01-31 Walk.md", "Archive/x.md", "Tpl/y.md", "Log/z.md", "no.md")
    settings = Settings(
        template_folders=("Tpl",), daily_folder="Log", not_topics=lambda path: path == "no.md"
    )
    vault = vault_of(dict.fromkeys(names, ""), settings=settings)
    assert [name for name in names if vault.is_topic_page(name)] == ["T.md"]
    assert not vault.has_topic_pages
    assert vault_of({"a.md": "From: [[b]]"}).has_topic_pages


def test_presets_say_what_makes_a_hub_and_what_is_left_out() -> None:
    notes = {
        "a.md": "From: [[Named]]\n", "Named.md": "", "Bees/Bees.md": "", "d/README.md": "",
        "2024-01-31.md": "", "Inbox/i.md": "", "Archive/o.md": "", "Template/t.md": "", "Tpl/u.md": "",
    }  # fmt: skip
    hubs = {"from-lines": "Named.md", "folder-notes": "Bees/Bees.md", "indexes": "d/README.md"}
    for preset, hub in hubs.items():
        vault = vault_of(notes, settings=Settings(hub_presets=frozenset({preset})))
        assert vault.hubs == {hub}
        assert vault.has_topic_pages == (preset == "from-lines")
    left_out = {
        "daily-notes": {"2024-01-31.md"}, "inbox": {"Inbox/i.md"}, "archive": {"Archive/o.md"},
        "templates": {"Template/t.md", "Tpl/u.md"},
    }  # fmt: skip
    for preset, expected in left_out.items():
        settings = Settings(topic_presets=frozenset({preset}), template_folders=("Tpl",))
        vault = vault_of(notes, settings=settings)
        assert {path for path in notes if not vault.is_topic_page(path)} - vault.hubs == expected


def test_a_note_belongs_to_the_hub_that_its_from_line_names_or_else_to_the_index_of_its_folder() -> None:
    notes = {
        "H.md": "", "d/a.md": "From: [[H]]\n", "d/b.md": "From: [[Gone]]\n", "d/c.md": "", "d/index.md": "",
        "e/a.md": "", "e/index.md": "", "e/E.md": "", "f/x.md": "", "top.md": "",
    }  # fmt: skip
    vault = vault_of(notes)
    belongs = {path: vault.hub_of(path) for path in notes if path != "H.md"}
    assert belongs == {
        "d/a.md": "H.md", "d/b.md": "d/index.md", "d/c.md": "d/index.md", "d/index.md": None,
        "e/a.md": None, "e/index.md": None, "e/E.md": None, "f/x.md": None, "top.md": None,
    }  # fmt: skip
    assert (
        vault_of(notes, settings=Settings(hub_presets=frozenset({"folder-notes"}))).hub_of("e/a.md")
        == "e/E.md"
    )


def test_a_template_lies_in_a_templates_folder_and_not_beside_it() -> None:
    vault = vault_of({"T/a.md": "", "T.md": "", "Tx/a.md": ""}, settings=Settings(template_folders=("T",)))
    assert [vault.is_template(path) for path in vault.outlines] == [True, False, False]


def test_names_can_be_compared_without_separators_and_without_punctuation() -> None:
    assert separator_key("My_note - x") == separator_key("my note x") == "my_note_x"
    assert bare_key("What's: on?") == "whatson"


NAMES = st.text(
    st.one_of(st.sampled_from("ab1_- .'\t\x1c\u00a0\u0301\u0939\u093f\u3000İß½"), st.characters())
)


@given(NAMES)
def test_names_are_compared_by_their_letters_digits_and_marks(name: str) -> None:
    folded = fold(name)
    assert separator_key(name) == re.sub(r"[\s_\-]+", "_", folded).strip("_")
    assert bare_key(name) == "".join(char for char in folded if char.isalnum() or category(char)[0] == "M")


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), max_size=9))
def test_pairs_are_grouped_without_a_path_twice_in_a_row(pairs: list[tuple[str, str]]) -> None:
    alike = {key: [path for other, path in pairs if other == key] for key, _ in pairs}
    expected = {key: tuple(path for path, _ in groupby(paths)) for key, paths in alike.items()}
    assert list(grouped(pairs).items()) == list(expected.items())


@given(st.lists(st.sampled_from(["a", "b/a", "c/a", "/a", "./a", "x", "X", "b/x", "", "x.md", "a.png"])))
def test_a_target_is_unmet_that_no_file_is_from_anywhere(paths: list[str]) -> None:
    targets = tuple(f"{path}{sharp}" for path in paths for sharp in ("", "#"))
    names = Names(["b/a.md", "c/a.md", "d/y.md"])
    outline = Outline("n.md", None, None, (), None, 0, targets, None, (), b"")
    found = {path: names.resolve_anywhere(path) for path in paths if path}
    missing = {path for path, means in found.items() if means is not None and means.path is None}
    assert unmet(outline, names) == {target_key(path) for path in missing}


def test_aliases_and_titles_lead_to_their_notes() -> None:
    notes = {
        "a.md": "---\naliases: [X, ' x ']\ntitle: T\n---\n# H\n",
        "b.md": "---\naliases: X\n---\n## No\n",
    }
    vault = vault_of(notes)
    assert vault.aliases == {"x": ("a.md", "b.md")}
    assert set(vault.titles) == {"t", "h"}
