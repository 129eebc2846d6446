"""A vault that changes while it is open: its findings are always those of a fresh run."""

import random
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from vaultlint.assembly import open_linter
from vaultlint.config import load_config, overridden
from vaultlint.diagnostic import Diagnostic
from vaultlint.engine import Linter
from vaultlint.registry import load_rules
from vaultlint.session import Session
from vaultlint.vault import Vault

NAMES = ("Garden", "Soil", "Log 2024", "Ünïcode", "Tools_list", "Tools-List", "index")
FOLDERS = ("", "Plants/", "Plants/Trees/", "Templates/")
LINKS = (*NAMES, "garden", "Plants/Soil", "Gardne", "Missing", "Other name", "The title", "pic.png",
         "board.canvas", "Tools list", "tools.list", "00:10:00")  # fmt: skip
SUBPATHS = ("", "", "#Beds", "#Beds#Deep", "#^b1", "#^none", "#beds!", "#Bedz")
BODY = (
    "Some words about it.", "## Beds", "### Deep", "# The title", "# Garden", "a block ^b1", "x ^B1",
    "%% vaultlint-disable-next-line broken-link %%", "%% vaultlint-disable orphan-note %%", "```", "#tag",
    '<a class="yt-timestamp" data-t="00:10:00">[00:10:00]</a>',
    '<a class="yt-timestamp" data-t="10:30:00">[10:30:00]</a>', "From: [[Garden]]", "From: [[Soil]]",
    "a long line " * 40, "😀 \u2028 next", "[x](<Tools list.md>)", "[x](Tools%20list.md)",
)  # fmt: skip
PROPERTIES = (
    "aliases: [Other name]", "aliases: [Soil, Missing]", "title: The title", "title: Garden", "tags: [a]",
    "aliases: x", "videoId: abc", "videoId: xyz", "key: [[Garden]]", "tags: a, b", "duration: 24:10",
)  # fmt: skip


def note(chance: random.Random) -> str:
    """The text of some note."""
    lines = []
    if chance.random() < 0.5:
        lines += ["---", *chance.sample(PROPERTIES, chance.randrange(4)), "---"]
    for _ in range(chance.randrange(8)):
        if chance.random() < 0.5:
            link = f"{chance.choice(LINKS)}{chance.choice(SUBPATHS)}"
            lines.append(chance.choice((f"see [[{link}]]", f"![[{link}]]", f"[[{link}|x]]", f"[x]({link})")))
        else:
            lines.append(chance.choice(BODY))
    return chance.choice(("\n", "\r\n")).join(lines) + "\n"


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes(text.encode())


def vault(root: Path, chance: random.Random) -> list[str]:
    """Make a vault; gives the paths of its notes."""
    (root / ".obsidian").mkdir(parents=True)
    put(root, ".obsidian/templates.json", '{"folder": "Templates"}')
    put(root, "pic.png", "")
    put(root, "board.canvas", '{"nodes": [{"id": "1", "type": "file", "file": "Soil.md", "subpath": "#Beds", '
        '"x": 0, "y": 0, "width": 1, "height": 1}, {"id": "2", "type": "text", "text": "[[Missing]] '
        '[[Gardne]]", "x": 0, "y": 0, "width": 1, "height": 1}]}')  # fmt: skip
    paths = sorted({f"{chance.choice(FOLDERS)}{name}.md" for name in NAMES * 2} | {"Soil.md"})
    for path in paths:
        put(root, path, note(chance))
    return paths


MARKED = """
[topics]
tags = ["a"]
[hubs]
tags = ["tag"]
[rules.orphan-note]
hub-links = false
"""


def opener(root: Path, select: tuple[str, ...] | None = None) -> Callable[[], Linter]:
    classes = load_rules()
    config = load_config(root, explicit=None, isolated=False, rule_classes=classes)
    config = overridden(config, classes, select=select)
    return lambda: open_linter(root, config, classes)


def opened(root: Path, select: tuple[str, ...] | None = None) -> Session:
    session = Session(opener(root, select))
    for _ in session.read():
        pass
    return session


def fresh(root: Path, select: tuple[str, ...] | None = None) -> list[Diagnostic]:
    """What a new run finds."""
    linter = opener(root, select)()
    linter.read()
    return list(linter.report().diagnostics)


def indexes(vault: Vault) -> dict[str, object]:
    """The indexes that an open vault keeps up to date."""
    counts = (vault.linking, vault.wanting, vault._listing)
    return {
        "counts": [{key: count for key, count in each.items() if count > 0 and key} for each in counts],
        "words": [dict(vault.aliases), dict(vault.titles)],
        "unique": {value: tuple(paths) for value, paths in vault.unique.items()},
        "reaches": {video: sorted(found) for video, found in vault._reaches.items() if found},
        "hubs": set(vault.hubs),
        "bodies": {mark: list(paths) for mark, paths in vault.bodies.items() if mark and paths},
        "sources": {path: list(sources) for path, sources in vault._sources.items() if sources},
        "habits": (vault.named_by_title, vault.angle_brackets, vault.has_topic_pages),
    }


def told(session: Session) -> list[Diagnostic]:
    """What the session finds, in the order of a report."""
    while (path := session.next_stale()) is not None:
        session.settle(path)
    return [one for path in session.with_findings() for one in session.findings(path)]


@pytest.mark.parametrize(("select", "config"), [(None, ""), (("ALL",), ""), (None, MARKED)])
@pytest.mark.parametrize("seed", range(6))
def test_after_random_edits_its_findings_are_those_of_a_fresh_run(
    tmp_path: Path, seed: int, select: tuple[str, ...] | None, config: str
) -> None:
    chance = random.Random(seed)
    paths = vault(tmp_path, chance)
    put(tmp_path, "vaultlint.toml", config)
    session = opened(tmp_path, select)
    assert told(session) == fresh(tmp_path, select)
    for turn in range(40):
        path = chance.choice(paths)
        text = note(chance)
        if turn % 4 == 3:  # a small change, as somebody types it
            text = session.text(path)
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(("x", "#", "[[", "]]", "\n", "😀", "")) + text[at + 1 :]
        if turn % 2:
            put(tmp_path, path, text)
            session.forget_text(path)
            session.written(path)
        else:
            session.set_text(path, text)
            put(tmp_path, path, text)
        if turn % 3 == 0:
            session.forget_text(path)
        linter = opener(tmp_path, select)()
        linter.read()
        assert indexes(session.vault) == indexes(linter.vault())
        assert told(session) == list(linter.report().diagnostics)


@pytest.mark.parametrize("seed", range(4))
def test_after_files_came_and_went_its_findings_are_those_of_a_fresh_run(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    vault(tmp_path, chance)
    session = opened(tmp_path)
    for _ in range(15):
        notes = sorted(str(each.relative_to(tmp_path)) for each in tmp_path.rglob("*.md"))
        kind, path = chance.choice(("make", "drop", "move", "write")), chance.choice(notes)
        if kind == "make":
            made = f"{chance.choice(FOLDERS)}{chance.choice(LINKS[:9])}.md"
            put(tmp_path, made, note(chance))
            session.refresh([made])
        elif kind == "drop" and len(notes) > 3:
            (tmp_path / path).unlink()
            session.refresh()
        elif kind == "move":
            moved = f"New {chance.randrange(9)}.md"
            (tmp_path / path).rename(tmp_path / moved)
            session.refresh([moved])
        else:
            put(tmp_path, path, note(chance))
            session.refresh([path])
        edited = chance.choice(session.linter.files.notes)
        session.set_text(edited, note(chance))
        session.forget_text(edited)
        assert told(session) == fresh(tmp_path)


def test_an_edit_tells_again_the_note_and_those_that_it_may_concern_and_no_other(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    for number in range(50):
        put(tmp_path, f"Note {number}.md", f"[[Note {(number + 1) % 50}]]\n")
    put(tmp_path, "Target.md", "# Target\n\n## Beds\n")
    put(tmp_path, "Names place.md", "[[Target#Beds]] [[Note 3]]\n")
    put(tmp_path, "Note 3.md", "[[Names place]]\n")
    session = opened(tmp_path)
    assert told(session) == fresh(tmp_path)

    session.set_text("Target.md", "# Target\n\n## Beds\n\nmore words\n")
    assert session.stale == ("Target.md",)
    told(session)
    session.set_text("Target.md", "# Target\n\n## Bed\n\n[[Note 7]]\n")
    assert session.stale[0] == "Target.md"
    assert sorted(session.stale) == ["Names place.md", "Note 7.md", "Target.md"]
    assert session.settle("Names place.md")
    assert [one.message for one in session.findings("Names place.md")] == [
        "“Target.md” has no heading “Beds”"
    ]
    assert not session.settle("Note 7.md")


def test_another_title_concerns_those_that_looked_at_titles(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    put(tmp_path, "One.md", "[[Harvest time]] [[Two]]\n")
    put(tmp_path, "Two.md", "# Two\n\n[[One]]\n")
    put(tmp_path, "Three.md", "[[One]] [[Two]]\n")
    session = opened(tmp_path)
    told(session)
    session.set_text("Two.md", "# Harvest time\n\n[[One]]\n")
    assert set(session.stale) == {"One.md", "Two.md"}
    assert [one.message for one in session.findings("One.md")] == [
        "no note is named “Harvest time”; it is the title of “Two.md”, and links name files"
    ]


def test_what_would_be_found_with_other_texts_is_told_and_nothing_kept(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    put(tmp_path, "One.md", "[[Two#Beds]]\n")
    put(tmp_path, "Two.md", "## Beds\n\n[[One]]\n")
    session = opened(tmp_path)
    before = told(session)
    found = session.with_texts({"Two.md": "## Bed\n\n[[Gone]]\n"})
    assert {(one.path, one.code) for one in found} >= {("Two.md", "VL201"), ("One.md", "VL202")}
    assert session.text("Two.md") == "## Beds\n\n[[One]]\n"
    assert not any(session.settle(path) for path in session.stale), "nothing is to be told anew"
    assert told(session) == before


def give_up_after(last: int, steps: list[None]) -> None:
    """Raises KeyError where so many steps were taken."""
    if len(steps) == last:
        raise KeyError
    steps.append(None)


def test_a_trial_that_is_given_up_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    put(tmp_path, "One.md", "[[Two#Beds]]\n")
    put(tmp_path, "Two.md", "## Beds\n\n[[One]] [[Nix]]\n")
    session = opened(tmp_path)
    before = told(session)
    texts = {"Two.md": "## Bed\n\n[[Gone]]\n", "One.md": "[[Two#Bed]]\n"}
    for last in range(5):
        with suppress(KeyError):
            session.with_texts(texts, partial(give_up_after, last, []))
            assert last == 4, "two steps for each note"
        assert {path: session.text(path) for path in texts} == {
            path: (tmp_path / path).read_text() for path in texts
        }
        assert not any(session.settle(path) for path in session.stale), "nothing is to be told anew"
        assert told(session) == before == fresh(tmp_path)


def test_a_note_that_can_no_longer_be_read_is_told_so(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    put(tmp_path, "One.md", "[[Two#Beds]]\n")
    put(tmp_path, "Two.md", "## Beds\n\n[[One]]\n")
    session = opened(tmp_path)
    told(session)
    (tmp_path / "Two.md").write_bytes(b"\xff\xfe")
    session.written("Two.md")
    assert told(session) == fresh(tmp_path)
    assert {one.code for one in session.findings("Two.md")} == {"VL001"}
    put(tmp_path, "Two.md", "## Beds\n\n[[One]]\n")
    session.written("Two.md")
    assert told(session) == fresh(tmp_path)


def test_backlinks_follow_edits(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    put(tmp_path, "One.md", "[[Two]] [[Two]]\n")
    put(tmp_path, "Two.md", "[[One]]\n")
    put(tmp_path, "Three.md", "nothing\n")
    session = opened(tmp_path)
    assert session.sources("Two.md") == ["One.md"]
    session.set_text("Three.md", "[[Two]]\n")
    assert session.sources("Two.md") == ["One.md", "Three.md"]
    session.set_text("One.md", "nothing\n")
    assert session.sources("Two.md") == ["Three.md"]
    assert list(session.vault.backlinks("Two.md")) == ["Three.md"]
