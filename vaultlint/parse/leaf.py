r"""The leaves of the line pass: what each keeps while it is open, and how HTML and definitions begin.

Patterns that look for the end of a line (`\Z`) are to be given the line's end as their limit.
"""

import re
from typing import NamedTuple

from vaultlint.lazy import rare
from vaultlint.text import Span

_BLANKS = re.compile(r"[ \t]*+")
_BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir"
    "|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe"
    "|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary"
    "|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
HTML = rare(
    rf"""<(?:
        (?P<raw>(?:script|pre|style|textarea)(?=[ \t>]|\Z))
      | (?P<comment>!--) | (?P<instruction>\?) | (?P<declaration>![a-z]) | (?P<cdata>!\[CDATA\[)
      | (?P<tag>/?(?:{_BLOCK_TAGS})(?=[ \t]|/?>|\Z))
      | (?P<line>(?:
            [a-z][a-z0-9-]*+
            (?:[ \t]++[a-z_:][a-z0-9:._-]*+(?:[ \t]*+=[ \t]*+(?:[^"'=<>`\x00-\x20]++|'[^']*+'|"[^"]*+"))?+)*+
            [ \t]*+/?>
          | /[a-z][a-z0-9-]*+[ \t]*+>
        )[ \t]*+\Z)
    )""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""How an HTML block begins; the group that matched says of which kind it is."""

HTML_END = {
    "raw": rare(r"</(?:script|pre|style|textarea)>", re.IGNORECASE | re.ASCII),
    "comment": rare(r"-->"),
    "instruction": rare(r"\?>"),
    "declaration": rare(r">"),
    "cdata": rare(r"\]\]>"),
}
"""What ends a block of each kind; the kinds that are not here end before a blank line."""

LONGEST_LABEL = 1001  # with its brackets
_LABEL = rare(r"\[(?![ \t]*+\])(?:[^\[\]\\]++|\\.)*+(\\?\Z|\]:)")
TITLE = rare(r"""("(?:[^"\\]++|\\.)*+"|'(?:[^'\\]++|\\.)*+'|\((?:[^()\\]++|\\.)*+\))[ \t]*+\Z""")
TITLE_OPEN = rare(r"""(?:"(?:[^"\\]++|\\.)*+|'(?:[^'\\]++|\\.)*+|\((?:[^()\\]++|\\.)*+)\\?\Z""")
_DESTINATION = rare(r"(?:<(?:[^<>\\]++|\\.)*+>|(?!<)[^\x00-\x20\x7f]++)(?=[ \t]|\Z)")
_DOUBTFUL_DESTINATION = rare(r"[()\\]|<?(?:vbscript|javascript|file|data):", re.IGNORECASE | re.ASCII)


class Paragraph(NamedTuple):
    """An open paragraph. `doubtful`: it may be a link reference definition instead."""

    start: int
    doubtful: bool = False


class Definition(NamedTuple):
    """A whole link reference definition; a title may still follow on the next line."""

    start: int


class Fence(NamedTuple):
    """An open fence: its marks, and where they stand with what follows them on the line."""

    start: int
    mark: str
    opening: Span


class Html(NamedTuple):
    """`end` is what ends it; None: a blank line does."""

    start: int
    end: re.Pattern[str] | None


class Code(NamedTuple):
    """Indented code; `end` is behind its last line that is not blank."""

    start: int
    end: int


Leaf = Paragraph | Definition | Fence | Html | Code


def begin_paragraph(text: str, line: int, mark: int, end: int) -> Leaf | None:
    """The leaf that begins with the text from `mark` to `end` in the line that starts at `line`; None
    where that is a whole definition with its title, so that no leaf is open behind it."""
    label = _LABEL.match(text, mark, end) if text[mark] == "[" else None
    if label is None:
        return Paragraph(line)
    doubtful = Paragraph(line, doubtful=True)
    here = _after_blanks(text, label.end(), end)
    if label[1] != "]:" or len(label[0]) > LONGEST_LABEL or here == end:
        return doubtful
    destination = _DESTINATION.match(text, here, end)
    if destination is None:
        return Paragraph(line)
    if _DOUBTFUL_DESTINATION.search(text, here, destination.end()):
        return doubtful
    here = _after_blanks(text, destination.end(), end)
    if here == end:
        return Definition(line)
    if TITLE.match(text, here, end):
        return None
    return doubtful if TITLE_OPEN.match(text, here, end) else Paragraph(line)


def _after_blanks(text: str, offset: int, end: int) -> int:
    blanks = _BLANKS.match(text, offset, end)
    return blanks.end() if blanks else offset
