"""VL210."""

from collections.abc import Iterator

from vaultlint.lazy import rare
from vaultlint.note import Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault

_PIPE = rare(r"\\?\|[ \t\u00a0]*+(?=\]\])")
_BLANKS = " \t\u00a0"


class EmptyAlias(VaultRule):
    """A link to a note with nothing behind its pipe, so that it shows nothing."""

    code = "VL210"
    asks = ("raw_links",)  # which outlines keep if a link has nothing behind its pipe
    local = True
    severity = Severity.WARNING
    on_drawings = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.links(outline, _ends_in_a_pipe):
            link = resolved.link
            # An invisible link to a place in a PDF is how plugins keep the highlights of one.
            is_note = vault.is_note(resolved.target)
            if is_note and not link.embed and link.display is not None and not link.display.strip():
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"the link to “{link.target}” shows nothing",
                    fixes=tuple(_fixes(outline.path, link.raw, link.span)),
                    data={"target": link.target},
                )


def _ends_in_a_pipe(raw: str) -> bool:
    return raw[-3:-2] in "| \t\u00a0" and raw.endswith("]]") and raw[:-2].rstrip().endswith("|")


def _fixes(path: str, raw: str, span: Span) -> Iterator[Fix]:
    pipe = _PIPE.search(raw)
    if pipe is not None and span.end - span.start == len(raw):  # else written with escapes, in a property
        start = len(raw[: pipe.start()].rstrip(_BLANKS))
        place = Span(span.start + start, span.start + pipe.end())
        edit = Edit(path, place, raw[start : pipe.end()], "")
        yield Fix("Show the name of the note", (edit,), Safety.UNSAFE)
