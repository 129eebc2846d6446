"""Which notes the configuration is about, by their tags and properties, and what its schemas want of them, in
plain values.

What a schema says of a note is the business of `vaultlint.json_schema`.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from vaultlint.note import Note, Property, Scalar
from vaultlint.text import has_placeholder


class Traits(NamedTuple):
    """What the notes of a kind may have: any of these is enough."""

    tags: tuple[str, ...] = ()
    """Tags, or what nested tags begin with."""
    properties: Mapping[str, str | int | float | bool] = {}
    """Properties with the value that they have, or that their list holds."""

    def mark(self, note: Note) -> bool:
        """Whether a note has any of it. One whose front matter Obsidian cannot read has no properties."""
        return any(_has_tag(note, tag) for tag in self.tags) or any(
            _has_value(note.property(key), wanted) for key, wanted in self.properties.items()
        )


class NoteSchema(NamedTuple):
    """A `[[schema]]` table. A note is chosen when all that is given here holds of it."""

    files: tuple[str, ...] = ()
    """Patterns of paths, as in `.gitignore`; none: all notes."""
    tag: str | None = None
    """A tag of the note, or one that a nested tag begins with."""
    property: Mapping[str, str | int | float | bool] = {}
    """Properties with the value that they have, or that their list holds."""
    source: str = "{}"
    """The JSON Schema, as JSON."""
    unique: tuple[str, ...] = ()
    """The properties whose values no two of the chosen notes share."""
    covers: Callable[[str], bool] | None = None
    """Whether a path fits `files`; None: all do."""

    def chooses(self, note: Note) -> bool:
        """Whether it is about this note. It is about none whose front matter Obsidian cannot read."""
        return (
            (self.covers is None or self.covers(note.path))
            and not note.problems
            and all(_has_value(note.property(key), wanted) for key, wanted in self.property.items())
            and (self.tag is None or _has_tag(note, self.tag))
        )

    def unique_values(self, note: Note) -> Iterator[tuple[str, Scalar]]:
        """Each value that no other note is to share, with its property; of a list, the values in it.

        What is empty and what a template has still to fill in counts for nothing.
        """
        for key in self.unique:
            entry = note.property(key)
            for scalar in entry.scalars() if entry is not None else ():
                if scalar.text.strip() and not has_placeholder(scalar.text):
                    yield key, scalar


def _has_value(entry: Property | None, wanted: str | float | bool) -> bool:
    if entry is None:
        return False
    truth = isinstance(wanted, bool)  # to Python 1 equals true
    return any(each.value == wanted and isinstance(each.value, bool) is truth for each in entry.scalars())


def _has_tag(note: Note, wanted: str) -> bool:
    """Whether the note has a tag of that name or nested in it, in its properties or in its text."""
    entry = note.property("tags")
    named = [scalar.text for scalar in entry.scalars()] if entry is not None else []
    name = wanted.removeprefix("#").casefold()
    found = (each.removeprefix("#").casefold() for each in named)
    if any(each == name or each.startswith(name + "/") for each in found):
        return True
    in_text = (tag.name.casefold() for tag in note.tags)
    return any(each == name or each.startswith(name + "/") for each in in_text)
