"""`vaultlint undo`: take back what a run wrote, or list what can be taken back."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from vaultlint.changes import runs_of, take_back, when
from vaultlint.commands import CLEAN, FOUND, warn
from vaultlint.folders import OPEN
from vaultlint.journal import CUT, RUNS_KEPT, Run
from vaultlint.report.escape import visible


def undo(root: Path, number: int | None) -> int:
    """Take a run back, by default the last; gives the exit status: 1 where notes could not be restored."""
    undone = take_back(root, number)
    run = undone.run
    warn(undone.problems)
    warn(f"{note.path}: not restored: {note.reason}" for note in undone.left)
    warn(
        [
            f"took back run {run.number}, “{run.what}” of {when(run)}: "
            f"{_notes(len(undone.restored))} restored, {len(undone.left)} left alone"
        ]
    )
    return FOUND if undone.left else CLEAN


def list_of_runs(root: Path) -> Iterator[str]:
    """The runs that can be taken back, the latest first, a line each."""
    runs, back = runs_of(root)
    if not runs:
        yield "nothing was written in this vault that could be taken back\n"
    for run in reversed(runs):
        yield visible(_line(run, back)) + "\n"
    if runs:
        yield f"The last {RUNS_KEPT} runs are kept in “{visible(str(runs[-1].file.parent))}”\n"


def _line(run: Run, back: Sequence[int] | set[int]) -> str:
    if run.problem is not None:
        return f"{run.number:>4}  {run.problem}"
    state = "  taken back" if run.number in back else "  cut off" if run.state in (OPEN, CUT) else ""
    return f"{run.number:>4}  {when(run)}  {run.what}  {_notes(len(run.entries))}{state}"


def _notes(number: int) -> str:
    return f"{number} note{'' if number == 1 else 's'}"
