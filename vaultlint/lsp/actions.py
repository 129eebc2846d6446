"""What can be done about findings: fixes, suppressions, notes that are missing, and the pages of rules.

The data of an action has the hashes of the notes that it changes: see `edits.hashes`.
"""

from collections.abc import Iterator, Sequence

from lsprotocol import types

from vaultlint.diagnostic import Diagnostic, Fix, Safety
from vaultlint.fixes import apply_edits, damage_of
from vaultlint.fixes.edits import by_path
from vaultlint.lsp.commands import EXPLAIN
from vaultlint.lsp.documents import NotOpen, Where
from vaultlint.lsp.edits import hashes, workspace_edit
from vaultlint.lsp.planning import fixed_note
from vaultlint.lsp.reports import told
from vaultlint.lsp.texts import BadRange, Document, Places
from vaultlint.lsp.uris import uri_of
from vaultlint.lsp.workspace import Workspace
from vaultlint.note import Link
from vaultlint.parse import parse_note
from vaultlint.suppressing import with_suppressions
from vaultlint.text import Span
from vaultlint.vault import Missing

FIX_ALL = "source.fixAll.vaultlint"
QUICK_FIX = types.CodeActionKind.QuickFix.value
SUPPRESS = f"{QUICK_FIX}.suppress"
KINDS = (QUICK_FIX, SUPPRESS, FIX_ALL)

_SMALL = 2_000
"""Notes of a vault in which fixes are looked for that may cost a look at every note."""


def code_actions(workspace: Workspace, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place."""
    where, document = workspace.documents.asked(params.text_document.uri)
    places = Places(document.text, workspace.editor.encoding)
    try:
        span = places.span(params.range)
    except BadRange:
        raise NotOpen from None
    found: list[types.CodeAction] = []
    if _wants(params.context, QUICK_FIX) or _wants(params.context, SUPPRESS):
        here = [one for one in workspace.findings.of(document.uri) if _touches(one.span, span)]
        linter = where.vault.session.linter
        if here and len(linter.files.notes) <= _SMALL:
            here = [*linter.with_late_fixes(here, {}, (Safety.SAFE, Safety.UNSAFE))]
        found += _quick_fixes(workspace, where, document, places, here)
        found += _create_notes(workspace, where, span)
    if _wants(params.context, FIX_ALL):
        found += _fix_all(workspace, where, document, asked=bool(params.context.only))
    return [action for action in found if _wants(params.context, action.kind or "")]


def _wants(context: types.CodeActionContext, kind: str) -> bool:
    """Whether actions of that kind are wanted: `source.fixAll` wants `source.fixAll.vaultlint`."""
    if context.only is None:
        return True
    # By value: an f-string has the name of an enumeration's member.
    wanted = (each.value if isinstance(each, types.CodeActionKind) else each for each in context.only)
    return any(kind == each or kind.startswith(f"{each}.") for each in wanted)


def _touches(one: Span, other: Span) -> bool:
    return one.start <= other.end and other.start <= one.end


# --- fixes ------------------------------------------------------------------------------------


def _quick_fixes(
    workspace: Workspace, where: Where, document: Document, places: Places, here: Sequence[Diagnostic]
) -> Iterator[types.CodeAction]:
    """For each finding its fixes, the safe ones first; then what silences or explains it."""
    for one in here:
        about = told([one], places, lambda path: document.uri, lambda path: places, related=False)
        ranked = sorted(one.fixes, key=lambda fix: fix.safety is not Safety.SAFE)
        safe = [fix for fix in ranked if fix.safety is Safety.SAFE]
        for fix in ranked:
            if _stands(where, fix):
                yield types.CodeAction(
                    fix.title,
                    QUICK_FIX,
                    about,
                    is_preferred=True if safe == [fix] else None,
                    edit=workspace_edit(workspace, where.vault, fix.edits),
                    data={"hashes": hashes(workspace, where.vault, fix.edits)},
                )
    for one in here:
        about = told([one], places, lambda path: document.uri, lambda path: places, related=False)
        for fix in _suppressions(where, document, one):
            if _stands(where, fix):
                yield types.CodeAction(
                    fix.title,
                    SUPPRESS,
                    about,
                    edit=workspace_edit(workspace, where.vault, fix.edits),
                    data={"hashes": hashes(workspace, where.vault, fix.edits)},
                )
    for code, name in {one.code: one.name for one in here}.items():
        title = f"Explain {name} ({code})"
        command = types.Command(title, EXPLAIN, arguments=[code])
        yield types.CodeAction(title, QUICK_FIX, command=command)


def _stands(where: Where, fix: Fix) -> bool:
    """Whether a fix changes what it is about and nothing else, in the texts as they are now."""
    for path, edits in by_path(fix.edits).items():
        old = where.vault.session.text(path)
        if any(edit.span.of(old) != edit.expected for edit in edits):
            return False
        new = apply_edits(old, edits)
        if damage_of(path, old, new, edits, parse_note) is not None:
            return False
    return any(edit.expected != edit.text for edit in fix.edits)


def _suppressions(where: Where, document: Document, one: Diagnostic) -> Iterator[Fix]:
    """What silences a finding: on its line where that bears a comment, and in the whole note."""
    titles: list[str] = []
    for whole in ((), (where.path,)):
        changed = with_suppressions([one], lambda path: document.text, whole=whole)
        for fix in changed[0].fixes:
            at_end = all(edit.span.start == len(document.text) for edit in fix.edits) and document.text
            title = f"Suppress {one.name} {'in this note' if at_end else 'here'}"
            if title not in titles:
                titles.append(title)
                yield fix._replace(title=title)


def _fix_all(
    workspace: Workspace, where: Where, document: Document, *, asked: bool
) -> Iterator[types.CodeAction]:
    """All safe fixes of the note, worked out when they are wanted."""
    if not any(fix.safety is Safety.SAFE for one in workspace.findings.of(document.uri) for fix in one.fixes):
        return
    action = types.CodeAction("Fix all that is safe to fix (vaultlint)", FIX_ALL, data={"uri": document.uri})
    resolvable = "edit" in (
        workspace.editor.can("text_document", "code_action", "resolve_support", "properties") or ()
    )
    if (resolvable and not asked) or _fill(workspace, where, action):
        yield action


def resolve(workspace: Workspace, action: types.CodeAction) -> types.CodeAction:
    """The action with its edit."""
    uri = action.data.get("uri") if isinstance(action.data, dict) else None
    if action.kind == FIX_ALL and isinstance(uri, str):
        where, _ = workspace.documents.asked(uri)
        _fill(workspace, where, action)
    return action


def _fill(workspace: Workspace, where: Where, action: types.CodeAction) -> bool:
    """Give an action the edit of all safe fixes of the note; gives whether there is one."""
    edits = fixed_note(workspace, where)
    if not edits:
        return False
    action.edit = workspace_edit(workspace, where.vault, edits)
    action.data = {"hashes": hashes(workspace, where.vault, edits)}
    return True


# --- notes that are missing -------------------------------------------------------------------


def _create_notes(workspace: Workspace, where: Where, span: Span) -> Iterator[types.CodeAction]:
    """The notes that links there name, and that there are not."""
    if not workspace.editor.takes_operation(types.ResourceOperationKind.Create):
        return
    session = where.vault.session
    outline = session.vault.outline(where.path)
    for resolved in session.vault.doubtful_links(outline, Missing.FILE) if outline is not None else ():
        link = resolved.link
        path = _new_path(link, where) if _touches(link.span, span) else None
        if path is not None:
            create = types.CreateFile(
                uri_of(where.vault.file_of(path)), options=types.CreateFileOptions(ignore_if_exists=True)
            )
            edit = workspace_edit(workspace, where.vault, (), before=[create])
            yield types.CodeAction(f"Create “{path}”", QUICK_FIX, edit=edit)


def _new_path(link: Link, where: Where) -> str | None:
    """Where Obsidian would make the note that a link names; None where it could not."""
    name = link.path.removesuffix(".md")
    parts = name.strip("/").split("/")
    if any(not part.strip() or part.startswith(".") for part in parts) or any(
        char in '*"\\<>:|?\0' for char in name
    ):
        return None
    if "/" not in name:
        folder = where.vault.session.linter.files.settings.new_notes_folder
        if folder is None:
            folder = where.path.rpartition("/")[0]
        parts = [*folder.split("/"), name] if folder else [name]
    return "/".join(parts) + ".md"
