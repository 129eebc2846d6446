"""VL115."""

from collections.abc import Iterator, Sequence

from vaultlint.note import Outline
from vaultlint.resolve import fold
from vaultlint.rule import Diagnostic, Related, Severity, VaultRule
from vaultlint.text import Span, has_placeholder
from vaultlint.vault import Vault

_SHOWN = 3  # notes that a message names


class DuplicateTitle(VaultRule):
    """A title property that another note has too."""

    code = "VL115"
    asks = ("title",)
    severity = Severity.WARNING
    on = False

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        title = (outline.title or "").strip()
        alike = vault.titles.get(fold(title), ())
        if not title or len(alike) < 2 or has_placeholder(title):
            return
        others = [path for path in alike if path != outline.path and _has_title(path, title, vault)]
        if others:
            entry = vault.note(outline.path).property("title")
            yield self.found(
                outline.path,
                entry.node.span if entry is not None else Span(0, 0),
                title,
                f"“{title}” is also the title of {_listed(others)}",
                related=tuple(Related(path, Span(0, 0), "the other note") for path in others[:_SHOWN]),
                data={"title": title, "notes": tuple(others[:_SHOWN])},
            )


def _has_title(path: str, title: str, vault: Vault) -> bool:
    """Whether an ordinary note has just this title, and not only a first heading of that text."""
    outline = vault.outline(path)
    return outline is not None and (outline.title or "").strip() == title and not vault.is_template(path)


def _listed(paths: Sequence[str]) -> str:
    named = ", ".join(f"“{path}”" for path in paths[:_SHOWN])
    return named if len(paths) <= _SHOWN else f"{named} and {len(paths) - _SHOWN} more"
