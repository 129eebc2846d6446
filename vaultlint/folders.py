"""Where this program keeps what is a user's: caches, which may be deleted, and journals, which must not."""

import os
import sys
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

_NAME = 32  # characters of a vault's folder name

OPEN = ".open"
"""How the journal of a run that is writing, or was cut off while it wrote, ends its name."""


def cache_folder() -> Path:
    """The folder of all caches: `VAULTLINT_CACHE_DIR`, or where the system keeps a user's caches."""
    named = os.environ.get("VAULTLINT_CACHE_DIR")
    if named:
        return Path(named).absolute()
    if sys.platform == "win32":
        return _local_data("Cache", ".vaultlint-cache")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "vaultlint"
    return _xdg("XDG_CACHE_HOME", ".cache")


def state_folder() -> Path:
    """The folder of all journals: `VAULTLINT_STATE_DIR`, or where the system keeps a user's lasting data."""
    named = os.environ.get("VAULTLINT_STATE_DIR")
    if named:
        return Path(named).absolute()
    if sys.platform == "win32":
        return _local_data("State", ".vaultlint-state")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "vaultlint"
    return _xdg("XDG_STATE_HOME", ".local/state")


def _local_data(name: str, otherwise: str) -> Path:
    local = os.environ.get("LOCALAPPDATA")
    return Path(local) / "vaultlint" / name if local else Path.home() / otherwise


def _xdg(variable: str, otherwise: str) -> Path:
    """A relative path in the variable is to be ignored (XDG Base Directory Specification)."""
    named = os.environ.get(variable, "")
    return (Path(named) if os.path.isabs(named) else Path.home() / otherwise) / "vaultlint"  # noqa: PTH117


def of_vault(folder: Path, root: str) -> Path:
    """The part of a folder that belongs to the vault at `root`, an absolute path."""
    return folder / blake2b(os.fsencode(root), digest_size=32).hexdigest()[:_NAME]


def is_of_vault(path: Path) -> bool:
    """Whether `of_vault` makes such names."""
    return len(path.name) == _NAME


def refused(folder: Path, root: str) -> str | None:
    """Why a folder that `of_vault` gave must not be used: it lies in the vault, or is not the user's. Begins
    with “folder”."""
    inside = root.rstrip(os.sep) + os.sep
    if os.path.realpath(folder).startswith(inside):
        return f"folder “{folder.parent}” is in the vault"
    with suppress(OSError):  # not there yet
        if hasattr(os, "geteuid") and folder.stat().st_uid != os.geteuid():
            return f"folder “{folder}” is somebody else's"
    return None


def has_open_run(root: str) -> bool:
    """Whether somebody is writing in the vault, or was cut off while writing. Costs next to nothing."""
    with suppress(OSError, RuntimeError):  # no journal, or none that can be read; no home
        return any(name.endswith(OPEN) for name in os.listdir(of_vault(state_folder(), root)))  # noqa: PTH208
    return False
