"""What the owner of a vault decided: in `.obsidian/`, and in vaultlint's configuration."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from vaultlint.anchor_form import DEFAULT_FORM, AnchorForm
from vaultlint.lazy import rare

if TYPE_CHECKING:
    from vaultlint.schema import NoteSchema, Traits

LEFT_OUT_FOLDERS = {
    "inbox": "inbox", "archive": "archive", "archives": "archive", "templates": "templates",
    "template": "templates", "daily": "daily-notes", "daily notes": "daily-notes", "journal": "daily-notes",
}  # fmt: skip
"""Names of folders, with the preset that leaves their notes out."""
_SORTED_LAST = rare(r"\A[xz]{1,3}[\W_]+")


@cache
def left_out_preset(folder: str) -> str | None:
    """The preset that leaves the notes out that lie in a folder of that name, whatever numbers and signs are
    around it, and behind a letter that sorts it to the end: `00 - Inbox`, `📦 Archive`, `z_Templates`."""
    letters = [at for at, char in enumerate(folder) if char.isalpha()]
    name = folder[letters[0] : letters[-1] + 1].casefold() if letters else ""
    if name.startswith(("x", "z")):
        name = _SORTED_LAST.sub("", name)
    return LEFT_OUT_FOLDERS.get(name)


def is_called_templates(path: str) -> bool:
    """Whether a note lies in a folder that is called one of templates, which Obsidian may not know of."""
    return any(left_out_preset(folder) == "templates" for folder in path.split("/")[:-1])


TOPIC_PRESETS = frozenset(LEFT_OUT_FOLDERS.values())
"""What may be left out where nothing says which notes are topic pages."""
HUB_PRESETS = frozenset({"from-lines", "folder-notes", "indexes"})
"""What may make a note a hub by its nature."""


class Settings(NamedTuple):
    """What the vault as a whole is to be read by."""

    link_format: str = "shortest"
    markdown_links: bool = False
    """Whether Obsidian writes new links as Markdown links."""
    template_folders: tuple[str, ...] = ()
    daily_folder: str | None = None
    daily_format: str = "YYYY-MM-DD"
    period_formats: tuple[str, ...] = ()
    """How plugins name the notes that they make for days, weeks, months, quarters and years."""
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


def is_below(path: str, folders: tuple[str, ...]) -> bool:
    """Whether a file lies in one of these folders of the vault, however deep."""
    return bool(folders) and path.startswith(tuple([f"{folder}/" for folder in folders]))
