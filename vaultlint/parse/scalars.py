"""What the YAML 1.2 core schema makes of a plain scalar, as Obsidian's parser does."""

from vaultlint.lazy import rare

DIGITS = 300
"""Characters of the longest number; a longer one stays text, for no float can hold it."""

WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((sign + word for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}

_NUMBER = rare(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)

_TAG = rare(r"[^\W\d_][\w/-]*")
_NO_TEXT = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})


def is_plain_tag(name: str) -> bool:
    """Whether a tag is surely text where it stands without quotes, for programs that read YAML 1.1 too."""
    return _TAG.fullmatch(name) is not None and name.lower() not in _NO_TEXT


def scalar_value(text: str) -> str | int | float | bool | None:
    """What the YAML 1.2 core schema makes of a plain scalar (section 10.3.2 of the specification)."""
    if text in WORDS:
        return WORDS[text]
    match = _NUMBER.fullmatch(text) if len(text) <= DIGITS else None
    if match is None:
        return text
    if match["int"]:
        return int(text)
    if match["octal"]:
        return int(match["octal"], 8)
    if match["hex"]:
        return int(match["hex"], 16)
    return float(text)
