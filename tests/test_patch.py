"""Patches: what is found at once of lines that changed in their places is what difflib finds."""

from difflib import unified_diff as by_difflib

from hypothesis import given
from hypothesis import strategies as st

from vaultlint.fixes.patch import lines_of, unified_diff

LINES = st.lists(st.sampled_from(["a\n", "b\n", "\n", "c\r\n", "d d\n"]), max_size=30)
EDITS = st.lists(st.tuples(st.integers(0, 29), st.sampled_from(["new\n", "", "a\n", "x\ny\n"])), max_size=4)


@given(LINES, EDITS, st.booleans())
def test_a_patch_is_that_of_difflib(lines: list[str], edits: list[tuple[int, str]], ended: bool) -> None:
    changed = list(lines)
    for at, text in edits:
        if at < len(changed):
            changed[at] = text
    old, new = ("".join(each) if ended else "".join(each).removesuffix("\n") for each in (lines, changed))
    expected = by_difflib(lines_of(old), lines_of(new), "a/n.md", "b/n.md")
    assert unified_diff("n.md", old, new) == "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in expected
    )
