"""Where the prose of a vault names notes without linking to them.

A name counts as a whole word, or as several, in any script. Scripts that write no blanks between words
(Chinese, Japanese, Thai) do not show where a word ends: there a name counts only between punctuation, blanks
and ends of lines.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple
from unicodedata import category, east_asian_width

from vaultlint.note import Note, Outline
from vaultlint.resolve import fold, stem
from vaultlint.text import Span
from vaultlint.vault import Vault

_WORD = re.compile(r"[^\W_]+")
# What is no prose, beside what the note itself knows: `From:` lines, titles of callouts, brackets of every
# kind, HTML, addresses, tags.
_NO_PROSE = re.compile(
    r"(?m)^From:[^\n]*+|^[ \t]*+>[> \t]*+\[![^\n]*+|\[\[[^\[\]\n]*+\]\]"
    r"|\[[^\[\]\n]*+\](?:\([^()\n]*+\)|\[[^\[\]\n]*+\]|:[^\n]*+)?+"
    r"|<[^<>\n]*+>|://[^\s]++|@[^\s]++|www\.[^\s]++|#[^\s#]++"
)
_INSIDE = frozenset("-'’\u2010\u2011·.,:/\\@=&+#%~^$")
"""Signs that belong to a word, a number or an address where a letter follows."""
_PART_OF_WORD = frozenset("_\0\u200c\u200d")
"""What is no letter and belongs to a word all the same: joiners, and what is blanked out."""
_MARKUP = re.compile(r"[\[\]|\\`*<>$#^\n]|%%|==|~~")

_SHORTEST, _SHORTEST_WORD = 8, 10
"""Columns that a name has at least, and one of a single word: a shorter one may not mean the note."""
_COMMON = 10  # a name that more notes use is a word like others in this vault
_TRIES = 20  # places that are looked at for a name in a note
_AROUND = 200  # characters on both sides in which a longer name may cover a mention


class Mention(NamedTuple):
    """The words in a note that name another one."""

    path: str
    span: Span
    text: str


class _Name(NamedTuple):
    form: str
    """Folded."""
    path: str
    words: frozenset[str]


def first_mentions(paths: Iterable[str], vault: Vault, may_edit: Callable[[str], bool]) -> dict[str, Mention]:
    """For each of these notes that has one: the first mention in another note that may be edited, by the
    order of paths. All texts are read once, and looked at closely only where all words of a name are."""
    by_word: dict[str, list[_Name]] = {}
    for name in (name for path in paths for name in _names(path, vault)):
        by_word.setdefault(max(name.words, key=len), []).append(name)  # the rarest, most likely
    longer = _Longer(vault)
    users: Counter[_Name] = Counter()
    found: dict[_Name, Mention] = {}
    for source in sorted(vault.outlines) if by_word else ():
        text = vault.text(source)
        lowered = _lowered(text)
        words = set(_WORD.findall(lowered))
        here = [name for word in words & by_word.keys() for name in by_word[word]]
        here = [name for name in here if name.words <= words and name.form in lowered and name.path != source]
        prose = _lowered(_prose(vault.note(source))) if here else ""
        may = bool(here) and may_edit(source) and not vault.is_template(source)
        for name in here:
            places = islice(_places(name.form, prose), _TRIES)
            place = next((at for at in places if not longer.covers(prose, at)), None)
            users[name] += place is not None
            if place is not None and may and name not in found:
                found[name] = Mention(source, place, place.of(text))
    first: dict[str, Mention] = {}
    for name, mention in found.items():
        if users[name] <= _COMMON:
            first[name.path] = min(first.get(name.path, mention), mention)
    return first


# --- names ------------------------------------------------------------------------------------


def _forms(outline: Outline) -> set[str]:
    """What a note may be called in a text, folded."""
    name = stem(outline.path)
    given = (name, name.replace("_", " "), outline.title or "", outline.main_heading or "", *outline.aliases)
    return {fold(" ".join(form.split())) for form in given} - {""}


def _names(path: str, vault: Vault) -> Iterator[_Name]:
    """What a note is called and no other is, if that is long enough to mean it."""
    outline = vault.outline(path)
    for form in sorted(_forms(outline)) if outline is not None else ():
        words = frozenset(_WORD.findall(form))
        if words and _is_telling(form) and _owners(form, vault) == {path}:
            yield _Name(form, path, words)


def _is_telling(form: str) -> bool:
    wide = any(east_asian_width(char) in "WF" for char in form)
    width = sum((2 if east_asian_width(char) in "WF" else 1) for char in form if category(char)[0] != "M")
    least = _SHORTEST if wide or " " in form else _SHORTEST_WORD
    return width >= least and any(map(str.isalpha, form)) and _MARKUP.search(form) is None


def _owners(form: str, vault: Vault) -> set[str]:
    """The notes that have this name, title, first heading or alias."""
    named = (*vault.names.named(f"{form}.md"), *vault.names.named(f"{form.replace(' ', '_')}.md"))
    return {*named, *vault.titles.get(form, ()), *vault.aliases.get(form, ())}


class _Longer:
    """The names of all notes, by which a mention may turn out to be a part of another name."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault
        self._names: set[tuple[str, ...]] = set()
        self._lengths: list[int] = []

    def covers(self, prose: str, span: Span) -> bool:
        """Whether a longer name of any note stands around the mention."""
        if not self._lengths:
            outlines = self._vault.outlines.values()
            self._names = {tuple(_WORD.findall(form)) for each in outlines for form in _forms(each)}
            self._lengths = sorted({0, *map(len, self._names)})
        start, end = max(span.start - _AROUND, 0), span.end + _AROUND
        words = list(_WORD.finditer(prose, start, min(end, len(prose))))
        first = sum(word.start() < span.start for word in words)
        count = sum(span.start <= word.start() < span.end for word in words)
        texts = [word[0] for word in words]
        return any(
            tuple(texts[at : at + length]) in self._names
            for length in self._lengths
            if count < length <= len(texts)
            for at in range(max(first + count - length, 0), first + 1)
        )


# --- texts ------------------------------------------------------------------------------------


def _lowered(text: str) -> str:
    """The text in lower case, every character at its place."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(small if len(small := char.lower()) == 1 else char for char in text)


def _prose(note: Note) -> str:
    """The text with all that is no prose blanked out by U+0000, lines too in which a bracket is left that may
    belong to a link around something."""
    prose = _NO_PROSE.sub(lambda match: "\0" * len(match[0]), note.live)
    if note.drawing or note.too_complex is not None:  # a plugin writes it; what is code in it is only a guess
        return ""
    hidden = [Span(0, note.body_start), *note.comments, *(heading.span for heading in note.headings)]
    pieces, end = [], 0
    for span in sorted(hidden):
        if span.end > end:
            pieces += [prose[end : max(span.start, end)], "\0" * (span.end - max(span.start, end))]
            end = span.end
    lines = "".join([*pieces, prose[end:]]).split("\n")
    return "\n".join("\0" * len(line) if "[" in line or "]" in line else line for line in lines)


def _places(form: str, prose: str) -> Iterator[Span]:
    """Where a name stands as whole words."""
    at = prose.find(form)
    while at >= 0:
        end = at + len(form)
        if not (_joins(prose, at - 1, -1) or _joins(prose, end, 1)):
            yield Span(at, end)
        at = prose.find(form, end)


def _joins(text: str, at: int, step: int) -> bool:
    """Whether the character there belongs to the word beside it, seen in the direction of `step`."""
    if not 0 <= at < len(text):
        return False
    if text[at] in _INSIDE:
        return 0 <= at + step < len(text) and _is_of_word(text[at + step])
    return _is_of_word(text[at])


def _is_of_word(char: str) -> bool:
    return char.isalnum() or char in _PART_OF_WORD or category(char)[0] == "M"
