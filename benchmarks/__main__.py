"""`python -m benchmarks`: measures vaultlint, and its peers if asked, and writes what came of it."""

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.commands import (
    cat_command,
    cold_command,
    imports_command,
    own_commands,
    peer_commands,
    peer_versions,
)
from benchmarks.measure import Command, Figures, measure
from benchmarks.picture import growth_picture
from benchmarks.tables import Section, Sections, report
from benchmarks.vaults import SEED, STYLES, MadeVault, copy_vault, make_vault, workshop

SIZES = (60, 2_000, 21_000, 210_000)
QUICK_SIZES = (60, 600)
LARGEST_MAIN = 21_000
"""Notes. Larger generated vaults serve the picture of growth only: all rows would take hours."""


def main(arguments: Sequence[str]) -> int:
    """Measure and report; gives the exit status."""
    options = _options(arguments)
    real = options.vault and options.vault.resolve()
    output = options.output and options.output.resolve()
    os.chdir(workshop())  # whatever the commands look for or leave there
    vault = copy_vault(real) if real else make_vault(options.style, _main_size(options.notes), options.seed)
    try:
        if options.profile:
            from benchmarks.stages import profile

            print(f"{vault.title}\n", *profile(vault), sep="\n")
            return 0
        sections = _measured(vault, options)
    finally:
        if real:
            shutil.rmtree(vault.folder.parent)
    text = "\n".join(report(sections, options.runs, peer_versions() if options.peers else ())) + "\n"
    print(text)
    if output:
        output.mkdir(parents=True, exist_ok=True)
        (output / "results.md").write_text(text, encoding="utf-8")
        points = [(notes, cold.wall) for notes, cold in sections.growth]
        (output / "growth.svg").write_text(growth_picture(points), encoding="utf-8")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("vault", nargs="?", type=Path, help="a real vault; it is copied, never changed")
    parser.add_argument(
        "--notes", action="append", type=int, metavar="N", help=f"sizes of generated vaults, default {SIZES}"
    )
    parser.add_argument("--style", choices=STYLES, default="topics", help="of the main generated vault")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--runs", type=int, default=None, help="default: 5; quick: 3")
    parser.add_argument("--peers", action="store_true", help="measure rumdl and lychee too")
    parser.add_argument("--quick", action="store_true", help="small vaults, under a minute, writes nothing")
    parser.add_argument("--profile", action="store_true", help="only show the time by stage of one run")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="for results.md and growth.svg")
    options = parser.parse_args(arguments)
    options.notes = sorted(set(options.notes or (QUICK_SIZES if options.quick else SIZES)))
    options.runs = options.runs or (3 if options.quick else 5)
    if options.output is None and not options.quick:
        options.output = Path(__file__).parent
    return options


def _main_size(sizes: Sequence[int]) -> int:
    return max((size for size in sizes if size <= LARGEST_MAIN), default=sizes[0])


def _measured(vault: MadeVault, options: argparse.Namespace) -> Sections:
    seed: int = options.seed
    main_commands = [*own_commands(vault), cat_command(vault), imports_command()]
    main = _section("Main vault", vault, main_commands, options, warm=True)
    lists_size = min(max(options.notes), 200) if options.quick else 5_000
    many_lists = make_vault("lists", lists_size, seed)
    lists = _section("Lists, code and math in every note", many_lists, [cold_command(many_lists)], options)
    few = make_vault("topics", 60, seed)
    small_commands = [cold_command(few), imports_command()]
    small = Section("Small vault", few, measure(small_commands, options.runs, _say))
    growth = _growth(options.notes, seed, options.runs)
    return Sections(main, lists, small, growth)


def _section(
    heading: str,
    vault: MadeVault,
    commands: list[Command],
    options: argparse.Namespace,
    *,
    warm: bool = False,
) -> Section:
    with ExitStack() as stack:
        if options.peers:
            commands = commands + stack.enter_context(peer_commands(vault, warm=warm))
        return Section(heading, vault, measure(commands, options.runs, _say))


def _growth(sizes: Sequence[int], seed: int, runs: int) -> list[tuple[int, Figures]]:
    """Each number of notes with what a cold run takes, all sizes in turn."""
    commands = []
    for size in sizes:
        _say(f"generated vault of {size:,} notes")
        cold = cold_command(make_vault("topics", size, seed))
        commands.append(cold._replace(name=f"{cold.name}, {size:,} notes"))
    return list(zip(sizes, measure(commands, runs, _say), strict=True))


def _say(text: str) -> None:
    """Tell on a terminal what is being done."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{text}\x1b[K\r")
        sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
