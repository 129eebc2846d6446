"""VL502."""

import re
from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.rule import Diagnostic, NoteRule, Severity
from vaultlint.text import Span

_WINDOWS = rare(r"[*\"\\<>:|?]")
_LINKS = rare(r"[#^\[\]]")
_CONTROL = rare(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = rare(
    r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    # Joiners are part of the spelling in many scripts, and of emoji; beside ASCII they are astray.
    r"|(?:(?<=[\x00-\x7f])|\A)[\u200c\u200d]|[\u200c\u200d](?=[\x00-\x7f]|\Z)"
)
_RESERVED = rare(r"(?i:con|prn|aux|nul|com[1-9\u00b9\u00b2\u00b3]|lpt[1-9\u00b9\u00b2\u00b3])")
# Nearly every name is plain: nothing of the above, and too long for a reserved one.
_PLAIN_PATH = re.compile(r"(?:[\w-][\w ,'()&-]{3,}+(?<=[\w)-])/)*+[\w-][\w ,'()&-]{3,}+(?<=[\w)-])\.md")


class UnportableName(NoteRule):
    """A name of a note, or of a folder above it, that other systems or links cannot hold."""

    code = "VL502"
    severity = Severity.INFO
    on_templates = True

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        if _PLAIN_PATH.fullmatch(note.path):
            return
        for name in note.path.split("/"):
            if complaints := list(_complaints(name)):
                yield self.found(note.path, Span(0, 0), name, f"“{name}” {' and '.join(complaints)}")


def _complaints(name: str) -> Iterator[str]:
    """What is wrong with the name of a file or folder."""
    stem = name[:-3] if name[-3:].lower() == ".md" else name
    if _RESERVED.fullmatch(name.partition(".")[0].rstrip(" ")):
        yield "is a name that Windows keeps for itself"
    if refused := _all(_WINDOWS, name):
        yield f"holds {refused}, which Windows refuses"
    if refused := _all(_LINKS, name):
        yield f"holds {refused}, which a link cannot hold"
    if name.endswith("."):
        yield "ends in a dot, which Windows drops"
    if stem != stem.strip(" "):
        yield "begins or ends with a blank, which links drop"
    if hidden := _INVISIBLE.search(name) or _CONTROL.search(name):
        yield f"holds the invisible character U+{ord(hidden[0]):04X}"


def _all(pattern: re.Pattern[str], name: str) -> str:
    """The characters that the pattern finds, each once, quoted."""
    return ", ".join(f"“{char}”" for char in dict.fromkeys(pattern.findall(name)))
