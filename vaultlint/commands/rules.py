"""`vaultlint rules` and `vaultlint explain`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vaultlint.commands import warn
from vaultlint.config import Config, known_rules, load_config, unknown_selector
from vaultlint.discovery import find_root
from vaultlint.errors import VaultlintError
from vaultlint.options import documented, in_words, options_of
from vaultlint.own_rules import OWN_RULES
from vaultlint.page import PageError, explain, fixable, page_of
from vaultlint.registry import load_rules
from vaultlint.rule import Rule

if TYPE_CHECKING:
    from vaultlint.custom import CustomRule


def every_rule() -> list[type[Rule]]:
    """All installed rules, the engine's own, and those that the configuration here brings along, in the order
    of their codes."""
    installed = load_rules()
    try:
        config = load_config(find_root(Path()), explicit=None, isolated=False, rule_classes=installed)
    except VaultlintError as error:  # whoever mends it may want to know the names of rules
        warn([str(error)])
        config = Config()
    rules = known_rules(config, installed).values()
    return sorted((*OWN_RULES, *rules), key=lambda rule: rule.code)


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
    if (given := _given(rule)) is not None:
        return [] if given.replacement is None else [str(given.safety)]
    try:
        return sorted(str(safety) for safety in fixable(page_of(rule)))
    except PageError as error:  # a mistake in a rule pack
        raise VaultlintError(str(error)) from error


def _given(rule: type[Rule]) -> "CustomRule | None":
    """What the configuration says of a rule that it brings along; None for others, which have a page."""
    return getattr(rule, "given", None)


def _explained(given: "CustomRule") -> str:
    """What there is to say of a rule of the configuration."""
    said = {
        "looks in": given.where,
        "for": f"`{given.pattern}`",
        "of the notes": ", ".join(f"`{glob}`" for glob in given.files) or "all",
        "severity": given.severity,
        "replacement": "none" if given.replacement is None else f"`{given.replacement}` ({given.safety})",
    }
    lines = "".join(f"- {what}: {value}\n" for what, value in said.items())
    return f"# {given.name} ({given.code})\n\n{given.message}\n\nA rule of the configuration.\n\n{lines}"


def explanation(rule: type[Rule]) -> str:
    """The page of a rule; for one of the configuration, what that says of it."""
    given = _given(rule)
    return explain(page_of(rule)) if given is None else _explained(given)


def explained(wanted: str) -> str:
    """The page of the rule of that code or name. Raises `VaultlintError` where there is none."""
    rules = every_rule()
    for rule in rules:
        if wanted.upper() == rule.code or wanted.lower() == rule.name:
            return explanation(rule)
    classes = {rule.code: rule for rule in rules}
    raise VaultlintError(unknown_selector(wanted, classes) or f"“{wanted}” names several rules; name one")
