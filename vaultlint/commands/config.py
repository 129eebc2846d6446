"""`vaultlint config`: what is in force, and where each value comes from."""

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaultlint.commands.opening import Configured, configured
from vaultlint.config import Config, RuleSettings, selected
from vaultlint.config_file import Layer
from vaultlint.config_tables import ConfigTable, Place
from vaultlint.diagnostic import Severity
from vaultlint.options import options_of

_REPLACING = ("select", "fixable")
_TABLES = ("topics", "hubs", "timestamps", "per-file-ignores", "rules", "schema", "custom")
_LISTS = ("schema", "custom")


class Value(NamedTuple):
    """A value in force. `origins`: what it comes from, `default` where nobody says so."""

    where: Place
    value: Any
    origins: tuple[Mapping[str, str | int], ...]


def config_in_force(root: Path, options: argparse.Namespace) -> str:
    """The configuration of the vault at `root` under these arguments, as text or JSON."""
    found = configured(root, options)
    config = found.config
    if options.fail_on is not None:
        config = config._replace(fail_on=Severity(options.fail_on))
    values = list(_values(found._replace(config=config), _given(options), root))
    rules = [rule.code for rule in selected(config, found.rule_classes)]
    if options.format == "json":
        told = {
            "root": str(root),
            "files": [_shown(layer.path, root) for layer in found.layers],
            "values": [
                {"key": list(one.where), "value": one.value, "origins": [dict(each) for each in one.origins]}
                for one in values
            ],
            "rules": rules,
        }
        return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
    return "".join(_as_text(values, rules))


def _given(options: argparse.Namespace) -> dict[str, str]:
    """The arguments that bear on a value, by its key."""
    names = ("select", "extend_select", "ignore", "exclude", "fail_on")
    keys = [name.replace("_", "-") for name in names if getattr(options, name)]
    return {key: f"--{key}" for key in keys}


def _values(found: Configured, given: Mapping[str, str], root: Path) -> Iterator[Value]:
    config, layers, classes = found
    for field in ConfigTable.model_fields.values():
        key = str(field.alias)
        if key not in (*_TABLES, "extend"):
            value = getattr(config, key.replace("-", "_"))
            adds = isinstance(value, tuple) and key not in _REPLACING
            yield Value((key,), _plain(value), _origins((key,), layers, root, given.get(key), adds=adds))
    for table, said in (("topics", config.topics), ("hubs", config.hubs)):
        for key, value in said._asdict().items():
            yield Value((table, key), _plain(value), _origins((table, key), layers, root))
    for part, value in config.timestamps._asdict().items():
        where = ("timestamps", "class" if part == "css_class" else part)
        yield Value(where, value, _origins(where, layers, root))
    for pattern, names in config.per_file_ignores.items():
        where = ("per-file-ignores", pattern)
        yield Value(where, _plain(names), _origins(where, layers, root))
    yield from _of_lists(layers, root)
    running = {rule.name for rule in selected(config, classes)}
    for code, rule in classes.items():
        if rule.name in running or rule.name in config.rules:
            yield from _of_rule(code, rule.name, options_of(rule), rule, config, layers, root)
    for name in sorted(config.rules.keys() - {rule.name for rule in classes.values()}):  # the engine's own
        yield from _of_rule("", name, {}, None, config, layers, root)


def _of_lists(layers: Sequence[Layer], root: Path) -> Iterator[Value]:
    """What the `[[schema]]` and `[[custom]]` tables say, counted through all files."""
    for name, field in (("schema", "schemas"), ("custom", "custom")):
        tables = [(layer, at, table) for layer in layers for at, table in enumerate(layer.value(field))]
        for number, (layer, at, table) in enumerate(tables):
            for key, value in table.model_dump(by_alias=True, exclude_unset=True).items():
                origin = _origin(layer, (name, str(at), key), root)
                yield Value((name, str(number), key), _plain(value), (origin,))


def _of_rule(  # noqa: PLR0917 - all of it is needed, once
    code: str,
    name: str,
    options: Mapping[str, Any],
    rule: Any,
    config: Config,
    layers: Sequence[Layer],
    root: Path,
) -> Iterator[Value]:
    settings = config.rules.get(name, RuleSettings())
    if settings.severity is not None:
        origins = _origins(("rules", name, "severity"), layers, root, code=code)
        yield Value(("rules", name, "severity"), str(settings.severity), origins)
    for option in options:
        key = option.replace("_", "-")
        value = settings.options.get(option, getattr(rule, option, None))
        yield Value(
            ("rules", name, key), _plain(value), _origins(("rules", name, key), layers, root, code=code)
        )


def _origins(
    where: Place,
    layers: Sequence[Layer],
    root: Path,
    argument: str | None = None,
    *,
    adds: bool = False,
    code: str = "",
) -> tuple[Mapping[str, str | int], ...]:
    """Where the value there comes from; of values that replace each other, the last one."""
    found: list[Mapping[str, str | int]] = []
    for layer in layers:
        for place in (where, (where[0], code, *where[2:])) if code else (where,):
            if layer.says(place):
                found.append(_origin(layer, place, root))
    if argument is not None:
        found.append({"argument": argument})
    if not found:
        return ({"default": True},)
    return tuple(found if adds else found[-1:])


def _origin(layer: Layer, place: Place, root: Path) -> Mapping[str, str | int]:
    line = layer.line_of(place)
    return {"file": _shown(layer.path, root), **({"line": line} if line else {})}


def _shown(path: Path, root: Path) -> str:
    """The path, relative to the vault where it lies in it."""
    return os.path.relpath(path, root) if path.is_relative_to(root) else str(path)


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list, frozenset, set)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Severity) else value


def _as_text(values: Sequence[Value], rules: Sequence[str]) -> Iterator[str]:
    """The values as TOML, each with its origin behind it."""
    table: Place = ()
    width = min(max(len(_line(one)) for one in values), 60)
    for one in values:
        if one.where[:-1] != table:
            table = one.where[:-1]
            name = ".".join(map(_key, table))
            yield f"\n[[{table[0]}]]\n" if table[0] in _LISTS else f"\n[{name}]\n"
        yield f"{_line(one):{width}}  # {', '.join(map(_told, one.origins))}\n"
    yield f"\n# {len(rules)} rules run: {' '.join(rules)}\n"


def _line(one: Value) -> str:
    if one.value is None:
        return f"# {_key(one.where[-1])} is not set"
    return f"{_key(one.where[-1])} = {_toml(one.value)}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_key(key)} = {_toml(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def _told(origin: Mapping[str, str | int]) -> str:
    if "file" in origin:
        return f"{origin['file']}:{origin['line']}" if "line" in origin else str(origin["file"])
    return str(origin.get("argument", "default"))
