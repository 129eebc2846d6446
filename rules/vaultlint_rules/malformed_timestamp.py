"""VL301."""

from collections.abc import Iterator
from typing import NamedTuple

from vaultlint.anchor_form import AnchorForm
from vaultlint.lazy import rare
from vaultlint.note import Anchor, Note, Outline
from vaultlint.rule import Diagnostic, Edit, Fix, NoteRule, Rule, Safety, Severity, VaultPart
from vaultlint.text import has_placeholder
from vaultlint.timestamps import (
    GOOD_TIME,
    HOURS_OF_NO_VIDEO,
    clock,
    duration,
    just_before,
    seconds,
    two_part_anchors,
    with_margin,
)
from vaultlint.vault import Vault

_NUMBERS = rare(r"[0-9]+(?::[0-9]+)*")
_TWO_PARTS = rare(r"([0-9]{1,2}):([0-5][0-9])")
_MISSING_ZERO = rare(r"([0-9]{1,2}):([0-5]?[0-9]):([0-5]?[0-9])")
_LABEL_TIME = rare(r"[0-9]{1,2}(?::[0-9]{1,2}){1,2}")
_LINK_AROUND = rare(rf"\[({_LABEL_TIME.pattern})\]\(\Z")


class _Case(NamedTuple):
    """An anchor, and all that tells what its time means."""

    path: str
    anchor: Anchor
    before: str
    """What stands just before it."""
    form: AnchorForm
    length: int | None
    """The length of the video in seconds, as the note has it."""
    reach: int | None = None
    """How far notes go into the video, in seconds, if others tell."""


class _Reading(NamedTuple):
    """What a malformed time most likely means."""

    time: str
    safe: bool


class MalformedTimestamp(NoteRule):
    """A timestamp anchor whose time is not written HH:MM:SS."""

    code = "VL301"
    asks = ("suspect_anchors",)
    on_templates = True

    @property
    def across(self) -> VaultPart:
        """What looks at times of two parts, which other notes about the video may explain."""
        return _TwoParts(self)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What is wrong in `note`."""
        others = {anchor.span for anchor in two_part_anchors(note)}
        for anchor in note.suspect_anchors:
            time = anchor.time
            if not (GOOD_TIME.fullmatch(time) or has_placeholder(time) or anchor.span in others):
                before = just_before(anchor, note.text)
                yield _found(self, _Case(note.path, anchor, before, note.anchor_form, duration(note)))


class _TwoParts(VaultPart):
    """A time of two parts in a note that does not say how long its video is."""

    asks = ("two_part_times",)
    local = True
    on_templates = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        path, form, reach = outline.path, vault.settings.anchor_form, vault.video_reaches(outline)
        if reach is not None:
            reach = max(reach, outline.reach)
        for anchor, before in outline.two_part_anchors:
            yield _found(self, _Case(path, anchor, before, form, None, reach))


def _found(rule: Rule, case: _Case) -> Diagnostic:
    """The finding about an anchor."""
    anchor = case.anchor
    message, severity = _complaint(anchor.time)
    reading = _read(case)
    return rule.found(
        case.path,
        anchor.span,
        anchor.raw,
        message,
        severity=severity if rule.level is rule.severity else rule.level,
        fixes=(_fix(case, reading),) if reading else (),
        data={"time": anchor.time},
    )


def _complaint(time: str) -> tuple[str, Severity]:
    """What is wrong with a time, and how much: an error where the player goes to a wrong place or nowhere."""
    bare = time.strip()
    if not bare:
        return "the anchor has no time", Severity.ERROR
    if not _NUMBERS.fullmatch(bare.rstrip(":")):
        return f"“{time}” is no time; the player goes nowhere", Severity.ERROR
    fields = bare.rstrip(":").split(":")
    if len(fields) == 2 and bare.endswith(":"):
        return f"“{time}” has no seconds", Severity.WARNING
    if len(fields) == 1:
        return f"“{time}” is a single number, which the player takes for hours", Severity.ERROR
    if len(fields) == 2:
        return f"“{time}” has two parts, which the player takes for hours and minutes", Severity.ERROR
    if len(fields) > 3:
        return f"“{time}” has {len(fields)} parts instead of 3", Severity.WARNING
    if bare.endswith(":"):
        return f"“{time}” ends in a colon", Severity.WARNING
    if any(int(field) > 59 for field in fields[1:]):
        return f"“{time}” has minutes or seconds over 59", Severity.WARNING
    return f"“{time}” is not written HH:MM:SS", Severity.WARNING


def _read(case: _Case) -> _Reading | None:
    """What the anchor means, where that can be said; safe where nothing else can be meant."""
    anchor = case.anchor
    reading = _read_time(case)
    shown = case.form.bare(anchor.label)
    if GOOD_TIME.fullmatch(shown) and (reading is None or reading.time == shown):
        return _Reading(shown, safe=True)
    if reading is None:
        return None
    around = _LINK_AROUND.search(case.before)
    told = [shown] if shown != anchor.time and _LABEL_TIME.fullmatch(shown) else []
    told += [around[1]] if around is not None else []
    agreed = all(seconds(time) == seconds(reading.time) for time in told)
    return reading if agreed else reading._replace(safe=False)


def _read_time(case: _Case) -> _Reading | None:
    """What the time means by itself."""
    bare = case.anchor.time.strip().removeprefix("[").removesuffix("]")
    if bare.count(":") == 2 and bare.endswith(":"):  # the seconds are lost, or it is MM:SS
        return None
    bare = bare.removesuffix(":")
    if GOOD_TIME.fullmatch(bare):
        return _Reading(bare, safe=True)
    fields = bare.split(":")
    if _MISSING_ZERO.fullmatch(bare):
        return _Reading(":".join(field.zfill(2) for field in fields), safe=True)
    if two := _TWO_PARTS.fullmatch(bare):
        first, second = int(two[1]), int(two[2])
        return _Reading(clock(first * 60 + second), safe=_proven(first, second, case))
    if not _NUMBERS.fullmatch(bare) or any(len(field) > 2 for field in fields):
        return None
    numbers = [int(field) for field in fields]
    if len(numbers) == 4 and all(number < 60 for number in numbers[1:]):
        return _Reading("{:02}:{:02}:{:02}".format(*numbers[:3]), safe=False)
    if len(numbers) == 3:
        total = numbers[0] * 3600 + numbers[1] * 60 + numbers[2]
        if total < 100 * 3600:
            return _Reading(clock(total), safe=False)
    return None


def _proven(first: int, second: int, case: _Case) -> bool:
    """Whether MM:SS cannot be HH:MM: this video is not that long, or where we do not know, hardly any is."""
    length = case.length
    if length is None:
        if first >= HOURS_OF_NO_VIDEO or case.reach is None:
            return first >= HOURS_OF_NO_VIDEO
        length = with_margin(case.reach)
    return first * 60 + second <= length < first * 3600 + second * 60


def _fix(case: _Case, reading: _Reading) -> Fix:
    """Time and label together, where the label repeats the malformed time."""
    anchor, form = case.anchor, case.form
    edits = [Edit(case.path, anchor.time_span, anchor.time, reading.time)]
    label = anchor.label.strip()
    if form.bare(label) in (anchor.time, anchor.time.rstrip("]:")):
        bare = label[:1].isdigit() and not anchor.time.endswith("]")  # may stand in brackets itself
        shown = reading.time if bare else form.shown(reading.time)
        edits.append(Edit(case.path, anchor.label_span, anchor.label, shown))
    return Fix(f"Write “{reading.time}”", tuple(edits), Safety.SAFE if reading.safe else Safety.UNSAFE)
