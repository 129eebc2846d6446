"""VL106."""

from collections.abc import Iterator

from vaultlint.note import FrontMatter, Note, Property, Scalar
from vaultlint.parse import is_tag
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity

_ENDINGS = {"tag": "s", "alias": "es", "cssclass": "es"}


class DeprecatedProperty(NoteRule):
    """One of the three properties in the singular, which Obsidian has ignored since version 1.9."""

    code = "VL106"
    asks = ("property:tag", "property:alias", "property:cssclass")
    severity = Severity.WARNING

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        block = note.front_matter
        if block is None or not block.valid:
            return
        for entry in block.properties:
            name = entry.key.lower()
            if name in _ENDINGS:
                plural = entry.key + (_ENDINGS[name].upper() if entry.key.isupper() else _ENDINGS[name])
                yield self.found(
                    note.path,
                    entry.key_span,
                    entry.key,
                    f"Obsidian ignores “{entry.key}”; since version 1.9 the property is “{plural}”",
                    fixes=tuple(_renamed(note, block, entry, plural)),
                )


def _renamed(note: Note, block: FrontMatter, entry: Property, plural: str) -> Iterator[Fix]:
    """The property under its new name, where there is none of that name yet."""
    source = entry.key_span.of(note.text)
    same = [other for other in block.properties if other.key.lower() == entry.key.lower()]
    if block.get(plural) is None and len(same) == 1 and source.count(entry.key) == 1:
        edit = Edit(note.path, entry.key_span, source, source.replace(entry.key, plural))
        safety = Safety.SAFE if _means_the_same(entry) else Safety.UNSAFE
        yield Fix(f"Rename to “{plural}”", (edit,), safety)


def _means_the_same(entry: Property) -> bool:
    """Whether Obsidian reads under the new name what the old one was to say.

    Up to version 1.8 one string was taken apart at commas, and blanks but in aliases.
    """
    single = isinstance(entry.node, Scalar)
    scalars = list(entry.scalars())
    if not single and scalars != list(getattr(entry.node, "items", ())):
        return False
    return all(_is_valid(entry.key.lower(), scalar, single) for scalar in scalars)


def _is_valid(name: str, scalar: Scalar, single: bool) -> bool:
    if scalar.value is None:
        return True
    if not isinstance(scalar.value, str) or not scalar.value.strip():
        return False
    if name == "tag":
        return is_tag(scalar.value.removeprefix("#"))
    return not (single and "," in scalar.value) and not (name == "cssclass" and " " in scalar.value)
