"""Ends the server when the editor is no more, even where somebody else holds its end of the pipe open."""

import os
import threading

from vaultlint.files import OS_FILES

_SECONDS = 2.0


def watch(process: int) -> None:
    """End this process once that one is no more. One that is not there now, in a container say, is not
    watched."""
    if process > 0 and process != os.getpid() and OS_FILES.alive(process):
        threading.Thread(target=_watch, args=(process,), name="watchdog", daemon=True).start()


def _watch(process: int) -> None:
    pause = threading.Event()
    while not pause.wait(_SECONDS):
        if not OS_FILES.alive(process):
            os._exit(1)  # nobody is left to be told, and nothing is being written
