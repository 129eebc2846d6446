"""VL310."""

from collections.abc import Iterator

from vaultlint.anchor_form import AnchorForm
from vaultlint.lazy import rare
from vaultlint.note import Flaw, LinkSyntax, MalformedLink, Note, Outline
from vaultlint.rule import Diagnostic, Edit, Fix, Safety, VaultRule
from vaultlint.timestamps import GOOD_TIME, has_video
from vaultlint.vault import Missing, ResolvedLink, Vault

_TIME = rare(r"[0-9]{1,2}(?::[0-9]{2})+")
_READABLE = rare(r"[0-9]{1,2}:[0-5][0-9]:[0-5][0-9]")
_HOURS_OF_FEW_VIDEOS = 5
_LONGEST_TIME = 30
_MARKUP = rare(r"[\[\]<>\\`*$|]")


class TimestampAsLink(VaultRule):
    """A time of the video as the target of a link, which leads nowhere."""

    code = "VL310"
    asks = ("packed_malformed", Missing.TIME)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for malformed in outline.malformed:
            if malformed.flaw is Flaw.AROUND_ANCHOR and malformed.raw.endswith(")"):
                yield self.found(
                    outline.path,
                    malformed.span,
                    malformed.raw,
                    f"the link “[{malformed.path}](…)” around a timestamp leads nowhere",
                    fixes=tuple(_unwrap(vault.note(outline.path), malformed)),
                )
        for resolved in vault.doubtful_links(outline, Missing.TIME):
            link = resolved.link
            time = _time_in(link.path)
            if not vault.is_daily_name(link.path):
                yield self.found(
                    outline.path,
                    link.span,
                    link.target,
                    f"“{time}” is a time, and no note can have that name",
                    fixes=tuple(_fixes(resolved, time, vault)),
                    data={"target": link.path},
                )


def _time_in(path: str) -> str:
    match = _TIME.search(path)
    return match.group() if match is not None else path


def _unwrap(note: Note, malformed: MalformedLink) -> Iterator[Fix]:
    """Keep the anchor alone, where the link shows the time that the anchor has."""
    raw, time = malformed.raw, malformed.path
    anchor = raw[raw.index("](") + 2 : -1]
    if f'"{time}">' in anchor and GOOD_TIME.fullmatch(time):
        anchor = anchor.replace(f">{time}<", f">{note.anchor_form.shown(time)}<")
        yield Fix("Keep the timestamp alone", (Edit(note.path, malformed.span, raw, anchor),), Safety.SAFE)


def _fixes(resolved: ResolvedLink, time: str, vault: Vault) -> Iterator[Fix]:
    """Make the link an anchor, or what an anchor shows; a time without hours may mean two moments."""
    link, path = resolved.link, resolved.source
    if link.is_property or link.embed or not vault.is_note(path):
        return
    note = vault.note(path)
    form = note.anchor_form
    shown = _shown(link.display, time, form)
    if shown is None:
        return
    if _in_anchor(note, resolved):
        edit = Edit(path, link.span, link.raw, shown)
        yield Fix(f"Show “{shown}”", (edit,), Safety.SAFE)
    elif _READABLE.fullmatch(time) and has_video(note):
        hours, _, rest = time.partition(":")
        whole = f"{hours:0>2}:{rest}"
        label = shown.replace(time, whole)
        edit = Edit(path, link.span, link.raw, form.source(whole, label))
        safe = int(hours) < _HOURS_OF_FEW_VIDEOS
        yield Fix(f"Make it the timestamp “{whole}”", (edit,), Safety.SAFE if safe else Safety.UNSAFE)


def _shown(display: str | None, time: str, form: AnchorForm) -> str | None:
    """What the anchor is to show: the text of the link, a time as labels show it; None where that holds
    markup."""
    text = (display or "").strip()
    if not text or text.strip("[]") == time:
        return form.shown(time)
    return None if _MARKUP.search(text) else text


def _in_anchor(note: Note, resolved: ResolvedLink) -> bool:
    """Whether the link, a wikilink, is all that a timestamp shows."""
    start, end = resolved.link.span
    form = note.anchor_form
    opener, closer = form.source("", "").split('"">')
    before = note.text[max(start - len(opener) - _LONGEST_TIME, 0) : start]
    time = before.rpartition(opener + '"')[2]
    wikilink = resolved.link.syntax is LinkSyntax.WIKILINK
    whole = len(time) < len(before) and time.endswith('">') and not set(time[:-2]) & set('"<>\n')
    return wikilink and whole and note.text.startswith(closer, end)
