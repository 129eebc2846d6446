"""VL005."""

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.rule import Rule
from vaultlint.text import Span


class RuleCrash(Rule):
    """A rule that failed on a note; the other rules went on."""

    code = "VL005"
    severity = Severity.ERROR
    on_templates = True

    def about(self, path: str, rule: Rule, error: Exception) -> Diagnostic:
        """The finding for the note at `path`, on which `rule` failed with `error`."""
        message = f"the rule {rule.name} failed on this note: {type(error).__name__}: {error}"
        return self.found(path, Span(0, 0), rule.code, message, data={"rule": rule.code})
