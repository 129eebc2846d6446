"""How a run that writes ends when it is told to: at a place where every note is whole, with what to do.

Signals are a matter of the main thread; in another one nothing here changes anything.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stopped(KeyboardInterrupt):
    """The run was told to end, by Ctrl-C or otherwise. Its words are for people."""

    def __init__(self, number: int, words: str = "interrupted") -> None:
        super().__init__(words)
        self.number = number

    @property
    def status(self) -> int:
        """The exit status, as shells count: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.number


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM end the run as Ctrl-C does, so that what is open is closed and people are told."""
    process = os.getpid()

    def stop(number: int, _frame: FrameType | None) -> NoReturn:
        if os.getpid() != process:  # a worker process, forked while this was in force
            os._exit(128 + number)
        raise Stopped(number)

    with _handled(stop, _ENDING[1:]):
        yield


@contextmanager
def put_off() -> Iterator[Callable[[], None]]:
    """Make Ctrl-C and SIGTERM wait until the function that this gives is called, or until the end.

    Whoever sends two of them wants to wait no longer.
    """
    waiting: list[int] = []

    def wait(number: int, _frame: FrameType | None) -> None:
        waiting.append(number)
        if len(waiting) > 1:
            raise Stopped(number)

    def stop_if_told() -> None:
        if waiting:
            raise Stopped(waiting[0])

    with _handled(wait, _ENDING):
        yield stop_if_told
    stop_if_told()


@contextmanager
def _handled(
    handler: Callable[[int, FrameType | None], object], numbers: tuple[signal.Signals, ...]
) -> Iterator[None]:
    """Handle signals so for a while, but those that whoever started this process wants ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: was for number, was in before.items() if was not in (signal.SIG_IGN, None)}
    for number in before:
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number, was in before.items():
            signal.signal(number, was)
