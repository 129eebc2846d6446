"""After some notes changed: which parts of the last report still hold. Only the others are told again."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from vaultlint.diagnostic import Safety, Severity
from vaultlint.engine import Linter
from vaultlint.note import Outline
from vaultlint.packing import unpack_outline
from vaultlint.report import Part, Tally

if TYPE_CHECKING:
    from vaultlint.baseline import Standing
    from vaultlint.recall import Memory


def known_parts(linter: Linter, memory: "Memory") -> list[Part | None]:
    """For each slice of files that the linter tells, what the last report says of them, if it still holds."""
    slices = linter.slices()
    outlines = with_indexes(linter, memory)
    if outlines is None or not linter.is_alike(outlines):
        return [None] * len(slices)
    touched = linter.vault().touched(outlines)
    parts = memory.parts([touched.isdisjoint(paths) for paths in slices])
    return [None if part is None else Part(part[0], _tally(part[1]), part[2]) for part in parts]


def with_indexes(linter: Linter, memory: "Memory") -> dict[str, Outline] | None:
    """Give the linter the indexes that the memory has. Gives the notes that changed since as they were; None
    where files came or went too."""
    if memory.before is None:
        return None
    outlines = {path: unpack_outline(outline) for path, outline, *_ in memory.before.values()}
    if (indexes := memory.indexes()) is not None:
        linter.recall_indexes(indexes, outlines)
    return outlines


def plain_tally(tally: Tally) -> tuple[Any, ...]:
    """The figures in plain values."""
    complete, notes, files, diagnostics, noted, severities, rules, remedies, baseline = tally
    named = {key and str(key): count for key, count in remedies.items()}
    return (
        complete,
        notes,
        files,
        diagnostics,
        noted,
        {str(key): count for key, count in severities.items()},
        dict(rules),
        named,
        None if baseline is None else (baseline.left, tuple(map(tuple, baseline.gone))),
    )


def _tally(plain: tuple[Any, ...]) -> Tally:
    complete, notes, files, diagnostics, noted, severities, rules, remedies, baseline = plain
    return Tally(
        complete,
        notes,
        files,
        diagnostics,
        noted,
        Counter({Severity(key): count for key, count in severities.items()}),
        Counter(rules),
        Counter({key and Safety(key): count for key, count in remedies.items()}),
        _standing(*baseline) if baseline is not None else None,
    )


def _standing(left: int, gone: Iterable[tuple[Any, ...]]) -> "Standing":
    from vaultlint.baseline import Gone, Standing

    return Standing(left, tuple(Gone(*one) for one in gone))
