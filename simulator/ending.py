"""Ctrl-C and SIGTERM: the end of a play."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

# How many blocks hold the end back now; whether it was asked for meanwhile is known to the Ending.
_holding: list[object] = []
_current: list["Ending"] = []


class Ended(BaseException):
    """Somebody asked for the end."""


class Ending:
    """Ctrl-C and SIGTERM end the play, once: a second one tears neither its cleaning up nor its last words.

    Within the block the first raises Ended.
    """

    def __init__(self) -> None:
        """Nothing is caught yet."""
        self._asked = False
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> "Ending":
        _current.append(self)
        self._before = {one: signal.signal(one, self._end) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        _current.remove(self)
        if not self._asked:
            for one, handler in self._before.items():
                signal.signal(one, handler)

    def _end(self, number: int, frame: object) -> None:
        if not self._asked:
            self._asked = True
            if not _holding:
                raise Ended

    @property
    def asked(self) -> bool:
        """Whether somebody asked for the end."""
        return self._asked


@contextmanager
def held() -> Iterator[None]:
    """Hold the end back for a moment: a program that is being started must be known before it can be ended."""
    before = [one.asked for one in _current]
    _holding.append(held)
    try:
        yield
    finally:
        _holding.pop()
    if not _holding and [one.asked for one in _current] != before:
        raise Ended
