"""What is told of what the rules found: the configuration and the notes themselves have a say.

Rules find what they find; here it is decided whose findings are told of a note, how grave those of the
engine's own rules are, and which fixes a run may apply.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from vaultlint.asking import speaks
from vaultlint.config import ENGINE_RULES, Config, covers, is_named, may_fix, rule_names, runs, trusted_more
from vaultlint.diagnostic import Diagnostic, Safety, Severity
from vaultlint.ignore import matcher
from vaultlint.note import Outline
from vaultlint.own_rules import RuleCrash, TooComplexNote, UnreadableFile
from vaultlint.rule import Rule
from vaultlint.settings import is_below

if TYPE_CHECKING:
    from vaultlint.suppression import Rules

_ALWAYS = frozenset({UnreadableFile.code, RuleCrash.code})
"""What makes a run incomplete is told whatever anybody says."""


class Telling:
    """How the findings of a run are told."""

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        config: Config = Config(),
        rule_classes: Mapping[str, type[Rule]] | None = None,
        template_folders: Sequence[str] = (),
    ) -> None:
        """`rules`: those that run; `rule_classes`: all there are."""
        self._rules = rules
        self._template_folders = tuple(template_folders)
        classes = rule_classes if rule_classes is not None else {rule.code: type(rule) for rule in rules}
        self._names = rule_names(classes)
        self._classes = classes
        self._config = config
        self._unnamed = frozenset(rule.code for rule in rules if not is_named(config, rule.code, rule.name))
        self._silent = frozenset(
            code for code, name in ENGINE_RULES.items() if _is_silent(config, code, name)
        )
        self._severities = {
            code: severity
            for code, name in ENGINE_RULES.items()
            if name in config.rules and (severity := config.rules[name].severity) is not None
        }
        self._speaking = cache(self._speaking_on)
        self._trust = {
            code: trust for code, name in self._names.items() if (trust := _trust(config, code, name))
        }
        self._ignoring = [
            (matches, frozenset(self._codes(selectors)))
            for pattern, selectors in config.per_file_ignores.items()
            if (matches := matcher([pattern])) is not None
        ]

    def of(self, path: str, outline: Outline | None, found: list[Diagnostic]) -> list[Diagnostic]:
        """Of what was found in a file, what is told."""
        silent = self._silent | self._ignored(path) if self._ignoring else self._silent
        if silent:
            found = [one for one in found if one.code not in silent]
        if outline is not None and outline.suppressions:
            from vaultlint.suppression import silence

            ran = partial(self._ran, path, outline, found)
            found = [one for one in silence(outline, found, self._judged, ran) if one.code not in silent]
        if not found:
            return found
        if self._severities:
            found = list(map(self._as_configured, found))
        return self.with_trust(found)

    def with_trust(self, found: list[Diagnostic]) -> list[Diagnostic]:
        """The same findings with fixes that may be applied as the configuration says."""
        # What is only worth knowing is fixed only where somebody named its rule.
        unnamed, info = self._unnamed, Severity.INFO
        found = [_by_hand(one) if one.severity is info and one.code in unnamed else one for one in found]
        if not self._trust:
            return found
        return [_trusted(one, self._trust[one.code]) if one.code in self._trust else one for one in found]

    def is_silent(self, path: str, code: str) -> bool:
        """Whether the configuration has a rule say nothing of a file."""
        return code in self._ignored(path)

    def _codes(self, selectors: Iterable[str]) -> Iterator[str]:
        """The codes of the rules that any of these names."""
        for code, name in self._names.items():
            if code not in _ALWAYS and any(covers(selector, code, name) for selector in selectors):
                yield code

    def _ignored(self, path: str) -> frozenset[str]:
        """The codes of the rules that are silent in a file."""
        return frozenset().union(*[codes for matches, codes in self._ignoring if matches(path)])

    @cached_property
    def _judged(self) -> "Rules":
        from vaultlint.suppression import Rules

        on = (code for code, rule in self._classes.items() if rule.on)
        return Rules(self._names, frozenset((*on, *ENGINE_RULES)))

    def _ran(self, path: str, outline: Outline, found: Iterable[Diagnostic]) -> frozenset[str]:
        """The codes of the rules that were asked about a note and answered."""
        crashed = {str(one.data.get("rule")) for one in found if one.code == RuleCrash.code}
        speaking = self._speaking(is_below(path, self._template_folders), outline.drawing)
        return speaking - crashed - self._ignored(path)

    def _speaking_on(self, in_template: bool, drawing: bool) -> frozenset[str]:
        """The codes of the rules that speak on notes of that kind."""
        speaking = [
            rule.code for rule in self._rules if speaks(rule, in_template=in_template, drawing=drawing)
        ]
        return frozenset((*speaking, *ENGINE_RULES)) - self._silent

    def _as_configured(self, one: Diagnostic) -> Diagnostic:
        severity = self._severities.get(one.code)
        return one if severity is None else one._replace(severity=severity)


def _is_silent(config: Config, code: str, name: str) -> bool:
    """Whether nobody wants to hear of a rule of the engine's own."""
    if code == TooComplexNote.code:  # somebody must say so: what is found in such a note may be wrong
        config = config._replace(select=None)
    return code not in _ALWAYS and not runs(config, code, name)


def _trust(config: Config, code: str, name: str) -> Mapping[Safety, Safety]:
    """What counts as what among the fixes of a rule; empty where each is what its rule says."""
    if not may_fix(config, code, name):
        return {Safety.SAFE: Safety.MANUAL, Safety.UNSAFE: Safety.MANUAL}
    more = trusted_more(config, code, name)
    if more is None:
        return {}
    return {Safety.UNSAFE: Safety.SAFE} if more else {Safety.SAFE: Safety.UNSAFE}


def _trusted(diagnostic: Diagnostic, trust: Mapping[Safety, Safety]) -> Diagnostic:
    """The same finding with fixes that may be applied as the configuration says."""
    fixes = tuple(fix._replace(safety=trust.get(fix.safety, fix.safety)) for fix in diagnostic.fixes)
    return diagnostic._replace(fixes=fixes)


def _by_hand(diagnostic: Diagnostic) -> Diagnostic:
    """The same finding with fixes that are shown and never applied."""
    fixes = tuple(fix._replace(safety=Safety.MANUAL) for fix in diagnostic.fixes)
    return diagnostic._replace(fixes=fixes)
