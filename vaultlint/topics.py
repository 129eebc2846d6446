"""Which notes list others, which ought to be linked from somewhere, and which are neither, as presets, names
and the configuration say.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from vaultlint.daily import daily_names
from vaultlint.face import Face
from vaultlint.indexes import VaultIndexes, backlinked, grouped
from vaultlint.lazy import rare
from vaultlint.note import Outline
from vaultlint.resolve import Names, bare_key, fold, stem
from vaultlint.settings import Settings, is_below, left_out_preset

_DATE_NAME = rare(r"\d{4}-\d\d-\d\d(?!\d)|\d{4}-W\d\d\Z|\d{4}-\d\d\Z|\d{8}\Z")
_INDEX_NAMES = frozenset({"index", "_index", "readme", "home", "start", "dashboard", "moc"})


class TopicPages(VaultIndexes):
    """The hubs and topic pages of a vault."""

    def __init__(
        self,
        outlines: Mapping[str, Outline],
        files: Sequence[str],
        settings: Settings,
        *,
        names: Names | None,
        canvases: Mapping[str, Outline] | None,
        faces: Callable[[], Mapping[str, Face]] | None,
    ) -> None:
        super().__init__(outlines, files, names=names, canvases=canvases, faces=faces)
        self.settings = settings

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
            path in self._named_as_hubs
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
        return grouped((path[: path.rfind("/") + 1], path) for path in sorted(self._named_as_hubs))

    @cached_property
    def _named_as_hubs(self) -> frozenset[str]:
        """The notes that are named as an index is, or like their folder, as far as that makes them hubs."""
        folders = {path[: path.rfind("/")] for path in self.outlines if "/" in path}
        above = [folder[folder.rfind("/") + 1 :] for folder in folders]
        keys = {*map(bare_key, (*_INDEX_NAMES, *above))}
        likely = [path for key in keys for path in self.bare.get(key, ())]
        presets = self.settings.hub_presets
        return frozenset(path for path in likely if _index_kind(path) in presets)

    def is_linked_beyond_hubs(self, path: str) -> bool:
        """Whether any other note or canvas that is no hub links to the file at this path."""
        return self.linking.get(path, 0) > self._listing.get(path, 0)

    @cached_property
    def _listing(self) -> Mapping[str, int]:
        """For each file that hubs link to: how many do."""
        listing: Counter[str] = Counter()
        for hub in self.hubs:
            listing.update(self.listed_by(hub))
        return listing

    def listed_by(self, hub: str) -> set[str]:
        """The files to which a hub links; a `From:` line may name a canvas, or a picture, which has none."""
        outline = self.outlines.get(hub) or self.canvases.get(hub)
        return set(backlinked(outline, self.names)) if outline is not None else set()

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
        """Whether a link path names a day as the daily notes do, or a week, month, quarter or year as a
        plugin does: that note is made when its time comes."""
        name, settings = path[path.rfind("/") + 1 :].removesuffix(".md"), self.settings
        formats = (settings.daily_format, *settings.period_formats)
        return any([daily_names(date_format).fullmatch(name) for date_format in formats])

    def is_template(self, path: str) -> bool:
        """Whether the note lies in a templates folder."""
        return is_below(path, self.settings.template_folders)

    def _left_out(self, path: str) -> bool:
        """Whether a preset leaves the note out: daily notes, inbox, templates, archive."""
        presets = self.settings.topic_presets
        folder = path[: path.rfind("/")] if "/" in path else ""
        return (
            any(left_out_preset(part) in presets for part in folder.split("/"))
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


def _index_kind(path: str) -> str | None:
    """The preset by which a note is a hub for its name: as an index has it, or the one of its folder."""
    folder, _, name = path.rpartition("/")
    shown = fold(stem(name))
    if shown in _INDEX_NAMES:
        return "indexes"
    above = folder[folder.rfind("/") + 1 :]
    return "folder-notes" if len(above) == len(shown) > 0 and shown == fold(above) else None
