"""Rules that a configuration brings along: where they look, how they behave, and which are refused."""

import json
import pickle
import sys
import time
from pathlib import Path

import jsonschema
import pytest

import vaultlint
from vaultlint.cli import main
from vaultlint.config import Config, known_rules, load_config
from vaultlint.custom import MOST, CustomRule, rule_class
from vaultlint.diagnostic import Safety, Severity
from vaultlint.errors import VaultlintError
from vaultlint.parse import parse_note
from vaultlint.registry import load_rules
from vaultlint.rule import Diagnostic
from vaultlint.settings import Settings

RULE = """\
[[custom]]
code = "TEAM001"
name = "british-spelling"
message = "write “colour”, not “{match}”"
pattern = '\\b(?i)color(s?)\\b'
"""

Capture = pytest.CaptureFixture[str]


def find(text: str, pattern: str, where: str = "prose", **given: object) -> list[Diagnostic]:
    """What such a rule finds in a note of that text."""
    spec = CustomRule("X1", "x", "x", pattern, where, **given)  # type: ignore[arg-type]
    return list(rule_class(spec)().check(parse_note("a.md", text)))


def matches(text: str, pattern: str, where: str = "prose") -> list[str]:
    """What stands where it finds something."""
    return [found.span.of(text) for found in find(text, pattern, where)]


def check(root: Path, config: str, text: str, *options: str) -> int:
    """The exit status of a check of a note with that text."""
    (root / "vaultlint.toml").write_text(config, encoding="utf-8")
    (root / "a.md").write_text(text, encoding="utf-8")
    return main(["check", str(root), "--no-cache", *options])


# --- where they look --------------------------------------------------------------------------


def test_prose_is_what_is_read() -> None:
    text = (
        "---\nx: red\n---\nred `red` $red$ %% red %% <i class='red'>red</i> https://red.org/red\n"
        "[red](https://red.org) [red](red.md) [[red]] [[red#red|red]] ![[red.png]] #red\n\n```\nred\n```\n"
    )
    starts = [found.span.start for found in find(text, "red")]
    shown = [text.index("red `"), text.index("red</i>"), text.index("red](h"), text.index("red](r"),
             text.index("red]] !"), text.index("red\n\n")]  # fmt: skip
    assert starts == shown


def test_a_match_in_prose_holds_nothing_else() -> None:
    assert matches("red `x` blue\nred blue", "red.*blue") == ["red blue"]


def test_raw_is_all_of_the_note() -> None:
    assert matches("---\nx: red\n---\n`red` <!-- red -->", "red", "raw") == ["red"] * 3


def test_properties_are_searched_with_their_names() -> None:
    text = "---\na: red\nb: [red, 'a red one']\nc: {d: \"red\"}\n---\nred"
    assert matches(text, "red", "properties") == ["red"] * 4
    assert matches(text, "^b: a red", "properties") == ["'a red one'"]
    assert matches(text, r"^c\.d: ", "properties") == ['"red"']
    assert matches('---\na: "x\\x41y"\n---\n', "A", "properties") == ['"x\\x41y"']
    assert matches("---\na: red\na: red\n---\n", "red", "properties") == []


def test_links_are_searched_for_their_targets() -> None:
    text = (
        "---\nup: '[[a_b]]'\n---\n[[c_d#e_f|g_h]] [i_j](k_l.md) [m_n](<o_p q.md>) [r_s](t%5Fu.md) https://v_w"
    )
    assert matches(text, r"\w_\w", "links") == ["a_b", "c_d", "e_f", "k_l", "o_p", "[r_s](t%5Fu.md)"]


def test_places_are_right_behind_characters_of_all_widths() -> None:
    assert matches("é😀 ünï red 😀red", "red") == ["red", "red"]


def test_only_the_files_of_a_rule_are_searched() -> None:
    assert find("red", "red", files=("b.md",)) == []
    assert len(find("red", "red", files=("*.md",))) == 1


# --- what they give ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "replacement", "fixed"),
    [
        ("red", "blué", "blué"),
        ("(r)(?P<rest>ed)", r"\g<rest>\1\\\0\g<1>", r"edr\redr"),
        ("red(s)?", r"blue\1", "blue"),
        ("red", "", ""),
        ("red", r"\n", r"\n"),
        ("red", "red", None),
        ("red", None, None),
    ],
)
def test_a_replacement_is_a_fix(pattern: str, replacement: str | None, fixed: str | None) -> None:
    (found,) = find("red", pattern, replacement=replacement, safety=Safety.SAFE)
    assert [fix.edits[0].text for fix in found.fixes] == ([] if fixed is None else [fixed])
    assert {fix.safety for fix in found.fixes} <= {Safety.SAFE}


def test_a_replacement_that_breaks_the_front_matter_is_none() -> None:
    text = "---\na: red\n---\n"
    assert find(text, "red", "properties", replacement="b")[0].fixes
    for broken in ("x: y", "[", "x\nb: y", "x #"):
        (found,) = find(text, "red", "properties", replacement=broken)
        changed = [fix.edits[0].text for fix in found.fixes]
        assert changed == ([broken] if broken == "x #" else [])


def test_replacements_in_very_long_front_matter_are_none() -> None:
    text = "---\n" + "".join(f"a{number}: red\n" for number in range(5_000)) + "---\n"
    began = time.process_time()
    found = find(text, "red", "properties", replacement="blue")
    assert len(found) == MOST + 1
    assert not any(each.fixes for each in found)
    assert time.process_time() - began < 5


def test_no_more_than_a_thousand_matches_are_looked_at() -> None:
    found = find("x" * 2_000, "x")
    assert len(found) == MOST + 1
    assert found[-1].message == "only the first 1,000 matches of “x” in a note are looked at"


def test_a_hostile_pattern_takes_a_time_that_grows_with_the_note() -> None:
    began = time.process_time()
    for pattern in ("(a+)+$", "(a|aa)*b", "a.*z|a", "(.*)(.*)(.*)(.*)b"):
        find("a" * 100_000, pattern)
    assert time.process_time() - began < 10


# --- how they behave --------------------------------------------------------------------------


def test_they_are_selected_ignored_and_silenced_as_others(tmp_path: Path, capsys: Capture) -> None:
    text = "The color\n%% vaultlint-disable-next-line british-spelling %%\nof colors\n"
    assert check(tmp_path, RULE, text, "--select", "TEAM") == 1
    assert capsys.readouterr().out.startswith(
        "a.md:1:5 TEAM001 british-spelling write “colour”, not “color”\n\nFound 1 warning"
    )
    assert check(tmp_path, 'ignore = ["british-spelling", "VL002"]\n' + RULE, text) == 0
    assert check(tmp_path, RULE + '[per-file-ignores]\n"a.md" = ["TEAM001"]', text, "--select", "TEAM") == 0
    assert check(tmp_path, RULE + "[rules.TEAM001]\nseverity = 'info'", text, "--select", "TEAM") == 0
    assert check(tmp_path, RULE, "Nothing to see.\n") == 0


def test_their_findings_are_in_the_json_report(tmp_path: Path, capsys: Capture) -> None:
    check(tmp_path, RULE, "color\n", "--format", "json", "--select", "TEAM001")
    report = json.loads(capsys.readouterr().out)
    assert [(each["code"], each["name"]) for each in report["diagnostics"]] == [
        ("TEAM001", "british-spelling")
    ]
    schema = json.loads((Path(__file__).parent.parent / "docs/report.schema.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(report)


def test_replacements_are_written_when_they_may_be(tmp_path: Path, capsys: Capture) -> None:
    config = RULE + "replacement = 'colour\\1'\n"
    check(tmp_path, config, "Colors, color\n", "--fix", "--select", "TEAM")
    assert (tmp_path / "a.md").read_text() == "Colors, color\n"
    check(tmp_path, config, "Colors, color\n", "--fix", "--unsafe-fixes", "--select", "TEAM")
    assert (tmp_path / "a.md").read_text() == "colours, colour\n"
    check(tmp_path, config + "safety = 'safe'", "Colors\n", "--fix", "--select", "TEAM")
    assert (tmp_path / "a.md").read_text() == "colours\n"


def test_the_api_knows_them(tmp_path: Path) -> None:
    (tmp_path / "vaultlint.toml").write_text(RULE, encoding="utf-8")
    (tmp_path / "a.md").write_text("color\n")
    assert [each.code for each in vaultlint.lint(tmp_path, select=["british-spelling"]).diagnostics] == [
        "TEAM001"
    ]


def test_rules_and_explain_show_them(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vaultlint.toml").write_text(RULE + "replacement = 'x'", encoding="utf-8")
    assert main(["rules"]) == 0
    assert "TEAM001  british-spelling          warning  write “colour”" in capsys.readouterr().out
    assert main(["explain", "british-spelling"]) == 0
    assert "- replacement: `x` (unsafe)" in capsys.readouterr().out


def test_rules_are_listed_although_the_configuration_is_wrong(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vaultlint.toml").write_text("ignore = ['brokn-link']", encoding="utf-8")
    assert main(["rules"]) == 0
    told = capsys.readouterr()
    assert "VL201  broken-link" in told.out
    assert "did you mean “broken-link”?" in told.err


def test_a_file_may_name_rules_of_the_one_that_it_extends(tmp_path: Path) -> None:
    (tmp_path / "base.toml").write_text(RULE, encoding="utf-8")
    (tmp_path / "vaultlint.toml").write_text(
        'extend = "base.toml"\nignore = ["TEAM001"]\n' + RULE.replace("001", "002").replace("british", "my")
    )
    config = load_config(tmp_path, explicit=None, isolated=False, rule_classes={})
    assert [each.code for each in config.custom] == ["TEAM001", "TEAM002"]
    assert list(known_rules(config, load_rules()))[:2] == ["TEAM001", "TEAM002"]


def test_they_travel_to_other_processes() -> None:
    rule = rule_class(CustomRule("X1", "x", "m", "red"))(Severity.ERROR)
    rule.configure(Settings())
    again = pickle.loads(pickle.dumps(rule))
    assert (again.code, again.name, again.level) == ("X1", "x", Severity.ERROR)
    assert len(list(again.check(parse_note("a.md", "red")))) == 1


def test_without_them_the_rules_are_the_installed_ones() -> None:
    installed = load_rules()
    assert known_rules(Config(), installed) is installed


# --- which are refused ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("TEAM001", "team1"), "2: “code”: “team1” is not capitals and digits, as TEAM001"),
        (("TEAM001", "VL999"), "2: “code”: “VL999”: codes that begin with VL are those of vaultlint itself"),
        (("TEAM001", "PACK1"), "2: “code”: “PACK1” is the code of “of-a-pack”"),
        (("british-spelling", "of-a-pack"), "3: “name”: “of-a-pack” is the name of another rule"),
        (
            ("british-spelling", "unused-suppression"),
            "3: “name”: “unused-suppression” is the name of another rule",
        ),
        (
            ("british-spelling", "British"),
            "3: “name”: “British” is not words of small letters with “-” between them",
        ),
        (("write “colour”, not “{match}”", " "), "4: “message”: it is empty"),
        (
            ("(s?)", "(?=s)"),
            "5: “pattern”: “\\b(?i)color(?=s)\\b” is none that RE2 takes: invalid perl operator: (?=",
        ),
        (("\\b(?i)color(s?)\\b", "x*"), "5: “pattern”: “x*” matches where nothing stands"),
        (("\\b(?i)color(s?)\\b", "x" * 1_001), "5: “pattern”: it is longer than 1000 characters"),
        (
            ("pattern =", "replacement = '\\2\\g<x>\\1'\npattern ="),
            "5: “replacement”: the pattern has no group “2”",
        ),
        (("pattern =", "where = 'text'\npattern ="), "5: “custom.0.where” must be"),
        (("message =", "# message ="), "1: “custom.0.message” is missing"),
        (("message", "massage"), "4: unknown key “massage”; did you mean “message”?"),
        (("[[custom]]", RULE + "[[custom]]"), "7: “code”: “TEAM001” is the code of “british-spelling”"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    path = tmp_path / "vaultlint.toml"
    path.write_text(RULE.replace(*change, 1), encoding="utf-8")
    pack = {"PACK1": rule_class(CustomRule("PACK1", "of-a-pack"))}
    with pytest.raises(VaultlintError) as raised:
        load_config(tmp_path, explicit=None, isolated=False, rule_classes=pack)
    assert f"{path}:{message}" in str(raised.value)


def test_a_library_that_is_missing_is_told_with_how_to_install_it(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vaultlint.patterns import compiled

    compiled.cache_clear()
    monkeypatch.setitem(sys.modules, "re2", None)
    assert check(tmp_path, RULE, "color") == 2
    assert capsys.readouterr().err == (
        "vaultlint: patterns in a configuration need the library google-re2, which is not installed:"
        " pip install 'obsidian-vaultlint[custom]'\n"
    )
