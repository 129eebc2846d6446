"""Regular expressions that a stranger may have written: a configuration comes with a pull request.

They run on google-re2, whose time grows with the text whatever the pattern says; never on `re`. The
library is imported when the first of them is compiled.
"""

from functools import cache
from typing import Any

from vaultlint.errors import VaultlintError


class PatternError(ValueError):
    """A pattern that RE2 does not take; the text says why, in a few words."""


@cache
def compiled(pattern: str) -> Any:
    """The pattern as an object of the module re2, which has the methods that those of `re` have.

    Raises `PatternError` where RE2 does not take it, and `VaultlintError` where RE2 is not installed.
    """
    try:
        import re2
    except ImportError:
        raise VaultlintError(
            "patterns in a configuration need the library google-re2, which is not installed:"
            " pip install 'obsidian-vaultlint[custom]'"
        ) from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        raise PatternError(_reason(error)) from None
    except UnicodeEncodeError:
        raise PatternError("half of a surrogate pair") from None


def occurs(pattern: str, text: str) -> bool:
    """Whether the pattern matches anywhere in the text. Raises as `compiled` does."""
    whole = text.encode("utf-8", "replace").decode()  # RE2 knows no half of a surrogate pair
    return compiled(pattern).search(whole) is not None


def _reason(error: Exception) -> str:
    """What RE2 has against a pattern, without the pattern itself."""
    told = error.args[0] if error.args else ""
    told = told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    return told if len(told) <= 80 else told[:79] + "…"
