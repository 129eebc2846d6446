"""The configuration of a revision: `--config-from`."""

import argparse
import os
from pathlib import Path

from vaultlint.config import find_config
from vaultlint.config_file import schema_files, sources_of
from vaultlint.git import Revision


def files_of_revision(root: Path, options: argparse.Namespace) -> tuple[tuple[str, bytes], ...]:
    """The configuration files of the revision that `--config-from` names, the one in force first, and the
    schemas that they name.

    None where that revision has no configuration. Raises `VaultlintError`.
    """
    revision = Revision(root, options.config_from)
    path = options.config and Path(os.path.realpath(options.config))
    path = path or find_config(root, is_file=revision.has, read=revision.read)
    if path is None:
        return ()
    paths = [*sources_of(path, revision.read), *schema_files(path, revision.read)]
    return tuple((str(each), revision.read(each)) for each in dict.fromkeys(paths))
