"""What can go wrong with a source, said in one sentence without a secret in it."""

import re
from collections.abc import Collection

_LONGEST = 300
# Shorter secrets would also be found in ordinary words, so such a message is not said at all.
_SHORTEST = 4
_CREDENTIALS = re.compile(r"(\w+://)[^\s/@]*@")
_PASSWORD = re.compile(r"(?i)\b(pass(?:word|wd)?|secret(?:_?key)?|token)(\s*[=:]\s*)('[^']*'|\"[^\"]*\"|[^\s,;&]+)")


class Fails(Exception):
    """One part of a source cannot be read (its own query, queue, bucket); one sentence."""


class Broken(Fails):
    """The source as a whole is out of reach, so its other parts need not be tried; one sentence."""


class TimedOut(Broken):
    """The run's time is up."""


def scrubbed(text: str, secrets: Collection[str]) -> str:
    """The text on one line, without the secrets and without anything that looks like credentials."""
    if any(secret in text for secret in secrets if 0 < len(secret) < _SHORTEST):
        return "(not shown: it may contain a secret)"
    for secret in sorted(secrets, key=len, reverse=True):
        if secret:
            text = text.replace(secret, "***")
    text = _PASSWORD.sub(r"\1\2***", _CREDENTIALS.sub(r"\1***@", text))
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def sentence(error: BaseException, secrets: Collection[str]) -> str:
    """What an error means, in one line. Of errors that are not ours: their class, and their scrubbed message."""
    said = scrubbed(str(error), secrets)
    if isinstance(error, Fails):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
