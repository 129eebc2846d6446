"""VL101."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note, Trouble
from vaultlint.parse import parse_note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety
from vaultlint.text import Span, has_placeholder

_ENTRY = rare(r"[ ]*(?!- )[^\s:#\"'\[\]{}][^:\n]*:[ ]+(?P<value>\S.*?)[ \t]*$")
_ITEM = rare(r"[ ]*-[ ]+(?P<value>(?!.*: )\S.*?)[ \t]*$")  # with `: ` it may be a mapping: two readings
# A plain text that YAML refuses. Several links at the start may be meant as a list.
_NEEDS_QUOTES = rare(r"[@`%]|\[\[[^\[\]]+\]\](?!,)(?!.*\[\[)|(?![\"'{\[&*!|>]).*?: ")


class InvalidFrontMatter(NoteRule):
    """Front matter that is no YAML, so that Obsidian reads none of it."""

    code = "VL101"
    asks = ("problems",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or has_placeholder(block.content.of(note.text)):
            return
        for problem in block.problems:
            if problem.trouble in (Trouble.SYNTAX, Trouble.REFUSED):
                line = _line_around(note.text, problem.span.start)
                yield self.found(
                    note.path,
                    problem.span,
                    line.of(note.text).strip(),
                    problem.message,
                    fixes=tuple(_quoted(note, line)),
                )


def _quoted(note: Note, line: Span) -> Iterator[Fix]:
    """Quotes around the value on that line, where these and nothing else make the line valid."""
    entry = _ENTRY.match(line.of(note.text)) or _ITEM.match(line.of(note.text))
    if entry is None or not _NEEDS_QUOTES.match(entry["value"]) or " #" in entry["value"]:
        return
    value = entry["value"]
    span = Span(line.start + entry.start("value"), line.start + entry.end("value"))
    text = '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    mended = parse_note(note.path, note.text[: span.start] + text + note.text[span.end :]).front_matter
    grown = len(text) - len(value)
    if mended is not None and all(other.span.start > line.end + grown for other in mended.problems):
        yield Fix("Put the value in quotes", (Edit(note.path, span, value, text),), Safety.SAFE)


def _line_around(text: str, at: int) -> Span:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    ends = [end for end in (text.find("\n", at), text.find("\r", at)) if end >= 0]
    return Span(start, min(ends, default=len(text)))
