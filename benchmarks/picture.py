"""A picture of how cost grows with the number of notes, drawn by hand as SVG."""

import math
from collections.abc import Iterator, Sequence

_WIDTH, _HEIGHT = 640, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 50

_CAPTION = "cold check, seconds (wall) over notes; dashed: growth in proportion"
_STYLE = """\
text { font: 12px sans-serif; fill: #555 } .line { fill: none; stroke: #7c3aed; stroke-width: 2 }
.dot { fill: #7c3aed } .grid { stroke: #ccc; stroke-width: 1 }
.even { stroke: #999; stroke-dasharray: 4 4 }"""


def growth_picture(points: Sequence[tuple[int, float]]) -> str:
    """The SVG of pairs of a number of notes and seconds, two or more, both axes logarithmic.

    The dashed line is what the largest vault would cost at every size if each note cost the same.
    """
    width, height = _WIDTH, _HEIGHT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
            "<title>Cold check: seconds over notes</title>",
            f"<style>{_STYLE}</style>",
            f'<text x="{_LEFT}" y="20">{_CAPTION}</text>',
            *_drawing(points),
            "</svg>\n",
        ]
    )


def _drawing(points: Sequence[tuple[int, float]]) -> Iterator[str]:
    notes = [math.log10(number) for number, _ in points]
    low_x, high_x = math.floor(min(notes)), math.ceil(max(notes))
    seconds = [math.log10(value) for _, value in points]
    low_y, high_y = math.floor(min(seconds)), math.ceil(max(seconds))

    def x(number: float) -> float:
        share = (math.log10(number) - low_x) / max(1, high_x - low_x)
        return round(_LEFT + share * (_WIDTH - _LEFT - _RIGHT), 1)

    def y(value: float) -> float:
        share = (math.log10(value) - low_y) / max(1, high_y - low_y)
        return round(_HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM), 1)

    for power in range(low_x, high_x + 1):
        at = x(10**power)
        yield f'<line class="grid" x1="{at}" y1="{_TOP}" x2="{at}" y2="{_HEIGHT - _BOTTOM}"/>'
        yield f'<text x="{at}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle">{10**power:,}</text>'
    for power in range(low_y, high_y + 1):
        at = y(10.0**power)
        yield f'<line class="grid" x1="{_LEFT}" y1="{at}" x2="{_WIDTH - _RIGHT}" y2="{at}"/>'
        yield f'<text x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{10.0**power:g}</text>'
    most, longest = points[-1]
    fewest = max(points[0][0], most * 10.0**low_y / longest)  # where the dashed line leaves the picture
    even = f'x1="{x(fewest)}" y1="{y(longest * fewest / most)}" x2="{x(most)}" y2="{y(longest)}"'
    yield f'<line class="even" {even}/>'
    path = " ".join(f"{x(number)},{y(value)}" for number, value in points)
    yield f'<polyline class="line" points="{path}"/>'
    for number, value in points:
        yield f'<circle class="dot" cx="{x(number)}" cy="{y(value)}" r="4"/>'
        yield f'<text x="{x(number)}" y="{y(value) - 10}" text-anchor="end">{value:.2f} s</text>'
