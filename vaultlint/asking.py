"""Which rules are asked about a note, and what they find: most have nothing to look at in most notes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import TypeAlias, TypeVar

from vaultlint.diagnostic import Diagnostic
from vaultlint.note import Note, Outline
from vaultlint.own_rules import RuleCrash, TooComplexNote
from vaultlint.rule import PROPERTY, Doubt, NoteRule, Rule, VaultRule
from vaultlint.vault import Vault

R = TypeVar("R", bound=Rule)


class RuleSet(tuple[R, ...]):
    """Rules that are asked together; known by identity, so that it is quickly looked up."""

    __slots__ = ()
    __hash__ = object.__hash__
    __eq__ = object.__eq__


def ask_note_rules(rules: RuleSet[NoteRule], note: Note, *, in_template: bool) -> list[Diagnostic]:
    """What note rules find in a note, and whether it is too complex; a rule that fails becomes a finding."""
    found: list[Diagnostic] = []
    _ = note.live  # from then on it is known whether the note is too complex
    if note.too_complex is not None:
        found.append(TooComplexNote().about(note.path, note.too_complex))
    for asked, asking in _by_question(rules, in_template, note.drawing, note.lacks):
        if asked is not None and not asked(note):
            continue
        for rule in asking:
            try:
                found.extend(rule.check(note))
            except Exception as error:  # noqa: BLE001 - one bad rule must not hide what the others find
                found.append(RuleCrash().about(note.path, rule, error))
    return found


Question: TypeAlias = Callable[[Note], object]


@lru_cache(maxsize=512)  # a server opens a vault again and again, each time with rules of its own
def _by_question(
    rules: RuleSet[NoteRule], in_template: bool, drawing: bool, lacks: frozenset[str]
) -> Sequence[tuple[Question | None, Sequence[NoteRule]]]:
    """The rules that speak on notes of that kind, with the question whether a note has what they look at, so
    that it is asked once for all of them; None for those that look at every note. Left out are those that
    look at nothing but what such notes lack."""
    found: dict[tuple[object, ...], list[NoteRule]] = {}
    for rule in rules:
        if speaks(rule, in_template=in_template, drawing=drawing) and not (
            rule.asks and lacks.issuperset(rule.asks)
        ):
            found.setdefault(rule.asks, []).append(rule)
    return [(_question(asks) if asks else None, asking) for asks, asking in found.items()]


def _question(asks: tuple[object, ...]) -> Question:
    keys = [what.removeprefix(PROPERTY) for what in map(str, asks) if what.startswith(PROPERTY)]
    names = [what for what in map(str, asks) if not what.startswith(PROPERTY)]
    if not keys:
        return attrgetter(*names) if len(names) == 1 else lambda note: _has_any(note, names)
    return lambda note: not note.keys.isdisjoint(keys) or _has_any(note, names)


def _has_any(note: Note, names: Iterable[str]) -> bool:
    return any(getattr(note, name) for name in names)


def speaks(rule: Rule, *, in_template: bool, drawing: bool) -> bool:
    """Whether a rule speaks on notes of that kind."""
    return (rule.on_templates or not in_template) and (rule.on_drawings or not drawing)


def ask_vault_rules(rules: RuleSet[VaultRule], outline: Outline, vault: Vault) -> list[Diagnostic]:
    """What vault rules find in a note; a rule that fails becomes a finding of its own."""
    asking = _by_asks(rules, vault.is_template(outline.path), outline.drawing)
    wanted = list(asking[None])
    for what in vault.doubts(outline):
        wanted += asking.get(what, ()) if what is not None else ()  # under None is the sum of the others
    for name in _attributes(rules):
        if getattr(outline, name):
            wanted += asking.get(name, ())
    found: list[Diagnostic] = []
    for rule in dict.fromkeys(wanted):
        try:
            found.extend(rule.check(outline, vault))
        except Exception as error:  # noqa: BLE001 - one bad rule must not hide what the others find
            found.append(RuleCrash().about(outline.path, rule, error))
    return found


@lru_cache(maxsize=64)  # a server opens a vault again and again, each time with rules of its own
def _by_asks(
    rules: RuleSet[VaultRule], in_template: bool, drawing: bool
) -> Mapping[str | Doubt | None, Sequence[VaultRule]]:
    """The rules that speak on notes of that kind, by what they ask; under None those that ask for nothing."""
    found: dict[str | Doubt | None, list[VaultRule]] = {None: []}
    for rule in rules:
        if speaks(rule, in_template=in_template, drawing=drawing):
            for what in rule.asks or (None,):
                found.setdefault(what, []).append(rule)
    return found


@lru_cache(maxsize=64)
def _attributes(rules: RuleSet[VaultRule]) -> Sequence[str]:
    """The attributes of an outline that these rules ask for."""
    return [*dict.fromkeys(what for rule in rules for what in rule.asks if isinstance(what, str))]
