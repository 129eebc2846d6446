"""Which folder is the vault, and which files are in it."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from vaultlint.discovery import ObsidianSettings, VaultFiles, discover, find_root
from vaultlint.errors import VaultlintError


def make(root: Path, *paths: str) -> Path:
    """Empty files, with the folders that they need."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(b"")
    return root


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8", newline="")


def hidden(root: Path) -> list[str]:
    return sorted(discover(root).hidden)


# --- the root ---------------------------------------------------------------------------------


def test_the_nearest_folder_with_obsidian_is_the_root(tmp_path: Path) -> None:
    make(tmp_path, ".obsidian/app.json", "a/b/n.md")
    for path in ("a/b/n.md", "a/b", "."):
        assert find_root(tmp_path / path) == tmp_path


def test_a_configuration_file_marks_a_root_within_a_vault(tmp_path: Path) -> None:
    make(tmp_path, ".obsidian/app.json", "a/vaultlint.toml", "a/b/n.md")
    assert find_root(tmp_path / "a/b") == tmp_path / "a"


def test_a_pyproject_marks_no_root(tmp_path: Path) -> None:
    write(tmp_path, "pyproject.toml", "[tool.vaultlint]\n")
    make(tmp_path, "a/n.md")
    assert find_root(tmp_path / "a") == tmp_path / "a"


def test_without_a_mark_a_file_belongs_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "work/a/n.md", "elsewhere/n.md")
    monkeypatch.chdir(tmp_path / "work")
    assert find_root(Path("a/n.md")) == tmp_path / "work"
    assert find_root(tmp_path / "elsewhere/n.md") == tmp_path / "elsewhere"


def test_a_path_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(VaultlintError, match="there is no file or folder"):
        find_root(tmp_path / "nothing")
    with pytest.raises(VaultlintError, match="there is no folder"):
        discover(tmp_path / "nothing")


# --- the files --------------------------------------------------------------------------------


def test_notes_are_md_in_any_case_and_all_else_is_a_link_target(tmp_path: Path) -> None:
    make(
        tmp_path, "b.md", "a/Z.MD", "B.Md", "x.png", "board.canvas", "t.base", "x.markdown", "md", "a.md.txt"
    )
    found = discover(tmp_path)
    assert found.root == tmp_path
    assert found.notes == ("B.Md", "a/Z.MD", "b.md")
    assert found.others == ("a.md.txt", "board.canvas", "md", "t.base", "x.markdown", "x.png")
    assert found.hidden == frozenset()
    assert found.warnings == ()
    assert found.unreadable == ()


def test_dot_names_are_invisible_at_every_level(tmp_path: Path) -> None:
    make(tmp_path, ".a.md", ".trash/b.md", "x/.git/c.md", "x/.d.md", "x/.gitignore", "x/e.md")
    found = discover(tmp_path)
    assert (found.notes, found.others) == (("x/e.md",), ())


def test_the_names_in_the_trash_are_known(tmp_path: Path) -> None:
    make(tmp_path, ".trash/b.md", ".trash/sub/a.png", "x/.trash/c.md")
    assert discover(tmp_path).trashed == ("a.png", "b.md")


def test_an_empty_folder_is_a_vault_without_notes(tmp_path: Path) -> None:
    assert discover(tmp_path) == VaultFiles(tmp_path, (), (), frozenset(), ObsidianSettings(), (), ())


@pytest.mark.skipif(os.name == "nt", reason="such names need a file system of bytes")
def test_a_name_that_is_not_utf_8_is_kept(tmp_path: Path) -> None:
    try:
        make(tmp_path, "bad\udcff.md")
    except OSError:
        pytest.skip("the file system takes UTF-8 only")
    assert discover(tmp_path).notes == ("bad\udcff.md",)


@pytest.mark.skipif(os.name == "nt", reason="symlinks need a privilege")
class TestSymlinks:
    def test_a_symlink_to_a_note_of_the_vault_is_a_note(self, tmp_path: Path) -> None:
        make(tmp_path, "a/n.md")
        (tmp_path / "link.md").symlink_to("a/n.md")
        assert discover(tmp_path).notes == ("a/n.md", "link.md")

    def test_a_symlink_out_of_the_vault_is_never_listed(self, tmp_path: Path) -> None:
        make(tmp_path, "vault/n.md", "vault-2/secret.md")
        (tmp_path / "vault/x.md").symlink_to(tmp_path / "vault-2/secret.md")
        (tmp_path / "vault/z.md").symlink_to("/dev/zero")
        found = discover(tmp_path / "vault")
        assert found.notes == ("n.md",)
        assert sorted(found.warnings) == [
            "x.md: a symlink out of the vault is not followed",
            "z.md: a symlink out of the vault is not followed",
        ]

    def test_a_symlinked_folder_is_not_entered(self, tmp_path: Path) -> None:
        make(tmp_path, "a/n.md")
        (tmp_path / "a/up").symlink_to("..")
        found = discover(tmp_path)
        assert found.notes == ("a/n.md",)
        assert found.warnings == ("a/up: a symlink to a folder is not followed",)

    def test_a_symlink_to_itself_or_to_nothing_is_left_out(self, tmp_path: Path) -> None:
        (tmp_path / "self.md").symlink_to("self.md")
        (tmp_path / "gone.md").symlink_to("nothing.md")
        found = discover(tmp_path)
        assert found.notes == ()
        assert sorted(found.warnings) == [
            "gone.md: a symlink that leads nowhere is left out",
            "self.md: a symlink that leads nowhere is left out",
        ]

    def test_a_vault_reached_through_a_symlink_is_whole(self, tmp_path: Path) -> None:
        make(tmp_path, "vault/.obsidian/app.json", "vault/a/n.md")
        (tmp_path / "link").symlink_to("vault")
        assert find_root(tmp_path / "link/a/n.md") == tmp_path / "vault"
        assert discover(tmp_path / "link").notes == ("a/n.md",)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_is_never_listed_nor_waited_for(tmp_path: Path) -> None:
    make(tmp_path, "n.md", ".obsidian/types.json")
    os.mkfifo(tmp_path / "x.md")
    os.mkfifo(tmp_path / ".gitignore")
    os.mkfifo(tmp_path / ".obsidian/app.json")
    found = discover(tmp_path)
    assert (found.notes, found.others) == (("n.md",), ())
    assert ".obsidian/app.json: not used: not a regular file" in found.warnings


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    make(tmp_path, "a/n.md", "n.md")
    (tmp_path / "a").chmod(0)
    try:
        found = discover(tmp_path)
    finally:
        (tmp_path / "a").chmod(0o700)
    assert found.notes == ("n.md",)
    assert found.unreadable == (("a", "permission denied"),)


def test_a_folder_that_cannot_be_listed_does_not_end_the_walk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "a/n.md", "b/n.md")
    listing = os.scandir

    def refusing(path: str) -> object:
        if path.endswith("/a/"):
            raise PermissionError(13, "Permission denied")
        return listing(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found = discover(tmp_path)
    assert found.notes == ("b/n.md",)
    assert found.unreadable == (("a", "permission denied"),)


# --- what is hidden ---------------------------------------------------------------------------


def test_what_git_ignores_is_hidden_and_still_listed(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "out/b.md", "out/deep/c.canvas", "out/d.png")
    write(tmp_path, ".gitignore", "out/\n")
    found = discover(tmp_path)
    assert found.notes == ("a.md", "out/b.md")
    assert found.others == ("out/d.png", "out/deep/c.canvas")
    assert found.hidden == {"out/b.md", "out/d.png", "out/deep/c.canvas"}


def test_a_nested_ignore_file_has_the_last_word_on_its_folder(tmp_path: Path) -> None:
    make(tmp_path, "x.md", "a/x.md", "a/y.md", "a/b/x.md", "b/y.md")
    write(tmp_path, ".gitignore", "x.md\n")
    write(tmp_path, "a/.gitignore", "!x.md\n/y.md\n")
    assert hidden(tmp_path) == ["a/y.md", "x.md"]


def test_nothing_in_an_ignored_folder_is_shown_again(tmp_path: Path) -> None:
    make(tmp_path, "a/x.md", "a/y.md")
    write(tmp_path, ".gitignore", "a/\n!a/x.md\n")
    write(tmp_path, "a/.gitignore", "!*\n")
    assert hidden(tmp_path) == ["a/x.md", "a/y.md"]


def test_a_file_can_be_shown_again_beside_ignored_ones(tmp_path: Path) -> None:
    make(tmp_path, "a/x.md", "a/y.md")
    write(tmp_path, ".gitignore", "a/*\n!a/x.md\n")
    assert hidden(tmp_path) == ["a/y.md"]


def test_an_ignore_file_may_begin_with_a_bom_and_end_its_lines_as_windows_does(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.md")
    write(tmp_path, ".gitignore", "\ufeffa.md\r\nb.md\r\n")
    assert hidden(tmp_path) == ["a.md", "b.md"]


def test_our_own_ignore_file_hides_like_that_of_git_and_does_not_undo_it(tmp_path: Path) -> None:
    make(tmp_path, "a.md", "b.md", "s/c.md")
    write(tmp_path, ".gitignore", "a.md\n")
    write(tmp_path, ".vaultlintignore", "b.md\n!a.md\n")
    write(tmp_path, "s/.vaultlintignore", "*\n")
    assert hidden(tmp_path) == ["a.md", "b.md", "s/c.md"]


def test_exclude_holds_patterns_from_the_root(tmp_path: Path) -> None:
    make(tmp_path, "a/x.md", "b/x.md", "y.md")
    found = discover(tmp_path, exclude=["/a", "y.*", "!"])
    assert found.hidden == {"a/x.md", "y.md"}
    assert found.warnings == ("exclude:3: pattern “!” is left out: it names nothing",)


def test_obsidians_excluded_files_are_hidden(tmp_path: Path) -> None:
    make(tmp_path, "Archive/a.md", "log/daily-1.md", "b.md", "Archive/p.png")
    write(tmp_path, ".obsidian/app.json", '{"userIgnoreFilters": ["Archive/", "/daily-.*/", 3]}')
    found = discover(tmp_path)
    assert found.hidden == {"Archive/a.md", "Archive/p.png", "log/daily-1.md"}
    assert found.settings.user_ignore_filters == ("Archive/", "/daily-.*/")


def test_a_pattern_above_a_vault_in_a_repository_counts(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "docs/vault/a.md", "docs/vault/s/b.md", "docs/vault/c.md")
    write(tmp_path, ".gitignore", "docs/vault/a.md\nb.md\n")
    write(tmp_path, "docs/.gitignore", "!b.md\n/vault/c.md\n")
    assert hidden(tmp_path / "docs/vault") == ["a.md", "c.md"]


def test_a_pattern_above_the_repository_of_the_vault_does_not_count(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "vault/.git/HEAD", "vault/a.md")
    write(tmp_path, ".gitignore", "a.md\n")
    assert hidden(tmp_path / "vault") == []


def test_a_vault_that_is_ignored_as_a_whole_is_shown_all_the_same(tmp_path: Path) -> None:
    make(tmp_path, ".git/HEAD", "vault/a.md")
    write(tmp_path, ".gitignore", "vault/\n")
    assert hidden(tmp_path / "vault") == []


def test_an_ignore_file_of_unreasonable_size_is_not_used(tmp_path: Path) -> None:
    make(tmp_path, "a.md")
    write(tmp_path, ".gitignore", "a.md\n" * 60_000)
    found = discover(tmp_path)
    assert found.hidden == frozenset()
    assert found.warnings == (".gitignore: not used: larger than 256 KB",)


_SEGMENTS = [
    "a",
    "b",
    "foo",
    "*",
    "**",
    "?",
    "*o",
    "f*",
    "[ab]",
    "*.md",
    "foo.md",
    "**o",
    "[!a]",
    "\\a",
    "*a*",
]


def _random_pattern(chance: random.Random) -> str:
    pattern = "/".join(chance.choice(_SEGMENTS) for _ in range(chance.choice([1, 1, 2, 3])))
    begin = chance.choice(["", "", "", "!", "/", "!/"])
    return begin + pattern + chance.choice(["", "", "/", " "])


@pytest.mark.skipif(shutil.which("git") is None, reason="git is the oracle")
@pytest.mark.parametrize("seed", range(30))
def test_git_agrees_on_what_is_ignored(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(14):
        folders = [chance.choice(["a", "b", "foo"]) for _ in range(chance.choice([0, 1, 1, 2, 3]))]
        make(tmp_path, "/".join([*folders, chance.choice(["a", "b", "foo", "bar"]) + ".md"]))
    for folder in chance.sample([tmp_path, *tmp_path.glob("*/"), *tmp_path.glob("*/*/")], 2):
        if folder.is_dir():
            write(folder, ".gitignore", "\n".join(_random_pattern(chance) for _ in range(4)))
    # Inside a git hook these variables would point to another repository.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True, env=env)
    command = ["git", "-C", str(tmp_path), "ls-files", "-oi", "--exclude-per-directory=.gitignore", "-z"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True, env=env).stdout.split("\0")
    assert hidden(tmp_path) == sorted(path for path in listed if path.endswith(".md"))


# --- Obsidian's settings ----------------------------------------------------------------------


def test_settings_are_read_from_every_file(tmp_path: Path) -> None:
    for name, value in {
        "app": {"newLinkFormat": "relative", "useMarkdownLinks": True, "attachmentFolderPath": "./files"},
        "types": {"types": {"Created": "date", "tags": "tags", "odd": 3}},
        "daily-notes": {"folder": "Journal/", "format": "YYYY/MM-DD"},
        "templates": {"folder": "/Templates"},
        "plugins/templater-obsidian/data": {"templates_folder": "Meta/Templater"},
        "plugins/periodic-notes/data": {"yearly": {"enabled": True, "format": "[Year] YYYY"}},
        "plugins/calendar/data": {"showWeeklyNote": True},
    }.items():
        write(tmp_path, f".obsidian/{name}.json", json.dumps(value))
    found = discover(tmp_path)
    assert found.warnings == ()
    assert found.settings == ObsidianSettings(
        has_obsidian=True,
        new_link_format="relative",
        use_markdown_links=True,
        user_ignore_filters=(),
        attachment_folder="./files",
        templates_folder="Templates",
        templater_folder="Meta/Templater",
        daily_notes_folder="Journal",
        daily_notes_format="YYYY/MM-DD",
        period_formats=("[Year] YYYY", "gggg-[W]ww"),
        property_types={"created": "date", "tags": "tags"},
    )


def test_missing_settings_are_those_of_obsidian(tmp_path: Path) -> None:
    (tmp_path / ".obsidian").mkdir()
    assert discover(tmp_path).settings == ObsidianSettings(has_obsidian=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("\udcff", "not valid JSON"),
        ("[1]", "not a JSON object"),
        ("", "not valid JSON"),
    ],
)
def test_broken_settings_are_a_warning(tmp_path: Path, text: str, reason: str) -> None:
    make(tmp_path, ".obsidian/app.json")
    (tmp_path / ".obsidian/app.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    found = discover(tmp_path)
    assert found.settings == ObsidianSettings(has_obsidian=True)
    assert found.warnings == (f".obsidian/app.json: not used: {reason}",)


def test_settings_of_the_wrong_type_are_as_if_missing(tmp_path: Path) -> None:
    write(
        tmp_path,
        ".obsidian/app.json",
        '{"newLinkFormat": 3, "userIgnoreFilters": null, "useMarkdownLinks": "x"}',
    )
    write(tmp_path, ".obsidian/types.json", '{"types": []}')
    assert discover(tmp_path).settings == ObsidianSettings(has_obsidian=True)


def test_another_settings_folder_can_be_named(tmp_path: Path) -> None:
    write(tmp_path, ".config/app.json", '{"useMarkdownLinks": true}')
    assert discover(tmp_path, config_folder=".config").settings.use_markdown_links


@pytest.mark.skipif(os.name == "nt", reason="symlinks need a privilege")
def test_settings_out_of_the_vault_are_not_read(tmp_path: Path) -> None:
    write(tmp_path, "other/app.json", '{"useMarkdownLinks": true}')
    make(tmp_path, "vault/n.md")
    (tmp_path / "vault/.obsidian").symlink_to(tmp_path / "other")
    found = discover(tmp_path / "vault")
    assert found.settings == ObsidianSettings(has_obsidian=True)
    assert found.warnings == (".obsidian: a symlink out of the vault is not followed",)
