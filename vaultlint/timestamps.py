"""The times of timestamp anchors: how they are written, what they mean, and how long a video is."""

import re

from vaultlint.note import Note

GOOD_TIME = re.compile(r"[0-9]{2}:[0-5][0-9]:[0-5][0-9]")
"""HH:MM:SS, in the only digits that players read."""

_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?|[0-9]+(?::[0-5]?[0-9]){1,2}")


def seconds(time: str) -> int:
    """A time in seconds; `MM:SS` is minutes and seconds, as people read a label."""
    total = 0
    for field in time.split(":"):
        total = total * 60 + int(field)
    return total


def clock(moment: int) -> str:
    """A moment, in seconds, as HH:MM:SS."""
    return f"{moment // 3600:02}:{moment // 60 % 60:02}:{moment % 60:02}"


def duration(note: Note, name: str) -> int | None:
    """The length of the video in seconds, from the property of that name: seconds, MM:SS or HH:MM:SS."""
    entry = note.property(name)
    if entry is None or isinstance(entry.value, (bool, list, dict)) or entry.value is None:
        return None
    text = str(entry.value)
    if not _DURATION.fullmatch(text):
        return None
    total = 0.0
    for field in text.split(":"):
        total = total * 60 + float(field)
    return int(total)
