"""A note as the indexes of the vault see it: what makes it findable by other words than its path.

A face is small and in plain values, so that those of a whole vault are at hand at once: they cross from
worker processes, and are kept between runs, without the outlines.
"""

from typing import NamedTuple

from vaultlint.note import Outline
from vaultlint.resolve import bare_key, fold, stem

_COUNTED = 4
"""The last fields of a face, from `places` on, say nothing in words."""


class Face(NamedTuple):
    """What the indexes of a vault hold of a note."""

    titles: tuple[str, ...]
    """Title property and first heading, folded."""
    aliases: tuple[str, ...]
    """Folded."""
    bare: str
    """The `bare_key` of its name."""
    fits: bool | None
    """Whether its name says the same as its title property; None without one."""
    hub: str | None
    """The link path that its `From: [[…]]` line names."""
    video: str | None
    """The video it is about."""
    unique: tuple[tuple[int, str, str], ...]
    """The values that a schema allows once: its number, the property, the value."""
    marked_topic: bool
    marked_hub: bool
    """Whether its tags or properties mark it as a topic page, or as a hub."""
    places: tuple[str, ...]
    """The paths of its links that have a subpath."""
    angles: int
    """How many more Markdown links write a blank as `<…>` than as `%20`."""
    reach: int
    """How far its timestamps go into the video, in seconds; 0 where they do not tell."""
    body_mark: int
    """A number that bodies have in common that are the same; 0 for a short one."""

    @property
    def findable(self) -> tuple[object, ...]:
        """All of it that is about words, by which other notes may name it."""
        return self[:-_COUNTED]


def face(outline: Outline) -> Face:
    """The face of the note of that outline."""
    bare = bare_key(stem(outline.path))
    title, heading, targets = outline.title, outline.main_heading, outline.link_targets
    titles = [fold(text.strip()) for text in (title, heading) if text]
    places = [target[:-1] for target in targets if target[-1:] == "#"] if "#" in "".join(targets) else []
    return Face(
        (*titles,) if len(titles) < 2 or titles[0] != titles[1] else (titles[0],),
        (*[fold(alias.strip()) for alias in outline.aliases],) if outline.packed_aliases else (),
        bare,
        bare == bare_key(title) if title else None,
        outline.hub,
        outline.video,
        (*dict.fromkeys([value[:3] for value in outline.unique]),) if outline.unique else (),
        outline.marked_topic,
        outline.marked_hub,
        (*dict.fromkeys(places),) if places else (),
        outline.angles,
        outline.reach,
        outline.body_mark,
    )
