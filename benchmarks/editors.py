"""`python -m benchmarks.editors`: an editor saves notes in the very moment in which they are fixed.

Some editors write another file and give it the name of the note (`replace`), others empty the note and fill
it again (`truncate`). A save is lost when neither the note nor a file that is kept beside it holds it. Ends
with status 1 when one is lost against the first kind, or more than one in a thousand against the second,
or when a note reads what nobody wrote.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

from benchmarks.vaults import SEED, workshop
from vaultlint.write import NotRead, NotWritten, read_bytes_safely, write_note

SAVES = 20_000
LOST_AT_MOST = {"replace": 0, "truncate": 1 / 1000}
NAME = "note.md"
_BODY = b"[[ harvest ]] and what else stands in a note of ordinary length\n" * 40


def main(arguments: Sequence[str]) -> int:
    """Save and fix, report; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.editors", description=__doc__)
    parser.add_argument(
        "--saves", type=int, default=SAVES, metavar="N", help=f"of each kind (default: {SAVES})"
    )
    parser.add_argument("--editor", choices=_EDITORS, action="append", help="its kind (default: both)")
    parser.add_argument("--seed", type=int, default=SEED, help="for the moments")
    options = parser.parse_args(arguments)
    if not hasattr(os, "fork"):
        parser.error("this needs a system with fork")
    print("| editor | saves | before the fix | after it | fix refused | lost |", "| --- " * 6 + "|", sep="\n")
    wrong = False
    for kind in options.editor or _EDITORS:
        save = _EDITORS[kind]
        with tempfile.TemporaryDirectory(dir=workshop()) as folder:
            counts = trials(Path(folder).resolve(), save, options.saves, Random(f"{kind} {options.seed}"))
        told = (str(counts[each]) for each in ("before", "after", "refused", "lost"))
        print(f"| {kind} | {options.saves} | {' | '.join(told)} |", flush=True)
        wrong = wrong or counts["damaged"] > 0 or counts["lost"] > LOST_AT_MOST[kind] * options.saves
    return int(wrong)


def replacing(note: Path, content: bytes) -> None:
    """Save as most editors do."""
    other = note.with_name("another.md~")
    other.write_bytes(content)
    other.replace(note)


def truncating(note: Path, content: bytes) -> None:
    """Save as some editors do."""
    note.write_bytes(content)


_EDITORS = {"replace": replacing, "truncate": truncating}


def fixed(content: bytes) -> bytes:
    """What a fixer makes of a note."""
    return content.replace(b"[[ harvest ]]", b"[[harvest]]")


def trials(folder: Path, save: Callable[[Path, bytes], None], saves: int, random: Random) -> Counter[str]:
    """Fix a note as often, while another process saves it once; gives what became of the saves."""
    note = folder / NAME
    takes = _seconds_of_a_fix(folder)
    editor = _Editor(note, save, takes)
    counts: Counter[str] = Counter()
    try:
        for number in range(saves):
            old = b"old %d\n" % number + _BODY
            edited = b"edited %d\n" % number + _BODY
            note.write_bytes(old)
            editor.save_soon(number)
            _wait(random.uniform(0, takes / 2))
            refused = _fix(folder)
            editor.wait()
            kept = list(folder.glob(".vl-*.kept"))
            counts[
                _outcome(note.read_bytes(), old, edited, [each.read_bytes() for each in kept], refused)
            ] += 1
            for each in kept:
                each.unlink()
    finally:
        editor.end()
    return counts


def _outcome(content: bytes, old: bytes, edited: bytes, kept: Sequence[bytes], refused: bool) -> str:
    if content in (old, fixed(old)) and edited not in kept and fixed(edited) not in kept:
        return "lost"
    if content not in (old, fixed(old), edited, fixed(edited)):
        return "damaged"
    if refused:
        return "refused"
    return "before" if content == fixed(edited) else "after"


def _fix(folder: Path) -> bool:
    """Fix the note; gives whether that was refused."""
    try:
        content = read_bytes_safely(folder, NAME)
        write_note(folder, NAME, content, fixed(content))
    except (NotRead, NotWritten):
        return True
    return False


def _seconds_of_a_fix(folder: Path) -> float:
    """How long a fix takes that nobody disturbs: the middle one of some."""
    times = []
    for _ in range(51):
        (folder / NAME).write_bytes(_BODY)
        begun = time.perf_counter()
        _fix(folder)
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2]


def _wait(seconds: float) -> None:
    """Wait, more exactly than a sleep would."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


class _Pipe(NamedTuple):
    read: int
    write: int


class _Editor:
    """Another process, which saves the note when it is asked to, some moments later."""

    def __init__(self, note: Path, save: Callable[[Path, bytes], None], within: float) -> None:
        self._ask, self._done = _Pipe(*os.pipe()), _Pipe(*os.pipe())
        self._process = os.fork()
        if self._process == 0:
            try:
                self._work(note, save, within)
            finally:
                os._exit(0)

    def _work(self, note: Path, save: Callable[[Path, bytes], None], within: float) -> None:
        random = Random(os.getpid())
        while asked := os.read(self._ask.read, 8):
            content = b"edited %d\n" % int.from_bytes(asked, "big") + _BODY
            _wait(random.uniform(0, 2 * within))
            save(note, content)
            os.write(self._done.write, b".")

    def save_soon(self, number: int) -> None:
        """Ask for a save, and do not wait for it."""
        os.write(self._ask.write, number.to_bytes(8, "big"))

    def wait(self) -> None:
        """Wait for the save that was asked for."""
        os.read(self._done.read, 1)

    def end(self) -> None:
        """End the process."""
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
        for each in (*self._ask, *self._done):
            os.close(each)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
