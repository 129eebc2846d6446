"""Reads `vaultlint.toml` and `[tool.vaultlint]`, and checks them with pydantic.

A file may come from a stranger's pull request: its size is bounded, and a mistake is answered with
the file, the line where it can be told, and the nearest right name.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from vaultlint.config import (
    Config,
    Hubs,
    RuleSettings,
    Topics,
    nearest,
    rule_names,
    unknown_selector,
)
from vaultlint.diagnostic import Severity
from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from vaultlint.config import RuleClasses
    from vaultlint.rule import Rule

_MAX_BYTES = 64 * 1024
# tomllib takes quadratic time on dotted names of many parts.
_MANY_DOTS = re.compile(r"""\.(?:[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.){50}""")

_Path = tuple[str, ...]
"""Where something stands in a configuration: the keys that lead to it."""

_Checked = TypeVar("_Checked", bound=BaseModel)


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class _Table(BaseModel):
    """A table in which every key is known and every value has its type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, alias_generator=_kebab)


class TopicsTable(_Table):
    """`[topics]`: which notes are topic pages."""

    include: list[str] = []
    exclude: list[str] = []


class HubsTable(_Table):
    """`[hubs]`: which notes are hubs."""

    include: list[str] = []


class ConfigTable(_Table):
    """The whole file, or `[tool.vaultlint]`."""

    select: list[str] | None = None
    extend_select: list[str] = []
    ignore: list[str] = []
    exclude: list[str] = []
    fail_on: Literal["error", "warning", "info"] = "warning"
    config_folder: str = ".obsidian"
    topics: TopicsTable = TopicsTable()
    hubs: HubsTable = HubsTable()
    rules: dict[str, dict[str, Any]] = {}


def read_config(path: Path, rule_classes: "RuleClasses") -> Config:
    """The configuration in a file. Raises `VaultlintError` with all its mistakes, one a line."""
    text = _read_text(path)
    table: object = _parse(path, text)
    base: _Path = ()
    if path.name == "pyproject.toml":
        base = ("tool", "vaultlint")
        for key in base:
            table = table.get(key, {}) if isinstance(table, dict) else {}
    mistakes: list[tuple[_Path, str]] = []
    model = _validated(ConfigTable, table, mistakes)
    rules: dict[str, RuleSettings] = {}
    if model is not None:
        rules = dict(_rule_settings(model.rules, rule_classes, mistakes))
        mistakes.extend(_other_mistakes(model, rule_classes))
    if mistakes or model is None:
        lines = [f"{path}{_line_of(text, (*base, *where))}: {what}" for where, what in mistakes]
        raise VaultlintError("\n".join(lines))
    return Config(
        select=None if model.select is None else tuple(model.select),
        extend_select=tuple(model.extend_select),
        ignore=tuple(model.ignore),
        exclude=tuple(model.exclude),
        fail_on=Severity(model.fail_on),
        rules=rules,
        topics=Topics(tuple(model.topics.include), tuple(model.topics.exclude)),
        hubs=Hubs(tuple(model.hubs.include)),
        config_folder=model.config_folder,
        source=path,
    )


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file of bounded size. Raises `VaultlintError`."""
    return _parse(path, _read_text(path))


def _read_text(path: Path) -> str:
    if not path.is_file():
        raise VaultlintError(f"{path}: there is no such configuration file")
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise VaultlintError(f"{path}: cannot be read: {error.strerror}") from error
    if len(data) > _MAX_BYTES:
        raise VaultlintError(f"{path}: larger than {_MAX_BYTES // 1024} KB, which no configuration needs")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VaultlintError(f"{path}: not valid UTF-8 at byte {error.start}") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    if _MANY_DOTS.search(text):
        raise VaultlintError(f"{path}: a dotted key of more than 50 parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        if place is None:
            raise VaultlintError(f"{path}: {_lowered(message)}") from None
        where = f"{path}:{place[1]}:{place[2]}"
        raise VaultlintError(f"{where}: {_lowered(message[: place.start()])}") from None
    except RecursionError:
        raise VaultlintError(f"{path}: nested too deeply") from None


# --- checking ---------------------------------------------------------------------------------


def _validated(
    model: type[_Checked], table: object, mistakes: list[tuple[_Path, str]], at: _Path = ()
) -> _Checked | None:
    """The table as `model`; None, with what is wrong added to `mistakes`, where it does not fit."""
    try:
        # Through JSON, because strict mode then takes an array for a tuple and text for an enum.
        return model.model_validate_json(json.dumps(table, default=str))
    except ValidationError as error:
        mistakes.extend(_in_plain_words(model, detail, at) for detail in error.errors())
        return None


def _in_plain_words(model: type[BaseModel], detail: "ErrorDetails", at: _Path) -> tuple[_Path, str]:
    where = tuple(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        keys = _keys(model, where[:-1])
        return (*at, *where), f"unknown key “{where[-1]}”{nearest(where[-1], keys)}"
    message = detail["msg"]
    if message.startswith("Input should be"):
        message = "must be" + message.removeprefix("Input should be")
    else:
        message = f"is wrong: {_lowered(message)}"
    return (*at, *where), f"“{'.'.join((*at, *where))}” {message}"


def _keys(model: type[BaseModel], where: _Path) -> list[str]:
    """The keys that the table at `where` may have, as they are written."""
    for key in where:
        field = next(field for field in model.model_fields.values() if field.alias == key)
        if not (isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)):
            return []
        model = field.annotation
    return [str(field.alias) for field in model.model_fields.values()]


def _other_mistakes(model: ConfigTable, rule_classes: "RuleClasses") -> Iterator[tuple[_Path, str]]:
    for key, selectors in (
        ("select", model.select),
        ("extend-select", model.extend_select),
        ("ignore", model.ignore),
    ):
        for selector in selectors or ():
            complaint = unknown_selector(selector, rule_classes)
            if complaint:
                yield (key,), f"“{key}”: {complaint}"
    if not re.fullmatch(r"\.[^/\\.][^/\\]*", model.config_folder):
        yield ("config-folder",), "“config-folder” must be a name that begins with a dot"


def _rule_settings(
    tables: Mapping[str, dict[str, Any]], rule_classes: "RuleClasses", mistakes: list[tuple[_Path, str]]
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
            options = _options_of(rule_classes.get(code))
            checked = _validated(_options_model(options), table, mistakes, where)
            if checked is not None:
                yield names[code], _settings(checked, options)


def _settings(checked: BaseModel, options: Mapping[str, Any]) -> RuleSettings:
    given = checked.model_fields_set
    severity = getattr(checked, "severity", None)
    return RuleSettings(
        None if severity is None else Severity(severity),
        {name: getattr(checked, _FIELD + name) for name in options if _FIELD + name in given},
    )


# An option may be called as a method of pydantic's models is; its field never is.
_FIELD = "option_"


def _options_of(rule: "type[Rule] | None") -> dict[str, Any]:
    """The types of a rule's options by name: its annotated attributes, `ClassVar` and private ones left out.

    The engine's own rules (None) have no options.
    """
    if rule is None:
        return {}
    hints = get_type_hints(rule, include_extras=True)
    return {
        name: hint
        for name, hint in hints.items()
        if not name.startswith("_") and hint is not ClassVar and get_origin(hint) is not ClassVar
    }


def _options_model(options: Mapping[str, Any]) -> type[BaseModel]:
    """The model of one `[rules.NAME]` table. No default matters: what is not given stays with the rule."""
    fields: dict[str, Any] = {
        _FIELD + name: (hint, Field(default=None, alias=_kebab(name))) for name, hint in options.items()
    }
    severity: Any = (Literal["error", "warning", "info"] | None, None)
    return create_model("RuleTable", __base__=_Table, severity=severity, **fields)


# --- where a mistake stands -------------------------------------------------------------------

_HEADER = re.compile(r"[ \t]*\[\[?([^\[\]]+)\]")
_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*=")
_KEY_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def _line_of(text: str, path: _Path) -> str:
    """`:LINE` of the key that `path` leads to, or of the nearest one above it; empty where none is found.

    tomllib keeps no positions, so headers and keys are looked for line by line.
    """
    table: _Path = ()
    best, depth = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            here = table = _parts(header[1])
        elif key:
            here = (*table, *_parts(key[1]))
        else:
            continue
        if len(here) > depth and path[: len(here)] == here:
            best, depth = f":{number}", len(here)
    return best


def _parts(dotted: str) -> _Path:
    return tuple(first or second or third for first, second, third in _KEY_PART.findall(dotted))


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
