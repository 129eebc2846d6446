"""VL201."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vaultlint.note import Outline
from vaultlint.resolve import bare_key, fold, separator_key, stem
from vaultlint.rewrite import retarget
from vaultlint.rule import Diagnostic, Fix, Safety, VaultRule
from vaultlint.vault import Missing, ResolvedLink, Vault

_TIME = re.compile(r"\[?\d{1,2}(?::\d{2}){1,3}\]?")
_DOUBLE_BRACKETS = re.compile(r"\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]")
_ATTACHMENT = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{1,4}|canvas)\Z")
_SHORTEST_SAFE = 8  # letters; a shorter name is like another by chance


class _Guess(NamedTuple):
    """Why a target is missing, and the notes that may be meant, the likeliest kind first."""

    reason: str
    hint: str
    candidates: tuple[str, ...] = ()
    safe: bool = False


class BrokenLink(VaultRule):
    """A link to a file that the vault does not have."""

    code = "VL201"
    asks = (Missing.FILE,)
    local = True
    on_canvases = True

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        # The same targets fail again and again in the notes of a folder.
        known: dict[str, _Guess] = vault.scratch((self, outline.path[: outline.path.rfind("/") + 1]))
        for resolved in vault.doubtful_links(outline, *self.asks):
            link = resolved.link
            guess = known.get(link.path)
            if guess is None:
                guess = known[link.path] = _guess(resolved, vault)
            if guess.reason == "daily-note":
                continue
            if guess.candidates == (outline.path,) and guess.reason != "title":
                guess = guess._replace(hint=guess.hint.replace(_names(guess.candidates), "this note itself"))
            # A card of a canvas names its file from the root, which a link says with a slash.
            path = link.path.removeprefix("/" if outline.path.lower().endswith(".canvas") else "")
            yield self.found(
                outline.path,
                link.span,
                link.target,
                _message(link.target if guess.reason == "brackets" else path) + guess.hint,
                fixes=tuple(_fixes(resolved, guess, vault)),
                data={"target": path, "reason": guess.reason},
            )


def _message(path: str) -> str:
    kind = "file" if _ATTACHMENT.search(path) else "note"
    return f"no {kind} is named “{path}”"


def _guess(resolved: ResolvedLink, vault: Vault) -> _Guess:
    """What is the matter with the target of a link, whichever note of its folder it stands in."""
    path = resolved.link.path
    if vault.is_daily_name(path):
        return _Guess("daily-note", "")
    if path.startswith("[["):  # the target of a Markdown link; with a subpath it lacks its end here
        wikilink = _DOUBLE_BRACKETS.fullmatch(path)
        found = vault.names.resolve(wikilink[1].strip(), resolved.source).path if wikilink else None
        hint = "; a Markdown link takes its target without double brackets"
        return _Guess("brackets", hint, (found,) if found is not None else (), safe=True)
    name = path[path.rfind("/") + 1 :].removesuffix(".md")
    if _TIME.fullmatch(name):
        return _Guess("time", "; it is a time")
    letters = bare_key(name)
    alike = vault.bare.get(letters, ()) if letters else ()
    key = separator_key(name) if alike else ""
    separated = [path for path in alike if separator_key(stem(path)) == key]
    safe = len(letters) >= _SHORTEST_SAFE and "/" not in path
    return (
        _of_that_name(resolved, vault)
        or _same_but_for(separated, resolved, "blanks, “_” and “-”", safe=safe)
        or _same_but_for(alike, resolved, "punctuation", safe=safe and vault.named_by_title)
        or _title(resolved, vault)
        or _Guess("unknown", "")
    )


def _of_that_name(resolved: ResolvedLink, vault: Vault) -> _Guess | None:
    """The files of that very name, which lie in other folders than the target says."""
    path = resolved.link.path
    name = path[path.rfind("/") + 1 :]
    moved = vault.names.named(name) or vault.names.named(f"{name}.md")
    if not moved:
        return None
    has = "has" if len(moved) == 1 else "have"
    return _Guess("folder", f"; {_names(moved)} {has} that name in another folder", tuple(moved))


def _same_but_for(
    candidates: Sequence[str], resolved: ResolvedLink, what: str, *, safe: bool
) -> _Guess | None:
    """The notes whose name differs from the target in separators or punctuation alone."""
    if not candidates:
        return None
    folder = resolved.source[: resolved.source.rfind("/") + 1]
    here = [one for one in candidates if one[: one.rfind("/") + 1] == folder]
    certain = safe and len(here) == 1
    likely = here if len(here) == 1 else candidates
    differs = "differs" if len(likely) == 1 else "differ"
    return _Guess("spelling", f"; {_names(likely)} {differs} only in {what}", tuple(likely), certain)


def _title(resolved: ResolvedLink, vault: Vault) -> _Guess | None:
    candidates = vault.titles.get(fold(resolved.link.path), ())
    if not candidates:
        return None
    return _Guess("title", f"; it is the title of {_names(candidates)}, and links name files", candidates)


def _names(candidates: Sequence[str]) -> str:
    shown = [f"“{path}”" for path in candidates[:3]]
    more = len(candidates) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _fixes(resolved: ResolvedLink, guess: _Guess, vault: Vault) -> Iterator[Fix]:
    """Link to the one candidate; two candidates mean no fix, and so does the note itself."""
    if len(guess.candidates) != 1 or guess.candidates[0] == resolved.source:
        return
    edit = retarget(resolved, vault, path=guess.candidates[0])
    if edit is not None:
        safety = Safety.SAFE if guess.safe else Safety.UNSAFE
        yield Fix(f"Link to “{guess.candidates[0]}”", (edit,), safety)
