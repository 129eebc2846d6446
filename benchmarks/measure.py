"""Runs commands and measures them: wall time, CPU time and memory of all their processes."""

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

_SAMPLE_EVERY = 0.01
"""Seconds between two looks at the memory."""


class Failed(Exception):  # noqa: N818 - it describes a command, not a mistake of ours
    """A measured command ended with a status that it must not end with."""


def _nothing() -> None:
    """Nothing to do before or after."""


class Command(NamedTuple):
    """A command to measure. `before` and `after` run each time, unmeasured."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str] = {}
    accepted: Collection[int] = (0,)
    """The exit statuses that mean that it did its work."""
    before: Callable[[], None] = _nothing
    after: Callable[[], None] = _nothing


class Cost(NamedTuple):
    """What one run took: seconds of wall time, seconds of CPU time (user and system)."""

    wall: float
    cpu: float


class Figures(NamedTuple):
    """What all runs of a command took. `peak` is in bytes; 0 where it cannot be measured."""

    name: str
    costs: tuple[Cost, ...]
    peak: int

    @property
    def wall(self) -> float:
        """Median, seconds."""
        return statistics.median(cost.wall for cost in self.costs)

    @property
    def cpu(self) -> float:
        """Median, seconds of all processes."""
        return statistics.median(cost.cpu for cost in self.costs)


def measure(commands: Sequence[Command], runs: int, say: Callable[[str], None]) -> list[Figures]:
    """Run each command so many times, in turn, so that what else the machine does meets all alike.

    Memory is looked at in a run of its own before that, because looking costs time; it also fills the
    caches of the operating system. Raises `Failed`.
    """
    peaks: dict[str, list[int]] = {command.name: [0] for command in commands}
    for command in commands:
        say(f"memory: {command.name}")
        _around(command, _watcher(peaks[command.name]))
    costs: dict[str, list[Cost]] = {command.name: [] for command in commands}
    for number in range(runs):
        for command in commands:
            say(f"run {number + 1} of {runs}: {command.name}")
            costs[command.name].append(_around(command, lambda process: None))
    return [
        Figures(command.name, tuple(costs[command.name]), max(peaks[command.name])) for command in commands
    ]


def _around(command: Command, watch: Callable[[subprocess.Popen[bytes]], object]) -> Cost:
    command.before()
    try:
        return _run(command, watch)
    finally:
        command.after()


def _run(command: Command, watch: Callable[[subprocess.Popen[bytes]], object]) -> Cost:
    with tempfile.TemporaryFile() as errors:
        process, cost = _waited(command, watch, errors)
        if process.returncode not in command.accepted:
            errors.seek(0)
            told = errors.read().decode(errors="replace").strip()
            ended = f"ended with status {process.returncode}"
            raise Failed(f"“{' '.join(command.arguments)}” {ended}: {told}")
    return cost


def _waited(
    command: Command, watch: Callable[[subprocess.Popen[bytes]], object], errors: IO[bytes]
) -> tuple[subprocess.Popen[bytes], Cost]:
    """The ended process of the command, and what it and all its children took."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        env={**os.environ, **command.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        start_new_session=True,  # by which its processes are known
    )
    watch(process)
    # Counts the children that the process itself waited for, as a pool does.
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    return process, Cost(wall, usage.ru_utime + usage.ru_stime)


def _watcher(peaks: list[int]) -> Callable[[subprocess.Popen[bytes]], None]:
    """Adds to `peaks`, until the process ends, the memory of all processes of its session, in bytes."""

    def watch(process: subprocess.Popen[bytes]) -> None:
        if not Path("/proc/self/smaps_rollup").exists():
            return  # not Linux
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            peaks.append(sum(_share(pid) for pid in _session(process.pid)))
            time.sleep(_SAMPLE_EVERY)

    return watch


def _session(leader: int) -> list[str]:
    """The ids of the processes in the session of that leader (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        name = entry.name
        if name.isdigit():
            state = _read(f"/proc/{name}/stat")
            # The fields behind the name, which is in parentheses: state, parent, group, session.
            if state and int(state.rsplit(")", 1)[1].split()[3]) == leader:
                found.append(name)
    return found


def _share(pid: str) -> int:
    """Bytes of memory of the process; what several processes share counts once among them (PSS)."""
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: str) -> str:
    """The text of a file of /proc; empty when its process has gone."""
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return ""
