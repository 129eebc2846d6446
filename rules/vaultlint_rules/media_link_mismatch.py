"""VL312."""

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

from vaultlint.note import LinkSyntax, Outline, TimedLink
from vaultlint.resolve import Subpath
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.timestamps import seconds
from vaultlint.vault import Vault

_YOUTUBE = re.compile(r"(?i)(?:[a-z0-9-]+\.)?(?:youtube\.com|youtube-nocookie\.com|youtu\.be)")
_VIDEO_ID = re.compile(r"(?:/(?:embed|shorts|live|v))?/([A-Za-z0-9_-]{11})")
_LOST = re.compile(r"&t=[^&#]*")
_UNITS = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s?)?")
_MEDIA_FILE = re.compile(r"(?i).*\.(?:mp4|m4v|webm|ogv|mov|mkv|mp3|m4a|wav|ogg|oga|opus|flac|aac|3gp)")

# A media fragment of the W3C in normal play time.
_FRAGMENT = re.compile(r"t=(?:npt:)?([0-9:.]*)(?:(,)([0-9:.]*))?")
_MOMENT = re.compile(r"(?:(?:([0-9]{1,4}):)?([0-9]{1,2}):)?([0-9]{1,9})(?:\.[0-9]*)?")
_LABEL = re.compile(r"[0-9]{1,3}(?::[0-9]{2}){1,2}")


class _Start(NamedTuple):
    """Where a link starts, in seconds, as far as it says so; and what is wrong with how it says so."""

    second: int | None
    fault: str = ""


class MediaLinkMismatch(VaultRule):
    """A link to a moment of a video that does not lead to the moment it shows."""

    code = "VL312"
    asks = ("timed_links", Subpath.NOT_CHECKED)
    severity = Severity.WARNING
    local = True

    same_video: bool = False
    """Whether links to videos must lead to the video that `videoId` names."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        path = outline.path
        for link in vault.note(path).timed_links if outline.timed_links else ():
            fault = _fault_of_address(link, outline.video if self.same_video else None)
            if fault:
                yield self.found(path, link.span, link.raw, fault, data={"target": link.address})
        for resolved in vault.doubtful_links(outline, Subpath.NOT_CHECKED):
            inside, target = resolved.link, resolved.target or ""
            fragment = _FRAGMENT.match(inside.subpath or "") if _MEDIA_FILE.fullmatch(target) else None
            if fragment is not None:
                start = _fragment_start(fragment)
                shown = inside.display or ""
                if inside.embed and inside.syntax is LinkSyntax.WIKILINK:
                    shown = ""  # a size, or a description
                fault = start.fault or _fault_of_label(shown, start.second)
                if fault:
                    yield self.found(path, inside.span, inside.target, fault, data={"target": inside.target})


def _fault_of_address(link: TimedLink, video: str | None) -> str:
    """What is wrong with a link to an address, empty if nothing."""
    try:
        address = urlsplit(link.address)
    except ValueError:
        return ""
    if address.scheme not in ("http", "https") or _YOUTUBE.fullmatch(address.netloc) is None:
        return ""
    if "?" not in link.address and (lost := _LOST.search(link.address)) is not None:
        return f"“{lost.group()}” has no “?” before it, so that the video starts at its beginning"
    query = parse_qs(address.query)
    own = (query.get("v") or [match[1] for match in [_VIDEO_ID.fullmatch(address.path)] if match] or [""])[0]
    if video is not None and own and own != video:
        return f"the link leads to the video “{own}”, the note is about “{video}”"
    times = query.get("t") or query.get("start") or []
    fragment = _FRAGMENT.fullmatch(address.fragment)
    if not times and fragment is not None:  # as plugins write it
        start = _fragment_start(fragment)
        return start.fault or _fault_of_label(link.text, start.second)
    if not times and address.fragment.startswith("t="):
        times = [address.fragment[2:]]
    if not times:
        return ""
    units = _UNITS.fullmatch(times[0])
    if units is None or not times[0]:
        return f"“{times[0]}” is no time that the player reads"
    hours, minutes, rest = (int(unit or 0) for unit in units.groups())
    return _fault_of_label(link.text, hours * 3600 + minutes * 60 + rest)


def _fault_of_label(text: str, second: int | None) -> str:
    """What is wrong with the text of a link that starts at that second, empty if nothing."""
    label = text.strip().strip("[]")
    if second is None or _LABEL.fullmatch(label) is None:
        return ""
    says = seconds(label)
    # Texts are rounded, and 1:02 may be an hour and two minutes.
    if abs(says - second) <= 1 or (label.count(":") == 1 and says * 60 == second):
        return ""
    hours, rest = divmod(second, 3600)
    goes = f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"
    return f"the text says “{label}”, the link goes to {goes}"


def _fragment_start(fragment: re.Match[str]) -> _Start:
    """Where a media fragment starts."""
    start, comma, end = fragment.groups()
    if comma and not end:
        return _Start(None, f"“{fragment.group()}” ends in a comma, so that it is not read")
    begins, ends = _moment(start or "0"), _moment(end or "")
    if begins is None or (end and ends is None):
        return _Start(None)
    if max(_small_parts(start) + _small_parts(end or ""), default=0) > 59:
        return _Start(None, f"“{fragment.group()}” has minutes or seconds over 59")
    if ends is not None and ends <= begins:
        return _Start(None, f"“{fragment.group()}” ends before it begins")
    return _Start(int(begins))


def _moment(time: str) -> float | None:
    """A moment in seconds: `5`, `00:19.80`, `1:02:03`."""
    if _MOMENT.fullmatch(time) is None:
        return None
    total = 0.0
    for field in time.split(":"):
        total = total * 60 + float(field)
    return total


def _small_parts(time: str) -> list[int]:
    """The minutes and seconds of a moment that has both."""
    return [int(field.partition(".")[0]) for field in time.split(":")[-2:]] if ":" in time else []
