"""Makes text from a vault safe to show: what a note or a file name holds must not steer a terminal."""

import re
from functools import cache

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINE_BREAKS = "\u2028\u2029"


def _escape(code: int) -> str:
    # Bytes of a name that is not UTF-8 arrive as U+DC80 to U+DCFF: show the byte.
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


@cache
def _table() -> dict[int, str]:
    """What is escaped, and how."""
    codes = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), *map(ord, _BIDI + _LINE_BREAKS))
    return {code: _escape(code) for code in codes} | {ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t"}


RUNNER_COMMAND = re.compile(r"##(?=(?:vso)?\[)")
"""In the logs of CI runners this is a command, wherever it stands in a line: `##[group]`,
`##vso[task.complete]`."""


def visible(text: str) -> str:
    r"""The text with everything escaped that is not seen or that steers a terminal.

    Control characters (C0, DEL, C1), bidirectional controls, the Unicode line breaks and lone
    surrogates become `\n`, `\x1b`, `\u202e`; an undecodable byte of a file name becomes `\xff`. The
    result is one line and can be encoded in UTF-8. Backslashes stay single: this is for reading. The
    mark of a CI runner's command, `##[`, becomes `#\x23[`.
    """
    if "##" in text:
        text = RUNNER_COMMAND.sub(r"#\\x23", text)
    return text if text.isprintable() else text.translate(_table())
