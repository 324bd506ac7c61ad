"""Put compiled files where they belong: only what differs, one rename each, stale ones removed last.

An interrupted run leaves whole files of either build, and the next one finishes the job. A folder is never swapped,
because a bind mount follows files.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import frozen

BY_HAND = "exporters"
_PART = ".compiling"
_PASSING = "__pycache__"


@frozen
class Changes:
    """Paths under the folder, sorted: what is not there yet, differs, or is there and should not be."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    unchanged: int = 0

    def and_(self, other: "Changes") -> "Changes":
        """Both."""
        new, changed, stale = (
            tuple(sorted((*mine, *more)))
            for mine, more in ((self.new, other.new), (self.changed, other.changed), (self.stale, other.stale))
        )
        return Changes(new, changed, stale, self.unchanged + other.unchanged)

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


def by_hand(source: Path, folder: Path) -> Changes:
    """What `copy` would bring into `folder` of what is written by hand in `source`, and the compiled files name.

    A file in `folder` that is the newer one is its owner's, and stays; so does what only `folder` has.
    """
    ours = (path for path in (source / BY_HAND).rglob("*") if path.is_file() and _PASSING not in path.parts)
    pairs = {path.relative_to(source).as_posix(): path for path in ours} if source != folder else {}
    new = [path for path in pairs if not (folder / path).exists()]
    older = [path for path in pairs.keys() - set(new) if _older(folder / path, pairs[path])]
    return Changes(tuple(sorted(new)), tuple(sorted(older)), (), len(pairs) - len(new) - len(older))


def _older(there: Path, ours: Path) -> bool:
    return there.stat().st_mtime < ours.stat().st_mtime and there.read_bytes() != ours.read_bytes()


def copy(source: Path, folder: Path, changes: Changes) -> None:
    """Do what `by_hand` said; what is replaced stays beside it as `.NAME.before`, since it may have been edited."""
    for path in (*changes.new, *changes.changed):
        there = folder / path
        there.parent.mkdir(parents=True, exist_ok=True)
        if there.exists():
            shutil.copy2(there, there.with_name(f".{there.name}.before"))
        part = there.with_name(f".{there.name}{_PART}")
        shutil.copy2(source / path, part)
        part.replace(there)


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
