"""The options of a rule: its annotated attributes that are neither `ClassVar` nor private."""

import ast
import inspect
import json
from collections.abc import Mapping, Sequence
from enum import Enum
from itertools import pairwise
from textwrap import dedent
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    Literal,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from vaultlint.rule import Rule


def options_of(rule: "type[Rule] | None") -> dict[str, Any]:
    """The types of a rule's options by name. The engine's own rules (None) have no options."""
    if rule is None:
        return {}
    hints: dict[str, Any] = {}
    for base in reversed(rule.__mro__):
        # What is private may be of a type that is imported for type checkers only.
        told = {
            name: hint for name, hint in inspect.get_annotations(base).items() if not name.startswith("_")
        }
        public = type(base.__name__, (), {"__module__": base.__module__, "__annotations__": told})
        hints |= get_type_hints(public, include_extras=True)
    return {
        name: hint
        for name, hint in hints.items()
        if hint is not ClassVar and get_origin(hint) is not ClassVar
    }


def in_words(hint: Any) -> str:
    """The type of an option as a reader of its documentation would say it."""
    origin, arguments = get_origin(hint), [one for one in get_args(hint) if one not in (type(None), ...)]
    if origin is Annotated:
        return in_words(arguments[0])
    if origin is Literal:
        return " | ".join(json.dumps(one) for one in arguments)
    if origin in (UnionType, Union):
        return " | ".join(map(in_words, arguments))
    if origin in (tuple, list, set, frozenset, Sequence):
        return f"list of {in_words(arguments[0])}"
    if origin in (dict, Mapping):
        return f"table of {in_words(arguments[-1])}"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " | ".join(json.dumps(one.value) for one in hint)
    return _WORDS.get(hint, getattr(hint, "__name__", str(hint)))


_WORDS = {str: "string", bool: "boolean", int: "integer", float: "number"}


def documented(rule: "type[Rule]") -> dict[str, str]:
    """The strings below the options of a rule, by name, each on one line."""
    found: dict[str, str] = {}
    for cls in reversed(rule.__mro__[:-1]):
        try:
            tree = ast.parse(dedent(inspect.getsource(cls)))
        except (OSError, SyntaxError):  # made at run time, or the source is not there
            continue
        body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
        for line, below in pairwise(body):
            if (
                isinstance(line, ast.AnnAssign)
                and isinstance(line.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
                and isinstance(below.value.value, str)
            ):
                found[line.target.id] = " ".join(below.value.value.split())
    return {name: found[name] for name in options_of(rule) if name in found}
