"""What a run found, and the formats in which it is told: one module a format.

Here, and nowhere before, offsets become lines and columns. A report may be told in parts, each of some
notes, by different processes: a format gives a `Part` for each, and puts the parts together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from vaultlint.diagnostic import Diagnostic, Safety, taking
from vaultlint.engine import Report
from vaultlint.rule import Rule
from vaultlint.vault import Vault

if TYPE_CHECKING:
    from vaultlint.baseline import Standing

__all__ = [
    "Counted",
    "Format",
    "Part",
    "Report",
    "Tally",
    "Wanted",
    "format_named",
    "items",
    "joined",
    "remedy",
    "texts",
]


_code_of, _severity_of, _path_of = map(taking, ("code", "severity", "path"))


def remedy(diagnostic: Diagnostic) -> Safety | None:
    """The mildest safety among the fixes that a run may apply: safe, else unsafe, else None."""
    fixes = diagnostic.fixes
    if len(fixes) < 2:  # nearly always
        return fixes[0].safety if fixes and fixes[0].safety is not Safety.MANUAL else None
    offered = {fix.safety for fix in fixes}
    if Safety.SAFE in offered:
        return Safety.SAFE
    return Safety.UNSAFE if Safety.UNSAFE in offered else None


class Tally(NamedTuple):
    """The figures of a report or of a part of one."""

    complete: bool
    notes: int
    files: int
    diagnostics: int
    noted: int
    """Files with findings."""
    severities: Counter[str]
    rules: Counter[str]
    remedies: Counter[Safety | None]
    baseline: "Standing | None" = None
    """How the findings stand to the baseline, if there is one."""

    @classmethod
    def of(cls, report: Report) -> "Tally":
        """The figures of this report."""
        found = report.diagnostics
        return cls(
            report.complete,
            report.notes,
            report.files,
            len(found),
            len(set(map(_path_of, found))),
            Counter(map(_severity_of, found)),
            Counter(map(_code_of, found)),
            Counter(map(remedy, found)),
            report.baseline,
        )

    @classmethod
    def total(cls, tallies: Iterable["Tally"]) -> "Tally":
        """The figures of a report from those of its parts, of which there is one at least."""
        first, *others = tallies
        for other in others:
            first = cls(
                first.complete and other.complete,
                first.notes,
                first.files,
                first.diagnostics + other.diagnostics,
                first.noted + other.noted,
                first.severities + other.severities,
                first.rules + other.rules,
                first.remedies + other.remedies,
                first.baseline.plus(other.baseline) if first.baseline and other.baseline else None,
            )
        return first


class Part(NamedTuple):
    """A part of a report as a format tells it: the text of its findings, and its figures."""

    text: bytes | memoryview
    """UTF-8: there may be a hundred thousand findings, which cross to another process and go to a file."""
    tally: Tally
    record: str | bytes | None = None
    """What the memory of the run keeps in the place of the text, where it has one."""


class Counted:
    """Parts of a report on their way out. Nobody holds them all: their text may be larger than the vault."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = parts
        self._tallies: list[Tally] = []

    def __iter__(self) -> Iterator[Part]:
        for part in self._parts:
            self._tallies.append(part.tally)
            yield part

    @property
    def tally(self) -> Tally:
        """The figures of those that have passed, of which there is one at least."""
        return Tally.total(self._tallies)


def items(parts: Iterable[Part]) -> Iterator[str | Part]:
    """The findings of all parts as the items of a JSON list, each part on lines of its own."""
    before = "\n"
    for part in parts:
        if part.text:
            yield before
            yield part
            before = ",\n"


def texts(pieces: Iterable[str | Part]) -> Iterator[str | bytes | memoryview]:
    """The pieces of a report as they are written; what is no text is UTF-8."""
    return (piece.text if isinstance(piece, Part) else piece for piece in pieces)


class Wanted(NamedTuple):
    """What a report ought to be like, as far as a format has a choice."""

    max_diagnostics: int
    """How many findings are shown to people, 0 for all. Programs get all."""
    prefix: str
    """What stands before the paths of the vault in its repository."""
    rules: Callable[[], Mapping[str, type[Rule]]]
    """Gives all rules, by code."""
    colour: bool = False
    vault: Callable[[], Vault] | None = None
    """Gives the vault that the report is about."""


class Format(NamedTuple):
    """How a report is told. The function `form` of a format's module gives it."""

    part: Callable[[Report], Part]
    """A part of it. What it needs is picklable: it is called in other processes."""
    whole: Callable[[Iterable[Part]], Iterable[str | Part]]
    """All of it, from the parts, of which there is one at least, in order. It holds no more of them than it
    must, and parts that are told as they are it passes on."""
    join: Callable[[Sequence[Part]], Part] | None = None
    """Parts that follow each other as one; None where `part` has to see them all at once."""


def joined(between: bytes, parts: Sequence[Part]) -> Part:
    """Parts that follow each other as one, with that between their texts."""
    text = between.join([part.text for part in parts if part.text])
    return Part(text, Tally.total(part.tally for part in parts))


def format_named(name: str, wanted: Wanted) -> Format:
    """The format of that name, whose module is imported now."""
    found: Format = import_module(f"vaultlint.report.{name}").form(wanted)
    return found
