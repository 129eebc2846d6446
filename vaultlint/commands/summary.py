"""What a run with `--fix` tells at its end: what was fixed, left and refused, rule by rule."""

from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path
from shlex import quote

from vaultlint.diagnostic import Diagnostic, Safety
from vaultlint.discovery import find_root
from vaultlint.fixes import Plan
from vaultlint.text import counted

_GUESSES = "a guess"


def summary(plan: Plan, written: Container[str], root: Path, *, unsafe: bool) -> Iterator[str]:
    """The lines about a plan of which the notes `written` were written; none where there was nothing to fix.

    `unsafe`: whether unsafe fixes were allowed.
    """
    counts = _counts(plan, written, unsafe=unsafe)
    shown = {code: count for code, count in sorted(counts.items()) if count["fixed"] or count["refused"]}
    shown |= {code: count for code, count in sorted(counts.items()) if count[_GUESSES]}
    if not shown:
        return
    total = sum(counts.values(), Counter[str]())
    notes = {edit.path for _, fix in plan.applied for edit in fix.edits if edit.path in written}
    fixed = f"fixed {counted(total['fixed'], 'finding')} in {counted(len(notes), 'note')}"
    rest = [f"{what} {total[what]}" for what in ("left", "refused") if total[what]]
    yield ", ".join([fixed if notes else "nothing was fixed", *rest])
    names = {one.code: f"{one.code} {one.name}" for one in _findings(plan)}
    width = max(len(names[code]) for code in shown)
    for code, count in sorted(shown.items()):
        figures = [f"{count[what]} {what}" for what in ("fixed", "left", "refused") if count[what]]
        guesses = f" ({count[_GUESSES]} with --unsafe-fixes)" if count[_GUESSES] else ""
        yield f"  {names[code]:{width}}  {', '.join(figures)}{guesses}"
    if others := sum(count["left"] for code, count in counts.items() if code not in shown):
        yield f"  {'other rules':{width}}  {others} left"
    if notes:
        yield f"take it back with: vaultlint undo{_argument(root)}"


def _counts(plan: Plan, written: Container[str], *, unsafe: bool) -> dict[str, Counter[str]]:
    """For each rule how many of its findings were fixed, left and refused, and how many of those that are
    left unsafe fixes may mend."""
    counts: dict[str, Counter[str]] = {}
    for one, fix in plan.applied:
        whole = all(edit.path in written for edit in fix.edits)
        counts.setdefault(one.code, Counter())["fixed" if whole else "refused"] += 1
    allowed = (Safety.SAFE, Safety.UNSAFE) if unsafe else (Safety.SAFE,)
    refused = {refusal.path for refusal in plan.refused}
    for one in plan.remaining:
        count = counts.setdefault(one.code, Counter())
        fixes = [fix for fix in one.fixes if fix.safety in allowed]
        if any(edit.path in refused for fix in fixes for edit in fix.edits):
            count["refused"] += 1
            continue
        count["left"] += 1
        if not unsafe and any(fix.safety is Safety.UNSAFE for fix in one.fixes):
            count[_GUESSES] += 1
    return counts


def _findings(plan: Plan) -> Iterator[Diagnostic]:
    yield from plan.remaining
    yield from (one for one, _ in plan.applied)


def _argument(root: Path) -> str:
    """How to name the vault on the command line; not at all in the vault itself."""
    return "" if find_root(Path()) == root else f" {quote(str(root))}"
