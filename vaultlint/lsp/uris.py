"""Files as the protocol names them, and back. What is no file of this machine has no path."""

import os
from urllib.parse import quote_from_bytes, unquote_to_bytes, urlsplit

_PLAIN = "/!$&'()*+,;=:@~"


def path_of(uri: str) -> str | None:
    """The absolute path that a `file:` address means, without `..` in it; None for all other addresses."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme.lower() != "file" or parts.netloc.lower() not in ("", "localhost"):
        return None
    # What looks like a query or a fragment belongs to the name.
    rest = uri.partition(":")[2].removeprefix("//")
    rest = rest[len(parts.netloc) :]
    try:
        data = unquote_to_bytes(rest)
    except UnicodeError:  # half a pair, which no path can hold
        return None
    if b"\0" in data or not data.startswith(b"/"):
        return None
    path = os.fsdecode(data)
    if os.name == "nt":
        path = path[1:].replace("/", os.sep)
    return os.path.normpath(path)


def uri_of(path: str) -> str:
    """The address of the file at an absolute path."""
    data = os.fsencode(path.replace(os.sep, "/"))
    if not data.startswith(b"/"):
        data = b"/" + data
    return f"file://{quote_from_bytes(data, safe=_PLAIN)}"
