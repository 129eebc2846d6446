"""No test reads or writes the cache or the journals of the person who runs it."""

import os
from collections.abc import Iterator

import pytest

collect_ignore = ["pack"]  # a rule pack of its own, which `test_pack.py` installs


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CACHE", "STATE"):
            patch.setenv(f"VAULTLINT_{name}_DIR", os.fspath(tmp_path_factory.mktemp(name.lower())))
        yield
