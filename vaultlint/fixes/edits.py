"""Edits of a text: in order, applied, and where they stand then."""

from collections.abc import Iterable, Sequence

from vaultlint.diagnostic import Edit
from vaultlint.text import Span


def by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Edits note by note, in order of position."""
    grouped: dict[str, list[Edit]] = {}
    for edit in sorted(edits, key=lambda one: (one.path, one.span)):
        grouped.setdefault(edit.path, []).append(edit)
    return grouped


def apply_edits(text: str, edits: Sequence[Edit]) -> str:
    """`text` with `edits` of it, which are in order and do not overlap."""
    pieces = []
    end = 0
    for edit in edits:
        pieces += [text[end : edit.span.start], edit.text]
        end = edit.span.end
    return "".join([*pieces, text[end:]])


def places(edits: Sequence[Edit]) -> list[Span]:
    """Where the texts of edits stand once they are applied."""
    found = []
    shift = 0
    for edit in edits:
        start = edit.span.start + shift
        found.append(Span(start, start + len(edit.text)))
        shift += len(edit.text) - (edit.span.end - edit.span.start)
    return found


def overlap(one: Span, other: Span) -> bool:
    """Whether two edits change the same characters, or insert at the same place."""
    return one == other or (one.start < other.end and other.start < one.end)
