"""Every ConfigMap of Kubernetes can be made: of files that are there, under keys that it takes, of at most 1 MiB."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping

import yaml

from kit.check.build import Build
from kit.check.finding import Finding
from kit.check.parts import ruled
from kit.emit.k8s.kustomize import BESIDE_FILES, NAMED
from kit.model.words import nearest
from kit.write import BY_HAND

ID = "config-maps"
MOST = 1024 * 1024
_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for path, text in build.files.items():
        if posixpath.basename(path) in (BESIDE_FILES, NAMED):
            for one in (yaml.load(text, _Loader) or {}).get("configMapGenerator") or ():
                files = dict(_files(one.get("files") or (), posixpath.dirname(path)))
                for message in _problems(files, build.files):
                    yield Finding(ruled.file(path), ID, str(one.get("name")), message)


def _files(entries: Iterable[str], folder: str) -> Iterator[tuple[str, str]]:
    """Key → path under monitoring/."""
    for entry in entries:
        key, _, path = entry.rpartition("=")
        yield key or posixpath.basename(path), posixpath.normpath(posixpath.join(folder, path))


def _problems(files: Mapping[str, str], known: Mapping[str, str]) -> Iterator[str]:
    size = 0
    for key, path in files.items():
        if not _KEY.fullmatch(key):
            yield f"its key '{key}' is one that Kubernetes refuses; use letters, digits, '-', '_' and '.'"
        if path in known:
            size += len(key) + len(known[path].encode())
        elif not path.startswith(f"{BY_HAND}/"):
            yield f"it is made of {path}, and there is no such file{nearest(path, known)}; compile it"
    if size > MOST:
        largest = max(files.values(), key=lambda path: len(known.get(path, "")))
        yield (
            f"it holds {size / 1024:,.0f} KiB, and Kubernetes takes {MOST // 1024:,} at most; "
            f"its largest file is {largest}, so make that smaller, or split it"
        )
