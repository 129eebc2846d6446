"""The times of timestamp anchors: what they mean, and how long a video is."""

from collections.abc import Sequence

from vaultlint.lazy import rare
from vaultlint.note import Anchor, Note

GOOD_TIME = rare(r"[0-9]{2}:[0-5][0-9]:[0-5][0-9]")
"""HH:MM:SS, in the only digits that players read."""

HOUR = 3600
HOURS_OF_FEW_VIDEOS = 5
HOURS_OF_NO_VIDEO = 12
_FIVE_HOURS = "05"

_LONGEST_LINK = len("[00:00:00](")
_SHORT = 600  # seconds
_FEWEST_ROUND = 3
_MOSTLY = 0.6
_TWO_PARTS = rare(r"[0-9]{1,2}:[0-5][0-9]")
_DURATION = rare(r"[0-9]{1,9}(?:\.[0-9]+)?|[0-9]{1,9}(?::[0-5]?[0-9]){1,2}")


def seconds(time: str) -> int:
    """A time in seconds; `MM:SS` is minutes and seconds, as people read a label."""
    total = 0
    for field in time.split(":"):
        total = total * 60 + int(field)
    return total


def two_part_anchors(note: Note) -> list[Anchor]:
    """The anchors whose time may be MM:SS or HH:MM, as long as nothing but another note about the same video
    can tell: the note names a video, and not how long it is."""
    found = [anchor for anchor in note.suspect_anchors if _TWO_PARTS.fullmatch(anchor.time)]
    return found if found and has_video(note) and duration(note) is None else []


def just_before(anchor: Anchor, text: str) -> str:
    """What stands before an anchor, as far as a link around it can begin."""
    return text[max(anchor.span.start - _LONGEST_LINK, 0) : anchor.span.start]


def proper_anchors(note: Note) -> list[Anchor]:
    """The anchors whose time is a proper one, and whose label says no other."""
    others = {odd.span for odd in note.suspect_anchors if not shows_its_time(odd, note)}
    return [anchor for anchor in note.anchors if not others or anchor.span not in others]


def shows_its_time(anchor: Anchor, note: Note) -> bool:
    """Whether the time of a suspect anchor is a proper one, and its label says no other."""
    label = note.anchor_form.bare(anchor.label)
    return GOOD_TIME.fullmatch(anchor.time) is not None and (label == anchor.time or ":" not in label)


def clock(moment: int) -> str:
    """A moment, in seconds, as HH:MM:SS."""
    return f"{moment // 3600:02}:{moment // 60 % 60:02}:{moment % 60:02}"


def has_video(note: Note) -> bool:
    """Whether the note names a video."""
    entry = note.property(note.anchor_form.video)
    return entry is not None and bool(entry.value)


def duration(note: Note) -> int | None:
    """The length of the video in seconds, as the note's property says it: in seconds, MM:SS or HH:MM:SS."""
    entry = note.property(note.anchor_form.duration)
    if entry is None or isinstance(entry.value, (bool, list, dict)) or entry.value is None:
        return None
    text = str(entry.value)
    if not _DURATION.fullmatch(text):
        return None
    total = 0.0
    for field in text.split(":"):
        total = total * 60 + float(field)
    return int(total)


def length(note: Note, times: Sequence[str]) -> int | None:
    """The same, where the note's good `times` make it credible: those in the first hour should mostly lie
    before the end. Else the property counts minutes, most likely."""
    end = duration(note)
    early = [time for time in times if time < "01"]
    past = [time for time in early if end is not None and seconds(time) > end]
    if end is None or 2 * len(past) > len(early) or (not early and end < _SHORT):
        return None
    return end


def with_margin(end: int) -> int:
    """A moment that is surely past an end: lengths are rounded, and who tells of a video may leave before."""
    return end + end // 10 + 60


def as_minutes(time: str) -> str:
    """What `HH:MM:SS` is if its hours are minutes and its minutes seconds: `00:HH:MM`."""
    return f"00:{time[:5]}"


def is_shifted(time: str, end: int) -> bool:
    """Whether a time of one hour or more is well past the `end` of the video, in seconds, and would not be
    past it as minutes."""
    return time >= "01" and seconds(time) > with_margin(end) and seconds(as_minutes(time)) <= end


def reach(late_times: Sequence[str]) -> tuple[int, bool]:
    """How far timestamps go into the video, in seconds, and whether they may be minutes and seconds that are
    written as hours and minutes. 0: they do not tell.

    `late_times` are those that `Note.late_times` gives, one at least. Who writes 21:05 as 21:05:00 gives
    himself away by hours that no video has, and by seconds that are always 00.
    """
    latest = max(late_times)
    if latest >= _FIVE_HOURS:
        return 0, True
    few_round = "\n".join(late_times).count(":00\n") < _FEWEST_ROUND - 1  # nearly always, and quickly said
    return (seconds(latest), False) if few_round or not mostly_round(late_times) else (0, True)


def mostly_round(times: Sequence[str]) -> bool:
    """Whether most of the times from one hour on, and no fewer than three, end in `:00`."""
    late = [time for time in times if time >= "01"]
    whole = f"{' '.join(late)} ".count(":00 ")
    return whole >= _FEWEST_ROUND and whole >= _MOSTLY * len(late)
