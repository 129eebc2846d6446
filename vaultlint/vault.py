"""The vault: the outlines of all notes, the names of all files, and what follows from both.

It answers rules note by note; what is global (names, aliases, titles, backlinks, hubs) is an index
that is built when it is first asked for.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from vaultlint.anchor_form import AnchorForm
from vaultlint.face import Face
from vaultlint.lazy import rare
from vaultlint.note import BlockId, Heading, Link, LinkSyntax, Note, Outline, StrayMark
from vaultlint.parse import base_views, link_at, outline_of, parse_note, stray_marks
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
    named_block,
)
from vaultlint.settings import Settings
from vaultlint.text import Span, has_placeholder, new
from vaultlint.topics import TopicPages

if TYPE_CHECKING:
    from vaultlint.history import Fate, History


class Missing(Enum):
    """Which rule a failed target belongs to: one failed target, one finding."""

    __hash__ = object.__hash__  # that of Enum is written in Python, and these are looked up all the time

    ADDRESS = "a web address stands where a note should"
    TIME = "a time stands where a note should"
    EMBED = "an embedded file is missing"
    ALIAS = "only an alias of a note has that name"
    FILE = "no file has that name"


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
"""Why a link is doubtful, and so looked at more closely: it has no file, several fit, it means its own note,
or it has a subpath, even one that turns out to be there."""


_EXCALIDRAW = "excalidraw-plugin"
_DRAWN_PART = rare(r"\^?(?:group|area|frame|clippedframe|taskbone)=")


class _Places(NamedTuple):
    """The places in a note that links can name."""

    headings: Sequence[Heading]
    keys: Sequence[str]
    block_ids: Sequence[BlockId]
    stray_marks: Sequence[StrayMark]
    drawn: bool
    """Whether it is an Excalidraw drawing."""


class Vault(TopicPages):
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
        recalled: Container[str] | None = None,
        trashed: Iterable[str] = (),
        history: "Callable[[], History] | None" = None,
    ) -> None:
        """`files`: every file of the vault, `names` the same by name. `read` gives the text of one, empty
        where it cannot be read, `faces` those of the outlines. `known`: indexes by their names, as `indexes`
        gives them. `recalled`: the notes that were read when the vault may have had other files; None: all of
        them. `trashed`: the names of the files in Obsidian's trash. `history`: what git tells of the files
        that the vault once had, None where it is not to be asked."""
        super().__init__(outlines, files, settings, names=names, canvases=canvases, faces=faces)
        self._read = read
        self._recalled = recalled if recalled is not None else outlines
        self._trashed = frozenset(map(fold, trashed))
        self._history = history
        self._time = _time(settings.anchor_form)
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
            if wanted(raw) and not has_placeholder(raw)
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
        found = defaultdict[Doubt | None, list[ResolvedLink]](list)
        path, meaning_of = outline.path, self.names.meanings.__getitem__
        if outline.raw_links is None and (  # all were in order when the note was read
            path not in self._recalled
            or {*map(meaning_of, outline.link_targets)}.isdisjoint((None, "", path))
        ):
            return found
        whole = self._with_links(outline)
        odd = {start for _, _, start, _, _ in outline.packed_malformed}  # reported as such
        links = zip(map(meaning_of, whole.link_targets), whole.raw_links or (), strict=True)
        for number, (means, raw) in enumerate(links):
            if (means and means != path) or whole.link_starts[number] in odd or has_placeholder(raw):
                continue
            resolved = self._resolved(number, raw, whole)
            link, _, _, missing = resolved
            if link.embed and outline.in_comment(link.span):
                continue  # nobody misses there what is not embedded
            if missing is not None:
                found[None].append(resolved)
                found[missing].append(resolved)
            elif doubts := list(self._doubts(resolved)):
                for doubt in (None, *doubts):
                    found[doubt].append(resolved)
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
        unmet = self.names.meanings[link.path] == ""  # as most of those that somebody asks for
        resolution = UNRESOLVED if unmet else self.names.resolve(link.path, outline.path)
        missing = self._missing(link) if resolution.path is None else None
        return new(ResolvedLink, (link, outline.path, resolution, missing))

    def _missing(self, link: Link) -> Missing:
        """Which rule reports a link without a target: one failed target, one finding."""
        path = link.path
        if ":" in path or path[:1] in "wW":  # as every address and every time
            if link.syntax is LinkSyntax.WIKILINK and _ADDRESS.match(path):
                return Missing.ADDRESS
            if self._time.fullmatch(path) is not None:
                return Missing.TIME
        if link.embed:
            return Missing.EMBED
        return Missing.ALIAS if self.aliases and fold(path) in self.aliases else Missing.FILE

    def subpath(self, resolved: ResolvedLink) -> Subpath:
        """Whether the heading or block exists that a resolved link names.

        Only notes have subpaths that can be checked: `![[icon.svg#outline]]` is a style hook, and
        `#page=3` is for the PDF viewer. Of an Excalidraw drawing a link may name any element by its id, and
        parts of the picture, `#^group=id` or `#area=id`, as the plugin's documentation says.
        """
        subpath, target = resolved.link.subpath, resolved.target or ""
        if subpath and target.endswith(".base"):
            views = self._views_of(target)
            return Subpath.NOT_CHECKED if views is None else _find_view(subpath, views)
        if subpath is None or not self.is_note(target) or subpath.startswith("[^"):
            return Subpath.NOT_CHECKED
        places = self._places_in(target)
        if places.drawn and _DRAWN_PART.match(subpath):
            return Subpath.NOT_CHECKED
        if named_block(subpath) is not None:
            found = find_block(subpath, places.block_ids)
            return Subpath.NOT_CHECKED if places.drawn and found is not Subpath.FOUND else found
        return find_heading(subpath, places.headings, places.keys)

    def headings(self, path: str) -> Sequence[Heading]:
        """The headings of the note at a path that links can name, in order."""
        return self._places_in(path).headings

    def block_ids(self, path: str) -> Sequence[BlockId]:
        """The block ids of the note at the path, in order."""
        return self._places_in(path).block_ids

    def stray_marks(self, path: str) -> Sequence[StrayMark]:
        """The `^id` in the note at the path that are no block ids where they stand, in order."""
        return self._places_in(path).stray_marks

    def _places_in(self, path: str) -> _Places:
        """The headings and block ids of a note: a hub's are asked for often."""
        places = self._places.get(path)
        if places is None:
            note = self.note(path)
            keys = [heading_key(heading.text) for heading in note.headings]
            ids, drawn = note.block_ids, _EXCALIDRAW in note.keys
            strays = tuple(stray_marks(note.live, note.body_start, ids)) if "^" in note.text else ()
            places = self._places[path] = _Places(note.headings, keys, ids, strays, drawn)
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
        try:
            return self._written[key]
        except KeyError:
            written = self._written[key] = self._written_path(target, source, syntax, link_format)
            return written

    def _written_path(self, target: str, source: str, syntax: LinkSyntax, link_format: str) -> str | None:
        shown = target.removesuffix(".md") if syntax is LinkSyntax.WIKILINK else target
        name = shown[shown.rfind("/") + 1 :]
        unique = len(self.names.named(target[target.rfind("/") + 1 :])) == 1
        ways = [shown, "/" + shown]
        if link_format == "relative":
            ways.insert(0, relative_path(shown, source))
        elif link_format != "absolute" and unique:
            ways.insert(0, name)
        if shown[-1:].isspace():  # `Peas .md`: a blank before the end of a wikilink does not count
            ways.append(target)
        for written in ways:
            if (
                written == written.strip()
                and not _UNLINKABLE.search(written)
                and self.names.resolve(written, source).path == target
            ):
                return written
        return None

    # --- texts --------------------------------------------------------------------------------

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
                text = self._read(path) if self._read is not None else ""
                body = text[self.outlines[path].body_start :].strip().encode("utf-8", "surrogatepass")
                by_body.setdefault(blake2b(body, digest_size=16).digest(), []).append(path)
            known = {path: paths for paths in by_body.values() if len(paths) > 1 for path in paths}
            self._same_bodies[outline.body_mark] = known
        return known.get(outline.path, ())

    def prepare(self) -> None:
        """Build the indexes that rules mostly ask for, before workers share them: any other one is built anew
        in each worker whose rules ask for it."""
        _ = self.linking, self.wanting, self.hubs, self.has_topic_pages, self.bodies
        _ = self.aliases, self.titles, self.bare, self.named_by_title, self._reaches, self.collisions
        if self.wanting:
            _ = self.spelling
        if any(schema.unique for schema in self.settings.schemas):
            _ = self.unique
        if self._history is not None and any(map(self._may_be_gone, self.wanting)):
            self._history()

    def _may_be_gone(self, key: str) -> bool:
        """Whether no name of a note is near a target that is no file, so that git may be asked for it."""
        name = key[key.rfind("/") + 1 :]
        return not (self.is_planned(key) or self.is_daily_name(name) or self.bare.get(bare_key(name)))

    # --- what is no file ----------------------------------------------------------------------

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


@cache
def _time(form: AnchorForm) -> re.Pattern[str]:
    """A time for a target. No note can have such a name: Obsidian takes no colon. The target of a Markdown
    link may be an anchor's tag."""
    time = "[0-9]{1,2}(?::[0-9]{2}){1,3}"
    tag = re.escape(" ".join((form.element, *form.attributes)))
    return rare(rf'\[?{time}\]?|{tag}"{time}"')


def _find_view(subpath: str, views: Sequence[str]) -> Subpath:
    wanted = subpath.strip().lower()
    return Subpath.FOUND if any(view.strip().lower() == wanted for view in views) else Subpath.NO_VIEW


_ADDRESS = rare(r"(?i)[a-z][a-z0-9+.-]+://|mailto:|www\.")
# What would end the target of a wikilink, or could not stand in it.
_UNLINKABLE = rare(r"[#|^]|\[\[|\]\]|%%")


def relative_path(shown: str, source: str) -> str:
    """The path of a file as seen from the folder of the note `source`."""
    here, there = source.split("/")[:-1], shown.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    up = [".."] * (len(here) - common)
    return "/".join([*up, *there[common:]])
