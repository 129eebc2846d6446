"""What a plan would change, as a patch."""

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from vaultlint.workers import WorkersFor, by_parts

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_CONTEXT = 3  # lines


class Change(NamedTuple):
    """Lines in the place of which others stand, and where those are; either may be none."""

    start: int
    end: int
    new_start: int
    new_end: int


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
    before, after = lines_of(old), lines_of(new)
    pieces = [piece for hunk in _hunks(line_changes(before, after)) for piece in _told(hunk, before, after)]
    if not pieces:
        return ""
    names = f"--- {_patch_name(f'a/{path}')}\n+++ {_patch_name(f'b/{path}')}\n"
    return names + "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in pieces
    )


def lines_of(text: str) -> list[str]:
    """The lines of a text with their ends, which are LF."""
    return _LINE.findall(text)


def line_changes(before: Sequence[str], after: Sequence[str]) -> list[Change]:
    """Where lines differ, in order, and none of them touches the next."""
    if len(before) == len(after):  # as after most fixes: then it need not be searched for
        changed = {at for at, (old, new) in enumerate(zip(before, after, strict=True)) if old != new}
        gone, come = {before[at] for at in changed}, {after[at] for at in changed}
        if gone.isdisjoint(after) and come.isdisjoint(before):  # no line is elsewhere now
            begins = sorted(at for at in changed if at - 1 not in changed)
            ends = sorted(at + 1 for at in changed if at + 1 not in changed)
            return [Change(start, end, start, end) for start, end in zip(begins, ends, strict=True)]
    found = SequenceMatcher(None, before, after).get_opcodes()
    return [Change(*places) for kind, *places in found if kind != "equal"]


def _hunks(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """The changes, those together between which there is no more than their context."""
    hunk: list[Change] = []
    for change in changes:
        if hunk and change.start - hunk[-1].end > 2 * _CONTEXT:
            yield hunk
            hunk = []
        hunk.append(change)
    if hunk:
        yield hunk


def _told(hunk: Sequence[Change], before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """The lines of a hunk, its head first."""
    first, last = hunk[0], hunk[-1]
    above, below = min(_CONTEXT, first.start), min(_CONTEXT, len(before) - last.end)
    old = _range(first.start - above, last.end + below)
    new = _range(first.new_start - above, last.new_end + below)
    yield f"@@ -{old} +{new} @@\n"
    at = first.start - above
    for change in hunk:
        yield from (f" {line}" for line in before[at : change.start])
        yield from (f"-{line}" for line in before[change.start : change.end])
        yield from (f"+{line}" for line in after[change.new_start : change.new_end])
        at = change.end
    yield from (f" {line}" for line in before[at : at + below])


def _range(start: int, end: int) -> str:
    """Lines as the head of a hunk tells them: from 1, with their number where it is not 1; of none the one
    before them."""
    if end - start == 1:
        return f"{start + 1}"
    return f"{start + (end > start)},{end - start}"


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
