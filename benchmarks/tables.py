"""What was measured, as Markdown."""

import os
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from benchmarks import commands as names
from benchmarks.measure import Figures
from benchmarks.vaults import MadeVault

MILLION = 1_000_000


class Section(NamedTuple):
    """Commands that were measured in turn on one vault."""

    heading: str
    vault: MadeVault
    figures: Sequence[Figures]

    def of(self, name: str) -> Figures | None:
        """The figures of the command of that name, if it was measured."""
        return next((figures for figures in self.figures if figures.name == name), None)


class Sections(NamedTuple):
    """All of a run. `growth` pairs numbers of notes with the cold run."""

    main: Section
    lists: Section
    small: Section
    growth: Sequence[tuple[int, Figures]]


def report(sections: Sections, runs: int, peers: Sequence[str]) -> Sequence[str]:
    """The lines of the whole report."""
    lines = ["# Benchmarks", "", *_machine(runs, peers), "", *_acceptance(sections)]
    for section in (sections.main, sections.lists, sections.small):
        lines += ["", *_section(section)]
    return [*lines, "", *_growth(sections.growth)]


def _machine(runs: int, peers: Sequence[str]) -> list[str]:
    libraries = ", ".join(f"{name} {version(name)}" for name in ("mistune", "pyyaml", "pathspec", "pydantic"))
    system = f"{platform.system()} {platform.release()}"
    described = [
        f"Machine: {_processor()}, {os.cpu_count()} cores, {_memory()} {system}.",
        f"Python {platform.python_version()} ({platform.python_implementation()}); {libraries}.",
    ]
    if peers:
        described.append(f"Peers: {', '.join(peers)}.")
    described.append(
        f"Medians of {runs} runs, the commands taken in turn; in parentheses the least and the most. CPU is"
        " user and system time of all processes; memory is the most that all of them held at once, looked"
        " at in a run of its own."
    )
    return described


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass  # not Linux
    return platform.processor() or platform.machine()


def _memory() -> str:
    if not hasattr(os, "sysconf"):
        return ""
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB of memory,"


def _section(section: Section) -> list[str]:
    vault = section.vault
    lines = [
        f"## {section.heading}",
        "",
        f"{vault.title}, {vault.size / MILLION:,.1f} MB.",
        "",
        "| command | wall, s | CPU, s | memory, MB |",
        "| --- | --- | --- | --- |",
    ]
    for figures in section.figures:
        walls = [cost.wall for cost in figures.costs]
        cpus = [cost.cpu for cost in figures.costs]
        lines.append(
            f"| {figures.name} | {_spread(figures.wall, walls)} | {_spread(figures.cpu, cpus)} "
            f"| {figures.peak / MILLION:,.0f} |"
        )
    return lines


def _spread(median: float, values: Sequence[float]) -> str:
    return f"{median:.3f} ({min(values):.3f}–{max(values):.3f})"


def _growth(growth: Sequence[tuple[int, Figures]]) -> list[str]:
    lines = [
        "## Growth",
        "",
        "Cold runs on generated vaults. ![growth](growth.svg)",
        "",
        "| notes | wall, s | CPU, s | memory, MB | wall a note, ms |",
        "| --- | --- | --- | --- | --- |",
    ]
    for notes, cold in growth:
        lines.append(
            f"| {notes:,} | {cold.wall:.3f} | {cold.cpu:.3f} | {cold.peak / MILLION:,.0f} "
            f"| {1000 * cold.wall / notes:.3f} |"
        )
    return lines


# --- what is asked of the figures -------------------------------------------------------------


class _Goal(NamedTuple):
    """A figure, what it must reach, and what it is meant to reach; None where it was not measured."""

    name: str
    value: float | None
    at_least: float
    aim: float
    unit: str = ""

    def row(self) -> str:
        if self.value is None:
            shown, verdict = "not measured", ""
        else:
            shown = f"{self.value:.3g}{self.unit}"
            verdict = "aim" if self.value <= self.aim else "yes" if self.value <= self.at_least else "**no**"
        limits = f"≤ {self.at_least:g}{self.unit} | ≤ {self.aim:g}{self.unit}"
        return f"| {self.name} | {shown} | {limits} | {verdict} |"


def _acceptance(sections: Sections) -> list[str]:
    main, lists, small = sections.main, sections.lists, sections.small
    peak = main.of(names.COLD)
    goals = [
        _Goal("cold / the faster of rumdl and lychee, wall", _over_peers(main, _wall), 0.7, 0.45),
        _Goal("cold / the thriftier of rumdl and lychee, CPU", _over_peers(main, _cpu), 0.7, 0.45),
        _Goal("the same, wall, lists in every note", _over_peers(lists, _wall), 0.95, 0.6),
        _Goal("warm / rumdl warm, wall", _ratio(main, names.WARM, names.RUMDL_WARM), 0.25, 0.12),
        _Goal("one note changed / nothing changed, wall", _ratio(main, names.CHANGED, names.WARM), 4, 2),
        _Goal(
            f"check of {small.vault.notes} notes / importing the libraries, wall",
            _ratio(small, names.COLD, names.IMPORTS),
            3,
            1.5,
        ),
        _Goal("210,000 / 21,000 notes, cold, wall", _tenfold(dict(sections.growth)), 11, 10),
        _Goal(
            f"memory of all processes, {main.vault.notes:,} notes, cold",
            peak.peak / MILLION if peak and peak.peak else None,
            400,
            150,
            " MB",
        ),
    ]
    lines = [
        "## Goals",
        "",
        "| figure | measured | at least | aim | reached |",
        "| --- | --- | --- | --- | --- |",
    ]
    return lines + [goal.row() for goal in goals]


def _wall(figures: Figures) -> float:
    return figures.wall


def _cpu(figures: Figures) -> float:
    return figures.cpu


def _ratio(section: Section, name: str, base: str) -> float | None:
    one, other = section.of(name), section.of(base)
    return one.wall / other.wall if one and other else None


def _over_peers(section: Section, value: Callable[[Figures], float]) -> float | None:
    own = section.of(names.COLD)
    peers = [peer for name in (names.RUMDL, names.LYCHEE) if (peer := section.of(name)) is not None]
    return value(own) / min(map(value, peers)) if own and peers else None


def _tenfold(growth: Mapping[int, Figures]) -> float | None:
    few, many = growth.get(21_000), growth.get(210_000)
    return many.wall / few.wall if few and many else None
