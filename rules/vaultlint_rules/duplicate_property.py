"""VL104."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import FrontMatter, FrontMatterProblem, Note, Property, Trouble
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Related, Safety
from vaultlint.text import Span, has_placeholder

_COMMENT = rare(r"(?m)(?:^|[ \t])#")


class DuplicateProperty(NoteRule):
    """The same property twice, which makes Obsidian ignore all of them."""

    code = "VL104"
    asks = ("problems",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or has_placeholder(block.content.of(note.text)):
            return
        for problem in block.problems:
            if problem.trouble is Trouble.DUPLICATE_KEY:
                first = problem.related
                yield self.found(
                    note.path,
                    problem.span,
                    problem.span.of(note.text),
                    problem.message,
                    fixes=tuple(_without_second(note, block, problem)),
                    related=(Related(note.path, first, "the first one is here"),) if first else (),
                )


def _without_second(note: Note, block: FrontMatter, problem: FrontMatterProblem) -> Iterator[Fix]:
    """Take the second one out, where it says the same as the first and stands on lines of its own."""
    by_key = {entry.key_span: entry for entry in block.properties}
    first, second = by_key.get(problem.related or problem.span), by_key.get(problem.span)
    if first is None or second is None or first is second:
        return
    if repr(first.value) != repr(second.value):  # in Python 1 equals true
        return
    span = _lines_of(note.text, second)
    if span is not None and not _COMMENT.search(span.of(note.text)):
        edit = Edit(note.path, span, span.of(note.text), "")
        yield Fix(f"Remove the second “{second.key}”", (edit,), Safety.SAFE)


def _lines_of(text: str, entry: Property) -> Span | None:
    """The whole lines of an entry with their line end; None where something else stands on them."""
    start, end = entry.key_span.start, max(entry.node.span.end, entry.key_span.end + 1)
    line_end = text.find("\n", end - 1 if text[end - 1 : end] == "\n" else end)
    if start and text[start - 1] not in "\r\n":
        return None
    if line_end < 0 or text[end:line_end].strip():
        return None
    return Span(start, line_end + 1)
