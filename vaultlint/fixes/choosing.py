"""Which fixes are taken together, and which belong together."""

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import NamedTuple

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety
from vaultlint.fixes.edits import overlap, places
from vaultlint.text import Span

Taken = tuple[Diagnostic, Fix]

Edits = Mapping[str, Sequence[Edit]]
"""Edits by note, in order of position."""


class Offer(NamedTuple):
    """A fix that could be taken now."""

    diagnostic: Diagnostic
    fix: Fix
    texts: Mapping[str, str]
    """The notes that it changes, with all fixes that were taken before it in earlier rounds."""
    origin: int
    """Where the first edit began before any fix was taken: the same in every round."""


def only_best(
    diagnostic: Diagnostic, safeties: Container[Safety], allowed: Callable[[Diagnostic, Fix], bool]
) -> Fix | None:
    """The one allowed fix of the best of these safeties; two of them are two readings, hence none."""
    fixes = [fix for fix in diagnostic.fixes if fix.safety in safeties and allowed(diagnostic, fix)]
    best = [fix for fix in fixes if fix.safety is Safety.SAFE] or fixes
    return best[0] if len(best) == 1 else None


def _collide(one: Span, other: Span) -> bool:
    """Whether edits of two fixes must not be taken together: they overlap, or an insertion touches."""
    if one.start == one.end or other.start == other.end:
        return one.start <= other.end and other.start <= one.end
    return overlap(one, other)


def is_free(occupied: Sequence[Span], span: Span) -> bool:
    """Whether a span collides with none of these, which are in order and do not overlap."""
    place = bisect_left(occupied, span)
    return not any(_collide(span, other) for other in occupied[max(place - 2, 0) : place + 2])


def origin(first: Edit, edited: Sequence[Edits]) -> int:
    """Where an edit began before the fixes of these rounds; the beginning of theirs for what lies in one."""
    at = first.span.start
    for of_round in reversed(edited):
        edits = of_round.get(first.path, ())
        for edit, place in zip(reversed(edits), reversed(places(edits)), strict=True):
            if place.start <= at:
                at = edit.span.end + at - place.end if place.end <= at else edit.span.start
                break
    return at


def about(taken: Iterable[Taken], paths: Container[str]) -> dict[str, list[Diagnostic]]:
    """For each of these notes, the diagnostics whose fixes change it."""
    found: dict[str, list[Diagnostic]] = {}
    for diagnostic, fix in taken:
        for path in {edit.path for edit in fix.edits}:
            if path in paths:
                found.setdefault(path, []).append(diagnostic)
    return found


def groups_of(chosen: Sequence[Taken]) -> list[list[str]]:
    """The paths of the changed notes, those together that one fix changes together."""
    group_of: dict[str, set[str]] = {}
    for _, fix in chosen:
        group = {edit.path for edit in fix.edits}
        for path in tuple(group):
            group |= group_of.get(path, set())
        group_of.update(dict.fromkeys(group, group))
    distinct = {id(group): group for group in group_of.values()}
    return sorted(sorted(group) for group in distinct.values())
