"""The command's first step: `python -m vaultlint`, and the script `vaultlint`."""

import gc
import os
import sys

from vaultlint import __version__

_ROOM = 16_000


def run() -> int:
    """Run the command line with the arguments of this process, which ends then; gives the exit status."""
    gc.disable()  # hardly anything of a start is garbage; what runs on for long enables it again
    if sys.argv[1:] in (["--version"], ["-V"]):  # answered at once, for whoever asks often
        sys.stdout.write(f"vaultlint {__version__}\n")
        return 0
    if "--untrusted" in sys.argv:  # `python -m` puts the working directory first, which may be the vault
        sys.path[:] = [entry for entry in sys.path if entry not in ("", os.getcwd())]  # noqa: PTH109
    from vaultlint.cli import main

    try:
        return main(sys.argv[1:])
    except Exception:  # noqa: BLE001 - a mistake of ours shows its trace, and is no finding (status 1)
        import traceback

        traceback.print_exc()
        return 2
    finally:
        gc.freeze()  # the system clears all away at once; Python would look for cycles in it first


# Python keeps the frames of calls in blocks of 16 kB. Where the calls of a loop begin at the end of one,
# each has the system map another block and unmap it again, thousands of times in a start. The block of a
# frame that is as large as this one has room for all others.
run.__code__ = run.__code__.replace(co_stacksize=_ROOM)


if __name__ == "__main__":
    sys.exit(run())
