"""VL503."""

from collections.abc import Iterator

from vaultlint.note import BlockId, Note
from vaultlint.rule import Diagnostic, NoteRule, Related


class DuplicateBlockId(NoteRule):
    """The same block id twice in a note."""

    code = "VL503"
    asks = ("may_repeat_block_ids",)
    on_drawings = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        first: dict[str, BlockId] = {}
        for block in note.block_ids:
            if not block.valid:
                continue
            other = first.setdefault(block.id.lower(), block)
            if other is not block:
                yield self.found(
                    note.path,
                    block.span,
                    f"^{block.id}",
                    f"“^{block.id}” is already the id of another block; a link reaches only one of them",
                    related=(Related(note.path, other.span, "the first one is here"),),
                )
