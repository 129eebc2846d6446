"""Reads `vaultlint.toml` and `[tool.vaultlint]`, those that they extend too, and puts them together.

A file may come from a stranger's pull request: its size is bounded, and a mistake is answered with
the file, the line where it can be told, and the nearest right name.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from vaultlint.anchor_form import AnchorForm
from vaultlint.config import Config, Hubs, RuleSettings, Topics
from vaultlint.config_tables import ConfigTable, Mistakes, Place, checked
from vaultlint.diagnostic import Severity
from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from vaultlint.config import RuleClasses
    from vaultlint.custom import CustomRule
    from vaultlint.schema import NoteSchema

_MAX_BYTES = 64 * 1024
_MAX_FILES = 20
# tomllib takes quadratic time on dotted names of many parts.
_MANY_DOTS = re.compile(r"""\.(?:[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')[ \t]*+\.){50}""")

_REPLACING = ("select", "fixable", "fail-on", "publish", "config-folder")
_ADDING = ("extend-select", "ignore", "exclude", "unfixable", "extend-safe-fixes", "extend-unsafe-fixes",
           "planned")  # fmt: skip

Read = Callable[[Path], bytes]
"""Gives the bytes of a configuration file, a little more than 64 KB at most. Raises `VaultlintError`."""


class Layer(NamedTuple):
    """One file, checked by itself."""

    path: Path
    text: str
    at: Place
    """Where our table stands in it."""
    table: ConfigTable
    rules: Mapping[str, RuleSettings]
    schemas: "tuple[NoteSchema, ...]" = ()
    custom: "tuple[CustomRule, ...]" = ()

    def line_of(self, where: Place) -> int | None:
        """The line of a key, or of the nearest one above it, counted from 1."""
        return _line_of(self.text, (*self.at, *where))

    def says(self, where: Place) -> bool:
        """Whether it says something there."""
        value: Any = self.table
        for key in where:
            if isinstance(value, BaseModel):
                name = "css_class" if key == "class" else key.replace("-", "_")
                if name not in value.model_fields_set:
                    return False
                value = getattr(value, name)
            elif isinstance(value, dict) and key in value:
                value = value[key]
            else:
                return False
        return True

    def gives(self, key: str) -> bool:
        """Whether it says something under that key."""
        return key.replace("-", "_") in self.table.model_fields_set

    def value(self, key: str) -> Any:
        """What it says under that key, or the default."""
        return getattr(self.table, key.replace("-", "_"))


def read_disk(path: Path) -> bytes:
    """The bytes of a file of this machine."""
    if not path.is_file():
        raise VaultlintError(f"{path}: there is no such configuration file")
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise VaultlintError(f"{path}: cannot be read: {error.strerror}") from error


def read_config(path: Path, rule_classes: "RuleClasses", read: Read = read_disk) -> Config:
    """The configuration in a file and those that it extends.

    Raises `VaultlintError` with all the mistakes of a file, one a line.
    """
    return merged(read_layers(path, rule_classes, read))


def read_layers(path: Path, rule_classes: "RuleClasses", read: Read = read_disk) -> list[Layer]:
    """The file and those that it extends, the one that all others add to first."""
    layers: list[Layer] = []
    chain = list(_chain(path, read))
    classes = rule_classes
    if any(isinstance(table, dict) and "custom" in table for *_, table in chain):
        from vaultlint.config_custom import named_rules

        classes = named_rules((table for *_, table in chain), rule_classes)
    for each, text, at, table in chain:
        mistakes: Mistakes = []
        found = checked(table, classes, mistakes)
        schemas: tuple[NoteSchema, ...] = ()
        if found is not None and found[0].schemas:
            from vaultlint.config_schemas import schemas_of

            schemas = schemas_of(found[0].schemas, each, read, mistakes)
        custom: tuple[CustomRule, ...] = ()
        if found is not None and found[0].custom:
            from vaultlint.config_custom import custom_of, taken_names

            taken = taken_names(rule_classes, (one for layer in layers for one in layer.custom))
            custom = custom_of(found[0].custom, taken, mistakes)
        if found is None or mistakes:
            raise VaultlintError(
                "\n".join(_told(each, text, (*at, *where), what) for where, what in mistakes)
            )
        layers.insert(0, Layer(each, text, at, *found, schemas, custom))
    return layers


def sources_of(path: Path, read: Read = read_disk) -> list[Path]:
    """The paths of the file and of those that it extends, unchecked. Raises `VaultlintError`."""
    return [each for each, *_ in _chain(path, read)]


def schema_files(path: Path, read: Read = read_disk) -> list[Path]:
    """The paths of the schemas that the file and those that it extends name. Raises `VaultlintError`."""
    found: list[Path] = []
    for each, _, _, table in _chain(path, read):
        entries = table.get("schema") if isinstance(table, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            named = entry.get("schema") if isinstance(entry, dict) else None
            if isinstance(named, str):
                found.append(beside(each, named))
    return found


def baseline_file(path: Path, read: Read = read_disk) -> Path | None:
    """The path of the baseline that the file or those that it extends name. Raises `VaultlintError`."""
    for each, _, _, table in _chain(path, read):
        named = table.get("baseline") if isinstance(table, dict) else None
        if isinstance(named, str) and named:
            return beside(each, named)
    return None


def beside(path: Path, named: str) -> Path:
    """The path of a file that the configuration file at `path` names."""
    return Path(os.path.normpath(path.parent / named))


def _chain(path: Path, read: Read) -> Iterator[tuple[Path, str, Place, object]]:
    """The files from that one on, each with its text, the place of our table, and the table."""
    seen: list[str] = []
    told = ""
    while True:
        real = os.path.realpath(path)
        if real in seen:
            raise VaultlintError(f"{told}: “extend” leads back to “{path}”")
        if len(seen) == _MAX_FILES:
            raise VaultlintError(f"{told}: more than {_MAX_FILES} files extend each other")
        seen.append(real)
        try:
            data = read(path)
        except VaultlintError as error:
            raise VaultlintError(f"{told}: “extend”: {error}" if told else str(error)) from None
        text = text_of(path, data)
        table: object = _parse(path, text)
        at: Place = ()
        if path.name == "pyproject.toml":
            at = ("tool", "vaultlint")
            for key in at:
                table = table.get(key, {}) if isinstance(table, dict) else {}
        yield path, text, at, table
        base = table.get("extend") if isinstance(table, dict) else None
        if not isinstance(base, str):
            return
        told = f"{path}{_after_colon(_line_of(text, (*at, 'extend')))}"
        path = beside(path, base)


def read_toml(path: Path, data: bytes) -> dict[str, Any]:
    """The content of a TOML file of bounded size, which holds these bytes. Raises `VaultlintError`."""
    return _parse(path, text_of(path, data))


def text_of(path: Path, data: bytes) -> str:
    """The text in the bytes of a configuration file. Raises `VaultlintError`."""
    if len(data) > _MAX_BYTES:
        raise VaultlintError(f"{path}: larger than {_MAX_BYTES // 1024} KB, which no configuration needs")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VaultlintError(f"{path}: not valid UTF-8 at byte {error.start}") from None


def _parse(path: Path, text: str) -> dict[str, Any]:
    if _MANY_DOTS.search(text):
        raise VaultlintError(f"{path}: a dotted key of more than 50 parts")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = re.search(r" \(at line (\d+), column (\d+)\)$", message)
        if place is None:
            raise VaultlintError(f"{path}: {_lowered(message)}") from None
        where = f"{path}:{place[1]}:{place[2]}"
        raise VaultlintError(f"{where}: {_lowered(message[: place.start()])}") from None
    except RecursionError:
        raise VaultlintError(f"{path}: nested too deeply") from None


# --- several files as one ---------------------------------------------------------------------


def merged(layers: Sequence[Layer]) -> Config:
    """The configuration of these files: tables are merged key by key, lists are added to, what is said
    again replaces; `select` and `fixable` are replaced too."""
    last: dict[str, Any] = {}
    for key in _REPLACING:
        giving = [layer for layer in layers if layer.gives(key)]
        last[key] = (giving or layers)[-1].value(key)
    added = {key: tuple(one for layer in layers for one in layer.value(key)) for key in _ADDING}
    return Config(
        select=_tuple(last["select"]),
        extend_select=added["extend-select"],
        ignore=added["ignore"],
        exclude=added["exclude"],
        fail_on=Severity(last["fail-on"]),
        rules=_rules(layers),
        topics=Topics(**_of_table(layers, "topics")),
        hubs=Hubs(**_of_table(layers, "hubs")),
        timestamps=AnchorForm(**_of_table(layers, "timestamps")),
        config_folder=last["config-folder"],
        per_file_ignores={
            pattern: tuple(names)
            for layer in layers
            for pattern, names in layer.table.per_file_ignores.items()
        },
        fixable=_tuple(last["fixable"]),
        unfixable=added["unfixable"],
        extend_safe_fixes=added["extend-safe-fixes"],
        extend_unsafe_fixes=added["extend-unsafe-fixes"],
        planned=added["planned"],
        publish=last["publish"],
        schemas=tuple(schema for layer in layers for schema in layer.schemas),
        custom=tuple(rule for layer in layers for rule in layer.custom),
        baseline=_baseline(layers),
        sources=tuple(layer.path for layer in layers),
    )


def _baseline(layers: Sequence[Layer]) -> str | None:
    named = [str(beside(layer.path, layer.table.baseline)) for layer in layers if layer.table.baseline]
    return named[-1] if named else None


def _tuple(value: list[str] | None) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _of_table(layers: Sequence[Layer], table: str) -> dict[str, Any]:
    """For each key of a table: what the last of the files says that say something under it."""
    found: dict[str, Any] = {}
    for layer in layers:
        model = layer.value(table)
        found.update({key: getattr(model, key) for key in model.model_fields_set})
    return {key: tuple(value) if isinstance(value, list) else value for key, value in found.items()}


def _rules(layers: Sequence[Layer]) -> dict[str, RuleSettings]:
    found: dict[str, RuleSettings] = {}
    for layer in layers:
        for name, said in layer.rules.items():
            before = found.get(name, RuleSettings())
            found[name] = RuleSettings(said.severity or before.severity, {**before.options, **said.options})
    return found


# --- where a mistake stands -------------------------------------------------------------------

_HEADER = re.compile(r"[ \t]*\[\[?([^\[\]]+)\]")
_PART = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
_KEY = re.compile(rf"[ \t]*({_PART}(?:[ \t]*\.[ \t]*{_PART})*)[ \t]*=")
_KEY_PART = re.compile(r""""([^"]*)"|'([^']*)'|([\w-]+)""")


def _told(path: Path, text: str, where: Place, what: str) -> str:
    return f"{path}{_after_colon(_line_of(text, where))}: {what}"


def _after_colon(line: int | None) -> str:
    return "" if line is None else f":{line}"


def _line_of(text: str, path: Place) -> int | None:
    """The line of the key that `path` leads to, or of the nearest one above it; None where none is found.

    tomllib keeps no positions, so headers and keys are looked for line by line.
    """
    table: Place = ()
    lists: dict[Place, int] = {}
    best, depth = None, 0
    for number, line in enumerate(text.splitlines(), 1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header:
            parts = _parts(header[1])
            if line.lstrip().startswith("[["):
                lists[parts] = lists.get(parts, -1) + 1
            here = table = _numbered(parts, lists)
        elif key:
            here = (*table, *_parts(key[1]))
        else:
            continue
        if len(here) > depth and path[: len(here)] == here:
            best, depth = number, len(here)
    return best


def _parts(dotted: str) -> Place:
    return tuple(first or second or third for first, second, third in _KEY_PART.findall(dotted))


def _numbered(parts: Place, lists: Mapping[Place, int]) -> Place:
    """The keys of a header with the numbers of the tables in lists that it leads through."""
    found: Place = ()
    for count, part in enumerate(parts, 1):
        number = lists.get(parts[:count])
        found = (*found, part) if number is None else (*found, part, str(number))
    return found


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
