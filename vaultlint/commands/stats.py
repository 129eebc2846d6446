"""`vaultlint stats`: the vault in figures, and not what is wrong with it."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vaultlint.assembly import open_linter
from vaultlint.commands import warn
from vaultlint.config import load_config
from vaultlint.fingerprint import portable_path
from vaultlint.indexes import target_key, unmet
from vaultlint.note import Outline
from vaultlint.registry import load_rules
from vaultlint.report.escape import visible
from vaultlint.text import counted
from vaultlint.vault import Vault

Ranking = Sequence[tuple[str, int]]
"""Names and how many notes and canvases link to what they name, most first; equals by name."""


class Stats(NamedTuple):
    """What there is to say of a vault. What ignore files and the configuration leave out does not count."""

    notes: int
    canvases: int
    bases: int
    other_files: int
    links: int
    """Links and embeds in notes and canvases."""
    unresolved: int
    """Those of them that lead to nothing."""
    orphans: Sequence[str]
    """The notes that no other note or canvas links to."""
    dead_ends: Sequence[str]
    """The notes that link to no other file."""
    wanted: Ranking
    """What notes link to and nobody has written, as it is mostly spelled."""
    linked: Ranking
    """The notes by how many notes and canvases link to them."""


def stats(root: Path, config: Path | None, jobs: int | None) -> Stats:
    """The figures of the vault at `root`. Raises `VaultlintError`."""
    rules = load_rules()
    settings = load_config(root, explicit=config, isolated=False, rule_classes=rules)
    linter = open_linter(root, settings, {})
    linter.read_by(jobs)
    files = linter.files
    warn(files.warnings)
    shown = [path for path in (*files.notes, *files.others) if path not in files.hidden]
    vault = linter.vault()
    outlines = {path: outline for path in shown if (outline := vault.outline(path)) is not None}
    canvases = [outline for path, outline in vault.canvases.items() if path not in files.hidden]
    linking = Counter[str]()
    for outline in (*outlines.values(), *canvases):
        linking.update(set(vault.targets(outline)))
    return Stats(
        notes=sum(_is(path, ".md") for path in shown),
        canvases=sum(_is(path, ".canvas") for path in shown),
        bases=sum(_is(path, ".base") for path in shown),
        other_files=sum(not _is(path, ".md", ".canvas", ".base") for path in shown),
        links=sum(len(outline.link_targets) for outline in (*outlines.values(), *canvases)),
        unresolved=sum(_unresolved(vault, outline) for outline in (*outlines.values(), *canvases)),
        orphans=[path for path in outlines if not linking[path]],
        dead_ends=[path for path, outline in outlines.items() if not vault.targets(outline)],
        wanted=_wanted(vault, (*outlines.values(), *canvases)),
        linked=_ranked({path: count for path, count in linking.items() if path in outlines}),
    )


def _is(path: str, *endings: str) -> bool:
    return path.lower().endswith(endings)


def _unresolved(vault: Vault, outline: Outline) -> int:
    """How many links of a note lead to no file."""
    paths = (target.removesuffix("#") for target in outline.link_targets)
    return sum(vault.names.resolve(path, outline.path).path is None for path in paths)


def _wanted(vault: Vault, outlines: Sequence[Outline]) -> Ranking:
    wanting = Counter[str]()
    spelled: dict[str, Counter[str]] = {}
    for outline in outlines:
        keys = {key for key in unmet(outline, vault.names) if ":" not in key}  # no note can have such a name
        wanting.update(keys)
        for target in set(outline.link_targets):
            path = target.removesuffix("#")
            if (key := target_key(path)) in keys:
                spelled.setdefault(key, Counter())[path.removesuffix(".md")] += 1
    return _ranked({_commonest(spelled[key]): count for key, count in wanting.items()})


def _commonest(spellings: Counter[str]) -> str:
    return min(spellings, key=lambda name: (-spellings[name], name))


def _ranked(counts: dict[str, int]) -> Ranking:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


# --- telling ----------------------------------------------------------------------------------


def as_json(found: Stats, top: int) -> str:
    """The figures for programs; of the rankings the first `top`."""
    told: dict[str, Any] = {"schema_version": 1, **found._asdict()}
    for name in ("orphans", "dead_ends"):
        told[name] = list(map(portable_path, told[name]))
    for name in ("wanted", "linked"):
        told[name] = [{"name": portable_path(each), "notes": count} for each, count in told[name][:top]]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def as_text(found: Stats, top: int) -> Iterator[str]:
    """The figures for people; of each list the first `top`."""
    others = [counted(found.canvases, "canvas"), counted(found.bases, "base")]
    others = [words.replace("canvass", "canvases") for words in others if not words.startswith("0 ")]
    files = ", ".join([counted(found.notes, "note"), *others])
    yield f"{files} and {counted(found.other_files, 'other file')}\n"
    yield f"{counted(found.links, 'link')}, {found.unresolved} of them to what is not there\n"
    yield from _listed("most linked notes", [f"{count:5}  {path}" for path, count in found.linked], top)
    yield from _listed(
        "most wanted, and not there", [f"{count:5}  {name}" for name, count in found.wanted], top
    )
    yield from _listed("orphans: no other note links to them", [f"  {path}" for path in found.orphans], top)
    yield from _listed("dead ends: they link to nothing", [f"  {path}" for path in found.dead_ends], top)


def _listed(what: str, lines: Sequence[str], top: int) -> Iterator[str]:
    if lines:
        number = f" ({len(lines)})" if len(lines) > top else ""
        yield f"\n{what}{number}:\n"
        yield from (f"{visible(line)}\n" for line in lines[:top])
