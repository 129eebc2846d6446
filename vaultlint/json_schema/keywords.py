"""Keywords of our own for the library jsonschema, where its own take too long on hostile notes, run patterns
on `re`, or do not say where. Imported only where the library is.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jsonschema import ValidationError

from vaultlint.json_schema.formats import FORMATS
from vaultlint.json_schema.validation import Json
from vaultlint.patterns import occurs

_enums: dict[int, tuple[Json, frozenset[object]]] = {}
"""The values that an `enum` allows, by the identity of its list, which is kept for that."""


def _pattern(judge: Any, wanted: str, instance: Json, _schema: Json) -> Iterator[Any]:
    if judge.is_type(instance, "string") and not occurs(wanted, instance):
        yield ValidationError("pattern")


def _format(judge: Any, wanted: str, instance: Json, _schema: Json) -> Iterator[Any]:
    if judge.is_type(instance, "string") and not FORMATS[wanted][1](instance):
        yield ValidationError("format")


def _properties(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
    if judge.is_type(instance, "object"):
        for key, schema in wanted.items():
            if key in instance:
                yield from _inside(judge, instance[key], schema, key)


def _inside(judge: Any, value: Json, schema: Json, key: str) -> Iterator[Any]:
    if schema is False:
        yield ValidationError("false", validator="false", path=(key,))
    else:
        yield from judge.descend(value, schema, path=key)


def _pattern_properties(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
    if judge.is_type(instance, "object"):
        for each, schema in wanted.items():
            for key, value in instance.items():
                if occurs(each, key):
                    yield from _inside(judge, value, schema, key)


def _additional(judge: Any, wanted: Json, instance: Json, schema: Json) -> Iterator[Any]:
    if not judge.is_type(instance, "object"):
        return
    patterns = schema.get("patternProperties", ())
    for key, value in instance.items():
        if key in schema.get("properties", {}) or any(occurs(each, key) for each in patterns):
            continue
        if wanted is False:
            yield ValidationError("additionalProperties", path=(key,))
        else:
            yield from judge.descend(value, wanted, path=key)


def _required(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
    if judge.is_type(instance, "object"):
        for key in wanted:
            if key not in instance:
                yield ValidationError("required", path=(key,))


def _dependent(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
    if judge.is_type(instance, "object"):
        for key, others in wanted.items():
            for other in others if key in instance else ():
                if other not in instance:
                    yield ValidationError("required", validator="required", path=(other,))


def _unique(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
    is_list = wanted and judge.is_type(instance, "array")
    if is_list and len({*map(_identity, instance)}) < len(instance):
        yield ValidationError("uniqueItems")


def _one_of_these(_judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
    known = _enums.get(id(wanted))
    if known is None:
        known = _enums[id(wanted)] = (wanted, frozenset(map(_identity, wanted)))
    if _identity(instance) not in known[1]:
        yield ValidationError("enum")


def _identity(value: Json) -> object:
    """A hashable value that two values have in common when they are the same to JSON Schema."""
    if isinstance(value, list):
        return ("list", *map(_identity, value))
    if isinstance(value, dict):
        return frozenset((key, _identity(each)) for key, each in value.items())
    return ("truth", value) if isinstance(value, bool) else value  # to Python 1 equals true


KEYWORDS: Mapping[str, Callable[[Any, Json, Json, Json], Iterator[Any]]] = {
    "properties": _properties,
    "pattern": _pattern,
    "format": _format,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional,
    "required": _required,
    "dependentRequired": _dependent,
    "uniqueItems": _unique,
    "enum": _one_of_these,
}
"""Each with what tells how a value does not fit it; it gets the validator, what the schema says under that
word, the value, and the schema."""
