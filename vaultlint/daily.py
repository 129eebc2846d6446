"""The names of daily notes, and of those of weeks to years, from moment.js formats in the settings."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from vaultlint.lazy import rare

# The tokens that name a day; words stand for names of months and days in any language.
_TOKENS = {
    "YYYY": r"\d{4}", "YY": r"\d{2}", "gggg": r"\d{4}", "GGGG": r"\d{4}",
    "MMMM": r"\w{1,20}", "MMM": r"\w{1,20}\.?", "MM": r"\d{2}", "Mo": r"\d{1,2}+\w{0,9}", "M": r"\d{1,2}+",
    "DDDD": r"\d{3}", "DDD": r"\d{1,3}+", "DD": r"\d{2}", "Do": r"\d{1,2}+\w{0,9}\.?", "D": r"\d{1,2}+",
    "dddd": r"\w{1,20}", "ddd": r"\w{1,20}\.?", "dd": r"\w{1,20}", "d": r"\d", "E": r"\d", "e": r"\d",
    "WW": r"\d{2}", "W": r"\d{1,2}+", "ww": r"\d{2}", "w": r"\d{1,2}+", "Q": r"\d",
    "HH": r"\d{2}", "H": r"\d{1,2}+", "hh": r"\d{2}", "h": r"\d{1,2}+", "mm": r"\d{2}", "m": r"\d{1,2}+",
    "ss": r"\d{2}", "s": r"\d{1,2}+", "A": r"\w{2}", "a": r"\w{2}",
}  # fmt: skip
_MOST_WORDS = 4  # in a name; more of them, side by side, could be told apart in too many ways
_TOKEN = rare(r"\[([^\[\]]*+)\]|(" + "|".join(sorted(_TOKENS, key=len, reverse=True)) + r")|(.)", re.DOTALL)


@cache
def daily_names(date_format: str) -> re.Pattern[str]:
    """What the names of daily notes look like; a format with folders counts by its last part.

    A format that names no day or that is all words would fit anything: then nothing fits.
    """
    last = date_format.rpartition("/")[2]
    pieces = []
    for literal, token, other in _TOKEN.findall(last):
        pieces.append(_TOKENS[token] if token else re.escape(literal or other))
    if r"\d" not in "".join(pieces) or sum([r"\w" in piece for piece in pieces]) > _MOST_WORDS:
        return re.compile(r"(?!)")
    return re.compile("".join(pieces))


# What Periodic Notes calls a period in its settings, up to version 0 and from version 1 on, and its format.
_PERIODS = {
    ("daily", "day"): "YYYY-MM-DD",
    ("weekly", "week"): "gggg-[W]ww",
    ("monthly", "month"): "YYYY-MM",
    ("quarterly", "quarter"): "YYYY-[Q]Q",
    ("yearly", "year"): "YYYY",
}
_VARIABLE = rare(r"\{\{([^{}]*+)\}\}")


def formats_of_plugins(plugins: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
    """The formats of all notes that the plugins Periodic Notes, Calendar and Journals make for days, weeks,
    months, quarters and years, from what each keeps in its `data.json`, by the plugin's id."""
    found = [
        *_of_periodic_notes(plugins.get("periodic-notes", {})),
        *_of_calendar(plugins.get("calendar", {})),
        *_of_journals(plugins.get("journals", {})),
    ]
    return tuple(dict.fromkeys(found))


def _of_periodic_notes(data: Mapping[str, Any]) -> Iterator[str]:
    sets = data.get("calendarSets")
    for old_and_new, default in _PERIODS.items():
        for part in (data, *(sets if isinstance(sets, list) else ())):
            for name in old_and_new:
                period = part.get(name) if isinstance(part, dict) else None
                if isinstance(period, dict) and period.get("enabled") is True:
                    chosen = period.get("format")
                    yield chosen if isinstance(chosen, str) and chosen else default


def _of_calendar(data: Mapping[str, Any]) -> Iterator[str]:
    if data.get("showWeeklyNote") is True:
        chosen = data.get("weeklyNoteFormat")
        yield chosen if isinstance(chosen, str) and chosen else _PERIODS["weekly", "week"]


def _of_journals(data: Mapping[str, Any]) -> Iterator[str]:
    """A name may hold text beside the date; names that hold anything else are left out."""
    journals = data.get("journals")
    for journal in journals.values() if isinstance(journals, dict) else ():
        names = journal.get("nameTemplate") if isinstance(journal, dict) else None
        dates = journal.get("dateFormat") if isinstance(journal, dict) else None
        if not isinstance(names, str) or not isinstance(dates, str):
            continue
        pieces = _VARIABLE.split(names)  # text and variables in turn
        variables = [name.strip() for name in pieces[1::2]]
        if not all(name == "date" or name.startswith("date:") for name in variables):
            continue
        pieces[::2] = [f"[{text}]" if text else "" for text in pieces[::2]]
        pieces[1::2] = [name.removeprefix("date").removeprefix(":") or dates for name in variables]
        yield "".join(pieces)
