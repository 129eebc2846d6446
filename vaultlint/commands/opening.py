"""The vault and the configuration that the arguments of a command name."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from vaultlint import registry
from vaultlint.config import Config, find_config, load_config, overridden
from vaultlint.discovery import outside_inputs
from vaultlint.engine import Linter, open_linter
from vaultlint.errors import VaultlintError
from vaultlint.recall import Memory
from vaultlint.signature import config_inputs


def opened(
    root: Path, paths: list[Path], options: argparse.Namespace, memory: Memory | None
) -> tuple[Linter, Config]:
    """The vault, and the configuration in force. The memory hears of each file before it is read."""
    path = None if options.isolated else options.config or _found(root, memory)
    extended = _watched(path, memory) if path is not None else []
    classes = registry.load_rules()
    config = load_config(root, explicit=path, isolated=path is None, rule_classes=classes)
    if memory is not None and list(config.sources[:-1]) != extended:
        raise VaultlintError(f"{path}: it changed while it was read")
    config = overridden(
        config,
        classes,
        select=None if options.select is None else _listed(options.select),
        extend_select=_listed(options.extend_select),
        ignore=_listed(options.ignore),
        exclude=options.exclude or (),
    )
    if memory is None:
        return open_linter(root, config, classes, paths), config
    memory.watch(outside_inputs(str(root), config.config_folder))
    memory.begin()
    return open_linter(root, config, classes, paths, memory.listing), config


def _found(root: Path, memory: Memory | None) -> Path | None:
    if memory is not None:
        memory.watch(config_inputs(root, None, isolated=False))
    return find_config(root)


def _watched(path: Path, memory: Memory | None) -> list[Path]:
    """The files that a configuration file extends, the last of them first."""
    if memory is None:
        return []
    from vaultlint.config_file import sources_of

    memory.watch(config_inputs(path.parent, path, isolated=False))
    extended = sources_of(path)[:0:-1]
    memory.watch([os.path.abspath(each) for each in extended])  # noqa: PTH100 - a symlink stays one
    return extended


def _listed(values: Iterable[str] | None) -> list[str]:
    """`--select VL2,VL301 --select orphan-note` as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]
