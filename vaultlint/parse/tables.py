"""Pipe tables: where they stand, and where their cells end."""

import re
from collections.abc import Iterable

from vaultlint.lazy import rare
from vaultlint.text import Span

_TABLE_DELIMITER = re.compile(r"\n[ \t>]*+([|:-][|:\- \t]*+)(?=\n|\Z)")
_DELIMITER_CELL = rare(r":?-+:?")
CELL_END = rare(r"(?<!\\)\|")
_QUOTE_MARKS = rare(r"[ \t>]*")
# A heading, a list item or a rule.
_NO_ROW = rare(r"#{1,6}[ \t]|(?:[-*+]|\d{1,9}[.)])[ \t]|(?:[-*_][ \t]*+){3,}+(?=\n|\Z)")


def delimiter_rows(live: str, start: int) -> list[tuple[int, int, str]]:
    """The lines that can be the second row of a table: where their line end before them stands, where
    they end, and what is in them."""
    return [
        (match.start(), match.end(), match[1])
        for match in _TABLE_DELIMITER.finditer(live, max(start - 1, 0))
        if "|" in match[1] and _is_delimiter_row(match[1])
    ]


def table_spans(live: str, start: int, rows: Iterable[tuple[int, int, str]]) -> list[Span]:
    """The pipe tables: header row, delimiter row and all rows to the next blank line or other block.

    `rows` are the delimiter rows. A header that has not as many cells makes no table.
    """
    tables: list[Span] = []
    for row_start, row_end, row in rows:
        header = live.rfind("\n", 0, row_start) + 1
        if tables and header < tables[-1].end:  # a row like any other
            continue
        if header < start or _cells(live[header:row_start]) != _cells(row):
            continue
        end = row_end
        while end < len(live):
            next_end = live.find("\n", end + 1)
            next_end = len(live) if next_end < 0 else next_end
            if not live[end + 1 : next_end].strip(" \t>\0") or not _is_row(live, end + 1, header):
                break
            end = next_end
        tables.append(Span(header, end))
    return tables


def _is_row(live: str, line: int, header: int) -> bool:
    """Whether a line below a table goes on with it: as deep in quotes, and no block of its own."""
    above, here = _QUOTE_MARKS.match(live, header), _QUOTE_MARKS.match(live, line)
    assert above is not None
    assert here is not None
    deep = here.group().count(">") == above.group().count(">")
    return deep and _NO_ROW.match(live, here.end()) is None


def _is_delimiter_row(row: str) -> bool:
    cells = row.strip(" \t").removeprefix("|").removesuffix("|").split("|")
    return all(_DELIMITER_CELL.fullmatch(cell.strip(" \t")) for cell in cells)


def _cells(row: str) -> int:
    row = row.strip(" \t>")
    return len(CELL_END.findall(row.removeprefix("|").rstrip())) + (
        0 if row.endswith("|") and not row.endswith("\\|") else 1
    )
