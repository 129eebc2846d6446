"""How a value does not fit a schema: what the library jsonschema finds, with some keywords of our own."""

from functools import cache
from typing import Any, NamedTuple, TypeAlias

Json: TypeAlias = Any


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


def breach_of(error: Any) -> Breach:
    """What the library found, in values of our own."""
    path = tuple(error.absolute_path)
    alternatives: dict[int, list[Breach]] = {}
    for each in error.context:
        alternatives.setdefault(each.schema_path[0], []).append(breach_of(each))
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
def linear(validator: Any) -> Any:
    """The library's validator with our keywords."""
    from jsonschema import validators

    from vaultlint.json_schema.keywords import KEYWORDS

    return validators.extend(
        validator, {word: does for word, does in KEYWORDS.items() if word in validator.VALIDATORS}
    )
