"""VL213."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Flaw, Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety

_FREE_PIPE = rare(r"(?<!\\)\|")
_WIKILINK = rare(r"\[\[[^\[\]\n]*\]\]")


class UnescapedTablePipe(NoteRule):
    """A link in a table whose pipe ends the cell, so that it is no link, or the table no table."""

    code = "VL213"
    asks = ("malformed_links",)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for malformed in note.malformed_links:
            if malformed.flaw is Flaw.TABLE_PIPE:
                raw = malformed.raw
                edit = Edit(note.path, malformed.span, raw, _FREE_PIPE.sub(r"\\|", raw))
                yield self.found(
                    note.path,
                    malformed.span,
                    raw,
                    f"the pipe of “{raw}” ends a cell of the table{_why(note.text, malformed.span.start)}",
                    fixes=(Fix("Escape the pipe", (edit,), Safety.SAFE),),
                    data={"target": malformed.path},
                )


def _why(text: str, at: int) -> str:
    """That the line at `at` is a row only because no blank line parts it from the table, if so."""
    end = text.find("\n", at)
    line = text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]
    if "|" in _WIKILINK.sub("", line):
        return ""
    return "; what follows a table without a blank line between is a row of it"
