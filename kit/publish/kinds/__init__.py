"""The kinds of objects that are published, one module each, behind one small interface."""

from collections.abc import Collection, Sequence
from typing import Protocol

from kit.publish.model import Found, Item
from kit.publish.server import Server


class Kind(Protocol):
    """What the rest asks of a kind. Any method raises what the client raises.

    `at_once` is how many are written side by side; `lock` whether Grafana itself refuses a write that is based on an
    older state (where it does not, the object is read again just before it is written).
    """

    name: str
    at_once: int
    lock: bool

    def read(self, server: Server, items: Sequence[Item], only: Collection[str] | None = None) -> dict[str, Found]:
        """What is there by key: all that is ours, and each item's key; with `only`, these keys and nothing else."""

    def write(self, server: Server, item: Item, found: Found | None) -> None:
        """Create it, or replace what was found."""

    def delete(self, server: Server, found: Found) -> None:
        """Delete what was found."""
