"""VL213."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Flaw, Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety

_FREE_PIPE = rare(r"(?<!\\)\|")


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
                    f"the pipe of “{raw}” ends a cell of the table",
                    fixes=(Fix("Escape the pipe", (edit,), Safety.SAFE),),
                    data={"target": malformed.path},
                )
