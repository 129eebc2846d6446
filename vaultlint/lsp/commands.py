"""Commands that an editor may have executed: they answer, and change nothing."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from lsprotocol import types

from vaultlint.commands.rules import explanation, sentence
from vaultlint.lsp.connection import INVALID_PARAMS, Refused
from vaultlint.lsp.planning import planned_fixes
from vaultlint.lsp.reports import page_uri
from vaultlint.lsp.workspace import Workspace
from vaultlint.own_rules import OWN_RULES
from vaultlint.registry import load_rules
from vaultlint.rule import Rule

EXPLAIN = "vaultlint.explain"

Token: TypeAlias = types.ProgressToken | None


def execute(workspace: Workspace, params: types.ExecuteCommandParams) -> Any:
    """What a command answers, in plain values."""
    command = COMMANDS.get(params.command)
    if command is None:
        raise Refused(INVALID_PARAMS, f"unknown command “{params.command[:100]}”")
    return command(workspace, params.arguments[0] if params.arguments else None, params.work_done_token)


def _explain(workspace: Workspace, code: Any, _token: Token) -> str:
    """The page of the rule of that code, which the editor shows too where it can."""
    rule = _rules(workspace).get(code) if isinstance(code, str) else None
    if rule is None:
        raise Refused(INVALID_PARAMS, "no such rule")
    page = page_uri(rule.code)
    if page is not None:
        workspace.editor.show_document(page)
    return explanation(rule)


def _told_rules(workspace: Workspace, _nothing: Any, _token: Token) -> list[dict[str, str]]:
    """All rules there are, by code; `page` is the address of its page on this machine."""
    return [
        {
            "code": code,
            "name": rule.name,
            "severity": str(rule.severity),
            "summary": sentence(rule),
            **({"page": page} if (page := page_uri(code)) is not None else {}),
        }
        for code, rule in sorted(_rules(workspace).items())
    ]


def _rules(workspace: Workspace) -> Mapping[str, type[Rule]]:
    """The installed rules, our own, and those that the configurations of the open vaults bring along."""
    rules = {**load_rules(), **{each.code: each for each in OWN_RULES}}
    for vault in workspace.vaults.values():
        rules |= vault.rule_classes
    return rules


def _plan_fixes(workspace: Workspace, asked: Any, token: Token) -> dict[str, Any]:
    """What the safe fixes would change: see `planned_fixes`."""
    wishes = asked if isinstance(asked, dict) else {}
    uri, without = wishes.get("uri"), wishes.get("without") or []
    if not isinstance(uri, str | None) or not isinstance(without, list):
        raise Refused(INVALID_PARAMS, "the argument is {uri?: string, without?: string[]}")
    return planned_fixes(workspace, uri, {each for each in without if isinstance(each, str)}, token)


COMMANDS: Mapping[str, Callable[[Workspace, Any, Token], Any]] = {
    EXPLAIN: _explain,
    "vaultlint.rules": _told_rules,
    "vaultlint.planFixes": _plan_fixes,
}
"""Each with what answers it, of the workspace, the one argument, and the token to tell progress with."""
