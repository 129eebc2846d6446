"""`vaultlint init` writes a configuration that fits the vault, and nothing over an old one."""

import os
import sys
import tomllib
from pathlib import Path

import pytest

from vaultlint.cli import main

Capture = pytest.CaptureFixture[str]
IDS = ("dQw4w9WgXcQ", "v68zYyaEmEA", "abc-def_123")


def written(root: Path, notes: dict[str, str]) -> str:
    """The configuration that is written for a vault with these notes; it holds no mistake."""
    (root / ".obsidian").mkdir(exist_ok=True)
    for path, text in notes.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    assert main(["init", str(root)]) == 0
    assert main(["check", str(root), "--exit-zero", "--no-cache"]) == 0
    return (root / "vaultlint.toml").read_text("utf-8")


def test_a_plain_vault_gets_comments_and_no_more(tmp_path: Path, capsys: Capture) -> None:
    text = written(tmp_path, {"a.md": "[[b]]\n", "b.md": "[[a]]\n"})
    assert tomllib.loads(text) == {"fail-on": "warning", "topics": {}, "hubs": {}}
    assert text.startswith("# vaultlint's configuration of this vault: 2 notes and 0 other files.\n")
    assert capsys.readouterr().out.startswith(f"wrote {tmp_path}/vaultlint.toml; ")


def test_the_comments_can_be_taken_away(tmp_path: Path, capsys: Capture) -> None:
    text = written(tmp_path, {"Archive/a.md": "x\n", "Templates/t.md": "{{title}}\n"})
    lines = [line.removeprefix("# ") if " = " in line else line for line in text.splitlines()]
    (tmp_path / "vaultlint.toml").write_text("\n".join(lines), encoding="utf-8")
    assert main(["config", str(tmp_path)]) == 0
    assert '"/Archive/" = ["VL2", "VL4"]' in capsys.readouterr().out


def test_the_property_of_videos_and_of_their_length_is_found(tmp_path: Path) -> None:
    anchor = '<a class="yt-timestamp" data-t="00:00:36">[00:00:36]</a>'
    notes = {
        f"{number}.md": f"---\nyt: {video}\nlength: 12:34\nword: information\n---\n{anchor}\n"
        for number, video in enumerate(IDS)
    }
    text = written(tmp_path, notes)
    assert tomllib.loads(text)["timestamps"] == {"video": "yt", "duration": "length"}
    assert "# 3 notes with timestamp anchors." in text


def test_the_form_of_most_timestamp_anchors_is_found(tmp_path: Path) -> None:
    anchor = '<span class="seek" data-seek="00:00:36">(00:00:36)</span> <a href="x">(00:00:36)</a>'
    other = '<a class="yt-timestamp" data-t="00:00:36">[00:00:36]</a>'
    text = written(tmp_path, {"a.md": anchor, "b.md": f"{anchor}\n{other}", "c.md": f"`{other}` `{other}`"})
    assert tomllib.loads(text)["timestamps"] == {
        "element": "span",
        "class": "seek",
        "attribute": "data-seek",
        "label": "({time})",
    }
    assert "# 2 notes with timestamp anchors." in text


def test_topic_pages_hubs_and_days_are_told(tmp_path: Path) -> None:
    notes = {
        ".obsidian/daily-notes.json": '{"folder": "Journal"}',
        "Garden.md": "[[Peas]]\n",
        "Peas.md": "From: [[Garden]]\n",
        "Maps/All.md": "[[Peas]]\n",
        "Journal/2031-03-01.md": "x\n",
    }
    text = written(tmp_path, notes)
    assert "# 1 note with a `From: [[…]]` line: topic pages" in text
    assert "# 1 hub by nature: “Garden.md”." in text
    assert "# 1 note named by a day, mostly in “Journal”: such notes are no topic pages." in text
    assert tomllib.loads(text)["hubs"] == {"include": ["/Maps/"]}


def test_templates_that_obsidian_does_not_know_are_left_out(tmp_path: Path) -> None:
    notes = {
        ".obsidian/templates.json": '{"folder": "Known"}',
        "Known/a.md": "{{title}}\n",
        'x/Odd [1] "q" 🎉/Templates/b.md': "[[{{title}}]] [[Gone]]\n",
        "c.md": "x\n",
    }
    text = written(tmp_path, notes)
    assert "# Templates lie in “Known”, as Obsidian's settings say;" in text
    assert tomllib.loads(text)["exclude"] == ['/x/Odd \\[1\\] "q" 🎉/Templates/']
    assert main(["check", str(tmp_path), "--select", "VL201"]) == 0


@pytest.mark.parametrize(
    ("file", "publish"), [("quartz.config.ts", "quartz"), ("publish.css", "publish"), ("x.css", None)]
)
def test_where_the_vault_is_published_is_seen(tmp_path: Path, file: str, publish: str | None) -> None:
    assert tomllib.loads(written(tmp_path, {"a.md": "x\n", file: ""})).get("publish") == publish


@pytest.mark.skipif(sys.platform != "linux", reason="such names are not possible elsewhere")
def test_names_that_are_hostile_end_in_no_mistake(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"bad\xff") / "Templates"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("x")
    text = written(tmp_path, {"new\nline = 1/Maps/index.md": "x\n"})
    assert "exclude" not in tomllib.loads(text)
    assert tomllib.loads(text)["hubs"] == {"include": ["/new\nline = 1/Maps/"]}


@pytest.mark.parametrize("old", ["vaultlint.toml", "pyproject.toml"])
def test_nothing_is_written_over_an_old_one(tmp_path: Path, capsys: Capture, old: str) -> None:
    (tmp_path / "a.md").write_text("x\n")
    (tmp_path / old).write_text("[tool.vaultlint]\n" if old == "pyproject.toml" else "nonsense")
    before = sorted(tmp_path.iterdir())
    assert main(["init", str(tmp_path)]) == 2
    assert "configures this vault already; it was left as it is" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_a_dangling_link_is_not_followed(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "v").mkdir()
    (tmp_path / "v/a.md").write_text("x\n")
    (tmp_path / "v/vaultlint.toml").symlink_to(tmp_path / "elsewhere")
    assert main(["init", str(tmp_path / "v")]) == 2
    assert "is there already" in capsys.readouterr().err
    assert not (tmp_path / "elsewhere").exists()
