"""Rules that a configuration brings along: a pattern, where to look for it, and what to say.

Patterns run on google-re2 (`vaultlint.patterns`), because a pull request may bring them, and of a note
no more than a thousand matches are looked at.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple, TypeAlias

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety, Severity
from vaultlint.ignore import matcher
from vaultlint.note import Link, Node, Note, Scalar
from vaultlint.note import Mapping as Names
from vaultlint.parse import parse_note
from vaultlint.patterns import compiled
from vaultlint.rule import NoteRule, Rule
from vaultlint.text import Span

if TYPE_CHECKING:
    from vaultlint.config import Config

Where: TypeAlias = Literal["prose", "raw", "properties", "links"]

MOST = 1_000
"""Matches that are looked at in a note."""

_LONG = 8_000  # front matter that is not read again for every match in it

_GROUP = re.compile(r"\\(?:([0-9])|g<(\w{1,50})>|(\\))")
# What stands in the live text of a note and is no prose: elements and addresses.
_NO_PROSE = re.compile(r"<[^<>\n]{1,500}>|(?i:https?|file|obsidian)://[^\s<>)\]]{1,2000}")


class CustomRule(NamedTuple):
    """A `[[custom]]` table."""

    code: str
    name: str
    message: str = ""
    """What it says; `{match}` in it stands for what was found."""
    pattern: str = ""
    where: Where = "prose"
    files: tuple[str, ...] = ()
    """Patterns of paths, as in `.gitignore`; none: all notes."""
    severity: Severity = Severity.WARNING
    replacement: str | None = None
    r"""What to put in the place of a match; `\1` and `\g<name>` stand for groups, `\0` for all of it."""
    safety: Safety = Safety.UNSAFE
    """What may apply the replacement."""


class _Found(NamedTuple):
    """A match and where it stands. `exact`: the text there is what was searched."""

    span: Span
    match: Any
    exact: bool


class Custom(NoteRule):
    """A rule of the configuration. It has a class of its own, as every rule, made by `rule_class`."""

    given: ClassVar[CustomRule]

    def __reduce__(self) -> tuple[Callable[..., "Custom"], tuple[object, ...]]:
        return _again, (self.given, self.level)

    def check(self, note: Note) -> Iterator[Diagnostic]:
        """What the pattern finds in `note`."""
        given = self.given
        covers = _matcher(given.files)
        if covers is not None and not covers(note.path):
            return
        count = 0
        for count, found in enumerate(islice(_SEARCHES[given.where](note, given.pattern), MOST + 1), 1):
            shown = found.match.group()
            if count > MOST:
                message = f"only the first {MOST:,} matches of “{self.name}” in a note are looked at"
                yield self.found(note.path, found.span, shown, message)
            elif shown and not (given.where == "prose" and "\0" in shown):
                yield self.found(
                    note.path,
                    found.span,
                    shown,
                    given.message.replace("{match}", shown),
                    fixes=tuple(self._fixes(note, found)),
                )

    def _fixes(self, note: Note, found: _Found) -> Iterator[Fix]:
        template = self.given.replacement
        if template is None or not found.exact:
            return
        text, span = expanded(template, found.match), found.span
        old = span.of(note.text)
        if text != old and self.given.where == "properties":
            if note.body_start > _LONG:
                return
            changed = parse_note(note.path, note.text[: span.start] + text + note.text[span.end :])
            if changed.problems or changed.keys != note.keys:
                return
        if text != old:
            title = f"Replace by “{text}”" if text else "Remove it"
            yield Fix(title, (Edit(note.path, span, old, text),), self.given.safety)


# --- classes ----------------------------------------------------------------------------------


def rule_class(given: CustomRule) -> type[Custom]:
    """The class of a rule of the configuration."""
    body = {"code": given.code, "given": given, "severity": given.severity, "__doc__": given.message}
    made: type[Custom] = type(given.name, (Custom,), body)
    made.name = given.name
    return made


def with_custom(config: "Config", rule_classes: Mapping[str, type[Rule]]) -> dict[str, type[Rule]]:
    """These rules and those of the configuration, in the order of their codes."""
    return dict(sorted({**rule_classes, **{each.code: rule_class(each) for each in config.custom}}.items()))


def _again(given: CustomRule, level: Severity) -> Custom:
    """The rule in another process, which does not know its class."""
    return rule_class(given)(level)


@cache
def _matcher(files: tuple[str, ...]) -> Callable[[str], bool] | None:
    return matcher(files)


# --- replacements -----------------------------------------------------------------------------


def expanded(template: str, match: Any) -> str:
    """The replacement of a match: groups that found nothing are empty."""

    def group(reference: re.Match[str]) -> str:
        if reference[3]:
            return "\\"
        found: str | None = match[int(reference[1]) if reference[1] else _key(reference[2])]
        return found or ""

    return _GROUP.sub(group, template)


def unknown_groups(template: str, pattern: str) -> list[str]:
    """The groups that a replacement names and the pattern does not have."""
    known = compiled(pattern)
    names = {*known.groupindex, *range(known.groups + 1)}
    found = (
        int(match[1]) if match[1] else _key(match[2]) for match in _GROUP.finditer(template) if not match[3]
    )
    return [str(key) for key in found if key not in names]


def _key(name: str) -> int | str:
    return int(name) if name.isascii() and name.isdigit() else name


# --- where to look ----------------------------------------------------------------------------


def _in_raw(note: Note, pattern: str) -> Iterator[_Found]:
    for match in compiled(pattern).finditer(note.text):
        yield _Found(Span(*match.span()), match, exact=True)


def _in_prose(note: Note, pattern: str) -> Iterator[_Found]:
    """In the body, where U+0000 stands for all that is no prose: a match must not hold any of it."""
    regex = compiled(pattern)
    if regex.search(note.live, note.body_start) is None:  # nearly always
        return
    for match in regex.finditer(_prose(note), note.body_start):
        yield _Found(Span(*match.span()), match, exact=True)


def _prose(note: Note) -> str:
    """The live text without comments, elements, addresses and the targets of links."""
    live = note.live
    hidden = [*note.comments, *(Span(*each.span()) for each in _NO_PROSE.finditer(live, note.body_start))]
    for link in note.links:
        hidden.append(link.path_span)
        if link.subpath_span is not None:
            hidden.append(link.subpath_span)
    pieces, at = [], 0
    for span in sorted(hidden):
        if span.end > at:
            start = max(span.start, at)
            pieces += [live[at:start], "\0" * (span.end - start)]
            at = span.end
    return "".join((*pieces, live[at:]))


def _in_properties(note: Note, pattern: str) -> Iterator[_Found]:
    """In each value, as `name: value`; of a list, in each value that it holds."""
    for entry in note.properties:
        for name, scalar in _scalars(entry.key, entry.node):
            shift = len(name) + 2
            source = scalar.span.of(note.text)
            quote = 0 if scalar.style == "plain" else 1
            same = source[quote : len(source) - quote] == scalar.text
            for match in compiled(pattern).finditer(f"{name}: {scalar.text}"):
                start, end = match.span()
                exact = same and start >= shift
                at = scalar.span.start + quote - shift
                yield _Found(Span(at + start, at + end) if exact else scalar.span, match, exact)


def _scalars(name: str, node: Node) -> Iterator[tuple[str, Scalar]]:
    """The values in a value, each with the names that lead to it."""
    if isinstance(node, Scalar):
        yield name, node
    elif isinstance(node, Names):
        for entry in node.entries:
            yield from _scalars(f"{name}.{entry.key}", entry.node)
    else:
        for item in node.items:
            yield from _scalars(name, item)


def _in_links(note: Note, pattern: str) -> Iterator[_Found]:
    """In the target of each link, as one reads it: path and subpath."""
    for link in note.links:
        whole = _target_span(link)
        exact = whole.of(note.text) == link.target
        for match in compiled(pattern).finditer(link.target):
            start, end = match.span()
            span = Span(whole.start + start, whole.start + end) if exact else link.span
            yield _Found(span, match, exact)


def _target_span(link: Link) -> Span:
    end = link.path_span.end if link.subpath_span is None else link.subpath_span.end
    return Span(link.path_span.start, end)


_SEARCHES: Mapping[Where, Callable[[Note, str], Iterator[_Found]]] = {
    "prose": _in_prose,
    "raw": _in_raw,
    "properties": _in_properties,
    "links": _in_links,
}
