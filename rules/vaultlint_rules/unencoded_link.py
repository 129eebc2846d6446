"""VL214."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Flaw, Outline
from vaultlint.note import MalformedLink as Malformed
from vaultlint.resolve import Subpath, find_heading
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault

_BLANK = rare(r"[ \t]")
_DESTINATION = rare(r"\]\(([^()\n]*+)\)\Z")


class UnencodedLink(VaultRule):
    """A Markdown link to a file of the vault that is no link, because there is a blank in its target."""

    code = "VL214"
    asks = ("packed_malformed",)
    local = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for malformed in outline.malformed:
            if malformed.flaw is Flaw.UNENCODED and _meant(malformed, outline, vault):
                written = _written(malformed)
                yield self.found(
                    outline.path,
                    malformed.span,
                    written,
                    f"the blank in “{written}” keeps this from being a link",
                    fixes=(_fix(malformed, outline, vault),),
                    data={"target": written},
                )


def _written(malformed: Malformed) -> str:
    match = _DESTINATION.search(malformed.raw)
    assert match is not None, malformed.raw
    return match[1].strip(" \t")


def _meant(malformed: Malformed, outline: Outline, vault: Vault) -> bool:
    """Whether a blank is the flaw, and the vault has that file, or the note that heading."""
    if _BLANK.search(_written(malformed)) is None:
        return False
    if malformed.path:
        return vault.names.resolve(malformed.path, outline.path).path is not None
    heading = _written(malformed).partition("#")[2]
    return bool(heading) and find_heading(heading, vault.headings(outline.path)) is Subpath.FOUND


def _fix(malformed: Malformed, outline: Outline, vault: Vault) -> Fix:
    """Encode the blanks, or put the target in angle brackets where the vault does so."""
    old, start = _written(malformed), malformed.raw.rindex("](") + 2
    encoded = f"<{old}>" if vault.angle_brackets else _BLANK.sub("%20", old)
    inside = malformed.raw[start:-1]
    span = Span(malformed.span.start + start, malformed.span.end - 1)
    return Fix(f"Write the target as “{encoded}”", (Edit(outline.path, span, inside, encoded),), Safety.SAFE)
