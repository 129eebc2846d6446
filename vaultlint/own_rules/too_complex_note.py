"""VL004."""

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.note import Excess
from vaultlint.rule import Rule


class TooComplexNote(Rule):
    """A note whose structure cannot be proven in bounded time, so that some findings may be wrong."""

    code = "VL004"
    severity = Severity.WARNING
    on_templates = True

    def about(self, path: str, excess: Excess) -> Diagnostic:
        """The finding for the note at `path`."""
        return self.found(
            path, excess.span, excess.reason, f"too complex to be read exactly: {excess.reason}"
        )
