"""What the notes of a vault have in common: names, titles, links and bodies, each an index that is built when
it is first asked for.
"""

from bisect import insort
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import Any
from unicodedata import normalize

from vaultlint.face import Face, face
from vaultlint.note import Outline
from vaultlint.resolve import Names, fold, stem
from vaultlint.spelling import Spelling

_PLAIN_INDEXES = (
    "aliases", "titles", "bare", "named_by_title", "angles", "hubs", "has_topic_pages", "linking",
    "wanting", "_naming_places", "collisions", "bodies", "_reaches", "unique",
)  # fmt: skip
RENEWABLE = ("linking", "wanting", "bodies", "_reaches", "angles", "_naming_places")
"""Indexes in which a note counts with more than its path and the words by which it is found."""


_PICTURES = (".svg", ".png", ".dark.svg", ".light.svg", ".dark.png", ".light.png")


class VaultIndexes:
    """The indexes of a vault."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        files: Sequence[str],
        *,
        names: Names | None,
        canvases: Mapping[str, Outline] | None,
        faces: Callable[[], Mapping[str, Face]] | None,
    ) -> None:
        self.outlines = outlines
        self.files = files
        self.names = names or Names(files)
        self.canvases = canvases or {}
        self._faces = faces

    @cached_property
    def faces(self) -> Mapping[str, Face]:
        """What the indexes hold of each note, by path."""
        if self._faces is not None:
            return self._faces()
        return {path: face(outline) for path, outline in self.outlines.items()}

    @cached_property
    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        """Folded alias to the notes that have it."""
        return grouped((alias, path) for path, seen in self.faces.items() for alias in seen.aliases)

    @cached_property
    def titles(self) -> Mapping[str, tuple[str, ...]]:
        """Folded title property, or text of the first heading, to the notes that have it."""
        return grouped((title, path) for path, seen in self.faces.items() for title in seen.titles)

    @cached_property
    def bare(self) -> Mapping[str, tuple[str, ...]]:
        """Note names without punctuation, blanks and separators, to the notes."""
        return grouped((seen.bare, path) for path, seen in self.faces.items())

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
    def angles(self) -> int:
        """How many more Markdown links of this vault write a blank as `<…>` than as `%20`."""
        return sum(seen.angles for seen in self.faces.values())

    @property
    def angle_brackets(self) -> bool:
        """Whether the Markdown links of this vault put names with blanks in `<…>` more often than they
        write `%20`."""
        return self.angles > 0

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
        """The notes and canvases that name one of these targets, by their keys."""
        return {
            each.path
            for each in chain(self.outlines.values(), self.canvases.values())
            if any(target_key(target.removesuffix("#")) in keys for target in each.link_targets)
        }

    def touched(self, before: Mapping[str, Outline]) -> frozenset[str]:
        """The files in which the rules may find something else since these notes were like `before`, in a
        vault where all words by which notes are found are as they were."""
        found, marks, keys, videos = set(before), set[int](), set[str](), set[str]()
        for path, outline in before.items():
            now = self.outlines[path]
            had, has = (Counter(backlinked(each, self.names)) for each in (outline, now))
            found.update((had - has) | (has - had))
            marks |= {outline.body_mark, now.body_mark}
            keys |= unmet(outline, self.names) ^ unmet(now, self.names)
            if outline.reach != now.reach and now.video is not None:
                videos.add(now.video)
        if videos:
            found.update(path for path, seen in self.faces.items() if seen.video in videos)
        found |= self.naming_places_in(before) | self.with_bodies(marks) | self.drawings_of(found)
        return frozenset(found | self.naming(keys) if keys else found)

    def pictures_of(self, path: str) -> list[str]:
        """The pictures of the drawing at this path that are there: Excalidraw saves them beside it, where its
        setting “auto-export” says so."""
        names = (f"{stem(path)}{end}" for end in _PICTURES)
        return [each for name in names for each in self.names.named(name) if _folder(each) == _folder(path)]

    def drawings_of(self, pictures: Iterable[str]) -> set[str]:
        """The notes of which these files may be pictures, those of them that are pictures."""
        drawings = (f"{each[: -len(end)]}.md" for each in pictures for end in _PICTURES if each.endswith(end))
        return {path for path in drawings if path in self.outlines}

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
    def _naming_places(self) -> Mapping[str, tuple[str, ...]]:
        """The notes with links to a heading or a block, and the paths of those links."""
        return {path: seen.places for path, seen in self.faces.items() if seen.places}

    def naming_places_in(self, paths: Container[str]) -> set[str]:
        """The notes and canvases with a link to a heading or a block of one of these files."""
        on_canvases = [(path, face(outline).places) for path, outline in self.canvases.items()]
        return {
            source
            for source, targets in (*self._naming_places.items(), *on_canvases)
            if any(self.names.resolve(target, source).path in paths for target in targets)
        }

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

    @cached_property
    def collisions(self) -> Mapping[str, tuple[str, ...]]:
        """The files whose whole paths are equal but for case or Unicode form, each with the others."""
        keys = [*map(_as_any_disk, self.files)]
        if len(set(keys)) == len(keys):  # nearly always
            return {}
        alike = grouped(zip(keys, self.files, strict=True))
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

    def indexes(self) -> dict[str, Any]:
        """Those indexes that were built and follow from paths, faces and links, in plain values: what
        `known` takes in a vault where these are the same."""
        found = {name: vars(self)[name] for name in _PLAIN_INDEXES if name in vars(self)}
        return {name: dict(value) if isinstance(value, Counter) else value for name, value in found.items()}


def renewed(
    known: Mapping[str, Any], before: Mapping[str, Outline], now: Mapping[str, Outline], names: Names
) -> dict[str, Any]:
    """These indexes, by their names, since some notes were like `before`: those in which notes count with
    more than their words are brought up to date."""
    found = dict(known)
    changes = [(outline, now[path]) for path, outline in before.items()]
    for name, counted in (("linking", backlinked), ("wanting", unmet)):
        if name in found:
            count = Counter(found[name])
            for was, outline in changes:
                count.subtract(set(counted(was, names)))
                count.update(set(counted(outline, names)))
            found[name] = +count  # what nothing names any more is not in it
    if "angles" in found:
        found["angles"] += sum(outline.angles - was.angles for was, outline in changes)
    for name, renew in (
        ("bodies", _renew_bodies),
        ("_reaches", _renew_reaches),
        ("_naming_places", _renew_places),
    ):
        if name in found:
            found[name] = dict(found[name])
            for was, outline in changes:
                renew(found[name], was, outline)
    return found


def with_or_without(paths: Iterable[str], path: str, *, stays: bool) -> list[str]:
    """The paths, in order, with that one or without."""
    found = [each for each in paths if each != path]
    if stays:
        insort(found, path)
    return found


def _renew_bodies(bodies: dict[int, Sequence[str]], was: Outline, now: Outline) -> None:
    for mark, stays in ((was.body_mark, False), (now.body_mark, True)):
        bodies[mark] = with_or_without(bodies.get(mark, ()), now.path, stays=stays)


def _renew_reaches(reaches: dict[str, Sequence[tuple[str, int]]], was: Outline, now: Outline) -> None:
    if was.video is not None:
        reaches[was.video] = [each for each in reaches.get(was.video, ()) if each[0] != now.path]
    if now.video is not None and now.reach:
        reaches[now.video] = sorted([*reaches.get(now.video, ()), (now.path, now.reach)])


def _renew_places(naming: dict[str, tuple[str, ...]], _was: Outline, now: Outline) -> None:
    naming.pop(now.path, None)
    if places := face(now).places:
        naming[now.path] = places


def backlinked(outline: Outline, names: Names) -> list[str]:
    """The files that a note has backlinks in, once for every link, itself left out."""
    path, written = outline.path, outline.link_targets[: outline.backlinking]
    found = [*map(names.meanings.__getitem__, written)]
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
    meanings = names.meanings
    return {
        target_key(target.removesuffix("#"))
        for target in set(outline.link_targets[: outline.backlinking])
        if not (means := meanings[target]) and (means == "" or _is_nowhere(target.removesuffix("#"), names))
    }


def unmet_by_any(outline: Outline, names: Names) -> set[str]:
    """The same for all its links, those too that give no backlink and are not counted."""
    return unmet(outline._replace(backlinking=None) if outline.backlinking is not None else outline, names)


def _is_nowhere(path: str, names: Names) -> bool:
    """Whether no file is what a link path names, from whichever note one looks."""
    found = names.resolve_anywhere(path) if path else None
    return found is not None and found.path is None


def _as_any_disk(path: str) -> str:
    """A path as the least exact of disks sees it: without case, and whatever the Unicode form."""
    return path.lower() if path.isascii() else normalize("NFC", normalize("NFC", path).casefold())


def grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """The second ones of the pairs by the first ones."""
    found: dict[str, tuple[str, ...]] = {}
    several: dict[str, list[str]] = {}
    for key, path in pairs:
        if key not in found:  # mostly
            found[key] = (path,)
        elif path != (paths := several.setdefault(key, [*found[key]]))[-1]:
            paths.append(path)
    found.update({key: tuple(paths) for key, paths in several.items()})
    return found


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]
