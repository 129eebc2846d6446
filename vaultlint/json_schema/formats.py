"""The formats of JSON Schema that are checked here."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit
from uuid import UUID

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
    r"(?:[Zz]|[-+](?:[01][0-9]|2[0-3]):[0-5][0-9])?"
)
_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\".]{1,63}(?:\.[^\s@<>\".]{1,63}){1,9}")
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}:[^\s<>\"{}|\\^`]{1,9999}")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def _is_day(text: str) -> bool:
    return _DAY.fullmatch(text) is not None and _reads(date.fromisoformat, text)


def _is_moment(text: str) -> bool:
    """A day and a time. Obsidian writes no time zone, so that none is asked for."""
    return _is_day(text[:10]) and text[10:11] in ("T", "t", " ") and _TIME.fullmatch(text[11:]) is not None


def _is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None and _reads(urlsplit, text)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, tuple[str, Callable[[str], bool]]] = {
    "date": ("a date as 2026-01-31", _is_day),
    "date-time": ("a date and time as 2026-01-31T18:30:00", _is_moment),
    "time": ("a time as 18:30:00", lambda text: _TIME.fullmatch(text) is not None),
    "email": ("an email address", lambda text: _EMAIL.fullmatch(text) is not None),
    "uri": ("an address as https://example.org", _is_address),
    "uuid": ("a UUID", lambda text: _UUID.fullmatch(text) is not None and _reads(UUID, text)),
    "ipv4": ("an IPv4 address", lambda text: _reads(IPv4Address, text)),
    "ipv6": ("an IPv6 address", lambda text: _reads(IPv6Address, text)),
}
"""What a text of each format is, in words, and whether a text is so."""
