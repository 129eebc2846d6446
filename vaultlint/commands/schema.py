"""`vaultlint schema`."""

from vaultlint.config_schema import config_schema
from vaultlint.registry import load_rules


def schema() -> str:
    """The JSON Schema of the configuration, with the rules that are installed."""
    return config_schema(load_rules())
