"""What findings and files are known by outside of a run: in reports, in baselines, in other programs."""

import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import starmap

from vaultlint.diagnostic import Diagnostic, taking

_BLANK = blake2b(digest_size=8)
_named_by = taking("code", "path", "construct")


def fingerprints(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """For each diagnostic 16 hexadecimal digits that stay when lines are added or removed above it.

    They are made of rule, path, construct (Unicode form C, white space folded) and, among equals,
    the ordinal: the diagnostics must come in the order of the report, and all of a file together.
    """
    return starmap(fingerprint, numbered(diagnostics))


def numbered(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, int]]:
    """For each diagnostic, which come in the order of the report, what it is (rule, path and construct) and
    the how manieth among its equals, from 0."""
    seen: dict[str, int] = {}
    for code, path, construct in map(_named_by, diagnostics):
        if not construct.isascii():
            construct = unicodedata.normalize("NFC", construct)  # noqa: PLW2901
        identity = f"{code}\0{path}\0{' '.join(construct.split())}"
        number = seen[identity] = seen.get(identity, -1) + 1
        yield identity, number


def fingerprint(identity: str, number: int) -> str:
    """The 16 hexadecimal digits of the finding that is this, and the how manieth of its equals."""
    told = _BLANK.copy()  # cheaper than to make one
    told.update(f"{identity}\0{number}".encode("utf-8", "surrogatepass"))
    return told.hexdigest()


def portable_path(path: str) -> str:
    """The path as valid Unicode: percent-escaped where it is not valid UTF-8, else as it is."""
    if not has_surrogate(path):
        return path
    return "".join(_percent(char) if char == "%" or has_surrogate(char) else char for char in path)


def _percent(char: str) -> str:
    code = ord(char)
    data = bytes([code - 0xDC00]) if 0xDC80 <= code <= 0xDCFF else char.encode("utf-8", "surrogatepass")
    return "".join(f"%{byte:02X}" for byte in data)


def has_surrogate(text: str) -> bool:
    """Whether it holds what no valid Unicode does."""
    # isprintable() is false for surrogates and several times faster than looking for them.
    return not text.isprintable() and any("\ud800" <= char <= "\udfff" for char in text)
