"""What may stand in a configuration file, and what is wrong with what stands there, in plain words."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema, create_model

from vaultlint.anchor_form import DEFAULT_FORM
from vaultlint.config import RuleSettings, nearest, rule_names, unknown_selector
from vaultlint.diagnostic import Severity
from vaultlint.options import options_of

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from vaultlint.config import RuleClasses

Place = tuple[str, ...]
"""Where something stands in a configuration: the keys that lead to it."""

Mistakes = list[tuple[Place, str]]
"""What is wrong, and where."""

_Checked = TypeVar("_Checked", bound=BaseModel)


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class _Table(BaseModel):
    """A table in which every key is known and every value has its type."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, alias_generator=_kebab, use_attribute_docstrings=True
    )


# Checked by `not_plain` and `vaultlint.config_schemas`: of several types pydantic complains one by one.
_Plain = Annotated[Any, WithJsonSchema({"type": ["string", "number", "boolean"]})]
_TableOrPath = Annotated[Any, WithJsonSchema({"type": ["string", "object"]})]


class TopicsTable(_Table):
    """Which notes are topic pages, which other notes ought to link to; hubs never are. Where `include`,
    `tags` or `properties` are given, those of which any of it holds; else all that no preset leaves out."""

    include: list[str] = []
    """Patterns of topic pages, as in `.gitignore`."""
    tags: list[str] = []
    """Tags of topic pages, or what their nested tags begin with."""
    properties: dict[str, _Plain] = {}
    """Properties of topic pages with the value that they have, or that their list holds."""
    exclude: list[str] = []
    """Patterns of notes that are none."""
    presets: list[Literal["daily-notes", "inbox", "templates", "archive"]] | None = None
    """What is left out where nothing says which notes are topic pages; all of these where it is not given."""


class HubsTable(_Table):
    """Which notes are hubs, which list others: those for which any of this holds."""

    include: list[str] = []
    """Patterns of hubs, as in `.gitignore`."""
    tags: list[str] = []
    """Tags of hubs, or what their nested tags begin with."""
    properties: dict[str, _Plain] = {}
    """Properties of hubs with the value that they have, or that their list holds."""
    presets: list[Literal["from-lines", "folder-notes", "indexes"]] | None = None
    """What makes a hub by its nature: that a `From: [[…]]` line names it, or that it is named like its folder
    or as an index is (index, README, home); all of these where it is not given."""


class TimestampsTable(_Table):
    """How timestamp anchors are written, `<a class="yt-timestamp" data-t="00:07:12">[00:07:12]</a>` where
    nothing is said; and which properties say what video they are of."""

    element: str = DEFAULT_FORM.element
    """The name of the element."""
    css_class: str = Field(default=DEFAULT_FORM.css_class, alias="class")
    """Its class; empty: it has none."""
    attribute: str = DEFAULT_FORM.attribute
    """The attribute that holds the time."""
    label: str = DEFAULT_FORM.label
    """The text that shows the time, with `{time}` for that."""
    video: str = DEFAULT_FORM.video
    """The property that holds the id of the note's video."""
    duration: str = DEFAULT_FORM.duration
    """The property that holds the length of the video: seconds, MM:SS or HH:MM:SS."""


class SchemaTable(_Table):
    """What is wanted of the properties of some notes: those of which all holds that is said of them here."""

    files: list[str] = []
    """Patterns as in `.gitignore`; none: all notes."""
    tag: str | None = None
    """A tag of the notes, or one that their nested tags begin with."""
    property: dict[str, _Plain] = {}
    """Properties of the notes with the value that they have, or that their list holds."""
    json_schema: _TableOrPath = Field({}, alias="schema")
    """A JSON Schema for all properties of a note together: a table, or the path of a JSON file, relative to
    this one."""
    unique: list[str] = []
    """Properties whose values no two of the notes share."""


class CustomTable(_Table):
    """A rule without code: a pattern, and what to say where it matches."""

    code: str
    """Its code, as `TEAM001`: capitals and digits."""
    name: str
    """Its name, as `british-spelling`."""
    message: str
    """What it says; `{match}` stands for what was found."""
    pattern: str
    """A regular expression, as google-re2 takes it."""
    where: Literal["prose", "raw", "properties", "links"] = "prose"
    """Where to look: in the text that is read, in the whole note, in each `name: value`, in link targets."""
    files: list[str] = []
    """Patterns of notes as in `.gitignore`; none: all notes."""
    severity: Literal["error", "warning", "info"] = "warning"
    """How much a finding matters."""
    replacement: str | None = None
    """What to put in its place; `\\1` and `\\g<name>` stand for groups, `\\0` for all that was found."""
    safety: Literal["safe", "unsafe", "manual"] = "unsafe"
    """Whether `--fix` may apply the replacement, only `--unsafe-fixes`, or nobody."""


class ConfigTable(_Table):
    """The whole file, or `[tool.vaultlint]`."""

    extend: str | None = None
    """Another configuration file, relative to this one, which this one adds to."""
    select: list[str] | None = None
    """The rules that run, and no others: codes, prefixes, names or `ALL`."""
    extend_select: list[str] = []
    """Rules that run too."""
    ignore: list[str] = []
    """Rules that do not run."""
    per_file_ignores: dict[str, list[str]] = {}
    """Rules that are silent in the files of a pattern: `"Archive/" = ["VL4"]`."""
    exclude: list[str] = []
    """Patterns of files whose findings are not shown; links may name them all the same."""
    fail_on: Literal["error", "warning", "info"] = "warning"
    """The least severity that makes the exit status 1."""
    fixable: list[str] | None = None
    """The rules whose fixes may be applied; all where it is not given."""
    unfixable: list[str] = []
    """Rules whose fixes are shown and never applied."""
    extend_safe_fixes: list[str] = []
    """Rules whose unsafe fixes count as safe."""
    extend_unsafe_fixes: list[str] = []
    """Rules whose safe fixes count as unsafe."""
    planned: list[str] = []
    """Patterns of link targets that are still to be written: broken-link is silent about them."""
    publish: Literal["quartz", "github", "publish"] | None = None
    """Where the vault is published (Quartz, GitHub, Obsidian Publish), so that what breaks there is found."""
    baseline: str | None = None
    """The file of `vaultlint baseline`, relative to this one; `.vaultlint-baseline.json` in the vault if none
    is named."""
    config_folder: str = ".obsidian"
    """The folder of Obsidian's own settings."""
    topics: TopicsTable = TopicsTable()
    """Which notes are topic pages."""
    hubs: HubsTable = HubsTable()
    """Which notes are hubs."""
    timestamps: TimestampsTable = TimestampsTable()
    """How timestamp anchors are written."""
    schemas: list[SchemaTable] = Field([], alias="schema")
    """What is wanted of the properties of notes."""
    custom: list[CustomTable] = []
    """Rules without code."""
    rules: dict[str, dict[str, Any]] = {}
    """Severity and options of rules, each in a table of its name or code."""


SELECTORS = ("select", "extend-select", "ignore", "fixable", "unfixable", "extend-safe-fixes",
             "extend-unsafe-fixes")  # fmt: skip
"""The keys that name rules."""


def checked(
    table: object, rule_classes: "RuleClasses", mistakes: Mistakes
) -> tuple[ConfigTable, dict[str, RuleSettings]] | None:
    """The table as a model, with the settings of rules by name; what is wrong is added to `mistakes`."""
    model = _validated(ConfigTable, table, mistakes)
    if model is None:
        return None
    rules = dict(_rule_settings(model.rules, rule_classes, mistakes))
    mistakes.extend(_other_mistakes(model, rule_classes))
    return model, rules


def _validated(model: type[_Checked], table: object, mistakes: Mistakes, at: Place = ()) -> _Checked | None:
    """The table as `model`; None, with what is wrong added to `mistakes`, where it does not fit."""
    try:
        # Through JSON, because strict mode then takes an array for a tuple and text for an enum.
        return model.model_validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        mistakes.extend(_in_plain_words(model, detail, at) for detail in error.errors())
        return None


def _in_plain_words(model: type[BaseModel], detail: "ErrorDetails", at: Place) -> tuple[Place, str]:
    where = tuple(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        key, keys = where[-1], _keys(model, where[:-1])
        # In TOML everything below a header belongs to its table.
        misplaced = len(at) + len(where) > 1 and key in _keys(ConfigTable, ())
        hint = "; it belongs at the top of the file, above all tables" if misplaced else nearest(key, keys)
        return (*at, *where), f"unknown key “{key}”{hint}"
    message = detail["msg"]
    if detail["type"] == "missing":
        message = "is missing"
    elif message.startswith("Input should be"):
        message = "must be" + message.removeprefix("Input should be")
    else:
        message = f"is wrong: {message[:1].lower()}{message[1:]}"
    return (*at, *where), f"“{'.'.join((*at, *where))}” {message}"


def _keys(model: type[BaseModel], where: Place) -> list[str]:
    """The keys that the table at `where` may have, as they are written."""
    for key in where:
        if key.isdigit():
            continue  # a table of a list of them
        field = next(field for field in model.model_fields.values() if field.alias == key)
        table = next(iter(get_args(field.annotation)), field.annotation)
        if not (isinstance(table, type) and issubclass(table, BaseModel)):
            return []
        model = table
    return [str(field.alias) for field in model.model_fields.values()]


def _other_mistakes(model: ConfigTable, rule_classes: "RuleClasses") -> Iterator[tuple[Place, str]]:
    given: list[tuple[Place, list[str] | None]] = [
        ((key,), getattr(model, key.replace("-", "_"))) for key in SELECTORS
    ]
    given += [(("per-file-ignores", pattern), names) for pattern, names in model.per_file_ignores.items()]
    for where, selectors in given:
        for selector in selectors or ():
            complaint = unknown_selector(selector, rule_classes)
            if complaint:
                yield where, f"“{'.'.join(where)}”: {complaint}"
    for table, properties in (("topics", model.topics.properties), ("hubs", model.hubs.properties)):
        yield from not_plain((table, "properties"), properties)
    if not re.fullmatch(r"\.[^/\\.][^/\\]*", model.config_folder):
        yield ("config-folder",), "“config-folder” must be a name that begins with a dot"
    for key, form, wanted in _ANCHOR_PARTS:
        if not re.fullmatch(form, getattr(model.timestamps, key)):
            key = "class" if key == "css_class" else key  # noqa: PLW2901 - as it is written
            yield ("timestamps", key), f"“timestamps.{key}” must be {wanted}"


_ANCHOR_PARTS = (
    ("element", "[A-Za-z][A-Za-z0-9-]*", "the name of an element, as “a” or “span”"),
    ("css_class", r"(?:[A-Za-z_-][\w-]*)?", "the name of one class, or empty"),
    ("attribute", r"[A-Za-z_][\w.:-]*", "the name of an attribute, as “data-t”"),
    ("label", r"[^{}<>\n|]*\{time\}[^{}<>\n|]*", "one line of plain text that holds “{time}” once"),
    ("video", r"[^\n]+", "the name of a property"),
    ("duration", r"[^\n]+", "the name of a property"),
)
"""The keys of `[timestamps]`, the pattern of their values, and that in words."""


def not_plain(where: Place, properties: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """What is wrong with the values that properties are to have."""
    for key, value in properties.items():
        if not isinstance(value, str | int | float):
            place = (*where, key)
            yield place, f"“{'.'.join(place)}” must be a text, a number, true or false"


def _rule_settings(
    tables: Mapping[str, dict[str, Any]], rule_classes: "RuleClasses", mistakes: Mistakes
) -> Iterator[tuple[str, RuleSettings]]:
    """Name and settings for each table under `[rules]`."""
    names = rule_names(rule_classes)
    codes = {name: code for code, name in names.items()}
    seen: dict[str, str] = {}
    for key, table in tables.items():
        code = codes.get(key, key)
        where = ("rules", key)
        if code not in names:
            mistakes.append((where, unknown_selector(key, rule_classes) or f"“{key}” is more than one rule"))
        elif code in seen:
            mistakes.append((where, f"“{key}” and “{seen[code]}” are the same rule"))
        else:
            seen[code] = key
            options = options_of(rule_classes.get(code))
            model = _validated(options_model(options), table, mistakes, where)
            if model is not None:
                yield names[code], _settings(model, options)


def _settings(model: BaseModel, options: Mapping[str, Any]) -> RuleSettings:
    given = model.model_fields_set
    severity = getattr(model, "severity", None)
    return RuleSettings(
        None if severity is None else Severity(severity),
        {name: getattr(model, _FIELD + name) for name in options if _FIELD + name in given},
    )


# An option may be called as a method of pydantic's models is; its field never is.
_FIELD = "option_"


def options_model(options: Mapping[str, Any], docs: Mapping[str, str] = {}) -> type[BaseModel]:
    """The model of one `[rules.NAME]` table. No default matters: what is not given stays with the rule."""
    fields: dict[str, Any] = {
        _FIELD + name: (hint, Field(default=None, alias=_kebab(name), description=docs.get(name)))
        for name, hint in options.items()
    }
    severity: Any = (
        Literal["error", "warning", "info"] | None,
        Field(None, description=docs.get("severity")),
    )
    return create_model("RuleTable", __base__=_Table, severity=severity, **fields)
