"""`vaultlint rules` and `vaultlint explain`."""

import json
from collections.abc import Iterator
from typing import Any

from vaultlint.config import unknown_selector
from vaultlint.errors import VaultlintError
from vaultlint.options import documented, in_words, options_of
from vaultlint.own_rules import OWN_RULES
from vaultlint.page import PageError, explain, fixable, page_of
from vaultlint.registry import load_rules
from vaultlint.rule import Rule


def every_rule() -> list[type[Rule]]:
    """All installed rules and the engine's own, in the order of their codes."""
    return sorted((*OWN_RULES, *load_rules().values()), key=lambda rule: rule.code)


def rules_as_text() -> Iterator[str]:
    """The rules, one a line."""
    for rule in every_rule():
        state = "" if rule.on else " (off by default)"
        kinds = ", ".join(fixes_of(rule))
        fixes = f" [fix: {kinds}]" if kinds else ""
        yield f"{rule.code}  {rule.name:24}  {rule.severity:7}  {sentence(rule)}{fixes}{state}\n"


def rules_as_json() -> str:
    """The rules for programs. `fixes`: the safeties of those that the rule's page shows."""
    rules = [
        {
            "code": rule.code,
            "name": rule.name,
            "severity": str(rule.severity),
            "on": rule.on,
            "sentence": sentence(rule),
            "fixes": fixes_of(rule),
            "options": list(_options(rule)),
        }
        for rule in every_rule()
    ]
    return json.dumps({"schema_version": 1, "rules": rules}, indent=2, ensure_ascii=False) + "\n"


def _options(rule: type[Rule]) -> Iterator[dict[str, Any]]:
    docs = documented(rule)
    for name, hint in options_of(rule).items():
        yield {
            "name": name.replace("_", "-"),
            "type": in_words(hint),
            "default": getattr(rule, name),
            "documentation": docs.get(name, ""),
        }


def sentence(rule: type[Rule]) -> str:
    """What the rule says of itself in one sentence."""
    return (rule.__doc__ or "").strip().splitlines()[0]


def fixes_of(rule: type[Rule]) -> list[str]:
    """The safeties of the fixes that the page of a rule shows. Raises `VaultlintError` for a bad page."""
    try:
        return sorted(str(safety) for safety in fixable(page_of(rule)))
    except PageError as error:  # a mistake in a rule pack
        raise VaultlintError(str(error)) from error


def explained(wanted: str) -> str:
    """The page of the rule of that code or name. Raises `VaultlintError` where there is none."""
    rules = every_rule()
    for rule in rules:
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            return explain(page_of(rule))
    classes = {rule.code: rule for rule in rules}
    raise VaultlintError(unknown_selector(wanted, classes) or f"“{wanted}” names several rules; name one")
