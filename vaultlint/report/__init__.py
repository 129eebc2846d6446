"""What a run found, and the formats in which it is told: one module a format.

Here, and nowhere before, offsets become lines and columns.
"""

from vaultlint.diagnostic import Diagnostic, Safety
from vaultlint.engine import Report

__all__ = ["Report", "remedy"]


def remedy(diagnostic: Diagnostic) -> Safety | None:
    """The mildest safety among the fixes that a run may apply: safe, else unsafe, else None."""
    offered = {fix.safety for fix in diagnostic.fixes}
    if Safety.SAFE in offered:
        return Safety.SAFE
    return Safety.UNSAFE if Safety.UNSAFE in offered else None
