"""What a rule says: diagnostics, and the fixes that would mend them."""

from collections.abc import Mapping
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from vaultlint.text import Span


class Severity(StrEnum):
    """How much a finding matters: the reader loses something, probably wrong, or worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Safety(StrEnum):
    """What may apply a fix: `--fix`, `--unsafe-fixes`, or only a person."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"


class Edit(NamedTuple):
    """Replace `span` of the note at `path`, which must still read `expected`, with `text`."""

    path: str
    span: Span
    expected: str
    text: str


class Fix(NamedTuple):
    """One repair, taken whole or not at all. The title says what it does: `Link to “harvesting”`."""

    title: str
    edits: tuple[Edit, ...]
    safety: Safety


class Related(NamedTuple):
    """Another place that a finding speaks of."""

    path: str
    span: Span
    message: str


Data = Mapping[str, str | int | bool | tuple[str, ...]]
"""What a program may want to know of a finding, beside its message."""


class Diagnostic(NamedTuple):
    """One finding. `construct` is the offending text, from which the fingerprint is made."""

    code: str
    name: str
    severity: Severity
    message: str
    path: str
    span: Span
    construct: str
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()
    data: Data = {}

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """By path, place and code: the order of every report."""
        return (self.path, self.span.start, self.span.end, self.code, self.message)


def taking(*names: str) -> "itemgetter[Any]":
    """What takes these fields out of a diagnostic, one as it is, several as a tuple: quicker than by their
    names, for reports with a hundred thousand findings."""
    return itemgetter(*map(Diagnostic._fields.index, names))
