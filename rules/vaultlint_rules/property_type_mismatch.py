"""VL108."""

from collections.abc import Iterator
from collections.abc import Mapping as Types

from vaultlint.lazy import rare
from vaultlint.note import Mapping, Node, Note, Scalar, Sequence, bare_link_text
from vaultlint.rule import Diagnostic, NoteRule, Settings, Severity
from vaultlint.text import has_placeholder

# Obsidian reads year, month and day in this order, whatever parts them.
_DATE = rare(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_TIME = rare(r"[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[-+]\d\d:?\d\d)?")
_EXPECTED = {
    "text": "text",
    "multitext": "a list of texts",
    "aliases": "a list of texts",
    "number": "a number",
    "checkbox": "true or false",
    "date": "a date as 2026-01-31",
    "datetime": "a date and time as 2026-01-31T18:30:00",
}


class PropertyTypeMismatch(NoteRule):
    """A value that is not of the type the vault gives to its property."""

    code = "VL108"
    asks = ("properties",)
    severity = Severity.WARNING
    _types: Types[str, str] = {}

    def configure(self, settings: Settings) -> None:
        """Keep the types of properties. What stands in `tags` is the business of invalid-tag."""
        self._types = {name: kind for name, kind in settings.property_types.items() if name != "tags"}

    @property
    def idle(self) -> bool:
        """Whether no property has a type."""
        return not self._types

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or not block.valid:
            return
        for entry in block.properties:
            kind = self._types.get(entry.key.lower(), "")
            if kind not in _EXPECTED or _fits(kind, entry.node):
                continue
            if any(map(bare_link_text, (entry.node, *getattr(entry.node, "items", ())))):
                continue  # the business of unquoted-property-link
            source = entry.node.span.of(note.text)
            if not has_placeholder(source):
                yield self.found(
                    note.path,
                    entry.node.span,
                    source,
                    f"“{entry.key}” should be {_EXPECTED[kind]}, and is {_named(entry.node)}",
                    data={"property": entry.key, "type": kind},
                )


def _fits(kind: str, node: Node) -> bool:
    """Whether Obsidian takes the value for one of that type; nothing at all fits every type.

    A date may have a time behind it (release notes 1.4.3), and one text will do for a list (1.4.2, 1.9.3).
    """
    if isinstance(node, Sequence):
        return kind in ("multitext", "aliases") and all(isinstance(item, Scalar) for item in node.items)
    if isinstance(node, Mapping):
        return False
    value = node.value
    if value is None or value == "" or kind == "text":
        return True
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "checkbox":
        return isinstance(value, bool)
    if kind in ("date", "datetime"):
        return isinstance(value, str) and _is_date(value)
    return isinstance(value, str)


def _is_date(text: str) -> bool:
    day = _DATE.match(text)
    if day is None:
        return False
    from datetime import date  # only where a property is to be one

    try:
        date(int(day[1]), int(day[3]), int(day[4]))
    except ValueError:
        return False
    rest = text[day.end() :]
    return not rest or _TIME.fullmatch(rest) is not None


def _named(node: Node) -> str:
    """What a value is, in a few words."""
    if isinstance(node, Sequence):
        nested = not all(isinstance(item, Scalar) for item in node.items)
        return "a list that holds more than texts" if nested else "a list"
    if isinstance(node, Mapping):
        return "names with values"
    if isinstance(node.value, bool):
        return f"“{node.text}” without quotes"
    if isinstance(node.value, str):
        return f"the text “{node.text}”"
    return f"the number {node.text}"
