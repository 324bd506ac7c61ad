"""How far it is: a line on a terminal that comes when it takes long, and goes when it is done."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

# Nobody needs to be told of what is over sooner.
PATIENCE, OFTEN = 2.0, 0.2


@contextmanager
def progress(stream: TextIO) -> Iterator[Callable[[int, int], None]]:
    """Within it, what it yields shows `done` of `total` on the stream, where that is a terminal."""
    begun = shown = time.monotonic()
    written = False

    def show(done: int, total: int) -> None:
        nonlocal shown, written
        now = time.monotonic()
        if now - begun > PATIENCE and (not written or now - shown > OFTEN):
            stream.write(f"\r{done} of {total} queries")
            stream.flush()
            shown, written = now, True

    yield show if stream.isatty() else lambda done, total: None
    if written:
        stream.write("\r\x1b[K")
        stream.flush()
