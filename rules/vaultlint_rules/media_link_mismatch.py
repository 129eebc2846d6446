"""VL312."""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from vaultlint.lazy import rare
from vaultlint.note import LinkSyntax, Outline, TimedLink
from vaultlint.resolve import Subpath
from vaultlint.rule import Diagnostic, Severity, VaultRule
from vaultlint.timestamps import seconds
from vaultlint.vault import Vault

_YOUTUBE = rare(r"(?i)(?:[a-z0-9-]+\.)?(?:youtube\.com|youtube-nocookie\.com|youtu\.be)")
_VIDEO_ID = rare(r"(?:/(?:embed|shorts|live|v))?/([A-Za-z0-9_-]{11})")
_LOST = rare(r"&t=[^&#]*")
_SECOND_MARK = rare(r"\?t=[^&#?]*")
_UNITS = rare(r"(?=[0-9])(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s?)?")
_MEDIA_FILE = rare(r"(?i).*\.(?:mp4|m4v|webm|ogv|mov|mkv|mp3|m4a|wav|ogg|oga|opus|flac|aac|3gp)")

# A media fragment of the W3C in normal play time; SMPTE codes and clock times are not looked at.
_STRETCH = rare(r"(?:npt:)?([0-9:.]*)(?:(,)([0-9:.]*))?")
_OTHER_CLOCKS = ("smpte", "clock:")
_MOMENT = rare(r"(?:(?:([0-9]{1,4}):)?([0-9]{1,2}):)?([0-9]{1,9})(?:\.[0-9]*)?")
_LABEL = rare(r"[0-9]{1,3}(?::[0-9]{2}){1,2}")

# Addresses by which plugins open a player at a time: Media Extended, PodNotes, VLC bridge, PotPlayer.
_PLAYER = rare(r"(?i)obsidian://(?:open|podnotes|vlcbridge)\b|jv://open\b")
_PLAYER_KEYS = ("t", "time", "timestamp")


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
            time = _time_of_fragment(inside.subpath or "") if _MEDIA_FILE.fullmatch(target) else None
            if time is not None:
                start = _stretch_start(time)
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
    start = _Start(None)
    if address.scheme in ("http", "https") and _YOUTUBE.fullmatch(address.netloc) is not None:
        start = _youtube_start(link.address, address, video)
    elif _PLAYER.match(link.address) is not None:
        query = parse_qs(address.query)
        times = next((query[key] for key in _PLAYER_KEYS if key in query), ["%"])
        if not times[0].endswith("%"):  # a part of the whole, for VLC
            start = _stretch_start(",".join(times[:1] + query.get("endTime", [])[:1]))
    elif address.scheme in ("http", "https", "file") and _MEDIA_FILE.fullmatch(address.path) is not None:
        time = _time_of_fragment(address.fragment)
        start = _stretch_start(time) if time is not None else start
    return start.fault or _fault_of_label(link.text, start.second)


def _youtube_start(written: str, address: SplitResult, video: str | None) -> _Start:
    """Where a link to YouTube starts. `video`: the one to which it must lead, if there is such a one."""
    if "?" not in written and (lost := _LOST.search(written)) is not None:
        return _Start(
            None, f"“{lost.group()}” has no “?” before it, so that the video starts at its beginning"
        )
    if (lost := _SECOND_MARK.search(address.query)) is not None:
        return _Start(None, f"“{lost.group()}” is behind another “?”, so that it is not read")
    query = parse_qs(address.query)
    own = (query.get("v") or [match[1] for match in [_VIDEO_ID.fullmatch(address.path)] if match] or [""])[0]
    if video is not None and own and own != video:
        return _Start(None, f"the link leads to the video “{own}”, the note is about “{video}”")
    times = query.get("t") or query.get("start") or []
    fragment = _time_of_fragment(address.fragment)
    if times:
        second = _seconds_of_units(times[0])
        unread = f"“{times[0]}” is no time that the player reads"
        return _Start(second, "" if second is not None else unread)
    return _stretch_start(fragment) if fragment is not None else _Start(None)  # as plugins write it


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


def _time_of_fragment(fragment: str) -> str | None:
    """What a fragment says of the time, decoded; None where it does not."""
    parts = [part for part in fragment.split("&") if part.startswith("t=")]
    return unquote(parts[-1][2:]) if parts else None


def _stretch_start(time: str) -> _Start:
    """Where a stretch starts that is written as media fragments are, or in units."""
    in_units = _seconds_of_units(time)
    if in_units is not None or time.startswith(_OTHER_CLOCKS):
        return _Start(in_units)
    stretch = _STRETCH.fullmatch(time)
    start, comma, end = stretch.groups() if stretch is not None else ("", "", "")
    if comma and start and not end:
        return _Start(None, f"“t={time}” ends in a comma, so that it is not read")
    begins, ends = _moment(start or "0"), _moment(end or "0")
    if not (start or end) or begins is None or ends is None:
        return _Start(None, f"“t={time}” is no time that players read")
    if max(_small_parts(start) + _small_parts(end or ""), default=0) > 59:
        return _Start(None, f"“t={time}” has minutes or seconds over 59")
    if end and ends <= begins:
        return _Start(None, f"“t={time}” ends before it begins")
    return _Start(int(begins))


def _seconds_of_units(time: str) -> int | None:
    """The seconds of `121`, `121s`, `2m1s`; None for what is not so written."""
    units = _UNITS.fullmatch(time)
    if units is None:
        return None
    hours, minutes, rest = (int(unit or 0) for unit in units.groups())
    return hours * 3600 + minutes * 60 + rest


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
