"""Which file a link path means, and which heading or block a subpath means, as Obsidian decides it.

The steps are those that console probes of the app showed and that Obsidian's own published vaults
need; `docs/conformance.md` lists every case with its evidence.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple
from unicodedata import category, normalize

from vaultlint.note import BlockId, Heading


class Decided(Enum):
    """What settled which file a link path means."""

    __hash__ = object.__hash__  # that of Enum is written in Python, and these are looked up all the time

    NOTHING = "no file has that name"
    SELF = "an empty path is the note itself"
    ONLY = "one file has that name"
    EXACT = "the exact path from the root of the vault"
    FOLDER = "one of them is under the note's own folder"
    LENGTH = "the shortest path"
    TIE = "paths equally long; Obsidian's choice among them changes"


class Resolution(NamedTuple):
    """The file that a link path means (None: no file), what decided it, and all files that fit."""

    path: str | None
    decided: Decided
    candidates: tuple[str, ...] = ()

    @property
    def ambiguous(self) -> bool:
        """Whether only the length of the path, or not even that, told the files apart."""
        return self.decided in (Decided.LENGTH, Decided.TIE)


UNRESOLVED = Resolution(None, Decided.NOTHING)


def fold(text: str) -> str:
    """How names are compared: NFC, no-break blanks as blanks, lower case (Obsidian lower-cases, it
    does not case-fold; observed on case-sensitive systems too)."""
    if text.isascii():
        return text.lower()
    return normalize("NFC", text).replace("\u00a0", " ").replace("\u202f", " ").lower()


# --- other ways to compare names ----------------------------------------------------------------

_NO_SIGNS = {code: None for code in range(128) if not chr(code).isalnum()}


def words_of(name: str) -> list[str]:
    """The words of a name, without case; blanks, `_` and `-` part them."""
    return fold(name).replace("_", " ").replace("-", " ").split()


def separator_key(name: str) -> str:
    """A name with blanks, `_` and `-` taken as the same, without case."""
    return "_".join(words_of(name))


def bare_key(name: str) -> str:
    """The letters, digits and marks of a name, without case, whatever the script."""
    key = "".join(words_of(name))
    if key.isalnum():  # most often
        return key
    if key.isascii():
        return key.translate(_NO_SIGNS)
    # Vowel signs of many scripts are marks, which regular expressions do not count as word characters.
    return "".join(char for char in key if char.isalnum() or category(char)[0] == "M")


def stem(path: str) -> str:
    """The name of the note at a path, without `.md`."""
    name = path[path.rfind("/") + 1 :]
    return name[:-3] if name[-3:].lower() == ".md" else name


# --- files --------------------------------------------------------------------------------------


class Meanings(dict[str, str | None]):
    """What targets mean, whichever note they stand in: the file where one is simply meant, "" where no file
    has that name, None where the link has to be looked at more closely (it has a subpath, which a `#` at
    the end tells, it is relative, or several files fit). Looked up as it is asked."""

    def __init__(self, names: "Names") -> None:
        super().__init__()
        self._names = names

    def __missing__(self, target: str) -> str | None:
        found = None
        if target and "." not in target and "/" not in target and "#" not in target:  # a mere name
            files = self._names.named(f"{target}.md")
            if len(files) < 2:
                found = self[target] = files[0] if files else ""
                return found
        if target and target[-1] != "#":
            resolution = self._names.resolve_anywhere(target)
            found = resolution and (resolution.path or "")
        self[target] = found
        return found


class Names:
    """All files of a vault by name; answers what a link path means from a given note."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.meanings = Meanings(self)
        self._by_name: dict[str, list[str]] = {}
        for path in paths:
            self._by_name.setdefault(fold(path[path.rfind("/") + 1 :]), []).append(path)
        self._anywhere: dict[str, Resolution | None] = {}

    def __contains__(self, name: str) -> bool:
        """Whether some file has this name (with its extension), whatever its case and folder."""
        return fold(name) in self._by_name

    def named(self, name: str) -> Sequence[str]:
        """The files of that name (with its extension), whatever their case and folder."""
        return self._by_name.get(fold(name), ())

    def names(self) -> Iterable[str]:
        """Every folded file name once."""
        return self._by_name.keys()

    def resolve(self, link_path: str, source: str) -> Resolution:
        """The file that `link_path` (trimmed, decoded, without `#`) means in the note at `source`."""
        if not link_path:
            return Resolution(source, Decided.SELF, (source,))
        known = self.resolve_anywhere(link_path)
        return known if known is not None else self._resolve_from(link_path, source)

    def resolve_anywhere(self, link_path: str) -> Resolution | None:
        """The answer where it is the same from every note, else None."""
        try:
            return self._anywhere[link_path]
        except KeyError:
            known = self._anywhere[link_path] = self._resolve_anywhere(link_path)
            return known

    def _candidates(self, link_path: str) -> tuple[str, Sequence[str]]:
        """The folded path asked for, extension added where it must be, and the files of its name."""
        name = link_path[link_path.rfind("/") + 1 :]
        if "." in name and (found := self._by_name.get(fold(name))):
            return fold(link_path), found
        # `.md` goes on before lower-casing: a final sigma is no longer final then.
        return fold(link_path + ".md"), self._by_name.get(fold(name + ".md"), ())

    def _resolve_anywhere(self, link_path: str) -> Resolution | None:
        if link_path.startswith(("./", "../")):
            return None
        wanted, candidates = self._candidates(link_path)
        if not candidates:
            return UNRESOLVED
        if "/" not in link_path and len(candidates) == 1:
            return Resolution(candidates[0], Decided.ONLY, tuple(candidates))
        rooted = link_path.startswith("/")
        wanted = wanted.removeprefix("/")
        exact = [path for path in candidates if fold(path) == wanted]
        if exact:
            spelled = [
                path for path in exact if path.removesuffix(".md") == link_path.strip("/").removesuffix(".md")
            ]
            if len(exact) == 1 or len(spelled) == 1:
                return Resolution((spelled or exact)[0], Decided.EXACT, tuple(exact))
        if rooted:
            return UNRESOLVED
        fitting = [path for path in candidates if ("/" + fold(path)).endswith("/" + wanted)]
        if not fitting:
            return UNRESOLVED
        return Resolution(fitting[0], Decided.ONLY, tuple(fitting)) if len(fitting) == 1 else None

    def _resolve_from(self, link_path: str, source: str) -> Resolution:
        folder = source[: source.rfind("/") + 1]
        if link_path.startswith(("./", "../")):
            return self._resolve_relative(link_path, folder)
        wanted, candidates = self._candidates(link_path)
        fitting = [path for path in candidates if ("/" + fold(path)).endswith("/" + wanted)]
        near = [path for path in fitting if path.startswith(folder)] if folder else []
        if len(near) == 1:
            return Resolution(near[0], Decided.FOLDER, tuple(fitting))
        contest = near or fitting
        shortest = min(len(path) for path in contest)
        best = sorted(path for path in contest if len(path) == shortest)
        if len(best) == 1:
            beside = near and fold(best[0].removeprefix(folder)) == wanted
            return Resolution(best[0], Decided.FOLDER if beside else Decided.LENGTH, tuple(fitting))
        name = link_path[link_path.rfind("/") + 1 :]
        spelled = [
            path
            for path in best
            if path[path.rfind("/") + 1 :].removesuffix(".md") == name.removesuffix(".md")
        ]
        return Resolution((spelled or best)[0], Decided.TIE, tuple(fitting))

    def _resolve_relative(self, link_path: str, folder: str) -> Resolution:
        """`./x` and `../x`: joined to the folder of the note; on a miss nothing else is tried.

        There is nothing above the root of the vault: a `..` too many stays there.
        """
        parts = folder.split("/")[:-1]
        for part in link_path.split("/"):
            if part == "..":
                del parts[-1:]
            elif part not in (".", ""):
                parts.append(part)
        wanted, candidates = self._candidates("/".join(parts))
        exact = [path for path in candidates if fold(path) == wanted]
        return Resolution(exact[0], Decided.EXACT, tuple(exact)) if exact else UNRESOLVED


# --- subpaths -----------------------------------------------------------------------------------

# What Obsidian replaces by a blank when it compares headings; `-`, `_`, `'` and all other signs stay.
_STRIPPED = re.compile(r"[!\"#$%&()*+,.:;<=>?@^`{|}~/\[\]\\\r\n]")


def heading_key(text: str) -> str:
    """How headings are compared: special characters to blanks, blanks collapsed, lower case."""
    return " ".join(_STRIPPED.sub(" ", text).split()).lower()


class Subpath(Enum):
    """What a subpath turned out to be."""

    __hash__ = object.__hash__  # as above

    FOUND = "found"
    NO_HEADING = "no such heading"
    NO_BLOCK = "no such block id"
    NO_VIEW = "no such view of the base"
    BAD_BLOCK_ID = "not a valid block id"
    NOT_CHECKED = "the target is no note"


def named_block(subpath: str) -> str | None:
    """The block id that a subpath (without its `#`) names; None where it names a heading.

    Empty parts before it are ignored, as before a heading: `[[Note##^id]]`.
    """
    subpath = subpath.lstrip("#")
    return subpath[1:].strip() if subpath.startswith("^") else None


_BLOCK_ID = re.compile(r"[A-Za-z0-9-]+\Z")


def find_block(subpath: str, block_ids: Iterable[BlockId]) -> Subpath:
    """Whether `^id` names one of these blocks; ids are compared without case (release notes 0.14.0)."""
    wanted = named_block(subpath)
    if wanted is None or not _BLOCK_ID.match(wanted):
        return Subpath.BAD_BLOCK_ID
    lowered = wanted.lower()
    return (
        Subpath.FOUND
        if any(block.valid and block.id.lower() == lowered for block in block_ids)
        else Subpath.NO_BLOCK
    )


def find_heading(subpath: str, headings: Sequence[Heading], keys: Sequence[str] | None = None) -> Subpath:
    """Whether `A#B#C` names a heading C below a heading B below a heading A.

    Empty parts are ignored; a lower part must lie in the section of the one above and be deeper. The
    whole subpath read as one heading's text counts too, because headings may hold `#`. `keys` are the
    keys of the headings, where they are known.
    """
    parts = [key for part in subpath.split("#") if (key := heading_key(part))]
    if not parts:
        return Subpath.FOUND
    if keys is None:
        keys = [heading_key(heading.text) for heading in headings]
    whole = heading_key(subpath)
    if whole in keys or _find_chain(parts, keys, headings) is not None:
        return Subpath.FOUND
    return Subpath.NO_HEADING


def named_heading(subpath: str, headings: Sequence[Heading]) -> int | None:
    """The number of the heading that a subpath names, the first of several; None where it names none."""
    parts = [key for part in subpath.split("#") if (key := heading_key(part))]
    keys = [heading_key(heading.text) for heading in headings]
    if not parts:
        return None
    found = _find_chain(parts, keys, headings)
    whole = heading_key(subpath)
    return keys.index(whole) if found is None and whole in keys else found


def _find_chain(parts: Sequence[str], keys: Sequence[str], headings: Sequence[Heading]) -> int | None:
    """The number of the heading that the last part names, the first of several."""
    # Each part is looked for in every section that fits the ones before it.
    sections = [(0, len(keys), 0)]
    for part in parts:
        below: list[tuple[int, int, int]] = []
        for start, end, level in sections:
            for at in range(start, end):
                if keys[at] == part and headings[at].level > level:
                    below.append((at + 1, _section_end(at, headings), headings[at].level))
        if not below:
            return None
        sections = below
    return sections[0][0] - 1


def _section_end(at: int, headings: Sequence[Heading]) -> int:
    """The index of the first heading behind the section of headings[at]."""
    level = headings[at].level
    return next(
        (other for other in range(at + 1, len(headings)) if headings[other].level <= level), len(headings)
    )
