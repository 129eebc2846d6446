"""The documents that are made of the rules are fresh, and the schema fits what the program accepts."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.documents import RULES_PAGE, SCHEMA, rules_page
from vaultlint.cli import main
from vaultlint.config import load_config
from vaultlint.config_schema import config_schema
from vaultlint.errors import VaultlintError
from vaultlint.registry import load_rules

ROOT = Path(__file__).parent.parent
Capture = pytest.CaptureFixture[str]


def test_the_list_of_rules_is_fresh() -> None:
    assert RULES_PAGE.read_text("utf-8") == rules_page()


def test_every_link_in_the_list_of_rules_leads_somewhere() -> None:
    text = RULES_PAGE.read_text("utf-8")
    headings = set(re.findall(r"(?m)^### (.+)$", text))
    for target in re.findall(r"\]\(((?:#|\.\./)[^)\n]+)\)", text):
        assert target[1:] in headings or (RULES_PAGE.parent / target).is_file(), target


def test_the_committed_schema_is_fresh(capsys: Capture) -> None:
    assert SCHEMA.read_text("utf-8") == config_schema(load_rules())
    assert main(["schema"]) == 0
    assert capsys.readouterr().out == SCHEMA.read_text("utf-8")


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_bytes())


VALID = [
    "",
    'select = ["ALL", "VL2", "VL201", "broken-link", "VL0"]',
    'extend = "x.toml"\nfail-on = "error"\npublish = "github"\nfixable = []',
    '[per-file-ignores]\n"a/" = ["VL4"]',
    '[rules.VL201]\nseverity = "info"\nunwritten = "info"\n[rules.unused-suppression]\nseverity = "error"',
    "[rules.media-link-mismatch]\nsame-video = true",
    '[timestamps]\nelement = "span"\nclass = ""\nattribute = "data-s"\nlabel = "{time}"\nvideo = "yt"',
    '[topics]\ninclude = ["a"]\n[hubs]\ninclude = []',
]
INVALID = [
    'selec = ["VL2"]',
    'select = ["VL9"]',
    'select = "VL2"',
    'ignore = ["brokn-link"]',
    'fail-on = "never"',
    '[per-file-ignores]\n"a/" = ["x"]',
    "[rules.brokn-link]",
    '[rules.VL201]\nseverity = "fatal"',
    "[rules.VL312]\nsame-video = 1",
    '[timestamps]\ncss-class = "x"',
    "[topics]\nincludes = []",
]


def test_the_schema_is_one(schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("text", VALID)
def test_the_schema_takes_what_the_program_takes(schema: Any, tmp_path: Path, text: str) -> None:
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(text))
    (tmp_path / "x.toml").write_text("")
    (tmp_path / "vaultlint.toml").write_text(text)
    load_config(tmp_path, explicit=None, isolated=False, rule_classes=load_rules())


@pytest.mark.parametrize("text", INVALID)
def test_the_schema_refuses_what_the_program_refuses(schema: Any, tmp_path: Path, text: str) -> None:
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(tomllib.loads(text)))
    (tmp_path / "vaultlint.toml").write_text(text)
    with pytest.raises(VaultlintError):
        load_config(tmp_path, explicit=None, isolated=False, rule_classes=load_rules())


def test_the_readme_example_fits_the_schema(schema: Any) -> None:
    example = re.search(r"```toml\n([^`]*)```", (ROOT / "README.md").read_text("utf-8"))
    assert example is not None
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(example[1]))


def test_the_rules_are_told_to_programs(capsys: Capture) -> None:
    assert main(["rules", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rules = {rule["code"]: rule for rule in told["rules"]}
    assert list(rules) == sorted(rules)
    assert told["schema_version"] == 1
    assert rules["VL201"] == {
        "code": "VL201",
        "name": "broken-link",
        "severity": "error",
        "on": True,
        "sentence": "A link to a file that the vault does not have.",
        "fixes": ["safe", "unsafe"],
        "options": [
            {
                "name": "unwritten",
                "type": '"error" | "warning" | "info"',
                "default": None,
                "documentation": "The severity of links to what never existed, for vaults that link ahead of "
                "writing.",
            }
        ],
    }
    assert (rules["VL002"]["fixes"], rules["VL003"]["fixes"]) == (["safe"], [])
    assert rules["VL312"]["options"][0]["type"] == "boolean"
    assert all(rule["sentence"] for rule in rules.values())
    assert all(option["documentation"] for rule in rules.values() for option in rule["options"])


# --- vaultlint config -------------------------------------------------------------------------


def test_the_configuration_in_force_is_shown_with_where_it_comes_from(
    tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "vaultlint.toml").write_text(
        'extend = "base.toml"\nselect = ["VL3"]\n[rules.VL312]\nsame-video = true\n'
    )
    (tmp_path / "base.toml").write_text(
        'ignore = ["VL206"]\nselect = ["VL1"]\n[per-file-ignores]\n"a b/" = ["VL2"]\n'
        '[timestamps]\nclass = "seek"\n'
    )
    assert main(["config", str(tmp_path), "--ignore", "VL4,VL5", "--fail-on", "info"]) == 0
    lines = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert 'select = ["VL3"] # vaultlint.toml:2' in lines
    assert 'ignore = ["VL206", "VL4", "VL5"] # base.toml:1, --ignore' in lines
    assert 'fail-on = "info" # --fail-on' in lines
    assert "exclude = [] # default" in lines
    assert '"a b/" = ["VL2"] # base.toml:4' in lines
    assert "same-video = true # vaultlint.toml:4" in lines
    assert 'class = "seek" # base.toml:6' in lines
    assert 'attribute = "data-t" # default' in lines
    assert lines[-1].startswith("# ")
    main(["config", str(tmp_path), "--ignore", "VL4", "--format", "json"])
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == ["base.toml", "vaultlint.toml"]
    values = {".".join(one["key"]): one for one in told["values"]}
    assert values["ignore"] == {
        "key": ["ignore"],
        "value": ["VL206", "VL4"],
        "origins": [{"file": "base.toml", "line": 1}, {"argument": "--ignore"}],
    }
    assert values["exclude"]["origins"] == [{"default": True}]
    assert set(told["rules"]) <= set(load_rules())
    assert "VL301" in told["rules"]


def test_the_configuration_as_text_is_one_that_can_be_read(tmp_path: Path, capsys: Capture) -> None:
    assert main(["config", str(tmp_path), "--select", "VL2,VL307"]) == 0
    (tmp_path / "vaultlint.toml").write_text(capsys.readouterr().out)
    assert main(["config", str(tmp_path)]) == 0


def test_isolated_and_a_file_contradict_each_other(tmp_path: Path, capsys: Capture) -> None:
    assert main(["config", str(tmp_path), "--isolated", "--config", "x"]) == 2
    assert "--isolated uses no configuration" in capsys.readouterr().err


def test_tables_in_lists_are_told_with_their_places(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "base.toml").write_text('[[schema]]\ntag = "a"\n', "utf-8")
    (tmp_path / "vaultlint.toml").write_text(
        'extend = "base.toml"\n[[schema]]\nschema = {properties = {"a b" = {type = "string"}}}\n'
        '[[custom]]\ncode = "T1"\nname = "teh"\nmessage = "the"\npattern = "teh"\n',
        "utf-8",
    )
    assert main(["config", str(tmp_path)]) == 0
    out = capsys.readouterr().out
    said = tomllib.loads(out)
    assert said["schema"] == [{"tag": "a"}, {"schema": {"properties": {"a b": {"type": "string"}}}}]
    assert said["custom"] == [{"code": "T1", "name": "teh", "message": "the", "pattern": "teh"}]
    assert re.search(r'tag = "a" +# base.toml:2\n', out)
    assert re.search(r'pattern = "teh" +# vaultlint.toml:8\n', out)
