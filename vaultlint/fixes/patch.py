"""What a plan would change, as a patch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff as diff_of_lines

from vaultlint.workers import WorkersFor, by_parts

Rewritten = tuple[str, tuple[str, str]]
"""A path, with the old and the new text."""


def patches(texts: Mapping[str, tuple[str, str]], workers_for: WorkersFor) -> Iterator[str]:
    """The patch for all these notes, by path the old and the new text, in pieces; none is empty."""
    return filter(None, by_parts(_patch, sorted(texts.items()), workers_for(len(texts))))


def _patch(some: Sequence[Rewritten]) -> str:
    return "".join(unified_diff(path, old, new) for path, (old, new) in some)


def unified_diff(path: str, old: str, new: str) -> str:
    """A patch in the format of git, empty for equal texts.

    Lines end at LF alone, so CRLF and lone CR stay as they are. To apply to a note with a byte order
    mark, both texts must begin with it.
    """
    lines = diff_of_lines(
        re.findall(r"[^\n]*\n|[^\n]+", old),
        re.findall(r"[^\n]*\n|[^\n]+", new),
        _patch_name(f"a/{path}"),
        _patch_name(f"b/{path}"),
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


def _patch_name(name: str) -> str:
    """A path as `git apply` and `patch` read it: quoted if it must be, a tab behind one with blanks."""
    if re.search(r'["\\\x00-\x1f\x7f]', name):
        escaped = (
            chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:03o}" for byte in _bytes(name)
        )
        return f'"{"".join(escaped)}"'
    return f"{name}\t" if " " in name else name


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
