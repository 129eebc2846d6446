"""The configuration and the baseline of a revision: `--config-from`."""

import argparse
import os
from pathlib import Path
from typing import NamedTuple

from vaultlint.baseline import LARGEST, NAME
from vaultlint.config import find_config
from vaultlint.config_file import baseline_file, schema_files, sources_of
from vaultlint.git import Revision


class OfRevision(NamedTuple):
    """What counts of a revision."""

    files: tuple[tuple[str, bytes], ...]
    """Its configuration files, the one in force first, and the schemas that they name; none where it has no
    configuration."""
    baseline: tuple[str, bytes] | None
    """The path and the bytes of its baseline; None where it has none."""


def of_revision(root: Path, options: argparse.Namespace) -> OfRevision:
    """The files of the revision that `--config-from` names. Raises `VaultlintError`."""
    revision = Revision(root, options.config_from)
    path = options.config and Path(os.path.realpath(options.config))
    path = path or find_config(root, is_file=revision.has, read=revision.read)
    paths: list[Path] = []
    named = None
    if path is not None:
        paths = [*sources_of(path, revision.read), *schema_files(path, revision.read)]
        named = baseline_file(path, revision.read)
    files = tuple((str(each), revision.read(each)) for each in dict.fromkeys(paths))
    baseline = named or root / NAME
    found = revision.read(baseline, LARGEST) if revision.has(baseline) else None
    return OfRevision(files, None if found is None else (str(baseline), found))
