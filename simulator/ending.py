"""Ctrl-C and SIGTERM: the end of a play."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


class Ended(BaseException):
    """Somebody asked for the end."""


class _State:
    """Of this process: whether the end is held back now, was asked for, and was raised."""

    held = asked = raised = False


_state = _State()


class Ending:
    """Ctrl-C and SIGTERM end the play, once: a second one tears neither its cleaning up nor its last words.

    Within the block the first raises Ended.
    """

    def __enter__(self) -> None:
        """Catch the signals."""
        self._before = {one: signal.signal(one, _end) for one in (signal.SIGINT, signal.SIGTERM)}

    def __exit__(self, *_: object) -> None:
        """Leave them caught once the end was asked for: the process has only its last words to say."""
        if not _state.asked:
            for one, handler in self._before.items():
                signal.signal(one, handler)


def _end(number: int, frame: object) -> None:
    _state.asked = True
    _raise()


def _raise() -> None:
    if _state.asked and not _state.held and not _state.raised:
        _state.raised = True
        raise Ended


@contextmanager
def held() -> Iterator[None]:
    """Hold the end back for a moment: a program that is being started must be known before it can be ended."""
    _state.held = True
    try:
        yield
    finally:
        _state.held = False
    _raise()
