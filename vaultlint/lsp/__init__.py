"""`vaultlint lsp`: a language server over standard input and output, for editors.

The same findings, fixes and suppressions as on the command line, of texts that are not saved yet too. It
writes nothing but its cache: what is to change, the editor changes.
"""

import argparse
import gc
import logging
import os
import sys

from vaultlint.errors import VaultlintError


def serve(options: argparse.Namespace) -> int:
    """Serve the editor on standard input and output; gives the exit status. Raises `VaultlintError`."""
    try:
        import lsprotocol  # noqa: F401 - to say it in our words
    except ImportError:
        raise VaultlintError(
            "the language server needs the extra “lsp”: pip install 'obsidian-vaultlint[lsp]'"
        ) from None
    from vaultlint.lsp.connection import Connection
    from vaultlint.lsp.server import Server

    gc.enable()
    _log_to(options)
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a rule prints must not get between the messages
    sys.stdout = sys.stderr
    connection = Connection(source, target)
    connection.start()
    status = Server(connection, options).run()
    # The thread that reads may wait for ever, and holds what Python would close.
    logging.shutdown()
    sys.stderr.flush()
    os._exit(status)


def _log_to(options: argparse.Namespace) -> None:
    log = logging.getLogger("vaultlint.lsp")
    try:
        handler = (
            logging.FileHandler(options.log, encoding="utf-8") if options.log else logging.StreamHandler()
        )
    except OSError as error:
        raise VaultlintError(f"cannot write “{options.log}”: {error.strerror or error}") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO if options.log else logging.WARNING)
    log.propagate = False
