"""What the safe fixes would make of notes, for an editor that shows it to a person before it changes them."""

from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import closing
from functools import partial
from hashlib import blake2b
from math import ceil
from typing import Any, NamedTuple, TypeVar

from lsprotocol import types

from vaultlint.commands.asking import diff_shown
from vaultlint.diagnostic import Diagnostic, Edit, Fix, Safety
from vaultlint.findings import Findings
from vaultlint.fixes import Offer, Plan, apply_edits, groups_of, plan_fixes
from vaultlint.fixes.edits import by_path
from vaultlint.fixes.trial import Trial
from vaultlint.lsp.documents import NotOpen, NotYet, Where
from vaultlint.lsp.editor import STEPS
from vaultlint.lsp.edits import differences, hash_of
from vaultlint.lsp.texts import Places
from vaultlint.lsp.vaults import OpenVault
from vaultlint.lsp.workspace import Workspace
from vaultlint.note import Note
from vaultlint.parse import parse_note
from vaultlint.session import Session
from vaultlint.text import Span
from vaultlint.workers import OpenWorkers, WorkersFor

T = TypeVar("T")

_SAFE = frozenset({Safety.SAFE})
_MADE_AT_ONCE, _READ_AT_ONCE = 64, 128  # notes that are a task for a worker; each is read, then told
_CONTEXT = 3  # lines that a diff shows before and after what changes


def fixed_note(workspace: Workspace, where: Where) -> list[Edit]:
    """What the safe fixes that touch this note alone make of it, as `check --fix` does."""
    plan = _plan(where.vault, where.path, _Steps(workspace))
    return [edit for path, (old, new) in plan.texts.items() for edit in differences(path, old, new)]


def planned_fixes(
    workspace: Workspace, uri: str | None, without: Container[str], token: types.ProgressToken | None
) -> dict[str, Any]:
    """What the safe fixes would change, in plain values; `uri`: those that touch that note alone. `token`:
    what the editor wants to be told with how far that is.

    `fixes`: those that would be taken, without those that have an `id` in `without`; an id stays the same as
    long as the notes do. Of each the finding, where it begins, and the diff of each note that it changes.
    `edits`: all of them together, each to be done whole or not at all, for texts of these `hashes`.
    `refused`: the notes that keep their text, and why. Raises `NotYet` and `NotOpen`.
    """
    wanted = _wanted_of(workspace, uri)
    steps = _Steps(workspace)
    workspace.editor.begin_asked(steps, "Working out fixes", token)
    try:
        told = _Told(workspace, steps)
        for vault, only in wanted:
            told.add(vault, only, without)
    finally:
        workspace.editor.end(steps)
    return {"fixes": told.fixes, "edits": told.edits, "refused": told.refused}


def _wanted_of(workspace: Workspace, uri: str | None) -> list[tuple[OpenVault, str | None]]:
    """The vaults whose fixes are wanted, each with the one note that they may touch, if it is only one."""
    if uri is None:
        if not workspace.settled:
            raise NotYet
        return [(vault, None) for vault in workspace.vaults.values()]
    where = workspace.documents.where(uri)
    if where is None:
        raise NotOpen
    if not where.vault.ready:
        raise NotYet
    if not where.vault.session.holds(where.path):
        raise NotOpen
    return [(where.vault, where.path)]


class _InTurn(Executor):
    """Does each task as it is submitted, in this thread: between two of them the plan can be given up."""

    def __init__(self, step: Callable[[], None]) -> None:
        self._step = step

    def submit(self, task: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """The task is done, unless the step before it raises."""
        self._step()
        done: Future[T] = Future()
        done.set_result(task(*args, **kwargs))
        return done


class _Steps:
    """Tells the editor how far a plan is, and gives it up where nobody wants it any more."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._words = ""
        self._total = self._done = 0
        self.round = 1

    def begin(self, words: str, total: int, *, of_round: bool = False) -> None:
        """What is done from now on, unless it is that already, in about so many steps."""
        words = f"round {self.round}, {words}" if of_round else words
        if words != self._words:
            self._words, self._total, self._done = words, max(total, 1), 0

    def next(self) -> None:
        """A step begins. Raises where nobody wants the answer any more."""
        self._workspace.ensure_wanted()
        share = self._done * STEPS // self._total
        if self._done == 0 or (self._done - 1) * STEPS // self._total < share <= STEPS:
            self._workspace.editor.say(self, f"{self._words}: {share * 100 // STEPS} %")
        self._done += 1


def _plan(
    vault: OpenVault, only: str | None, steps: _Steps, wanted: Callable[[Offer], bool] | None = None
) -> Plan:
    """The plan of the safe fixes of a vault; `only`: of those that touch that note alone."""
    if only is None:
        return _plan_of_all(vault.session, steps, wanted)
    return _plan_of_note(vault.session, only, steps, wanted)


def _plan_of_note(session: Session, path: str, steps: _Steps, wanted: Callable[[Offer], bool] | None) -> Plan:
    """The plan of the safe fixes that touch that note alone: the open vault tells soonest what they make."""

    def allowed(_one: Diagnostic, fix: Fix) -> bool:
        return fix.safety is Safety.SAFE and all(edit.path == path for edit in fix.edits)

    def parsed(path: str, text: str) -> Note:
        steps.begin("making them", 2, of_round=True)
        steps.next()
        return parse_note(path, text)

    def checked(texts: Mapping[str, str]) -> list[Diagnostic]:
        steps.begin("checking what they make", 2 * len(texts), of_round=True)
        found = session.with_texts(texts, steps.next)
        steps.round += 1
        return found

    steps.begin("looking for fixes", 1)
    steps.next()
    return plan_fixes(session.findings(path), checked, session.text, parsed, allowed=allowed, wanted=wanted)


def _plan_of_all(session: Session, steps: _Steps, wanted: Callable[[Offer], bool] | None) -> Plan:
    """The plan of the safe fixes of a whole vault, made as the command line makes it."""

    def workers(words: str, at_once: int, times: int = 1) -> WorkersFor:
        def workers_for(notes: int) -> OpenWorkers:
            steps.begin(words, times * ceil(notes / at_once), of_round=True)
            return lambda: _InTurn(steps.next)

        return workers_for

    def checked(texts: Mapping[str, str]) -> Findings:
        found = trial.check(texts)
        steps.round += 1
        return found

    steps.begin("looking for fixes", 1)
    steps.next()
    found = session.found()
    with closing(Trial(session.linter, found, workers("checking what they make", _READ_AT_ONCE, 2))) as trial:
        return plan_fixes(
            found,
            checked,
            session.text,
            parse_note,
            allowed=lambda _one, _fix: True,
            safeties=_SAFE,
            late=partial(trial.late, allowed=_SAFE),
            wanted=wanted,
            workers_for=workers("making them", _MADE_AT_ONCE),
        )


class _Asked(NamedTuple):
    """Which fixes were offered, each with its id, and which of them nobody wants."""

    without: Container[str]
    offers: dict[tuple[str, Fix], tuple[str, Offer]]

    def wants(self, offer: Offer) -> bool:
        path = offer.fix.edits[0].path
        key = "\0".join((offer.diagnostic.code, path, str(offer.origin), offer.fix.title))
        name = blake2b(key.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
        self.offers[offer.diagnostic.code, offer.fix] = name, offer
        return name not in self.without


class _Told:
    """An answer in the making."""

    def __init__(self, workspace: Workspace, steps: _Steps) -> None:
        self._workspace = workspace
        self._steps = steps
        self.fixes: list[dict[str, Any]] = []
        self.edits: list[dict[str, Any]] = []
        self.refused: list[dict[str, Any]] = []

    def add(self, vault: OpenVault, only: str | None, without: Container[str]) -> None:
        """Plan the fixes of a vault, and tell of them."""
        asked = _Asked(without, {})
        plan = _plan(vault, only, self._steps, asked.wants)
        taken = {(diagnostic.code, fix): None for diagnostic, fix in plan.applied}
        places = {path: self._places(old) for path, (old, _) in plan.texts.items()}
        groups = groups_of(plan.applied)
        self._steps.begin("listing them", len(taken) + len(groups))
        for each in taken:
            self._steps.next()
            if each in asked.offers:  # else one that stands for the same edits was
                name, offer = asked.offers[each]
                self.fixes.append(self._fix(vault, name, offer, places[offer.fix.edits[0].path]))
        for group in groups:
            self._steps.next()
            documents = [self._document(vault, path, *plan.texts[path], places[path]) for path in group]
            edit = self._workspace.editor.plain(types.WorkspaceEdit(document_changes=documents))
            hashes = {
                self._workspace.documents.uri(vault, path): hash_of(plan.texts[path][0]) for path in group
            }
            self.edits.append({"edit": edit, "hashes": hashes})
        self.refused += [
            {"uri": self._workspace.documents.uri(vault, each.path), "message": each.message}
            for each in plan.refused
        ]

    def _places(self, text: str) -> Places:
        return Places(text, self._workspace.editor.encoding)

    def _fix(self, vault: OpenVault, name: str, offer: Offer, places: Places) -> dict[str, Any]:
        diagnostic, fix = offer.diagnostic, offer.fix
        return {
            "id": name,
            "uri": self._workspace.documents.uri(vault, fix.edits[0].path),
            "position": self._workspace.editor.plain(places.position(offer.origin)),
            "code": diagnostic.code,
            "name": diagnostic.name,
            "message": diagnostic.message,
            "title": fix.title,
            "changes": [
                {
                    "uri": self._workspace.documents.uri(vault, path),
                    "diff": _diff(path, offer.texts[path], edits),
                }
                for path, edits in by_path(fix.edits).items()
            ],
        }

    def _document(
        self, vault: OpenVault, path: str, old: str, new: str, places: Places
    ) -> types.TextDocumentEdit:
        return types.TextDocumentEdit(
            types.OptionalVersionedTextDocumentIdentifier(
                self._workspace.documents.uri(vault, path), self._workspace.documents.version(vault, path)
            ),
            [types.TextEdit(places.range(edit.span), edit.text) for edit in differences(path, old, new)],
        )


# --- showing ----------------------------------------------------------------------------------


def _diff(path: str, old: str, edits: Sequence[Edit]) -> list[str]:
    """The lines of a diff around edits of a note, each with its sign."""
    begin, end = _lines_around(old, Span(edits[0].span.start, edits[-1].span.end))
    shifted = [each._replace(span=Span(each.span.start - begin, each.span.end - begin)) for each in edits]
    part = old[begin:end]
    return [line for line in diff_shown(path, part, apply_edits(part, shifted)) if not line.startswith("@")]


def _lines_around(text: str, span: Span) -> Span:
    """The whole lines of a span, with some before and after it."""
    start, end = span.start, span.end
    for _ in range(_CONTEXT + 1):
        start = text.rfind("\n", 0, max(start, 0))
        end = text.find("\n", end) + 1 or len(text)
    return Span(start + 1, end)
