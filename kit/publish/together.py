"""Requests side by side."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_A = TypeVar("_A")
_B = TypeVar("_B")
READS = 8


def together(call: Callable[[_A], _B], many: Iterable[_A], at_once: int = READS) -> list[_B]:
    """The results, in the order of `many`. The first exception is raised once the others have ended."""
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(call, one) for one in many]
    return [future.result() for future in futures]
