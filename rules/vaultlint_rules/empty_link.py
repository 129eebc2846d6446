"""VL211."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Flaw, Note
from vaultlint.rule import Diagnostic, NoteRule, Severity
from vaultlint.settings import is_called_templates

_MOMENT = rare(r"\[(?:[0-9]{1,2}:)?[0-5]?[0-9]:[0-5][0-9]\]\(\)")
_VIDEO = "media_link"
"""The property that names the video of a note to Media Notes: there `[02:01]()` goes to that moment."""


class EmptyLink(NoteRule):
    """A link without a target."""

    code = "VL211"
    asks = ("malformed_links",)
    severity = Severity.WARNING

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        for malformed in note.malformed_links:
            if malformed.flaw is not Flaw.EMPTY or is_called_templates(note.path):
                continue
            written = malformed.span.of(note.text)  # code in the label is blank in `malformed.raw`
            if not _plays(written, note):
                yield self.found(note.path, malformed.span, written, f"“{written}” has no target")


def _plays(link: str, note: Note) -> bool:
    """Whether a link without a target is a moment of the video that its note names."""
    video = note.property(_VIDEO)
    return video is not None and bool(video.value) and _MOMENT.fullmatch(link) is not None
