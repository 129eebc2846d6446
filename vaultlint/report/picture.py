"""Where the notes of a vault stand in a picture of its links: nothing overlaps, in time that grows with the
number of notes.

The notes that hang together are a disc: in its middle the note with the most links, around it the notes that
hang on it, each with its own disc. Smaller groups (islands) stand around the largest, and notes that hang on
nothing on the rim. The same vault always gives the same picture.
"""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_DOT = 10.0
"""The room of a note: its radius."""
_TURN = math.pi * (3 - math.sqrt(5))


class Place(NamedTuple):
    """Where a note stands, and what it is part of."""

    x: int
    y: int
    kind: str
    """`main` for the largest group, `island` for a smaller one, `alone` for a note that hangs on nothing."""


class _Disc(NamedTuple):
    """What is packed in a circle: its radius, and the places of its parts seen from its centre."""

    radius: float
    own: tuple[float, float]
    """The place of what the others stand around."""
    parts: Sequence[tuple[float, float]]


def places(count: int, links: Iterable[tuple[int, int]]) -> list[Place]:
    """A place for each of `count` notes; `links` name two notes each by their numbers."""
    near: list[list[int]] = [[] for _ in range(count)]
    for one, other in links:
        near[one].append(other)
        near[other].append(one)
    groups = _groups(near)
    discs = [_group(order, children) for order, children in groups]
    if not discs:
        return []
    whole = _pack(discs[0][0], [radius for radius, _ in discs[1:]])
    found: list[Place] = [Place(0, 0, "alone")] * count
    for number, (x, y) in enumerate([whole.own, *whole.parts]):
        _, inside = discs[number]
        kind = "alone" if len(inside) == 1 else "island" if number else "main"
        for note, (inner_x, inner_y) in inside.items():
            found[note] = Place(round(x + inner_x), round(y + inner_y), kind)
    return found


Group = tuple[list[int], dict[int, list[int]]]
"""The notes of a group, each behind the one that it hangs on, and which hang on which."""


def _groups(near: Sequence[Sequence[int]]) -> list[Group]:
    """The groups of notes that hang together, the largest first."""
    seen = bytearray(len(near))
    groups: list[Group] = []
    for first in sorted(range(len(near)), key=lambda note: -len(near[note])):
        if seen[first]:
            continue
        seen[first] = 1
        order = [first]
        children: dict[int, list[int]] = {}
        for note in order:  # it grows meanwhile
            hanging = children[note] = []
            for other in near[note]:
                if not seen[other]:
                    seen[other] = 1
                    hanging.append(other)
                    order.append(other)
        groups.append((order, children))
    return sorted(groups, key=lambda group: -len(group[0]))


def _group(
    order: Sequence[int], children: dict[int, list[int]]
) -> tuple[float, dict[int, tuple[float, float]]]:
    """The radius of a group, and where its notes stand seen from its centre."""
    discs: dict[int, _Disc] = {}
    for note in reversed(order):
        hanging = children[note]
        hanging.sort(key=lambda child: -discs[child].radius)
        discs[note] = _pack(_DOT, [discs[child].radius for child in hanging], note * _TURN)
    centres = {order[0]: (0.0, 0.0)}
    found = {}
    for note in order:
        x, y = centres[note]
        disc = discs[note]
        found[note] = (x + disc.own[0], y + disc.own[1])
        for child, (inner_x, inner_y) in zip(children[note], disc.parts, strict=True):
            centres[child] = (x + inner_x, y + inner_y)
    return discs[order[0]].radius, found


def _pack(own: float, radii: Sequence[float], angle: float = 0.0) -> _Disc:
    """Circles of these radii, the largest first, in rings around one of radius `own`; small ones inside."""
    parts = [(0.0, 0.0)] * len(radii)
    inner, at = own, len(radii)
    while at:
        # A ring takes as many as fit, the smallest that are left.
        ring: list[int] = []
        free = 2 * math.pi
        while at:
            radius = radii[at - 1]
            largest = max(radius, radii[ring[0]] if ring else radius)
            width = 2 * math.asin(min(1.0, radius / (inner + largest)))
            if ring and width > free:
                break
            at -= 1
            ring.append(at)
            free -= width
        largest = radii[ring[-1]]
        gap = max(0.0, free) / len(ring)
        for number in ring:
            half = math.asin(min(1.0, radii[number] / (inner + largest)))
            angle += half
            parts[number] = ((inner + largest) * math.cos(angle), (inner + largest) * math.sin(angle))
            angle += half + gap
        inner += 2 * largest
    return _centred(own, radii, parts)


def _centred(own: float, radii: Sequence[float], parts: Sequence[tuple[float, float]]) -> _Disc:
    """The same in the smallest circle around the middle of what it covers."""
    circles = [(0.0, 0.0, own), *((x, y, radius) for (x, y), radius in zip(parts, radii, strict=True))]
    middle_x = (min(x - radius for x, _, radius in circles) + max(x + radius for x, _, radius in circles)) / 2
    middle_y = (min(y - radius for _, y, radius in circles) + max(y + radius for _, y, radius in circles)) / 2
    radius = max(math.hypot(x - middle_x, y - middle_y) + each for x, y, each in circles)
    return _Disc(radius, (-middle_x, -middle_y), [(x - middle_x, y - middle_y) for x, y in parts])
