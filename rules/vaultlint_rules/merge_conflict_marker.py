"""VL509."""

import re
from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule
from vaultlint.text import Span

# Seven signs and a blank begin a side, and `=======` stands alone. It begins at the line end before them.
_MARK = rare(r"(?:\n|\A)((?:<{7}|>{7})(?![^ \t\r\n])[^\r\n]*+|={7}(?=\r?(?:\n|\Z)))")


class MergeConflictMarker(NoteRule):
    """The two sides of a merge that nobody finished, with the lines that git put around them."""

    code = "VL509"
    asks = ("may_hold_conflict",)
    on_templates = True
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        begin: re.Match[str] | None = None
        parted = False
        for mark in _MARK.finditer(note.text):
            sign = mark[1][0]
            if sign == "<":
                # In code it is shown, not left behind.
                begin, parted = (None if note.live[mark.start(1)] == "\0" else mark), False
            elif sign == "=":
                parted = True
            elif begin is not None and parted:
                yield self.found(
                    note.path,
                    Span(*begin.span(1)),
                    begin[1],
                    f"a merge left two versions here, from “{begin[1].rstrip()}” to “{mark[1].rstrip()}”",
                )
                begin = None
