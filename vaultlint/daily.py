"""The names of daily notes, from the format in Obsidian's settings (moment.js tokens)."""

import re
from functools import cache

from vaultlint.lazy import rare

# The tokens that name a day; words stand for names of months and days in any language.
_TOKENS = {
    "YYYY": r"\d{4}", "YY": r"\d{2}", "gggg": r"\d{4}", "GGGG": r"\d{4}",
    "MMMM": r"\w+", "MMM": r"\w+\.?", "MM": r"\d{2}", "Mo": r"\d{1,2}\w*", "M": r"\d{1,2}",
    "DDDD": r"\d{3}", "DDD": r"\d{1,3}", "DD": r"\d{2}", "Do": r"\d{1,2}\w*\.?", "D": r"\d{1,2}",
    "dddd": r"\w+", "ddd": r"\w+\.?", "dd": r"\w+", "d": r"\d", "E": r"\d", "e": r"\d",
    "WW": r"\d{2}", "W": r"\d{1,2}", "ww": r"\d{2}", "w": r"\d{1,2}", "Q": r"\d",
    "HH": r"\d{2}", "H": r"\d{1,2}", "hh": r"\d{2}", "h": r"\d{1,2}", "mm": r"\d{2}", "m": r"\d{1,2}",
    "ss": r"\d{2}", "s": r"\d{1,2}", "A": r"\w{2}", "a": r"\w{2}",
}  # fmt: skip
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
    if r"\d" not in "".join(pieces):
        return re.compile(r"(?!)")
    return re.compile("".join(pieces))
