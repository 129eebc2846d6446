"""Schemas in the configuration: how they are read, which are refused, and what a hostile one costs."""

import json
import pickle
import sys
import time
from pathlib import Path

import pytest

from vaultlint.assembly import open_linter, settings_of
from vaultlint.config import Config, load_config
from vaultlint.discovery import discover
from vaultlint.errors import VaultlintError
from vaultlint.json_schema import Checker, SchemaError, checker_of
from vaultlint.registry import load_rules
from vaultlint.schema import NoteSchema

ROOT_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


def load(root: Path, text: str, schema: object = None) -> Config:
    """The configuration in that text, beside a file `schema.json` with that text or value."""
    (root / "vaultlint.toml").write_text(text, encoding="utf-8")
    if schema is not None:
        written = schema if isinstance(schema, str) else json.dumps(schema)
        (root / "schema.json").write_text(written, encoding="utf-8")
    return load_config(root, explicit=None, isolated=False, rule_classes={})


def mistake(root: Path, text: str, schema: object = None) -> str:
    """The message, without the folder."""
    with pytest.raises(VaultlintError) as raised:
        load(root, text, schema)
    return str(raised.value).replace(f"{root}/", "").replace(f"{root}\\", "")


# --- how they are read ------------------------------------------------------------------------


def test_a_schema_is_read_with_what_chooses_its_notes(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        """
        [[schema]]
        files = ["Videos/"]
        tag = "video"
        property = {type = "video", rated = true}
        unique = ["videoId"]
        schema = "schema.json"
        [[schema]]
        schema.required = ["title"]
        """,
        {"required": ["videoId"]},
    )
    assert config.schemas == (
        NoteSchema(
            ("Videos/",),
            "video",
            {"type": "video", "rated": True},
            '{"required": ["videoId"]}',
            ("videoId",),
        ),
        NoteSchema(source='{"required": ["title"]}'),
    )


def test_schemas_of_files_that_extend_each_other_add_up_and_paths_are_those_of_their_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "team").mkdir()
    (tmp_path / "team/base.toml").write_text('[[schema]]\nschema = "../schema.json"')
    config = load(tmp_path, 'extend = "team/base.toml"\n[[schema]]\nunique = ["id"]', {"required": ["a"]})
    assert [schema.source for schema in config.schemas] == ['{"required": ["a"]}', "{}"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[[schema]]\n[[schema]]\nfile = []",
            "vaultlint.toml:3: unknown key “file”; did you mean “files”?",
        ),
        (
            "[[schema]]\n[schema.schema]\n[[schema]]\nunique = []\n"
            "[schema.schema.properties.a]\ntype = 'strin'",
            "vaultlint.toml:6: “schema”: it is no schema that can be used at “properties.a.type”:"
            " “strin” is not what JSON Schema allows there",
        ),
        (
            "[[schema]]\nproperty.a = [1]\nschema = 3",
            "vaultlint.toml:2: “schema.0.property.a” must be a text, a number, true or false\n"
            "vaultlint.toml:3: “schema.0.schema” must be a table or the path of a file",
        ),
        ("[[schema]]\nunique = 'a'", "vaultlint.toml:2: “schema.0.unique” must be a valid array"),
        (
            "[[schema]]\nschema = 'x.json'",
            "vaultlint.toml:2: “schema”: x.json: there is no such configuration file",
        ),
    ],
)
def test_a_mistake_in_a_table_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    assert mistake(tmp_path, text) == message


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ('{"required": [\n "a",]}', "schema.json:2:5: no JSON: illegal trailing comma before end of array"),
        ("[" * 60_000, "schema.json: nested too deeply"),
        ("[" + "9" * 5_000 + "]", "schema.json: no JSON: a number is too long"),
        ('"' + "x" * 70_000 + '"', "schema.json: larger than 64 KB, which no configuration needs"),
        ([], "schema.json: it is no schema that can be used: “[]” is not what JSON Schema allows there"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_its_place(tmp_path: Path, schema: object, message: str) -> None:
    told = mistake(tmp_path, "[[schema]]\nschema = 'schema.json'", schema)
    if sys.version_info < (3, 13):
        message = message.replace("2:5: no JSON: illegal trailing comma before end of array", "2:6: no JSON")
        told = told.replace("no JSON: expecting value", "no JSON")
    elif sys.version_info >= (3, 14):  # no depth is too much for its parser
        message = message.replace(": nested too deeply", ":1:60001: no JSON: expecting value")
    assert told.startswith(f"vaultlint.toml:2: “schema”: {message[:60]}")


# --- which are refused ------------------------------------------------------------------------


def doubling(levels: int) -> dict[str, object]:
    """A schema that asks the same 2 ** levels times."""
    definitions = {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/0", "$defs": {**definitions, str(levels): {"type": "object"}}}


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            {"properties": {"a": {"$ref": "https://example.org/a.json"}}},
            "“https://example.org/a.json” lies outside the schema, and is not followed",
        ),
        ({"$ref": "file:///etc/passwd"}, "“file:///etc/passwd” lies outside the schema, and is not followed"),
        ({"$ref": ROOT_SCHEMA}, f"“{ROOT_SCHEMA}” lies outside the schema, and is not followed"),
        ({"allOf": [{"$ref": "#/$defs/a"}]}, "there is no “#/$defs/a” in the schema"),
        ({"$ref": "#/required", "required": []}, "“#/required” is no schema"),
        ({"items": {"$dynamicRef": "#x"}}, "“$dynamicRef” is not followed here"),
        ({"properties": {"a": {"$ref": "#"}}}, "it refers back to itself"),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"not": {"$ref": "#/$defs/a"}}}}, "it refers back to itself"),
        (doubling(16), "it asks too much of one value, with all that it refers to written out"),
        (
            {"not": {"$id": "https://example.org/", "$schema": ROOT_SCHEMA}},
            "only the schema as a whole may have an “$id” or a “$schema”",
        ),
        (
            {"not": {"$schema": "https://example.org/"}},
            "only the schema as a whole may have an “$id” or a “$schema”",
        ),
        (
            {"$schema": "https://example.org/"},
            "“https://example.org/” is no version of JSON Schema that is known",
        ),
        ({"pattern": "(?=a)"}, "the pattern “(?=a)” is none that RE2 takes: invalid perl operator: (?="),
        ({"patternProperties": {"[": {}}}, "the pattern “[” is none that RE2 takes: missing ]: ["),
        (
            {"patternProperties": {"a": {}}, "not": {"unevaluatedProperties": False}},
            "“patternProperties” and “unevaluatedProperties” do not go together here",
        ),
        (
            {"format": "colour"},
            "the format “colour” is not checked here;"
            " these are: date, date-time, time, email, uri, uuid, ipv4, ipv6",
        ),
    ],
)
def test_a_schema_that_may_do_harm_or_says_nothing_is_refused(schema: object, message: str) -> None:
    with pytest.raises(SchemaError) as raised:
        Checker(schema)
    assert str(raised.value) == message


def test_a_schema_that_is_nested_too_deeply_is_refused() -> None:
    for depth in (60, 300, 900):
        schema: dict[str, object] = {}
        for _ in range(depth):
            schema = {"not": schema}
        with pytest.raises(SchemaError, match="nested too deeply"):
            Checker(schema)


def test_words_of_json_schema_may_be_names_of_properties() -> None:
    names = ("$ref", "$id", "$schema", "$dynamicRef", "pattern", "format", "enum", "properties")
    checker = Checker({"properties": {name: {"type": "integer"} for name in names}, "enum": [{"$ref": 1}]})
    assert {breach.keyword for breach in checker.breaches({"$ref": "x", "format": "y"})} == {"type", "enum"}


def test_a_breach_says_what_is_broken_and_where() -> None:
    checker = Checker(
        {
            "properties": {"propertyNames": {"type": "integer"}, "no": False, "in": {"required": ["x"]}},
            "patternProperties": {"^p": {}, "^n.n": False},
            "propertyNames": {"maxLength": 15},
            "additionalProperties": {"type": "integer"},
        }
    )
    instance = {"propertyNames": "x", "no": 1, "nan": 1, "in": {}, "more": "x", "a long name indeed": 1}
    found = sorted((each.keyword, each.path) for each in checker.breaches(instance))
    assert found == [
        ("false", ("nan",)),
        ("false", ("no",)),
        ("propertyNames", ()),
        ("required", ("in", "x")),
        ("type", ("more",)),
        ("type", ("propertyNames",)),
    ]


@pytest.mark.parametrize("draft", ["draft-04", "draft-06", "draft-07"])
def test_older_drafts_are_known(draft: str) -> None:
    schema = {
        "$schema": f"http://json-schema.org/{draft}/schema#",
        "definitions": {"a": {"type": "string", "pattern": "x$"}},
        "properties": {"a": {"$ref": "#/definitions/a"}},
        "additionalProperties": False,
    }
    found = [(each.keyword, each.path) for each in Checker(schema).breaches({"a": "x\n", "b": 1})]
    assert found == [("pattern", ("a",)), ("additionalProperties", ("b",))]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", ["2024-02-29"], ["2023-02-29", "20240229", "2024-W01-1", "2024-02-29T10:00", "٢٠٢٤-01-01"]),
        (
            "date-time",
            [
                "2024-02-29T18:30:00",
                "2024-02-29T18:30",
                "2024-02-29 18:30:00.5+03:00",
                "2024-02-29t18:30:00z",
            ],
            ["2024-02-29", "2024-02-29T25:00:00", "2024-02-29T18"],
        ),
        ("time", ["18:30:00", "18:30", "18:30:00Z"], ["24:00", "7:30", "18:30:60"]),
        ("email", ["ann@example.org"], ["ann", "ann@example", "@example.org", "a b@example.org"]),
        (
            "uri",
            ["https://example.org/?q=%20#a", "mailto:ann@example.org"],
            ["example.org", "http://[", "a: b"],
        ),
        ("uuid", ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", ""]),
        ("ipv4", ["127.0.0.1"], ["127.0.0.256", "1"]),
        ("ipv6", ["::1"], ["127.0.0.1", ":"]),
    ],
)
def test_a_format_is_checked(name: str, good: list[str], bad: list[str]) -> None:
    checker = Checker({"items": {"format": name}})
    wrong = [good.index(each.value) for each in checker.breaches(good)]  # type: ignore[arg-type]
    assert wrong == []
    assert [each.value for each in checker.breaches(bad)] == bad  # type: ignore[arg-type]


def test_values_are_told_apart_as_json_schema_does() -> None:
    checker = Checker({"items": {"enum": [1, "a", None, {"x": [True]}]}})
    instance = [1.0, True, "a", {"x": [1]}, {"x": [True]}, None]
    assert [each.path for each in checker.breaches(instance)] == [(1,), (3,)]  # type: ignore[arg-type]
    unique = Checker({"properties": {"a": {"uniqueItems": True}, "b": {"uniqueItems": True}}})
    found = unique.breaches({"a": [1, True, "1", [1], {"1": 1}], "b": [{"x": 1, "y": 2}, {"y": 2.0, "x": 1}]})
    assert [each.path for each in found] == [("b",)]


# --- what it costs ----------------------------------------------------------------------------


def test_a_hostile_schema_and_a_hostile_note_are_soon_done() -> None:
    many = [[number] if number % 2 else {"x": number} for number in range(20_000)]
    wanted = {
        "properties": {
            "a": {"type": "string", "pattern": "(a+)+$"},
            "b": {"uniqueItems": True, "items": {"enum": [[number] for number in range(2_000)]}},
        },
        "patternProperties": {"(c*)*d": False},
    }
    began = time.process_time()
    found = list(Checker(wanted).breaches({"a": "a" * 100_000 + "b", "b": many, "c" * 100_000: 1}))
    assert len(found) > 10_000
    assert time.process_time() - began < 10


def test_a_note_with_very_many_properties_is_soon_done(tmp_path: Path) -> None:
    config = load(
        tmp_path,
        "[[schema]]\nschema = {additionalProperties = false, properties.number = {}}\n"
        "[[schema]]\nschema.properties.inner.additionalProperties.type = 'string'",
    )
    outer = "".join(f"numbe{number}: 1\n" for number in range(8_000))
    inner = "".join(f"  x{number}: 1\n" for number in range(8_000))
    (tmp_path / "a.md").write_text(f"---\n{outer}inner:\n{inner}---\n")
    began = time.process_time()
    linter = open_linter(tmp_path, config._replace(select=("VL11",)), load_rules())
    linter.read()
    messages = [each.message for each in linter.report().diagnostics]
    assert messages.count("only the first 200 things that do not fit a schema are told") == 2
    assert time.process_time() - began < 15


def test_rules_with_schemas_travel_to_other_processes(tmp_path: Path) -> None:
    config = load(tmp_path, "[[schema]]\nfiles = ['Videos/*.md']\nschema.required = ['a']\nunique = ['a']")
    (tmp_path / "a.md").write_text("")
    rule = load_rules()["VL111"]()
    rule.configure(settings_of(discover(tmp_path), config))
    again = pickle.loads(pickle.dumps(rule))
    (schema,) = vars(again)["_schemas"]
    assert schema.covers("Videos/a.md")
    assert not schema.covers("a.md")


def test_rules_are_idle_without_schemas(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\na: 1\n---\n")
    linter = open_linter(tmp_path, Config(select=("VL11",)), load_rules())
    assert {"VL110", "VL111", "VL112"}.isdisjoint(rule.code for rule in linter._reading.rules)
    assert linter._reading.schemas == ()


# --- what it needs ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "library", "extra"), [("jsonschema", "jsonschema", "schema"), ("re2", "google-re2", "custom")]
)
def test_a_library_that_is_missing_is_told_with_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, library: str, extra: str
) -> None:
    from vaultlint.patterns import compiled

    checker_of.cache_clear()
    compiled.cache_clear()
    monkeypatch.setitem(sys.modules, module, None)
    told = mistake(tmp_path, "[[schema]]\nschema.pattern = 'abc'")
    assert f"the library {library}, which is not installed" in told
    assert f"pip install 'obsidian-vaultlint[{extra}]'" in told
