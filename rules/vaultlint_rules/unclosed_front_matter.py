"""VL102."""

from collections.abc import Iterator

from vaultlint.note import Note, Trouble
from vaultlint.rule import Diagnostic, NoteRule, Related


class UnclosedFrontMatter(NoteRule):
    """Front matter that begins on line 1 and has no closing line."""

    code = "VL102"
    asks = ("problems",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        for problem in block.problems if block is not None else ():
            if problem.trouble is Trouble.UNCLOSED:
                seeming = problem.related
                message = "this line does not close it: it must be “---” and nothing else"
                related = (Related(note.path, seeming, message),) if seeming else ()
                yield self.found(note.path, problem.span, "---", problem.message, related=related)
