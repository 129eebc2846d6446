"""The vault and the configuration that the arguments of a command name."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from vaultlint.config import Config, load_config, overridden
from vaultlint.discovery import outside_inputs
from vaultlint.engine import Linter, open_linter
from vaultlint.recall import Memory
from vaultlint.registry import load_rules
from vaultlint.signature import config_inputs


def opened(
    root: Path, paths: list[Path], options: argparse.Namespace, memory: Memory | None
) -> tuple[Linter, Config]:
    """The vault, and the configuration in force. The memory hears of each file before it is read."""
    if memory is not None:
        memory.watch(config_inputs(root, options.config, isolated=options.isolated))
    classes = load_rules()
    config = load_config(root, explicit=options.config, isolated=options.isolated, rule_classes=classes)
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


def _listed(values: Iterable[str] | None) -> list[str]:
    """`--select VL2,VL301 --select orphan-note` as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]
