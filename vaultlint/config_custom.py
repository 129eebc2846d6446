"""The `[[custom]]` tables of a configuration: what they say, and what is wrong in them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from vaultlint.config import rule_names
from vaultlint.config_tables import CustomTable, Mistakes
from vaultlint.custom import CustomRule, rule_class, unknown_groups
from vaultlint.diagnostic import Safety, Severity
from vaultlint.errors import VaultlintError
from vaultlint.ignore import matcher
from vaultlint.patterns import PatternError, compiled

if TYPE_CHECKING:
    from vaultlint.config import RuleClasses

_CODE = re.compile(r"[A-Z]{1,20}[0-9]{1,9}")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+){0,20}")
_LONGEST = 1_000


def named_rules(tables: Iterable[object], rule_classes: "RuleClasses") -> dict[str, Any]:
    """The rules, and those that these unchecked configurations name, so that others may name them too."""
    found: dict[str, Any] = dict(rule_classes)
    for table in tables:
        entries = table.get("custom") if isinstance(table, dict) else None
        for entry in entries if isinstance(entries, list) else ():
            code, name = (entry.get(key) for key in ("code", "name")) if isinstance(entry, dict) else (0, 0)
            if isinstance(code, str) and isinstance(name, str):
                found.setdefault(code, rule_class(CustomRule(code, name)))
    return found


def custom_of(
    tables: Sequence[CustomTable], taken: Mapping[str, str], mistakes: Mistakes
) -> tuple[CustomRule, ...]:
    """What each table says; what is wrong is added to `mistakes`. `taken`: names by code that others have.

    Raises `VaultlintError` where the library for patterns is not installed.
    """
    found: list[CustomRule] = []
    for number, table in enumerate(tables):
        others = {**taken, **{each.code: each.name for each in found}}
        for key, what in _mistakes(table, others):
            mistakes.append((("custom", str(number), key), f"“{key}”: {what}"))
        found.append(
            CustomRule(
                table.code,
                table.name,
                table.message,
                table.pattern,
                table.where,
                tuple(table.files),
                Severity(table.severity),
                table.replacement,
                Safety(table.safety),
            )
        )
    return tuple(found)


def _mistakes(table: CustomTable, taken: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong in a table, by key."""
    if not _CODE.fullmatch(table.code):
        yield "code", f"“{table.code}” is not capitals and digits, as TEAM001"
    elif table.code.startswith("VL"):
        yield "code", f"“{table.code}”: codes that begin with VL are those of vaultlint itself"
    elif table.code in taken:
        yield "code", f"“{table.code}” is the code of “{taken[table.code]}”"
    if not _NAME.fullmatch(table.name):
        yield "name", f"“{table.name}” is not words of small letters with “-” between them"
    elif table.name in taken.values():
        yield "name", f"“{table.name}” is the name of another rule"
    if not table.message.strip():
        yield "message", "it is empty"
    try:
        matcher(table.files)
    except VaultlintError as error:
        yield "files", str(error)
    if len(table.pattern) > _LONGEST:
        yield "pattern", f"it is longer than {_LONGEST} characters"
        return
    try:
        matches_nothing = compiled(table.pattern).search("") is not None
    except PatternError as error:
        yield "pattern", f"“{table.pattern}” is none that RE2 takes: {error}"
        return
    if matches_nothing:
        yield "pattern", f"“{table.pattern}” matches where nothing stands"
    for group in unknown_groups(table.replacement or "", table.pattern):
        yield "replacement", f"the pattern has no group “{group}”"


def taken_names(rule_classes: "RuleClasses", custom: Iterable[CustomRule]) -> dict[str, str]:
    """Names by code of all rules that are known already."""
    return {**rule_names(rule_classes), **{each.code: each.name for each in custom}}
