"""What `vaultlint check` writes into notes: fixes and suppressions, both by the same verified way."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from vaultlint.changes import write_changes
from vaultlint.commands import tell, warn
from vaultlint.commands.summary import summary
from vaultlint.diagnostic import Diagnostic, Fix, Safety
from vaultlint.engine import Linter, Report
from vaultlint.fixes import Offer, Plan, groups_of, plan_fixes, unified_diff
from vaultlint.journal import Change
from vaultlint.parse import parse_note
from vaultlint.suppressing import with_suppressions
from vaultlint.text import counted, decode
from vaultlint.write import encode_like, read_bytes_safely


def diff(linter: Linter, *, unsafe: bool, suppress: bool) -> tuple[str, bool]:
    """A patch with what `fix`, or `add_suppressions`, would change, and whether everything could be read."""
    report = linter.report()
    if suppress:
        plan, skipped = _suppressing(linter, report, {})
        _say_skipped(skipped)
    else:
        plan = planned(linter, report.diagnostics, _reader(linter, {}), unsafe=unsafe)
        say_refused(plan)
    pieces = (unified_diff(path, old, new) for path, (old, new) in sorted(plan.texts.items()))
    return "".join(pieces), report.complete


def fix(linter: Linter, *, unsafe: bool, wanted: Callable[[Offer], bool] | None = None) -> int:
    """Write what can be fixed and is wanted; gives the number of notes written.

    Refusals and a summary go to standard error.
    """
    before: dict[str, bytes] = {}
    plan = planned(linter, linter.report().diagnostics, _reader(linter, before), unsafe=unsafe, wanted=wanted)
    written = _write(linter, plan, before, "check --fix --unsafe-fixes" if unsafe else "check --fix")
    say_refused(plan)
    tell(summary(plan, written, linter.files.root, unsafe=unsafe))
    return len(written)


def planned(
    linter: Linter,
    diagnostics: Sequence[Diagnostic],
    read: Callable[[str], str],
    *,
    unsafe: bool,
    only: str | None = None,
    wanted: Callable[[Offer], bool] | None = None,
) -> Plan:
    """What the fixes would make of the notes, whose texts `read` gives; `only`: of that note, no fix that
    changes others too."""
    allowed = (Safety.SAFE, Safety.UNSAFE) if unsafe else (Safety.SAFE,)

    def is_allowed(_diagnostic: Diagnostic, fix: Fix) -> bool:
        return fix.safety in allowed and (only is None or all(edit.path == only for edit in fix.edits))

    return plan_fixes(
        diagnostics,
        linter.with_texts,
        read,
        parse_note,
        allowed=is_allowed,
        late=partial(linter.with_late_fixes, allowed=allowed),
        wanted=wanted,
    )


def _reader(linter: Linter, before: dict[str, bytes]) -> Callable[[str], str]:
    """Reads the text of a note, and keeps its bytes in `before`."""

    def read(path: str) -> str:
        before[path] = read_bytes_safely(linter.files.root, path)
        return decode(before[path])

    return read


def _write(linter: Linter, plan: Plan, before: dict[str, bytes], what: str) -> dict[str, str]:
    """Write the new texts of a plan, so that `vaultlint undo` can take that back; gives those written.

    `what` names the command for people.
    """
    changes = [
        Change(path, before[path], encode_like(before[path], new))
        for path, (_, new) in sorted(plan.texts.items())
    ]
    done = write_changes(linter.files.root, changes, groups_of(plan.applied), what)
    warn([*map(str, done.refused), *done.problems])
    written = {path: plan.texts[path][1] for path in done.paths}
    if written:
        linter.replace(written)
    return written


def say_refused(plan: Plan) -> None:
    """Tell people what was not fixed, and why."""
    warn(
        f"{refusal.path}: not fixed: {refusal.message} ({', '.join(refusal.codes)})"
        for refusal in plan.refused
    )
    warn(
        f"{note.path}: fixes of {', '.join(note.codes)} left out: they undo those of {', '.join(note.graver)}"
        for note in plan.given_way
    )


# --- suppressions -----------------------------------------------------------------------------


def add_suppressions(linter: Linter) -> int:
    """Write a suppression for every finding that can have one; gives the number of notes written."""
    report = linter.report()
    before: dict[str, bytes] = {}
    plan, skipped = _suppressing(linter, report, before)
    written = _write(linter, plan, before, "check --add-suppressions")
    _say_skipped(skipped)
    if written:
        done = len(report.diagnostics) - len(linter.report().diagnostics)
        warn([f"suppressed {counted(done, 'finding')} in {counted(len(written), 'note')}"])
    return len(written)


def _suppressing(linter: Linter, report: Report, before: dict[str, bytes]) -> tuple[Plan, set[str]]:
    """What suppressions would make of the notes, and the notes that can have none.

    `before` gets the bytes that the notes have now.
    """
    whole: set[str] = set()
    skipped: set[str] = set()

    def check(texts: Mapping[str, str]) -> Sequence[Diagnostic]:
        found = linter.with_texts(texts) if texts else report.diagnostics
        read = partial(_text_in, texts, report.text)
        return with_suppressions(found, read, whole=whole, skipped=skipped)

    while True:
        plan = plan_fixes(
            check({}), check, _reader(linter, before), parse_note, allowed=lambda diagnostic, fix: True
        )
        # A note that does not bear lines in between takes one at its end, or none.
        bad = {refusal.path for refusal in plan.refused} | _with_new_findings(
            report.diagnostics, plan.remaining
        )
        if bad <= skipped:
            return plan, skipped
        skipped |= bad & whole
        whole |= bad


def _say_skipped(paths: Iterable[str]) -> None:
    warn(f"{path}: no suppression could be added" for path in sorted(paths))


def _text_in(texts: Mapping[str, str], read: Callable[[str], str], path: str) -> str:
    return texts[path] if path in texts else read(path)


def _with_new_findings(before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> set[str]:
    """The notes in which something is found that was not found before."""
    had, has = (Counter((one.path, one.code, one.message) for one in found) for found in (before, after))
    return {path for path, _, _ in has - had}
