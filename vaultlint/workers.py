"""Processes to work with: how many, and how they are started. The engine takes any executor."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from vaultlint.errors import VaultlintError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future
    from threading import Thread

P = TypeVar("P")
T = TypeVar("T")
OpenWorkers: TypeAlias = "Callable[[], AbstractContextManager[Executor]]"
WorkersFor: TypeAlias = "Callable[[int], OpenWorkers | None]"
"""What opens workers that see this process's memory, for work on so many notes; None where they are not
worth it."""

SERIAL_BELOW = 400
"""Notes. Starting worker processes for fewer costs more than it saves."""


_AT_ONCE = 64  # things that are a task for a worker, where each is the work of a note


def workers(notes: int, jobs: int | None) -> int:
    """How many processes to work with on so many notes: one for few, else `jobs` where it is given, else one
    for each core."""
    if notes < SERIAL_BELOW:
        return 1
    return jobs if jobs is not None else _cores()


def forks(notes: int, jobs: int | None) -> "OpenWorkers | None":
    """What opens processes to work on so many notes, forked when they are opened; None where they are not
    worth it, or cannot be forked. With `jobs` bound it is a `WorkersFor`."""
    count = workers(notes, jobs)
    return partial(processes, count) if count > 1 and can_fork() else None


def alone(_notes: int) -> "OpenWorkers | None":
    """The `WorkersFor` of those that work in one process: there is nothing to open."""
    return None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def pool(count: int) -> "Iterator[Executor | None]":
    """An executor with that many processes, None for one."""
    if count <= 1:
        yield None
    else:
        with processes(count) as executor:
            yield executor


@contextmanager
def processes(count: int) -> "Iterator[Executor]":
    """An executor with that many processes. Where processes can be forked, they see what this one has in
    memory.

    Raises `VaultlintError` where one of them is gone before it has answered.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Forking is quickest, and here it is safe.
    method = "fork" if can_fork() else "spawn"
    context = multiprocessing.get_context(method)
    executor = ProcessPoolExecutor(count, mp_context=context, initializer=_end_with_parent)
    try:
        yield executor
    except BrokenProcessPool as error:
        gone = "a worker process was ended from outside, perhaps because memory is short"
        raise VaultlintError(f"{gone}; with --jobs 1 there are none") from error
    finally:
        executor.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Have this worker end when the process that began it is gone. Killed, that one cannot tell its workers,
    which would wait for work for ever, and keep all the memory that they have."""
    from multiprocessing import parent_process
    from threading import Thread

    def follow() -> None:
        parent = parent_process()
        assert parent is not None
        parent.join()
        os._exit(1)

    Thread(target=follow, daemon=True).start()


@contextmanager
def beside(task: Callable[[], object] | None) -> Iterator[Callable[[], None]]:
    """Gives what begins the task in a thread, the first time that it is called. The thread has ended when
    this ends, so that processes can be forked again."""
    threads: list[Thread] = []

    def begin() -> None:
        if task is not None and not threads:
            from threading import Thread

            threads.append(Thread(target=task))
            threads[0].start()

    try:
        yield begin
    finally:
        for thread in threads:
            thread.join()


@contextmanager
def sharing(thing: object) -> Iterator[int]:
    """Meanwhile workers that see the memory of this process find the thing by the key that this gives."""
    _shared[id(thing)] = thing
    try:
        yield id(thing)
    finally:
        del _shared[id(thing)]


def shared(key: int) -> Any:
    """What was shared under that key when this process was forked."""
    return _shared[key]


_shared: dict[int, object] = {}


def results(futures: "Iterable[Future[T]]") -> Iterator[T]:
    """What the workers give, in order. All is asked for at once, and nothing is held that was given."""
    waiting = deque(futures)
    while waiting:
        yield waiting.popleft().result()


def by_parts(
    work: Callable[[Sequence[P]], T], things: Sequence[P], open_workers: "OpenWorkers | None"
) -> Iterator[T]:
    """What `work` makes of the things, some at a time, in order: here, or in the workers that `open_workers`
    opens, which must see the memory of this process."""
    starts = range(0, len(things), _AT_ONCE)
    if open_workers is None:
        yield from (work(things[start : start + _AT_ONCE]) for start in starts)
        return
    with sharing((work, things)) as key, open_workers() as executor:
        yield from results(executor.submit(_part, key, start) for start in starts)


def _part(key: int, start: int) -> Any:
    work, things = shared(key)
    return work(things[start : start + _AT_ONCE])


def can_fork() -> bool:
    """Whether the processes of a pool see what this one has in memory. They are not forked while another
    thread runs, as in a program that uses this one: a lock that it holds would be held in them for ever."""
    from threading import active_count

    # On macOS a forked process may not call the system.
    return hasattr(os, "fork") and sys.platform != "darwin" and active_count() == 1
