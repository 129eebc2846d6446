"""The one function that changes a note."""

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vaultlint.files import OS_FILES, Files
from vaultlint.write import NotRead, NotWritten, encode_like, read_bytes_safely, write_note

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX files")
linux = pytest.mark.skipif(not hasattr(os, "setxattr"), reason="Linux files")


class Watched:
    """The system's calls; `before` runs ahead of a call of that name, the number of the call given."""

    def __init__(self, name: str, before: Callable[[int], object], *, exchanges: bool = True) -> None:
        self.name = name
        self.before = before
        self.exchanges = exchanges
        self.seen = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            if name == self.name:
                self.seen += 1
                self.before(self.seen)
            if name == "exchange" and not self.exchanges:
                return False
            return getattr(OS_FILES, name)(*args)

        return call


def watched(name: str, before: Callable[[int], object], *, exchanges: bool = True) -> Files:
    files: Any = Watched(name, before, exchanges=exchanges)
    checked: Files = files
    return checked


def failing(name: str, code: int) -> Files:
    def fail(_number: int) -> None:
        raise OSError(code, os.strerror(code))

    return watched(name, fail)


@pytest.fixture
def note(tmp_path: Path) -> Path:
    path = tmp_path / "vault" / "a.md"
    path.parent.mkdir()
    path.write_bytes(b"old")
    return path


def names(note: Path) -> list[str]:
    return sorted(path.name for path in note.parent.iterdir())


def reason(note: Path, old: bytes = b"old", *, path: str = "a.md", files: Files = OS_FILES) -> str:
    """Why `note` was not written; it is as it was, and no temporary file is left."""
    before = names(note)
    with pytest.raises(NotWritten) as caught:
        write_note(note.parent, path, old, b"new", files=files)
    assert caught.value.path == path
    assert names(note) == before
    return caught.value.reason


def test_the_note_reads_the_new_bytes_and_nothing_else_is_left(note: Path) -> None:
    write_note(note.parent, "a.md", b"old", b"new\r\n\x00")
    assert note.read_bytes() == b"new\r\n\x00"
    assert names(note) == ["a.md"]


def test_a_system_that_cannot_exchange_replaces(note: Path) -> None:
    write_note(note.parent, "a.md", b"old", b"new", files=watched("x", print, exchanges=False))
    assert note.read_bytes() == b"new"
    assert names(note) == ["a.md"]


def test_a_note_in_a_folder_is_written(note: Path) -> None:
    deep = note.parent / "Ärger & Co" / "b.md"
    deep.parent.mkdir()
    deep.write_bytes(b"old")
    write_note(note.parent, "Ärger & Co/b.md", b"old", b"new")
    assert deep.read_bytes() == b"new"


@posix
def test_a_name_of_255_bytes_is_no_obstacle(note: Path) -> None:
    long = note.with_name("x" * 252 + ".md")
    note.rename(long)
    write_note(long.parent, long.name, b"old", b"new")
    assert long.read_bytes() == b"new"


@linux
def test_a_name_that_is_not_unicode_is_no_obstacle(note: Path) -> None:
    name = os.fsdecode(b"bad\xff.md")
    note.rename(note.with_name(name))
    write_note(note.parent, name, b"old", b"new")
    assert read_bytes_safely(note.parent, name) == b"new"


def test_equal_bytes_are_not_written(note: Path) -> None:
    before = note.stat()
    write_note(note.parent, "a.md", b"old", b"old")
    assert (note.stat().st_ino, note.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_note_emptied_or_filled_is_whole(note: Path) -> None:
    write_note(note.parent, "a.md", b"old", b"")
    assert note.read_bytes() == b""
    write_note(note.parent, "a.md", b"", b"x" * 3_000_000)
    assert note.read_bytes() == b"x" * 3_000_000


# --- what is kept -----------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o664, 0o666, 0o755])
def test_the_mode_is_kept(note: Path, mode: int) -> None:
    note.chmod(mode)
    write_note(note.parent, "a.md", b"old", b"new")
    assert stat.S_IMODE(note.stat().st_mode) == mode


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_the_owner_is_kept(note: Path) -> None:
    os.chown(note, 1234, 2345)
    write_note(note.parent, "a.md", b"old", b"new")
    assert (note.stat().st_uid, note.stat().st_gid) == (1234, 2345)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_an_owner_that_cannot_be_kept_is_a_refusal(note: Path) -> None:
    os.chown(note, 1234, 2345)
    assert reason(note, files=failing("fchown", errno.EPERM)) == (
        "its owner or its permissions could not be kept (permission denied)"
    )
    assert note.read_bytes() == b"old"


@linux
def test_extended_attributes_are_kept(note: Path) -> None:
    os.setxattr(note, "user.origin", b"phone")
    os.setxattr(note, "user.empty", b"")
    write_note(note.parent, "a.md", b"old", b"new")
    assert {name: os.getxattr(note, name) for name in os.listxattr(note) if name.startswith("user.")} == {
        "user.origin": b"phone",
        "user.empty": b"",
    }


@linux
@pytest.mark.parametrize("call", ["listxattr", "getxattr", "setxattr"])
def test_attributes_that_cannot_be_kept_are_a_refusal(note: Path, call: str) -> None:
    os.setxattr(note, "user.origin", b"phone")
    assert reason(note, files=failing(call, errno.EDQUOT)) == (
        "its extended attributes could not be kept (the disk quota is used up)"
    )
    assert note.read_bytes() == b"old"


def test_an_attribute_that_the_folder_gave_the_copy_is_taken_away(note: Path) -> None:
    given: dict[int, dict[str, bytes]] = {}

    class Inheriting(Watched):
        def __getattr__(self, name: str) -> Callable[..., Any]:
            if name == "open":
                return self._open
            if name == "listxattr":
                return lambda descriptor: list(given.get(descriptor, {}))
            if name == "getxattr":
                return lambda descriptor, key: given[descriptor][key]
            if name == "removexattr":
                return lambda descriptor, key: given[descriptor].pop(key)
            return super().__getattr__(name)

        def _open(self, path: Path, flags: int, mode: int) -> int:
            descriptor = OS_FILES.open(path, flags, mode)
            if path.name.startswith(".vl-") and flags & os.O_CREAT:
                given[descriptor] = {"system.posix_acl_access": b"everyone"}
            return descriptor

    files: Any = Inheriting("x", print)
    write_note(note.parent, "a.md", b"old", b"new", files=files)
    assert list(given.values()) == [{}]


@pytest.mark.parametrize(
    ("old", "text", "new"),
    [
        (b"\xef\xbb\xbfold", "n\u00e9w", b"\xef\xbb\xbfn\xc3\xa9w"),
        (b"old", "new\r\n", b"new\r\n"),
        (b"", "", b""),
        (b"\xef\xbb\xbf", "", b"\xef\xbb\xbf"),
    ],
)
def test_a_byte_order_mark_is_kept(old: bytes, text: str, new: bytes) -> None:
    assert encode_like(old, text) == new


# --- what is refused --------------------------------------------------------------------------


def test_a_note_that_changed_since_it_was_read_is_refused(note: Path) -> None:
    for exchanges in (True, False):
        swaps: list[int] = []
        files = watched("exchange", swaps.append, exchanges=exchanges)
        assert reason(note, b"older", files=files) == "it changed since it was read"
        assert swaps == []
        assert note.read_bytes() == b"old"


@posix
def test_a_symbolic_link_is_refused(note: Path) -> None:
    (note.parent / "link.md").symlink_to(note)
    assert reason(note, path="link.md") == "it is a symbolic link"
    assert (note.parent / "link.md").is_symlink()
    with pytest.raises(NotRead, match="it is a symbolic link"):
        read_bytes_safely(note.parent, "link.md")


@posix
def test_a_link_to_itself_is_refused(note: Path) -> None:
    (note.parent / "loop").symlink_to("loop")
    assert reason(note, path="loop/a.md") == "it is a symbolic link"


@posix
def test_a_folder_link_that_leaves_the_vault_is_refused(note: Path) -> None:
    outside = note.parent.parent / "outside"
    outside.mkdir()
    (outside / "b.md").write_bytes(b"old")
    (note.parent / "out").symlink_to(outside)
    assert reason(note, path="out/b.md") == "it is outside the vault"
    with pytest.raises(NotRead, match="it is outside the vault"):
        read_bytes_safely(note.parent, "out/b.md")


@posix
def test_a_folder_link_inside_the_vault_is_followed(note: Path) -> None:
    (note.parent / "here").symlink_to(note.parent)
    write_note(note.parent, "here/a.md", b"old", b"new")
    assert note.read_bytes() == b"new"


@posix
def test_a_vault_reached_by_a_link_is_a_vault(note: Path) -> None:
    link = note.parent.parent / "link"
    link.symlink_to(note.parent)
    write_note(link, "a.md", b"old", b"new")
    assert note.read_bytes() == b"new"


@pytest.mark.parametrize(
    "path", ["../a.md", "x/../a.md", "", "/etc/passwd", "./a.md", "a//b.md", "a\0.md", ".."]
)
def test_a_path_that_is_none_of_a_note_is_refused(note: Path, path: str) -> None:
    assert reason(note, path=path) == "its path is none of a note in the vault"
    with pytest.raises(NotRead, match="its path is none of a note in the vault"):
        read_bytes_safely(note.parent, path)


@posix
def test_a_hard_link_is_refused(note: Path) -> None:
    other = note.parent.parent / "other.md"
    other.hardlink_to(note)
    assert reason(note) == "it has 2 names (hard links), which a new file would part"
    assert other.read_bytes() == note.read_bytes() == b"old"


@pytest.mark.parametrize("mode", [0o444, 0o400, 0o466])
def test_a_read_only_note_is_refused(note: Path, mode: int) -> None:
    note.chmod(mode)
    assert reason(note) == "it is read-only"
    assert note.read_bytes() == b"old"


@posix
def test_a_pipe_is_refused_without_waiting_for_it(note: Path) -> None:
    os.mkfifo(note.parent / "pipe.md")
    opened: list[int] = []
    assert reason(note, path="pipe.md") == "it is not an ordinary file"
    with pytest.raises(NotRead):
        read_bytes_safely(note.parent, "pipe.md", files=watched("open", opened.append))
    assert opened == []
    with pytest.raises(NotRead, match="it is not an ordinary file"):
        read_bytes_safely(note.parent, "pipe.md")


@posix
def test_a_note_that_turns_into_a_pipe_is_refused_without_waiting_for_it(note: Path) -> None:
    def swap(number: int) -> None:
        if number == 1:
            note.unlink()
            os.mkfifo(note)

    with pytest.raises(NotRead, match="it is not an ordinary file"):
        read_bytes_safely(note.parent, "a.md", files=watched("open", swap))


def test_a_folder_is_refused(note: Path) -> None:
    (note.parent / "b.md").mkdir()
    assert reason(note, path="b.md") == "it is not an ordinary file"


def test_a_note_that_is_gone_is_refused(note: Path) -> None:
    assert reason(note, path="gone.md") == "there is no such file"
    assert reason(note, path="gone/a.md") == "there is no such file"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EDQUOT, "the disk quota is used up"),
        (errno.EROFS, "the disk is read-only"),
        (errno.EIO, "the disk reports an error"),
        (errno.EBUSY, "device or resource busy"),
    ],
)
def test_a_failure_is_told_in_words(note: Path, code: int, words: str) -> None:
    assert reason(note, files=failing("fsync", code)) == words
    assert note.read_bytes() == b"old"


# --- others at work ---------------------------------------------------------------------------


@linux
def test_what_somebody_saves_just_before_the_swap_is_given_back(note: Path) -> None:
    def save(number: int) -> None:
        if number == 1:
            note.write_bytes(b"edited")

    assert reason(note, files=watched("exchange", save)) == "it changed since it was read"
    assert note.read_bytes() == b"edited"


@linux
def test_what_somebody_saves_while_that_is_given_back_wins(note: Path) -> None:
    def save(number: int) -> None:
        if number < 3:
            note.write_bytes(b"edited %d" % number)

    assert reason(note, files=watched("exchange", save)) == "it changed since it was read"
    assert note.read_bytes() == b"edited 2"


@linux
def test_somebody_who_never_stops_saving_loses_nothing(note: Path) -> None:
    files = watched("exchange", lambda number: note.write_bytes(b"edited %d" % number))
    with pytest.raises(NotWritten, match="what somebody saved meanwhile is in “") as caught:
        write_note(note.parent, "a.md", b"old", b"new", files=files)
    (kept,) = set(names(note)) - {"a.md"}
    assert kept in caught.value.reason
    assert kept.endswith(".kept")
    assert {note.read_bytes(), (note.parent / kept).read_bytes()} == {b"edited 7", b"edited 8"}


@linux
def test_an_interrupt_behind_the_swap_removes_nothing_that_somebody_saved(note: Path) -> None:
    swapped: list[int] = []

    class Interrupted(Watched):
        def __getattr__(self, name: str) -> Callable[..., Any]:
            if swapped:
                swapped.clear()
                raise KeyboardInterrupt
            return super().__getattr__(name)

    def save(number: int) -> None:
        note.write_bytes(b"edited")
        swapped.append(number)

    files: Any = Interrupted("exchange", save)
    with pytest.raises(KeyboardInterrupt):
        write_note(note.parent, "a.md", b"old", b"new", files=files)
    assert {path.read_bytes() for path in note.parent.iterdir()} == {b"edited", b"new"}


@posix
@pytest.mark.parametrize("exchanges", [True, False])
def test_the_file_is_on_the_disk_before_the_swap_and_the_folder_before_the_old_one_goes(
    note: Path, exchanges: bool
) -> None:
    calls: list[str] = []

    class Listed(Watched):
        def __getattr__(self, name: str) -> Callable[..., Any]:
            calls.append(name)
            return super().__getattr__(name)

    files: Any = Listed("x", print, exchanges=exchanges)
    write_note(note.parent, "a.md", b"old", b"new", files=files)
    steps = [name for name in calls if name in ("write", "fsync", "exchange", "replace", "unlink")]
    swap = ["exchange"] if exchanges else ["exchange", "replace"]
    assert steps == ["write", "fsync", "replace", *swap, "fsync", "unlink", "unlink"]


@linux
def test_what_cannot_be_given_back_is_kept(note: Path) -> None:
    def save(number: int) -> None:
        if number == 1:
            note.write_bytes(b"edited")
        else:
            note.unlink()

    with pytest.raises(NotWritten, match="there is no such file; what somebody saved meanwhile is in “"):
        write_note(note.parent, "a.md", b"old", b"new", files=watched("exchange", save))
    (kept,) = names(note)
    assert (note.parent / kept).read_bytes() == b"edited"


def test_temporary_files_of_the_dead_are_removed_and_others_stay(note: Path) -> None:
    for name in (
        ".vl-999999999-0.tmp",
        ".vl-x.tmp",
        ".vl-1-0.tmp",
        ".vl-999999999-1.kept",
        ".tmp",
    ):
        (note.parent / name).write_bytes(b"")
    write_note(note.parent, "a.md", b"old", b"new")
    assert names(note) == [".tmp", ".vl-1-0.tmp", ".vl-999999999-1.kept", ".vl-x.tmp", "a.md"]


def test_a_temporary_name_that_is_taken_is_passed_over(note: Path) -> None:
    def take(number: int) -> None:
        if number == 1:
            raise FileExistsError(errno.EEXIST, "there")

    write_note(note.parent, "a.md", b"old", b"newer", files=watched("open", take))
    assert note.read_bytes() == b"newer"
    assert reason(note, files=failing("open", errno.EEXIST)) == "no temporary file could be made beside it"
