"""What all tests share: none reads or writes the cache or the journals of the person who runs it."""

import os
import signal
from collections.abc import Iterator

import pytest

collect_ignore = ["pack"]  # a rule pack of its own, which `test_pack.py` installs


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CACHE", "STATE"):
            patch.setenv(f"VAULTLINT_{name}_DIR", os.fspath(tmp_path_factory.mktemp(name.lower())))
        yield


@pytest.fixture
def listening() -> Iterator[None]:
    """Ctrl-C and SIGTERM as a command in the foreground has them; in the background, Ctrl-C is ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    for number, was in before.items():
        signal.signal(number, was)
