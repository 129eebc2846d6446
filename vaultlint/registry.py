"""Finds the installed rule packs and gives the rule classes in them.

A pack is an entry point of the group `vaultlint.rules` that names a module or a package; the
built-in pack enters the same way.
"""

import importlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from vaultlint.rule import Rule

GROUP = "vaultlint.rules"

_CODE = re.compile(r"[A-Z]+[0-9]+")
_ENTRY = re.compile(r"^[ \t]*([^=#;\[\]\r\n]+?)[ \t]*=[ \t]*([\w.]+)", re.MULTILINE)
_SECTION = re.compile(r"^\[vaultlint\.rules\][ \t]*$([^\[]*)", re.MULTILINE)


class Pack(NamedTuple):
    """An entry point: its name, and the module that it names."""

    name: str
    module: str


def load_rules() -> "dict[str, type[Rule]]":
    """All installed rules by code, in the order of the codes.

    Raises `VaultlintError` for a pack that cannot be imported, a code or a name that two rules
    share, a code that is not capitals and digits, and a rule that asks for what no note has.
    """
    found: list[tuple[Pack, type[Rule]]] = []
    for pack in installed_packs():
        try:
            module = importlib.import_module(pack.module)
            found.extend((pack, rule) for rule in rules_of(module))
        except ImportError as error:
            raise VaultlintError(f"the rule pack “{pack.name}” cannot be imported: {error}") from error
    return _by_code(found)


def rules_of(module: ModuleType) -> "Iterator[type[Rule]]":
    """The rule classes with a code of their own that a module defines or, for a package, its modules do.

    Raises ImportError for a module that cannot be imported.
    """
    from vaultlint.rule import Rule

    modules = [module]
    for folder in getattr(module, "__path__", ()):
        names = sorted(path.stem for path in Path(folder).glob("*.py") if path.stem != "__init__")
        modules.extend(importlib.import_module(f"{module.__name__}.{name}") for name in names)
    for each in modules:
        for value in vars(each).values():
            is_rule = isinstance(value, type) and issubclass(value, Rule)
            if is_rule and value.__module__ == each.__name__ and "code" in vars(value):
                yield value


def installed_packs() -> list[Pack]:
    """The entry points of our group in every distribution on `sys.path`, sorted by name.

    The files are read here, because importing importlib.metadata takes longer than checking a small
    vault; it is asked only where `sys.path` holds an archive, which only it can read.
    """
    packs: list[Pack] = []
    seen: set[str] = set()
    for folder in dict.fromkeys(sys.path):
        if os.path.isfile(folder):  # noqa: PTH113 - the entries are strings
            return _packs_by_metadata()
        for distribution in _distributions(folder or os.curdir):
            # The first distribution of a name hides those behind it, as it does for imports.
            name = re.sub(r"[-_.]+", "-", distribution.name.rsplit(".", 1)[0].split("-")[0]).lower()
            if name not in seen:
                seen.add(name)
                packs.extend(_packs_in(distribution / "entry_points.txt"))
    return sorted(packs)


def distributions() -> list[str]:
    """The folders of all distributions on `sys.path`; their names tell the versions."""
    return [str(each) for folder in dict.fromkeys(sys.path) for each in _distributions(folder or os.curdir)]


def _distributions(folder: str) -> list[Path]:
    try:
        names = os.listdir(folder)  # noqa: PTH208 - a tenth of the time, over thousands of names
    except OSError:
        return []  # `sys.path` may name what is not there
    return [Path(folder, name) for name in sorted(names) if name.endswith((".dist-info", ".egg-info"))]


def _packs_in(entry_points: Path) -> Iterator[Pack]:
    try:
        text = entry_points.read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return  # most distributions have none
    for section in _SECTION.findall(text):
        for name, module in _ENTRY.findall(section):
            yield Pack(name, module)


def _packs_by_metadata() -> list[Pack]:
    from importlib.metadata import entry_points

    return sorted(Pack(entry.name, entry.module) for entry in entry_points(group=GROUP))


def _by_code(found: "list[tuple[Pack, type[Rule]]]") -> "dict[str, type[Rule]]":
    from vaultlint.rule import unknown_questions

    owners: dict[tuple[str, str], Pack] = {}
    rules: dict[str, type[Rule]] = {}
    for pack, rule in found:
        if not _CODE.fullmatch(rule.code):
            raise VaultlintError(
                f"the rule pack “{pack.name}” has a rule whose code is “{rule.code}”, not capitals and digits"
            )
        for what in unknown_questions(rule):
            raise VaultlintError(
                f"the rule “{rule.name}” of the rule pack “{pack.name}” asks for “{what}”,"
                " which it cannot see: `asks` names what it looks at"
            )
        for label in (("code", rule.code), ("name", rule.name)):
            if label in owners:
                raise VaultlintError(
                    f"two rules have the {label[0]} “{label[1]}”:"
                    f" of the rule packs “{owners[label].name}” and “{pack.name}”"
                )
            owners[label] = pack
        rules[rule.code] = rule
    return dict(sorted(rules.items()))
