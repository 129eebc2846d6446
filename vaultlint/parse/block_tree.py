"""The third lane: mistune's block parser, with the source lines that it forgets.

mistune parses the content of a quote or an item as a text of its own. Such a text is always a run of
source lines without their prefixes, so a state that knows the source line of its first line can tell
the source line of everything in it.

Where mistune leaves the specification on ordinary notes, its rules are mended here; one deviation is
left: a line without its prefix goes on with an unclosed fence in an item or a quote.

All texts here have LF as their only line end. Guards stand before mistune, because some of its
patterns take quadratic time on hostile text.
"""

import re
from bisect import bisect_right
from re import Match, Pattern
from typing import Any

from mistune.block_parser import BlockParser
from mistune.core import BlockState
from mistune.helpers import BLOCK_TAGS, PRE_TAGS

from vaultlint.note import Heading
from vaultlint.parse.verdict import Blocks, TooComplex, heading_text
from vaultlint.text import Lines, Span

LONGEST = 1_000_000
"""How many characters this lane reads; it takes a second for them."""

_LONG_GAP = re.compile(r"[ \t\v\f]{201,}+")
_FENCE_MARK = re.compile(r"`{3}|~{3}")
_TAGS = "|".join((*BLOCK_TAGS, *PRE_TAGS))
_BLOCK_HTML = rf"^ {{0,3}}(?:</?(?i:{_TAGS})(?=[ \t>]|/>|$)|<!--|<\?|<![A-Za-z]|<!\[CDATA\[)"
_INTERRUPTING = ["thematic_break", "fenced_code", "atx_heading", "block_quote", "list", "block_html"]
_BARE_ITEM = re.compile(r"[ \t]*+(?:[-+*]|[0-9]{1,9}[.)])[ \t]*+(?:\n|\Z)")


def block_tree(text: str, start: int) -> Blocks:
    """The blocks of `text` from `start` on, as mistune sees them.

    Raises `TooComplex` for a text that is too long, for a heading with a long run of blanks and for
    too many containers within each other.
    """
    body = text[start:]
    _guard(body, start)
    state = _State()
    state.process(body if body.endswith("\n") else body + "\n")
    parser = _Parser(text, start)
    parser.parse(state)
    return parser.blocks()


def _guard(body: str, start: int) -> None:
    if len(body) > LONGEST:
        raise TooComplex("the note is too long", Span(start, start))
    last = -1
    for gap in _LONG_GAP.finditer(body):
        line = body.rfind("\n", 0, gap.start()) + 1
        if line != last and "#" in body[line : gap.start()]:
            raise TooComplex("a heading holds a long run of blanks", Span(start + line, start + gap.end()))
        last = line


class _State(BlockState):
    """A state that knows the source line of its first line."""

    def __init__(self, parent: Any = None) -> None:
        super().__init__(parent)
        self.first_line = 0
        self.item_line = 0  # where the item begins that is being read in this state
        self.quote_line: int | None = None  # where the quote begins that gets the next child state
        self.starts = Lines.of("")

    def process(self, src: str) -> None:
        super().process(src)
        self.starts = Lines.of(src)

    def line_of(self, offset: int) -> int:
        """The source line, from 0, of an offset in this state's text."""
        return self.first_line + bisect_right(self.starts.starts, offset) - 1

    def child_state(self, src: str, lazy_line_starts: set[int] | None = None) -> "_State":
        child = super().child_state(src, lazy_line_starts)
        assert isinstance(child, _State)
        if self.quote_line is not None:
            child.first_line, self.quote_line = self.quote_line, None
        else:
            begin = self.starts.start_of(self.item_line - self.first_line + 1)
            child.first_line = self.item_line + bool(_BARE_ITEM.match(self.src, begin))
            # mistune has read the marker of the next item by now, if there is one.
            self.item_line = self.line_of(self.cursor - 1)
        return child


class _Parser(BlockParser):
    """mistune's block parser; notes the source lines of what matters."""

    state_cls = _State

    def __init__(self, text: str, start: int) -> None:
        super().__init__()
        # mistune's own pattern misses a tag whose name `>` follows.
        self.specification["block_html"] = _BLOCK_HTML
        self.text = text
        self.starts = [start + offset for offset in Lines.of(text[start:]).starts]
        self.dead: list[tuple[int, int]] = []
        self.headings: list[Heading] = []
        self.open_fences: list[int] = []

    def blocks(self) -> Blocks:
        """What has been noted."""
        dead = tuple(Span(self._start(first), self._start(last)) for first, last in sorted(self.dead))
        open_fence = None
        if self.open_fences:
            line = min(self.open_fences)
            end = self._end(line)
            mark = _FENCE_MARK.search(self.text, self._start(line), end)
            open_fence = Span(mark.start() if mark else self._start(line), end)
        return Blocks(dead, tuple(sorted(self.headings, key=lambda heading: heading.span)), open_fence)

    def _start(self, line: int) -> int:
        return self.starts[line] if line < len(self.starts) else len(self.text)

    def _end(self, line: int) -> int:
        end = self._start(line + 1)
        return end - 1 if self.text.endswith("\n", 0, end) else end

    def _check_depth(self, state: _State, line: int) -> None:
        """Raise `TooComplex` where mistune would not look for containers any more."""
        if state.depth() >= self.max_nested_level - 2:
            span = Span(self._start(line), self._end(line))
            raise TooComplex("too many containers lie within each other", span)

    def _note_dead(self, state: _State, start: int, end: int | None) -> None:
        """Note the lines from one offset of a state to another, without blank lines at their end."""
        content = state.src[start:end].rstrip(" \t\n")
        if end is not None and content:
            self.dead.append((state.line_of(start), state.line_of(start + len(content) - 1) + 1))

    def parse_fenced_code(self, m: Match[str], state: Any) -> int | None:
        end = super().parse_fenced_code(m, state)
        if end is not None:
            last_line = state.src[state.src.rfind("\n", 0, max(end - 1, 0)) + 1 : end].strip(" \t\n")
            mark = m["fenced_2"]
            closed = end > m.end() + 1 and len(last_line) >= len(mark) and not last_line.strip(mark[0])
            if not closed:
                self.open_fences.append(state.line_of(m.start()))
        self._note_dead(state, m.start(), end)
        return end

    def parse_indent_code(self, m: Match[str], state: Any) -> int:
        known = len(state.tokens)
        end = super().parse_indent_code(m, state)
        if len(state.tokens) > known:
            self._note_dead(state, m.start(), end)
        return end

    def _parse_indent_code_fast(self, state: Any) -> int | None:
        known, start = len(state.tokens), state.cursor
        end: int | None = super()._parse_indent_code_fast(state)
        if len(state.tokens) > known:
            self._note_dead(state, start, end)
        return end

    def parse_raw_html(self, m: Match[str], state: Any) -> int | None:
        known = len(state.tokens)
        end = super().parse_raw_html(m, state)
        if len(state.tokens) > known and state.tokens[-1]["type"] == "block_html":
            self._note_dead(state, m.start(), end)
        return end

    def parse_atx_heading(self, m: Match[str], state: Any) -> int:
        if state.parent is None:
            line = state.line_of(m.start())
            span = Span(self._start(line), self._end(line))
            self.headings.append(Heading(len(m["atx_1"]), heading_text(m["atx_2"]), span))
        return super().parse_atx_heading(m, state)

    def parse_setex_heading(self, m: Match[str], state: Any) -> int | None:
        last = state.last_token()
        was_paragraph = bool(last) and last["type"] == "paragraph"
        end = super().parse_setex_heading(m, state)
        if state.parent is None and was_paragraph and last["type"] == "heading":
            line = state.line_of(m.start())
            first = line - last["text"].count("\n")
            title = self.text[self._start(first) : self._start(line)].strip(" \t\n")
            span = Span(self._start(first), self._end(line))
            self.headings.append(Heading(last["attrs"]["level"], title, span))
        return end

    def parse_ref_link(self, m: Match[str], state: Any) -> int | None:
        # mistune takes the start of a block on the next line for the destination.
        line_end = state.find_line_end_at(m.end())
        label_alone = not state.src[m.end() : line_end].strip(" \t\n")
        if label_alone and self.compile_sc(_INTERRUPTING).match(state.src, line_end):
            return None
        return super().parse_ref_link(m, state)

    def compile_sc(self, rules: list[str] | None = None) -> Pattern[str]:
        # mistune takes a heading behind a quote for a lazy line of the quote.
        if rules is not None and "block_html" in rules and "atx_heading" not in rules:
            rules = [*rules, "atx_heading"]
        return super().compile_sc(rules)

    def extract_block_quote(self, m: Match[str], state: Any) -> tuple[str, int | None, set[int]]:
        line = state.line_of(state.cursor)
        self._check_depth(state, line)
        result = super().extract_block_quote(m, state)
        state.quote_line = line
        return result

    def parse_list(self, m: Match[str], state: Any) -> int:
        outer = state.item_line
        state.item_line = state.line_of(m.start())
        self._check_depth(state, state.item_line)
        end = super().parse_list(m, state)
        state.item_line = outer
        return end
