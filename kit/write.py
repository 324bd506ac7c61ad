"""Put compiled files where they belong: only what differs, one rename each, stale ones removed last.

An interrupted run leaves whole files of either build, and the next one finishes the job. A folder is never swapped,
because a bind mount follows files.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import frozen

BY_HAND = "exporters"
_PART = ".compiling"


@frozen
class Changes:
    """Paths under the folder, sorted: what is not there yet, differs, or is there and should not be."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def any(self) -> bool:
        """Whether there is any."""
        return bool(self.new or self.changed or self.stale)


def foreign(folder: Path, root: Path) -> bool:
    """Whether the folder holds what no compile put there, so that rewriting it would lose something.

    The build of `root` is always ours; another folder is, when it is empty or new, or was compiled before.
    """
    if folder == root / "monitoring" or not folder.is_dir():
        return False
    source = any((folder / name).exists() for name in ("build.py", ".git"))
    return source or (any(folder.iterdir()) and not (folder / "BUILD.json").is_file())


def compare(folder: Path, files: Mapping[str, str]) -> Changes:
    """What writing `files` would do to `folder`."""
    there = {path.relative_to(folder).as_posix(): path for path in _present(folder)}
    new = sorted(files.keys() - there.keys())
    same = [path for path in files.keys() & there.keys() if there[path].read_bytes() == files[path].encode()]
    changed = sorted(files.keys() & there.keys() - set(same))
    return Changes(tuple(new), tuple(changed), tuple(sorted(there.keys() - files.keys())), len(same))


def _present(folder: Path) -> Iterator[Path]:
    """Every file of the compiled tree; `exporters/` is written by hand."""
    for root, folders, names in os.walk(folder):
        if Path(root) == folder and BY_HAND in folders:
            folders.remove(BY_HAND)
        yield from (Path(root) / name for name in names)


def write(folder: Path, files: Mapping[str, str], changes: Changes) -> None:
    """Do what `changes` say. Raises OSError, which names the file that could not be written."""
    for path in (*changes.new, *changes.changed):
        replace(folder / path, files[path])
    for path in changes.stale:
        (folder / path).unlink(missing_ok=True)
    _prune(folder)


def replace(path: Path, text: str) -> None:
    """Write beside the file, then rename: a reader sees the old text or the new one, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}{_PART}")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _prune(folder: Path) -> None:
    """Remove the folders that nothing is left in."""
    for root, _, _ in os.walk(folder, topdown=False):
        if Path(root) != folder and BY_HAND not in Path(root).relative_to(folder).parts[:1]:
            with suppress(OSError):
                Path(root).rmdir()
