"""VL002."""

from vaultlint.diagnostic import Diagnostic, Fix, Severity
from vaultlint.rule import Rule
from vaultlint.text import Span


class UnusedSuppression(Rule):
    """A suppression that silences nothing."""

    code = "VL002"
    severity = Severity.WARNING
    on_templates = True

    def about(self, path: str, span: Span, construct: str, message: str, fix: Fix) -> Diagnostic:
        """The finding for a suppression in the note at `path`, with the fix that removes it."""
        return self.found(path, span, construct, message, fixes=(fix,))
