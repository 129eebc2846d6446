"""How fast vaultlint is, and how much memory it takes: `python -m benchmarks --help`."""
