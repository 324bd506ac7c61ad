"""Files that met their schema once are not checked again: their hashes are kept in .cache/."""

from collections.abc import Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path

from kit import write


class Cache:
    """What is known of `files` (path → text) for a Grafana version; void when schemas or their reader change."""

    def __init__(self, root: Path, version: str, files: Mapping[str, str]) -> None:
        self._path = root / ".cache" / "schema"
        self._salt = "\0".join([version, *_stamps(root)])
        self._hashes = {path: self._hash(path, text) for path, text in files.items()}
        self._known: frozenset[str] = frozenset()
        with suppress(OSError, UnicodeDecodeError):
            self._known = frozenset(self._path.read_text().split())

    def _hash(self, path: str, text: str) -> str:
        return blake2b(f"{self._salt}\0{path}\0{text}".encode(), digest_size=16).hexdigest()

    def knows(self, path: str) -> bool:
        """Whether exactly this file met its schema before."""
        return self._hashes[path] in self._known

    def remember(self) -> None:
        """All files met their schemas. A cache that cannot be written is no failure."""
        if not self._known >= set(self._hashes.values()):
            with suppress(OSError):
                write.replace(self._path, "\n".join(sorted(self._hashes.values())) + "\n")


def _stamps(root: Path) -> list[str]:
    """Size and time of whatever decides the outcome; hashing the schemas would cost what the cache saves."""
    places = [*(root / "schemas").rglob("*.json"), *(root / "kit" / "check").glob("*.py")]
    return [
        f"{p.name}{p.stat().st_size}{p.stat().st_mtime_ns}" for p in sorted(places) if "node_modules" not in p.parts
    ]
