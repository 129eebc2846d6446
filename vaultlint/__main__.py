"""The command's first step: `python -m vaultlint`, and the script `vaultlint`."""

import os
import sys

from vaultlint import __version__


def run() -> int:
    """Run the command line with the arguments of this process; gives the exit status."""
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


if __name__ == "__main__":
    sys.exit(run())
