"""What would be found if notes had other texts, worked out only where it may be something else."""

from collections.abc import Container, Mapping, Sequence
from math import inf
from typing import NamedTuple

from vaultlint.diagnostic import Diagnostic, Safety
from vaultlint.engine import Linter
from vaultlint.findings import Findings
from vaultlint.workers import WorkersFor, alone


class _State(NamedTuple):
    """A vault in which some notes have other texts, and what is found in it."""

    texts: Mapping[str, str]
    linter: Linter
    found: Findings


class Trial:
    """A vault in which texts are tried. Nothing is written, and the vault itself stays as it is.

    Each state is made of one that was tried before: that from which the fewest notes differ.
    """

    def __init__(
        self, linter: Linter, found: Findings | None = None, workers_for: WorkersFor = alone
    ) -> None:
        """`found`: all that is found in the vault as it is."""
        self._workers_for = workers_for
        found = linter.findings(workers_for) if found is None else found
        self._states = [_State({}, linter, found)]

    def check(self, texts: Mapping[str, str]) -> Findings:
        """All that is found as if the notes had these texts."""
        return self._state(texts).found

    def late(
        self, diagnostics: Sequence[Diagnostic], texts: Mapping[str, str], allowed: Container[Safety]
    ) -> Findings:
        """Those diagnostics, which `check` gave for these texts, with the fixes that rules work out late."""
        return self._state(texts).linter.with_late_fixes(diagnostics, {}, allowed)

    def _state(self, texts: Mapping[str, str]) -> _State:
        before = min(self._states, key=lambda state: _distance(state, texts))
        changed = {path: text for path, text in texts.items() if before.texts.get(path) != text}
        if not changed:
            return before
        linter = before.linter.as_if(changed, self._workers_for(len(changed)))
        affected = linter.affected(before.linter, changed)
        found = linter.findings(self._workers_for, among=affected)
        if affected is not None:
            found = before.found.replaced(affected, found)
        self._keep(before, _State(dict(texts), linter, found))
        return self._states[-1]

    def close(self) -> None:
        """Nothing is tried any more."""
        self._keep()

    def _keep(self, *states: _State) -> None:
        """Keep the vault as it is and these states, for others to be made of."""
        kept = [self._states[0], *(state for state in states if state is not self._states[0])]
        for state in self._states:
            if not any(state is one for one in kept):
                state.linter.rest()
        self._states = kept


def _distance(state: _State, texts: Mapping[str, str]) -> float:
    """How many notes have to be read to make of a state that with these texts; there is no way to give a note
    the text back that it has."""
    if not state.texts.keys() <= texts.keys():
        return inf
    return sum(state.texts.get(path) != text for path, text in texts.items())
