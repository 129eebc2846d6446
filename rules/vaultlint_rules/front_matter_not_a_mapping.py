"""VL105."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note, Trouble
from vaultlint.rule import Diagnostic, NoteRule
from vaultlint.text import has_placeholder

_WITHOUT_BLANK = rare(r"[\w-]+:(?!//)[^ \t]")  # a no-break blank is none to YAML
_FULL_WIDTH = rare(r"[\w-]+\uff1a")


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
                yield self.found(note.path, problem.span, first_line, f"{problem.message}{_hint(first_line)}")


def _hint(line: str) -> str:
    """What keeps a line from being a name with a value, if it seems to be meant so."""
    if _WITHOUT_BLANK.match(line):
        return "; a blank is missing behind the “:”"
    return "; “\uff1a” is no “:”" if _FULL_WIDTH.match(line) else ""
