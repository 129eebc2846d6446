"""Where notes stand in the picture of a vault's links."""

import math
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from vaultlint.report.picture import places


def test_a_group_of_its_own_is_an_island_and_a_note_of_its_own_alone() -> None:
    found = places(6, [(0, 1), (1, 2), (3, 4)])
    assert [place.kind for place in found] == ["main", "main", "main", "island", "island", "alone"]


def test_there_may_be_no_notes_and_no_links() -> None:
    assert places(0, []) == []
    assert [place.kind for place in places(2, [])] == ["alone", "alone"]


def test_the_note_with_the_most_links_stands_in_the_middle() -> None:
    found = places(5, [(4, other) for other in range(4)])
    assert max(abs(found[4].x), abs(found[4].y)) <= 1
    assert all(math.hypot(place.x, place.y) > 15 for number, place in enumerate(found) if number != 4)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_two_notes_stand_on_one_another_and_the_picture_is_always_the_same(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 40))
    note = st.integers(0, count - 1)
    links = [link for link in data.draw(st.lists(st.tuples(note, note), max_size=80)) if link[0] != link[1]]
    found = places(count, links)
    assert found == places(count, links)
    assert all(math.dist(one[:2], other[:2]) > 17 for one, other in combinations(found, 2))


def test_a_chain_as_long_as_a_vault_has_its_places_too() -> None:
    found = places(5000, [(number, number + 1) for number in range(4999)])
    assert max(max(abs(place.x), abs(place.y)) for place in found) < 200_000
