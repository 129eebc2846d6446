"""What `vaultlint check` writes into notes: fixes and suppressions, both by the same verified way."""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial

from vaultlint.changes import write_changes
from vaultlint.commands import tell, warn
from vaultlint.commands.summary import summary
from vaultlint.diagnostic import Diagnostic, Fix, Safety
from vaultlint.engine import Linter, is_complete
from vaultlint.findings import Findings
from vaultlint.fixes import AUTOMATIC, Offer, Plan, groups_of, plan_fixes
from vaultlint.fixes.patch import patches
from vaultlint.fixes.trial import Trial
from vaultlint.journal import Change
from vaultlint.parse import parse_note
from vaultlint.suppressing import with_suppressions
from vaultlint.text import counted, decode
from vaultlint.workers import WorkersFor, alone
from vaultlint.write import encode_like, read_bytes_safely


def diff(
    linter: Linter, workers_for: WorkersFor, *, unsafe: bool, suppress: bool
) -> tuple[Iterator[str], bool]:
    """A patch with what `fix`, or `add_suppressions`, would change, in pieces, none of which is empty; and
    whether everything could be read."""
    found = linter.findings(workers_for)
    if suppress:
        plan, skipped = _suppressing(linter, found, {}, workers_for)
        _say_skipped(skipped)
    else:
        plan = planned(linter, found, _reader(linter, {}), unsafe=unsafe, workers_for=workers_for)
        say_refused(plan)
    return patches(plan.texts, workers_for), is_complete(found)


def fix(
    linter: Linter,
    workers_for: WorkersFor,
    *,
    unsafe: bool,
    wanted: Callable[[Offer], bool] | None = None,
) -> int:
    """Write what can be fixed and is wanted; gives the number of notes written.

    Refusals and a summary go to standard error.
    """
    begins: dict[str, bytes] = {}
    found, read = linter.findings(workers_for), _reader(linter, begins)
    plan = planned(linter, found, read, unsafe=unsafe, wanted=wanted, workers_for=workers_for)
    changes = _changes(plan, begins)
    plan = plan._replace(texts={})  # what is written is held once, as bytes
    what = "check --fix --unsafe-fixes" if unsafe else "check --fix"
    written = _write(linter, changes, groups_of(plan.applied), what, workers_for)
    say_refused(plan)
    tell(summary(plan, written, linter.files.root, unsafe=unsafe))
    return len(written)


def planned(
    linter: Linter,
    found: Findings,
    read: Callable[[str], str],
    *,
    unsafe: bool,
    only: str | None = None,
    wanted: Callable[[Offer], bool] | None = None,
    workers_for: WorkersFor = alone,
) -> Plan:
    """What the fixes of all that was found would make of the notes, whose texts `read` gives; `only`: of that
    note, no fix that changes others too."""
    safeties = AUTOMATIC if unsafe else frozenset({Safety.SAFE})

    def is_allowed(_diagnostic: Diagnostic, fix: Fix) -> bool:
        return only is None or all(edit.path == only for edit in fix.edits)

    with closing(Trial(linter, found, workers_for)) as trial:
        return plan_fixes(
            found,
            trial.check,
            read,
            parse_note,
            allowed=is_allowed,
            safeties=safeties,
            late=partial(trial.late, allowed=safeties),
            wanted=wanted,
            workers_for=workers_for,
        )


def _reader(linter: Linter, begins: dict[str, bytes]) -> Callable[[str], str]:
    """Reads the text of a note, and keeps in `begins` how its bytes begin: all else of them is the text."""

    def read(path: str) -> str:
        data = read_bytes_safely(linter.files.root, path)
        begins[path] = data[: len(BOM_UTF8)]
        return decode(data)

    return read


def _changes(plan: Plan, begins: dict[str, bytes]) -> list[Change]:
    """What a plan makes of the bytes of the notes, which begin like that."""
    texts = ((path, begins[path], *plan.texts[path]) for path in sorted(plan.texts))
    return [Change(path, encode_like(mark, old), encode_like(mark, new)) for path, mark, old, new in texts]


def _write(
    linter: Linter,
    changes: Sequence[Change],
    groups: Sequence[Sequence[str]],
    what: str,
    workers_for: WorkersFor,
) -> frozenset[str]:
    """Write these changes, so that `vaultlint undo` can take that back; gives the notes that were written.

    `groups` are written together; `what` names the command for people.
    """
    done = write_changes(linter.files.root, changes, groups, what)
    warn([*map(str, done.refused), *done.problems])
    written = frozenset(done.paths)
    if written:
        texts = {change.path: decode(change.new) for change in changes if change.path in written}
        linter.replace(texts, workers_for(len(texts)))
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


def add_suppressions(linter: Linter, workers_for: WorkersFor) -> int:
    """Write a suppression for every finding that can have one; gives the number of notes written."""
    found = linter.findings(workers_for)
    begins: dict[str, bytes] = {}
    plan, skipped = _suppressing(linter, found, begins, workers_for)
    changes, groups = _changes(plan, begins), groups_of(plan.applied)
    written = _write(linter, changes, groups, "check --add-suppressions", workers_for)
    _say_skipped(skipped)
    if written:
        done = len(found) - len(linter.findings(workers_for))
        warn([f"suppressed {counted(done, 'finding')} in {counted(len(written), 'note')}"])
    return len(written)


def _suppressing(
    linter: Linter, found: Findings, begins: dict[str, bytes], workers_for: WorkersFor
) -> tuple[Plan, set[str]]:
    """What suppressions would make of the notes, and the notes that can have none.

    `begins` gets how the bytes of the notes begin.
    """
    whole: set[str] = set()
    skipped: set[str] = set()
    with closing(Trial(linter, found, workers_for)) as trial:

        def check(texts: Mapping[str, str]) -> Sequence[Diagnostic]:
            read = partial(_text_in, texts, linter.text)
            return with_suppressions(trial.check(texts), read, whole=whole, skipped=skipped)

        while True:
            plan = plan_fixes(
                check({}),
                check,
                _reader(linter, begins),
                parse_note,
                allowed=lambda diagnostic, fix: True,
                workers_for=workers_for,
            )
            # A note that does not bear lines in between takes one at its end, or none.
            bad = {refusal.path for refusal in plan.refused} | _with_new_findings(found, plan.remaining)
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
