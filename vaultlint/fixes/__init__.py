"""Choose fixes, apply them in rounds, verify what came out. Nothing is written here.

A round takes every fix that does not collide with one before it; then the vault is checked again.
A note whose fixes cannot be trusted keeps its original text, whatever else was fixed in it: the
plan is then made once more as if that note had no fixes, so that no half of a fix that also touched
other notes remains.
"""

import hashlib
from bisect import insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety
from vaultlint.findings import Findings, Found
from vaultlint.fixes.choosing import Edits, Offer, Taken, about, groups_of, is_free, only_best, origin
from vaultlint.fixes.damage import Changed, Parse, damage_of, damages
from vaultlint.fixes.edits import apply_edits, by_path, overlap
from vaultlint.fixes.patch import unified_diff
from vaultlint.reader import no_collector
from vaultlint.text import NotUnicode, Span
from vaultlint.workers import WorkersFor, alone
from vaultlint.write import NotRead

__all__ = [
    "Check",
    "Late",
    "Offer",
    "Plan",
    "Refusal",
    "Taken",
    "apply_edits",
    "damage_of",
    "groups_of",
    "plan_fixes",
    "unified_diff",
]

Check = Callable[[Mapping[str, str]], Sequence[Diagnostic]]
"""All diagnostics of the vault as if these texts (by path) stood in it in place of what is there."""

Late = Callable[[Sequence[Diagnostic], Mapping[str, str]], Sequence[Diagnostic]]
"""Those diagnostics, as `Check` gives them for these texts, with the fixes that rules work out late."""

AUTOMATIC = frozenset({Safety.SAFE, Safety.UNSAFE})
"""The safeties of fixes that a program may take."""

ROUNDS = 10  # after so many without rest, rules oscillate


class Refusal(NamedTuple):
    """A note that keeps its text, why, and the codes of the rules that wanted to change it."""

    path: str
    message: str
    codes: tuple[str, ...]


class GivenWay(NamedTuple):
    """A note in which fixes undid each other: the rules whose fixes were left out, and the graver ones."""

    path: str
    codes: tuple[str, ...]
    graver: tuple[str, ...]


class Plan(NamedTuple):
    """What fixing would do. `remaining` are the diagnostics of the state that it leads to."""

    texts: Mapping[str, tuple[str, str]]
    """Old and new text of every note that changes, by path."""
    applied: tuple[Taken, ...]
    remaining: Sequence[Diagnostic]
    refused: tuple[Refusal, ...]
    rounds: int
    given_way: tuple[GivenWay, ...] = ()


def plan_fixes(
    diagnostics: Sequence[Diagnostic],
    check: Check,
    read: Callable[[str], str],
    parse: Parse,
    *,
    allowed: Callable[[Diagnostic, Fix], bool],
    safeties: frozenset[Safety] = AUTOMATIC,
    late: Late = lambda diagnostics, texts: diagnostics,
    wanted: Callable[[Offer], bool] | None = None,
    workers_for: WorkersFor = alone,
) -> Plan:
    """The texts that the allowed fixes of `diagnostics`, and of what `check` finds after them, lead to.

    `read` gives the text of a note and may raise `NotRead`, `NotUnicode` or `OSError`, which refuses
    that note. `late` is asked where no other fix is left to take. Fixes of other `safeties` are never taken.
    `wanted` has the last word on each fix that would be taken otherwise; it may be asked again about the same
    one, and must then say the same. `workers_for`: what opens workers that help.
    """
    planner = _Planner(
        check,
        read,
        parse,
        allowed=allowed,
        safeties=safeties,
        late=late,
        wanted=wanted,
        workers_for=workers_for,
    )
    found = Findings.of(diagnostics)
    with no_collector():
        while True:
            plan = planner.attempt(found)
            if plan is not None:  # otherwise one more note was refused, or one more rule gave way in a note
                return plan


class _Planner:
    """One plan in the making; what its attributes hold outlasts its attempts."""

    def __init__(
        self,
        check: Check,
        read: Callable[[str], str],
        parse: Parse,
        *,
        allowed: Callable[[Diagnostic, Fix], bool],
        safeties: frozenset[Safety],
        late: Late,
        wanted: Callable[[Offer], bool] | None,
        workers_for: WorkersFor,
    ) -> None:
        self.check = check
        self.read = read
        self.parse = parse
        self.allowed = allowed
        self.safeties = safeties
        self.late = late
        self.wanted = wanted
        self.workers_for = workers_for
        self.refused: dict[str, Refusal] = {}
        self.given_way: dict[str, GivenWay] = {}
        self.originals: dict[str, str] = {}
        self.candidates: dict[str, tuple[Found, list[Taken]]] = {}
        self.verdicts: dict[str, tuple[Changed, str | None]] = {}

    def attempt(self, found: Findings) -> Plan | None:
        """The plan, or None if a note was refused on the way, or a rule gave way in one."""
        known = self._barred()
        texts: dict[str, str] = {}
        history: list[list[Taken]] = []
        edited: list[Edits] = []
        seen: dict[str, dict[bytes, int]] = {}
        while chosen := (
            self._choose(found, texts, edited)
            or self._choose(Findings.of(self.late(found, texts)), texts, edited)
        ):
            if self._barred() > known:
                return None
            if len(history) == ROUNDS:
                self._part_restless(history[-1] + chosen, chosen)
                return None
            step = self._verified(chosen, texts)
            history.append(chosen)
            if self.wanted is not None:
                edited.append(by_path({edit for _, fix in chosen for edit in fix.edits}))
            self._part_repeated(step, texts, history, seen)
            if self._barred() > known:
                return None
            after = Findings.of(self.check({**texts, **step}))
            self._refuse_worse(found, after, chosen, step, texts)
            if self._barred() > known:
                return None
            texts.update(step)
            found = after
        if self._barred() > known:
            return None
        return Plan(
            {path: (self.originals[path], text) for path, text in sorted(texts.items())},
            tuple(taken for chosen in history for taken in chosen),
            found,
            tuple(self.refused[path] for path in sorted(self.refused)),
            len(history),
            tuple(self.given_way[path] for path in sorted(self.given_way)),
        )

    def _barred(self) -> int:
        """How much may not be changed: a number that grows as notes are refused and rules give way."""
        return len(self.refused) + sum([len(note.codes) for note in self.given_way.values()])

    # --- choosing ---

    def _choose(
        self,
        found: Findings,
        texts: Mapping[str, str],
        edited: Sequence[Edits],
    ) -> list[Taken]:
        """The fixes of a round, none of which collides with another one. One that mends several findings of
        a rule is there for each of them. `edited`: the edits of earlier rounds, where `wanted` is asked."""
        chosen: list[Taken] = []
        shared: set[tuple[str, tuple[Edit, ...]]] = set()
        occupied: dict[str, list[Span]] = {}
        for diagnostic, fix in self._candidates(found):
            if (diagnostic.code, fix.edits) in shared:
                chosen.append((diagnostic, fix))
            elif (
                self._stands(diagnostic, fix, texts)
                and all(is_free(occupied.get(edit.path, []), edit.span) for edit in fix.edits)
                and self._is_wanted(diagnostic, fix, texts, edited)
            ):
                for edit in fix.edits:
                    insort(occupied.setdefault(edit.path, []), edit.span)
                shared.add((diagnostic.code, fix.edits))
                chosen.append((diagnostic, fix))
        return chosen

    def _candidates(self, found: Findings) -> Iterator[Taken]:
        """The allowed fixes, in the order of what they mend."""
        for path, here in found.fixable(self.safeties):
            known = self.candidates.get(path)
            if known is None or known[0] is not here:
                fixable = sorted(here.fixable(self.safeties), key=lambda one: one.order)
                best = ((one, only_best(one, self.safeties, self.allowed)) for one in fixable)
                known = self.candidates[path] = here, [(one, fix) for one, fix in best if fix is not None]
            yield from known[1]

    def _is_wanted(
        self,
        diagnostic: Diagnostic,
        fix: Fix,
        texts: Mapping[str, str],
        edited: Sequence[Edits],
    ) -> bool:
        if self.wanted is None:
            return True
        now = {edit.path: texts.get(edit.path, self.originals[edit.path]) for edit in fix.edits}
        return self.wanted(Offer(diagnostic, fix, now, origin(fix.edits[0], edited)))

    def _stands(self, diagnostic: Diagnostic, fix: Fix, texts: Mapping[str, str]) -> bool:
        """Whether every edit of a fix finds what it expects in a note that may be changed."""
        if any(edit.path in self.refused or self._gave_way(diagnostic, edit.path) for edit in fix.edits):
            return False
        for path, edits in by_path(fix.edits).items():
            text = texts.get(path)
            if text is None:
                text = self._original(diagnostic, path)
            if text is None:
                return False
            for edit in edits:
                if (
                    not 0 <= edit.span.start <= edit.span.end <= len(text)
                    or edit.span.of(text) != edit.expected
                ):
                    self._refuse(path, f"“{edit.expected}” no longer stands where it was found", [diagnostic])
                    return False
            if any(overlap(one.span, other.span) for one, other in pairwise(edits)):
                self._refuse(path, f"the fix “{fix.title}” contradicts itself", [diagnostic])
                return False
        return any(edit.expected != edit.text for edit in fix.edits)

    def _original(self, diagnostic: Diagnostic, path: str) -> str | None:
        """The text of a note as it is on the disk; None, and a refusal, if it cannot be read."""
        if path not in self.originals:
            try:
                self.originals[path] = self.read(path)
            except NotRead as error:
                self._refuse(path, error.reason, [diagnostic])
            except NotUnicode as error:
                self._refuse(path, str(error), [diagnostic])
            except OSError as error:
                self._refuse(path, error.strerror or str(error), [diagnostic])
        return self.originals.get(path)

    # --- refusing ---

    def _refuse(self, path: str, message: str, because_of: Sequence[Diagnostic]) -> None:
        codes = tuple(sorted({diagnostic.code for diagnostic in because_of}))
        self.refused.setdefault(path, Refusal(path, message, codes))

    def _gave_way(self, diagnostic: Diagnostic, path: str) -> bool:
        """Whether the rule of a finding gave way to others in that note."""
        return path in self.given_way and diagnostic.code in self.given_way[path].codes

    def _part(self, path: str, message: str, fighting: Sequence[Diagnostic]) -> None:
        """Let the least grave of the rules that fight about a note give way there; refuse the note where all
        are equally grave."""
        ranks = {diagnostic.code: diagnostic.severity.rank for diagnostic in fighting}
        least = max(ranks.values())
        graver = tuple(sorted(code for code, rank in ranks.items() if rank < least))
        if not graver:
            self._refuse(path, message, fighting)
            return
        before = self.given_way.get(path, GivenWay(path, (), ()))
        codes = {*before.codes, *(code for code, rank in ranks.items() if rank == least)}
        self.given_way[path] = GivenWay(path, tuple(sorted(codes)), graver)

    def _verified(self, chosen: Sequence[Taken], texts: Mapping[str, str]) -> dict[str, str]:
        """The new texts of a round; notes that do not stand the test are refused."""
        changes: list[Changed] = []
        for path, edits in by_path({edit for _, fix in chosen for edit in fix.edits}).items():
            old = texts.get(path, self.originals[path])
            changes.append(Changed(path, old, apply_edits(old, edits), edits))
        damaged = {change.path: damage for change, damage in self._verdicts(changes) if damage is not None}
        culprits = about(chosen, damaged)
        for path, damage in damaged.items():
            self._refuse(path, f"a fix would have damaged the note: {damage}", culprits[path])
        return {change.path: change.new for change in changes}

    def _verdicts(self, changes: Sequence[Changed]) -> Iterator[tuple[Changed, str | None]]:
        """The changes with the damage that each does; what an earlier attempt has verified is not again."""
        unknown = [one for one in changes if self.verdicts.get(one.path, (None,))[0] != one]
        for change, damage in zip(unknown, damages(unknown, self.parse, self.workers_for), strict=True):
            self.verdicts[change.path] = change, damage
        return (self.verdicts[change.path] for change in changes)

    def _part_repeated(
        self,
        step: Mapping[str, str],
        texts: Mapping[str, str],
        history: Sequence[Sequence[Taken]],
        seen: dict[str, dict[bytes, int]],
    ) -> None:
        """Part the rules that bring a note back to a text that it had in this attempt."""
        number = len(history)
        for path, new in step.items():
            had = seen.setdefault(path, {})
            had.setdefault(_digest(texts.get(path, self.originals[path])), number - 1)
            since = had.setdefault(_digest(new), number)
            if since < number:
                culprits = about((taken for chosen in history[since:] for taken in chosen), (path,))
                self._part(path, "fixes undo each other", culprits[path])

    def _part_restless(self, recent: Sequence[Taken], chosen: Sequence[Taken]) -> None:
        culprits = about(recent, {edit.path for _, fix in chosen for edit in fix.edits})
        for path in sorted(culprits):
            self._part(path, f"fixes came to no rest in {ROUNDS} rounds", culprits[path])

    def _refuse_worse(
        self,
        before: Findings,
        after: Findings,
        chosen: Sequence[Taken],
        step: Mapping[str, str],
        texts: Mapping[str, str],
    ) -> None:
        """Refuse the notes by whose change a note has more errors than before."""
        worse = after.worse(before)
        if not worse:
            return
        guilty = worse & step.keys()
        if not guilty:

            def harms(paths: Sequence[str]) -> bool:
                tried = self.check({**texts, **{path: step[path] for path in paths}})
                return bool(Findings.of(tried).worse(before))

            guilty = {path for group in _guilty(groups_of(chosen), harms) for path in group}
        culprits = about(chosen, guilty)
        for path in sorted(guilty):
            self._refuse(path, "its fixes would add an error to the vault", culprits[path])


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _guilty(groups: list[list[str]], harms: Callable[[Sequence[str]], bool]) -> list[list[str]]:
    """The groups that do harm by themselves; all of them, when they do it only together."""
    if len(groups) < 2:
        return groups
    middle = len(groups) // 2
    halves = [
        half
        for half in (groups[:middle], groups[middle:])
        if harms([path for group in half for path in group])
    ]
    return [group for half in halves for group in _guilty(half, harms)] or groups
