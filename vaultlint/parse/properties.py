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
from vaultlint.text import Span

if TYPE_CHECKING:
    from frontmatter.default_handlers import BaseHandler
    from yaml.error import MarkedYAMLError
    from yaml.events import CollectionStartEvent, Event, NodeEvent, ScalarEvent

DEPTH = 64
"""Levels of nesting that are read; deeper blocks are refused."""
SIZE = 256 * 1024
"""Code points of a block that are read; longer blocks are refused."""
EXPANSION = 64 * 1024
"""Code points that all aliases of a block may stand for together; more is refused."""
DIGITS = 300
"""Characters of the longest number; a longer one stays text, for no float can hold it."""

# --- scalars ----------------------------------------------------------------------------------

WORDS: dict[str, bool | float | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((sign + word for sign in ("", "+") for word in (".inf", ".Inf", ".INF")), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<octal>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_STYLES = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_CORE = "tag:yaml.org,2002:"
_SCALAR_TAGS = frozenset(_CORE + name for name in ("null", "bool", "int", "float"))
_TAGS = _SCALAR_TAGS | {_CORE + "str", _CORE + "map", _CORE + "seq", "!"}


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


# --- the door ---------------------------------------------------------------------------------


class Block(NamedTuple):
    """What was read of a block: its properties as far as they go, and what is wrong."""

    properties: tuple[Property, ...]
    problems: tuple[FrontMatterProblem, ...]


class FrontMatterError(Exception):
    """Why a block cannot be read on. The span counts in the block."""

    def __init__(self, trouble: Trouble, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.message = message
        self.start = start
        self.end = end


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
            raise FrontMatterError(Trouble.SYNTAX, message, at, _line_end(self.block, at))
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
            message = f"the front matter is nested more than {DEPTH} levels deep"
            raise FrontMatterError(Trouble.REFUSED, message, _start(event), _start(event) + 1)
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
                message = f"“{_short(key)}” is given twice"
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
            message = f"“*{_short(name)}” begins with “*”, which YAML reads as a reference to something named"
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
        message = f"“{_short(shown)}” begins with “!”, which YAML reads as a type"
        return FrontMatterError(Trouble.REFUSED, message, at, at + len(shown))

    def _check_inside(self, start: int, end: int, indent: int) -> None:
        """YAML 1.2 wants the further lines of quotes and brackets deeper than the key; 1.1 did not."""
        if end < len(self.block) and self.block[end] == "#":
            message = "a comment needs a blank before its “#”"
            raise FrontMatterError(Trouble.SYNTAX, message, end, _line_end(self.block, end))
        if indent < 0:
            return
        for match in _CONTINUED.finditer(self.block, start, end):
            closes = self.block[start] in "[{" and self.block[match.end() - 1] in "]}"
            if len(match[1]) + closes <= indent:
                message = "this line must be indented deeper than the name whose value it goes on with"
                raise FrontMatterError(
                    Trouble.SYNTAX, message, match.end(1), _line_end(self.block, match.end(1))
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


# --- what is wrong, in plain words ------------------------------------------------------------

_LINE_BREAK = re.compile(r"[\r\n]|\Z")
_ENTRY = re.compile(
    r"(?P<lead>[ \t]*+(?:- +)*+)"
    r"(?P<key>[^\s:#](?:[^:\s]|[ \t]++(?!:))*+)[ \t]*+:(?=\s|\Z)[ \t]*+(?P<value>[^\r\n]*)"
)
# Bounded, because it is looked for from every quote on.
_QUOTED = re.compile(r"\"(?:[^\"\\\r\n]|\\.){0,200}+\"|'(?:[^'\r\n]|''){0,200}+'")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")
_BEGINNINGS = {
    "@": "which YAML reserves",
    "`": "which YAML reserves",
    "%": "which YAML reads as a directive",
    "*": "which YAML reads as a reference to something named",
    "&": "which YAML reads as a name for the value",
    "!": "which YAML reads as a type",
    "|": "which YAML reads as the start of a text block",
    ">": "which YAML reads as the start of a text block",
    ",": "which YAML reads as the mark between list items",
    "]": "which YAML reads as the end of a list",
    "}": "which YAML reads as the end of a “{”",
    "?": "which YAML reads as the start of a key",
    "- ": "which YAML reads as the first item of a list",
}
_EMPTY_ITEM = re.compile(r"[,\[{]\s*,")
_DOCUMENT_END = re.compile(r"^\.\.\.\s", re.MULTILINE)
_ESCAPE = re.compile(r"\\(?:[xuU][0-9a-fA-F]*|.?)")


def explain(block: str, error: "MarkedYAMLError") -> FrontMatterError:
    """What is wrong at the library's `error`, said for people who do not know YAML's grammar."""
    at = min(error.problem_mark.index, len(block)) if error.problem_mark else 0
    begun = min(error.context_mark.index, len(block)) if error.context_mark else at
    message, start, end = (
        _explain_value(block, begun, at)
        or _explain_scanner(block, begun, at, error.problem or "")
        or _explain_line(block, begun, at)
        or (f"YAML cannot be read here ({error.problem})", at, _line_end(block, at))
    )
    return FrontMatterError(Trouble.SYNTAX, message, start, max(end, start))


_Finding = tuple[str, int, int] | None


def _explain_value(block: str, begun: int, at: int) -> _Finding:
    """What is wrong with a value on the lines between the place where the trouble began and was seen."""
    position = _line_start(block, begun)
    if block.lstrip().startswith("{"):
        return None
    while position <= at:
        line_end = _line_end(block, position)
        entry = _ENTRY.match(block, position, line_end)
        if entry and (finding := _judge_value(entry, at)):
            return finding
        position = line_end + (2 if block.startswith("\r\n", line_end) else 1)
    return None


def _judge_value(entry: re.Match[str], at: int) -> _Finding:
    key, start = _short(entry["key"].strip("\"'")), entry.start("value")
    value = _COMMENT.sub("", entry["value"]).rstrip()
    end = start + len(value)
    if not value:
        return None
    what = f"the value of “{key}”"
    if value[0] in "\"'":
        return _judge_quoted(value, what, start, at)
    if value.startswith(("[[", "{{")) and not (value.endswith(value[0].translate(_CLOSERS) * 2) and at > end):
        return f"{what} begins with “{value[:2]}” and has to stand in quotes", start, end
    if value[0] in "[{":
        return _judge_flow(entry["value"], what, start, at)
    for beginning, reason in _BEGINNINGS.items():
        if f"{value} ".startswith(beginning) and start <= at <= entry.end():
            return f"{what} begins with “{beginning.strip()}”, {reason}", start, end
    if ": " in value or value.endswith(":"):
        shown = ": " if ": " in value else ":"
        return f"{what} holds “{shown}”, which YAML reads as a second key", start, end
    return None


_CLOSERS = {ord("["): "]", ord("{"): "}"}


def _judge_quoted(value: str, what: str, start: int, at: int) -> _Finding:
    quoted = _QUOTED.match(value)
    end = start + len(value)
    if quoted is None:
        return (f"{what} begins with a quote that is not closed", start, end) if at >= start else None
    rest = value[quoted.end() :]
    if rest.strip():
        return f"text follows the closing quote in {what}", end - len(rest.lstrip()), end
    return None


def _judge_flow(value: str, what: str, start: int, at: int) -> _Finding:
    opener, closer = value[0], value[0].translate(_CLOSERS)
    bare = _QUOTED.sub(lambda match: "x" * len(match[0]), value)
    code = _COMMENT.sub("", bare).rstrip()
    if (comma := _EMPTY_ITEM.search(code)) and start <= at <= start + len(value):
        return f"{what} holds a comma with nothing before it", start + comma.end() - 1, start + comma.end()
    if code.count(opener) <= code.count(closer):
        if code.endswith(closer) or not start <= at <= start + len(value):
            return None
        return f"text follows the “{closer}” in {what}", start + code.rindex(closer) + 1, start + len(code)
    if bare.count(opener) == bare.count(closer):
        begin = start + len(code)
        return (
            f"“#” begins a comment here, so the “{opener}” of {what} is not closed",
            begin,
            start + len(value),
        )
    return f"{what} begins with “{opener}” and has no “{closer}”", start, start + len(code)


def _explain_scanner(block: str, begun: int, at: int, problem: str) -> _Finding:
    """What the library's own words say clearly enough."""
    char = block[at : at + 1]
    line_end = _line_end(block, at)
    if char == "\t" or "tab character" in problem:
        return "a tab indents this line; YAML allows only blanks", at, at + 1
    if ("escape" in problem or "hexdecimal" in problem) and (
        escape := _ESCAPE.search(block, max(begun, block.rfind("\\", 0, at + 1)), line_end)
    ):
        message = (
            f"“{escape[0]}” in double quotes is no escape that YAML knows; “\\\\” stands for a backslash"
        )
        return message, escape.start(), escape.end()
    if "quoted scalar" in problem or "end of stream" in problem or "document indicator" in problem:
        return "the quote here is not closed", begun, _line_end(block, begun)
    if "document start" in problem and _DOCUMENT_END.search(block, 0, at):
        return "text follows “...”, which ends a YAML document", at, line_end
    if "',' or" in problem:
        closer = problem[-2]
        if rest := block[at:line_end].strip():
            return f"a comma or “{closer}” is missing before “{_short(rest)}”", at, at + len(rest)
        return f"the “{block[begun : begun + 1]}” here has no “{closer}”", begun, _line_end(block, begun)
    if char and char in "@`%":
        return f"“{char}” may not begin a text without quotes", at, line_end
    return None


def _explain_line(block: str, begun: int, at: int) -> _Finding:
    """What is wrong with a line itself: no name, no blank behind the colon, bad indentation."""
    here = _line_start(block, at)
    before = here
    while before > 0 and (before == here or not block[before : _line_end(block, before)].strip()):
        before = _line_start(block, before - 1)
    for position in (_line_start(block, begun), before):
        line = block[position : _line_end(block, position)]
        text = line.strip()
        shallow = _indent(line) <= _indent(block[here : _line_end(block, here)])
        if text and shallow and not _ENTRY.match(line) and not text.startswith(("- ", "#")) and text != "-":
            return _explain_stray(text, position + _indent(line))
    return _explain_indent(block, before, here)


def _explain_stray(text: str, start: int) -> _Finding:
    end = start + len(text)
    name, colon, rest = text.partition(":")
    if colon and rest and not name.count(" "):
        return f"“{_short(text)}” lacks a blank behind the “:”", start, end
    return f"“{_short(text)}” is no property: it has no “:” behind a name", start, end


def _explain_indent(block: str, before: int, here: int) -> _Finding:
    line = block[here : _line_end(block, here)]
    text = line.strip()
    start = here + _indent(line)
    end = start + len(text)
    entry, above = _ENTRY.match(line), _ENTRY.match(block, before, _line_end(block, before))
    if text.startswith("- ") or text == "-":
        return f"the list item “{_short(text[2:])}” is not indented like the others around it", start, end
    if entry is None:
        return None
    name = _short(entry["key"])
    if name[0] in "%@`*&!":
        return f"the name “{name}” begins with “{name[0]}”, {_BEGINNINGS[name[0]]}", start, end
    if above and before != here and above["value"] and len(above["lead"]) < len(entry["lead"]):
        part = f"so YAML reads it as part of “{_short(above['key'])}”"
        return f"“{name}” is indented deeper than the line above, {part}", start, end
    return f"“{name}” is not indented like the names around it", start, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _line_start(block: str, at: int) -> int:
    return max(block.rfind("\n", 0, at), block.rfind("\r", 0, at)) + 1


def _line_end(block: str, at: int) -> int:
    match = _LINE_BREAK.search(block, at)
    return match.start() if match else len(block)


def _short(text: str) -> str:
    """A note's own words, cut where they would fill the message."""
    text = text.strip()
    return text if len(text) <= 40 else text[:39].rstrip() + "…"
