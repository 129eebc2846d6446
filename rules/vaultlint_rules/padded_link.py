"""VL208."""

import re
from collections.abc import Iterator

from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.vault import Vault

_PADDED = re.compile(r"!?\[\[(?:[ \t]|.*[ \t]\]\]|[^|]*?(?:[ \t]\\?\||\|[ \t]))")
_PARTS = re.compile(r"(!?\[\[)[ \t]*(.*?)[ \t]*(?:(\\?\|)[ \t]*(.*?)[ \t]*)?(\]\])")
_BLANK_DISPLAY = re.compile(r".*\|[ \t]*\]\]")


class PaddedLink(VaultRule):
    """A link with blanks just inside its brackets or around its pipe."""

    code = "VL208"
    severity = Severity.INFO
    on = False
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.links(outline, _PADDED.match):
            raw, span = resolved.link.raw, resolved.link.span
            if resolved.target is None or _BLANK_DISPLAY.fullmatch(raw):
                continue
            parts = _PARTS.fullmatch(raw)
            tight = "".join(part or "" for part in parts.groups()) if parts else raw
            edit = Edit(outline.path, span, raw, tight)
            yield self.found(
                outline.path,
                span,
                raw,
                f"blanks inside the brackets of “{raw}”",
                fixes=(Fix("Remove the blanks", (edit,), Safety.SAFE),),
            )
