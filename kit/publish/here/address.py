"""The address of a Grafana, and the login that may stand in it."""

import re

from kit.live.web import taken_apart

_ODD = re.compile(r"[\s\x00-\x1f\x7f]")


def address(text: str) -> tuple[str, tuple[str, str] | None]:
    """The address without a login and without a slash at its end, and user and password where they stood in it.

    Raises ValueError with a sentence that does not repeat the text, for it may hold a password.
    """
    found = taken_apart(text)
    if found is None or _ODD.search(text):
        raise ValueError("it is no http(s) address; write one like https://grafana.example.org")
    if "?" in text or "#" in text:
        raise ValueError("an address ends before '?' and '#' (in a password they are written %3F and %23)")
    return found
