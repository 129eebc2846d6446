"""A vault of topic pages: articles about videos, a folder a channel, one hub page in each.

The shares below (links a note, padded pipes, dead links, malformed anchors, sizes, …) are those counted
in a public vault of 21,273 such notes.
"""

from collections.abc import Iterator
from random import Random

from benchmarks.words import phrase, sentences, slug, title, video_id

_NOTES_A_FOLDER = 262
_MEDIAN_SENTENCES = 45
"""Makes notes of 7,800 bytes on the average."""


class _Channel:
    """A folder: its name, the titles of its topic pages, and those of pages that are gone."""

    def __init__(self, name: str, titles: list[str], gone: list[str]) -> None:
        self.name = name
        self.titles = titles
        self.slugs = [slug(title) for title in titles]
        self.gone = gone


def topic_notes(random: Random, notes: int) -> Iterator[tuple[str, str]]:
    """Path and text of every note of the vault."""
    pool = sentences(random, 4_000)
    channels = _channels(random, notes)
    yield "index.md", _list_page("Index", [channel.name for channel in channels])
    for number, channel in enumerate(channels):
        yield f"{channel.name}/{channel.name}.md", _hub(random, channel)
        for at in range(len(channel.titles)):
            # One note in some two thousand is a table that a generator padded without end.
            runaway = (number % 8, at) == (1, 17)
            yield f"{channel.name}/{channel.slugs[at]}.md", _article(random, channel, at, pool, runaway)


def _channels(random: Random, notes: int) -> list[_Channel]:
    count = max(1, round(notes / _NOTES_A_FOLDER))
    topics = max(count, notes - 1 - count)  # the index and a hub for each folder are notes too
    shared = [title(random) for _ in range(max(1, count // 2))]  # names that several folders use
    channels = []
    for number in range(count):
        wanted = topics // count + (number < topics % count)
        titles = dict.fromkeys([random.choice(shared)] if wanted > 9 else [])
        while len(titles) < wanted:
            titles[title(random)] = None
        gone = [title(random) for _ in range(max(1, wanted // 2))]
        name = phrase(random).replace(" ", "") + str(number)
        channels.append(_Channel(name, list(titles), gone))
    return channels


def _list_page(name: str, targets: list[str]) -> str:
    lines = "\n".join(f"- [[{target} | {target}]]" for target in targets)
    return f"---\ntitle: {name}\n---\n\n{lines}\n"


def _hub(random: Random, channel: _Channel) -> str:
    """Video by video the topics of a channel, with many that are gone."""
    lines = [f"---\ntitle: {channel.name}\n---\n"]
    for start in range(0, len(channel.slugs), 3):
        address = f"https://www.youtube.com/watch?v={video_id(random)}"
        lines.append(f"\n### [{title(random)} {title(random)}]({address})\n")
        for at in range(start, min(start + 3, len(channel.slugs))):
            lines.append(f"* [[{channel.slugs[at]} | {channel.titles[at]}]]")
        gone = random.choice(channel.gone)
        lines.append(f"* [[{slug(gone)} | {gone}]]")
    return "\n".join(lines) + "\n"


def _article(random: Random, channel: _Channel, at: int, pool: list[str], runaway: bool) -> str:
    name = channel.titles[at]
    lines = [f"---\ntitle: {name}\nvideoId: {video_id(random)}\n---\n"]
    lines.append(f"From: [[{channel.name}]] <br/> \n")
    # Times of a note whose hours are minutes in truth: one stamp in eight is of such a note.
    hours = random.randint(5, 59) if random.random() < 0.12 else 0
    length = max(6, int(random.lognormvariate(0, 0.42) * _MEDIAN_SENTENCES))
    if random.random() < 0.0007:
        length *= 40
    anchored = random.random() > 0.07
    while length > 0:
        lines.append(_section(random, channel, pool, hours, anchored))
        length -= 9
    if runaway:
        lines.append(f"| {phrase(random)} | {phrase(random)} |\n| --- | --- |\n| a |{' ' * 386_000}|\n")
    elif random.random() < 0.02:
        lines.append(f"```python\n{phrase(random)} = [[1, 2], [3, 4]]  # {phrase(random)}\n```\n")
    return "\n".join(lines).rstrip("\n")


def _section(random: Random, channel: _Channel, pool: list[str], hours: int, anchored: bool) -> str:
    """A heading and nine sentences, in a paragraph or a list."""
    level = random.choice(("##", "##", "###"))
    heading = _link(random, channel) if random.random() < 0.05 else phrase(random).capitalize()
    told = []
    for number, sentence in enumerate(random.sample(pool, 9)):
        text = sentence
        chance = random.random()
        if chance < 0.13:
            text = f"{text} {_link(random, channel)}"
        elif chance < 0.15:
            text = f"{text} for ${number + 2} million"
        elif chance < 0.153:
            text = f"{text} as `{phrase(random)}`"
        if anchored and random.random() < 0.72:
            text = f"{text} {_anchor(random, hours)}"
        elif not anchored and random.random() < 0.9:
            text = f"{text} [{_time(random, hours)}]"
        told.append(text + ".")
    in_list = random.random() < 0.45
    body = "\n".join(f"* {text}" for text in told[2:]) if in_list else " ".join(told[2:])
    return f"{level} {heading}\n{told[0]} {told[1]}\n\n{body}\n"


def _link(random: Random, channel: _Channel) -> str:
    chance = random.random()
    at = random.randrange(len(channel.slugs))
    if chance < 0.67:
        target, shown = channel.slugs[at], channel.titles[at].lower()
    elif chance < 0.79:  # the title where the file name should be
        target = shown = channel.titles[at].lower()
    elif chance < 0.95:
        shown = random.choice(channel.gone).lower()
        target = slug(shown)
    else:
        shown = title(random).lower()
        target = slug(shown)
    form = random.random()
    if form < 0.93:
        return f"[[{target} | {shown}]]"
    if form < 0.965:
        return f"[[{target}|{shown}]]"
    return f"[[{target} | [{_time(random, 0)}]]]" if form > 0.999 else f"[[{target}]]"


def _time(random: Random, hours: int) -> str:
    if hours:
        return f"{random.randint(5, hours):02}:{random.randrange(60):02}:00"
    return f"{random.choice((0, 0, 0, 1)):02}:{random.randrange(60):02}:{random.randrange(60):02}"


def _anchor(random: Random, hours: int) -> str:
    time = _time(random, hours)
    label = f"[{time}]"
    chance = random.random()
    if chance > 0.99:
        time = time[3:]
    elif chance > 0.982:
        label = f"[{_time(random, hours)}]"
    elif chance > 0.977:
        label = time
    elif chance > 0.974:
        label = ""
    elif chance > 0.9725:
        time += ":00"
    attribute = "yt:timestamp" if chance < 0.0005 else "yt-timestamp"
    return f'<a class="{attribute}" data-t="{time}">{label}</a>'
