"""The JSON Schema of the configuration, for editors: `vaultlint schema`, `docs/config.schema.json`."""

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from vaultlint.config import rule_names
from vaultlint.config_tables import SELECTORS, ConfigTable, options_model
from vaultlint.options import documented, options_of

if TYPE_CHECKING:
    from vaultlint.config import RuleClasses
    from vaultlint.rule import Rule

_SEVERITY = "How grave its findings are: `error`, `warning` or `info`."


def config_schema(rule_classes: "RuleClasses") -> str:
    """The schema of `vaultlint.toml` where these rules are installed, as JSON text."""
    schema = _tidy(ConfigTable.model_json_schema())
    names = rule_names(rule_classes)
    properties = schema["properties"]
    selectors = {"type": "array", "items": {"$ref": "#/$defs/selector"}}
    for key in SELECTORS:
        properties[key] = {**selectors, **_said(properties[key])}
    properties["per-file-ignores"]["additionalProperties"] = selectors
    properties["rules"] = {
        "type": "object",
        "description": properties["rules"]["description"],
        "properties": dict(_rule_properties(names)),
        "additionalProperties": False,
    }
    schema["$defs"] |= {
        "selector": {
            "description": "A rule by name or code, rules by a prefix of their codes, or all of them.",
            "enum": ["ALL", *sorted({*names, *names.values(), *_prefixes(names)})],
        },
        **{name: _rule_schema(code, name, rule_classes.get(code)) for code, name in sorted(names.items())},
    }
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "vaultlint.toml", **schema}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _said(schema: dict[str, Any]) -> dict[str, Any]:
    return {key: schema[key] for key in ("default", "description") if key in schema}


def _prefixes(codes: Iterable[str]) -> Iterator[str]:
    """What codes may begin with: the letters, and some of the digits behind them."""
    for code in codes:
        letters = code.rstrip("0123456789")
        yield from (code[:length] for length in range(len(letters), len(code)))


def _rule_properties(names: dict[str, str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The tables of rules, which may be called by name or code."""
    for code, name in sorted(names.items()):
        yield name, {"$ref": f"#/$defs/{name}"}
        yield code, {"$ref": f"#/$defs/{name}"}


def _rule_schema(code: str, name: str, rule: "type[Rule] | None") -> dict[str, Any]:
    """The schema of a rule's table."""
    options = options_of(rule)
    docs = {"severity": _SEVERITY, **(documented(rule) if rule is not None else {})}
    schema: dict[str, Any] = _tidy(options_model(options, docs).model_json_schema())
    defaults = {option: getattr(rule, option) for option in options}
    if rule is not None:
        defaults["severity"] = str(rule.severity)
    for option, value in defaults.items():
        found = schema["properties"][option.replace("_", "-")]
        found.pop("default", None)
        if value is not None:
            found["default"] = value
    first = (rule.__doc__ or "").strip().splitlines()[:1] if rule is not None else []
    schema["description"] = " ".join([f"{name} ({code}).", *first])
    return schema


def _tidy(node: Any) -> Any:
    """The schema without the titles that pydantic makes up, and without null, which TOML does not have."""
    if isinstance(node, list):
        return [_tidy(one) for one in node]
    if not isinstance(node, dict):
        return node
    tidy = {
        key: _tidy(value) for key, value in node.items() if not (key == "title" and isinstance(value, str))
    }
    if "default" in tidy and tidy["default"] is None:
        del tidy["default"]
    if "anyOf" in tidy:
        choices = [one for one in tidy["anyOf"] if one != {"type": "null"}]
        if len(choices) == 1:
            del tidy["anyOf"]
            return {**choices[0], **tidy}
        tidy["anyOf"] = choices
    return tidy
