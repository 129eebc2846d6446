"""VL103."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import FrontMatter, Note
from vaultlint.parse import parse_note
from vaultlint.rule import Diagnostic, NoteRule, Severity
from vaultlint.text import Span, has_placeholder

# Blank lines and characters that nobody sees, a second byte order mark among them, then the fence.
_LEAD = rare(r"(?P<lead>[\s\u00ad\u200b-\u200f\u2060\ufeff]*)(?P<fence>---[ \t]*)(?=[\r\n])")
_FAR = 10  # line ends; further down nobody takes a block for front matter
_NAME = rare(r"\w[\w-]*(?: [\w-]+){0,2}")
_BLANK_LINE = rare(r"(?:\n|\r(?!\n))[ \t]*[\r\n]")
_OBSIDIANS_OWN = frozenset({"tags", "aliases", "cssclasses", "publish"})


class MisplacedFrontMatter(NoteRule):
    """A block that would be front matter if it began on line 1."""

    code = "VL103"
    severity = Severity.WARNING

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is not None and not block.valid:
            return
        start = _LEAD.match(note.text, note.body_start)
        if start is None or (not start["lead"] and block is None):
            return
        if start["lead"].count("\n") + start["lead"].count("\r") > 2 * _FAR:
            return
        fence = Span(*start.span("fence"))
        found = parse_note(note.path, note.text[fence.start :]).front_matter
        if found is not None and _is_meant(found, note.text[fence.start :]):
            yield self.found(note.path, fence, "---", _message(note, start["lead"]))


def _is_meant(block: FrontMatter, text: str) -> bool:
    """Whether names and values were meant, not prose between two lines: at least two properties, or
    one that Obsidian itself knows, and no blank line."""
    content = block.content.of(text)
    return (
        block.valid
        and (
            len(block.properties) > 1
            or any(entry.key.lower() in _OBSIDIANS_OWN for entry in block.properties)
        )
        and all(_NAME.fullmatch(entry.key) for entry in block.properties)
        and not _BLANK_LINE.search(content)
        and not has_placeholder(content)
    )


def _message(note: Note, lead: str) -> str:
    if note.front_matter is not None:
        return "a second block of properties, which Obsidian takes for text"
    if "\n" in lead or "\r" in lead:
        return "Obsidian takes these properties for text, because they do not begin on line 1"
    return "Obsidian takes these properties for text, because something invisible stands before them"
