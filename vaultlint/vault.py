"""The vault: the outlines of all notes, the names of all files, and what follows from both.

It answers rules note by note; what is global (names, aliases, titles, backlinks, hubs) is an index
that is built when it is first asked for.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple
from unicodedata import normalize

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.daily import daily_names
from vaultlint.face import Face, face
from vaultlint.note import BlockId, Heading, Link, LinkSyntax, Note, Outline
from vaultlint.parse import base_views, link_at, outline_of, parse_note
from vaultlint.resolve import (
    UNRESOLVED,
    Decided,
    Names,
    Resolution,
    Subpath,
    bare_key,
    find_block,
    find_heading,
    fold,
    heading_key,
    is_block_subpath,
    separator_key,
    stem,
)
from vaultlint.spelling import Spelling
from vaultlint.text import Span

if TYPE_CHECKING:
    from vaultlint.history import Fate, History
    from vaultlint.schema import NoteSchema, Traits

__all__ = [
    "Doubt",
    "Missing",
    "ResolvedLink",
    "Settings",
    "Vault",
    "backlinked",
    "bare_key",
    "relative_path",
    "separator_key",
    "target_key",
    "unmet",
]

# What a template engine has still to fill in: Obsidian's and Templater's.
_PLACEHOLDER = re.compile(r"\{\{|<%")

_DATE_NAME = re.compile(r"\d{4}-\d\d-\d\d(?!\d)|\d{4}-W\d\d\Z|\d{4}-\d\d\Z|\d{8}\Z")
_INDEX_NAMES = frozenset({"index", "_index", "readme", "home", "start", "dashboard", "moc"})
_LEFT_OUT_FOLDERS = {
    "inbox": "inbox", "archive": "archive", "archives": "archive", "templates": "templates",
    "template": "templates", "daily": "daily-notes", "daily notes": "daily-notes", "journal": "daily-notes",
}  # fmt: skip
"""Names of folders, with the preset that leaves their notes out."""
TOPIC_PRESETS = frozenset(_LEFT_OUT_FOLDERS.values())
"""What may be left out where nothing says which notes are topic pages."""
HUB_PRESETS = frozenset({"from-lines", "folder-notes", "indexes"})
"""What may make a note a hub by its nature."""


class Missing(Enum):
    """Which rule a failed target belongs to: one failed target, one finding."""

    __hash__ = object.__hash__  # that of Enum is written in Python, and these are looked up all the time

    ADDRESS = "a web address stands where a note should"
    TIME = "a time stands where a note should"
    EMBED = "an embedded file is missing"
    ALIAS = "only an alias of a note has that name"
    FILE = "no file has that name"


class Settings(NamedTuple):
    """What the vault's owner decided: in `.obsidian/`, and in vaultlint's configuration."""

    link_format: str = "shortest"
    markdown_links: bool = False
    """Whether Obsidian writes new links as Markdown links."""
    template_folders: tuple[str, ...] = ()
    daily_folder: str | None = None
    daily_format: str = "YYYY-MM-DD"
    topics: Callable[[str], bool] | None = None
    """Which notes are topic pages, when the configuration says so by their paths."""
    topic_traits: "Traits | None" = None
    """What marks them, when it says so by tags or properties."""
    topic_presets: frozenset[str] = TOPIC_PRESETS
    """What is left out where neither says so."""
    not_topics: Callable[[str], bool] | None = None
    hubs: Callable[[str], bool] | None = None
    hub_traits: "Traits | None" = None
    hub_presets: frozenset[str] = HUB_PRESETS
    property_types: Mapping[str, str] = {}
    """What `.obsidian/types.json` says of properties, by lower-cased name."""
    planned: Callable[[str], bool] | None = None
    """Which targets, in lower case and without `.md`, are still to be written."""
    publish: str | None = None
    """Where the vault is published: `quartz`, `github` or `publish`."""
    schemas: "tuple[NoteSchema, ...]" = ()
    """What the configuration wants of the properties of which notes."""
    anchor_form: AnchorForm = DEFAULT_FORM
    """How the vault writes its timestamp anchors."""


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


Doubt = Missing | Decided | Subpath
"""Why a link is doubtful: it has no file, several fit, it means its own note, or its subpath."""


class _Places(NamedTuple):
    """The places in a note that links can name."""

    headings: Sequence[Heading]
    keys: Sequence[str]
    block_ids: Sequence[BlockId]


class Vault:
    """Everything that is known of a vault at one moment."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        files: Sequence[str],
        settings: Settings = Settings(),
        *,
        read: Callable[[str], str] | None = None,
        canvases: Mapping[str, Outline] | None = None,
        names: Names | None = None,
        faces: Callable[[], Mapping[str, Face]] | None = None,
        known: Mapping[str, Any] | None = None,
        trashed: Iterable[str] = (),
        history: "Callable[[], History] | None" = None,
    ) -> None:
        """`files`: every file of the vault, `names` the same by name. `read` gives the text of one, empty
        where it cannot be read, `faces` those of the outlines. `known`: indexes by their names, as `indexes`
        gives them. `trashed`: the names of the files in Obsidian's trash. `history`: what git tells of the
        files that the vault once had, None where it is not to be asked."""
        self.outlines = outlines
        self.files = files
        self.settings = settings
        self.names = names or Names(files)
        self._read = read
        self._faces = faces
        self._trashed = frozenset(map(fold, trashed))
        self._history = history
        self.canvases = canvases or {}
        self._last_outline: Outline | None = None
        self._last_note: Note | None = None
        self._views: dict[str, tuple[str, ...] | None] = {}
        self._places: dict[str, _Places] = {}
        self._doubtful: tuple[Outline, dict[Doubt | None, list[ResolvedLink]]] | None = None
        self._written: dict[tuple[str, str, LinkSyntax, str], str | None] = {}
        self._same_bodies: dict[int, Mapping[str, Sequence[str]]] = {}
        self._scratch: dict[object, dict[Any, Any]] = {}
        vars(self).update(known or {})

    def outline(self, path: str) -> Outline | None:
        """What is known of the note at a path, None for other files."""
        if self._last_outline is None or self._last_outline.path != path:  # it takes as long as the note is
            self._last_outline = self.outlines.get(path)
        return self._last_outline

    def is_note(self, path: str | None) -> bool:
        """Whether there is a note at a path that could be read; asks less than `outline`."""
        return path in self.outlines

    def note(self, path: str) -> Note:
        """Everything in a note, read again on demand. Empty where it cannot be read any more."""
        if self._last_note is None or self._last_note.path != path:
            text = self._read(path) if self._read is not None else ""
            self._last_note = parse_note(path, text, self.settings.anchor_form)
        return self._last_note

    def text(self, path: str) -> str:
        """The text of a file. Empty where it cannot be read any more."""
        return self._read(path) if self._read is not None else ""

    def forget(self, path: str, marks: Iterable[int]) -> None:
        """Drop what was worked out of the text of that note, which is another one now, and of bodies with
        these marks, its own before and now among them. The indexes are for the caller to bring up to date.
        """
        self._last_outline = self._last_note = self._doubtful = None
        self._places.pop(path, None)
        self._views.pop(path, None)
        for mark in marks:
            self._same_bodies.pop(mark, None)
        self._scratch.clear()

    def rest(self) -> None:
        """Drop what was worked out on the way and can be worked out again: nobody asks for a while."""
        for known in (self._scratch, self._places, self._views, self._written, self._same_bodies):
            known.clear()

    def scratch(self, rule: object) -> dict[Any, Any]:
        """A dictionary in which a rule may keep what it worked out about this vault."""
        return self._scratch.setdefault(rule, {})

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
        whole = self._with_links(outline)
        return tuple(
            self._resolved(number, raw, whole)
            for number, raw in enumerate(whole.raw_links or ())
            if wanted(raw) and not _is_template(raw)
        )

    def doubtful_links(self, outline: Outline, *doubts: Doubt) -> Sequence[ResolvedLink]:
        """The links that do not simply name one other file: unresolved, ambiguous, with a subpath, or to
        the note itself; those with one of these doubts, if any is given.

        Found without looking at the others one by one. Links that a template still has to fill in
        are left out.
        """
        by_doubt = self.doubts(outline)
        if len(doubts) < 2:
            return by_doubt.get(doubts[0] if doubts else None, ())
        found = [link for doubt in doubts for link in by_doubt.get(doubt, ())]
        return sorted(found, key=lambda resolved: resolved.link.span)

    def doubts(self, outline: Outline) -> Mapping[Doubt | None, Sequence[ResolvedLink]]:
        """The doubtful links of a note by their doubts; all of them under None."""
        if self._doubtful is None or self._doubtful[0] is not outline:  # several rules ask in a row
            self._doubtful = (outline, self._sorted_by_doubt(outline))
        return self._doubtful[1]

    def _sorted_by_doubt(self, outline: Outline) -> dict[Doubt | None, list[ResolvedLink]]:
        """The doubtful links of a note by their doubt, all of them under None."""
        found: dict[Doubt | None, list[ResolvedLink]] = {}
        path, plain = outline.path, self.names.plain
        if {*map(plain.__getitem__, outline.link_targets)}.isdisjoint((None, "", path)):
            return found
        whole = self._with_links(outline)
        odd = {start for _, _, start, _, _ in outline.packed_malformed}  # reported as such
        targets, starts = whole.link_targets, whole.link_starts
        for number, raw in enumerate(whole.raw_links or ()):
            means = plain[targets[number]]
            if (means and means != path) or starts[number] in odd or _is_template(raw):
                continue
            resolved = self._resolved(number, raw, whole)
            if resolved.link.embed and outline.in_comment(resolved.link.span):
                continue  # nobody misses there what is not embedded
            doubts: Sequence[Doubt] = (resolved.missing,) if resolved.missing else ()
            doubts = doubts or tuple(self._doubts(resolved))
            for doubt in (None, *doubts) if doubts else ():
                if doubt in found:
                    found[doubt].append(resolved)
                else:
                    found[doubt] = [resolved]
        return found

    def _doubts(self, resolved: ResolvedLink) -> Iterator[Doubt]:
        """What is doubtful about a link that has a file."""
        if resolved.resolution.ambiguous:
            yield resolved.resolution.decided
        if resolved.link.subpath is not None:
            yield self.subpath(resolved)
        elif resolved.target == resolved.source and resolved.link.path:
            yield Decided.SELF

    def _with_links(self, outline: Outline) -> Outline:
        """The outline with the source of its links, from the text if need be."""
        return outline if outline.raw_links is not None else outline_of(self.note(outline.path))

    def _resolved(self, number: int, raw: str, outline: Outline) -> ResolvedLink:
        link = link_at(raw, outline.link_starts[number], outline.body_start)
        if outline.packed_link_spans is not None:
            link = link._replace(span=Span(*outline.packed_link_spans[number]))
        if self.names.plain[link.path] == "":  # most of those that somebody asks for
            return ResolvedLink(link, outline.path, UNRESOLVED, self._missing(link))
        resolution = self.names.resolve(link.path, outline.path)
        missing = self._missing(link) if resolution.path is None else None
        return ResolvedLink(link, outline.path, resolution, missing)

    def _missing(self, link: Link) -> Missing:
        """Which rule reports a link without a target: one failed target, one finding."""
        path = link.path
        # Every address has a colon or is of the web.
        if (":" in path or path[:1] in "wW") and link.syntax is LinkSyntax.WIKILINK and _ADDRESS.match(path):
            return Missing.ADDRESS
        if ":" in path and _TIME.fullmatch(path) is not None:
            return Missing.TIME
        if link.embed:
            return Missing.EMBED
        return Missing.ALIAS if self.aliases and fold(path) in self.aliases else Missing.FILE

    def subpath(self, resolved: ResolvedLink) -> Subpath:
        """Whether the heading or block exists that a resolved link names.

        Only notes have subpaths that can be checked: `![[icon.svg#outline]]` is a style hook, and
        `#page=3` is for the PDF viewer.
        """
        subpath, target = resolved.link.subpath, resolved.target or ""
        if subpath and target.endswith(".base"):
            views = self._views_of(target)
            return Subpath.NOT_CHECKED if views is None else _find_view(subpath, views)
        if subpath is None or not self.is_note(target) or subpath.startswith("[^"):
            return Subpath.NOT_CHECKED
        places = self._places_in(target)
        if is_block_subpath(subpath):
            return find_block(subpath, places.block_ids)
        return find_heading(subpath, places.headings, places.keys)

    def headings(self, path: str) -> Sequence[Heading]:
        """The headings of the note at a path that links can name, in order."""
        return self._places_in(path).headings

    def block_ids(self, path: str) -> Sequence[BlockId]:
        """The block ids of the note at the path, in order."""
        return self._places_in(path).block_ids

    def _places_in(self, path: str) -> _Places:
        """The headings and block ids of a note: a hub's are asked for often."""
        places = self._places.get(path)
        if places is None:
            note = self.note(path)
            keys = [heading_key(heading.text) for heading in note.headings]
            places = self._places[path] = _Places(note.headings, keys, note.block_ids)
        return places

    def _views_of(self, path: str) -> tuple[str, ...] | None:
        if path not in self._views:
            self._views[path] = base_views(self._read(path)) if self._read is not None else None
        return self._views[path]

    def link_path_to(
        self,
        target: str,
        source: str,
        syntax: LinkSyntax = LinkSyntax.WIKILINK,
        link_format: str | None = None,
    ) -> str | None:
        """How a link in `source` names the file `target`, in that format, or as the vault's settings want it.

        None when no way of writing it would be read as that file.
        """
        link_format = link_format or self.settings.link_format
        key = (target, source[: source.rfind("/") + 1], syntax, link_format)
        if key not in self._written:
            self._written[key] = self._written_path(target, source, syntax, link_format)
        return self._written[key]

    def _written_path(self, target: str, source: str, syntax: LinkSyntax, link_format: str) -> str | None:
        shown = target.removesuffix(".md") if syntax is LinkSyntax.WIKILINK else target
        name = shown[shown.rfind("/") + 1 :]
        unique = len(self.names.named(target[target.rfind("/") + 1 :])) == 1
        ways = [shown, "/" + shown]
        if link_format == "relative":
            ways.insert(0, relative_path(shown, source))
        elif link_format != "absolute" and unique:
            ways.insert(0, name)
        for written in ways:
            if not _UNLINKABLE.search(written) and self.names.resolve(written, source).path == target:
                return written
        return None

    # --- indexes ------------------------------------------------------------------------------

    @cached_property
    def faces(self) -> Mapping[str, Face]:
        """What the indexes hold of each note, by path."""
        if self._faces is not None:
            return self._faces()
        return {path: face(outline) for path, outline in self.outlines.items()}

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Folded alias to the notes that have it."""
        return _index((alias, path) for path, seen in self.faces.items() for alias in seen.aliases)

    @cached_property
    def titles(self) -> Mapping[str, tuple[str, ...]]:
        """Folded title property, or text of the first heading, to the notes that have it."""
        return _index((title, path) for path, seen in self.faces.items() for title in seen.titles)

    @cached_property
    def bare(self) -> Mapping[str, tuple[str, ...]]:
        """Note names without punctuation, blanks and separators, to the notes."""
        return _index((seen.bare, path) for path, seen in self.faces.items())

    @cached_property
    def spelling(self) -> Spelling:
        """What the names of all notes say of a name that no note has. Built in less time than it takes to
        carry it between processes or runs."""
        return Spelling(map(stem, self.outlines))

    @cached_property
    def named_by_title(self) -> bool:
        """Whether this vault names its files after their titles, punctuation dropped: nine notes in
        ten of at least ten that have a title property."""
        fits = [seen.fits for seen in self.faces.values() if seen.fits is not None]
        return len(fits) >= 10 and sum(fits) >= 0.9 * len(fits)

    @cached_property
    def angle_brackets(self) -> bool:
        """Whether the Markdown links of this vault put names with blanks in `<…>` more often than they
        write `%20`."""
        return sum(seen.angles for seen in self.faces.values()) > 0

    @cached_property
    def _reaches(self) -> Mapping[str, Sequence[tuple[str, int]]]:
        """For each video: the notes about it whose timestamps tell how far it goes, and how far that is."""
        found: dict[str, list[tuple[str, int]]] = {}
        for path, seen in self.faces.items():
            if seen.video is not None and seen.reach:
                found.setdefault(seen.video, []).append((path, seen.reach))
        return found

    def video_reaches(self, outline: Outline) -> int | None:
        """How far the timestamps of other notes go into the same video, in seconds: the middle one of them,
        since one of many may be wrong. None where there is none."""
        if outline.video is None:
            return None
        reaches = sorted(far for path, far in self._reaches.get(outline.video, ()) if path != outline.path)
        return reaches[len(reaches) // 2] if reaches else None

    @cached_property
    def _sources(self) -> Mapping[str, Sequence[str]]:
        """For each file: the notes that link to it, once for every link, themselves left out."""
        sources: dict[str, list[str]] = {}
        for path, outline in (*self.outlines.items(), *self.canvases.items()):
            for target in backlinked(outline, self.names):
                sources.setdefault(target, []).append(path)
        return sources

    @cached_property
    def linking(self) -> Mapping[str, int]:
        """For each file that others link to: how many notes and canvases do."""
        linking: Counter[str] = Counter()
        for outline in (*self.outlines.values(), *self.canvases.values()):
            linking.update(set(backlinked(outline, self.names)))
        return linking

    def is_linked(self, path: str) -> bool:
        """Whether any other note or canvas links to the file at this path."""
        return self.linking.get(path, 0) > 0

    @cached_property
    def wanting(self) -> Mapping[str, int]:
        """For each target that is no file, as `target_key` gives it: how many notes and canvases name it."""
        wanting: Counter[str] = Counter()
        for outline in (*self.outlines.values(), *self.canvases.values()):
            wanting.update(unmet(outline, self.names))
        return wanting

    def naming(self, keys: Container[str]) -> set[str]:
        """The notes and canvases that name one of these targets that are no files, by their keys."""
        outlines = (*self.outlines.values(), *self.canvases.values())
        return {each.path for each in outlines if any(key in keys for key in unmet(each, self.names))}

    def is_linked_beyond_hubs(self, path: str) -> bool:
        """Whether any other note or canvas that is no hub links to the file at this path."""
        return self.linking.get(path, 0) > self._listing.get(path, 0)

    @cached_property
    def _listing(self) -> Mapping[str, int]:
        """For each file that hubs link to: how many do."""
        listing: Counter[str] = Counter()
        for hub in self.hubs:
            listing.update(set(backlinked(self.outlines[hub], self.names)))
        return listing

    def targets(self, outline: Outline) -> Sequence[str]:
        """The other files that the links of a note mean, once for every link."""
        return backlinked(outline._replace(backlinking=None), self.names)

    def reachable(self, roots: Iterable[str]) -> frozenset[str]:
        """These files, and all to which links lead from them, on however long a way."""
        found = set(roots)
        left = list(found)
        while left:
            path = left.pop()
            outline = self.outlines.get(path) or self.canvases.get(path)
            new = set(self.targets(outline)) - found if outline is not None else ()
            found.update(new)
            left.extend(new)
        return frozenset(found)

    def backlinks(self, path: str) -> Sequence[str]:
        """The files that link to this one, once for every link; links to itself do not count."""
        return self._sources.get(path, ())

    @cached_property
    def _naming_places(self) -> Sequence[tuple[str, tuple[str, ...]]]:
        """The notes with links to a heading or a block, and the paths of those links."""
        return [(path, seen.places) for path, seen in self.faces.items() if seen.places]

    def naming_places_in(self, paths: Container[str]) -> set[str]:
        """The notes and canvases with a link to a heading or a block of one of these files."""
        on_canvases = [(path, face(outline).places) for path, outline in self.canvases.items()]
        return {
            source
            for source, targets in (*self._naming_places, *on_canvases)
            if any(self.names.resolve(target, source).path in paths for target in targets)
        }

    def mentioned(self, names: Iterable[str]) -> frozenset[str]:
        """Those of these file names, folded and with their extensions, that stand anywhere in the text of a
        note, canvas or base: in links, code, HTML or properties. All texts are read for it."""
        from urllib.parse import unquote

        by_extension: dict[str, set[str]] = {}
        for name in names:
            by_extension.setdefault(name[name.rfind(".") :], set()).add(name)
        lengths = {each: sorted({*map(len, alike)}) for each, alike in by_extension.items()}
        if self._read is None or not lengths:
            return frozenset()
        pattern = re.compile("|".join(map(re.escape, sorted(lengths, key=len, reverse=True))))
        found = set[str]()
        for path in (*self.outlines, *(path for path in self.files if path.endswith((".canvas", ".base")))):
            text = self._read(path)
            for folded in {fold(text), fold(unquote(text))} if "%" in text else {fold(text)}:
                for match in pattern.finditer(folded):
                    end = match.end()
                    alike = by_extension[match[0]]
                    found.update(
                        name
                        for length in lengths[match[0]]
                        if end >= length and (name := folded[end - length : end]) in alike
                    )
        return frozenset(found)

    def indexes(self) -> dict[str, Any]:
        """Those indexes that were built and follow from paths, faces and links, in plain values: what
        `known` takes in a vault where these are the same."""
        found = {name: vars(self)[name] for name in _PLAIN_INDEXES if name in vars(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in found.items()}

    @cached_property
    def bodies(self) -> Mapping[int, Sequence[str]]:
        """The notes by the marks of their bodies: those whose bodies are the same are among them."""
        bodies: dict[int, list[str]] = {}
        for path, seen in self.faces.items():
            bodies.setdefault(seen.body_mark, []).append(path)
        return bodies

    def with_bodies(self, marks: Iterable[int]) -> set[str]:
        """The notes whose bodies have these marks, the short ones left out."""
        return {path for mark in marks if mark for path in self.bodies.get(mark, ())}

    def same_body(self, outline: Outline) -> Sequence[str]:
        """The notes whose body is that of this one, itself among them, but for white space at both ends;
        none where no other has it, or it is short."""
        alike = self.bodies.get(outline.body_mark, ())
        if not outline.body_mark or len(alike) < 2:
            return ()
        known = self._same_bodies.get(outline.body_mark)
        if known is None:
            by_body: dict[bytes, list[str]] = {}
            for path in alike:
                note = parse_note(path, self._read(path) if self._read is not None else "")
                body = note.text[note.body_start :].strip().encode("utf-8", "surrogatepass")
                by_body.setdefault(blake2b(body, digest_size=16).digest(), []).append(path)
            known = {path: paths for paths in by_body.values() if len(paths) > 1 for path in paths}
            self._same_bodies[outline.body_mark] = known
        return known.get(outline.path, ())

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

    @cached_property
    def unique(self) -> Mapping[tuple[int, str, str], Sequence[str]]:
        """The notes by the values that a schema allows once: by its number, the property and the value."""
        found: dict[tuple[int, str, str], list[str]] = {}
        for path, seen in self.faces.items():
            for value in seen.unique:
                found.setdefault(value, []).append(path)
        return found

    def prepare(self) -> None:
        """Build the indexes that rules mostly ask for, before workers share them."""
        _ = self.linking, self.wanting, self.hubs, self.has_topic_pages, self.bodies
        _ = self.aliases, self.titles, self.bare, self.named_by_title, self._reaches
        if any(schema.unique for schema in self.settings.schemas):
            _ = self.unique
        if self._history is not None and any(map(self._may_be_gone, self.wanting)):
            self._history()

    def _may_be_gone(self, key: str) -> bool:
        """Whether no name of a note is near a target that is no file, so that git may be asked for it."""
        name = key[key.rfind("/") + 1 :]
        return not (self.is_planned(key) or self.is_daily_name(name) or self.bare.get(bare_key(name)))

    # --- what a note is -----------------------------------------------------------------------

    @cached_property
    def hubs(self) -> frozenset[str]:
        """The notes that list others: named by a `From:` line, like their folder, index, or configured."""
        found = set[str]()
        for path, seen in self.faces.items():
            if self.is_hub_itself(path, seen):
                found.add(path)
            if (named := self.named_hub(path, seen)) is not None:
                found.add(named)
        return frozenset(found)

    def is_hub_itself(self, path: str, seen: Face) -> bool:
        """Whether a note of that face is a hub for its name, its tags or properties, or the configuration."""
        settings = self.settings
        return (
            _index_kind(path) in settings.hub_presets
            or seen.marked_hub
            or (settings.hubs is not None and settings.hubs(path))
        )

    def named_hub(self, path: str, seen: Face) -> str | None:
        """The file that is a hub because the `From:` line of a note of that face names it."""
        if seen.hub is None or "from-lines" not in self.settings.hub_presets:
            return None
        target = self.names.resolve(seen.hub, path).path
        return target if target != path else None

    def hub_of(self, path: str) -> str | None:
        """The page that lists this note: the one that its `From:` line names, else the index of its folder.

        None where there is none, or more than one index.
        """
        from_lines = "from-lines" in self.settings.hub_presets
        hub = self.faces[path].hub if from_lines and path in self.faces else None
        named = self.names.resolve(hub, path).path if hub is not None else None
        if named in self.faces and named != path:
            return named
        indexes = self._indexes_of.get(path[: path.rfind("/") + 1], ())
        return indexes[0] if len(indexes) == 1 and indexes[0] != path else None

    @cached_property
    def _indexes_of(self) -> Mapping[str, Sequence[str]]:
        """The notes that are named as an index is, or like their folder, by folder."""
        presets = self.settings.hub_presets
        indexes = (path for path in self.faces if _index_kind(path) in presets)
        return _index((path[: path.rfind("/") + 1], path) for path in indexes)

    @cached_property
    def has_topic_pages(self) -> bool:
        """Whether topic pages can be recognised here: by `From:` lines, or because somebody said so."""
        from_lines = "from-lines" in self.settings.hub_presets
        return self.are_topics_said or (from_lines and any(seen.hub for seen in self.faces.values()))

    @property
    def are_topics_said(self) -> bool:
        """Whether the configuration says which notes are topic pages."""
        return self.settings.topics is not None or self.settings.topic_traits is not None

    def is_topic_page(self, path: str) -> bool:
        """Whether other notes are expected to link to this one."""
        settings = self.settings
        if path in self.hubs or (settings.not_topics is not None and settings.not_topics(path)):
            return False
        if self.are_topics_said:
            by_path = settings.topics is not None and settings.topics(path)
            return by_path or (path in self.faces and self.faces[path].marked_topic)
        return not self._left_out(path)

    def is_daily_name(self, path: str) -> bool:
        """Whether a link path names a day as the daily notes do: Obsidian makes that note when it comes."""
        name = path[path.rfind("/") + 1 :].removesuffix(".md")
        return daily_names(self.settings.daily_format).fullmatch(name) is not None

    def is_trashed(self, name: str) -> bool:
        """Whether a note or other file of that name lies in Obsidian's trash, to which no link leads."""
        return bool(self._trashed) and not self._trashed.isdisjoint((fold(name), fold(f"{name}.md")))

    def fates(self, path: str, source: str) -> "Sequence[Fate]":
        """What became of the files that a link path in the note `source` meant before they were renamed or
        deleted, if the vault lies in a git repository. Reading its log takes long: ask this last."""
        if self._history is None:
            return ()
        return self._history().fates(path, source, self.has_file)

    def has_file(self, path: str) -> bool:
        """Whether the vault has a file at exactly this path."""
        return path in self.names.named(path[path.rfind("/") + 1 :])

    def is_planned(self, path: str) -> bool:
        """Whether the configuration says that a link path names what is still to be written."""
        planned = self.settings.planned
        return planned is not None and planned(path.lower().removesuffix(".md").strip("/"))

    def is_template(self, path: str) -> bool:
        """Whether the note lies in a templates folder."""
        return any(path.startswith(folder + "/") for folder in self.settings.template_folders)

    def _left_out(self, path: str) -> bool:
        """Whether a preset leaves the note out: daily notes, inbox, templates, archive."""
        presets = self.settings.topic_presets
        folder = path[: path.rfind("/")] if "/" in path else ""
        return (
            any(_LEFT_OUT_FOLDERS.get(part.casefold()) in presets for part in folder.split("/"))
            or ("templates" in presets and self.is_template(path))
            or ("daily-notes" in presets and self._is_daily(path))
        )

    def _is_daily(self, path: str) -> bool:
        """Whether a note is named by a day, or lies where daily notes do."""
        name, folder = path[path.rfind("/") + 1 :], self.settings.daily_folder
        return (
            _DATE_NAME.match(name.removesuffix(".md")) is not None
            or self.is_daily_name(name)
            or (bool(folder) and path.startswith(f"{folder}/"))
        )


_PLAIN_INDEXES = (
    "aliases", "titles", "bare", "named_by_title", "angle_brackets", "hubs", "has_topic_pages", "linking",
    "wanting", "_naming_places", "collisions", "bodies", "_reaches", "unique",
)  # fmt: skip
RENEWABLE = ("linking", "wanting", "bodies")
"""Indexes in which a note counts with more than its path and the words by which it is found."""


def _is_template(raw: str) -> bool:
    return ("{" in raw or "<" in raw) and _PLACEHOLDER.search(raw) is not None


def backlinked(outline: Outline, names: Names) -> list[str]:
    """The files that a note has backlinks in, once for every link, itself left out."""
    path, written = outline.path, outline.link_targets[: outline.backlinking]
    found = [*map(names.plain.__getitem__, written)]
    if None in found:
        found = [
            names.resolve(target.removesuffix("#"), path).path if means is None else means
            for target, means in zip(written, found, strict=True)
        ]
    return [means for means in found if means and means != path]


def target_key(path: str) -> str:
    """A link path as those are compared that no file has."""
    return fold(path.removeprefix("/")).removesuffix(".md")


def unmet(outline: Outline, names: Names) -> set[str]:
    """The keys of the targets of a note that no file is, from whichever note one looks."""
    return {
        target_key(path)
        for target in set(outline.link_targets[: outline.backlinking])
        if not names.plain[target]
        and (path := target.removesuffix("#"))
        and (found := names.resolve_anywhere(path)) is not None
        and found.path is None
    }


def _find_view(subpath: str, views: Sequence[str]) -> Subpath:
    wanted = subpath.strip().lower()
    return Subpath.FOUND if any(view.strip().lower() == wanted for view in views) else Subpath.NO_VIEW


_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]+://|mailto:|www\.")
# No note can have such a name: Obsidian takes no colon. The target of a Markdown link may be an anchor's tag.
_TIME = re.compile(
    r"""\[?[0-9]{1,2}(?::[0-9]{2}){1,3}\]?|a class="yt-timestamp" data-t="[0-9]{1,2}(?::[0-9]{2}){1,3}\""""
)
# What would end the target of a wikilink, or could not stand in it.
_UNLINKABLE = re.compile(r"[#|^]|\[\[|\]\]|%%")


def _as_any_disk(path: str) -> str:
    """A path as the least exact of disks sees it: without case, and whatever the Unicode form."""
    return path.lower() if path.isascii() else normalize("NFC", normalize("NFC", path).casefold())


def _index_kind(path: str) -> str | None:
    """The preset by which a note is a hub for its name: as an index has it, or the one of its folder."""
    folder, _, name = path.rpartition("/")
    shown = fold(stem(name))
    if shown in _INDEX_NAMES:
        return "indexes"
    above = folder[folder.rfind("/") + 1 :]
    return "folder-notes" if len(above) == len(shown) > 0 and shown == fold(above) else None


def relative_path(shown: str, source: str) -> str:
    """The path of a file as seen from the folder of the note `source`."""
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
