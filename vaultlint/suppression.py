"""What a note itself says of findings that nobody is to see, and which of that is of no use.

A suppression is a comment, `%% vaultlint-disable-next-line broken-link -- reason %%` or the same in
`<!-- -->`, or the property `vaultlint: {orphan: ok}`. It is read where the text of the note is, and kept
with the outline in plain values, so that findings of vault rules can be silenced without the text.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from vaultlint.config import covers, nearest, unknown_name
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety
from vaultlint.note import Mapping as YamlMapping
from vaultlint.note import Note, Outline
from vaultlint.own_rules import RuleCrash, UnknownSuppression, UnreadableFile, UnusedSuppression
from vaultlint.parse import parse_note
from vaultlint.text import Span

NEXT_LINE, REGION, END, FILE = "disable-next-line", "disable", "enable", "disable-file"
_DIRECTIVES = (NEXT_LINE, REGION, END, FILE)

_PROPERTY = "vaultlint"
_EXEMPTIONS = {"orphan": "orphan-note"}
"""What the property may hold, each with the rule that is then silent in the note."""

NEVER = frozenset({UnreadableFile.code, RuleCrash.code, UnusedSuppression.code, UnknownSuppression.code})
"""What no suppression silences: that a run is incomplete, and findings about suppressions."""

_COMMENT = re.compile(r"%%[ \t]*+vaultlint-([a-z-]++)((?:[^%\n]|%(?!%))*+)%%")
_HTML = re.compile(r"<!--([ \t]*+vaultlint-(?:[^-<\n]|-(?!->)|<(?!!--))*+)-->")
_REASON = re.compile(r"(?<!\S)--(?!\S)")
_WORD = re.compile(r"[^\s,]++")
_EMPTY = re.compile(r"[> \t]*+")
_TEMPLATE = re.compile(r"\{\{|<%")


class Name(NamedTuple):
    """A rule, rules or all of them (empty) that a suppression names, and where; it holds before `until`."""

    text: str
    start: int
    end: int
    until: int


class Suppression(NamedTuple):
    """A suppression as it travels: plain values. Offsets count in the text of the note."""

    directive: str
    """One of `_DIRECTIVES`, what stands in the place of one, or `property`."""
    start: int
    end: int
    names: tuple[tuple[str, int, int, int], ...]
    since: int
    """Where the findings begin that it silences."""
    at: int
    """Where `removable` begins: the comment, with its line where nothing else stands on that."""
    removable: str


# --- reading ----------------------------------------------------------------------------------


def suppressions_of(note: Note) -> tuple[tuple[Any, ...], ...]:
    """The suppressions of a note in plain values, in order. One without the word costs nothing to ask."""
    if "vaultlint" not in note.text:
        return ()
    return tuple(tuple(one) for one in (*_exemptions(note), *_comments(note)))


def _exemptions(note: Note) -> Iterator[Suppression]:
    """What the property says."""
    entry = note.property(_PROPERTY)
    if entry is None or not isinstance(entry.node, YamlMapping):
        return
    whole = len(note.text) + 1
    for key in entry.node.entries:
        name = (key.key, *key.key_span, whole)
        value = key.value if isinstance(key.value, str) else repr(key.value)
        yield Suppression("property", *key.key_span, (name,), 0, key.key_span.start, value)


def _comments(note: Note) -> list[Suppression]:
    """The suppressions in comments; code and math hold none."""
    found: list[Suppression] = []
    live = _live(note)
    for match in _COMMENT.finditer(live, note.body_start):
        directive, span = match[1], Span(*match.span())
        names = list(_names(match))
        if directive == END:
            rest = _end_regions(found, [name.text for name in names], span.start)
            if rest == []:
                continue
            names = [name for name in names if rest is None or name.text in rest]
        since, until = _scope(directive, span, live)
        at, end = _removable(span, live)
        kept = tuple((name.text, name.start, name.end, until) for name in names)
        found.append(Suppression(directive, *span, kept, since, at, note.text[at:end]))
    return found


def _live(note: Note) -> str:
    """The live text, in which HTML comments with suppressions are written as Obsidian's own.

    Whether one stands in code is asked of a note that has them so: same places, same length.
    """
    if "<!--" not in note.text:
        return note.live
    text = _HTML.sub(lambda match: f"%%  {match[1]} %%" if "%%" not in match[1] else match[0], note.text)
    return note.live if text == note.text else parse_note(note.path, text).live


def _names(match: re.Match[str]) -> Iterator[Name]:
    """The names between directive and reason; one empty name where there are none."""
    start, end = match.span(2)
    reason = _REASON.search(match.string, start, end)
    words = list(_WORD.finditer(match.string, start, reason.start() if reason else end))
    for word in words:
        yield Name(word[0], *word.span(), 0)
    if not words:
        yield Name("", start, start, 0)


def _end_regions(found: list[Suppression], names: Sequence[str], at: int) -> list[str] | None:
    """End the open regions of these names, or of any, at that offset: the names that ended none.

    None where all were to end, and there was none.
    """
    ended: set[str] = set()
    for number, one in enumerate(found):
        if one.directive == REGION:
            ends = {
                name for name, _, _, until in one.names if until > at and (names == [""] or name in names)
            }
            kept = tuple((*name[:3], at if name[0] in ends else name[3]) for name in one.names)
            ended |= ends
            found[number] = one._replace(names=kept)
    if names == [""]:
        return [] if ended else None
    return [name for name in names if name not in ended]


def _scope(directive: str, span: Span, live: str) -> tuple[int, int]:
    """Where the findings lie that a suppression silences."""
    if directive == FILE:
        return 0, len(live) + 1
    if directive == REGION:
        return span.end, len(live) + 1
    if directive != NEXT_LINE:
        return 0, 0
    line = _line_end(live, span.end)
    while line < len(live):
        end = _line_end(live, line + 1)
        if not _is_passed(live, line + 1, end):
            return line + 1, end + 1
        line = end
    return 0, 0


def _is_passed(live: str, start: int, end: int) -> bool:
    """Whether a line is empty, or holds another suppression and nothing else."""
    empty = _EMPTY.match(live, start, end)
    at = empty.end() if empty else start
    comment = _COMMENT.match(live, at, end)
    return not live[comment.end() if comment else at : end].strip()


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return end if end >= 0 else len(text)


def _removable(span: Span, live: str) -> tuple[int, int]:
    """The comment, with its line end where nothing else stands on the line, else with a blank."""
    start = live.rfind("\n", 0, span.start) + 1
    end = _line_end(live, span.end)
    if _EMPTY.fullmatch(live, start, span.start) and not live[span.end : end].strip():
        return start, min(end + 1, len(live))
    return span.start - live.endswith(" ", start, span.start), span.end


# --- judging ----------------------------------------------------------------------------------


class Rules(NamedTuple):
    """What must be known of the rules to judge suppressions."""

    names: Mapping[str, str]
    """Every rule there is, by code."""
    expected: frozenset[str]
    """The codes of those that are on by default."""


def silence(
    outline: Outline,
    found: Sequence[Diagnostic],
    rules: Rules,
    ran: Callable[[], Container[str]],
) -> list[Diagnostic]:
    """Those findings in a note that its suppressions leave, and what is wrong with these.

    `ran` gives the codes of the rules that were asked about this note.
    """
    suppressions = [Suppression._make(one) for one in outline.suppressions]
    used: set[tuple[int, str]] = set()
    left = []
    for one in found:
        silencing = set() if one.code in NEVER else set(_silencing(one, suppressions))
        used |= silencing
        if not silencing:
            left.append(one)
    asked = ran()
    for number, suppression in enumerate(suppressions):
        unused = [name for name in map(Name._make, suppression.names) if (number, name.text) not in used]
        left += _wrong(outline.path, suppression, unused, rules, asked)
    return left


def _silencing(one: Diagnostic, suppressions: Iterable[Suppression]) -> Iterator[tuple[int, str]]:
    """The suppressions, by number, that silence a finding, each with the name by which it does."""
    start = one.span.start
    for number, suppression in enumerate(suppressions):
        if suppression.since <= start:
            for text, _, _, until in suppression.names:
                if start < until and _means(suppression, text, one.code, one.name):
                    yield number, text


def _means(suppression: Suppression, text: str, code: str, name: str) -> bool:
    """Whether a name in a suppression is about the rule of that code and name."""
    if suppression.directive == "property":
        return _EXEMPTIONS.get(text) == name and suppression.removable == "ok"
    return covers(text or "ALL", code, name)


def _wrong(
    path: str, one: Suppression, unused: Sequence[Name], rules: Rules, ran: Container[str]
) -> Iterator[Diagnostic]:
    """What is wrong with a suppression of which these names silenced nothing, as far as that can be told."""
    if one.directive == "property":
        yield from _wrong_property(path, one)
    elif one.directive not in _DIRECTIVES:
        wrong = f"vaultlint-{one.directive}"
        hint = nearest(wrong, [f"vaultlint-{right}" for right in _DIRECTIVES])
        message = f"“{wrong}” is no suppression{hint}"
        yield UnknownSuppression().about(path, Span(one.start, one.end), wrong, message)
    else:
        known = []
        for name in unused:
            complaint = unknown_name(name.text, rules.names) if name.text else None
            if complaint is None:
                known.append(name)
            elif not _TEMPLATE.search(name.text):
                yield UnknownSuppression().about(path, Span(name.start, name.end), name.text, complaint)
        idle = [name for name in known if one.directive == END or _is_judged(name.text, rules, ran)]
        if idle:
            yield _idle(path, one, idle)


def _wrong_property(path: str, one: Suppression) -> Iterator[Diagnostic]:
    key, start, end, _ = one.names[0]
    if key not in _EXEMPTIONS:
        message = f"the property “{_PROPERTY}” has no “{key}”{nearest(key, _EXEMPTIONS)}"
    elif one.removable != "ok":
        message = f"“{key}” in the property “{_PROPERTY}” is “ok” or is not there"
    else:
        return
    yield UnknownSuppression().about(path, Span(start, end), key, message)


def _is_judged(text: str, rules: Rules, ran: Container[str]) -> bool:
    """Whether the rules ran that the name is about: of several, all that are on by default."""
    codes = {code for code, name in rules.names.items() if covers(text or "ALL", code, name)} - NEVER
    if len(codes) > 1:
        codes = codes & rules.expected or codes
    return all(code in ran for code in codes)


def _idle(path: str, one: Suppression, idle: Sequence[Name]) -> Diagnostic:
    """The finding about a suppression of which these names are of no use."""
    shown = " and ".join(f"“{name.text}”" for name in idle if name.text)
    if one.directive == END:
        message = f"there is no suppression{' of ' if shown else ''}{shown} here to end"
    elif shown:
        message = f"{shown} {'silences' if len(idle) == 1 else 'silence'} nothing here"
    else:
        message = "it silences nothing"
    whole = len(idle) == len(one.names)
    edits = _removal(path, one) if whole else _shortened(path, one, idle)
    place = Span(one.start, one.end) if whole else Span(idle[0].start, idle[0].end)
    title = "Remove the suppression" if whole else f"Remove {shown}"
    construct = f"{one.directive} {' '.join(name.text for name in idle)}".strip()
    return UnusedSuppression().about(path, place, construct, message, Fix(title, edits, Safety.SAFE))


def _removal(path: str, one: Suppression) -> tuple[Edit, ...]:
    return (Edit(path, Span(one.at, one.at + len(one.removable)), one.removable, ""),)


def _shortened(path: str, one: Suppression, idle: Sequence[Name]) -> tuple[Edit, ...]:
    """The list of names without the idle ones."""
    every = [Name._make(name) for name in one.names]
    start, end = every[0].start, every[-1].end
    left = ", ".join(name.text for name in every if name not in idle)
    source = one.removable[start - one.at : end - one.at]
    return (Edit(path, Span(start, end), source, left),)
