"""Directories: what the files below them take, or what their filesystem says."""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dataflux_exporter.errors import Fails
from dataflux_exporter.run import Read, Run
from dataflux_exporter.samples import Sample, stored
from dataflux_exporter.units import size


class Paths:
    """The entries under `paths`; a part is named by service and store."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._entries: dict[str, Mapping[str, Any]] = {
            f"{one['service']}/{one['store']}": one for one in options["paths"]
        }
        self.parts = tuple(self._entries)

    @contextmanager
    def open(self, run: Run) -> Iterator[Read]:
        """Nothing is to be connected to."""
        yield lambda part: _read(self._entries[part], run)


def _read(entry: Mapping[str, Any], run: Run) -> tuple[Sample, ...]:
    path, capacity = entry["path"], entry.get("capacity", "filesystem")
    try:
        told = os.statvfs(path)
        # As df counts: what ordinary users can have is what is used and what is still free to them.
        free = told.f_bavail * told.f_frsize
        if entry.get("used", "files") == "filesystem":
            used = (told.f_blocks - told.f_bfree) * told.f_frsize
        else:
            used = used_below(path, run)
    except OSError as error:
        raise Fails(f"{error.filename or path} cannot be read: {error.strerror}") from None
    can_hold = (
        {"filesystem": used + free, "none": None}[capacity] if capacity in ("filesystem", "none") else size(capacity)
    )
    return stored(entry["service"], entry["store"], used, can_hold)


def used_below(root: str, run: Run) -> int:
    """The sizes of all files below a directory, hard links once, no symbolic links. Raises OSError, TimedOut."""
    total = 0
    linked: set[tuple[int, int]] = set()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            entries = os.scandir(folder)
        except FileNotFoundError:
            # What vanishes while we look is nobody's fault, except where we begin.
            if folder == root:
                raise
            continue
        with entries:
            for entry in entries:
                run.left()
                try:
                    told = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if stat.S_ISDIR(told.st_mode):
                    folders.append(entry.path)
                elif told.st_nlink < 2 or (told.st_dev, told.st_ino) not in linked:
                    linked.add((told.st_dev, told.st_ino))
                    total += told.st_size
    return total
