"""VL309."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from vaultlint.note import Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.text import Span
from vaultlint.timestamps import anchor_source

_TIME = re.compile(r"[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]")
# One time, a list or a range, in brackets that are no link, no anchor's label and no footnote's name.
_TIMES = rf"({_TIME.pattern}(?:[ ]*[,;–—-][ ]*{_TIME.pattern})*)"
_IN_BRACKETS = re.compile(rf"(?<![\[\]>|\"\\!])(?:\[|\(){_TIMES}(?:\]|\))(?![\](:]|\[(?![0-9])|</)")


class BareTimestamp(NoteRule):
    """A time in brackets or parentheses that is plain text."""

    code = "VL309"
    severity = Severity.INFO
    on = False

    video: str = "videoId"
    """The property that holds the id of the note's video."""

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        entry = note.property(self.video)
        has_video = entry is not None and bool(entry.value)
        links = None
        for match in _IN_BRACKETS.finditer(note.live, note.body_start):
            raw, span = match.group(), Span(*match.span())
            if (raw[0] == "[") is not (raw[-1] == "]"):
                continue
            links = sorted(link.span for link in note.links) if links is None else links
            before = bisect_right(links, span) - 1
            if before < 0 or not links[before].covers(span):
                yield self.found(
                    note.path,
                    span,
                    raw,
                    f"“{raw}” is plain text, not a timestamp of the video",
                    fixes=(_fix(note.path, raw, span),) if has_video else (),
                )


def _fix(path: str, raw: str, span: Span) -> Fix:
    """Each of the times as an anchor; the brackets go to the labels, parentheses stay."""
    anchors = _TIME.sub(lambda time: _anchor(time.group().rjust(8, "0")), raw.strip("[]"))
    title = "Make it a timestamp" if raw.count(":") == 2 else "Make them timestamps"
    return Fix(title, (Edit(path, span, raw, anchors),), Safety.UNSAFE)


def _anchor(time: str) -> str:
    return anchor_source(time, f"[{time}]")
