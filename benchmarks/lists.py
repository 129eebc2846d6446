"""A vault as people write it by hand: every note has tab-indented lists, callouts, code, `%%` and math."""

from collections.abc import Iterator
from random import Random

from benchmarks.words import phrase, sentences, title


def list_notes(random: Random, notes: int) -> Iterator[tuple[str, str]]:
    """Path and text of every note of the vault."""
    pool = sentences(random, 2_000)
    folders = [phrase(random).capitalize() for _ in range(max(1, notes // 120))]
    names: dict[str, None] = {}
    while len(names) < notes:
        names[title(random)] = None
    known = list(names)
    for name in known:
        yield f"{random.choice(folders)}/{name}.md", _note(random, name, known, pool)


def _note(random: Random, name: str, known: list[str], pool: list[str]) -> str:
    parts = [
        f"---\naliases: [{phrase(random)}]\ntags:\n  - {phrase(random).replace(' ', '/')}\n---\n# {name}\n"
    ]
    makers = (_nested_list, _callout, _code, _hidden, _math, _plain)
    order = [*makers, *random.choices(makers, k=random.randint(2, 8))]
    random.shuffle(order)
    for number, maker in enumerate(order):
        if number % 2 == 0:
            parts.append(f"## {phrase(random).capitalize()} {number}\n")
        parts.append(maker(random, known, pool))
    return "\n".join(parts)


def _link(random: Random, known: list[str]) -> str:
    target = random.choice(known) if random.random() < 0.9 else title(random)
    return random.choice((f"[[{target}]]", f"[[{target}|{phrase(random)}]]", f"![[{target}]]"))


def _nested_list(random: Random, known: list[str], pool: list[str]) -> str:
    lines = []
    depth = 0
    for _ in range(random.randint(6, 16)):
        mark = random.choice(("-", "-", "-", "1.", "- [ ]"))
        text = random.choice(pool)
        tail = _link(random, known) if random.random() < 0.4 else f"#{phrase(random).split()[0]}"
        lines.append("\t" * depth + f"{mark} {text} {tail}")
        depth = max(0, min(depth + random.choice((-2, -1, 0, 1, 1)), 5))
    return "\n".join(lines) + "\n"


def _callout(random: Random, known: list[str], pool: list[str]) -> str:
    kind = random.choice(("note", "tip", "warning", "quote"))
    texts = random.sample(pool, 3)
    return (
        f"> [!{kind}]- {phrase(random)}\n> {texts[0]} {_link(random, known)}.\n"
        f"> - {texts[1]}\n> \t- {texts[2]}\n> > {phrase(random)}\n"
    )


def _code(random: Random, _known: list[str], pool: list[str]) -> str:
    text = random.choice(pool)
    return (
        f"{text} in `[[{phrase(random)}]]`:\n\n```text\n[[{phrase(random)}]] #{phrase(random)}\n"
        f"\t{text}\n```\n\n- item\n\t~~~\n\t# {phrase(random)}\n\t~~~\n"
    )


def _hidden(random: Random, known: list[str], pool: list[str]) -> str:
    text = random.choice(pool)
    return f"{text} %% {phrase(random)} {_link(random, known)} %%\n\n%%\n{random.choice(pool)}\n%%\n"


def _math(random: Random, _known: list[str], pool: list[str]) -> str:
    return f"{random.choice(pool)} $a_1 + b^2 = c$ {phrase(random)}\n\n$$\n\\sum_{{i}} x_i [[1]]\n$$\n"


def _plain(random: Random, known: list[str], pool: list[str]) -> str:
    texts = random.sample(pool, 4)
    block_id = phrase(random).split()[0]
    return f"{texts[0]}. {_link(random, known)} {texts[1]}.\n{texts[2]} **{texts[3]}**. ^{block_id}\n"
