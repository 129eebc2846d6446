"""A second opinion on fixes, from a parser that knows nothing of ours: markdown-it-py's rendering.

It has no wikilinks, embeds, tags or comments: those are text to it. So it says whether the structure of a
note (blocks, code, tables, quotes, lists, HTML, Markdown links) and all text beside the edits stayed.
"""

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt

from vaultlint.diagnostic import Edit
from vaultlint.fixes import apply_edits

_FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(?:.*?(?:\r\n|\r|\n))??(?:---|\.\.\.)[ \t]*(?=\r|\n|\Z)", re.S
)
_RENDERER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
_MARKED = re.compile(r"zvb(\d+)z.*?zve\1z", re.S)


def rendered(text: str) -> str:
    """The HTML of a body, with LF for line ends."""
    html: str = _RENDERER.render(text)
    return html


def difference(old: str, edits: Sequence[Edit]) -> str | None:
    """What of the rendering changes beside the edits, in words; None if nothing.

    Each edit is put between marks in both texts, and what is between them does not count. Edits in the front
    matter are about YAML, which is not rendered.
    """
    edits = sorted(edits, key=lambda edit: edit.span)
    block = _FRONT_MATTER.match(old)
    start = block.end() if block is not None else 0
    inside = [edit for edit in edits if edit.span.start >= start]
    if block is not None and len(inside) < len(edits):
        new = apply_edits(old, [edit for edit in edits if edit.span.end <= start])
        after = _FRONT_MATTER.match(new)
        if (new[after.end() :] if after is not None else new) != old[start:]:
            return None  # the edits are about where the front matter begins or ends
    before, after_ = (
        rendered(
            apply_edits(
                old,
                [
                    edit._replace(text=f"zvb{number}z{edit.expected if kept else edit.text}zve{number}z")
                    for number, edit in enumerate(inside)
                ],
            )[start:]
        )
        for kept in (True, False)
    )
    one, other = (_MARKED.sub("", html) for html in (before, after_))
    if one == other:
        return None
    at = next(
        (n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return f"“{one[max(0, at - 60) : at + 60]}” became “{other[max(0, at - 60) : at + 60]}”"
