"""VL113."""

import re
from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Mapping, Node, Note, Scalar, Sequence
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.text import has_placeholder

# The types of YAML 1.1, as its commonest reader, PyYAML, knows them.
_YES_OR_NO = rare(r"yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF")
_WHOLE_NUMBER = rare(
    r"[-+]?(?:(?P<binary>0b[01_]+)|(?P<octal>0[0-7_]+)|(?P<hex>0x[0-9a-fA-F_]+)"
    r"|(?P<sixty>[1-9][0-9_]*(?::[0-5]?[0-9])+)|(?P<decimal>0|[1-9][0-9_]*))"
)
_FRACTION = rare(
    r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?"
    r"|[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*)"
)
_DATE = rare(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:(?<=-\d\d-\d\d)|(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.\d*)?"
    r"(?:[ \t]*(?:Z|[-+]\d\d?(?::?\d\d)?))?)"
)
_TOO_LONG = 60  # characters; nothing of the kinds above is


class AmbiguousScalar(NoteRule):
    """A value without quotes that programs with YAML 1.1 read otherwise than Obsidian does."""

    code = "VL113"
    asks = ("properties",)
    severity = Severity.INFO
    on = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or not block.valid:
            return
        for entry in block.properties:
            for scalar in _plain(entry.node):
                reading = _elsewhere(scalar)
                if reading is not None:
                    here = "text" if isinstance(scalar.value, str) else "a number"
                    yield self.found(
                        note.path,
                        scalar.span,
                        scalar.text,
                        f"“{scalar.text}” in “{entry.key}” is {here} to Obsidian, and to YAML 1.1 {reading}",
                        fixes=tuple(_quoted(note, scalar)),
                    )


def _plain(node: Node) -> Iterator[Scalar]:
    """The plain scalars of a value, at any depth."""
    if isinstance(node, Scalar):
        if node.style == "plain" and len(node.text) < _TOO_LONG and not has_placeholder(node.text):
            yield node
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _plain(item)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield from _plain(entry.node)


def _elsewhere(scalar: Scalar) -> str | None:
    """What YAML 1.1 makes of it; None where that is the same."""
    text, value = scalar.text, scalar.value
    if isinstance(value, bool) or value is None:
        return None
    if _YES_OR_NO.fullmatch(text):
        return "true" if text.lower() in ("yes", "on") else "false"
    if (whole := _WHOLE_NUMBER.fullmatch(text)) is not None:
        number = _whole_number(whole)
        return None if number == value else f"the number {number}"
    if _FRACTION.fullmatch(text):
        return "a number" if isinstance(value, str) else None
    if isinstance(value, str):
        day = _DATE.fullmatch(text)
        return "an error: there is no such day or time" if day and not _exists(day) else None
    if isinstance(value, float) and text.lstrip("+-").lower() in (".inf", ".nan"):
        return None
    return "text"


def _whole_number(match: re.Match[str]) -> int:
    text = match[0].lstrip("+-").replace("_", "")
    if match["sixty"]:
        number = 0
        for part in text.split(":"):
            number = number * 60 + int(part)
    elif match["octal"]:
        number = int(text, 8)
    else:
        number = int(text, 0)
    return -number if match[0].startswith("-") else number


def _exists(match: re.Match[str]) -> bool:
    """Whether that day is in the calendar, and the time of day on the clock."""
    from datetime import date  # only where there is one

    year, month, day, *time = (int(group or 0) for group in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return time[0] < 24 and time[1] < 60 and time[2] < 60


def _quoted(note: Note, scalar: Scalar) -> Iterator[Fix]:
    """Quotes, where Obsidian reads a text with and without them."""
    if isinstance(scalar.value, str) and scalar.span.of(note.text) == scalar.text:
        edit = Edit(note.path, scalar.span, scalar.text, f'"{scalar.text}"')
        yield Fix("Put the value in quotes", (edit,), Safety.SAFE)
