"""Findings as the editor takes them."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from vaultlint.diagnostic import Diagnostic, Severity
from vaultlint.lsp.texts import Places
from vaultlint.lsp.uris import uri_of
from vaultlint.own_rules import OWN_RULES
from vaultlint.registry import load_rules

if TYPE_CHECKING:
    from vaultlint.rule import Rule

SOURCE = "vaultlint"

_SEVERITIES: Mapping[Severity, types.DiagnosticSeverity] = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}


@cache
def _pages() -> "Mapping[str, type[Rule]]":
    return {**load_rules(), **{rule.code: rule for rule in OWN_RULES}}


@cache
def page_uri(code: str) -> str | None:
    """The address of the page of a rule on this machine; None where it has none there."""
    rule = _pages().get(code)
    package = rule.__module__.rpartition(".")[0] if rule is not None else ""
    if rule is None or not package:
        return None
    page = files(package).joinpath(f"{rule.name.replace('-', '_')}.md")
    return uri_of(str(page)) if isinstance(page, Path) and page.is_file() else None


def told(
    found: Iterable[Diagnostic],
    places: Places,
    uri: Callable[[str], str],
    places_in: Callable[[str], Places],
    *,
    related: bool,
) -> list[types.Diagnostic]:
    """The findings of one file. `uri` and `places_in` tell of other files of its vault; `related`: whether
    the editor takes other places that a finding speaks of."""
    return [
        types.Diagnostic(
            range=places.range(one.span),
            message=one.message,
            severity=_SEVERITIES[one.severity],
            code=one.code,
            code_description=types.CodeDescription(page) if (page := page_uri(one.code)) else None,
            source=SOURCE,
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(uri(other.path), places_in(other.path).range(other.span)), other.message
                )
                for other in one.related
            ]
            or None
            if related
            else None,
        )
        for one in found
    ]
