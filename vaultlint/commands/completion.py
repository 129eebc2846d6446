"""`vaultlint completion`: what a shell needs to complete the command's words.

The script is made once and asks nothing of the program afterwards: a press of the tab key starts no Python.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from vaultlint.arguments import parser
from vaultlint.errors import VaultlintError
from vaultlint.own_rules import OWN_RULES
from vaultlint.registry import load_rules


def completion(shell: str) -> str:
    """The script that completes the arguments in a shell, the installed rules among them.

    Raises `VaultlintError` where the library that writes it is not installed, or does not know the shell.
    """
    try:
        import shtab
    except ImportError:
        raise VaultlintError(
            "completion needs the extra “completion”: pip install 'obsidian-vaultlint[completion]'"
        ) from None
    if shell not in shtab.SUPPORTED_SHELLS:
        raise VaultlintError(f"the installed shtab does not know {shell}; a newer one may")
    rules = sorted((*OWN_RULES, *load_rules().values()), key=lambda rule: rule.code)
    names = [*(rule.code for rule in rules), *(rule.name for rule in rules), "ALL"]
    whole = parser()
    for action in _actions(whole):
        if action.metavar in ("PATH", "FILE"):
            action.complete = shtab.FILE
        elif action.metavar in ("RULE", "RULE,…"):
            action.choices = names
    script: str = shtab.complete(whole, shell)
    return f"{script.rstrip()}\n"


def _actions(command: argparse.ArgumentParser) -> Iterator[Any]:
    """All arguments of a command and of those below it."""
    for action in command._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
