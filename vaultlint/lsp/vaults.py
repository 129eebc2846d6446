"""The vaults of the workspace: which folders are some, and how one is opened, read and listed again."""

import argparse
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread

from vaultlint.arguments import bearing_on_notes
from vaultlint.assembly import open_linter
from vaultlint.commands.opening import configured, log_of
from vaultlint.config import CONFIG_NAME
from vaultlint.discovery import SETTINGS_FILES, outside_inputs
from vaultlint.engine import Linter
from vaultlint.recall import Memory
from vaultlint.session import Session
from vaultlint.trust import shut_out

_DEPTH = 4  # folders below one of the workspace in which vaults are looked for
_MOST_FOLDERS = 5_000
_COMMITTED = ("/.git/HEAD", "/.git/logs/HEAD")
"""What changes when something is committed: then git may tell of other files that are gone."""
_CONFIGS = (CONFIG_NAME, "pyproject.toml", ".gitignore", ".vaultlintignore")


def is_vault(folder: str) -> bool:
    """Whether a folder says of itself that it is a vault."""
    return os.path.isdir(f"{folder}/.obsidian") or os.path.isfile(f"{folder}/{CONFIG_NAME}")  # noqa: PTH112, PTH113


def roots_of(folder: str) -> list[str]:
    """The vaults that a folder of the workspace, a real path, has to do with: the one that it is or lies in;
    else those in it; else it is taken for one itself."""
    for each in (folder, *map(str, Path(folder).parents)):
        if is_vault(each):
            return [each]
    return _roots_in(folder) or [folder]


def _roots_in(folder: str) -> list[str]:
    found: list[str] = []
    level = [folder]
    seen = 0
    for _ in range(_DEPTH):
        below: list[str] = []
        for each in level:
            seen += 1
            if seen > _MOST_FOLDERS:
                return found
            with suppress(OSError), os.scandir(each) as entries:
                below += [
                    entry.path
                    for entry in entries
                    if entry.name[0] != "." and entry.is_dir(follow_symlinks=False)
                ]
        found += filter(is_vault, below)
        level = [each for each in below if each not in found]
    return sorted(found)


def root_above(file: str, top: str) -> str:
    """The nearest vault around a file in the vault `top`: there may be one in another."""
    folder = os.path.dirname(file)  # noqa: PTH120
    while len(folder) > len(top):
        if is_vault(folder):
            return folder
        folder = os.path.dirname(folder)  # noqa: PTH120
    return top


def is_in(folder: str, top: str) -> bool:
    """Whether a folder is that one or lies in it."""
    return f"{folder}{os.sep}".startswith(f"{top.rstrip(os.sep)}{os.sep}")


class OpenVault:
    """A vault of the workspace, with a session that is to be read piece by piece."""

    def __init__(self, root: str, options: argparse.Namespace) -> None:
        """Lists the vault at that real path. Raises `VaultlintError`."""
        self.root = root
        if options.untrusted:
            shut_out(Path(root))
        self._keeps = not options.untrusted
        self._memory = Memory(root_path := Path(root), bearing_on_notes(options), "lsp")
        memory: Memory | None = self._memory
        config, _, classes = configured(root_path, options, memory)
        self._memory.watch(outside_inputs(root, config.config_folder))
        self._memory.begin()

        def reopened() -> Linter:
            nonlocal memory
            listing = memory.listing if memory is not None else None
            log = None if options.untrusted else log_of(root_path, memory)
            linter = open_linter(root_path, config, classes, listing=listing, history=log)
            if memory is not None:
                linter.recall(*memory.notes(linter.files.notes))
            memory = None
            return linter

        self.rule_classes = classes
        self._config_folder = config.config_folder
        self._sources = {os.path.realpath(each) for each in config.sources}
        self.session = Session(reopened)
        self.warnings = self.session.linter.files.warnings
        self.notes = len(self.session.linter.files.notes)
        self.ready = False
        self._steps = self._read()
        self._gone: set[str] = set()
        self._outdated = False

    def _read(self) -> Iterator[int]:
        linter = self.session.linter
        notes = linter.files.notes
        unread = bool(linter.unread)
        yield from self.session.read()
        if unread and self._keeps:
            # As they are now: before any text of the editor's counts.
            kept = {note[0]: note for note in linter.kept(notes)}
            keep = partial(
                self._memory.keep_notes, notes, lambda paths: [kept[each] for each in paths if each in kept]
            )
            Thread(target=keep, name="cache", daemon=True).start()

    def step(self) -> int | None:
        """Read some more of it; gives how many notes are read, None when all are."""
        done = next(self._steps, None)
        self.ready = done is None
        return done

    # --- files --------------------------------------------------------------------------------

    def path_of(self, file: str) -> str | None:
        """The path in the vault of a file at a real path; None where it is none that the vault sees."""
        if not file.startswith(self.root.rstrip(os.sep) + os.sep):
            return None
        path = os.path.relpath(file, self.root).replace(os.sep, "/")
        return None if any(part.startswith(".") for part in path.split("/")) else path

    def file_of(self, path: str) -> str:
        """The absolute path of a file of the vault."""
        return os.path.join(self.root, *path.split("/"))  # noqa: PTH118 - bytes of names are kept

    def configures(self, file: str) -> bool:
        """Whether what stands in that file decides how the vault is read."""
        if os.path.realpath(file) in self._sources:
            return True
        folder, name = os.path.split(file)
        if name in _CONFIGS and (is_in(folder, self.root) or is_in(self.root, folder)):
            return True
        settings = f"{self.root}/{self._config_folder}/"
        return file.replace(os.sep, "/").startswith(settings) and file.endswith(SETTINGS_FILES)

    def heard(self, file: str, *, changed: bool) -> None:
        """Something happened to a file: it `changed`, or else came or went."""
        path = self.path_of(file)
        if path is None:
            inside = file.removeprefix(self.root).replace(os.sep, "/")
            if inside.startswith("/.trash/") or inside in _COMMITTED:
                self._outdated = True
        elif self.session.holds(path) and not self._outdated and (changed or os.path.isfile(file)):  # noqa: PTH113
            if self.ready:
                self.session.written(path)
            else:
                self._gone.add(path)
        elif not changed or path.lower().endswith((".md", ".canvas", ".base")):
            self._gone.add(path)
            self._outdated = True

    def refresh(self) -> bool:
        """List it again if need be; gives whether it was."""
        if not (self._outdated or self._gone):
            return False
        gone, self._gone, self._outdated = self._gone, set(), False
        self.session.refresh(gone)
        return True
