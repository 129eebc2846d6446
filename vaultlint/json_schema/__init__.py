"""What a JSON Schema says of the properties of a note. The only door to the library jsonschema.

`refusing` says which schemas can be used, `validation` how a value does not fit one, with `keywords` of our
own; `formats` says what a text of a format is. Nothing here is imported before a schema is configured.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache, cached_property, lru_cache
from itertools import islice
from typing import Any, NamedTuple

from vaultlint.errors import VaultlintError
from vaultlint.json_schema.formats import FORMATS
from vaultlint.json_schema.refusing import SchemaError, Weighing, check_form, short
from vaultlint.json_schema.validation import Breach, Json, breach_of, linear
from vaultlint.note import Note, Property, Value
from vaultlint.patterns import occurs

__all__ = [
    "FORMATS",
    "MOST",
    "Breach",
    "Checker",
    "Known",
    "SchemaError",
    "breaches",
    "checker_of",
    "entry_of",
]

MOST = 200
"""Breaches that are told of a note and a schema: a hostile note has tens of thousands."""

_DRAFTS = ("draft-04", "draft-06", "draft-07", "2019-09", "2020-12")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


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
            check_form(found, schema)
            specification: Any = referencing.jsonschema.specification_with(dialect)
            resource = specification.create_resource(schema)
            registry: Any = referencing.Registry()  # it fetches nothing
            self._resolver = registry.resolver_with_root(resource)
            Weighing(self._resolver, specification).weigh(resource, ())
        except RecursionError:
            raise SchemaError("it is nested too deeply") from None
        validator: Any = linear(found)
        self._validator = validator(schema, registry=registry)
        self._schema = schema

    def breaches(self, instance: Mapping[str, Json]) -> Iterator[Breach]:
        """How these properties do not fit."""
        return map(breach_of, self._validator.iter_errors(instance))

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
