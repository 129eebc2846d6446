"""VL302."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from vaultlint.note import Anchor, Note, Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.timestamps import (
    GOOD_TIME,
    HOURS_OF_FEW_VIDEOS,
    HOURS_OF_NO_VIDEO,
    as_minutes,
    clock,
    is_shifted,
    length,
    mostly_round,
    with_margin,
)
from vaultlint.vault import Vault


class _Reason(NamedTuple):
    """Why a time cannot be meant as it is written."""

    hint: str
    proof: bool = False


_Judge = Callable[[str], _Reason | None]
"""Of a time HH:MM:SS: why it cannot be meant. Such times are in order as texts are."""

_LATE, _TOO_LATE = f"{HOURS_OF_FEW_VIDEOS:02}", f"{HOURS_OF_NO_VIDEO:02}"
_TOO_LONG = _Reason("hardly a video is that long")


class ShiftedTimestamp(VaultRule):
    """A timestamp in minutes and seconds that is written as hours and minutes."""

    code = "VL302"
    asks = ("may_be_shifted",)
    severity = Severity.WARNING
    local = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        note = vault.note(outline.path)
        others = {odd.span for odd in note.suspect_anchors if not _shows_its_time(odd, note)}
        anchors = [anchor for anchor in note.anchors if not others or anchor.span not in others]
        judge = _judge(note, [anchor.time for anchor in anchors], vault.video_reaches(outline))
        for anchor in anchors:
            reason = judge(anchor.time) if anchor.time >= "01" else None
            if reason is not None:
                meant = as_minutes(anchor.time)
                yield self.found(
                    outline.path,
                    anchor.span,
                    anchor.raw,
                    f"“{anchor.time}” is most likely {meant}: {reason.hint}",
                    fixes=(_fix(outline.path, anchor, meant, safe=reason.proof),),
                    data={"time": anchor.time, "meant": meant},
                )


def _shows_its_time(anchor: Anchor, note: Note) -> bool:
    """Whether the time is a proper one, and the label says no other."""
    label = note.anchor_form.bare(anchor.label)
    return GOOD_TIME.fullmatch(anchor.time) is not None and (label == anchor.time or ":" not in label)


def _judge(note: Note, times: list[str], reach: int | None) -> _Judge:
    """What decides about this note: the length of the video where it is known, else how far other notes
    about it go, and where they do not tell, the hours alone."""
    end = length(note, times)
    if end is not None:
        return lambda time: _past_the_end(time, end)
    round_late = mostly_round([time for time in times if time >= _LATE])

    def by_hours(time: str) -> _Reason | None:
        return _TOO_LONG if time >= _TOO_LATE or (round_late and time >= _LATE) else None

    if reach is None:
        return by_hours
    latest, round_all = clock(with_margin(reach)), mostly_round(times)
    end_by = _Reason(f"other notes about this video end by {clock(reach)}")

    def by_others(time: str) -> _Reason | None:
        if time <= latest:
            return None
        telling = time >= _LATE or (round_all and time.endswith(":00"))
        return end_by if telling and as_minutes(time) <= latest else by_hours(time)

    return by_others


def _past_the_end(time: str, end: int) -> _Reason | None:
    """Why a time is shifted in a video that is `end` seconds long, if it is."""
    if is_shifted(time, end):
        return _Reason(f"the video is {clock(end)} long", proof=time.endswith(":00"))
    return None


def _fix(path: str, anchor: Anchor, meant: str, *, safe: bool) -> Fix:
    """Time and label together, in one edit: there are many of these."""
    span = Span(anchor.time_span.start, anchor.label_span.end)
    old = anchor.raw[span.start - anchor.span.start : span.end - anchor.span.start]
    edit = Edit(path, span, old, old.replace(anchor.time, meant))
    return Fix(f"Write “{meant}”", (edit,), Safety.SAFE if safe else Safety.UNSAFE)
