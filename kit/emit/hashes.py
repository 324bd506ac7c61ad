"""Hashes of what is compiled and of what it is compiled from. Imports nothing heavy: publishing asks it each time."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

# What decides the bytes, beside the settings; laws, schemas and the command line only judge them.
DEFINED = ("signals", "dashboards", "alerts")
SOURCES = (*DEFINED, "kit/model", "kit/draw", "kit/emit", "kit/sizing")
FILES = ("constraints.txt", "kit/compile.py", "kit/load.py", "kit/settings.py")


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def sources(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that decides what is compiled, by path; the settings aside."""
    paths = [root / name for name in FILES]
    for folder in SOURCES:
        paths += (root / folder).rglob("*.py")
    for path in sorted(path for path in paths if path.is_file()):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def source_hash(root: Path) -> str:
    """One hash of all sources: of their names and of what they hold."""
    whole = sha256()
    for name, data in sources(root):
        whole.update(f"\0{name}\0{digest(data)}".encode())
    return whole.hexdigest()
