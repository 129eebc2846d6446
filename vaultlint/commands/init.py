"""`vaultlint init`: look at a vault, and write a configuration with comments that fits it."""

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from vaultlint.anchor_form import DEFAULT_FORM, TIME, AnchorForm
from vaultlint.assembly import open_linter
from vaultlint.config import CONFIG_NAME, Config, find_config
from vaultlint.engine import Linter
from vaultlint.errors import VaultlintError
from vaultlint.note import Note, Scalar
from vaultlint.parse import parse_note
from vaultlint.reading import text_of
from vaultlint.report.escape import visible
from vaultlint.text import counted
from vaultlint.vault import Vault

_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_ANCHOR = re.compile(
    r'<(?P<element>[A-Za-z][A-Za-z0-9-]{0,30})(?: class="(?P<class>[\w-]{1,60})")?'
    r' (?P<attribute>[a-z][a-z-]{0,30})="(?P<time>[0-9]{2}:[0-5][0-9]:[0-5][0-9])">'
    r"(?P<label>[^<>{}|\n]{1,60})</(?P=element)>"
)
_ANCHOR_LABEL = re.compile(r"\W{0,4}")
_NO_WORD = re.compile(r"[0-9_-]|[a-z][A-Z]")
_LENGTH = re.compile(r"(?:[0-9]{1,2}:)?[0-9]{1,3}:[0-9]{2}|[0-9]{1,6}")
_LENGTH_NAME = re.compile(r"(?i)duration|length|runtime")
_DATE = re.compile(r"(?:.*/)?\d{4}-\d\d-\d\d[^/]*\Z")
_TEMPLATE_FOLDERS = frozenset({"templates", "template", "_templates"})
_HUB_FOLDERS = frozenset({"maps", "moc", "mocs", "maps of content", "hubs", "indexes"})
_OLD_FOLDERS = frozenset({"archive", "archives", "old", "attic"})
_SHOWN = 5


class Survey(NamedTuple):
    """What was seen in a vault. Folders are paths without a slash at the end."""

    notes: int
    files: int
    anchored: int
    """Notes with timestamp anchors of the form below."""
    form: AnchorForm
    """How most timestamp anchors are written; properties are not looked at."""
    video: str | None
    """The property that holds video ids."""
    length: str | None
    """The property that holds the length of videos."""
    from_lines: int
    hubs: tuple[str, ...]
    hub_folders: tuple[str, ...]
    template_folders: tuple[str, ...]
    """Those that Obsidian knows."""
    other_templates: tuple[str, ...]
    """Those that are only named so."""
    dated: int
    daily_folder: str | None
    old_folders: tuple[str, ...]
    publish: str | None


def init(root: Path) -> str:
    """Write `vaultlint.toml` into the vault at `root`; gives what there is to say of it.

    Raises `VaultlintError` where the vault is configured already, and where nothing can be written.
    """
    old = find_config(root)
    if old is not None:
        raise VaultlintError(f"“{old}” configures this vault already; it was left as it is")
    text = configuration(survey(root))
    path = root / CONFIG_NAME
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise VaultlintError(f"“{path}” is there already; it was left as it is") from None
    except OSError as error:
        raise VaultlintError(f"cannot write “{path}”: {error.strerror or error}") from error
    return f"wrote {visible(str(path))}; `vaultlint config` shows what is in force\n"


# --- looking ----------------------------------------------------------------------------------


def survey(root: Path) -> Survey:
    """What is to be seen in the vault at `root`."""
    linter = open_linter(root, Config(), {})
    linter.read_by(None)
    vault = linter.vault()
    files = linter.files
    properties: dict[str, Counter[str]] = {"video": Counter(), "length": Counter(), "all": Counter()}
    forms: Counter[AnchorForm] = Counter()
    for path in files.notes:
        note = parse_note(path, text_of(files.root, path))
        forms.update(_forms(note))
        _count(note, properties)
    folders = sorted({folder for path in files.notes for folder in _folders(path)})
    known = vault.settings.template_folders
    form, anchored = max(forms.items(), key=lambda item: item[1], default=(DEFAULT_FORM, 0))
    return Survey(
        len(files.notes),
        len(files.others),
        anchored,
        form,
        _likeliest(properties["video"], properties["all"]),
        _likeliest(properties["length"], properties["all"]),
        sum(face.hub is not None for face in vault.faces.values()),
        tuple(sorted(vault.hubs)),
        tuple(_named(folders, _HUB_FOLDERS)),
        known,
        tuple(folder for folder in _named(folders, _TEMPLATE_FOLDERS) if folder not in known),
        sum(_DATE.match(path) is not None for path in files.notes),
        vault.settings.daily_folder,
        tuple(_named(folders, _OLD_FOLDERS)),
        _publisher(linter, vault),
    )


def _forms(note: Note) -> set[AnchorForm]:
    """The forms of what may be timestamp anchors in a note: elements with a time in attribute and text."""
    return {
        AnchorForm(found["element"], found["class"] or "", found["attribute"], f"{before}{TIME}{behind}")
        for found in _ANCHOR.finditer(note.live, note.body_start)
        for before, time, behind in (found["label"].partition(found["time"]),)
        if time and _ANCHOR_LABEL.fullmatch(before + behind)
    }


def _count(note: Note, properties: dict[str, Counter[str]]) -> None:
    """Count the properties of a note, and those that hold a video id or a length."""
    for entry in note.properties:
        if isinstance(entry.node, Scalar) and entry.node.text:
            text = entry.node.text
            properties["all"][entry.key] += 1
            properties["video"][entry.key] += bool(_VIDEO_ID.fullmatch(text) and _NO_WORD.search(text))
            named = _LENGTH_NAME.search(entry.key) and _LENGTH.fullmatch(text)
            properties["length"][entry.key] += bool(named)


def _likeliest(fitting: Counter[str], every: Counter[str]) -> str | None:
    """The property with the most fitting values, if eight in ten of its values fit, and three at least."""
    likely = [key for key, count in fitting.items() if count >= 3 and count >= 0.8 * every[key]]
    return min(likely, key=lambda key: (-fitting[key], key), default=None)


def _folders(path: str) -> Iterator[str]:
    """The folders that hold a note, the innermost first."""
    while "/" in path:
        path = path[: path.rfind("/")]
        yield path


def _named(folders: Iterable[str], names: Collection[str]) -> Iterator[str]:
    """The folders with one of these names, whose paths are Unicode: no other can stand in a TOML file."""
    for folder in folders:
        if folder[folder.rfind("/") + 1 :].casefold() in names and folder == os.fsencode(folder).decode(
            "utf-8", "replace"
        ):
            yield folder


def _publisher(linter: Linter, vault: Vault) -> str | None:
    """Where the vault is published, as far as files tell."""
    root = linter.files.root
    if any((folder / "quartz.config.ts").is_file() for folder in (root, root.parent)):
        return "quartz"
    return "publish" if {"publish.css", "publish.js"} & set(vault.files) else None


# --- writing ----------------------------------------------------------------------------------


def configuration(seen: Survey) -> str:
    """The text of a configuration that fits."""
    blocks = [
        _head(seen),
        _exclude(seen),
        _publish(seen),
        _per_file(seen),
        _topics(seen),
        _hubs(seen),
        _videos(seen),
    ]
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


def _head(seen: Survey) -> Iterator[str]:
    size = f"{counted(seen.notes, 'note')} and {counted(seen.files, 'other file')}"
    yield f"# vaultlint's configuration of this vault: {size}."
    yield "# `vaultlint rules` lists the rules, `vaultlint explain NAME` says why one exists."
    yield ""
    yield "# Rules that are off by default and may be wanted here:"
    yield '# extend-select = ["padded-link", "redundant-alias"]'
    yield "# Rules that are not wanted: codes, prefixes (VL2) or names."
    yield "# ignore = []"
    yield "# What makes the exit status 1:"
    yield 'fail-on = "warning"'


def _exclude(seen: Survey) -> Iterator[str]:
    if seen.template_folders:
        yield f"# Templates lie in {_listed(seen.template_folders)}, as Obsidian's settings say;"
        yield "# few rules speak there."
    if seen.other_templates:
        yield "# These are named like templates, but Obsidian's settings do not say so. Files that match have"
        yield "# no findings; links to them are good all the same."
        yield f"exclude = {_array(_folder_pattern(folder) for folder in seen.other_templates)}"
    else:
        yield "# Files that match have no findings; links to them are good all the same."
        yield "# exclude = []"


def _publish(seen: Survey) -> Iterator[str]:
    if seen.publish == "quartz":
        yield "# Quartz makes a website of this vault (quartz.config.ts), so what breaks there is found too."
    elif seen.publish is not None:
        yield "# The vault is published (publish.css or publish.js), so what breaks there is found too."
    else:
        yield "# Where the vault is published, so that what breaks there is found: quartz, github, publish."
    yield f"{'' if seen.publish else '# '}publish = {_text(seen.publish or 'quartz')}"


def _per_file(seen: Survey) -> Iterator[str]:
    for folder in seen.old_folders[:1]:
        yield "[per-file-ignores]"
        yield "# What is old need not be mended:"
        yield f'# {_text(_folder_pattern(folder))} = ["VL2", "VL4"]'


def _topics(seen: Survey) -> Iterator[str]:
    yield "[topics]"
    if seen.from_lines:
        yield f"# {counted(seen.from_lines, 'note')} with a `From: [[…]]` line: topic pages can be told,"
        yield "# which other notes ought to link to. Where none does, orphan-note warns."
    else:
        yield "# No `From: [[…]]` lines tell topic pages, which other notes ought to link to. Say which notes"
        yield "# are, and orphan-note warns where none does; so far it only informs."
    if seen.dated:
        where = f", mostly in {_shown(seen.daily_folder)}" if seen.daily_folder else ""
        yield f"# {counted(seen.dated, 'note')} named by a day{where}: such notes are no topic pages."
    yield "# include = []"
    yield "# tags = []"
    yield "# properties = {}"
    yield "# exclude = []"


def _hubs(seen: Survey) -> Iterator[str]:
    yield "[hubs]"
    if seen.hubs:
        yield f"# {counted(len(seen.hubs), 'hub')} by nature: {_listed(seen.hubs)}."
    else:
        yield "# Hubs are the notes that list others. None is recognised by its nature: an index, a note"
        yield "# named like its folder, the target of a `From:` line."
    folders = [_folder_pattern(folder) for folder in seen.hub_folders]
    yield f"{'' if folders else '# '}include = {_array(folders)}"


def _videos(seen: Survey) -> Iterator[str]:
    if not (seen.anchored or seen.video):
        return
    yield f"# {counted(seen.anchored, 'note')} with timestamp anchors."
    if seen.video is None:
        yield "# No property with video ids was seen."
    form, default = seen.form._asdict(), DEFAULT_FORM._asdict()
    said = {key: value for key, value in form.items() if value != default[key]}
    said |= {"video": seen.video, "duration": seen.length}
    yield "[timestamps]"
    for key, text in said.items():
        if text is not None:
            same = text.casefold() == default[key].casefold()
            named = "class" if key == "css_class" else key
            yield f"{named} = {_text(text)}{'  # the default' if same else ''}"


def _folder_pattern(folder: str) -> str:
    """The pattern of a folder, as in `.gitignore`."""
    return "/" + re.sub(r"([\\*?\[\]])", r"\\\1", folder) + "/"


def _array(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    """The value as a TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(map(_shown, names[:_SHOWN])) + (f" and {more} more" if more > 0 else "")


def _shown(name: str) -> str:
    return f"“{visible(name)}”"
