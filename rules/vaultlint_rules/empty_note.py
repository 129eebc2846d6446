"""VL505."""

from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.resolve import stem
from vaultlint.rule import Diagnostic, NoteRule, Severity
from vaultlint.settings import is_called_templates
from vaultlint.text import Span, has_placeholder


class EmptyNote(NoteRule):
    """A note that has nothing but properties, or a single heading."""

    code = "VL505"
    asks = ("says_nothing",)
    severity = Severity.INFO
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        headings = note.headings
        if is_called_templates(note.path) or _tells_where(note) or _is_listing(note):
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


def _tells_where(note: Note) -> bool:
    """Whether a property names a place on the web or a PDF: then the note is there to hold it."""
    values = [scalar.text for entry in note.properties for scalar in entry.scalars()]
    return any("://" in value or ".pdf" in value.lower() for value in values)


def _is_listing(note: Note) -> bool:
    """Whether it gives a folder its properties on a website, which lists there what the folder holds."""
    return stem(note.path) in ("index", "_index") and bool(note.properties)
