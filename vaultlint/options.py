"""The options of a rule: its annotated attributes that are neither `ClassVar` nor private."""

import ast
import inspect
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any, ClassVar, get_origin, get_type_hints

if TYPE_CHECKING:
    from vaultlint.rule import Rule


def options_of(rule: "type[Rule] | None") -> dict[str, Any]:
    """The types of a rule's options by name. The engine's own rules (None) have no options."""
    if rule is None:
        return {}
    hints = get_type_hints(rule, include_extras=True)
    return {
        name: hint
        for name, hint in hints.items()
        if not name.startswith("_") and hint is not ClassVar and get_origin(hint) is not ClassVar
    }


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
