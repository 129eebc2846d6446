"""VL107."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from vaultlint.note import Node, Note, Property, Scalar, Sequence, bare_link_text
from vaultlint.parse import is_plain_tag, is_tag
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Related, Safety, Severity
from vaultlint.text import Span, has_placeholder

_is_tag = lru_cache(maxsize=4096)(is_tag)  # the notes of a vault share their tags


class _Fault(NamedTuple):
    """A value that is no tag, or no list of tags, and what is wrong with it."""

    span: Span
    message: str
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()


class InvalidTag(NoteRule):
    """A value in `tags` that Obsidian does not take for a tag."""

    code = "VL107"
    asks = ("property:tags",)
    severity = Severity.WARNING

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        entry = note.property("tags")
        if entry is None:
            return
        for fault in _faults(note, entry):
            source = fault.span.of(note.text)
            if not has_placeholder(source):
                yield self.found(
                    note.path, fault.span, source, fault.message, fixes=fault.fixes, related=fault.related
                )


def _faults(note: Note, entry: Property) -> Iterator[_Fault]:
    node = entry.node
    if isinstance(node, Scalar):
        if isinstance(node.value, str) and "," in node.value:
            message = f"“{node.text}” is one text, not a list of tags"
            yield _Fault(node.span, message, tuple(_as_list(note, node)))
        elif complaint := _complaint(node):
            yield _Fault(node.span, complaint)
    elif isinstance(node, Sequence):
        if all([isinstance(item, Scalar) and _is_good_text(item) for item in node.items]):
            return  # nearly always
        if bare_link_text(node) is None:
            for item in node.items:
                if bare_link_text(item) is None and (complaint := _complaint(item)):
                    yield _Fault(item.span, complaint)
            yield from _written_both_ways(note, entry)
    else:
        yield _Fault(node.span, "tags are a list, not names with values")


def _is_good_text(scalar: Scalar) -> bool:
    """Whether a value is text, and a tag without its sign."""
    return isinstance(scalar.value, str) and _is_tag(scalar.text)


def _complaint(node: Node) -> str | None:
    """Why Obsidian does not take a value for a tag; None where it does, or ignores it."""
    if not isinstance(node, Scalar):
        return (
            "a tag is text; this is a list in the list"
            if isinstance(node, Sequence)
            else ("a tag is text; this is a name with a value")
        )
    text = node.text.strip()  # whether blanks at the ends count is not known
    name = text.removeprefix("#")
    if node.value is None or not text:
        return None
    if name.isdigit():
        return f"“{node.text}” is no tag: it has only digits"
    if isinstance(node.value, bool):
        return f"“{node.text}” is no tag: without quotes it is no text"
    if is_tag(name):
        return None
    forbidden = next((char for char in name if not is_tag(char + "x")), "")
    if not forbidden:
        return f"“{node.text}” is no tag: it is empty"
    return f"“{node.text}” is no tag: it holds " + ("a blank" if forbidden.isspace() else f"“{forbidden}”")


def _written_both_ways(note: Note, entry: Property) -> Iterator[_Fault]:
    """Tags that stand there with and without their sign; Obsidian refuses such a list."""
    first: dict[str, Scalar] = {}
    for scalar in entry.scalars():
        if isinstance(scalar.value, str):
            name = scalar.value.removeprefix("#").lower()
            other = first.setdefault(name, scalar)
            if name and other.text.startswith("#") != scalar.text.startswith("#"):
                related = (Related(note.path, other.span, "the first one is here"),)
                message = f"“{other.text}” and “{scalar.text}” are the same tag"
                yield _Fault(scalar.span, message, related=related)


def _as_list(note: Note, scalar: Scalar) -> Iterator[Fix]:
    """The tags of one text as a list, where each is valid."""
    names = [part.strip().removeprefix("#") for part in scalar.text.split(",") if part.strip()]
    source = scalar.span.of(note.text)
    if names and all(is_tag(name) for name in names) and scalar.style in ("plain", "single", "double"):
        mark = "" if scalar.style == "plain" else source[0]
        text = "[" + ", ".join(_written(name, mark) for name in names) + "]"
        yield Fix("Make it a list", (Edit(note.path, scalar.span, source, text),), Safety.SAFE)


def _written(name: str, mark: str) -> str:
    """A tag in a list, in quotes where it must be."""
    if not mark and not is_plain_tag(name):
        mark = '"'
    return mark + name + mark
