"""VL302."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from vaultlint.note import Anchor, Note, Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.timestamps import (
    GOOD_TIME,
    HOURS_OF_FEW_VIDEOS,
    HOURS_OF_NO_VIDEO,
    as_minutes,
    clock,
    is_shifted,
    length,
    mostly_round,
    seconds,
    with_margin,
)
from vaultlint.vault import Vault


class _Reason(NamedTuple):
    """Why a time cannot be meant as it is written."""

    hint: str
    proof: bool = False


_Judge = Callable[[str], _Reason | None]


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
    late = [time for time in times if int(time[:2]) >= HOURS_OF_FEW_VIDEOS]
    round_late, round_all = mostly_round(late), mostly_round(times)

    def by_hours(time: str) -> _Reason | None:
        hours = int(time[:2])
        if hours >= HOURS_OF_NO_VIDEO or (round_late and hours >= HOURS_OF_FEW_VIDEOS):
            return _Reason("hardly a video is that long")
        return None

    def by_others(time: str) -> _Reason | None:
        assert reach is not None
        if seconds(time) <= with_margin(reach):
            return None
        fits = seconds(as_minutes(time)) <= with_margin(reach)
        telling = int(time[:2]) >= HOURS_OF_FEW_VIDEOS or (round_all and time.endswith(":00"))
        if fits and telling:
            return _Reason(f"other notes about this video end by {clock(reach)}")
        return by_hours(time)

    return by_hours if reach is None else by_others


def _past_the_end(time: str, end: int) -> _Reason | None:
    """Why a time is shifted in a video that is `end` seconds long, if it is."""
    if is_shifted(time, end):
        return _Reason(f"the video is {clock(end)} long", proof=time.endswith(":00"))
    return None


def _fix(path: str, anchor: Anchor, meant: str, *, safe: bool) -> Fix:
    """Time and label together."""
    edits = [Edit(path, anchor.time_span, anchor.time, meant)]
    if anchor.time in anchor.label:
        label = anchor.label.replace(anchor.time, meant)
        edits.append(Edit(path, anchor.label_span, anchor.label, label))
    return Fix(f"Write “{meant}”", tuple(edits), Safety.SAFE if safe else Safety.UNSAFE)
