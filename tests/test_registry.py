"""Rule packs: entry points to rule classes."""

import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from vaultlint.errors import VaultlintError
from vaultlint.registry import GROUP, Pack, installed_packs, load_rules, rules_of

RULE = """
from vaultlint.rule import NoteRule, VaultRule

class {name}(NoteRule):
    code = "{code}"
"""

Install = Callable[..., None]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on `sys.path` in which no other distribution is to be seen."""
    before = set(sys.modules)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    importlib.invalidate_caches()
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


@pytest.fixture
def install(site: Path) -> Install:
    """Puts a distribution with one pack into the folder: `install("name", **{"module.py": text})`."""

    def installing(name: str, entry: str = "", **files: str) -> None:
        folder = site / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(
            "[console_scripts]\nx = y:z\n\n"
            f"[vaultlint.rules]\n{entry or f'{name} = {name}'}\n\n"
            "[other]\na = b\n"
        )
        for path, text in files.items():
            (site / path).parent.mkdir(exist_ok=True)
            (site / path).write_text(text)

    return installing


def test_a_pack_may_be_a_module(install: Install) -> None:
    install("vlr_one", **{"vlr_one.py": RULE.format(name="LongLine", code="XX002")})
    rules = load_rules()
    assert {code: (rule.name, rule.__module__) for code, rule in rules.items()} == {
        "XX002": ("long-line", "vlr_one")
    }


def test_a_pack_may_be_a_package_with_a_module_a_rule(install: Install) -> None:
    install(
        "vlr_two",
        **{
            "vlr_two/__init__.py": '"""Rules."""',
            "vlr_two/b.py": RULE.format(name="Bee", code="XX001"),
            "vlr_two/a.py": RULE.format(name="Ant", code="XX002"),
            "vlr_two/shared.py": "from vaultlint.rule import NoteRule\nclass Insect(NoteRule): ...",
        },
    )
    assert [(code, rule.name) for code, rule in load_rules().items()] == [("XX001", "bee"), ("XX002", "ant")]


def test_a_rule_belongs_to_the_module_that_defines_it(install: Install) -> None:
    install(
        "vlr_three",
        **{
            "vlr_three/__init__.py": "from vlr_three.a import Ant\n",
            "vlr_three/a.py": RULE.format(name="Ant", code="XX001"),
            "vlr_three/b.py": "from vlr_three.a import Ant\n",
        },
    )
    assert [rule.__name__ for rule in rules_of(importlib.import_module("vlr_three"))] == ["Ant"]


@pytest.mark.parametrize(
    ("name", "code", "message"),
    [
        ("Bee", "XX001", "two rules have the code “XX001”: of the rule packs “vlr_a” and “vlr_b”"),
        ("Ant", "XX002", "two rules have the name “ant”: of the rule packs “vlr_a” and “vlr_b”"),
    ],
)
def test_two_packs_may_not_share_a_code_or_a_name(
    install: Install, name: str, code: str, message: str
) -> None:
    install("vlr_b", **{"vlr_b.py": RULE.format(name=name, code=code)})
    install("vlr_a", **{"vlr_a.py": RULE.format(name="Ant", code="XX001")})
    with pytest.raises(VaultlintError) as raised:
        load_rules()
    assert str(raised.value) == message


def test_a_code_is_capitals_and_digits(install: Install) -> None:
    install("vlr_c", **{"vlr_c.py": RULE.format(name="Ant", code="ant")})
    with pytest.raises(VaultlintError, match="“vlr_c” has a rule whose code is “ant”"):
        load_rules()


@pytest.mark.parametrize(
    ("base", "asks", "what"),
    [
        ("NoteRule", '("headings", "headlines")', "headlines"),
        ("NoteRule", "(Missing.FILE,)", "Missing.FILE"),
        ("VaultRule", '("property:status",)', "property:status"),
        ("VaultRule", '("suspect_anchors", Missing.FILE)', "suspect_anchors"),
    ],
)
def test_a_rule_that_asks_for_what_it_cannot_see_is_named(
    install: Install, base: str, asks: str, what: str
) -> None:
    text = "from vaultlint.vault import Missing\n" + RULE.format(name="Ant", code="XX001")
    install("vlr_g", **{"vlr_g.py": text.replace("Ant(NoteRule)", f"Ant({base})") + f"    asks = {asks}\n"})
    with pytest.raises(VaultlintError) as raised:
        load_rules()
    assert str(raised.value) == (
        f"the rule “ant” of the rule pack “vlr_g” asks for “{what}”, which it cannot see:"
        " `asks` names what it looks at"
    )


@pytest.mark.parametrize(
    ("base", "asks"),
    [
        ("NoteRule", '("headings", "property:status", "lacks", "text")'),
        ("VaultRule", '("link_targets", Missing.FILE, "in_table")'),
    ],
)
def test_a_rule_asks_for_anything_of_a_note(install: Install, base: str, asks: str) -> None:
    text = "from vaultlint.vault import Missing\n" + RULE.format(name="Ant", code="XX001")
    install("vlr_h", **{"vlr_h.py": text.replace("Ant(NoteRule)", f"Ant({base})") + f"    asks = {asks}\n"})
    assert list(load_rules()) == ["XX001"]


def test_a_pack_that_cannot_be_imported_is_named(install: Install) -> None:
    install("vlr_d", **{"vlr_d.py": "import vlr_nothing"})
    with pytest.raises(VaultlintError) as raised:
        load_rules()
    assert str(raised.value) == "the rule pack “vlr_d” cannot be imported: No module named 'vlr_nothing'"


def test_without_packs_there_are_no_rules(site: Path) -> None:
    assert load_rules() == {}


def test_the_first_distribution_of_a_name_counts(
    install: Install, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("vlr_e", **{"vlr_e.py": RULE.format(name="Ant", code="XX001")})
    second = site / "second"
    (second / "Vlr.E-2.0.dist-info").mkdir(parents=True)
    (second / "Vlr.E-2.0.dist-info/entry_points.txt").write_text("[vaultlint.rules]\nold = old\n")
    monkeypatch.setattr(sys, "path", [*sys.path, str(second), str(site / "nowhere")])
    assert installed_packs() == [Pack("vlr_e", "vlr_e")]


@pytest.mark.parametrize(
    "entry", ["one = a.b.c", "one=a:Thing", " one  =  a.b \ntwo = c [extra]\n# three = d"]
)
def test_entry_points_are_read_as_importlib_reads_them(install: Install, entry: str) -> None:
    install("vlr_f", entry)
    by_importlib = sorted(Pack(each.name, each.module) for each in entry_points(group=GROUP))
    assert installed_packs() == by_importlib
    assert len(by_importlib) == entry.replace("# three =", "").count("=")


def test_an_archive_on_the_path_is_left_to_importlib(
    install: Install, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install("vlr_g")
    (site / "archive.zip").write_bytes(b"PK\x05\x06" + b"\0" * 18)
    monkeypatch.setattr(sys, "path", [*sys.path, str(site / "archive.zip")])
    assert installed_packs() == [Pack("vlr_g", "vlr_g")]
