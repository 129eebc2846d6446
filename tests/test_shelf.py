"""The shelf: what is put on it, put off, and asked for."""

from collections.abc import Iterator

from vaultlint.face import face
from vaultlint.packing import pack_outline
from vaultlint.parse import outline_of, parse_note
from vaultlint.shelf import PackedNote, Shelf


def packed(path: str, text: str) -> PackedNote:
    """A note that was read, without findings."""
    outline = outline_of(parse_note(path, text))
    return path, pack_outline(outline), tuple(face(outline)), b"", False


def unreadable(path: str) -> PackedNote:
    """A note that could not be read."""
    return path, b"", (), b"", True


class Kept:
    """Notes that an earlier run kept, and how often they were fetched."""

    def __init__(self, *notes: PackedNote) -> None:
        self.notes = notes
        self.times = 0

    def __call__(self) -> Iterator[PackedNote]:
        self.times += 1
        yield from self.notes


def test_notes_that_were_put_off_are_fetched_once_and_together() -> None:
    shelf = Shelf(["a.md", "b.md", "c.md"])
    kept = Kept(packed("a.md", "# A"), packed("b.md", "# B"))
    shelf.put([packed("c.md", "# C")])
    shelf.put_off(["a.md", "b.md"], kept)
    assert (list(shelf), len(shelf), kept.times) == (["a.md", "b.md", "c.md"], 3, 0)
    assert [shelf[path].main_heading for path in shelf] == ["A", "B", "C"]
    assert kept.times == 1


def test_what_is_put_counts_more_than_what_is_put_off() -> None:
    shelf = Shelf(["a.md", "b.md"])
    shelf.put_off(["a.md", "b.md"], Kept(packed("a.md", "# Old"), packed("b.md", "# B")))
    shelf.put([packed("a.md", "# New")])
    assert [shelf[path].main_heading for path in ("b.md", "a.md")] == ["B", "New"]


def test_a_note_that_cannot_be_read_any_more_is_no_longer_put_off() -> None:
    shelf = Shelf(["a.md", "b.md"])
    shelf.put_off(["a.md", "b.md"], Kept(packed("a.md", "# A"), packed("b.md", "# B")))
    shelf.put([unreadable("a.md")])
    assert ("a.md" in shelf, list(shelf), len(shelf)) == (False, ["b.md"], 1)
    assert set(shelf.unreadable()) == {"a.md"}
    assert (shelf.get("a.md"), shelf["b.md"].main_heading) == (None, "B")
