"""What a JSON Schema says of the properties of a note. The only door to the library jsonschema.

Schema and note may both come from a stranger, so that a schema is refused that could cost more than it is
worth: nothing outside it is followed, it must not refer back to itself, patterns run on RE2, and what it
asks of one value is bounded. Nothing here is imported before a schema is configured.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache, cached_property, lru_cache
from ipaddress import IPv4Address, IPv6Address
from itertools import islice
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import urlsplit
from uuid import UUID

from vaultlint.errors import VaultlintError
from vaultlint.note import Note, Property, Value
from vaultlint.patterns import PatternError, compiled, occurs

Json: TypeAlias = Any

MOST = 200
"""Breaches that are told of a note and a schema: a hostile note has tens of thousands."""

_LARGEST = 20_000  # what a schema may ask of one value, all that it refers to written out
_DEEPEST = 50
_DRAFTS = ("draft-04", "draft-06", "draft-07", "2019-09", "2020-12")


class SchemaError(ValueError):
    """A schema that cannot be used; `where` leads to the mistake, as keys and numbers."""

    def __init__(self, message: str, where: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.where = where


class Breach(NamedTuple):
    """One way in which the properties of a note do not fit a schema."""

    keyword: str
    """The word of the schema that they do not fit; `false` for the schema that nothing fits."""
    path: tuple[str | int, ...]
    """The keys and numbers that lead to the value in question. A key that is missing is the last of them."""
    value: Json
    """What is there."""
    wanted: Json
    """What the schema says under that word."""
    alternatives: "tuple[tuple[Breach, ...], ...]" = ()
    """Why each of several alternatives does not fit, where none does."""


class Known(NamedTuple):
    """What a schema as a whole knows of properties."""

    keys: frozenset[str]
    patterns: tuple[str, ...]
    """The patterns that the names of further properties fit."""
    closed: bool
    """Whether it allows no other ones."""
    defaults: Mapping[str, tuple[Json, ...]]
    """The values that it names for properties that are not there, each valid, by property."""

    def has(self, key: str) -> bool:
        """Whether it knows of a property of that name."""
        return key in self.keys or any(occurs(pattern, key) for pattern in self.patterns)


@lru_cache(maxsize=8)  # several rules ask about the same note in a row
def breaches(note: Note, source: str) -> tuple[Breach, ...]:
    """How the properties of a note do not fit the schema of that source: the first `MOST` ways."""
    checker = checker_of(source)
    spelling = {key.casefold(): key for key in checker.known.keys}
    instance: dict[str, Value] = {}
    for entry in note.properties:
        # Obsidian ignores the case of keys.
        instance.setdefault(spelling.get(entry.key.casefold(), entry.key), entry.value)
    return tuple(islice(checker.breaches(instance), MOST))


def entry_of(note: Note, key: str) -> Property | None:
    """The property that the first key of a breach's path means."""
    return next((each for each in note.properties if each.key == key), None) or note.property(key)


@cache
def checker_of(source: str) -> "Checker":
    """The schema of that source, made once. Raises `SchemaError`, and `VaultlintError` without a library."""
    return Checker(json.loads(source))


class Checker:
    """A schema that is in order."""

    def __init__(self, schema: Json) -> None:
        try:
            import jsonschema
            import referencing.jsonschema
        except ImportError:
            raise VaultlintError(
                "schemas need the library jsonschema, which is not installed:"
                " pip install 'obsidian-vaultlint[schema]'"
            ) from None
        dialect = schema.get("$schema", _DIALECT) if isinstance(schema, dict) else _DIALECT
        found = jsonschema.validators.validator_for({"$schema": dialect}, default=None)
        if found is None or not any(draft in str(dialect) for draft in _DRAFTS):
            raise SchemaError(f"“{short(dialect)}” is no version of JSON Schema that is known", ("$schema",))
        try:
            _check_form(found, schema)
            specification: Any = referencing.jsonschema.specification_with(dialect)
            resource = specification.create_resource(schema)
            registry: Any = referencing.Registry()  # it fetches nothing
            self._resolver = registry.resolver_with_root(resource)
            _Weighing(self._resolver, specification).weigh(resource, ())
        except RecursionError:
            raise SchemaError("it is nested too deeply") from None
        validator: Any = _linear(found)
        self._validator = validator(schema, registry=registry)
        self._schema = schema

    def breaches(self, instance: Mapping[str, Json]) -> Iterator[Breach]:
        """How these properties do not fit."""
        return map(_breach, self._validator.iter_errors(instance))

    @cached_property
    def known(self) -> Known:
        """What it knows of properties."""
        keys = set[str]()
        patterns: list[str] = []
        defaults: dict[str, list[Json]] = {}
        closed = False
        for part in self._parts(self._schema):
            keys.update(part.get("required", ()), *part.get("dependentRequired", {}).values())
            patterns.extend(part.get("patternProperties", ()))
            closed = closed or False in (
                part.get("additionalProperties"),
                part.get("unevaluatedProperties"),
            )
            for key, schema in part.get("properties", {}).items():
                keys.add(key)
                for default in self._defaults(schema):
                    if default not in defaults.setdefault(key, []):
                        defaults[key].append(default)
        found = {key: tuple(values) for key, values in defaults.items()}
        return Known(frozenset(keys), tuple(patterns), closed, found)

    def _parts(self, schema: Json) -> Iterator[dict[str, Json]]:
        """The schemas that speak of the same value as this one, itself first."""
        if not isinstance(schema, dict):
            return
        yield schema
        if isinstance(schema.get("$ref"), str):
            yield from self._parts(self._resolver.lookup(schema["$ref"]).contents)
        inner = [each for word in ("allOf", "anyOf", "oneOf") for each in schema.get(word, ())]
        inner += [schema[word] for word in ("if", "then", "else") if word in schema]
        for each in (*inner, *schema.get("dependentSchemas", {}).values()):
            yield from self._parts(each)

    def _defaults(self, schema: Json) -> Iterator[Json]:
        """What this schema of a property names as its default, as far as it allows that itself."""
        for part in self._parts(schema):
            if "default" in part and self._validator.evolve(schema=schema).is_valid(part["default"]):
                yield part["default"]


_DIALECT = "https://json-schema.org/draft/2020-12/schema"


# --- whether a schema can be used -------------------------------------------------------------


def _check_form(validator: Any, schema: Json) -> None:
    """Raises `SchemaError` for what is no JSON Schema."""
    from jsonschema.exceptions import best_match

    judge = validator(validator.META_SCHEMA)
    error = best_match(judge.iter_errors(schema))
    if error is not None:
        where = tuple(map(str, error.absolute_path))
        shown = "true" if error.instance is True else "false" if error.instance is False else error.instance
        raise SchemaError(f"“{short(shown)}” is not what JSON Schema allows there", where)


class _Weighing:
    """Adds up what a schema asks of a value, with all that it refers to written out."""

    def __init__(self, resolver: Any, specification: Any) -> None:
        self._resolver = resolver
        self._specification = specification
        self._weights: dict[int, int] = {}
        self._words = set[str]()

    def weigh(self, resource: Any, above: tuple[int, ...]) -> int:
        """The number of keywords. `above`: what it stands in. Raises `SchemaError` for what is refused."""
        schema = resource.contents
        if not isinstance(schema, dict):
            return 1
        key = id(schema)
        if key in above:
            raise SchemaError("it refers back to itself")
        if len(above) > _DEEPEST:
            raise SchemaError("it is nested too deeply")
        if key not in self._weights:
            if above and ("$schema" in schema or resource.id() is not None):
                raise SchemaError("only the schema as a whole may have an “$id” or a “$schema”")
            _check_words(schema)
            self._words.update(schema)
            if {"patternProperties", "unevaluatedProperties"} <= self._words:
                raise SchemaError("“patternProperties” and “unevaluatedProperties” do not go together here")
            inner = [*self._inside(resource), *self._referred(resource)]
            self._weights[key] = len(schema) + sum(self.weigh(each, (*above, key)) for each in inner)
        if self._weights[key] > _LARGEST:
            raise SchemaError("it asks too much of one value, with all that it refers to written out")
        return self._weights[key]

    def _inside(self, resource: Any) -> Iterator[Any]:
        """The schemas in it."""
        from referencing.jsonschema import UnknownDialect

        try:
            yield from resource.subresources()
        except UnknownDialect:
            raise SchemaError("only the schema as a whole may have an “$id” or a “$schema”") from None

    def _referred(self, resource: Any) -> Iterator[Any]:
        """What it refers to, which must lie in the schema."""
        from referencing.exceptions import Unresolvable

        schema = resource.contents
        for word in ("$dynamicRef", "$recursiveRef"):
            if word in schema:
                raise SchemaError(f"“{word}” is not followed here")
        target = schema.get("$ref")
        if not isinstance(target, str):
            return
        if not target.startswith("#"):
            raise SchemaError(f"“{short(target)}” lies outside the schema, and is not followed", ("$ref",))
        try:
            found = self._resolver.lookup(target).contents
        except Unresolvable:
            raise SchemaError(f"there is no “{short(target)}” in the schema", ("$ref",)) from None
        if not isinstance(found, dict | bool):
            raise SchemaError(f"“{short(target)}” is no schema", ("$ref",))
        yield self._specification.create_resource(found)


def _check_words(schema: Mapping[str, Json]) -> None:
    """Raises `SchemaError` for a pattern that RE2 does not take and a format that nobody checks."""
    given = schema.get("pattern")
    for pattern in (*([given] if isinstance(given, str) else []), *schema.get("patternProperties", {})):
        try:
            compiled(pattern)
        except PatternError as error:
            message = f"the pattern “{short(pattern)}” is none that RE2 takes: {error}"
            raise SchemaError(message) from None
    name = schema.get("format")
    if name is not None and name not in FORMATS:
        raise SchemaError(f"the format “{short(name)}” is not checked here; these are: {', '.join(FORMATS)}")


# --- formats ----------------------------------------------------------------------------------

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[-+](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\".]{1,63}(?:\.[^\s@<>\".]{1,63}){1,9}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\s<>\"{}|\\^`]{1,9999}")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and _reads(date.fromisoformat, text)


def _is_moment(text: str) -> bool:
    """A day and a time. Obsidian writes no time zone, so that none is asked for."""
    return _is_day(text[:10]) and text[10:11] in ("T", "t", " ") and _TIME.fullmatch(text[11:]) is not None


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and _reads(urlsplit, text)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "date": ("a date as 2026-01-31", _is_day),
    "date-time": ("a date and time as 2026-01-31T18:30:00", _is_moment),
    "time": ("a time as 18:30:00", lambda text: _TIME.fullmatch(text) is not None),
    "email": ("an email address", lambda text: _EMAIL.fullmatch(text) is not None),
    "uri": ("an address as https://example.org", _is_address),
    "uuid": ("a UUID", lambda text: _UUID.fullmatch(text) is not None and _reads(UUID, text)),
    "ipv4": ("an IPv4 address", lambda text: _reads(IPv4Address, text)),
    "ipv6": ("an IPv6 address", lambda text: _reads(IPv6Address, text)),
}
"""What a text of each format is, in words, and whether a text is so."""


# --- validation -------------------------------------------------------------------------------


def _breach(error: Any) -> Breach:
    """What the library found, in values of our own."""
    path = tuple(error.absolute_path)
    alternatives: dict[int, list[Breach]] = {}
    for each in error.context:
        alternatives.setdefault(each.schema_path[0], []).append(_breach(each))
    word = error.validator or "false"  # the schema that nothing fits
    if "propertyNames" in error.absolute_schema_path:
        word = "propertyNames"
    return Breach(
        word,
        path,
        error.instance,
        error.validator_value,
        tuple(map(tuple, alternatives.values())),
    )


@cache
def _linear(validator: Any) -> Any:
    """The library's validator, with keywords of our own where its own take too long on hostile notes, run
    patterns on `re`, or do not say where."""
    from jsonschema import ValidationError, validators

    enums: dict[int, tuple[Json, frozenset[object]]] = {}

    def pattern(judge: Any, wanted: str, instance: Json, _schema: Json) -> Iterator[Any]:
        if judge.is_type(instance, "string") and not occurs(wanted, instance):
            yield ValidationError("pattern")

    def format_(judge: Any, wanted: str, instance: Json, _schema: Json) -> Iterator[Any]:
        if judge.is_type(instance, "string") and not FORMATS[wanted][1](instance):
            yield ValidationError("format")

    def properties(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
        if judge.is_type(instance, "object"):
            for key, schema in wanted.items():
                if key in instance:
                    yield from inside(judge, instance[key], schema, key)

    def inside(judge: Any, value: Json, schema: Json, key: str) -> Iterator[Any]:
        if schema is False:
            yield ValidationError("false", validator="false", path=(key,))
        else:
            yield from judge.descend(value, schema, path=key)

    def pattern_properties(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
        if judge.is_type(instance, "object"):
            for each, schema in wanted.items():
                for key, value in instance.items():
                    if occurs(each, key):
                        yield from inside(judge, value, schema, key)

    def additional(judge: Any, wanted: Json, instance: Json, schema: Json) -> Iterator[Any]:
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

    def required(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
        if judge.is_type(instance, "object"):
            for key in wanted:
                if key not in instance:
                    yield ValidationError("required", path=(key,))

    def dependent(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
        if judge.is_type(instance, "object"):
            for key, others in wanted.items():
                for other in others if key in instance else ():
                    if other not in instance:
                        yield ValidationError("required", validator="required", path=(other,))

    def unique(judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
        is_list = wanted and judge.is_type(instance, "array")
        if is_list and len({*map(_identity, instance)}) < len(instance):
            yield ValidationError("uniqueItems")

    def one_of_these(_judge: Any, wanted: Json, instance: Json, _schema: Json) -> Iterator[Any]:
        known = enums.get(id(wanted))
        if known is None:
            known = enums[id(wanted)] = (wanted, frozenset(map(_identity, wanted)))
        if _identity(instance) not in known[1]:
            yield ValidationError("enum")

    own = {
        "properties": properties,
        "pattern": pattern,
        "format": format_,
        "patternProperties": pattern_properties,
        "additionalProperties": additional,
        "required": required,
        "dependentRequired": dependent,
        "uniqueItems": unique,
        "enum": one_of_these,
    }
    return validators.extend(
        validator, {word: does for word, does in own.items() if word in validator.VALIDATORS}
    )


def _identity(value: Json) -> object:
    """A hashable value that two values have in common when they are the same to JSON Schema."""
    if isinstance(value, list):
        return ("list", *map(_identity, value))
    if isinstance(value, dict):
        return frozenset((key, _identity(each)) for key, each in value.items())
    return ("truth", value) if isinstance(value, bool) else value  # to Python 1 equals true


def short(value: object) -> str:
    """A value in a message, not too long."""
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
