"""The rules that speak of the run itself: the engine's own, no pack's; it finds them while it reads."""

from vaultlint.own_rules.rule_crash import RuleCrash
from vaultlint.own_rules.too_complex_note import TooComplexNote
from vaultlint.own_rules.unknown_suppression import UnknownSuppression
from vaultlint.own_rules.unreadable_file import UnreadableFile
from vaultlint.own_rules.unused_suppression import UnusedSuppression
from vaultlint.rule import Rule

__all__ = [
    "OWN_RULES",
    "RuleCrash",
    "TooComplexNote",
    "UnknownSuppression",
    "UnreadableFile",
    "UnusedSuppression",
]

OWN_RULES: tuple[type[Rule], ...] = (
    UnreadableFile,
    UnusedSuppression,
    UnknownSuppression,
    TooComplexNote,
    RuleCrash,
)
