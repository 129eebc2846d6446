"""VL001."""

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.rule import Rule
from vaultlint.text import Span


class UnreadableFile(Rule):
    """A note that could not be read, so that the run is incomplete."""

    code = "VL001"
    severity = Severity.ERROR
    on_templates = True

    def about(self, path: str, reason: str) -> Diagnostic:
        """The finding for the file at `path`."""
        return self.found(path, Span(0, 0), "", f"cannot be read: {reason}", data={"reason": reason})
