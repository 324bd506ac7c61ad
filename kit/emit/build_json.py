"""BUILD.json: the hashes of every compiled file, of the settings and of all sources, so that a stale build is told."""

from collections.abc import Mapping
from pathlib import Path

from kit.emit.hashes import digest, source_hash
from kit.emit.text import json_text


def text(files: Mapping[str, str], root: Path, settings: Path) -> str:
    """The file's text; `settings` is the file that they were read from."""
    hashes = {path: digest(text.encode()) for path, text in files.items()}
    return json_text({"files": hashes, "settings": _settings(root, settings), "sources": source_hash(root)})


def _settings(root: Path, path: Path) -> Mapping[str, str]:
    """Where the settings are, and their hash. Of a file outside of `root` only the name is told, after `…/`: the
    bytes must not depend on the machine, and a settings.py elsewhere is not the one that lies here."""
    whole, top = path.resolve(), root.resolve()
    name = whole.relative_to(top).as_posix() if whole.is_relative_to(top) else f"…/{whole.name}"
    return {"path": name, "sha256": digest(whole.read_bytes())}
