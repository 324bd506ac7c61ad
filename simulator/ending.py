"""Ctrl-C and SIGTERM: the end of a play."""

import signal
from typing import Any


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
        self._before = {one: signal.signal(one, self._end) for one in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        if not self._asked:
            for one, handler in self._before.items():
                signal.signal(one, handler)

    def _end(self, number: int, frame: object) -> None:
        if not self._asked:
            self._asked = True
            raise Ended
