"""The command's first step: `python -m vaultlint`, and the script `vaultlint`."""

import sys

from vaultlint import __version__


def run() -> int:
    """Run the command line with the arguments of this process; gives the exit status."""
    if sys.argv[1:] in (["--version"], ["-V"]):  # answered at once, for whoever asks often
        sys.stdout.write(f"vaultlint {__version__}\n")
        return 0
    from vaultlint.cli import main

    try:
        return main(sys.argv[1:])
    except Exception:  # noqa: BLE001 - a mistake of ours shows its trace, and is no finding (status 1)
        import traceback

        traceback.print_exc()
        return 2


if __name__ == "__main__":
    sys.exit(run())
