"""VL505."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Node, Note, Scalar, Sequence
from vaultlint.resolve import stem
from vaultlint.rule import Diagnostic, NoteRule, Severity
from vaultlint.settings import is_called_templates
from vaultlint.text import Span, has_placeholder

_PLACE = rare(r"(?i)://|\bwww\.|\.pdf|(?:\[\[|\]\()[^\[\]()\n|#]*\.(?!md\b)[a-z][a-z0-9]{1,4}(?:[|#\])]|\Z)")
_LINK = rare(r"\s*\[\[[^\n]+\]\]\s*")
_RECORD = 2  # properties that hold data; one link most often names the page above


class EmptyNote(NoteRule):
    """A note that has nothing but properties, or a single heading."""

    code = "VL505"
    asks = ("says_nothing",)
    severity = Severity.INFO
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        headings = note.headings
        if is_called_templates(note.path) or _tells_something(note) or _is_listing(note):
            return
        if note.problems or any(
            link.span.start >= heading.span.start for heading in headings for link in note.links
        ):
            return  # broken properties are shown as text, and a heading that links somewhere says something
        if headings and ("://" in headings[0].text or has_placeholder(headings[0].text)):
            return  # a link to the web says something, too
        title, place = (headings[0].text, headings[0].span) if headings else ("", Span(0, 0))
        where = f"below “{title}”" if title else "in this note"
        yield self.found(note.path, place, title, f"nothing stands {where} yet")


def _tells_something(note: Note) -> bool:
    """Whether the properties name a place on the web or an attachment, or make a record of the note: bases
    and lists show such notes, and nobody misses text in them."""
    values = [list(_scalars(entry.node)) for entry in note.properties]
    if any(_PLACE.search(scalar.text) for scalars in values for scalar in scalars):
        return True
    return sum(any(map(_is_data, scalars)) for scalars in values) >= _RECORD


def _scalars(node: Node) -> Iterator[Scalar]:
    """The node, or all scalars below it."""
    if isinstance(node, Scalar):
        yield node
        return
    for item in node.items if isinstance(node, Sequence) else [entry.node for entry in node.entries]:
        yield from _scalars(item)


def _is_data(scalar: Scalar) -> bool:
    """Whether it is a link or a number. Templates write texts, dates and checkboxes into notes that wait."""
    if isinstance(scalar.value, str):
        return _LINK.fullmatch(scalar.value) is not None
    return isinstance(scalar.value, int | float) and not isinstance(scalar.value, bool)


def _is_listing(note: Note) -> bool:
    """Whether it gives a folder its name or properties on a website, which lists what that holds, or gives a
    tag its title there (Quartz: `tags/plants.md`)."""
    if stem(note.path) in ("index", "_index"):
        return bool(note.properties or note.headings)
    return "tags" in note.path.split("/")[:-1] and note.property("title") is not None
