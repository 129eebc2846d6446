"""What was found in a vault on the day that somebody drew a line: `check` speaks only of what came later.

A baseline holds no lines and no text of notes: rule, fingerprint and how often, under the path of each file.
It is as old findings are known again: another text between the brackets is another finding.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from vaultlint.config import Config
from vaultlint.diagnostic import Diagnostic
from vaultlint.discovery import read_regular
from vaultlint.errors import VaultlintError
from vaultlint.fingerprint import fingerprint, numbered, portable_path
from vaultlint.listing import reason_of

NAME = ".vaultlint-baseline.json"
"""The file in the vault, where no configuration names another."""

LARGEST = 64 * 1024 * 1024
"""Bytes. A vault with half a million findings needs no more."""

_VERSION = 1

Counts = Mapping[str, Mapping[str, int]]
"""By the path of a file: how often what is found there. A finding is its rule's code and its fingerprint."""


Entries = Counter[str]
"""The same of one file."""


class Gone(NamedTuple):
    """An entry, or a part of its count, that is found no more."""

    path: str
    """As valid Unicode; see `portable_path`."""
    code: str
    fingerprint: str
    times: int
    """How often it was found then and is not now."""


class Standing(NamedTuple):
    """How the findings of a run stand to a baseline."""

    left: int
    """Findings that are in it, and are not told."""
    gone: tuple[Gone, ...]

    def plus(self, other: "Standing") -> "Standing":
        """How those of two parts of a run stand."""
        return Standing(self.left + other.left, self.gone + other.gone)


class Baseline:
    """The old findings of a vault."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic]) -> "Baseline":
        """The baseline in which these are, which come in the order of a report."""
        found = ((path, list(those)) for path, those in groupby(diagnostics, attrgetter("path")))
        return cls.of_entries({path: entries_of(those) for path, those in found})

    @classmethod
    def of_entries(cls, found: Mapping[str, "Entries"]) -> "Baseline":
        """The baseline that holds what was found in each file, by its path."""
        return cls({portable_path(path): entries for path, entries in found.items()})

    @property
    def size(self) -> int:
        """How many findings are in it."""
        return sum(sum(found.values()) for found in self.counts.values())

    @property
    def entries(self) -> Counter[tuple[str, str]]:
        """How often each finding is in it, by its path and what it is."""
        return Counter(
            {(path, entry): count for path, found in self.counts.items() for entry, count in found.items()}
        )

    def vanished(self, files: Iterable[str]) -> set[str]:
        """The paths in it, as valid Unicode, of what is not among these files of the vault."""
        return self.counts.keys() - set(map(portable_path, files))

    def new(
        self, path: str, found: Sequence[Diagnostic], running: Container[str], always: Container[str] = ()
    ) -> tuple[list[Diagnostic], Standing]:
        """Of what was found in a file, in the order of the report, what is not in here, and how the rest
        stands.

        `running`: the codes of the rules that were asked; what others found then is neither left nor gone.
        `always`: the codes of what is never old.
        """
        counts = self.counts.get(portable_path(path), {})
        if not counts:
            return list(found), Standing(0, ())
        new: list[Diagnostic] = []
        have: Counter[str] = Counter()
        for one, (identity, number) in zip(found, numbered(found), strict=True):
            entry = _entry(one, identity)
            if one.code not in always and number < counts.get(entry, 0):
                have[entry] += 1
            else:
                new.append(one)
        gone: list[Gone] = []
        for entry, count in counts.items():
            code, _, digits = entry.partition(" ")
            if have[entry] < count and code in running:
                gone.append(Gone(portable_path(path), code, digits, count - have[entry]))
        return new, Standing(have.total(), tuple(gone))

    @staticmethod
    def total(standings: Sequence[Standing]) -> Standing:
        """How the findings in several files stand to it."""
        return Standing(
            sum(one.left for one in standings), tuple(gone for one in standings for gone in one.gone)
        )

    def text(self) -> str:
        """It as a file: JSON with a line for each entry, sorted, so that a small change is a small diff."""
        findings = {path: dict(sorted(self.counts[path].items())) for path in sorted(self.counts)}
        import json

        told = {"schema_version": _VERSION, "findings": findings}
        return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def entries_of(found: Sequence[Diagnostic]) -> Entries:
    """How often each finding is among these of one file, in the order of a report."""
    return Counter(_entry(one, identity) for one, (identity, _) in zip(found, numbered(found), strict=True))


def _entry(one: Diagnostic, identity: str) -> str:
    """What it is known by together with its equals."""
    return f"{one.code} {fingerprint(identity, 0)}"


def baseline_path(root: Path, config: Config) -> Path:
    """Where the baseline of the vault at `root` lies, if it has one."""
    return Path(config.baseline) if config.baseline is not None else root / NAME


def baseline_at(path: Path) -> Baseline | None:
    """The baseline in that file; None where there is no file. Raises `VaultlintError`."""
    data = bytes_at(path)
    return None if data is None else read_baseline(str(path), data)


def bytes_at(path: Path) -> bytes | None:
    """What the file of a baseline holds; None where there is no file. Raises `VaultlintError`."""
    try:
        return read_regular(str(path), LARGEST)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise VaultlintError(f"{path}: cannot be read: {reason_of(error)}") from error


def read_baseline(path: str, data: bytes) -> Baseline:
    """The baseline in a file of these bytes. Raises `VaultlintError` where it is none."""
    import json

    try:
        value = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise VaultlintError(
            f"{path}: not valid JSON; “vaultlint baseline --update” writes it again"
        ) from None
    if not isinstance(value, dict) or value.get("schema_version") != _VERSION:
        raise VaultlintError(f"{path}: no baseline that this version of vaultlint knows")
    findings = value.get("findings")
    if not isinstance(findings, dict) or not all(map(_is_right, findings.values())):
        raise VaultlintError(f"{path}: damaged; “vaultlint baseline --update” writes it again")
    return Baseline(findings)


def _is_right(counts: object) -> bool:
    return isinstance(counts, dict) and all(
        len(entry.split(" ")) == 2 and type(count) is int and count > 0 for entry, count in counts.items()
    )
