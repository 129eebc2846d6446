"""What is in a note. A rule reads these types; `vaultlint.parse` makes them.

A `Note` is everything in one text and lives where the text is. It is lazy: a construct becomes an
object when somebody asks for it, and questions that most notes answer with "nothing wrong" can be
asked in bulk. An `Outline` is what the vault remembers of a note after its text is gone.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Set
from enum import StrEnum
from typing import Any, NamedTuple

from vaultlint.anchor_form import AnchorForm
from vaultlint.text import Lines, Span

# --- properties -------------------------------------------------------------------------------


class Scalar(NamedTuple):
    """One YAML scalar. `text` is its content without quotes, `value` what YAML 1.2 core makes of it."""

    value: str | int | float | bool | None
    text: str
    span: Span
    style: str  # "plain", "single", "double", "literal", "folded"


class Sequence(NamedTuple):
    """A YAML list."""

    items: "tuple[Node, ...]"
    span: Span
    flow: bool

    @property
    def value(self) -> "list[Value]":
        """The list as plain Python values."""
        return [item.value for item in self.items]


class Mapping(NamedTuple):
    """A YAML mapping; keys are strings."""

    entries: "tuple[Property, ...]"
    span: Span
    flow: bool

    @property
    def value(self) -> "dict[str, Value]":
        """The mapping as plain Python values."""
        return {entry.key: entry.node.value for entry in self.entries}


Node = Scalar | Sequence | Mapping


def bare_link_text(node: Node) -> Scalar | None:
    """The text of what `[[x]]` without quotes is to YAML, a list of one list of one scalar; else None."""
    if not (isinstance(node, Sequence) and node.flow and len(node.items) == 1):
        return None
    inner = node.items[0]
    if not (isinstance(inner, Sequence) and inner.flow and len(inner.items) == 1):
        return None
    text = inner.items[0]
    return text if isinstance(text, Scalar) else None


Value = str | int | float | bool | None | list["Value"] | dict[str, "Value"]


class Property(NamedTuple):
    """One key of the front matter with its value, and where both stand."""

    key: str
    key_span: Span
    node: Node

    @property
    def value(self) -> Value:
        """The value as plain Python."""
        return self.node.value

    def scalars(self) -> Iterator[Scalar]:
        """The value when it is a scalar, or the scalars of the list that it is."""
        if isinstance(self.node, Scalar):
            yield self.node
        elif isinstance(self.node, Sequence):
            for item in self.node.items:
                if isinstance(item, Scalar):
                    yield item


class Trouble(StrEnum):
    """What can be wrong with front matter as a whole; Obsidian then reads none of it."""

    SYNTAX = "syntax"
    UNCLOSED = "unclosed"
    DUPLICATE_KEY = "duplicate-key"
    NOT_A_MAPPING = "not-a-mapping"
    REFUSED = "refused"  # valid YAML that no note needs: anchors, aliases, tags, too deep, too big


class FrontMatterProblem(NamedTuple):
    """Why front matter cannot be used, in plain words, and where. `related` is the first of two keys, or the
    line that seems to close what is unclosed."""

    trouble: Trouble
    message: str
    span: Span
    related: Span | None = None


class FrontMatter(NamedTuple):
    """The block between the `---` lines.

    `span` is the whole block with both fences, `content` what lies between them. When `problems`
    is not empty Obsidian ignores the block; `properties` then holds what could be read all the
    same (both of two duplicate keys), for rules that mend it.
    """

    span: Span
    content: Span
    properties: tuple[Property, ...]
    problems: tuple[FrontMatterProblem, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether Obsidian reads the block."""
        return not self.problems

    def get(self, key: str) -> Property | None:
        """The property of that name, whatever its case (Obsidian 1.9.3 ignores the case of keys)."""
        folded = key.casefold()
        return next((entry for entry in self.properties if entry.key.casefold() == folded), None)


# --- the body ---------------------------------------------------------------------------------


class Heading(NamedTuple):
    """A heading that links can name. `text` is the source text, markup included, trimmed."""

    level: int
    text: str
    span: Span


class BlockId(NamedTuple):
    """A `^id` that ends a block; the span covers caret and id. `valid`: only letters, digits, `-`."""

    id: str
    span: Span
    valid: bool = True


class StrayMark(NamedTuple):
    """A `^id` that is no block id where it stands; the span covers caret and id. `glued`: it ends a line, and
    is none because no blank stands before it."""

    id: str
    span: Span
    glued: bool


class Tag(NamedTuple):
    """A `#tag` in the text; `name` is without the `#`."""

    name: str
    span: Span


class LinkSyntax(StrEnum):
    """How a link is written."""

    WIKILINK = "wikilink"
    MARKDOWN = "markdown"


class Link(NamedTuple):
    """A live link or embed to a file of the vault (external addresses are no links here).

    `path` is the target before `#` and `|`, trimmed, percent-decoded in Markdown links, empty for
    the note itself; `subpath` what follows the first `#` (without it), `display` what follows the
    first pipe, or the text of a Markdown link, untrimmed. `path_span` covers the source of `path`,
    blanks around it left out, and the angle brackets of `<…>` too. `is_property`: it is the whole
    value of a property.
    """

    syntax: LinkSyntax
    embed: bool
    raw: str
    span: Span
    path: str
    path_span: Span
    subpath: str | None
    subpath_span: Span | None
    display: str | None
    is_property: bool = False

    @property
    def target(self) -> str:
        """Path and subpath, as one reads them: `Note#Heading`."""
        return self.path if self.subpath is None else f"{self.path}#{self.subpath}"


class Flaw(StrEnum):
    """What is wrong with text that looks as if it were to be a link."""

    EMPTY = "empty"  # `[[]]`, `[[ |x]]`, `[x]()`
    TABLE_PIPE = "table-pipe"  # the pipe of a link ends the cell of its table
    NESTED = "nested"  # `[[a | x [[b]]]]`: only the inner one is a link
    UNCLOSED = "unclosed"  # `[[a` and no `]]` on the line
    SINGLE_CLOSE = "single-close"  # `[[a]`
    OVER_LINES = "over-lines"  # a line end between `[[` and `]]`
    BRACKET_IN_ALIAS = "bracket-in-alias"  # `[[a | [00:10:08]]]`: a link, and a bracket too many
    SINGLE_BRACKETS = "single-brackets"  # `[a | x]`
    UNENCODED = "unencoded"  # `[x](My Note.md)`
    AROUND_ANCHOR = "around-anchor"  # `[00:07:12](<a …>[00:07:12]</a>`, with a `)` behind it or without


class MalformedLink(NamedTuple):
    """Text that looks as if it were to be a link. Whether it was meant so, the vault can tell:
    `path` is what would be the target."""

    flaw: Flaw
    raw: str
    span: Span
    path: str


class Anchor(NamedTuple):
    """A timestamp anchor whose element is whole: `time` is the attribute's value, `label` the text."""

    raw: str
    span: Span
    time: str
    time_span: Span
    label: str
    label_span: Span


class TimedLink(NamedTuple):
    """A Markdown link with a time for text that leads to an address: `[02:01](https://youtu.be/x?t=121)`."""

    raw: str
    span: Span
    text: str
    address: str


class Excess(NamedTuple):
    """Why the structure of a note was not proven in bounded time, and where."""

    reason: str
    span: Span


class Note(ABC):
    """Everything in one text. Every answer is computed when it is first asked for, and kept."""

    path: str
    """Relative to the vault, with `/`."""
    text: str
    """Without byte order mark; all spans count in it."""
    anchor_form: AnchorForm
    """How its vault writes timestamp anchors."""
    too_complex: Excess | None = None
    """Set once the blocks have been read: what is dead in this note is then a good guess."""
    lacks: frozenset[str] = frozenset()
    """Attributes that are known to hold nothing, so that nobody needs to look at them."""

    @property
    @abstractmethod
    def front_matter(self) -> FrontMatter | None:
        """None where the note does not begin with a closed or unclosed `---` block."""

    @property
    def problems(self) -> tuple[FrontMatterProblem, ...]:
        """What is wrong with the front matter."""
        block = self.front_matter
        return block.problems if block is not None else ()

    @property
    def properties(self) -> tuple[Property, ...]:
        """The properties that Obsidian reads, in order."""
        block = self.front_matter
        return block.properties if block is not None and not block.problems else ()

    @property
    @abstractmethod
    def keys(self) -> Set[str]:
        """The names of the properties that Obsidian reads, case-folded."""

    @property
    @abstractmethod
    def bracketed_properties(self) -> bool:
        """Whether `[[` stands in the front matter."""

    @property
    @abstractmethod
    def body_start(self) -> int:
        """Where the text behind the front matter begins."""

    @property
    @abstractmethod
    def live(self) -> str:
        """The text with all that is dead in the body (code, math, HTML) blanked out by U+0000, line
        ends kept: same length, same offsets. Text in `%% %%` is live in Obsidian, and here. The
        front matter stands in it as it is: look from `body_start` on."""

    @property
    @abstractmethod
    def main_heading(self) -> str | None:
        """The text of the first heading, if only that is of the first level, and no text before it."""

    @property
    @abstractmethod
    def headings(self) -> tuple[Heading, ...]:
        """The headings that links can name, in order."""

    @property
    @abstractmethod
    def block_ids(self) -> tuple[BlockId, ...]:
        """Every `^id` in a place where Obsidian looks for one."""

    @property
    @abstractmethod
    def may_repeat_block_ids(self) -> bool:
        """Whether two of the block ids may be the same, found without looking at them one by one."""

    @property
    @abstractmethod
    def says_nothing(self) -> bool:
        """Whether the body has nothing but white space, a `From: [[…]]` line and at most one heading."""

    @property
    @abstractmethod
    def may_hold_conflict(self) -> bool:
        """Whether a line may be the mark that git puts before a conflict, found cheaply."""

    @property
    @abstractmethod
    def links(self) -> tuple[Link, ...]:
        """Every live link and embed, those in properties too, in order."""

    @property
    @abstractmethod
    def malformed_links(self) -> tuple[MalformedLink, ...]:
        """Text that looks as if it were to be a link and is none, or not the one that was meant."""

    @property
    @abstractmethod
    def timed_links(self) -> tuple[TimedLink, ...]:
        """Every Markdown link with a time for text that leads to an address."""

    @property
    @abstractmethod
    def tables(self) -> tuple[Span, ...]:
        """The pipe tables, from header row to last row. A pipe in a link must be escaped there."""

    @property
    @abstractmethod
    def tags(self) -> tuple[Tag, ...]:
        """The tags in the text (not those of the `tags` property)."""

    @property
    @abstractmethod
    def comments(self) -> tuple[Span, ...]:
        """The `%% … %%` stretches, markers included."""

    @property
    @abstractmethod
    def open_fence(self) -> Span | None:
        """The first code fence that nothing closes, from its mark to the end of its line. It hides
        what is left of its quote or list item, or of the note."""

    @property
    @abstractmethod
    def wrapping_fence(self) -> Span | None:
        """The closed code fence that holds the whole body, but for white space and a `From: [[…]]` line,
        from its mark to the end of its last line (without the line end)."""

    @property
    @abstractmethod
    def open_comment(self) -> Span | None:
        """The mark of the first comment that nothing closes: `%%` or `<!--` at the start of a line."""

    @property
    @abstractmethod
    def anchors(self) -> tuple[Anchor, ...]:
        """Every timestamp anchor whose element is whole, in order."""

    @property
    @abstractmethod
    def suspect_anchors(self) -> tuple[Anchor, ...]:
        """Those anchors that are not of the good form: HH:MM:SS, and the label the same in brackets.
        Nearly always empty, and found without looking at the good ones one by one."""

    @property
    @abstractmethod
    def timestamped(self) -> bool:
        """Whether there is any timestamp anchor with a good time."""

    @property
    @abstractmethod
    def late_times(self) -> list[str]:
        """The good times of the timestamp anchors, from the first on that is not in the first hour. Often
        empty, and found without looking at the anchors one by one."""

    @property
    @abstractmethod
    def odd_tags(self) -> tuple[int, ...]:
        """Where the tags begin that are neither good timestamp anchors nor ends of them nor line breaks."""

    @property
    @abstractmethod
    def may_break_anchors(self) -> bool:
        """Whether there may be a timestamp anchor whose element is broken: there are odd tags, or there is a
        link around one."""

    @property
    @abstractmethod
    def lines(self) -> Lines:
        """Where the lines begin."""

    @property
    @abstractmethod
    def drawing(self) -> bool:
        """Whether a plugin writes it: an Excalidraw drawing or a Kanban board."""

    @abstractmethod
    def property(self, key: str) -> Property | None:
        """A property of the front matter, if Obsidian can read that; the case of keys is ignored."""


class Outline(NamedTuple):
    """What other notes and vault rules may ask of a note.

    A vault has hundreds of thousands of links and needs few of them as objects. So the fields are plain
    tuples, which are small and cross to another process at once; the properties below make objects of
    them. What hardly anybody asks (headings, the source of links that are in order) stays in the text:
    `Vault` reads the note again for it.
    """

    path: str
    title: str | None
    """The property of that name."""
    main_heading: str | None
    """The text of the first heading, if only that is of the first level, and no text before it."""
    packed_aliases: tuple[tuple[str, int, int], ...]
    hub: str | None
    """The link path that the note's `From: [[…]]` line names."""
    body_start: int
    link_targets: tuple[str, ...]
    """The path of each link, in order, with a `#` behind it where the link has a subpath."""
    raw_links: tuple[str, ...] | None
    """The source text of each link. None: it is in the text, since all links were in order when the note was
    read, and none was remarkable by itself (without a target, with nothing behind its pipe, or malformed)."""
    link_starts: tuple[int, ...]
    """Where each of `raw_links` stands."""
    line_starts: bytes
    """Empty: nothing was found in the note when it was read, nor is likely to be; see the text."""
    packed_malformed: tuple[tuple[str, str, int, int, str], ...] = ()
    packed_tables: tuple[tuple[int, int], ...] = ()
    packed_link_spans: tuple[tuple[int, int], ...] | None = None
    """Where the links stand, when that does not follow from `link_starts`: in a canvas."""
    backlinking: int | None = None
    """How many of the links, from the first on, are backlinks of their targets; None: all. The others are the
    definitions of a note, and what stands in the text cards of a canvas."""
    angles: int = 0
    """How many more Markdown links write a blank as `<…>` than as `%20`."""
    drawing: bool = False
    """Whether a plugin writes it: an Excalidraw drawing or a Kanban board."""
    body_mark: int = 0
    """A number that bodies have in common that are the same, and others hardly ever; 0 for a short one."""
    video: str | None = None
    """The property that names the note's video."""
    reach: int = 0
    """The latest of its timestamps in seconds, the whole first hour where none is later; 0 where it has
    none, or none to believe: what `timestamps.reach` says."""
    may_be_shifted: bool = False
    """Whether timestamps may be minutes and seconds that are written as hours and minutes."""
    two_part_times: tuple[tuple[Any, ...], ...] = ()
    """The fields of the timestamps that have two parts, where other notes about the video may tell which;
    each with what stands just before it."""
    timed_links: bool = False
    """Whether it has a Markdown link with a time for text that leads to an address."""
    packed_comments: tuple[tuple[int, int], ...] = ()
    suppressions: tuple[tuple[Any, ...], ...] = ()
    """What the note says of findings that nobody is to see, as `vaultlint.suppression` reads it."""
    unique: tuple[tuple[int, str, str, int, int], ...] = ()
    """The values that a schema of the configuration allows once: the number of the schema, the property, the
    value, and where it stands."""
    marked_topic: bool = False
    """Whether a tag or property marks it as a topic page, as the configuration says."""
    marked_hub: bool = False
    """Whether one marks it as a hub."""
    late_anchors: tuple[tuple[int, ...], tuple[str, ...]] | None = None
    """Where the anchors begin that are not in the first hour, and their times, if these may be shifted. None:
    they may not, or some of the anchors are not of the good form and have to be looked at in the text."""
    video_length: int | None = None
    """What `timestamps.length` says, if times may be shifted."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """The other names of the note, in order."""
        return tuple([alias for alias, _, _ in self.packed_aliases])

    def alias_span(self, alias: str) -> Span:
        """Where an alias stands first; nowhere at the beginning of the note."""
        return next((Span(at, end) for name, at, end in self.packed_aliases if name == alias), Span(0, 0))

    @property
    def malformed(self) -> tuple[MalformedLink, ...]:
        """Text that looks as if it were to be a link."""
        return tuple(
            MalformedLink(Flaw(flaw), raw, Span(start, end), path)
            for flaw, raw, start, end, path in self.packed_malformed
        )

    @property
    def two_part_anchors(self) -> tuple[tuple[Anchor, str], ...]:
        """The timestamps that have two parts, where other notes about the video may tell which; each with
        what stands just before it."""
        return tuple(
            (Anchor(raw, Span(*span), time, Span(*time_span), label, Span(*label_span)), before)
            for raw, span, time, time_span, label, label_span, before in self.two_part_times
        )

    def in_table(self, span: Span) -> bool:
        """Whether the span lies in a pipe table."""
        return _covered(span, self.packed_tables)

    def in_comment(self, span: Span) -> bool:
        """Whether the span lies in a `%% … %%` comment: links in it are live, and nobody sees them."""
        return _covered(span, self.packed_comments)


def _covered(span: Span, places: Iterable[tuple[int, int]]) -> bool:
    return any(start <= span.start and span.end <= end for start, end in places)
