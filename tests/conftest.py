"""No test reads or writes the cache of the person who runs it."""

import os
from collections.abc import Iterator

import pytest

collect_ignore = ["pack"]  # a rule pack of its own, which `test_pack.py` installs


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    before = os.environ.get("VAULTLINT_CACHE_DIR")
    os.environ["VAULTLINT_CACHE_DIR"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["VAULTLINT_CACHE_DIR"]
    else:
        os.environ["VAULTLINT_CACHE_DIR"] = before
