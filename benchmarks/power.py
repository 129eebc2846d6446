"""`python -m benchmarks.power`: cuts the power while `vaultlint check --fix` writes. Needs root, on Linux.

The vault lies on an ext4 image, mounted so that the system itself does nothing for files that nobody has
waited for (`noauto_da_alloc`). At a random moment the run is stopped and the image copied as it is then:
that is what a disk holds after a power cut. Each tenth cut comes some seconds after the run, when the
system has written names by itself, but not yet bytes. In the copy every note must be the old one or the
new one, whole, and `vaultlint undo` must give back every byte. Ends with status 1 where that is not so.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from benchmarks.kills import FIX, Contents, Wrong, contents, end, make, start
from benchmarks.vaults import SEED, workshop
from vaultlint.cli import main as vaultlint

NOTES = 60
_LATER = 8  # seconds; ext4 writes names after five, bytes after thirty
_IMAGE = 24 << 20  # bytes
_NEW = ("none", "part", "all")


def main(arguments: Sequence[str]) -> int:
    """Cut, look, report; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.power", description=__doc__)
    parser.add_argument("--cuts", type=int, default=100, metavar="N", help="power cuts (default: 100)")
    parser.add_argument("--notes", type=int, default=NOTES, metavar="N", help=f"notes (default: {NOTES})")
    parser.add_argument("--seed", type=int, default=SEED, help="for the moments")
    options = parser.parse_args(arguments)
    if sys.platform != "linux" or os.geteuid() != 0:
        parser.error("only root on Linux may mount an image")
    with tempfile.TemporaryDirectory(dir=workshop()) as folder:
        cutter = Cutter(Path(folder).resolve(), options.notes, Random(options.seed))
        try:
            for number in range(options.cuts):
                cutter.cut(_LATER if number % 10 == 9 else 0)
        except Wrong as wrong:
            print(f"wrong: {wrong}", file=sys.stderr)
            return 1
    print(
        f"{options.cuts} power cuts over {options.notes} notes: every note whole, every undo right; "
        f"new were {', '.join(f'{each} of them in {cutter.found[each]}' for each in _NEW)}"
    )
    return 0


class Cutter:
    """An image with a vault, and what that reads before and after it is fixed."""

    def __init__(self, folder: Path, notes: int, random: Random) -> None:
        self.folder = folder
        self.random = random
        self.place = folder / "mounted"
        self.root = self.place / "vault"
        self.found: Counter[str] = Counter()
        self.place.mkdir()
        os.environ["VAULTLINT_STATE_DIR"] = str(self.place / "state")
        os.environ["VAULTLINT_CACHE_DIR"] = str(folder / "cache")
        self.fresh = folder / "fresh.img"
        with self.fresh.open("wb") as image:
            image.truncate(_IMAGE)
        _run("mkfs.ext4", "-q", self.fresh)
        with self._mounted(self.fresh):
            make(self.root, notes)
            self.old = contents(self.root)
            vaultlint(["check", str(self.root), "--output", os.devnull])  # to be warm
        self.new, self.seconds = self._left_alone()

    @contextmanager
    def _mounted(self, image: Path) -> Iterator[None]:
        _run("mount", "-o", "loop,noauto_da_alloc", image, self.place)
        try:
            yield
        finally:
            _run("umount", self.place)

    def _left_alone(self) -> tuple[Contents, float]:
        """What the notes read after a run that comes to its end, and the seconds that it takes."""
        image = self._copy(self.fresh)
        with self._mounted(image):
            ended = end(start(self.folder / "told", FIX[0], str(self.root), *FIX[1:]))
            new = contents(self.root)
        if any(new[path] == old for path, old in self.old.items()):
            raise Wrong("a run that was left alone did not fix all notes")
        return new, ended.seconds

    def _copy(self, image: Path) -> Path:
        copy = self.folder / "copy.img"
        _run("cp", "--sparse=always", "--reflink=never", image, copy)
        return copy

    def cut(self, later: float) -> None:
        """Cut the power during a run, or so many seconds after it, and look at what the disk holds then."""
        image = self.folder / "work.img"
        self._copy(self.fresh).replace(image)
        with self._mounted(image):
            child = start(self.folder / "told", FIX[0], str(self.root), *FIX[1:])
            time.sleep(later or self.random.uniform(0.3 * self.seconds, 1.1 * self.seconds))
            os.kill(child.process, signal.SIGSTOP)
            disk = self._copy(image)
            os.kill(child.process, signal.SIGKILL)
            end(child)
        with self._mounted(disk):
            self._look()

    def _look(self) -> None:
        now = contents(self.root)
        if now.keys() != self.old.keys():
            raise Wrong("notes are gone, or new")
        for path, content in now.items():
            if content not in (self.old[path], self.new[path]):
                raise Wrong(f"“{path}” is damaged: {content[0][:80]!r}")
        new = sum(now[path] == self.new[path] for path in now)
        self.found["none" if not new else "part" if new < len(now) else "all"] += 1
        while end(start(self.folder / "told", "undo", str(self.root))).status == 0:
            pass
        if contents(self.root) != self.old:
            raise Wrong("undo did not give back every byte")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
