"""The vault and the configuration that the arguments of a command name."""

import argparse
import os
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from vaultlint import registry
from vaultlint.assembly import open_linter
from vaultlint.baseline import Baseline, baseline_at, baseline_path, read_baseline
from vaultlint.config import Config, find_config, known_rules, overridden
from vaultlint.discovery import outside_inputs
from vaultlint.engine import Linter
from vaultlint.errors import VaultlintError
from vaultlint.listing import Listing, Overlay, notes_of
from vaultlint.shelf import Fetch, PackedNote
from vaultlint.signature import config_inputs

if TYPE_CHECKING:
    from vaultlint.config import RuleClasses
    from vaultlint.config_file import Layer
    from vaultlint.git_log import Log
    from vaultlint.recall import Memory


class Configured(NamedTuple):
    """A configuration, and what it was made of."""

    config: Config
    layers: "tuple[Layer, ...]"
    """Its files, the one that was asked for last."""
    rule_classes: "RuleClasses"


class Place(NamedTuple):
    """A vault that is not listed yet, and what is in force there."""

    root: Path
    config: Config
    rule_classes: "RuleClasses"
    baseline: Baseline | None
    listing: Listing | None
    """What lies in it, where that is known."""
    log: "Log | None"
    """The history of the vault, if it has one that may be asked."""
    keeping: bool
    """Whether what is read is kept for other runs."""

    def linter(self, paths: Sequence[Path] = (), overlay: Overlay = Overlay()) -> Linter:
        """The vault, listed and not read; `overlay`: what is otherwise than on the disk."""
        return open_linter(
            self.root,
            self.config,
            self.rule_classes,
            paths,
            listing=self.listing,
            baseline=self.baseline,
            overlay=overlay,
            history=self.log,
            keeping=self.keeping,
        )


def place(root: Path, options: argparse.Namespace, memory: "Memory | None") -> Place:
    """What is in force in a vault. The memory hears of each file before it is read."""
    config, _, classes = configured(root, options, memory)
    log = None if options.untrusted else log_of(root, memory)
    if memory is not None:
        memory.watch(outside_inputs(str(root), config.config_folder))
        memory.begin()
    baseline = _baseline(root, config, options, memory)
    listing = memory.listing if memory is not None else None
    return Place(root, config, classes, baseline, listing, log, keeping=memory is not None)


def log_of(root: Path, memory: "Memory | None") -> "Log | None":
    """The history of the vault, where it lies in a repository. The memory hears what it depends on."""
    if not any(os.path.lexists(folder / ".git") for folder in (root, *root.parents)):
        return None
    from vaultlint.git_log import Log, head_files

    if memory is not None:
        memory.watch_history(head_files(root))
    return Log(root, memory)


def otherwise(overlay: Overlay) -> set[str]:
    """The files that do not hold what they hold on the disk."""
    return {*overlay.contents, *overlay.refused}


def recall(linter: Linter, overlay: Overlay, memory: "Memory") -> None:
    """Give the linter what the memory has of the notes that are as they are on the disk."""
    usable = set(linter.files.notes) - otherwise(overlay)

    def wanted(notes: Iterable[PackedNote]) -> list[PackedNote]:
        return [note for note in notes if note[0] in usable]

    def fetched(fetch: Fetch) -> list[PackedNote]:
        return wanted(fetch())

    notes, later = memory.notes(notes_of(memory.listing))
    put_off: list[tuple[list[str], Fetch]] = []
    for paths, fetch in later:
        put_off.append(([path for path in paths if path in usable], partial(fetched, fetch)))
    linter.recall(wanted(notes), put_off)


def _baseline(
    root: Path, config: Config, options: argparse.Namespace, memory: "Memory | None"
) -> Baseline | None:
    """The baseline that counts; None where there is none. Raises `VaultlintError` for one that is damaged."""
    if options.no_baseline or options.isolated:
        return None
    if options.config_from is not None:
        given: tuple[str, bytes] | None = options.revision_baseline
    elif options.untrusted:  # whoever may change notes could hide what he broke in it
        given = None
    else:
        path = baseline_path(root, config)
        if memory is not None:
            memory.watch_aside([str(path)])
        return baseline_at(path)
    return None if given is None else read_baseline(*given)


def configured(root: Path, options: argparse.Namespace, memory: "Memory | None" = None) -> Configured:
    """The configuration in force, the arguments on top. Raises `VaultlintError`."""
    layers, classes = _layers(root, options, memory)
    config = Config()
    if layers:
        from vaultlint.config_file import merged

        config = merged(layers)
        classes = known_rules(config, classes)
    config = overridden(
        config,
        classes,
        select=None if options.select is None else _listed(options.select),
        extend_select=_listed(options.extend_select),
        ignore=_listed(options.ignore),
        exclude=options.exclude or (),
    )
    return Configured(config, tuple(layers), classes)


def _layers(
    root: Path, options: argparse.Namespace, memory: "Memory | None"
) -> "tuple[list[Layer], RuleClasses]":
    """The configuration files, and all rules there are."""
    given: dict[str, bytes] = dict(options.revision_files)
    if options.config_from is not None:
        path = next(map(Path, given), None)
    elif options.isolated:
        path = None
    elif options.config is not None or options.untrusted:
        path = options.config
    else:
        if memory is not None:
            memory.watch(config_inputs(root, None))
        path = find_config(root)
    if path is None:
        return [], registry.load_rules()
    from vaultlint.config_file import read_disk, read_layers, schema_files, sources_of

    if given:
        return read_layers(path, registry.load_rules(), lambda each: given[str(each)]), registry.load_rules()
    expected = None
    if memory is not None:
        memory.watch(config_inputs(root, path))
        expected = sources_of(path)
        memory.watch([os.path.abspath(each) for each in expected[1:]])  # noqa: PTH100 - a symlink stays one
        if schemas := schema_files(path):
            memory.watch([os.path.abspath(each) for each in schemas])  # noqa: PTH100
    classes = registry.load_rules()
    layers = read_layers(path, classes, read_disk)
    if expected is not None and [layer.path for layer in reversed(layers)] != expected:
        raise VaultlintError(f"{path}: it changed while it was read")
    return layers, classes


def _listed(values: Iterable[str] | None) -> list[str]:
    """`--select VL2,VL301 --select orphan-note` as one list."""
    return [part.strip() for value in values or () for part in value.split(",") if part.strip()]
