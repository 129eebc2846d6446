"""Front matter: where its block stands, and a fast way to read the plain ones.

Nearly every note has a block of simple lines. Those are read here, by one regular expression a
line; whatever is not surely simple goes to the YAML reader of `vaultlint.parse.properties`, and
both give the same result for what both can read.
"""

import re

from vaultlint.lazy import rare
from vaultlint.note import FrontMatter, FrontMatterProblem, Node, Property, Scalar, Sequence, Trouble
from vaultlint.parse.scalars import WORDS, scalar_value
from vaultlint.text import Span, new

_OPENER = re.compile(r"---[ \t]*+(?=(\r\n|\r|\n))")
_CLOSER = re.compile(r"(?:\r\n|\r|\n)(---[ \t]*+)(?=[\r\n]|\Z)")
# What the line below an unclosed `---` looks like when it is front matter and no thematic break.
_PROPERTY_LINE = rare(
    r"[ \t]*+(?:- +)?(?:[\w-]+(?: [\w-]+){0,2}|\"[^\"\r\n]*\"|'[^'\r\n]*')[ \t]*:(?:\s|\Z)|[ \t]*\{(?!\{)"
)

# What the line looks like that was to close it: too many dashes, blanks before them, something behind them,
# or another mark.
_SEEMS_TO_CLOSE = rare(
    r"^[ \t]*+(?:-{2,}+(?:(?<=---)[ \t][^\r\n]*+)?|[\u2013\u2014]++|\.{3}|\*{3}|={3,}+)[ \t]*+(?=\r?$)",
    re.MULTILINE,
)
_BLANK_LINE = rare(r"(?:\n|\r(?!\n))[ \t]*(?=[\r\n])")

# --- the fast path ----------------------------------------------------------------------------

_ODD = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
_DOUBLE = rf'"([^"\\{_ODD}]*+)"'
_SINGLE = rf"'([^'{_ODD}]*+)'"
_PLAIN = (
    rf"((?:[^\s{_ODD}\-?:,\[\]{{}}#&*!|>'\"%@`]|-(?![\s{_ODD}]))"
    rf"(?:[^{_ODD}:#]++|:(?![ \n])|(?<! )#)*+)"
)
_WORD = r"\w[\w ./-]*+"
_FLOW_ITEM = rare(rf"{_DOUBLE}|{_SINGLE}|({_WORD})")
_QUOTED_OR_WORD = rf"(?:{_DOUBLE}|{_SINGLE}|{_WORD}) *+".replace("([^", "(?:[^")
_FLOW = rf"(\[ *+(?:{_QUOTED_OR_WORD}(?:, *+{_QUOTED_OR_WORD})*+)?+\])"
_LINE = re.compile(rf"(\w[\w -]{{0,200}}(?<! )):(?: ++(?:{_DOUBLE}|{_SINGLE}|{_PLAIN}|{_FLOW}))?+ *+\n")
_LIST_ITEM = rare(rf"( *+)(-) ++(?:{_DOUBLE}|{_SINGLE}|{_PLAIN}) *+\n")
_STYLES = ("", "", "double", "single", "plain")  # by the number of the group that matched


def read_front_matter(text: str) -> FrontMatter | None:
    """The front matter of a note's text, or None where it has none. Raises nothing.

    `text` has no byte order mark. The block's span ends with the line of the closing fence, before
    its line end; the content includes the line end of its last line. Where the block is unclosed
    the span is the opening fence, the content is empty at 0, and so the body begins at 0.
    """
    if text.startswith("---\n"):
        start = 4
    elif opener := _OPENER.match(text):
        start = opener.end(1)
    else:
        return None
    fence = text.find("\n---\n", start - 1)
    if fence >= 0 and text.find("\r", start, fence) < 0 and text.find("\n---", start - 1, fence + 4) == fence:
        content, end = fence + 1, fence + 4
    else:
        # The line end of the opening fence may be the one before the closing fence.
        closer = _CLOSER.search(text, start - (2 if text.startswith("\r\n", start - 2) else 1))
        if closer is None:
            return _unclosed(text, start)
        content, end = closer.span(1)
    span, inside = new(Span, (0, end)), new(Span, (start, content))
    properties = _read_plain_lines(text, start, content)
    if properties is not None:
        return new(FrontMatter, (span, inside, properties, ()))
    from vaultlint.parse.properties import read_block  # not needed for nearly all notes

    block = read_block(text[start:content], start)
    return FrontMatter(span, inside, block.properties, block.problems)


def _unclosed(text: str, start: int) -> FrontMatter | None:
    """A thematic break at the top of a note is no front matter, unless properties follow it."""
    if not _PROPERTY_LINE.match(text, start):
        return None
    fence = Span(0, 3)
    message = "the front matter that begins here has no closing “---”"
    blank = _BLANK_LINE.search(text, start)  # below it, the same marks draw lines in the text
    seeming = _SEEMS_TO_CLOSE.search(text, start, blank.start() + 1 if blank else len(text))
    problem = FrontMatterProblem(Trouble.UNCLOSED, message, fence, Span(*seeming.span()) if seeming else None)
    return FrontMatter(fence, Span(0, 0), (), (problem,))


def _read_plain_lines(text: str, start: int, end: int) -> tuple[Property, ...] | None:
    """The properties between two offsets when every line is plain, else None."""
    entries: dict[str, Property] = {}
    position = start
    while position < end:
        match = _LINE.match(text, position, end)
        if match is None or (key := match[1]) in entries:
            return None
        here, position, group = position, match.end(), match.lastindex
        node: Node | None
        if group == 4:  # nearly always
            node = _plain(match[4].rstrip(" "), match.start(4))
        elif group == 1:
            node, position = _read_items(text, here + len(key) + 1, position, end)
            if node is None:
                return None
        elif group == 5:
            node = _flow_list(match)
        else:
            node = _quoted(match, group or 0, _STYLES[group or 0])
        entries[key] = new(Property, (key, new(Span, (here, here + len(key))), node))
    return tuple(entries.values())


def _plain(text: str, start: int) -> Scalar:
    """The plain scalar that stands at `start`."""
    # Most values begin with a letter, and no number does.
    value = text if text[0].isalpha() and text not in WORDS else scalar_value(text)
    return new(Scalar, (value, text, new(Span, (start, start + len(text))), "plain"))


def _quoted(match: re.Match[str], group: int, style: str) -> Scalar:
    """The scalar whose inside is this group of the match; the quotes stand around it."""
    text, start = match[group], match.start(group)
    return new(Scalar, (text, text, new(Span, (start - 1, start + len(text) + 1)), style))


def _read_items(text: str, colon: int, position: int, end: int) -> tuple[Node | None, int]:
    """What follows a key without a value: a list or nothing, and where the next key begins.

    None stands for a line that needs the YAML reader.
    """
    first = _LIST_ITEM.match(text, position, end)
    if first is None:
        return Scalar(None, "", Span(colon, colon), "plain"), position
    indent, begin = first[1], first.start(2)
    items: list[Scalar] = []
    match: re.Match[str] | None = first
    while match is not None:
        if match[1] != indent:
            return None, position
        items.append(_item(match))
        position = match.end()
        match = _LIST_ITEM.match(text, position, end)
    return Sequence(tuple(items), Span(begin, items[-1].span.end), flow=False), position


def _item(match: re.Match[str]) -> Scalar:
    """The item of a list of lines: group 3 double-quoted, 4 single-quoted, 5 plain."""
    group = match.lastindex or 0
    if group < 5:
        return _quoted(match, group, _STYLES[group - 1])
    return _plain(match[group].rstrip(" "), match.start(group))


def _flow_list(match: re.Match[str]) -> Sequence:
    start, end = match.span(5)
    found = _FLOW_ITEM.finditer(match.string, start + 1, end - 1)
    return Sequence(tuple([_flow_item(item) for item in found]), Span(start, end), flow=True)


def _flow_item(match: re.Match[str]) -> Scalar:
    """An item between brackets: group 1 double-quoted, 2 single-quoted, 3 plain."""
    group = match.lastindex or 0
    if group < 3:
        return _quoted(match, group, _STYLES[group + 1])
    return _plain(match[group].rstrip(" "), match.start(group))
