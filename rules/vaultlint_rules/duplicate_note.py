"""VL504."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note, Outline
from vaultlint.rule import Diagnostic, Related, Severity, VaultRule
from vaultlint.settings import is_called_templates
from vaultlint.text import Span
from vaultlint.vault import Vault

_SHORTEST = 200  # characters; short notes are alike by chance
_SHOWN = 3  # notes that a message names
# What programs read under names of their own, so that each has to have its copy.
_INSTRUCTIONS = frozenset({"agents.md", "claude.md", "gemini.md", "copilot-instructions.md"})
_QUERY = rare(r"`\$?= ?\w|!\[\[[^\[\]\n#|]*\.base\b")  # of Dataview in a line, and an embedded base


class DuplicateNote(VaultRule):
    """A note whose text is also that of another one."""

    code = "VL504"
    asks = ("body_mark",)
    local = True
    severity = Severity.WARNING
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        same = vault.same_body(outline)
        # A form that nobody has filled in yet is the same every day, and as its template.
        if not same or vault.is_daily_name(outline.path):
            return
        if any(vault.is_template(path) or is_called_templates(path) for path in same):
            return
        instructs = _instructs(outline.path)
        others = [
            path
            for path in same
            if path != outline.path and not vault.is_daily_name(path) and not (instructs and _instructs(path))
        ]
        if others and _says_enough(vault.note(outline.path)):
            yield self.found(
                outline.path,
                Span(0, 0),
                "",
                f"the same text stands in {_listed(others)}",
                related=tuple(Related(path, Span(0, 0), "the same text") for path in others[:_SHOWN]),
                data={"notes": tuple(others[:_SHOWN]), "count": len(others)},
            )


def _instructs(path: str) -> bool:
    """Whether a note tells a program how to work in the folder, by its name."""
    return path[path.rfind("/") + 1 :].lower() in _INSTRUCTIONS


def _says_enough(note: Note) -> bool:
    """Whether there is much text beside code, and no query: one gives another answer in every note."""
    much = len(note.live[note.body_start :].replace("\0", "").strip()) >= _SHORTEST
    return much and _QUERY.search(note.text, note.body_start) is None


def _listed(paths: list[str]) -> str:
    named = ", ".join(f"“{path}”" for path in paths[:_SHOWN])
    return named if len(paths) <= _SHOWN else f"{named} and {len(paths) - _SHOWN} more"
