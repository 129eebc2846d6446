"""VL202."""

from collections.abc import Iterator, Sequence

from vaultlint.note import Heading, Outline
from vaultlint.resolve import Subpath, bare_key, heading_key
from vaultlint.rewrite import retarget
from vaultlint.rule import Diagnostic, Fix, Safety, VaultRule
from vaultlint.vault import ResolvedLink, Vault

_CLOSE = 0.85  # of 1, by difflib's measure: two letters of a dozen
_MARGIN = 0.05
_SHORT = 3  # letters


class BrokenHeading(VaultRule):
    """A link to a heading that its note does not have."""

    code = "VL202"
    asks = (Subpath.NO_HEADING, Subpath.NO_VIEW)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        for resolved in vault.doubtful_links(outline, *self.asks):
            state = vault.subpath(resolved)
            link, target = resolved.link, resolved.target or ""
            where = "this note" if target == outline.path else f"“{target}”"
            yield self.found(
                outline.path,
                link.span,
                link.target,
                f"{where} has no {'view' if state is Subpath.NO_VIEW else 'heading'} “{link.subpath}”",
                fixes=tuple(_fixes(resolved, vault)),
                data={"target": target, "heading": link.subpath or ""},
            )


def _fixes(resolved: ResolvedLink, vault: Vault) -> Iterator[Fix]:
    """The one heading that differs only in punctuation, as a slug does from the heading it was made of;
    else the one that is a slip of the pen away, if any, from the last of several."""
    link = resolved.link
    subpath = _decoded(link.subpath or "")
    wanted = bare_key(subpath)
    if not wanted or resolved.target is None or not vault.is_note(resolved.target):
        return
    headings = vault.headings(resolved.target)
    alike = [heading.text for heading in headings if bare_key(heading.text) == wanted]
    safety = Safety.SAFE
    if not alike:
        alike, safety = _near_misses(subpath.rpartition("#")[2], headings), Safety.UNSAFE
    if len(alike) != 1:
        return
    edit = retarget(resolved._replace(link=link._replace(subpath=subpath)), vault, heading=alike[0])
    if edit is not None:
        yield Fix(f"Link to the heading “{alike[0]}”", (edit,), safety)


def _decoded(subpath: str) -> str:
    """What a subpath means where it is percent-encoded, which it must not be in a wikilink."""
    if "%" not in subpath:
        return subpath
    from urllib.parse import unquote

    return unquote(subpath)


def _near_misses(asked: str, headings: Sequence[Heading]) -> list[str]:
    """The texts of the headings that are about equally close to the one asked for, if any is close at all."""
    from difflib import SequenceMatcher  # only where a heading is missing

    wanted = heading_key(asked)
    close: list[tuple[float, str]] = []
    matcher = SequenceMatcher(b=wanted)  # what it knows of its second text serves for every heading
    for heading in headings:
        key = heading_key(heading.text)
        matcher.set_seq1(key)
        # The bounds are cheap, and few headings of a long note come near.
        if matcher.real_quick_ratio() < _CLOSE or matcher.quick_ratio() < _CLOSE:
            continue
        ratio = matcher.ratio()
        if ratio >= _CLOSE and not _differ_on_purpose(wanted, key):
            close.append((ratio, heading.text))
    best = max((ratio for ratio, _ in close), default=0.0)
    return [text for ratio, text in close if ratio > best - _MARGIN]


def _differ_on_purpose(wanted: str, key: str) -> bool:
    """Whether another number or short word tells two headings apart: `Part 1` and `Part 2`."""
    words = set(wanted.split()) ^ set(key.split())
    return any(len(word) <= _SHORT or any(char.isdigit() for char in word) for word in words)
