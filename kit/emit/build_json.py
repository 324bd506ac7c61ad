"""BUILD.json: the hash of every compiled file, and one of all sources, so that a stale build can be told."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from kit.emit.text import json_text
from kit.settings import Settings

# What decides the bytes; laws, schemas and the command line only judge them.
SOURCES = ("signals", "dashboards", "alerts", "kit/model", "kit/draw", "kit/emit")
FILES = ("constraints.txt", "settings.py", "kit/compile.py", "kit/load.py", "kit/settings.py")


def digest(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def sources(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that decides what is compiled, by path."""
    paths = [root / name for name in FILES]
    for folder in SOURCES:
        paths += (root / folder).rglob("*.py")
    for path in sorted(path for path in paths if path.is_file()):
        yield path.relative_to(root).as_posix(), path.read_bytes()


def source_hash(root: Path, settings: Settings) -> str:
    """One hash of all sources and of the settings that were used."""
    whole = sha256(repr(settings).encode())
    for name, data in sources(root):
        whole.update(f"\0{name}\0{digest(data)}".encode())
    return whole.hexdigest()


def text(files: Mapping[str, str], root: Path, settings: Settings) -> str:
    """The file's text."""
    hashes = {path: digest(text.encode()) for path, text in files.items()}
    return json_text({"files": hashes, "sources": source_hash(root, settings)})
