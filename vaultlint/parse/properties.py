"""The YAML between the fences: values, positions, and what is wrong in plain words.

Obsidian reads front matter with a YAML 1.2 core parser; the YAML library here speaks 1.1. So only
its events are used, which carry text and positions but no types: the values are made here, and
nothing is composed that a hostile note could blow up. The library is reached through
python-frontmatter, and neither is imported before the first block that needs it.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from vaultlint.note import FrontMatterProblem, Mapping, Node, Property, Scalar, Sequence, Trouble
from vaultlint.parse.scalars import scalar_value
from vaultlint.parse.yaml_messages import DEPTH, FrontMatterError, end_of_line, explain, short, too_deep
from vaultlint.text import Span

if TYPE_CHECKING:
    from frontmatter.default_handlers import BaseHandler
    from yaml.events import CollectionStartEvent, Event, NodeEvent, ScalarEvent

__all__ = ["DEPTH", "EXPANSION", "SIZE", "Block", "read_block"]

SIZE = 256 * 1024
"""Code points of a block that are read; longer blocks are refused."""
EXPANSION = 64 * 1024
"""Code points that all aliases of a block may stand for together; more is refused."""
_STYLES = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(_CORE + name for name in ("null", "bool", "int", "float"))
_TAGS = _SCALAR_TAGS | {_CORE + "str", _CORE + "map", _CORE + "seq", "!"}


# --- the door ---------------------------------------------------------------------------------


class Block(NamedTuple):
    """What was read of a block: its properties as far as they go, and what is wrong."""

    properties: tuple[Property, ...]
    problems: tuple[FrontMatterProblem, ...]


def read_block(block: str, offset: int) -> Block:
    """The properties of the text between the fences, which begins at `offset` of the note.

    Whatever the text, nothing is raised: what cannot be read is a problem of the result. The span
    of a syntax error covers the whole value where that is what has to be quoted.
    """
    import frontmatter

    reader = _Reader(block, offset)
    frontmatter.parse(block, handler=_handler_class()(reader))
    return Block(tuple(reader.entries), tuple(reader.problems))


@cache
def _handler_class() -> "Callable[[_Reader], BaseHandler]":
    """python-frontmatter's handler for our reader, made when the library is first needed."""
    from frontmatter.default_handlers import BaseHandler

    class Handler(BaseHandler):
        FM_BOUNDARY = re.compile(r"(?!)")

        def __init__(self, reader: _Reader) -> None:
            super().__init__()
            self.reader = reader

        def split(self, text: str) -> tuple[str, str]:  # noqa: ARG002
            # The library strips the text and rewrites its line ends, which would shift every position.
            return self.reader.block, ""

        def load(self, fm: str) -> dict[str, object]:
            return dict(self.reader.read(fm))

    return Handler


# --- reading ----------------------------------------------------------------------------------

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# Ordinary characters in YAML 1.2, but line ends, a signature or errors for a YAML 1.1 library.
_FOREIGN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_PAIR = re.compile(r"(?<!\\)((?:\\\\)*+)\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
_MARKED = re.compile("\ufeff([0-9a-fA-F]{4})([0-9a-fA-F]{4})\ufeff{3}")
_BLANK_LINE = re.compile(r"^[ \t]++(?=[\r\n#]|\Z)", re.MULTILINE)
_TAB_AFTER_DASH = re.compile(r"^( *+-)[ \t]++(?=[^\s-]|[\r\n]|\Z)", re.MULTILINE)
_CONTINUED = re.compile(r"[\r\n]( *)[^\s#]")


class _Reader:
    """Reads one block; `entries` and `problems` hold what came of it."""

    def __init__(self, block: str, offset: int) -> None:
        self.block = block
        self.offset = offset
        self.entries: list[Property] = []
        self.problems: list[FrontMatterProblem] = []
        self._events: Iterator[Event] = iter(())
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._expanded = 0
        self._restore: dict[int, int] = {}

    def read(self, block: str) -> Iterator[tuple[str, object]]:
        """The properties as pairs of name and plain value."""
        try:
            self._check_text(block)
            self._read_document(self._neutral(block))
        except FrontMatterError as error:
            span = self._span(error.start, max(error.end, error.start))
            self.problems.append(FrontMatterProblem(error.trouble, error.message, span))
        return ((entry.key, entry.value) for entry in self.entries)

    def _check_text(self, block: str) -> None:
        if len(block) > SIZE:
            message = f"the front matter is longer than {SIZE // 1024} KB"
            raise FrontMatterError(Trouble.REFUSED, message, 0, 0)
        if match := _CONTROL.search(block):
            message = f"the front matter holds the control character U+{ord(match[0]):04X}"
            raise FrontMatterError(Trouble.SYNTAX, message, match.start(), match.end())

    def _neutral(self, block: str) -> str:
        """The block with each foreign character replaced by one that does not occur in it.

        An escaped surrogate pair, which JSON writers make and the library refuses, is put between
        marks, so that every offset stays.
        """
        pairs = "\\u" in block and _PAIR.search(block) is not None
        foreign = sorted({*_FOREIGN.findall(block), *("\ufeff" if pairs else "")})
        if not foreign:
            return block
        lower = block.lower()
        free = (code for code in chain(range(0xE000, 0xF900), range(0x10000, 0x10FFFE)))
        # An escape of the stand-in must not occur either, or it would become the foreign character.
        unused = (code for code in free if chr(code) not in block and f"{code:x}" not in lower)
        stand_ins = dict(zip(map(ord, foreign), unused, strict=False))
        self._restore = {stand_in: code for code, stand_in in stand_ins.items()}
        neutral = block.translate(stand_ins)
        if pairs:
            mark = chr(stand_ins[0xFEFF])
            neutral = _PAIR.sub(lambda match: f"{match[1]}{mark}{match[2]}{match[3]}{mark * 3}", neutral)
        return neutral

    def _restored(self, text: str, quoted: bool) -> str:
        text = text.translate(self._restore)
        if "\ufeff" not in text:
            return text
        if quoted:
            return _MARKED.sub(lambda match: _joined(match[1], match[2]), text)
        return _MARKED.sub(r"\\u\1\\u\2", text)

    def _read_document(self, source: str) -> None:
        from yaml.error import MarkedYAMLError

        try:
            self._read_events(source)
        except MarkedYAMLError as error:
            softened = _soften_tabs(source) if "\t" in source else source
            if softened == source:
                raise explain(self.block, error) from None
            self._forget()
            try:
                self._read_events(softened)
            except MarkedYAMLError as again:
                raise explain(self.block, again) from None

    def _forget(self) -> None:
        self.entries.clear()
        self.problems.clear()
        self._anchors.clear()
        self._expanded = 0

    def _read_events(self, source: str) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events = yaml.parse(source, Loader=loader)
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            return
        event = next(self._events)
        start = _start(event)
        if isinstance(event, yaml.MappingStartEvent):
            self._mapping(event, -1, 1, self.entries)
        else:
            node = self._node(event, -1, 0)
        next(self._events)
        if not isinstance(after := next(self._events), yaml.StreamEndEvent):
            at = _start(after)
            message = "a line within front matter may not be “---”"
            raise FrontMatterError(Trouble.SYNTAX, message, at, end_of_line(self.block, at))
        if not isinstance(event, yaml.MappingStartEvent) and node != Scalar(None, "", node.span, "plain"):
            what = "a list" if isinstance(node, Sequence) else "plain text"
            message = f"the front matter is {what}, not names with values"
            raise FrontMatterError(Trouble.NOT_A_MAPPING, message, start, node.span.end - self.offset)

    def _node(self, event: "Event", indent: int, depth: int) -> Node:
        """The node that `event` begins, inside a block whose lines begin at the column `indent`."""
        import yaml

        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        assert isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent)
        anchor, before = event.anchor, self._expanded
        if anchor is not None:
            self._anchors[anchor] = None
        if event.tag is not None and event.tag not in _TAGS:
            raise self._refuse_tag(event)
        if depth >= DEPTH:
            raise too_deep(_start(event))
        if isinstance(event, yaml.ScalarEvent):
            node: Node = self._scalar(event, indent)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._sequence(event, indent, depth + 1)
        else:
            node = self._mapping(event, indent, depth + 1, [])
        if anchor is not None:
            weight = node.span.end - node.span.start + 1 + self._expanded - before
            self._anchors[anchor] = node, weight
        return node

    def _scalar(self, event: "ScalarEvent", indent: int) -> Scalar:
        start, end = _start(event), _end(event)
        style = _STYLES.get(event.style or "", "plain")
        text = self._restored(event.value, style == "double") if self._restore else event.value
        if style in ("literal", "folded"):
            end = start + len(self.block[start:end].rstrip(" \t\r\n"))
        elif style != "plain":
            self._check_inside(start, end, indent)
        value = text if style != "plain" or event.tag in (_CORE + "str", "!") else scalar_value(text)
        if style != "plain" and event.tag in _SCALAR_TAGS:
            value = scalar_value(text)
        return Scalar(value, text, self._span(start, end), style)

    def _sequence(self, begin: "CollectionStartEvent", indent: int, depth: int) -> Sequence:
        import yaml

        start, flow = _start(begin), bool(begin.flow_style)
        inner = indent if flow else _column(begin)
        items = []
        end = start
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            node = self._node(event, inner, depth)
            items.append(node)
            end = max(end, node.span.end - self.offset)
        if flow:
            end = _end(event)
            self._check_inside(start, end, indent)
        return Sequence(tuple(items), self._span(start, end), flow)

    def _mapping(
        self, begin: "CollectionStartEvent", indent: int, depth: int, entries: list[Property]
    ) -> Mapping:
        import yaml

        start, flow = _start(begin), bool(begin.flow_style)
        inner = indent if flow else _column(begin)
        seen: dict[str, Span] = {}
        end = start
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            name = self._node(event, inner, depth)
            key = name.text if isinstance(name, Scalar) else self._source(name.span)
            node = self._node(next(self._events), inner, depth)
            entries.append(Property(key, name.span, node))
            end = node.span.end - self.offset
            if key in seen:
                message = f"“{short(key)}” is given twice"
                problem = FrontMatterProblem(Trouble.DUPLICATE_KEY, message, name.span, seen[key])
                self.problems.append(problem)
            else:
                seen[key] = name.span
        if flow:
            end = _end(event)
            self._check_inside(start, end, indent)
        return Mapping(tuple(entries), self._span(start, end), flow)

    def _alias(self, event: "NodeEvent") -> Node:
        """What an alias stands for, at the alias's own place."""
        name = event.anchor or ""
        start, end = _start(event), _end(event)
        if name not in self._anchors:
            message = f"“*{short(name)}” begins with “*”, which YAML reads as a reference to something named"
            raise FrontMatterError(Trouble.SYNTAX, message, start, end)
        anchored = self._anchors[name]
        self._expanded += anchored[1] if anchored else EXPANSION + 1
        if anchored is None or self._expanded > EXPANSION:
            raise FrontMatterError(Trouble.REFUSED, "the references in the front matter multiply", start, end)
        node, span = anchored[0], self._span(start, end)
        return (
            node._replace(span=span, style="alias") if isinstance(node, Scalar) else node._replace(span=span)
        )

    def _refuse_tag(self, event: "NodeEvent") -> FrontMatterError:
        start = _start(event)
        word = re.compile(r"(?:&\S+\s+)?(![^\s,\[\]{}]*)").match(self.block, start)
        shown = word[1] if word else "!"
        at = word.start(1) if word else start
        message = f"“{short(shown)}” begins with “!”, which YAML reads as a type"
        return FrontMatterError(Trouble.REFUSED, message, at, at + len(shown))

    def _check_inside(self, start: int, end: int, indent: int) -> None:
        """YAML 1.2 wants the further lines of quotes and brackets deeper than the key; 1.1 did not."""
        if end < len(self.block) and self.block[end] == "#":
            message = "a comment needs a blank before its “#”"
            raise FrontMatterError(Trouble.SYNTAX, message, end, end_of_line(self.block, end))
        if indent < 0:
            return
        for match in _CONTINUED.finditer(self.block, start, end):
            closes = self.block[start] in "[{" and self.block[match.end() - 1] in "]}"
            if len(match[1]) + closes <= indent:
                message = "this line must be indented deeper than the name whose value it goes on with"
                raise FrontMatterError(
                    Trouble.SYNTAX, message, match.end(1), end_of_line(self.block, match.end(1))
                )

    def _span(self, start: int, end: int) -> Span:
        return Span(start + self.offset, end + self.offset)

    def _source(self, span: Span) -> str:
        return self.block[span.start - self.offset : span.end - self.offset]


def _start(event: "Event") -> int:
    return event.start_mark.index if event.start_mark else 0


def _end(event: "Event") -> int:
    return event.end_mark.index if event.end_mark else 0


def _column(event: "Event") -> int:
    return event.start_mark.column if event.start_mark else 0


def _joined(high: str, low: str) -> str:
    """The character that two UTF-16 surrogates, in hexadecimal, stand for."""
    return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)


def _soften_tabs(source: str) -> str:
    """The source with tabs that YAML 1.2 allows and 1.1 does not replaced by blanks."""
    source = _BLANK_LINE.sub(lambda match: " " * len(match[0]), source)
    return _TAB_AFTER_DASH.sub(lambda match: match[1] + " " * (len(match[0]) - len(match[1])), source)
