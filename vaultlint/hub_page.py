"""The lists of links on a page that lists other notes: where one more belongs, and how it is written."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vaultlint.diagnostic import Edit
from vaultlint.note import Link, LinkSyntax, Note, Outline
from vaultlint.resolve import bare_key, fold, stem
from vaultlint.rewrite import destination
from vaultlint.text import Span
from vaultlint.vault import Vault

_ITEM = re.compile(r"(?:([-*+])|(\d{1,9})([.)]))[ \t]+(?=\[)")
# Nothing more, a heading, or a line behind empty ones that goes on with no item.
_ENDED = re.compile(
    r"\s*+\Z|[ \t]*+\n#{1,6}[ \t]|[ \t]*+\n(?:[ \t]*+\n)++(?![ \t\n]|[-*+][ \t]|\d{1,9}[.)][ \t])"
)
_REST = re.compile(r"[ \t]*+(?=\n|\Z)")
_MARKUP = re.compile(r"[\[\]|\\`*<>\n]|%%|\$")
_HEADING_ABOVE = re.compile(r"(?:\A|\n)(#{1,6}[ \t][^\n]*+)\s*+\Z")
_LONGEST_HEADING = 1000  # characters, with the empty lines below it
_SHORTEST_VALUE = 8  # characters; a shorter one stands in a heading by chance
_ORDERED = 5  # entries; fewer may be in order by chance


class _Entry(NamedTuple):
    """An item of a list that is a link and nothing else, on a line of its own that is not indented."""

    start: int
    end: int
    """Behind the link and the blanks that follow it."""
    marker: str
    """All that stands before the link."""
    number: int | None
    kind: str
    """What tells items of one list from those of the next: the bullet, or what follows a number."""
    link: Link

    @property
    def shown(self) -> str:
        """What readers see of it."""
        return self.link.display.strip() if self.link.display is not None else stem(self.link.path)


class _List(NamedTuple):
    """Entries that follow each other."""

    heading: str
    """The heading right above them; empty where there is none."""
    entries: tuple[_Entry, ...]
    gap: str
    """What stands between the lines of two entries."""
    ended: bool
    """Whether no more items of the list follow."""
    keys: tuple[str, ...]
    """What readers see of the entries, folded."""
    order: int
    """1 where they are in alphabetical order, -1 where in the opposite one, else 0."""
    model: Link
    """The link that a new one is to be like: the last of those written as most of them are."""


class Listing(NamedTuple):
    """What lists notes on a page: the edit, and the notes that it lists, all whose place is the same."""

    edit: Edit
    paths: tuple[str, ...]


def listings(hub: str, paths: Sequence[str], vault: Vault) -> dict[str, Listing]:
    """For each of these notes that has one place on the page `hub`: what lists it there, in the style and
    the order of the list. Nothing where there is no list of such notes, or more than one is to be had."""
    page = vault.note(hub)
    lists = list(_lists(page))
    if page.drawing or page.too_complex is not None:  # a plugin writes it; what is code in it is only a guess
        return {}
    headings = "\n".join(each.heading for each in lists)
    kin = [number for number, each in enumerate(lists) if _holds_kin(each, hub, vault)]
    lost = _lost(page, vault)
    placed: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
    for path in paths:
        outline = vault.outline(path)
        if outline is None or not lost.isdisjoint(map(bare_key, (stem(path), _title(outline)))):
            continue  # a broken link of that name is to be mended instead
        values = [value for value in _values(vault.note(path)) if value in headings]
        number = _list_for(values, lists, kin)
        if number is None:
            continue
        title = _title(outline)
        at, text = _place(title, lists[number]), _written(outline, lists[number], hub, vault)
        if at is not None and text is not None:
            placed.setdefault((number, at), []).append((fold(title), path, text))
    found: dict[str, Listing] = {}
    for (number, at), new in placed.items():
        new.sort(reverse=lists[number].order == -1)
        listing = Listing(
            _edit(page, lists[number], at, [text for *_, text in new]), tuple(path for _, path, _ in new)
        )
        found.update(dict.fromkeys(listing.paths, listing))
    return found


# --- what is there ----------------------------------------------------------------------------


def _lists(page: Note) -> Iterator[_List]:
    """The lists of the page, in order."""
    run: list[_Entry] = []
    for entry in _entries(page):
        if run and not _goes_on(page, run[-1], entry):
            yield _list(page, run)
            run = []
        run.append(entry)
    if run:
        yield _list(page, run)


def _entries(page: Note) -> Iterator[_Entry]:
    live, comments = page.live, page.comments
    for link in page.links:
        start = live.rfind("\n", 0, link.span.start) + 1
        if link.embed or start < page.body_start:
            continue
        item, rest = _ITEM.match(live, start), _REST.match(live, link.span.end)
        if item is None or item.end() != link.span.start or rest is None:
            continue
        if not any(each.start < start < each.end for each in comments):
            number = int(item[2]) if item[2] else None
            end = rest.end() - page.text.startswith("\r\n", rest.end() - 1)
            yield _Entry(start, end, item[0], number, item[1] or item[3], link)


def _goes_on(page: Note, one: _Entry, other: _Entry) -> bool:
    """Whether the second entry follows the first in the same list: only white space is between them."""
    return one.kind == other.kind and not page.text[one.end : other.start].strip()


def _list(page: Note, run: Sequence[_Entry]) -> _List:
    above = page.live[max(run[0].start - _LONGEST_HEADING, page.body_start) : run[0].start]
    heading = _HEADING_ABOVE.search(above)
    line_end = "\r\n" if "\r\n" in page.text else "\n"
    gap = page.text[run[-2].end : run[-1].start] if len(run) > 1 else line_end
    ended = _ENDED.match(page.live, run[-1].end) is not None
    keys = tuple(fold(entry.shown) for entry in run)
    shown = heading[1] if heading is not None else ""
    return _List(shown, tuple(run), gap, ended, keys, _order_of(keys), _model(run))


def _order_of(keys: Sequence[str]) -> int:
    if len(keys) < _ORDERED or keys[0] == keys[-1]:
        return 0
    return 1 if list(keys) == sorted(keys) else -1 if list(keys) == sorted(keys, reverse=True) else 0


def _model(run: Sequence[_Entry]) -> Link:
    ways = [(entry.link.syntax, entry.link.display is not None) for entry in reversed(run)]
    common = Counter(ways).most_common(1)[0][0]
    return run[-1 - ways.index(common)].link


def _holds_kin(each: _List, hub: str, vault: Vault) -> bool:
    """Whether a list is one of the notes that belong to this page: two of its entries at least, and most."""
    targets = (vault.names.resolve(entry.link.path, hub).path for entry in each.entries)
    kin = sum(target is not None and vault.hub_of(target) == hub for target in targets)
    return kin >= 2 and 2 * kin > len(each.entries)


def _lost(page: Note, vault: Vault) -> set[str]:
    """The bare names and texts of the broken links on the page."""
    return {
        bare_key(text)
        for link in page.links
        if link.path and vault.names.resolve(link.path, page.path).path is None
        for text in (stem(link.path), link.display or "")
        if bare_key(text)
    }


# --- where one more belongs -------------------------------------------------------------------


def _values(note: Note) -> Iterator[str]:
    """The values of properties that may stand in the heading of the list to which a note belongs."""
    for entry in note.properties:
        value = entry.value
        if isinstance(value, str) and len(value) >= _SHORTEST_VALUE and entry.key.lower() != "title":
            yield value


def _list_for(values: Sequence[str], lists: Sequence[_List], kin: Sequence[int]) -> int | None:
    """The list in which a note belongs: the only one whose heading holds one of these values, such as the id
    of its video, else the only one of such notes; where that is more than one, nobody can tell."""
    named = [number for number, each in enumerate(lists) if any(_says(each.heading, one) for one in values)]
    fitting = named or kin
    return fitting[0] if len(fitting) == 1 else None


def _says(heading: str, value: str) -> bool:
    """Whether the value stands in a heading as words of its own."""
    at = heading.find(value)
    if at < 0:
        return False
    around = heading[max(at - 1, 0) : at] + heading[at + len(value) : at + len(value) + 1]
    return not any(map(str.isalnum, around))


def _place(title: str, chosen: _List) -> int | None:
    """Before which entry a note of that title belongs in a list that is in order; else behind the last one.
    None where that would tear something apart."""
    entries, at, key = chosen.entries, len(chosen.entries), fold(title)
    if chosen.order == 1:
        at = bisect_right(chosen.keys, key)
    elif chosen.order == -1:
        at -= bisect_left(chosen.keys[::-1], key)
    if at == len(entries):
        return at if chosen.ended else None
    return at if entries[at].number is None else None


# --- how it is written ------------------------------------------------------------------------


def _title(outline: Outline) -> str:
    return " ".join((outline.title or outline.main_heading or stem(outline.path)).split())


def _written(outline: Outline, chosen: _List, hub: str, vault: Vault) -> str | None:
    """The link to the note, as those of the list are written."""
    link = chosen.model
    target = vault.link_path_to(outline.path, hub, link.syntax)
    title = _title(outline)
    if target is None or (_MARKUP.search(title) and title != stem(outline.path)):
        return None
    if link.syntax is LinkSyntax.MARKDOWN:
        bracketed = link.raw.endswith(">)")
        written = destination(target, bracketed=bracketed)
        return f"[{title}](<{written}>)" if bracketed else f"[{title}]({written})"
    before, pipe, after = link.raw.removesuffix("]]").partition("|")
    if not pipe or title == target:
        return f"[[{target}]]"
    # As many blanks around the pipe as there.
    left, right = before[len(before.rstrip()) :], after[: len(after) - len(after.lstrip())]
    return f"[[{target}{left}|{right}{title}]]"


def _edit(page: Note, chosen: _List, at: int, links: Sequence[str]) -> Edit:
    entries = chosen.entries
    if at < len(entries):
        place = entries[at].start
        text = "".join(f"{entries[at].marker}{link}{chosen.gap}" for link in links)
    else:
        place = entries[-1].end
        markers = [_marker(entries, number) for number in range(1, len(links) + 1)]
        text = "".join(f"{chosen.gap}{marker}{link}" for marker, link in zip(markers, links, strict=True))
    return Edit(page.path, Span(place, place), "", text)


def _marker(entries: Sequence[_Entry], ahead: int) -> str:
    """What stands before the entry so many behind the last one."""
    last = entries[-1]
    if last.number is None or (len(entries) > 1 and entries[-2].number == last.number):
        return last.marker
    return last.marker.replace(str(last.number), str(last.number + ahead), 1)
