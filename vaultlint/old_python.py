"""Python before 3.11.5 matches possessive repeats of groups wrongly (python/cpython#106052): `(?:a|b)*+` may
take what it should not, or nothing. There each is compiled as what it means, a repeat in an atomic group.

Nothing of this is imported by later Pythons.
"""

from re import _parser  # type: ignore[attr-defined]
from typing import Any

_parse = _parser.parse


def mend_possessive_repeats() -> None:
    """Have `re` compile patterns so from here on, those of other code too: they mean the same."""
    _parser.parse = parsed


def parsed(*arguments: Any) -> Any:
    """A pattern as `re` parses it, without possessive repeats."""
    return _mended(_parse(*arguments))


def _mended(node: Any) -> Any:
    if isinstance(node, _parser.SubPattern):
        node.data = [*map(_mended, node.data)]
        return node
    if isinstance(node, tuple) and node[:1] == (_parser.POSSESSIVE_REPEAT,):
        least, most, item = node[1]
        repeat = (_parser.MAX_REPEAT, (least, most, _mended(item)))
        return _parser.ATOMIC_GROUP, _parser.SubPattern(item.state, [repeat])
    return type(node)(map(_mended, node)) if isinstance(node, tuple | list) else node
