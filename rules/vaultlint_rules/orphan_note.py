"""VL401."""

from collections.abc import Callable, Iterator, Sequence

from vaultlint.note import LinkSyntax, Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, Severity, VaultRule
from vaultlint.text import Span
from vaultlint.vault import Vault


class OrphanNote(VaultRule):
    """A topic page that no other note links to."""

    code = "VL401"
    local = True
    severity = Severity.WARNING

    hub_links: bool = True
    """Whether a link on a hub page is enough."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        is_linked = vault.is_linked if self.hub_links else vault.is_linked_beyond_hubs
        if is_linked(outline.path) or not vault.is_topic_page(outline.path):
            return
        if outline.drawing and any(map(is_linked, vault.pictures_of(outline.path))):
            return
        # Where nobody says which notes are topic pages, a note without backlinks is only worth knowing.
        certain = vault.has_topic_pages or self.level is not self.severity
        yield self.found(
            outline.path,
            Span(0, 0),
            "",
            "no other note links to this one" if self.hub_links else "no note but hubs links to this one",
            severity=self.level if certain else Severity.INFO,
        )

    def late_fixes(
        self, findings: Sequence[Diagnostic], vault: Vault, may_edit: Callable[[str], bool]
    ) -> Iterator[tuple[Diagnostic, Fix]]:
        """List the note on its hub page; where it has no place there, link its first mention."""
        orphans = {one.path: one for one in findings if not vault.is_template(one.path)}
        fixes = dict(_on_hubs(orphans, vault, may_edit)) if self.hub_links else {}

        def may_mention(path: str) -> bool:
            return may_edit(path) and (self.hub_links or path not in vault.hubs)

        fixes |= _at_mentions([path for path in orphans if path not in fixes], vault, may_mention)
        for path, fix in fixes.items():
            yield orphans[path], fix


def _on_hubs(
    paths: Sequence[str] | dict[str, Diagnostic], vault: Vault, may_edit: Callable[[str], bool]
) -> Iterator[tuple[str, Fix]]:
    from vaultlint.hub_page import listings

    by_hub: dict[str, list[str]] = {}
    for path in paths:
        hub = vault.hub_of(path)
        if hub is not None and may_edit(hub) and not vault.is_template(hub):
            by_hub.setdefault(hub, []).append(path)
    for hub, listed in by_hub.items():
        for path, listing in listings(hub, listed, vault).items():
            more = len(listing.paths) - 1
            others = f", with {more} more that belong{'s' if more == 1 else ''} there" if more else ""
            yield path, Fix(f"List it on “{hub}”{others}", (listing.edit,), Safety.UNSAFE)


def _at_mentions(paths: Sequence[str], vault: Vault, may_edit: Callable[[str], bool]) -> dict[str, Fix]:
    from vaultlint.mentions import first_mentions

    fixes = {}
    for path, mention in first_mentions(paths, vault, may_edit).items():
        link = _link(path, mention.path, mention.span, mention.text, vault)
        if link is not None:
            edit = Edit(mention.path, mention.span, mention.text, link)
            fixes[path] = Fix(f"Link “{mention.text}” in “{mention.path}”", (edit,), Safety.UNSAFE)
    return fixes


def _link(path: str, source: str, span: Span, text: str, vault: Vault) -> str | None:
    """The link to a note that shows this text, which stands in that place of another note."""
    from vaultlint.rewrite import destination

    markdown = vault.settings.markdown_links
    target = vault.link_path_to(path, source, LinkSyntax.MARKDOWN if markdown else LinkSyntax.WIKILINK)
    if target is None:
        return None
    if markdown:
        bracketed = vault.angle_brackets and " " in target
        written = destination(target, bracketed=bracketed)
        return f"[{text}](<{written}>)" if bracketed else f"[{text}]({written})"
    outline = vault.outline(source)
    pipe = "\\|" if outline is not None and outline.in_table(span) else "|"
    return f"[[{target}]]" if target == text else f"[[{target}{pipe}{text}]]"
