"""VL112."""

from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, SchemaRule, Severity

# Obsidian's own (help pages “Properties” and “Publish”), and ours.
_COMMON = frozenset(
    ("tags", "aliases", "cssclasses", "tag", "alias", "cssclass", "publish", "permalink", "description",
     "image", "cover", "vaultlint")
)  # fmt: skip
_MOST = 50  # names in a note for which near ones are looked for, which takes long


class UnknownProperty(SchemaRule):
    """A property that none of the schemas of the note knows."""

    code = "VL112"
    asks = ("properties",)
    severity = Severity.INFO
    on = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        from difflib import get_close_matches  # only where a schema is configured

        from vaultlint.json_schema import checker_of

        known = [checker_of(schema.source).known for schema in self._schemas if schema.chooses(note)]
        if not known or any(each.closed for each in known):
            return  # what a schema forbids is the business of invalid-property
        names = {key.casefold(): key for each in known for key in each.keys}
        free = names.keys() - note.keys
        looked_for = 0
        for entry in note.properties:
            key = entry.key.casefold()
            if key in names or key in _COMMON or any(each.has(entry.key) for each in known):
                continue
            looked_for += 1
            near = get_close_matches(key[:100], free, n=1) if looked_for <= _MOST else []
            yield self.found(
                note.path,
                entry.key_span,
                entry.key,
                f"no schema knows “{entry.key}”" + (f"; did you mean “{names[near[0]]}”?" if near else ""),
                data={"property": entry.key},
            )
