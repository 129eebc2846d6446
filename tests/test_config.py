"""Where the configuration comes from, what is wrong in it, and which rules it selects."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal

import pytest

from vaultlint.anchor_form import AnchorForm
from vaultlint.config import (
    Config,
    Hubs,
    RuleSettings,
    Topics,
    find_config,
    is_named,
    load_config,
    may_fix,
    overridden,
    runs,
    selected,
    trusted_more,
)
from vaultlint.diagnostic import Severity
from vaultlint.errors import VaultlintError
from vaultlint.rule import NoteRule, Rule, VaultRule


class BrokenLink(VaultRule):
    """A link whose target is no file of the vault."""

    code = "VL201"

    planned: tuple[str, ...] = ()
    unwritten: Literal["error", "info"] = "error"
    max_distance: int = 2
    copy: bool = False
    _private: int = 0
    table: ClassVar[int] = 0


class BrokenHeading(VaultRule):
    """The heading is not there."""

    code = "VL202"
    severity = Severity.WARNING


class ImageWithoutText(NoteRule):
    """Off by default."""

    code = "VL219"
    on = False


class InvalidTag(NoteRule):
    """A tag that is none."""

    code = "VL107"


RULES: Mapping[str, type[Rule]] = {
    rule.code: rule for rule in (InvalidTag, BrokenLink, BrokenHeading, ImageWithoutText)
}


def load(root: Path, text: str) -> Config:
    (root / "vaultlint.toml").write_text(text, encoding="utf-8")
    return load_config(root, explicit=None, isolated=False, rule_classes=RULES)


def mistake(root: Path, text: str) -> str:
    """The message, without the folder."""
    with pytest.raises(VaultlintError) as raised:
        load(root, text)
    return str(raised.value).replace(f"{root}/", "").replace(f"{root}\\", "")


def codes(config: Config) -> list[str]:
    return [rule.code for rule in selected(config, RULES)]


# --- where it comes from ----------------------------------------------------------------------


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert load_config(tmp_path, explicit=None, isolated=False, rule_classes=RULES) == Config()


def test_without_a_file_pydantic_is_not_imported(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    program = (
        "import sys; from pathlib import Path; from vaultlint.config import load_config;"
        "load_config(Path(sys.argv[1]), explicit=None, isolated=False, rule_classes={});"
        "print(sorted({'pydantic', 'tomllib', 'pathspec', 'vaultlint.rule'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout == "[]\n"


def test_our_own_file_wins_over_the_project_file(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.vaultlint]\nfail-on = 'info'\n")
    assert find_config(tmp_path) == tmp_path / "pyproject.toml"
    config = load(tmp_path, "fail-on = 'error'")
    assert (config.fail_on, config.source) == (Severity.ERROR, tmp_path / "vaultlint.toml")


def test_the_nearest_project_file_with_our_table_is_used(tmp_path: Path) -> None:
    vault = tmp_path / "repo/docs/vault"
    vault.mkdir(parents=True)
    (tmp_path / "repo/pyproject.toml").write_text("[tool.vaultlint]\nexclude = ['x']\n")
    (tmp_path / "repo/docs/pyproject.toml").write_text("[project]\nname = 'not-vaultlint'\n")
    config = load_config(vault, explicit=None, isolated=False, rule_classes=RULES)
    assert (config.exclude, config.source) == (("x",), tmp_path / "repo/pyproject.toml")


def test_the_search_ends_with_the_repository(tmp_path: Path) -> None:
    vault = tmp_path / "repo/vault"
    (tmp_path / "repo/.git").mkdir(parents=True)
    vault.mkdir()
    (tmp_path / "pyproject.toml").write_text("[tool.vaultlint]\n")
    assert find_config(vault) is None
    (tmp_path / "repo/pyproject.toml").write_text("[tool.vaultlint]\n")
    assert find_config(vault) == tmp_path / "repo/pyproject.toml"


def test_isolated_reads_nothing_and_an_explicit_file_is_read_instead(tmp_path: Path) -> None:
    (tmp_path / "vaultlint.toml").write_text("nonsense")
    other = tmp_path / "other.toml"
    other.write_text("ignore = ['VL2']")
    assert load_config(tmp_path, explicit=None, isolated=True, rule_classes=RULES) == Config()
    assert load_config(tmp_path, explicit=other, isolated=False, rule_classes=RULES).ignore == ("VL2",)


def test_an_explicit_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(VaultlintError, match="there is no such configuration file"):
        load_config(tmp_path, explicit=tmp_path / "x.toml", isolated=False, rule_classes=RULES)


# --- what is in it ----------------------------------------------------------------------------


def test_every_key_is_read(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
        select = ["ALL"]
        extend-select = ["VL219"]
        ignore = ["broken-heading", "VL00"]
        exclude = ["/out/"]
        fail-on = "info"
        config-folder = ".config"
        [topics]
        include = ["topics/**"]
        exclude = ["x*"]
        tags = ["concept"]
        properties = {type = "concept", done = true}
        presets = ["archive"]
        [hubs]
        include = ["Index.md"]
        tags = ["moc"]
        properties = {type = "map"}
        presets = []
        [rules.broken-link]
        severity = "info"
        planned = ["20??-*"]
        max-distance = 3
        copy = true
        [rules.VL107]
        severity = "error"
        [rules.unused-suppression]
        severity = "info"
        """,
    )
    assert config == Config(
        select=("ALL",),
        extend_select=("VL219",),
        ignore=("broken-heading", "VL00"),
        exclude=("/out/",),
        fail_on=Severity.INFO,
        rules={
            "broken-link": RuleSettings(
                Severity.INFO, {"planned": ("20??-*",), "max_distance": 3, "copy": True}
            ),
            "invalid-tag": RuleSettings(Severity.ERROR),
            "unused-suppression": RuleSettings(Severity.INFO),
        },
        topics=Topics(("topics/**",), ("x*",), ("concept",), {"type": "concept", "done": True}, ("archive",)),
        hubs=Hubs(("Index.md",), ("moc",), {"type": "map"}, ()),
        config_folder=".config",
        sources=(tmp_path / "vaultlint.toml",),
    )


def test_rules_get_their_options_and_severity(tmp_path: Path) -> None:
    config = load(tmp_path, "[rules.VL201]\nseverity = 'info'\nmax-distance = 3")
    rule = next(rule for rule in selected(config, RULES) if isinstance(rule, BrokenLink))
    assert (rule.level, rule.max_distance, rule.planned) == (Severity.INFO, 3, ())
    heading = next(rule for rule in selected(config, RULES) if isinstance(rule, BrokenHeading))
    assert heading.level == Severity.WARNING


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nfail_on = 'error'", "vaultlint.toml:2: unknown key “fail_on”; did you mean “fail-on”?"),
        ("qwerty = 1", "vaultlint.toml:1: unknown key “qwerty”"),
        ("[hubs]\n\ninclud = []", "vaultlint.toml:3: unknown key “includ”; did you mean “include”?"),
        (
            "[hubs]\nproperties = {type = ['a']}",
            "vaultlint.toml:2: “hubs.properties.type” must be a text, a number, true or false",
        ),
        (
            "[topics]\npresets = ['archives']",
            "vaultlint.toml:2: “topics.presets.0” must be 'daily-notes', 'inbox', 'templates' or 'archive'",
        ),
        ("[hub]", "vaultlint.toml:1: unknown key “hub”; did you mean “hubs”?"),
        (
            "fail-on = 'never'",
            "vaultlint.toml:1: “fail-on” must be 'error', 'warning' or 'info'",
        ),
        ("select = 'VL2'", "vaultlint.toml:1: “select” must be a valid array"),
        ("exclude = [1]", "vaultlint.toml:1: “exclude.0” must be a valid string"),
        (
            "ignore = ['brokn-link']",
            "vaultlint.toml:1: “ignore”: no rule is called “brokn-link”; did you mean “broken-link”?",
        ),
        ("select = ['VL9']", "vaultlint.toml:1: “select”: no rule is called “VL9”; did you mean “VL219”?"),
        ("select = ['ZZZ']", "vaultlint.toml:1: “select”: no rule is called “ZZZ”"),
        (
            "fail-on = 'info'\n[rules.broken_link]",
            "vaultlint.toml:2: no rule is called “broken_link”; did you mean “broken-link”?",
        ),
        ("[rules.VL2]", "vaultlint.toml:1: “VL2” is more than one rule"),
        (
            "[rules.broken-link]\nmax_distance = 1",
            "vaultlint.toml:2: unknown key “max_distance”; did you mean “max-distance”?",
        ),
        (
            "[rules]\nVL201 = {max-distance = '1'}",
            "vaultlint.toml:2: “rules.VL201.max-distance” must be a valid integer",
        ),
        (
            "[rules.'broken-link']\nunwritten = 'no'",
            "vaultlint.toml:2: “rules.broken-link.unwritten” must be 'error' or 'info'",
        ),
        ("[rules.VL201]\ntable = 1", "vaultlint.toml:2: unknown key “table”"),
        (
            "[rules.VL201]\n[rules.broken-link]",
            "vaultlint.toml:2: “broken-link” and “VL201” are the same rule",
        ),
        ("[rules.VL001]\nx = 1", "vaultlint.toml:2: unknown key “x”"),
        (
            "[topics]\nignore = ['VL2']",
            "vaultlint.toml:2: unknown key “ignore”; it belongs at the top of the file, above all tables",
        ),
        (
            "[rules.VL107]\nplanned = ['x']",
            "vaultlint.toml:2: unknown key “planned”; it belongs at the top of the file, above all tables",
        ),
        (
            "config-folder = '../x'",
            "vaultlint.toml:1: “config-folder” must be a name that begins with a dot",
        ),
        (
            "[timestamps]\nlabel = '[x]'",
            "vaultlint.toml:2: “timestamps.label” must be one line of plain text that holds “{time}” once",
        ),
        (
            "[timestamps]\nclass = 'a b'",
            "vaultlint.toml:2: “timestamps.class” must be the name of one class, or empty",
        ),
        ("[timestamps]\nelemnt = 'b'", "vaultlint.toml:2: unknown key “elemnt”; did you mean “element”?"),
        ("a = ", "vaultlint.toml: invalid value (at end of document)"),
        ("a = \nb = 1", "vaultlint.toml:1:5: invalid value"),
        ("x = " + "[" * 5_000, "vaultlint.toml: nested too deeply"),
        ("#" * 70_000, "vaultlint.toml: larger than 64 KB, which no configuration needs"),
        ("'a b' ." * 5_000 + "a = 1", "vaultlint.toml: a dotted key of more than 50 parts"),
        ("a." * 20_000 + "a = 1", "vaultlint.toml: a dotted key of more than 50 parts"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_nearest_right_name(
    tmp_path: Path, text: str, message: str
) -> None:
    assert mistake(tmp_path, text) == message


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    assert mistake(tmp_path, "ignore = ['x-y']\n[rules.z-z]\n[rules.VL107]\nq = 1").splitlines() == [
        "vaultlint.toml:2: no rule is called “z-z”",
        "vaultlint.toml:4: unknown key “q”",
        "vaultlint.toml:1: “ignore”: no rule is called “x-y”",
    ]


def test_a_file_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "vaultlint.toml").write_bytes(b"select = ['\xff']")
    with pytest.raises(VaultlintError, match="not valid UTF-8 at byte 11"):
        load_config(tmp_path, explicit=None, isolated=False, rule_classes=RULES)


def test_lines_in_a_project_file_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_text("[project]\nname = 'x'\nselect = 1\n\n[tool.vaultlint]\nselec = []\n")
    with pytest.raises(VaultlintError) as raised:
        load_config(tmp_path, explicit=None, isolated=False, rule_classes=RULES)
    assert str(raised.value) == f"{path}:6: unknown key “selec”; did you mean “select”?"


# --- several files ----------------------------------------------------------------------------


def test_a_file_adds_to_the_one_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team/base.toml").write_text(
        """
        extend = "pyproject.toml"
        select = ["VL1"]
        ignore = ["VL107"]
        fail-on = "error"
        publish = "quartz"
        [topics]
        include = ["a"]
        exclude = ["b"]
        [per-file-ignores]
        "x/" = ["VL1"]
        "y/" = ["VL1"]
        [rules.broken-link]
        severity = "info"
        max-distance = 3
        """
    )
    (tmp_path / "team/pyproject.toml").write_text("[tool.vaultlint]\nexclude = ['0']\nunfixable = ['VL2']\n")
    config = load(
        tmp_path,
        """
        extend = "team/base.toml"
        select = ["VL2"]
        ignore = ["VL202"]
        exclude = ["1"]
        [topics]
        include = ["c"]
        [per-file-ignores]
        "y/" = ["VL2"]
        [rules.VL201]
        max-distance = 4
        """,
    )
    assert config == Config(
        select=("VL2",),
        ignore=("VL107", "VL202"),
        exclude=("0", "1"),
        fail_on=Severity.ERROR,
        publish="quartz",
        unfixable=("VL2",),
        topics=Topics(("c",), ("b",)),
        per_file_ignores={"x/": ("VL1",), "y/": ("VL2",)},
        rules={"broken-link": RuleSettings(Severity.INFO, {"max_distance": 4})},
        sources=(
            tmp_path / "team/pyproject.toml",
            tmp_path / "team/base.toml",
            tmp_path / "vaultlint.toml",
        ),
    )


def test_a_mistake_in_a_file_that_is_extended_is_told_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("\nignor = []")
    assert (
        mistake(tmp_path, "extend = 'base.toml'")
        == "base.toml:2: unknown key “ignor”; did you mean “ignore”?"
    )


def test_files_that_extend_each_other_in_a_ring_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text("\nextend = './vaultlint.toml'")
    assert mistake(tmp_path, "extend = 'base.toml'") == "base.toml:2: “extend” leads back to “vaultlint.toml”"
    assert mistake(tmp_path, "extend = 'vaultlint.toml'") == (
        "vaultlint.toml:1: “extend” leads back to “vaultlint.toml”"
    )


def test_a_file_to_extend_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    assert mistake(tmp_path, "\nextend = 'x.toml'") == (
        "vaultlint.toml:2: “extend”: x.toml: there is no such configuration file"
    )


# --- what it means ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "may"),
    [
        (Config(), True),
        (Config(fixable=("VL2",)), True),
        (Config(fixable=("VL1",)), False),
        (Config(fixable=()), False),
        (Config(unfixable=("broken-link",)), False),
        (Config(fixable=("VL201",), unfixable=("VL2",)), True),
        (Config(fixable=("VL2",), unfixable=("VL2",)), False),
    ],
)
def test_fixable_and_unfixable_say_whose_fixes_may_be_applied(config: Config, may: bool) -> None:
    assert may_fix(config, "VL201", "broken-link") is may


def test_the_more_exact_says_how_safe_a_fix_is() -> None:
    config = Config(extend_safe_fixes=("VL2", "VL107"), extend_unsafe_fixes=("VL201", "VL107"))
    rules = (("VL201", "broken-link"), ("VL202", "broken-heading"), ("VL107", "invalid-tag"), ("VL4", "x"))
    found = [trusted_more(config, *rule) for rule in rules]
    assert found == [False, True, False, None]


@pytest.mark.parametrize("key", ["per-file-ignores.'x'", "fixable", "unfixable", "extend-safe-fixes"])
def test_a_misspelt_rule_is_found_wherever_rules_are_named(tmp_path: Path, key: str) -> None:
    shown = key.replace("'", "")
    assert mistake(tmp_path, f"{key} = ['brokn-link']") == (
        f"vaultlint.toml:1: “{shown}”: no rule is called “brokn-link”; did you mean “broken-link”?"
    )


# --- which rules run --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (Config(), ["VL107", "VL201", "VL202"]),
        (Config(select=("ALL",)), ["VL107", "VL201", "VL202", "VL219"]),
        (Config(select=("VL2",)), ["VL201", "VL202", "VL219"]),
        (Config(select=("VL2",), ignore=("VL21",)), ["VL201", "VL202"]),
        (Config(select=("broken-link",)), ["VL201"]),
        (Config(select=()), []),
        (Config(select=(), extend_select=("VL107",)), ["VL107"]),
        (Config(extend_select=("VL219",)), ["VL107", "VL201", "VL202", "VL219"]),
        (Config(ignore=("VL2",)), ["VL107"]),
        (Config(ignore=("ALL",)), []),
        (Config(ignore=("VL2",), extend_select=("VL201",)), ["VL107", "VL201"]),
        (Config(select=("VL2",), ignore=("VL2",)), []),
        (Config(select=("VL201",), ignore=("broken-link",)), []),
        (Config(select=("VL201",), ignore=("VL20",)), ["VL201"]),
        (Config(rules={"image-without-text": RuleSettings()}), ["VL107", "VL201", "VL202", "VL219"]),
        (Config(rules={"image-without-text": RuleSettings()}, select=("VL1",)), ["VL107"]),
    ],
)
def test_the_most_exact_selector_decides_and_ignore_wins_ties(config: Config, expected: list[str]) -> None:
    assert codes(config) == expected


def test_the_rules_of_the_engine_are_selected_alike() -> None:
    assert runs(Config(), "VL002", "unused-suppression")
    assert not runs(Config(ignore=("VL00",)), "VL002", "unused-suppression")
    assert runs(Config(select=("unused-suppression",)), "VL002", "unused-suppression")
    assert not runs(Config(select=("VL2",)), "VL002", "unused-suppression")


def test_a_rule_is_named_by_its_own_code_or_name_alone() -> None:
    config = Config(select=("VL2", "VL201"), extend_select=("invalid-tag",))
    assert is_named(config, "VL201", "broken-link")
    assert is_named(config, "VL107", "invalid-tag")
    assert not is_named(config, "VL202", "broken-heading")


def test_the_command_line_replaces_what_is_selected_and_adds_the_rest() -> None:
    config = Config(select=("VL1",), extend_select=("VL201",), ignore=("VL107",), exclude=("a",))
    assert overridden(config, RULES) == config
    assert overridden(
        config,
        RULES,
        select=["VL2"],
        extend_select=["VL107"],
        ignore=["VL202"],
        exclude=["b"],
        fail_on=Severity.ERROR,
    ) == Config(
        select=("VL2",),
        extend_select=("VL201", "VL107"),
        ignore=("VL107", "VL202"),
        exclude=("a", "b"),
        fail_on=Severity.ERROR,
    )


def test_a_wrong_name_on_the_command_line_is_an_error() -> None:
    with pytest.raises(VaultlintError) as raised:
        overridden(Config(), RULES, ignore=["invalid_tag"])
    assert str(raised.value) == "--ignore: no rule is called “invalid_tag”; did you mean “invalid-tag”?"


def test_files_add_to_what_is_said_of_timestamps_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text('[timestamps]\nclass = "seek"\nvideo = "yt"\n')
    (tmp_path / "vaultlint.toml").write_text('extend = "base.toml"\n[timestamps]\nvideo = "youtube"\n')
    config = load_config(tmp_path, explicit=None, isolated=False, rule_classes=RULES)
    assert config.timestamps == AnchorForm(css_class="seek", video="youtube")
