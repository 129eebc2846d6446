"""VL105."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note, Trouble
from vaultlint.rule import Diagnostic, NoteRule
from vaultlint.text import has_placeholder

_WITHOUT_BLANK = rare(r"[\w-]+:(?!//)\S")


class FrontMatterNotAMapping(NoteRule):
    """Front matter that is a list or plain text, not names with values."""

    code = "VL105"
    asks = ("problems",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or has_placeholder(block.content.of(note.text)):
            return
        for problem in block.problems:
            if problem.trouble is Trouble.NOT_A_MAPPING:
                first_line = problem.span.of(note.text).partition("\n")[0].rstrip("\r")
                blank = "; a blank is missing behind the “:”" if _WITHOUT_BLANK.match(first_line) else ""
                yield self.found(note.path, problem.span, first_line, f"{problem.message}{blank}")
