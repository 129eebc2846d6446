"""VL302."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from vaultlint.anchor_form import TIME, AnchorForm
from vaultlint.note import Outline
from vaultlint.rule import Data, Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.text import Span, new
from vaultlint.timestamps import (
    HOURS_OF_FEW_VIDEOS,
    HOURS_OF_NO_VIDEO,
    as_minutes,
    clock,
    is_shifted,
    mostly_round,
    proper_anchors,
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


class _Case(NamedTuple):
    """All that is the same for anchors that are written alike."""

    raw: str
    said: str
    """What the message says before the reason."""
    data: Data
    fix_title: str
    edited: Span
    """What the fix replaces, as if the anchor began a text: time and label together, in one edit, because
    there are many of these."""
    old: str
    new: str

    @classmethod
    def of(cls, raw: str, time: str, edited: Span) -> "_Case":
        """The case of the anchors with that source and time."""
        meant, old = as_minutes(time), edited.of(raw)
        said, data = f"“{time}” is most likely {meant}: ", {"time": time, "meant": meant}
        return cls(raw, said, data, f"Write “{meant}”", edited, old, old.replace(time, meant))


class _Cases(dict[str, _Case]):
    """Cases by the time of anchors of the good form, made as they are asked for; others by the source."""

    def __init__(self, form: AnchorForm) -> None:
        super().__init__()
        self._good, self._element = form.good, form.element

    def __missing__(self, time: str) -> _Case:
        raw, start = self._good.replace(TIME, time), self._good.index(TIME)
        edited = Span(start, len(raw) - len(f"</{self._element}>"))
        case = self[time] = _Case.of(raw, time, edited)
        return case


class ShiftedTimestamp(VaultRule):
    """A timestamp in minutes and seconds that is written as hours and minutes."""

    code = "VL302"
    asks = ("may_be_shifted",)
    severity = Severity.WARNING
    local = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        scratch: dict[str, _Cases] = vault.scratch(self)
        if "cases" not in scratch:
            scratch["cases"] = _Cases(vault.settings.anchor_form)
        cases = scratch["cases"]
        starts, times, keys = _late_anchors(outline, vault, cases)
        judge = _judge(outline.video_length, times, vault.video_reaches(outline))
        for start, time, key in zip(starts, times, keys, strict=True):
            reason = judge(time)
            if reason is not None:
                case = cases[key]
                span = new(Span, (start, start + len(case.raw)))
                fix = _fix(outline.path, start, case, safe=reason.proof)
                message = case.said + reason.hint
                yield self.found(outline.path, span, case.raw, message, fixes=(fix,), data=case.data)


def _late_anchors(
    outline: Outline, vault: Vault, cases: _Cases
) -> tuple[Sequence[int], Sequence[str], Sequence[str]]:
    """The proper anchors that are not in the first hour: where they begin, their times, and the keys of their
    cases, which are then known."""
    if outline.late_anchors is not None:
        starts, times = outline.late_anchors
        return starts, times, times
    anchors = [each for each in proper_anchors(vault.note(outline.path)) if each.time >= "01"]
    for anchor in anchors:
        start = anchor.span.start
        edited = Span(anchor.time_span.start - start, anchor.label_span.end - start)
        cases[anchor.raw] = _Case.of(anchor.raw, anchor.time, edited)
    return (
        [each.span.start for each in anchors],
        [each.time for each in anchors],
        [each.raw for each in anchors],
    )


def _judge(end: int | None, times: Sequence[str], reach: int | None) -> _Judge:
    """What decides about these times: the `end` of the video where it is known, else how far other notes
    about it go, and where they do not tell, the hours alone."""
    if end is not None:
        return _past_the_end(end)
    too_long = _LATE if mostly_round([time for time in times if time >= _LATE]) else _TOO_LATE
    if reach is None:
        return lambda time: _TOO_LONG if time >= too_long else None
    latest, round_all = clock(with_margin(reach)), mostly_round(times)
    end_by = _Reason(f"other notes about this video end by {clock(reach)}")

    def by_others(time: str) -> _Reason | None:
        if time <= latest:
            return None
        telling = time >= _LATE or (round_all and time.endswith(":00"))
        if telling and as_minutes(time) <= latest:
            return end_by
        return _TOO_LONG if time >= too_long else None

    return by_others


def _past_the_end(end: int) -> _Judge:
    """What decides about the times in a video that is `end` seconds long."""
    hint = f"the video is {clock(end)} long"
    return lambda time: _Reason(hint, proof=time.endswith(":00")) if is_shifted(time, end) else None


def _fix(path: str, start: int, case: _Case, *, safe: bool) -> Fix:
    """Time and label of the anchor that begins there."""
    begin, end = case.edited
    edit = new(Edit, (path, new(Span, (start + begin, start + end)), case.old, case.new))
    return new(Fix, (case.fix_title, (edit,), Safety.SAFE if safe else Safety.UNSAFE))
