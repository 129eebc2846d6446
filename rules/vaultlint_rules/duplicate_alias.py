"""VL114."""

from collections.abc import Iterator, Sequence

from vaultlint.note import Outline
from vaultlint.resolve import fold
from vaultlint.rule import Diagnostic, Related, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault

_SHOWN = 3  # notes that a message names


class DuplicateAlias(VaultRule):
    """An alias that another note has too, or that is another note's name."""

    code = "VL114"
    asks = ("packed_aliases",)
    local = True
    severity = Severity.INFO

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        seen = set[str]()
        for alias in outline.aliases:
            folded = fold(alias.strip())
            if not folded or folded in seen:
                continue
            seen.add(folded)
            namesakes = _others(outline, vault, vault.names.named(f"{alias.strip()}.md"))
            owners = _others(outline, vault, vault.aliases[folded])
            if namesakes or owners:
                how = "is also the name of" if namesakes else "is also an alias of"
                others = namesakes or owners
                yield self.found(
                    outline.path,
                    outline.alias_span(alias),
                    alias,
                    f"“{alias}” {how} {_listed(others)}",
                    related=tuple(Related(path, Span(0, 0), "the other note") for path in others[:_SHOWN]),
                    data={"alias": alias, "notes": others},
                )


def _others(outline: Outline, vault: Vault, paths: Sequence[str]) -> tuple[str, ...]:
    """The notes among these but the one in question and the templates."""
    return tuple(
        sorted(
            path
            for path in paths
            if path != outline.path and path in vault.outlines and not vault.is_template(path)
        )
    )


def _listed(paths: tuple[str, ...]) -> str:
    named = ", ".join(f"“{path}”" for path in paths[:_SHOWN])
    return named if len(paths) <= _SHOWN else f"{named} and {len(paths) - _SHOWN} more"
