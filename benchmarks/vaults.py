"""Vaults to measure with: made from a seed and kept in the temporary folder, or a copy of a real one."""

import getpass
import hashlib
import shutil
import tempfile
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.lists import list_notes
from benchmarks.topics import topic_notes

STYLES = {"topics": topic_notes, "lists": list_notes}
SEED = 20_250_529


class MadeVault(NamedTuple):
    """A vault that a benchmark may change, since nobody else needs it."""

    title: str
    folder: Path
    notes: int
    size: int
    """Bytes of all notes."""

    def note(self) -> Path:
        """The note that is changed for the run after a change: the middle one."""
        paths = sorted(self.folder.rglob("*.md"))
        return paths[len(paths) // 2]


def workshop() -> Path:
    """The folder of this user for all that a benchmark makes, outside the project."""
    folder = Path(tempfile.gettempdir(), f"vaultlint-benchmarks-{getpass.getuser()}")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder.resolve()


def make_vault(style: str, notes: int, seed: int = SEED) -> MadeVault:
    """The generated vault of that style, number of notes and seed; made only where it is not there yet."""
    folder = workshop() / f"{style}-{notes}-{seed}-{_edition()}"
    done = folder.with_suffix(".done")
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        (folder / ".obsidian").mkdir(parents=True)
        for path, text in STYLES[style](Random(f"{style} {notes} {seed}"), notes):
            file = folder / path
            if not file.parent.is_dir():
                file.parent.mkdir(parents=True)
            file.write_bytes(text.encode())
        done.touch()
    return _measured(f"{notes:,} generated notes, style {style}", folder)


def _edition() -> str:
    """Changes with the code that makes the notes, so that no older vault is taken for the present one."""
    here = Path(__file__).parent
    code = b"".join((here / name).read_bytes() for name in ("words.py", "topics.py", "lists.py"))
    return hashlib.sha256(code).hexdigest()[:8]


def copy_vault(source: Path) -> MadeVault:
    """A copy of a real vault, because a benchmark changes a note; without the history that git keeps."""
    folder = Path(tempfile.mkdtemp(prefix="real-", dir=workshop())) / source.resolve().name
    shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    (folder / ".obsidian").mkdir(exist_ok=True)
    vault = _measured("", folder)
    return vault._replace(title=f"“{folder.name}”, {vault.notes:,} notes")


def _measured(title: str, folder: Path) -> MadeVault:
    sizes = [path.stat().st_size for path in folder.rglob("*.md") if not path.is_symlink()]
    return MadeVault(title, folder, len(sizes), sum(sizes))
