"""VL201."""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from vaultlint.history import Departure, Fate, told_of
from vaultlint.indexes import target_key
from vaultlint.lazy import rare
from vaultlint.note import Outline
from vaultlint.resolve import bare_key, fold, separator_key, stem
from vaultlint.rewrite import retarget
from vaultlint.rule import Data, Diagnostic, Fix, Safety, Severity, VaultRule
from vaultlint.text import new
from vaultlint.vault import Missing, ResolvedLink, Vault

_DOUBLE_BRACKETS = rare(r"\[\[([^\[\]|]+)(?:\|[^\[\]]*)?\]\]")
_ATTACHMENT = re.compile(r"\.(?:[A-Za-z][A-Za-z0-9]{1,4}|canvas)\Z")
# Numbers or quoted texts between commas. The class of a text excludes what ends it.
_ARRAY = rare(r"(?:[-+]?[0-9.]++|\"[^\"]*+\"|'[^']*+')(?: *+, *+(?:[-+]?[0-9.]++|\"[^\"]*+\"|'[^']*+'))++")
# Links ahead of writing, as somebody meant them, and what was not meant for a link.
_SILENT = frozenset({"daily-note", "planned", "array"})
_FOLDER_PAGES = ("index", "README", "_index")
_SHORTEST_SAFE = 8  # letters; a shorter name is like another by chance


class _Guess(NamedTuple):
    """Why a target is missing, and the notes that may be meant, the likeliest kind first."""

    reason: str
    hint: str
    candidates: tuple[str, ...] = ()
    safe: bool = False
    steps: tuple[Departure, ...] = ()
    """What git tells of it, if nothing else explains it."""


_UNKNOWN = _Guess("unknown", "")


class _Case(NamedTuple):
    """All that is the same for links of one kind with the same target in the notes of one folder."""

    guess: _Guess
    message: str
    data: Data
    fix_title: str
    severity: Severity | None
    """None: that of the rule."""


class BrokenLink(VaultRule):
    """A link to a file that the vault does not have."""

    code = "VL201"
    asks = (Missing.FILE,)
    local = True
    on_canvases = True

    unwritten: Literal["error", "warning", "info"] | None = None
    """The severity of links to what never existed, for vaults that link ahead of writing."""

    def check(self, outline: Outline, vault: Vault) -> Iterator[Diagnostic]:
        """What is wrong with the note of `outline`."""
        path = outline.path
        here = (path,)
        on_canvas = path[-3:] != ".md" and path.lower().endswith(".canvas")
        # The same targets fail again and again in the notes of a folder.
        known: dict[str, _Case] = vault.scratch((self, path[: path.rfind("/") + 1], on_canvas))
        for resolved in vault.doubtful_links(outline, *self.asks):
            target = resolved.link.target
            case = known.get(target)
            if case is None:
                case = known[target] = self._case(resolved, vault, on_canvas=on_canvas)
            reason, candidates, message = case.guess.reason, case.guess.candidates, case.message
            if reason in _SILENT:
                continue
            fixes: tuple[Fix, ...] = ()
            if candidates == here:
                if reason != "title":
                    message = message.replace(_names(candidates), "this note itself")
            elif len(candidates) == 1:  # two candidates mean no fix
                fixes = _fixes(resolved, case, vault)
            span, severity = resolved.link.span, case.severity
            yield self.found(path, span, target, message, fixes=fixes, data=case.data, severity=severity)

    def _case(self, resolved: ResolvedLink, vault: Vault, *, on_canvas: bool) -> _Case:
        guess = _guess(resolved, vault)
        link = resolved.link
        # A card of a canvas names its file from the root, which a link says with a slash.
        path = link.path.removeprefix("/") if on_canvas else link.path
        shown = link.target if guess.reason == "brackets" else path
        kind = "file" if _ATTACHMENT.search(shown) else "note"
        wanting = vault.wanting.get(target_key(path), 1)
        wanted = f", which {wanting} notes link to" if wanting > 1 else ""
        data: Data = {"target": path, "reason": guess.reason, "wanted_by": wanting}
        if guess.steps:
            data = {**data, "commits": tuple([step.commit for step in guess.steps])}
        message = f"no {kind} is named “{shown}”{wanted}{guess.hint}"
        severity = Severity(self.unwritten) if self.unwritten and guess.reason == "unknown" else None
        return new(_Case, (guess, message, data, _fix_title(guess), severity))


def _fix_title(guess: _Guess) -> str:
    """What a fix would do, empty where there is none."""
    if not guess.candidates:
        return ""
    renamed = f", {guess.steps[-1].verb} in {guess.steps[-1].short}" if guess.steps else ""
    return f"Link to “{guess.candidates[0]}”{renamed}"


def _guess(resolved: ResolvedLink, vault: Vault) -> _Guess:
    """What is the matter with the target of a link, whichever note of its folder it stands in."""
    path = resolved.link.path
    if vault.is_daily_name(path):
        return _Guess("daily-note", "")
    if vault.is_planned(path):
        return _Guess("planned", "")
    if path.startswith("[["):  # the target of a Markdown link; with a subpath it lacks its end here
        wikilink = _DOUBLE_BRACKETS.fullmatch(path)
        found = vault.names.resolve(wikilink[1].strip(), resolved.source).path if wikilink else None
        hint = "; a Markdown link takes its target without double brackets"
        return _Guess("brackets", hint, (found,) if found is not None else (), safe=True)
    name = path[path.rfind("/") + 1 :]
    return (
        _of_that_name(name, path, vault)
        or _of_folder(resolved, vault)
        or _spelt_otherwise(name.removesuffix(".md"), resolved, vault)
        or ((fates := vault.fates(path, resolved.source)) and _renamed(fates))
        or _title(path, vault)
        or _trashed(name, vault)
        or _misspelt(name.removesuffix(".md"), resolved, vault)
        or (fates and _deleted(fates))
        or (_Guess("array", "") if _ARRAY.fullmatch(path) else _UNKNOWN)
    )


def _of_that_name(name: str, path: str, vault: Vault) -> _Guess | None:
    """The files of that very name, which lie in other folders than the target says, or are no notes."""
    named = vault.names.named(name)
    if not named and "/" not in path:  # a note of a mere name would be the one that is meant
        return None
    moved = named if named and "." in name else vault.names.named(f"{name}.md")
    if moved:
        moved = _in_named_folders(moved, path)
        has = "has" if len(moved) == 1 else "have"
        return _Guess("folder", f"; {_names(moved)} {has} that name in another folder", tuple(moved))
    if named:
        are = "is" if len(named) == 1 else "are"
        hint = f"; a link without an extension is to a note, and {_names(named)} {are} none"
        return _Guess("extension", hint)
    return None


def _in_named_folders(candidates: Sequence[str], path: str) -> Sequence[str]:
    """Of several files the one that lies in more of the folders which the target names than any other, if one
    does; else all."""
    folders = {fold(part) for part in path.split("/")[:-1]} - {"", ".", ".."}
    shared = [len(folders.intersection(map(fold, one.split("/")[:-1]))) for one in candidates]
    most = max(shared)
    return [candidates[shared.index(most)]] if shared.count(most) == 1 else candidates


def _of_folder(resolved: ResolvedLink, vault: Vault) -> _Guess | None:
    """The page of the folder that a link names, as it may on a website: `[[plants/]]`, `[x](/plants)`."""
    path = resolved.link.path
    folder = path.strip("/")
    if "/" not in path or not folder:
        return None
    for name in (*_FOLDER_PAGES, folder[folder.rfind("/") + 1 :]):
        found = vault.names.resolve(f"{folder}/{name}", resolved.source).path
        if found is not None:
            hint = f"; that is a folder, and “{found}” is its page"
            return _Guess("folder-page", hint, (found,))
    return None


def _spelt_otherwise(name: str, resolved: ResolvedLink, vault: Vault) -> _Guess | None:
    """The notes whose name differs from the target in separators or punctuation alone."""
    letters = bare_key(name)
    alike = vault.bare.get(letters, ()) if letters else ()
    if not alike:
        return None
    safe = len(letters) >= _SHORTEST_SAFE and "/" not in resolved.link.path
    key = separator_key(name)
    separated = [one for one in alike if separator_key(stem(one)) == key]
    if separated:
        return _same_but_for(separated, resolved, "blanks, “_” and “-”", safe=safe)
    return _same_but_for(alike, resolved, "punctuation", safe=safe and vault.named_by_title)


def _same_but_for(candidates: Sequence[str], resolved: ResolvedLink, what: str, *, safe: bool) -> _Guess:
    """The notes whose name differs from the target in that alone."""
    likely, alone = _likely(candidates, resolved)
    differs = "differs" if len(likely) == 1 else "differ"
    return _Guess("spelling", f"; {_names(likely)} {differs} only in {what}", likely, safe and alone)


def _likely(candidates: Sequence[str], resolved: ResolvedLink) -> tuple[tuple[str, ...], bool]:
    """The one of these notes in the folder of the link, else all of them; and whether it is that one."""
    folder = resolved.source[: resolved.source.rfind("/") + 1]
    here = [one for one in candidates if one[: one.rfind("/") + 1] == folder]
    return (tuple(here), True) if len(here) == 1 else (tuple(candidates), False)


def _renamed(fates: Sequence[Fate]) -> _Guess | None:
    """The files that were renamed, as git tells."""
    candidates = tuple([fate.path for fate in fates if fate.path is not None])
    return _Guess("renamed", f"; {told_of(fates)}", candidates, steps=fates[0].steps) if candidates else None


def _deleted(fates: Sequence[Fate]) -> _Guess:
    """What was deleted, as git tells."""
    return _Guess("deleted", f"; {told_of(fates)}", steps=fates[0].steps)


def _title(path: str, vault: Vault) -> _Guess | None:
    candidates = vault.titles.get(fold(path))
    if not candidates:
        return None
    return _Guess("title", f"; it is the title of {_names(candidates)}, and links name files", candidates)


def _trashed(name: str, vault: Vault) -> _Guess | None:
    """What was deleted, and Obsidian still has."""
    return _Guess("trash", "; a file of that name lies in the trash") if vault.is_trashed(name) else None


def _misspelt(name: str, resolved: ResolvedLink, vault: Vault) -> _Guess | None:
    """The notes of whose name the target is likely to be a slip of the pen."""
    letters, keys = vault.spelling.near(name, vault.bare)
    if not keys or _ATTACHMENT.search(name):
        return None
    candidates = tuple(path for key in keys for path in vault.bare[key])
    if len(keys) == 1:  # of several notes of one name the folder decides, of several names nothing
        candidates, _ = _likely(candidates, resolved)
    off = "is one letter off" if letters == 1 else "is two letters off"
    if len(candidates) > 1:
        off = off.replace("is", "are", 1)
    return _Guess("slip", f"; {_names(candidates)} {off}", candidates)


def _names(candidates: Sequence[str]) -> str:
    shown = [f"“{path}”" for path in candidates[:3]]
    more = len(candidates) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _fixes(resolved: ResolvedLink, case: _Case, vault: Vault) -> tuple[Fix, ...]:
    """Link to the one candidate."""
    edit = retarget(resolved, vault, path=case.guess.candidates[0])
    safety = Safety.SAFE if case.guess.safe else Safety.UNSAFE
    return (new(Fix, (case.fix_title, (edit,), safety)),) if edit is not None else ()
