"""VL309."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Note
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Safety, Severity
from vaultlint.text import Span
from vaultlint.timestamps import has_video

_TIME = rare(r"[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]")
# One time, a list or a range, in brackets that are no link, no anchor's label and no footnote's name.
_TIMES = rf"({_TIME.pattern}(?:[ ]*[,;–—-][ ]*{_TIME.pattern})*)"
_IN_BRACKETS = rare(rf"(?<![\[\]>|\"\\!])(?:\[|\(){_TIMES}(?:\]|\))(?![\](:]|\[(?![0-9])|</)")


class BareTimestamp(NoteRule):
    """A time in brackets or parentheses that is plain text."""

    code = "VL309"
    severity = Severity.INFO
    on = False

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        fixable = has_video(note)
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
                    fixes=tuple(_fixes(note, raw, span)) if fixable else (),
                )


def _fixes(note: Note, raw: str, span: Span) -> Iterator[Fix]:
    """Each of the times as an anchor, unless that stands behind it already; the brackets go to the labels,
    parentheses stay."""
    form = note.anchor_form

    def anchor(match: re.Match[str]) -> str:
        time = match.group().rjust(8, "0")
        return form.source(time, form.shown(time))

    anchors = _TIME.sub(anchor, raw.strip("[]"))
    title = "Make it a timestamp" if raw.count(":") == 2 else "Make them timestamps"
    if not note.text.startswith(anchors, span.end):
        yield Fix(title, (Edit(note.path, span, raw, anchors),), Safety.UNSAFE)
