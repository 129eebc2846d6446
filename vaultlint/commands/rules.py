"""`vaultlint rules` and `vaultlint explain`."""

from collections.abc import Iterator

from vaultlint.config import unknown_selector
from vaultlint.errors import VaultlintError
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
