"""The texts of open notes, and places in them as the protocol counts: from 0, in units of an encoding.

Lines end at LF, CRLF and a lone CR and nowhere else, as the protocol says; what Python calls a line end
beside these is none.
"""

from collections.abc import Sequence
from typing import NamedTuple

from lsprotocol import types

from vaultlint.text import Lines, Span

ENCODINGS = (
    types.PositionEncodingKind.Utf32,
    types.PositionEncodingKind.Utf8,
    types.PositionEncodingKind.Utf16,
)
"""Those that can be spoken, the quickest first. An editor that names none speaks UTF-16."""


class BadRange(ValueError):  # noqa: N818 - it says what it is
    """A range that ends before it begins, or that no text has."""


def chosen_encoding(offered: Sequence[types.PositionEncodingKind | str] | None) -> types.PositionEncodingKind:
    """The encoding to be spoken with an editor that offers these. The first that it names and we know."""
    for each in offered or ():
        if each in ENCODINGS:
            return types.PositionEncodingKind(each)
    return types.PositionEncodingKind.Utf16


def without_lone_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a pair, which no file can hold; places stay the same."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # Halves that stand side by side are a pair.
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


class Places:
    """Offsets in a text as positions, and back."""

    def __init__(self, text: str, encoding: types.PositionEncodingKind, lines: Lines | None = None) -> None:
        self.text = text
        self._encoding = encoding
        self._lines = lines or Lines.of(text)
        self._plain = encoding is types.PositionEncodingKind.Utf32 or text.isascii()

    def position(self, offset: int) -> types.Position:
        """Where an offset is. One behind the text is its end."""
        offset = min(offset, len(self.text))
        line, column = self._lines.position(offset)
        if not self._plain:
            column = self._units(self.text[offset - column + 1 : offset]) + 1
        return types.Position(line - 1, column - 1)

    def range(self, span: Span) -> types.Range:
        """Where a span is."""
        return types.Range(self.position(span.start), self.position(span.end))

    def offset(self, position: types.Position) -> int:
        """The offset of a position. One behind a line is at its end, one behind the text at the end of that,
        one in the middle of a character before it."""
        if position.line < 0 or position.character < 0:
            raise BadRange("a position before the text")
        if position.line >= len(self._lines):
            return len(self.text)
        start = self._lines.start_of(position.line + 1)
        end = self._line_end(position.line + 1)
        if self._plain:
            return min(start + position.character, end)
        line = self.text[start:end]
        if line.isascii():
            return min(start + position.character, end)
        return start + self._characters(line, position.character)

    def span(self, place: types.Range) -> Span:
        """The span of a range. Raises `BadRange`."""
        start, end = self.offset(place.start), self.offset(place.end)
        if (place.start.line, place.start.character) > (place.end.line, place.end.character) or start > end:
            raise BadRange("a range that ends before it begins")
        return Span(start, end)

    def _line_end(self, line: int) -> int:
        """Where a line ends, counted from 1, without its line end."""
        if line >= len(self._lines):
            return len(self.text)
        end = self._lines.start_of(line + 1)
        return end - (2 if self.text.startswith("\r\n", end - 2) else 1)

    def _units(self, text: str) -> int:
        if text.isascii():
            return len(text)
        if self._encoding is types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text) + sum(char > "\uffff" for char in text)

    def _characters(self, line: str, units: int) -> int:
        """How many characters of the line are whole within so many units."""
        for at, char in enumerate(line):
            units -= self._units(char)
            if units < 0:
                return at
        return len(line)


class Document(NamedTuple):
    """A text that is open in the editor."""

    uri: str
    version: int
    text: str
    lost: bool = False
    """Whether a change could not be understood: the text is then another one than the editor's."""

    def changed(
        self,
        version: int,
        changes: Sequence[types.TextDocumentContentChangeEvent],
        encoding: types.PositionEncodingKind,
    ) -> "Document":
        """The document after these changes, one after the other. Raises `BadRange`."""
        text, lost = self.text, self.lost
        for change in changes:
            new = without_lone_surrogates(change.text)
            if isinstance(change, types.TextDocumentContentChangePartial):
                span = Places(text, encoding).span(change.range)
                text = text[: span.start] + new + text[span.end :]
            else:
                text, lost = new, False
        return self._replace(version=version, text=text, lost=lost)
