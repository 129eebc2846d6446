"""The indexes of a vault that stays open: brought up to date in place, note by note, and watched.

What an edit costs must not grow with the vault, so no index is built again for it. And since nobody but a
rule knows what it looks at, the indexes note which of them were asked while a note was looked at: only
these notes can have other findings when an index changes.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from vaultlint.face import Face, face
from vaultlint.indexes import backlinked, unmet, unmet_by_any, with_or_without
from vaultlint.note import Outline
from vaultlint.vault import Vault

K = TypeVar("K")
V = TypeVar("V")

Known = tuple[Outline, Face]
"""All that the vault remembers of a note."""


class Asked(set[str]):
    """The names of the indexes that were asked since somebody last took them."""

    about: str | None = None
    """The note that the rules look at now."""

    def take(self) -> frozenset[str]:
        """Those asked so far; from now on none was."""
        taken = frozenset(self)
        self.clear()
        return taken


class _Watched(dict[K, V]):
    """An index that notes when it is asked."""

    def __init__(self, content: Mapping[K, V], name: str, asked: Asked) -> None:
        super().__init__(content)
        self._name = name
        self._asked = asked

    def __getitem__(self, key: K) -> V:
        self._asked.add(self._name)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._asked.add(self._name)
        return super().__contains__(key)

    def get(self, key: K, default: Any = None) -> Any:
        """As a dictionary's."""
        self._asked.add(self._name)
        return super().get(key, default)

    def __iter__(self) -> Iterator[K]:
        self._asked.add(self._name)
        return super().__iter__()

    def items(self) -> Any:
        """As a dictionary's."""
        self._asked.add(self._name)
        return super().items()

    def values(self) -> Any:
        """As a dictionary's."""
        self._asked.add(self._name)
        return super().values()


class _WatchedSet(set[str]):
    """A set that notes when it is asked."""

    def __init__(self, content: Iterable[str], name: str, asked: Asked) -> None:
        super().__init__(content)
        self._name = name
        self._asked = asked

    def __contains__(self, item: object) -> bool:
        self._asked.add(self._name)
        return super().__contains__(item)

    def __iter__(self) -> Iterator[str]:
        self._asked.add(self._name)
        return super().__iter__()


SCRATCH, FACES = "scratch", "faces"


class _Faces(Mapping[str, Face]):
    """The faces of all notes, that notes when one of another note is asked for."""

    def __init__(self, vault: "WatchedVault", face_of: Callable[[str], Face | None]) -> None:
        self._vault = vault
        self._face_of = face_of

    def __getitem__(self, path: str) -> Face:
        self._watch(path)
        found = self._face_of(path)
        if found is None:
            raise KeyError(path)
        return found

    def __contains__(self, path: object) -> bool:
        self._watch(path)
        return self._vault.outlines.__contains__(path)

    def __iter__(self) -> Iterator[str]:
        self._watch(None)
        return iter(self._vault.outlines)

    def __len__(self) -> int:
        return len(self._vault.outlines)

    def _watch(self, path: object) -> None:
        if path is None or path != self._vault.asked.about:
            self._vault.asked.add(FACES)


class WatchedVault(Vault):
    """A vault that notes what it is asked, as far as its indexes do not."""

    asked: Asked

    def scratch(self, rule: object) -> dict[Any, Any]:
        """As a vault's. What a rule keeps there, it may have worked out of any index."""
        self.asked.add(SCRATCH)
        return super().scratch(rule)


class Indexes:
    """The indexes of a vault, kept up to date while its notes change.

    The files of the vault are always the same ones; where files come or go, others are built.
    """

    def __init__(self, vault: WatchedVault, face_of: Callable[[str], Face | None]) -> None:
        """Takes the indexes of the vault over. `face_of` gives what they hold of a note."""
        self.asked = vault.asked = Asked()
        self.vault = vault
        self._names = vault.names
        self._face_of = face_of
        faces = vault.faces
        self._look_at_links()
        vault.prepare()
        found = vars(vault)
        watched = self.asked
        self._aliases = found["aliases"] = _Watched(vault.aliases, "aliases", watched)
        self._titles = found["titles"] = _Watched(vault.titles, "titles", watched)
        self._unique = found["unique"] = _Watched(vault.unique, "unique", watched)
        self._reaches = found["_reaches"] = _Watched(vault._reaches, "reaches", watched)
        self._hubs = found["hubs"] = _WatchedSet(vault.hubs, "hubs", watched)
        self._bodies = found["bodies"] = dict(vault.bodies)
        self._fits = sum(seen.fits is True for seen in faces.values())
        self._titled = sum(seen.fits is not None for seen in faces.values())
        _ = vault.angles
        self._hubs_named = Counter(vault.named_hub(path, seen) for path, seen in faces.items())
        self._listing = found["_listing"] = Counter[str]()
        self._relisted: set[str] = set()
        """The files that hubs list which became hubs or are none any more, in the last change."""
        for hub in set[str](self._hubs):
            self._listing.update(self.vault.listed_by(hub))
        self._with_hub = sum(bool(seen.hub) for seen in faces.values())
        self._set_habits()
        self._naming: dict[str, set[str]] = {}
        for path, seen in faces.items():
            self._add_places(path, seen)
        for path, outline in vault.canvases.items():
            self._add_places(path, face(outline))
        found["faces"] = _Faces(vault, face_of)
        watched.clear()

    # --- asking -------------------------------------------------------------------------------

    def naming_places_in(self, path: str) -> Iterable[str]:
        """The notes and canvases with a link to a heading or a block of that file."""
        return self._naming.get(path, ())

    def sources(self, path: str) -> list[str]:
        """The notes and canvases that link to a file, once each, in order."""
        return [*dict.fromkeys(self._sources.get(path, ()))]

    def _look_at_links(self) -> None:
        """Build the indexes for which every note has to be looked at, all at once."""
        sources: dict[str, list[str]] = {}
        missing: dict[str, set[str]] = {}
        linking, wanting = Counter[str](), Counter[str]()
        for path, outline in (*self.vault.outlines.items(), *self.vault.canvases.items()):
            targets = backlinked(outline, self._names)
            linking.update(set(targets))
            for target in targets:
                sources.setdefault(target, []).append(path)
            wanting.update(unmet(outline, self._names))
            for key in unmet_by_any(outline, self._names):
                missing.setdefault(key, set()).add(path)
        self._sources, self._naming_missing = sources, missing
        self._linking, self._wanting = linking, wanting
        vars(self.vault).update(_sources=sources, linking=linking, wanting=wanting)

    # --- keeping up ---------------------------------------------------------------------------

    def renew(self, before: Known, now: Known) -> tuple[set[str], set[str]]:
        """A note is no longer like `before` but like `now`: the files for which other links count than did,
        and the names of the indexes that say something else."""
        path = now[0].path
        counted = self._renew_links(before[0], now[0]) | self._renew_missing(before[0], now[0])
        if before[0].body_mark != now[0].body_mark:
            for mark, each in ((before[0].body_mark, False), (now[0].body_mark, True)):
                if mark:  # 0 is that of all short ones, and nobody asks for them
                    self._bodies[mark] = with_or_without(self._bodies.get(mark, ()), path, stays=each)
        self.vault.forget(path, (before[0].body_mark, now[0].body_mark))
        self._relisted.clear()
        changed = set(self._renew_words(path, before[1], now[1]))
        counted |= self._relisted
        if before[1].places != now[1].places:
            for target in self._places_of(path, before[1]):
                self._naming[target].discard(path)
            self._add_places(path, now[1])
            vars(self.vault).pop("_naming_places", None)
        return counted, changed

    def _renew_links(self, before: Outline, now: Outline) -> set[str]:
        had, has = Counter(backlinked(before, self._names)), Counter(backlinked(now, self._names))
        self._linking.subtract(had.keys())
        self._linking.update(has.keys())
        if set.__contains__(self._hubs, now.path):
            self._listing.subtract(had.keys())
            self._listing.update(has.keys())
        for target in had.keys() | has.keys():
            if had[target] != has[target]:
                self._renew_sources(target, now.path, has[target])
        return {target for target in had.keys() | has.keys() if had[target] != has[target]}

    def _renew_missing(self, before: Outline, now: Outline) -> set[str]:
        """Those that name the same missing targets."""
        had, has = unmet_by_any(before, self._names), unmet_by_any(now, self._names)
        for key in had ^ has:
            naming = self._naming_missing.setdefault(key, set())
            (naming.add if key in has else naming.discard)(now.path)
        had, has = unmet(before, self._names), unmet(now, self._names)
        self._wanting.subtract(had)
        self._wanting.update(has)
        found: set[str] = set()
        for key in had ^ has:
            if not self._wanting[key]:
                del self._wanting[key]
            found |= self._naming_missing[key]
        return found

    def _renew_sources(self, target: str, path: str, times: int) -> None:
        """The note links to the file so many times. Notes come in order of their paths, canvases last."""
        known = [each for each in self._sources.get(target, ()) if each != path]
        canvases = self.vault.canvases
        at = bisect_left(known, (False, path), key=lambda each: (each in canvases, each))
        self._sources[target] = [*known[:at], *[path] * times, *known[at:]]

    def _renew_words(self, path: str, before: Face, now: Face) -> Iterator[str]:
        """Bring those up to date by which a note is found by its words; gives the names of those changed."""
        for name, index, had, has in (
            ("aliases", self._aliases, before.aliases, now.aliases),
            ("titles", self._titles, before.titles, now.titles),
            ("unique", self._unique, before.unique, now.unique),
        ):
            if had != has:
                _renew_index(index, path, had, has)
                yield name
        if (before.video, before.reach) != (now.video, now.reach):
            self._renew_reach(path, before, now)
            yield "reaches"
        if (before.hub, before.marked_hub) != (now.hub, now.marked_hub) and self._renew_hubs(
            path, before, now
        ):
            yield "hubs"
        if before.marked_topic != now.marked_topic:
            yield "topics"
        self._fits += (now.fits is True) - (before.fits is True)
        self._titled += (now.fits is not None) - (before.fits is not None)
        self._with_hub += bool(now.hub) - bool(before.hub)
        if any((self._set_habits(), self._renew_angles(now.angles - before.angles))):
            yield FACES

    def _set_habits(self) -> bool:
        """Say what most notes do; gives whether that is something else than before."""
        found = vars(self.vault)
        habits = {
            "named_by_title": self._titled >= 10 and self._fits >= 0.9 * self._titled,
            "has_topic_pages": self.vault.are_topics_said
            or ("from-lines" in self.vault.settings.hub_presets and self._with_hub > 0),
        }
        changed = any(found.get(name) != value for name, value in habits.items())
        found.update(habits)
        return changed

    def _renew_angles(self, more: int) -> bool:
        """Bring the style of links up to date; gives whether it is another one."""
        before = self.vault.angle_brackets
        vars(self.vault)["angles"] += more
        return self.vault.angle_brackets != before

    def _renew_reach(self, path: str, before: Face, now: Face) -> None:
        if before.video is not None and before.reach:
            known = dict.get(self._reaches, before.video, ())
            dict.__setitem__(self._reaches, before.video, [each for each in known if each[0] != path])
        if now.video is not None and now.reach:
            known = dict.get(self._reaches, now.video, ())
            dict.__setitem__(self._reaches, now.video, [*known, (path, now.reach)])

    def _renew_hubs(self, path: str, before: Face, now: Face) -> bool:
        """Bring the hubs up to date, of which the note may be one or name one; gives whether they changed."""
        had, has = self.vault.named_hub(path, before), self.vault.named_hub(path, now)
        self._hubs_named[had] -= 1
        self._hubs_named[has] += 1
        changed = False
        for hub in {had, has, path} - {None}:
            assert hub is not None
            seen = now if hub == path else self._face_of(hub)
            is_hub = self._hubs_named[hub] > 0 or (seen is not None and self.vault.is_hub_itself(hub, seen))
            if is_hub != set.__contains__(self._hubs, hub):
                changed = True
                (self._hubs.add if is_hub else self._hubs.discard)(hub)
                listed = self.vault.listed_by(hub)
                (self._listing.update if is_hub else self._listing.subtract)(listed)
                self._relisted |= listed
        return changed

    def _places_of(self, path: str, seen: Face) -> set[str]:
        """The files to whose headings or blocks a note or canvas links."""
        found = {self._names.resolve(place, path).path for place in seen.places}
        return {target for target in found if target is not None}

    def _add_places(self, path: str, seen: Face) -> None:
        for target in self._places_of(path, seen):
            self._naming.setdefault(target, set()).add(path)


def _renew_index(index: "_Watched[Any, Any]", path: str, had: Iterable[Any], has: Iterable[Any]) -> None:
    """A note is found by other words. Each word has its notes in order."""
    was, now = set(had), set(has)
    for word in was ^ now:
        paths = with_or_without(dict.get(index, word, ()), path, stays=word in now)
        if paths:
            dict.__setitem__(index, word, tuple(paths))
        else:
            dict.pop(index, word, None)
