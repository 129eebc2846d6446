"""VL003."""

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.rule import Rule
from vaultlint.text import Span


class UnknownSuppression(Rule):
    """A suppression that names no rule."""

    code = "VL003"
    severity = Severity.WARNING
    on_templates = True

    def about(self, path: str, span: Span, wrong: str, message: str) -> Diagnostic:
        """The finding for what is `wrong` in a suppression of the note at `path`."""
        return self.found(path, span, wrong, message)
