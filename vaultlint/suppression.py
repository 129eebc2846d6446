"""What a note itself says of findings that nobody is to see, and which of that is of no use.

A suppression is a comment, `%% vaultlint-disable-next-line broken-link -- reason %%` or the same in
`<!-- -->`, or the property `vaultlint: {orphan: ok}`. It is read where the text of the note is, and kept
with the outline in plain values, so that findings of vault rules can be silenced without the text.
"""

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any, NamedTuple

from vaultlint.config import nearest
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
_REST = re.compile(r"[ \t]*+(?:\n|\Z)")
_LONGEST_MARGIN = 200  # characters of quote marks and blanks before a comment
_HINTS = 20  # nearest names are looked for so often in a note: each costs a millisecond
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
    return _Reader(note.text, _live(note)).read(note.body_start)


def _live(note: Note) -> str:
    """The live text, in which HTML comments with suppressions are written as Obsidian's own.

    Whether one stands in code is asked of a note that has them so: same places, same length.
    """
    if "<!--" not in note.text:
        return note.live
    text = _HTML.sub(lambda match: f"%%  {match[1]} %%" if "%%" not in match[1] else match[0], note.text)
    return note.live if text == note.text else parse_note(note.path, text).live


def _names(match: re.Match[str]) -> Iterator[Name]:
    """The names between directive and reason, each once; one empty name where there are none."""
    start, end = match.span(2)
    reason = _REASON.search(match.string, start, end)
    words = list(_WORD.finditer(match.string, start, reason.start() if reason else end))
    seen = set[str]()
    for word in words:
        if word[0] not in seen:
            seen.add(word[0])
            yield Name(word[0], *word.span(), 0)
    if not words:
        yield Name("", start, start, 0)


class _Reader:
    """One pass over the comments of a note; what was looked up is remembered, so that it stays linear."""

    def __init__(self, text: str, live: str) -> None:
        self.text = text
        self.live = live
        self._open: dict[str, list[list[Any]]] = {}
        self._line = (0, -1)
        self._passed = (0, -1)
        self._target = (0, 0)

    def read(self, start: int) -> list[Suppression]:
        """The suppressions from that offset on."""
        found: list[tuple[Suppression, list[list[Any]]]] = []
        for match in _COMMENT.finditer(self.live, start):
            directive, span = match[1], Span(*match.span())
            names = list(_names(match))
            if directive == END:
                names = self._end_regions(names, span.start)
                if not names:
                    continue
            since, until = self._scope(directive, span)
            kept: list[list[Any]] = [[*name[:3], until] for name in names]
            if directive == REGION:
                for name in kept:
                    self._open.setdefault(name[0], []).append(name)
            at, end = self._removable(span)
            found.append((Suppression(directive, *span, (), since, at, self.text[at:end]), kept))
        return [one._replace(names=tuple((*name,) for name in kept)) for one, kept in found]

    def _end_regions(self, names: list[Name], at: int) -> list[Name]:
        """End the open regions of these names, or all, at that offset: the names that ended none."""
        ending = list(self._open) if [name.text for name in names] == [""] else [name.text for name in names]
        ended = set[str]()
        for text in ending:
            for name in self._open.pop(text, ()):
                name[3] = at
                ended.add(text)
        return [name for name in names if name.text not in ended and (name.text or not ended)]

    def _scope(self, directive: str, span: Span) -> tuple[int, int]:
        """Where the findings lie that a suppression silences."""
        live = self.live
        if directive == FILE:
            return 0, len(live) + 1
        if directive == REGION:
            return span.end, len(live) + 1
        if directive != NEXT_LINE:
            return 0, 0
        begun = line = self._line_end(span.end)
        if self._passed[0] <= line < self._passed[1]:
            return self._target
        self._target = (0, 0)
        while line < len(live):
            end = self._line_end(line + 1)
            if not _is_passed(live, line + 1, end):
                self._target = line + 1, end + 1
                break
            line = end
        self._passed = begun, line + 1
        return self._target

    def _line_end(self, at: int) -> int:
        if not self._line[0] <= at <= self._line[1]:
            end = self.live.find("\n", at)
            self._line = at, end if end >= 0 else len(self.live)
        return self._line[1]

    def _removable(self, span: Span) -> tuple[int, int]:
        """The comment, with its line end where nothing else stands on the line, else with a blank."""
        live = self.live
        before = live.rfind("\n", max(0, span.start - _LONGEST_MARGIN), span.start) + 1
        begins = before > 0 or span.start <= _LONGEST_MARGIN
        rest = _REST.match(live, span.end)
        if begins and rest is not None and _EMPTY.fullmatch(live, before, span.start):
            return before, rest.end()
        return span.start - live.endswith(" ", before, span.start), span.end


def _is_passed(live: str, start: int, end: int) -> bool:
    """Whether a line is empty, or holds another suppression and nothing else."""
    empty = _EMPTY.match(live, start, end)
    at = empty.end() if empty else start
    comment = _COMMENT.match(live, at, end)
    return not live[comment.end() if comment else at : end].strip()


# --- judging ----------------------------------------------------------------------------------


class Rules:
    """What must be known of the rules to judge suppressions."""

    def __init__(self, names: Mapping[str, str], expected: Collection[str]) -> None:
        """`names`: every rule there is, by code; `expected`: the codes of those that are on by default."""
        self.names = names
        self._expected = frozenset(expected)
        self._about: dict[str, set[str]] = {}
        for code, name in names.items():
            for selector in _selectors(code, name):
                self._about.setdefault(selector, set()).add(code)

    def known(self, selector: str) -> bool:
        """Whether it is about any rule."""
        return selector in self._about

    def judging(self, selector: str) -> set[str]:
        """The codes of the rules that must have run before a suppression is of no use: the one that it
        names, or of several those that are on by default."""
        codes = self._about[selector] - NEVER
        return codes & self._expected or codes if len(codes) > 1 else codes


@cache
def _selectors(code: str, name: str) -> tuple[str, ...]:
    """Everything that a suppression may call a rule by: name, code, prefixes, `ALL`."""
    return ("ALL", name, *(code[:length] for length in range(1, len(code) + 1)))


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
    scopes = _Scopes(suppressions)
    left = [one for one in found if one.code in NEVER or not scopes.hold(one)]
    starts: dict[str, list[int]] = {}
    for one in found:
        if one.code not in NEVER:
            for selector in scopes.of(one):
                starts.setdefault(selector, []).append(one.span.start)
    for each in starts.values():
        each.sort()
    judge = _Judge(outline.path, rules, ran())
    for suppression in suppressions:
        unused = [
            name
            for name in map(Name._make, suppression.names)
            if not _is_any_between(starts.get(name.text or "ALL", ()), suppression.since, name.until)
        ]
        left += judge.wrong(suppression, unused)
    return left


def _is_any_between(starts: Sequence[int], since: int, until: int) -> bool:
    """Whether any of the offsets, which are sorted, lies there."""
    place = bisect_left(starts, since)
    return place < len(starts) and starts[place] < until


class _Scopes:
    """Where findings are silenced, by what the suppressions call the rules."""

    def __init__(self, suppressions: Iterable[Suppression]) -> None:
        found: dict[str, list[tuple[int, int]]] = {}
        for one in suppressions:
            for text, _, _, until in one.names:
                if one.directive != "property":
                    found.setdefault(text or "ALL", []).append((one.since, until))
                elif text in _EXEMPTIONS and one.removable == "ok":
                    found.setdefault(_EXEMPTIONS[text], []).append((0, until))
        self._scopes = {selector: sorted(scopes) for selector, scopes in found.items()}
        self._ends = {
            selector: list(accumulate((until for _, until in scopes), max))
            for selector, scopes in self._scopes.items()
        }

    def of(self, finding: Diagnostic) -> Iterator[str]:
        """What suppressions of this note may call its rule by."""
        return (each for each in _selectors(finding.code, finding.name) if each in self._scopes)

    def hold(self, finding: Diagnostic) -> bool:
        """Whether a suppression silences the finding."""
        start = finding.span.start
        for selector in self.of(finding):
            before = bisect_right(self._scopes[selector], (start, sys.maxsize))
            if before and start < self._ends[selector][before - 1]:
                return True
        return False


class _Judge:
    """Says what is wrong with the suppressions of a note."""

    def __init__(self, path: str, rules: Rules, ran: Container[str]) -> None:
        """`ran`: the codes of the rules that were asked about the note."""
        self._path = path
        self._rules = rules
        self._ran = ran
        self._hints = _HINTS

    def wrong(self, one: Suppression, unused: Sequence[Name]) -> Iterator[Diagnostic]:
        """What is wrong with a suppression of which these names silenced nothing, as far as one can tell."""
        if one.directive == "property":
            yield from _wrong_property(self._path, one)
            return
        if one.directive not in _DIRECTIVES:
            wrong = f"vaultlint-{one.directive}"
            message = (
                f"“{wrong}” is no suppression{self._hint(wrong, [f'vaultlint-{x}' for x in _DIRECTIVES])}"
            )
            yield UnknownSuppression().about(self._path, Span(one.start, one.end), wrong, message)
            return
        idle = []
        for name in unused:
            if name.text and not self._rules.known(name.text):
                if not _TEMPLATE.search(name.text):
                    yield self._unknown(name)
            elif one.directive == END or self._is_judged(name.text or "ALL"):
                idle.append(name)
        if idle:
            yield _idle(self._path, one, idle)

    def _is_judged(self, selector: str) -> bool:
        return all(code in self._ran for code in self._rules.judging(selector))

    def _unknown(self, name: Name) -> Diagnostic:
        names = self._rules.names
        message = f"no rule is called “{name.text}”{self._hint(name.text, (*names.values(), *names))}"
        return UnknownSuppression().about(self._path, Span(name.start, name.end), name.text, message)

    def _hint(self, wrong: str, right: Iterable[str]) -> str:
        self._hints -= 1
        return nearest(wrong, right) if self._hints >= 0 and len(wrong) < _LONGEST_MARGIN else ""


def _wrong_property(path: str, one: Suppression) -> Iterator[Diagnostic]:
    key, start, end, _ = one.names[0]
    if key not in _EXEMPTIONS:
        message = f"the property “{_PROPERTY}” has no “{key}”{nearest(key, _EXEMPTIONS)}"
    elif one.removable != "ok":
        message = f"“{key}” in the property “{_PROPERTY}” is “ok” or is not there"
    else:
        return
    yield UnknownSuppression().about(path, Span(start, end), key, message)


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
    gone = set(idle)
    left = ", ".join(name.text for name in every if name not in gone)
    source = one.removable[start - one.at : end - one.at]
    return (Edit(path, Span(start, end), source, left),)
