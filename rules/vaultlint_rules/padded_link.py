"""VL208."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.vault import Vault

_PADDED = rare(r"!?\[\[(?:[ \t]|.*[ \t]\]\]|[^|]*?(?:[ \t]\\?\||\|[ \t]))")
_PIPE = rare(r"\\?\|")
_BLANK_DISPLAY = rare(r".*\|[ \t]*\]\]")


class PaddedLink(VaultRule):
    """A link with blanks just inside its brackets or around its pipe."""

    code = "VL208"
    asks = ("raw_links",)
    every_link = True
    local = True
    severity = Severity.INFO
    on = False
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.links(outline, _PADDED.match):
            raw, span = resolved.link.raw, resolved.link.span
            if resolved.target is None or _BLANK_DISPLAY.fullmatch(raw):
                continue
            tight = _tight(raw)
            if tight == raw:
                continue
            edit = Edit(outline.path, span, raw, tight)
            yield self.found(
                outline.path,
                span,
                raw,
                f"blanks inside the brackets of “{raw}”",
                fixes=(Fix("Remove the blanks", (edit,), Safety.SAFE),),
            )


def _tight(raw: str) -> str:
    """The link without the blanks. A text that ends in a bracket keeps the one that parts them."""
    opener = raw.index("[[") + 2
    inner = raw[opener:-2]
    pipe = _PIPE.search(inner)
    parts = [inner[: pipe.start()], inner[pipe.end() :]] if pipe is not None else [inner]
    tight = (pipe.group() if pipe is not None else "").join(part.strip(" \t") for part in parts)
    return raw[:opener] + tight + (" ]]" if tight.endswith("]") else "]]")
