"""Whether the build is present, whole and fresh: by hashes alone, importing no definition and no settings."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson
from attrs import field, frozen

from kit.emit.hashes import DEFINED, digest, source_hash
from kit.publish.exits import USAGE, Refused
from kit.write import compare

AGAIN = "run make dashboards"


@frozen
class Fresh:
    """`files`: path under the build's folder → bytes, BUILD.json aside. `build`: the hash of BUILD.json, in hex."""

    files: Mapping[str, bytes] = field(repr=False)
    build: str
    notes: tuple[str, ...] = ()


def verified(root: Path, out: Path) -> Fresh:
    """The build in `out`, as it was compiled from what is in `root`. Raises Refused, where it is not."""
    folder = short(out, root)
    written = _read(out / "BUILD.json", f"nothing is compiled in {folder}/; {AGAIN}")
    told = _parsed(written, folder)
    files = {path: _file(out, path, hash, folder) for path, hash in told["files"].items()}
    # What writing an empty build would remove is every file that is there.
    for path in compare(out, {}).stale:
        if path not in files and path != "BUILD.json":
            raise Refused(USAGE, f"{folder}/{path} is not part of the build; {AGAIN}, which removes it")
    notes = (*_sources(root, told["sources"], folder), *_settings(root, told["settings"], folder))
    return Fresh(files, digest(written), notes)


def short(path: Path, root: Path) -> str:
    """The path as people name it: from the root, where it lies below."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _read(path: Path, missing: str) -> bytes:
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(USAGE, missing) from None
    except OSError as error:
        raise Refused(USAGE, f"{path}: cannot be read ({error.strerror}); {AGAIN}") from None


def _parsed(text: bytes, folder: str) -> Mapping[str, Any]:
    """BUILD.json, of the form that kit.emit.build_json writes."""
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict) or not _is_told(told):
        raise Refused(USAGE, f"{folder}/BUILD.json is not what compiling writes today; {AGAIN}")
    return told


def _is_told(told: Mapping[str, Any]) -> bool:
    files, settings = told.get("files"), told.get("settings")
    return (
        isinstance(told.get("sources"), str)
        and isinstance(settings, dict)
        and all(isinstance(settings.get(key), str) for key in ("path", "sha256"))
        and isinstance(files, dict)
        and all(isinstance(hash, str) and _is_below(path) for path, hash in files.items())
    )


def _is_below(path: str) -> bool:
    """Whether it is a path that stays in its folder."""
    whole = Path(path)
    return not whole.is_absolute() and ".." not in whole.parts and "\0" not in path


def _file(out: Path, path: str, hash: str, folder: str) -> bytes:
    data = _read(out / path, f"{folder}/{path} is missing; {AGAIN}")
    if digest(data) != hash:
        by_hand = "was changed after it was compiled; change what it is compiled from"
        raise Refused(USAGE, f"{folder}/{path} {by_hand}, then {AGAIN}")
    return data


def _sources(root: Path, hash: str, folder: str) -> Iterator[str]:
    """A note where there are none to compare with. Raises Refused."""
    if not any((root / name).is_dir() for name in DEFINED):
        yield f"the sources are not here: only the files of {folder}/ were checked, not whether they are fresh"
    elif source_hash(root) != hash:
        raise Refused(USAGE, f"{folder}/ is stale: the sources changed since it was compiled; {AGAIN}")


def _settings(root: Path, told: Mapping[str, str], folder: str) -> Iterator[str]:
    """A note where the file is not here. Raises Refused."""
    path = told["path"]
    if not _is_below(path) or not (root / path).is_file():
        yield f"the settings {path} are not here: whether they changed since {folder}/ was compiled is not known"
    elif digest((root / path).read_bytes()) != told["sha256"]:
        again = AGAIN if path == "settings.py" else f"compile with --settings {path} again"
        raise Refused(USAGE, f"{folder}/ is stale: {path} changed since it was compiled; {again}")
