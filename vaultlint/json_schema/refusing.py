"""Whether a JSON Schema can be used here.

Schema and note may both come from a stranger, so that a schema is refused that could cost more than it is
worth: nothing outside it is followed, it must not refer back to itself, patterns run on RE2, and what it
asks of one value is bounded.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from vaultlint.json_schema.formats import FORMATS
from vaultlint.patterns import PatternError, compiled

_LARGEST = 20_000  # what a schema may ask of one value, all that it refers to written out
_DEEPEST = 50


class SchemaError(ValueError):
    """A schema that cannot be used; `where` leads to the mistake, as keys and numbers."""

    def __init__(self, message: str, where: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.where = where


def check_form(validator: Any, schema: Any) -> None:
    """Raises `SchemaError` for what is no JSON Schema."""
    from jsonschema.exceptions import best_match

    judge = validator(validator.META_SCHEMA)
    error = best_match(judge.iter_errors(schema))
    if error is not None:
        where = tuple(map(str, error.absolute_path))
        shown = "true" if error.instance is True else "false" if error.instance is False else error.instance
        raise SchemaError(f"“{short(shown)}” is not what JSON Schema allows there", where)


class Weighing:
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


def _check_words(schema: Mapping[str, Any]) -> None:
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


def short(value: object) -> str:
    """A value in a message, not too long."""
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"
