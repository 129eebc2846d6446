"""Where a vault begins, which of its files are hidden, and what Obsidian's own settings say of it."""

import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaultlint.daily import formats_of_plugins
from vaultlint.errors import VaultlintError
from vaultlint.ignore import Patterns, excluded_by, parse_patterns
from vaultlint.listing import IGNORE_FILES, Folder, Listing, list_vault, reason_of

_CONFIG_FILE = "vaultlint.toml"
_MAX_IGNORE_BYTES = 256 * 1024
_MAX_SETTINGS_BYTES = 4 * 1024 * 1024


class ObsidianSettings(NamedTuple):
    """What `.obsidian/*.json` says, with Obsidian's defaults. Folders are without slashes at the ends."""

    has_obsidian: bool = False
    new_link_format: str = "shortest"  # or "relative", "absolute"
    use_markdown_links: bool = False
    user_ignore_filters: tuple[str, ...] = ()
    attachment_folder: str = "/"  # "/" is the root; "./" and "./sub" are relative to the note
    templates_folder: str | None = None  # of the core plugin
    templater_folder: str | None = None
    daily_notes_folder: str | None = None
    daily_notes_format: str = "YYYY-MM-DD"  # as moment.js writes it
    period_formats: tuple[str, ...] = ()
    """Of the notes that plugins make for days, weeks, months, quarters and years."""
    property_types: Mapping[str, str] = {}
    """Names lower-cased, because Obsidian ignores their case."""
    new_notes_folder: str | None = ""
    """Where Obsidian puts new notes; None: beside the note from which they are made."""


class VaultFiles(NamedTuple):
    """The visible files of a vault. Paths are relative to `root`, with `/`, sorted by code point.

    A name that is not UTF-8 keeps its bytes as surrogates (`os.fsencode` gives them back).
    """

    root: Path
    notes: tuple[str, ...]
    """`.md` in any case."""
    others: tuple[str, ...]
    """Every other visible file: attachments, canvases, bases. Links may name them."""
    hidden: frozenset[str]
    """Files whose findings are not shown; links may name them all the same."""
    settings: ObsidianSettings
    warnings: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...]
    """Folders and files that could not be listed, each with the reason: the run is incomplete."""
    trashed: tuple[str, ...] = ()
    """The names of what lies in Obsidian's trash. No link leads there."""


def find_root(path: Path) -> Path:
    """The vault that `path` belongs to, with symlinks resolved.

    It is the nearest folder at or above `path` with `.obsidian/` or `vaultlint.toml`; failing that
    `path` itself or, for a file, the working directory if that holds it, else the file's folder.
    Raises `VaultlintError` where nothing is.
    """
    real = Path(os.path.realpath(path))
    if not real.exists():
        raise VaultlintError(f"there is no file or folder “{path}”")
    start = real if real.is_dir() else real.parent
    for folder in (start, *start.parents):
        if (folder / ".obsidian").is_dir() or (folder / _CONFIG_FILE).is_file():
            return folder
    working = Path(os.path.realpath(Path.cwd()))
    return working if start != real and real.is_relative_to(working) else start


def repository_prefix(root: Path) -> str:
    """What stands before the paths of the vault in its git repository: `docs/notes/`, or nothing where the
    vault is the repository or in none. `root` is a vault with symlinks resolved."""
    for folder in (root, *root.parents):
        if (folder / ".git").exists():  # a file in work trees and submodules
            inside = root.relative_to(folder).as_posix()
            return "" if inside == "." else f"{inside}/"
    return ""


def discover(
    root: Path,
    *,
    exclude: Sequence[str] = (),
    config_folder: str = ".obsidian",
    listing: Listing | None = None,
) -> VaultFiles:
    """List the vault at `root`, or take it as `listing` has it.

    `exclude` holds patterns as in `.gitignore`, relative to the root. Raises `VaultlintError` when
    `root` is no folder or cannot be listed.
    """
    real = os.path.realpath(root)
    if not os.path.isdir(real):  # noqa: PTH112 - the walk is made of strings
        raise VaultlintError(f"there is no folder “{root}”")
    warnings: list[str] = []
    settings = _read_settings(real, config_folder, warnings)
    layers = [_above(real, warnings), (), _excluded(exclude, warnings)]
    listing = listing or list_vault(real)
    walk = _Sorting(listing, warnings)
    walk.run(listing.folders, layers)
    excluded, refused = excluded_by(settings.user_ignore_filters, f"{config_folder}/app.json")
    warnings.extend(refused)
    hidden = set(walk.hidden)
    if excluded is not None:
        hidden.update(path for path in (*walk.notes, *walk.others) if excluded(path))
    return VaultFiles(
        Path(real),
        tuple(sorted(walk.notes)),
        tuple(sorted(walk.others)),
        frozenset(hidden),
        settings,
        tuple(warnings),
        tuple(sorted(listing.unreadable)),
        listing.trashed,
    )


# --- what is hidden ---------------------------------------------------------------------------


class _Scope(NamedTuple):
    """Patterns, and how a path of the vault is turned into one relative to their folder."""

    patterns: Patterns
    cut: int = 0
    prefix: str = ""

    def verdict(self, path: str, name: str, folder: bool) -> bool | None:
        return self.patterns.verdict(self.prefix + path[self.cut :], name, folder)


_Layer = tuple[_Scope, ...]  # one kind of ignore file, that of the deepest folder first


class _Sorting:
    """The files of a listing, and those of them that ignore files hide."""

    def __init__(self, listing: Listing, warnings: list[str]) -> None:
        self.inside = listing.root.rstrip(os.sep) + os.sep
        self.warnings = warnings
        self.notes: list[str] = []
        self.others: list[str] = []
        self.hidden: list[str] = []

    def run(self, folders: Sequence[Folder], layers: list[_Layer]) -> None:
        """Sort the files of all folders; `layers` hold at the root."""
        in_force: dict[str, list[_Layer] | None] = {"": layers}
        for folder in folders:
            prefix = folder.prefix
            here = in_force[prefix] if prefix in in_force else self._below(in_force, prefix)
            self.warnings.extend(folder.warnings)
            if here is not None and folder.ignore_files:
                here = self._with(here, prefix, folder.ignore_files)
            in_force[prefix] = here
            self._add_files(prefix, folder.files, here)

    def _below(self, in_force: Mapping[str, list[_Layer] | None], prefix: str) -> list[_Layer] | None:
        """The layers that a folder inherits; None where it is hidden."""
        path = prefix[:-1]
        cut = path.rfind("/") + 1
        above = in_force[path[:cut]]
        return None if above is None or _hides(above, path, path[cut:], folder=True) else above

    def _add_files(self, prefix: str, names: list[str], layers: list[_Layer] | None) -> None:
        ruled = layers is not None and any(layers)
        for name in names:
            path = prefix + name
            is_note = name[-3:].lower() == ".md"
            (self.notes if is_note else self.others).append(path)
            if layers is None or (ruled and _hides(layers, path, name, folder=False)):
                self.hidden.append(path)

    def _with(self, layers: list[_Layer], prefix: str, ignore_files: list[str]) -> list[_Layer]:
        """The layers with the ignore files of a folder put before those of the folders above it."""
        layers = list(layers)
        for name in ignore_files:
            patterns = _read_patterns(self.inside + prefix + name, prefix + name, self.warnings)
            if patterns:
                kind = IGNORE_FILES.index(name)
                layers[kind] = (_Scope(patterns, cut=len(prefix)), *layers[kind])
        return layers


def _hides(layers: Sequence[_Layer], path: str, name: str, *, folder: bool) -> bool:
    """Whether any kind of ignore file hides an entry; within a kind the deepest that speaks decides."""
    for layer in layers:
        for scope in layer:
            verdict = scope.verdict(path, name, folder)
            if verdict is not None:
                if verdict:
                    return True
                break
    return False


def _excluded(exclude: Sequence[str], warnings: list[str]) -> _Layer:
    patterns, refused = parse_patterns(exclude, "exclude")
    warnings.extend(refused)
    return (_Scope(patterns),) if patterns else ()


def _above(root: str, warnings: list[str]) -> _Layer:
    """The `.gitignore` files above a vault that lies in a larger repository, the nearest first.

    A pattern that ignores the vault's own folder does not hide everything: somebody asked for it.
    """
    if os.path.lexists(os.path.join(root, ".git")):  # noqa: PTH118 - strings throughout
        return ()
    scopes = []
    for folder in Path(root).parents:
        text = str(folder)
        prefix = root[len(text) :].strip(os.sep).replace(os.sep, "/") + "/"
        ignore = folder / ".gitignore"
        if ignore.is_file() and not ignore.is_symlink():
            scopes.append((str(ignore), prefix))
        if (folder / ".git").exists():
            read = [(_read_patterns(path, path, warnings), prefix) for path, prefix in scopes]
            return tuple(_Scope(patterns, 0, prefix) for patterns, prefix in read if patterns)
    return ()


def _read_patterns(path: str, shown: str, warnings: list[str]) -> Patterns | None:
    """The patterns of an ignore file; None, with a warning, where it cannot be used."""
    try:
        data = read_regular(path, _MAX_IGNORE_BYTES)
    except OSError as error:
        warnings.append(f"{shown}: not used: {reason_of(error)}")
        return None
    text = os.fsdecode(data.removeprefix(b"\xef\xbb\xbf"))
    patterns, refused = parse_patterns(text.split("\n"), shown)
    warnings.extend(refused)
    return patterns


def read_regular(path: str, limit: int) -> bytes:
    """The bytes of a regular file of at most `limit` bytes. Raises OSError; never waits on a FIFO."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError("not a regular file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise OSError(f"larger than {limit // 1024} KB")
    return data


# --- Obsidian's settings ----------------------------------------------------------------------

_PERIODIC = ("periodic-notes", "calendar", "journals")  # plugins
SETTINGS_FILES = (
    *("app.json", "types.json", "daily-notes.json", "templates.json", "plugins/templater-obsidian/data.json"),
    *(f"plugins/{name}/data.json" for name in _PERIODIC),
)
"""What is read below `.obsidian/`."""


def outside_inputs(root: str, config_folder: str = ".obsidian") -> list[str]:
    """The files that `discover` looks for beside those it lists: Obsidian's settings, and ignore files
    above the vault."""
    inside = root.rstrip(os.sep) + os.sep + config_folder
    paths = [inside, *(f"{inside}/{name}" for name in SETTINGS_FILES)]
    for folder in (Path(root), *Path(root).parents):
        paths += [str(folder / ".gitignore"), str(folder / ".git")]
        if os.path.lexists(paths[-1]):
            break
    return paths


def _read_settings(root: str, folder: str, warnings: list[str]) -> ObsidianSettings:
    """The settings under `.obsidian/`; what is missing or broken has Obsidian's default."""
    inside = root.rstrip(os.sep) + os.sep
    config = inside + folder
    if not os.path.isdir(config):  # noqa: PTH112 - strings throughout
        return ObsidianSettings()
    if not os.path.realpath(config).startswith(inside):
        warnings.append(f"{folder}: a symlink out of the vault is not followed")
        return ObsidianSettings(has_obsidian=True)

    def read(name: str) -> dict[str, Any]:
        return _read_json(inside, f"{folder}/{name}.json", warnings)

    app, types, daily = read("app"), read("types").get("types"), read("daily-notes")
    filters = app.get("userIgnoreFilters")
    return ObsidianSettings(
        has_obsidian=True,
        new_link_format=_text(app, "newLinkFormat") or "shortest",
        use_markdown_links=app.get("useMarkdownLinks") is True,
        user_ignore_filters=_strings(filters),
        attachment_folder=_text(app, "attachmentFolderPath") or "/",
        templates_folder=_folder(read("templates"), "folder"),
        templater_folder=_folder(read("plugins/templater-obsidian/data"), "templates_folder"),
        daily_notes_folder=_folder(daily, "folder"),
        daily_notes_format=_text(daily, "format") or "YYYY-MM-DD",
        period_formats=formats_of_plugins({name: read(f"plugins/{name}/data") for name in _PERIODIC}),
        property_types={
            name.lower(): kind
            for name, kind in (types.items() if isinstance(types, dict) else ())
            if isinstance(kind, str)
        },
        new_notes_folder=_new_notes_folder(app),
    )


def _new_notes_folder(app: Mapping[str, Any]) -> str | None:
    """Where new notes go, from `newFileLocation` (root, current, folder) and `newFileFolderPath`."""
    where = _text(app, "newFileLocation")
    if where == "current":
        return None
    return (_folder(app, "newFileFolderPath") or "") if where == "folder" else ""


def _read_json(inside: str, name: str, warnings: list[str]) -> dict[str, Any]:
    """The JSON object in a file of the vault; empty when the file is not there, or broken (a warning)."""
    path = inside + name
    if not os.path.lexists(path):
        return {}
    if not os.path.realpath(path).startswith(inside):
        warnings.append(f"{name}: a symlink out of the vault is not followed")
        return {}
    import json

    try:
        value = json.loads(read_regular(path, _MAX_SETTINGS_BYTES).decode("utf-8-sig"))
    except OSError as error:
        warnings.append(f"{name}: not used: {reason_of(error)}")
        return {}
    except (ValueError, RecursionError):
        warnings.append(f"{name}: not used: not valid JSON")
        return {}
    if not isinstance(value, dict):
        warnings.append(f"{name}: not used: not a JSON object")
        return {}
    return value


def _text(settings: Mapping[str, Any], key: str) -> str | None:
    value = settings.get(key)
    return value if isinstance(value, str) and value else None


def _folder(settings: Mapping[str, Any], key: str) -> str | None:
    value = _text(settings, key)
    return (value.strip("/") or None) if value else None


def _strings(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
