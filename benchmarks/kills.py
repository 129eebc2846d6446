"""`python -m benchmarks.kills`: ends `vaultlint check --fix` of 300 notes at random moments, in three ways.

After every kill each note must be the old one or the new one, whole, with its mode; the next run must say
what happened; and `vaultlint undo` must give back every byte. Ends with status 1 where that is not so.

Each run is a child of a warm process, so that the moments fall into the run and not into the start of
Python. Half of them fall anywhere in the run, the other half while it writes.
"""

import argparse
import os
import re
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.vaults import SEED, workshop
from vaultlint.cli import main as vaultlint
from vaultlint.folders import has_open_run

NOTES = 300
SIGNALS = (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
FIX = ("check", "--fix", "--select", "VL109")
MAY_END = {0, 1, 130, 143, -signal.SIGKILL, -signal.SIGTERM}

Contents = dict[str, tuple[bytes, int]]
"""The bytes and the mode of each note."""


class Ended(NamedTuple):
    """A run that came to its end. A status below zero is the signal that killed it."""

    status: int
    seconds: float
    told: str


class Wrong(Exception):  # noqa: N818 - it says what is the matter
    """Something that must never be."""


def main(arguments: Sequence[str]) -> int:
    """Kill, look, report; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, metavar="N", help="kills (default: 1000)")
    parser.add_argument("--notes", type=int, default=NOTES, metavar="N", help=f"notes (default: {NOTES})")
    parser.add_argument("--seed", type=int, default=SEED, help="for the moments")
    options = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        parser.error("this needs a system with fork")
    with tempfile.TemporaryDirectory(dir=workshop()) as folder:
        os.environ["VAULTLINT_STATE_DIR"] = os.path.join(folder, "state")  # noqa: PTH118
        os.environ["VAULTLINT_CACHE_DIR"] = os.path.join(folder, "cache")  # noqa: PTH118
        killer = Killer(Path(folder).resolve(), options.notes, Random(options.seed))
        try:
            for number in range(options.runs):
                killer.kill(number, SIGNALS[number % len(SIGNALS)])
        except Wrong as wrong:
            print(f"wrong: {wrong}", file=sys.stderr)
            return 1
    print(killer.report(options.runs))
    return 0


class Child(NamedTuple):
    """A run at work."""

    process: int
    begun: float
    output: Path


def start(output: Path, *arguments: str) -> Child:
    """Run vaultlint in a child of this process, which tells what it has to tell into a file."""
    output.write_bytes(b"")
    ending = set(SIGNALS[1:])
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)  # until the child can handle them
    process = os.fork()
    if process == 0:
        status = 2
        try:
            descriptor = os.open(output, os.O_WRONLY)
            os.dup2(descriptor, 1)
            os.dup2(descriptor, 2)
            signal.signal(signal.SIGINT, signal.default_int_handler)  # shells ignore it in the background
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)
            status = vaultlint(arguments)
            sys.stdout.flush()
            sys.stderr.flush()
        except KeyboardInterrupt:  # before anything of the run had begun, or after it had ended
            status = 130
        finally:
            os._exit(status)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ending)
    return Child(process, time.monotonic(), output)


def end(child: Child) -> Ended:
    """Wait for the end of a run."""
    _, status = os.waitpid(child.process, 0)
    seconds = time.monotonic() - child.begun
    return Ended(os.waitstatus_to_exitcode(status), seconds, child.output.read_text(encoding="utf-8"))


def contents(root: Path) -> Contents:
    """What the notes of a vault read."""
    return {
        path.relative_to(root).as_posix(): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in root.rglob("*.md")
    }


class Killer:
    """A vault, what it reads before and after it is fixed, and what became of the runs that were killed."""

    def __init__(self, folder: Path, notes: int, random: Random) -> None:
        self.root = folder / "vault"
        self.folder = folder
        self.random = random
        self.ends: Counter[tuple[str, str]] = Counter()
        make(self.root, notes)
        self.old = contents(self.root)
        vaultlint(["check", str(self.root), "--output", os.devnull])  # to be warm
        self.whole, self.writing = self._timed()

    def _timed(self) -> tuple[float, float]:
        """Seconds that a run takes and that it writes, by the slowest of three; notes what it makes."""
        whole = writing = 0.0
        for _ in range(3):
            child = self._start(*FIX)
            begun = self._wait_for_journal(child)
            ended = end(child)
            whole, writing = max(whole, ended.seconds), max(writing, time.monotonic() - begun)
            self.new = contents(self.root)
            if any(self.new[path] == old for path, old in self.old.items()):
                raise Wrong("a run that was left alone did not fix all notes")
            self._undo_all()
        return whole, writing

    def kill(self, number: int, which: signal.Signals) -> None:
        """Start a run, end it at a random moment, and look at what it has left."""
        child = self._start(*FIX)
        if number % 2:
            self._wait_for_journal(child)
            time.sleep(self.random.uniform(0, self.writing))
        else:
            time.sleep(self.random.uniform(0, self.whole))
        os.kill(child.process, which)
        ended = end(child)
        fixed = self._fixed()
        if ended.status not in MAY_END:
            raise Wrong(f"{which.name}: exit status {ended.status}: {ended.told}")
        if found := re.search(r"interrupted: (\d+) of", ended.told):
            if int(found[1]) != fixed:
                raise Wrong(f"{which.name}: {fixed} notes are new, and it said: {ended.told}")
            if ended.status != 128 + which:
                raise Wrong(f"{which.name}: exit status {ended.status}")
        when = "nothing written" if not fixed else "part written" if fixed < len(self.old) else "all written"
        self.ends[which.name, when] += 1
        if number // 2 % 2:
            self._go_on(fixed)
        self._undo_all()

    def _go_on(self, fixed: int) -> None:
        """The next run says what happened, and mends the rest."""
        cut = has_open_run(str(self.root)) and fixed > 0
        said = f"when {fixed} of {len(self.old)} notes were written" in self._run("check").told
        if cut != said:
            raise Wrong(f"the next run {'said nothing of' if cut else 'spoke of'} a run that was cut off")
        self._run(*FIX)
        if self._fixed() != len(self.old):
            raise Wrong("the next run did not fix all notes")
        self._look_for_leftovers()

    def _undo_all(self) -> None:
        while self._run("undo").status == 0:
            pass
        if contents(self.root) != self.old:
            raise Wrong("undo did not give back every byte")
        self._look_for_leftovers()

    def _fixed(self) -> int:
        """How many notes are new. Raises `Wrong` for one that is neither new nor old."""
        now = contents(self.root)
        for path, content in now.items():
            if content not in (self.old[path], self.new[path]):
                raise Wrong(f"“{path}” is damaged")
        if now.keys() != self.old.keys():
            raise Wrong("notes are gone, or new")
        return sum(now[path] == self.new[path] for path in now)

    def _look_for_leftovers(self) -> None:
        left = [path.name for path in self.root.rglob(".vl-*")]
        if left:
            raise Wrong(f"left in the vault: {', '.join(left)}")

    # --- runs ---------------------------------------------------------------------------------

    def _run(self, *arguments: str) -> Ended:
        return end(self._start(*arguments))

    def _start(self, *arguments: str) -> Child:
        return start(self.folder / "told", arguments[0], str(self.root), *arguments[1:])

    def _wait_for_journal(self, child: Child) -> float:
        """Wait until the run begins to write, or should have; gives the time."""
        latest = child.begun + 10 * getattr(self, "whole", 1)
        while not has_open_run(str(self.root)) and time.monotonic() < latest:
            time.sleep(0.0002)
        return time.monotonic()

    def report(self, runs: int) -> str:
        """A table for people."""
        columns = ("nothing written", "part written", "all written")
        rows = [
            f"| {which.name} | {' | '.join(str(self.ends[which.name, column]) for column in columns)} |"
            for which in SIGNALS
        ]
        lines = [
            f"{runs} runs over {len(self.old)} notes ended before their time. Left alone they take",
            f"{self.whole:.2f} s, and write for {self.writing:.2f} s. Every note is whole; every next run",
            "and every undo was right.",
            "",
            f"| signal | {' | '.join(columns)} |",
            "| --- | --- | --- | --- |",
            *rows,
        ]
        return "\n".join(lines)


def make(root: Path, notes: int) -> None:
    """A vault in which every note can be fixed, in the forms that notes have."""
    shutil.rmtree(root, ignore_errors=True)
    (root / ".obsidian").mkdir(parents=True)
    for number in range(notes):
        folder = root / f"Folder {number % 7}"
        folder.mkdir(exist_ok=True)
        end = "\r\n" if number % 5 == 0 else "\n"
        mark = "\ufeff" if number % 11 == 0 else ""
        lines = [
            "---",
            f"up: [[Note {(number + 1) % notes}]]",
            "---",
            *(f"line {at} 🌱" for at in range(number)),
        ]
        note = folder / f"Note {number}.md"
        note.write_bytes((mark + end.join(lines) + end).encode())
        note.chmod(0o600 if number % 3 else 0o644)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
