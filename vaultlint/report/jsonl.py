"""JSON Lines: the findings of the JSON report, each an object on a line of its own, and nothing else."""

from collections.abc import Iterable, Iterator
from functools import partial

from vaultlint.report import Format, Part, Report, Tally, Wanted, joined
from vaultlint.report.json import findings_as_json


def form(_wanted: Wanted) -> Format:
    """The format, as `vaultlint.report.format_named` gives it."""
    return Format(jsonl_part, jsonl_of, partial(joined, b""))


def jsonl_part(report: Report) -> Part:
    """The findings of a part of a report."""
    return Part("".join(f"{line}\n" for line in findings_as_json(report)).encode("latin-1"), Tally.of(report))


def jsonl_of(parts: Iterable[Part]) -> Iterator[Part]:
    """The whole report from its parts."""
    return iter(parts)
