"""Vaults in git repositories, for tests."""

import os
import subprocess
from pathlib import Path


def git(root: Path, *arguments: str) -> str:
    """Run git as somebody who trusts the repository."""
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "commit.gpgsign=false")
    ran = subprocess.run(
        ["git", *identity, *arguments],
        cwd=root,
        env={name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


def commit(root: Path, message: str = "x") -> str:
    """Commit everything that lies in a folder; gives the name of the commit."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD")


def write(root: Path, path: str, text: str) -> None:
    """Write a file of a vault, and the folders that it lies in."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text, encoding="utf-8", newline="")
