"""From a folder and its configuration to what reads and checks it."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vaultlint.config import Config, Hubs, Topics, selected
from vaultlint.discovery import VaultFiles, discover
from vaultlint.engine import Linter
from vaultlint.errors import VaultlintError
from vaultlint.ignore import matcher
from vaultlint.listing import Listing, Overlay, list_vault
from vaultlint.rule import Rule
from vaultlint.settings import HUB_PRESETS, TOPIC_PRESETS, Settings
from vaultlint.telling import Telling

if TYPE_CHECKING:
    from vaultlint.baseline import Baseline
    from vaultlint.history import History
    from vaultlint.schema import Traits


def settings_of(files: VaultFiles, config: Config = Config()) -> Settings:
    """What Obsidian's own settings and the configuration say, as the vault needs it."""
    obsidian = files.settings
    folders = (obsidian.templates_folder, obsidian.templater_folder)
    return Settings(
        link_format=obsidian.new_link_format,
        markdown_links=obsidian.use_markdown_links,
        template_folders=tuple(folder for folder in folders if folder),
        daily_folder=obsidian.daily_notes_folder,
        daily_format=obsidian.daily_notes_format,
        period_formats=obsidian.period_formats,
        topics=matcher(config.topics.include),
        topic_traits=_traits(config.topics),
        topic_presets=_presets(config.topics, TOPIC_PRESETS),
        not_topics=matcher(config.topics.exclude),
        hubs=matcher(config.hubs.include),
        hub_traits=_traits(config.hubs),
        hub_presets=_presets(config.hubs, HUB_PRESETS),
        property_types=obsidian.property_types,
        planned=matcher([pattern.lower() for pattern in config.planned]),
        publish=config.publish,
        anchor_form=config.timestamps,
        schemas=tuple(schema._replace(covers=matcher(schema.files)) for schema in config.schemas),
    )


def _traits(said: Topics | Hubs) -> "Traits | None":
    if not (said.tags or said.properties):
        return None
    from vaultlint.schema import Traits

    return Traits(said.tags, said.properties)


def _presets(said: Topics | Hubs, every: frozenset[str]) -> frozenset[str]:
    return every if said.presets is None else frozenset(said.presets)


def open_linter(
    root: Path,
    config: Config,
    rule_classes: Mapping[str, type[Rule]],
    paths: Sequence[Path] = (),
    *,
    listing: Listing | None = None,
    baseline: "Baseline | None" = None,
    overlay: Overlay = Overlay(),
    history: "Callable[[], History] | None" = None,
    keeping: bool = False,
) -> Linter:
    """The vault at `root`, listed but not yet read. `paths` below it are the ones to report on; none: all.

    `listing`: what lies in it, where that is known already. `baseline`: what is not told. `overlay`: what is
    otherwise than on the disk. `history`: what git tells of it. `keeping`: see `Linter`. Raises
    `VaultlintError` when the folder cannot be listed or holds no note.
    """
    if overlay.missing or overlay.added:
        listing = overlay.on(listing or list_vault(os.path.realpath(root)))
    files = discover(root, exclude=config.exclude, config_folder=config.config_folder, listing=listing)
    if overlay.refused:
        files = files._replace(unreadable=(*files.unreadable, *sorted(overlay.refused.items())))
    if not files.notes and not any(overlay):
        raise VaultlintError(f"there are no notes (.md files) in “{root}”")
    reported = inside([root_relative(files.root, path) for path in paths])
    rules = selected(config, rule_classes)
    settings = settings_of(files, config)
    telling = Telling(rules, config, rule_classes, settings.template_folders)
    return Linter(
        files,
        rules,
        settings,
        reported=reported,
        telling=telling,
        history=history,
        baseline=baseline,
        contents=overlay.contents,
        keeping=keeping,
    )


def root_relative(root: Path, path: Path) -> str:
    """The vault-relative form of a path inside the vault; empty for the root itself."""
    relative = os.path.relpath(os.path.realpath(path), root)
    return "" if relative == "." else relative.replace(os.sep, "/")


def is_whole(paths: Sequence[str]) -> bool:
    """Whether these vault-relative paths mean the whole vault: there are none, or its root is one."""
    return not paths or "" in paths


def inside(paths: Sequence[str]) -> Callable[[str], bool]:
    """Whether a vault-relative path is one of these files or lies below one of these folders."""
    if is_whole(paths):
        return lambda path: True
    files = frozenset(paths)
    folders = tuple(path + "/" for path in paths)
    return lambda path: path in files or path.startswith(folders)
