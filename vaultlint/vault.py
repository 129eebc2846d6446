"""The vault: the outlines of all notes, the names of all files, and what follows from both.

It answers rules note by note; what is global (names, aliases, titles, backlinks, hubs) is an index
that is built when it is first asked for.
"""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from typing import Any, NamedTuple
from unicodedata import category, normalize

from vaultlint.daily import daily_names
from vaultlint.note import Heading, Link, LinkSyntax, Note, Outline
from vaultlint.parse import base_views, link_at, parse_note
from vaultlint.resolve import (
    Decided,
    Names,
    Resolution,
    Subpath,
    find_block,
    find_heading,
    fold,
    heading_key,
    is_block_subpath,
)
from vaultlint.text import Span

# What a template engine has still to fill in: Obsidian's and Templater's.
_PLACEHOLDER = re.compile(r"\{\{|<%")

_DATE_NAME = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{4}-W\d\d\Z|\d{4}-\d\d\Z|\d{8}\Z")
_INDEX_NAMES = frozenset({"index", "_index", "readme", "home", "start", "dashboard", "moc"})
_LEFT_OUT_FOLDERS = frozenset(
    {"inbox", "archive", "archives", "templates", "template", "daily", "daily notes", "journal"}
)


class Missing(Enum):
    """Which rule a failed target belongs to: one failed target, one finding."""

    ADDRESS = "a web address stands where a note should"
    EMBED = "an embedded file is missing"
    ALIAS = "only an alias of a note has that name"
    FILE = "no file has that name"


class Settings(NamedTuple):
    """What the vault's owner decided: in `.obsidian/`, and in vaultlint's configuration."""

    link_format: str = "shortest"
    template_folders: tuple[str, ...] = ()
    daily_folder: str | None = None
    daily_format: str = "YYYY-MM-DD"
    topics: Callable[[str], bool] | None = None
    """Which notes are topic pages, when the configuration says so."""
    not_topics: Callable[[str], bool] | None = None
    hubs: Callable[[str], bool] | None = None
    property_types: Mapping[str, str] = {}
    """What `.obsidian/types.json` says of properties, by lower-cased name."""


class ResolvedLink(NamedTuple):
    """A link together with the file it means."""

    link: Link
    source: str
    resolution: Resolution
    missing: Missing | None
    """Which rule its failed target belongs to; None where it has one."""

    @property
    def target(self) -> str | None:
        """The file it means, None when there is none."""
        return self.resolution.path


class Vault:
    """Everything that is known of a vault at one moment."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        files: Sequence[str],
        settings: Settings = Settings(),
        read: Callable[[str], str] | None = None,
        canvases: Mapping[str, Outline] | None = None,
    ) -> None:
        """`files`: every file of the vault. `read` gives the text of one, empty where it cannot be read."""
        self.outlines = outlines
        self.files = files
        self.settings = settings
        self.names = Names(files)
        self._read = read
        self.canvases = canvases or {}
        self._plain: dict[str, dict[str, str | None]] = {}
        self._last_note: Note | None = None
        self._views: dict[str, tuple[str, ...] | None] = {}
        self._headings: dict[str, tuple[tuple[Heading, ...], list[str]]] = {}
        self._doubtful: tuple[Outline, tuple[ResolvedLink, ...]] | None = None

    def outline(self, path: str) -> Outline | None:
        """What is known of the note at a path, None for other files."""
        return self.outlines.get(path)

    def note(self, path: str) -> Note:
        """Everything in a note, read again on demand. Empty where it cannot be read any more."""
        if self._last_note is None or self._last_note.path != path:
            self._last_note = parse_note(path, self._read(path) if self._read is not None else "")
        return self._last_note

    # --- links --------------------------------------------------------------------------------

    def resolve(self, link: Link, outline: Outline) -> Resolution:
        """The file that a link of that note means."""
        return self.names.resolve(link.path, outline.path)

    def links(
        self, outline: Outline, wanted: Callable[[str], object] = lambda raw: True
    ) -> tuple[ResolvedLink, ...]:
        """The links of a note, in order: those whose source text is `wanted`.

        Links that a template still has to fill in are left out.
        """
        return tuple(
            self._resolved(number, raw, outline)
            for number, raw in enumerate(outline.raw_links)
            if wanted(raw) and _PLACEHOLDER.search(raw) is None
        )

    def doubtful_links(self, outline: Outline) -> tuple[ResolvedLink, ...]:
        """The links that do not simply name one file: unresolved, ambiguous, or with a subpath.

        Found without looking at the others one by one. Links that a template still has to fill in
        are left out.
        """
        if self._doubtful is None or self._doubtful[0] is not outline:  # several rules ask in a row
            plain = self._plain_targets(outline)
            odd = {start for _, _, start, _, _ in outline.packed_malformed}  # reported as such
            links = tuple(
                self._resolved(number, raw, outline)
                for number, (raw, target) in enumerate(
                    zip(outline.raw_links, outline.link_targets, strict=True)
                )
                if not plain[target]
                and outline.link_starts[number] not in odd
                and _PLACEHOLDER.search(raw) is None
            )
            self._doubtful = (outline, links)
        return self._doubtful[1]

    def _resolved(self, number: int, raw: str, outline: Outline) -> ResolvedLink:
        link = link_at(raw, outline.link_starts[number], outline.body_start)
        if outline.packed_link_spans is not None:
            link = link._replace(span=Span(*outline.packed_link_spans[number]))
        resolution = self.resolve(link, outline)
        missing = self._missing(link) if resolution.path is None else None
        return ResolvedLink(link, outline.path, resolution, missing)

    def _plain_targets(self, outline: Outline) -> dict[str, str | None]:
        """For every target written in the note's folder: the one file it simply means, "" where no
        file has that name, None where it has to be looked at more closely."""
        folder = outline.path[: outline.path.rfind("/") + 1]
        known = self._plain.setdefault(folder, {})
        for target in outline.link_targets:
            if target not in known:
                if target.endswith("#"):
                    known[target] = None
                    continue
                found = self.names.resolve(target, outline.path)
                known[target] = found.path or "" if found.decided in _SETTLED else None
        return known

    def _missing(self, link: Link) -> Missing:
        """Which rule reports a link without a target: one failed target, one finding."""
        if link.syntax is LinkSyntax.WIKILINK and _ADDRESS.match(link.path):
            return Missing.ADDRESS
        if link.embed:
            return Missing.EMBED
        return Missing.ALIAS if fold(link.path) in self.aliases else Missing.FILE

    def subpath(self, resolved: ResolvedLink) -> Subpath:
        """Whether the heading or block exists that a resolved link names.

        Only notes have subpaths that can be checked: `![[icon.svg#outline]]` is a style hook, and
        `#page=3` is for the PDF viewer.
        """
        subpath, target = resolved.link.subpath, resolved.target or ""
        if subpath and target.endswith(".base"):
            views = self._views_of(target)
            return Subpath.NOT_CHECKED if views is None else _find_view(subpath, views)
        outline = self.outlines.get(target)
        if subpath is None or outline is None or subpath.startswith("[^"):
            return Subpath.NOT_CHECKED
        if is_block_subpath(subpath):
            return find_block(subpath, outline.block_ids)
        return find_heading(subpath, *self._headings_of(outline))

    def _headings_of(self, outline: Outline) -> tuple[tuple[Heading, ...], list[str]]:
        """The headings of a note, and their keys: a hub's are asked for often."""
        known = self._headings.get(outline.path)
        if known is None:
            headings = outline.headings
            known = headings, [heading_key(heading.text) for heading in headings]
            self._headings[outline.path] = known
        return known

    def _views_of(self, path: str) -> tuple[str, ...] | None:
        if path not in self._views:
            self._views[path] = base_views(self._read(path)) if self._read is not None else None
        return self._views[path]

    def link_path_to(self, target: str, source: str, syntax: LinkSyntax = LinkSyntax.WIKILINK) -> str | None:
        """How a link in `source` names the file `target`, as the vault's settings want it written.

        None when no way of writing it would be read as that file.
        """
        shown = target.removesuffix(".md") if syntax is LinkSyntax.WIKILINK else target
        name = shown[shown.rfind("/") + 1 :]
        unique = len(self.names.named(target[target.rfind("/") + 1 :])) == 1
        ways = [shown, "/" + shown]
        if self.settings.link_format == "relative":
            ways.insert(0, _relative(shown, source))
        elif self.settings.link_format != "absolute" and unique:
            ways.insert(0, name)
        for written in ways:
            if not _UNLINKABLE.search(written) and self.names.resolve(written, source).path == target:
                return written
        return None

    # --- indexes ------------------------------------------------------------------------------

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Folded alias to the notes that have it."""
        return _index(
            (fold(alias.strip()), path)
            for path, outline in self.outlines.items()
            for alias in outline.aliases
        )

    @cached_property
    def titles(self) -> Mapping[str, tuple[str, ...]]:
        """Folded title property, or text of the first heading, to the notes that have it."""
        return _index(
            (fold(title.strip()), path)
            for path, outline in self.outlines.items()
            for title in {outline.title, _main_heading(outline)}
            if title
        )

    @cached_property
    def separated(self) -> Mapping[str, tuple[str, ...]]:
        """Note names with blanks, `_` and `-` taken as the same, to the notes."""
        return _index((separator_key(_stem(path)), path) for path in self.outlines)

    @cached_property
    def bare(self) -> Mapping[str, tuple[str, ...]]:
        """Note names without punctuation, blanks and separators, to the notes."""
        return _index((bare_key(_stem(path)), path) for path in self.outlines)

    @cached_property
    def named_by_title(self) -> bool:
        """Whether this vault names its files after their titles, punctuation dropped: nine notes in
        ten of at least ten that have a title property."""
        titled = [(outline.title, path) for path, outline in self.outlines.items() if outline.title]
        fitting = sum(bare_key(title) == bare_key(_stem(path)) for title, path in titled)
        return len(titled) >= 10 and fitting >= 0.9 * len(titled)

    @cached_property
    def angle_brackets(self) -> bool:
        """Whether the Markdown links of this vault put names with blanks in `<…>` more often than they
        write `%20`."""
        raws = [raw for outline in self.outlines.values() for raw in outline.raw_links if raw.endswith(")")]
        return sum("](<" in raw for raw in raws) > sum("%20" in raw for raw in raws)

    @cached_property
    def _sources(self) -> Mapping[str, Sequence[str]]:
        """For each file: the notes that link to it, once for every link, themselves left out."""
        sources: dict[str, list[str]] = {}
        for path, outline in (*self.outlines.items(), *self.canvases.items()):
            plain = self._plain_targets(outline)
            for written in outline.link_targets[: outline.backlinking]:
                target = plain[written]
                if target is None:
                    target = self.names.resolve(written.removesuffix("#"), path).path
                if target and target != path:
                    sources.setdefault(target, []).append(path)
        return sources

    def targets(self, outline: Outline) -> set[str]:
        """The files that the links of this note mean."""
        found = (self.names.resolve(each.removesuffix("#"), outline.path) for each in outline.link_targets)
        return {resolution.path for resolution in found if resolution.path is not None}

    def naming_places_in(self, paths: Container[str]) -> set[str]:
        """The notes and canvases with a link to a heading or a block of one of these files."""
        found: set[str] = set()
        for path, outline in (*self.outlines.items(), *self.canvases.items()):
            for each in outline.link_targets:
                if each[-1:] == "#" and self.names.resolve(each[:-1], path).path in paths:
                    found.add(path)
        return found

    def indexes(self) -> tuple[dict[str, Any], Mapping[str, Sequence[str]] | None]:
        """Those indexes that were built: what follows from paths and faces, and the sources of links.

        In plain values: `recall` takes them in a vault where both are the same.
        """
        built = {name: vars(self)[name] for name in _BY_FACE if name in vars(self)}
        return built, vars(self).get("_sources")

    def recall(
        self,
        built: Mapping[str, Any],
        sources: Mapping[str, Sequence[str]] | None,
        before: Mapping[str, Outline],
    ) -> None:
        """Take the indexes of this vault as it was when some notes were like `before`.

        These must have the same faces now, and all else must be the same.
        """
        vars(self).update(built)
        if sources is None:
            return
        gone = {target for outline in before.values() for target in self.targets(outline)}
        come = [(target, path) for path in before for target in self._linked(self.outlines[path])]
        renewed = {
            target: [each for each in sources.get(target, ()) if each not in before] for target in gone
        }
        for target, path in come:
            if target not in renewed:
                renewed[target] = [each for each in sources.get(target, ()) if each not in before]
            renewed[target].append(path)
        for paths in renewed.values():
            paths.sort(key=lambda path: (path in self.canvases, path))
        vars(self)["_sources"] = {**sources, **renewed}

    def _linked(self, outline: Outline) -> Iterator[str]:
        """The files that a note has backlinks in, once for every link, itself left out."""
        for written in outline.link_targets[: outline.backlinking]:
            target = self.names.resolve(written.removesuffix("#"), outline.path).path
            if target is not None and target != outline.path:
                yield target

    def backlinks(self, path: str) -> Sequence[str]:
        """The files that link to this one, once for every link; links to itself do not count."""
        return self._sources.get(path, ())

    @cached_property
    def collisions(self) -> Mapping[str, tuple[str, ...]]:
        """The files whose whole paths are equal but for case or Unicode form, each with the others."""
        alike = _index((_as_any_disk(path), path) for path in self.files)
        return {
            path: tuple(other for other in paths if other != path)
            for paths in alike.values()
            if len(paths) > 1
            for path in paths
        }

    def prepare(self) -> None:
        """Build the indexes that rules mostly ask for, before workers share them."""
        _ = self._sources, self.hubs, self.has_topic_pages
        _ = self.aliases, self.titles, self.separated, self.bare, self.named_by_title

    # --- what a note is -----------------------------------------------------------------------

    @cached_property
    def hubs(self) -> frozenset[str]:
        """The notes that list others: named by a `From:` line, like their folder, index, or configured."""
        found = {path for path in self.outlines if _is_index(path)}
        found.update(
            path for path, outline in self.outlines.items() if self.settings.hubs and self.settings.hubs(path)
        )
        for path, outline in self.outlines.items():
            if outline.hub is not None:
                target = self.names.resolve(outline.hub, path).path
                if target is not None and target != path:
                    found.add(target)
        return frozenset(found)

    @cached_property
    def has_topic_pages(self) -> bool:
        """Whether topic pages can be recognised here: by `From:` lines, or because somebody said so."""
        return self.settings.topics is not None or any(outline.hub for outline in self.outlines.values())

    def is_topic_page(self, path: str) -> bool:
        """Whether other notes are expected to link to this one."""
        settings = self.settings
        if settings.not_topics is not None and settings.not_topics(path):
            return False
        if settings.topics is not None:
            return settings.topics(path)
        return path not in self.hubs and not self._left_out(path)

    def is_daily_name(self, path: str) -> bool:
        """Whether a link path names a day as the daily notes do: Obsidian makes that note when it comes."""
        name = path[path.rfind("/") + 1 :].removesuffix(".md")
        return daily_names(self.settings.daily_format).fullmatch(name) is not None

    def is_template(self, path: str) -> bool:
        """Whether the note lies in a templates folder."""
        return any(path.startswith(folder + "/") for folder in self.settings.template_folders)

    def _left_out(self, path: str) -> bool:
        """Daily notes, inbox, templates, archive."""
        folder, _, name = path.rpartition("/")
        daily = self.settings.daily_folder
        return (
            _DATE_NAME.match(name.removesuffix(".md")) is not None
            or self.is_daily_name(name)
            or any(part.casefold() in _LEFT_OUT_FOLDERS for part in folder.split("/"))
            or self.is_template(path)
            or (bool(daily) and path.startswith(f"{daily}/"))
        )


# Indexes in which a note counts with its path and its face alone.
_BY_FACE = (
    "aliases", "titles", "separated", "bare", "named_by_title", "angle_brackets", "hubs", "has_topic_pages",
)  # fmt: skip


def face(outline: Outline) -> tuple[object, ...]:
    """What the indexes of the vault hold of a note, its links left out but for how they are written."""
    raws = [raw for raw in outline.raw_links if raw.endswith(")")]
    styles = (sum("](<" in raw for raw in raws), sum("%20" in raw for raw in raws))
    return (outline.title, outline.aliases, _main_heading(outline), outline.hub, styles)


def _find_view(subpath: str, views: Sequence[str]) -> Subpath:
    wanted = subpath.strip().lower()
    return Subpath.FOUND if any(view.strip().lower() == wanted for view in views) else Subpath.NO_VIEW


_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]+://|mailto:|www\.")
_SETTLED = frozenset({Decided.ONLY, Decided.EXACT, Decided.FOLDER, Decided.NOTHING})
# What would end the target of a wikilink, or could not stand in it.
_UNLINKABLE = re.compile(r"[#|^]|\[\[|\]\]|%%")
_SEPARATORS = re.compile(r"[\s_\-]+")
# Names in ASCII are most names; translating them is quicker than a pattern.
_TO_SEPARATOR = str.maketrans(dict.fromkeys(" -\t\n\r\f\v\x1c\x1d\x1e\x1f", "_"))
_NO_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


def separator_key(name: str) -> str:
    """A name with blanks, `_` and `-` taken as the same, without case."""
    folded = fold(name)
    if folded.isascii():
        return "_".join(filter(None, folded.translate(_TO_SEPARATOR).split("_")))
    return _SEPARATORS.sub("_", folded).strip("_")


def bare_key(name: str) -> str:
    """The letters, digits and marks of a name, without case, whatever the script."""
    folded = fold(name)
    if folded.isascii():
        return folded.translate(_NO_SIGNS)
    # Vowel signs of many scripts are marks, which regular expressions do not count as word characters.
    return "".join(char for char in folded if char.isalnum() or category(char)[0] == "M")


def _as_any_disk(path: str) -> str:
    """A path as the least exact of disks sees it: without case, and whatever the Unicode form."""
    return path.lower() if path.isascii() else normalize("NFC", normalize("NFC", path).casefold())


def _stem(path: str) -> str:
    name = path[path.rfind("/") + 1 :]
    return name[:-3] if name[-3:].lower() == ".md" else name


def _is_index(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    stem = fold(_stem(name))
    return stem in _INDEX_NAMES or (bool(folder) and stem == fold(folder[folder.rfind("/") + 1 :]))


def _relative(shown: str, source: str) -> str:
    here, there = source.split("/")[:-1], shown.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    up = [".."] * (len(here) - common)
    return "/".join([*up, *there[common:]])


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, path in pairs:
        paths = found.setdefault(key, [])
        if path not in paths[-1:]:
            paths.append(path)
    return {key: tuple(paths) for key, paths in found.items()}


def _main_heading(outline: Outline) -> str | None:
    """The text of the note's first heading, if that is of the first level."""
    level, text, *_ = outline.packed_headings[0] if outline.packed_headings else (0, "")
    return text if level == 1 else None
