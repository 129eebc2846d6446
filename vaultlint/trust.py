"""Keeps code that lies in a vault from being imported. It imports nothing that could lie there itself."""

import os
import sys
from pathlib import Path

from vaultlint.errors import VaultlintError


def shut_out(root: Path) -> None:
    """See to it that no code in the vault can be imported from here on.

    Raises `VaultlintError` where this program itself lies in the vault.
    """
    if _is_inside(__file__, root):
        raise VaultlintError(f"vaultlint itself is installed in “{root}”, which --untrusted must not trust")
    sys.path[:] = [entry for entry in sys.path if not _is_inside(entry or os.curdir, root)]
    sys.path_importer_cache.clear()


def _is_inside(path: str, root: Path) -> bool:
    return Path(os.path.realpath(path)).is_relative_to(root)
