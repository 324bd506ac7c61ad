"""The texts of a document, wherever in it they stand."""

from collections.abc import Iterator
from typing import Any


def keyed(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a document with the key that it stands under; keys themselves are none."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from keyed(inner, str(name))
    elif isinstance(value, list):
        for inner in value:
            yield from keyed(inner, key)
    elif isinstance(value, str):
        yield key, value


def texts(value: Any) -> Iterator[str]:
    """Every text of a document."""
    return (text for _, text in keyed(value))
