"""A collection of Grafana's resource API: objects with metadata and spec, listed in pages, written under a lock.

https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/apis/
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from attrs import frozen

from kit.publish.client import Grafana
from kit.publish.http.errors import NotFound
from kit.publish.model import Marks

SET = "dataflux.io/set"
PUBLISHED_TO = "dataflux.io/folder"
# On a folder: what was published last of what has no annotations of its own.
PUBLISHED = "dataflux.io/published"
FOLDER = "grafana.app/folder"
CHECKSUM = "grafana.app/sourceChecksum"
SOURCE = "grafana.app/sourcePath"
MESSAGE = "grafana.app/message"
# The commit once more, for Grafana's UI takes the message away, or puts a person's note there, whenever it saves.
COMMIT = "dataflux.io/commit"
MANAGER = "grafana.app/managedBy"
MANAGER_ID = "grafana.app/managerId"
LOCK = {MANAGER: "kubectl", MANAGER_ID: "dataflux"}

# What Grafana sets itself on every write, so that it is neither sent nor compared.
_GRAFANAS = ("grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp", "grafana.app/saved",
             "grafana.app/deprecatedInternalID", "grafana.app/grant-permissions")  # fmt: skip
_OURS = frozenset({CHECKSUM, MESSAGE, FOLDER, PUBLISHED_TO, MANAGER, MANAGER_ID, SOURCE, COMMIT})
_PAGE = "250"


@frozen
class Collection:
    """`base` is its path, `version` group and version, `kind` the kind of its objects."""

    client: Grafana
    base: str
    version: str
    kind: str

    def listed(self, selector: str = "") -> Iterator[Mapping[str, Any]]:
        """Every object that carries the labels, page by page."""
        asked = {"limit": _PAGE, **({"labelSelector": selector} if selector else {})}
        while True:
            page = self.client.get(self.base, asked).body
            yield from page.get("items") or ()
            token = page.get("metadata", {}).get("continue")
            if not token:
                return
            asked = {**asked, "continue": token}

    def get(self, name: str) -> Mapping[str, Any] | None:
        """One object, None where there is none."""
        try:
            found: Mapping[str, Any] = self.client.get(self._one(name)).body
        except NotFound:
            return None
        return found

    def create(self, name: str, marks: Marks, spec: Any) -> None:
        """Create it. Raises Conflict where it is there already."""
        self.client.send("POST", self.base, self._body(name, marks, spec))

    def update(self, name: str, marks: Marks, spec: Any, version: str) -> None:
        """Replace it. Raises Conflict where it is no longer the one of that version."""
        self.client.send("PUT", self._one(name), self._body(name, marks, spec, version))

    def delete(self, name: str, version: str) -> None:
        """Delete it. Raises Conflict where it is no longer the one of that version."""
        asked = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"resourceVersion": version}}
        self.client.send("DELETE", self._one(name), asked if version else None)

    def _one(self, name: str) -> str:
        return f"{self.base}/{quote(name, safe='')}"

    def _body(self, name: str, marks: Marks, spec: Any, version: str = "") -> dict[str, Any]:
        metadata: dict[str, Any] = {"name": name, "labels": dict(marks.labels), "annotations": dict(marks.annotations)}
        if version:
            metadata["resourceVersion"] = version
        return {"apiVersion": self.version, "kind": self.kind, "metadata": metadata, "spec": spec}


def marks(found: Mapping[str, Any]) -> Marks:
    """The labels and annotations of an object that are not Grafana's own."""
    metadata = found["metadata"]
    return Marks(_others(metadata.get("labels")), _others(metadata.get("annotations")))


def _others(named: Mapping[str, str] | None) -> dict[str, str]:
    return {key: value for key, value in (named or {}).items() if key not in _GRAFANAS}


def replaced(there: Marks, ours: Marks) -> Marks:
    """The marks with ours in place of what was ours before; other people's stay."""
    labels = {key: value for key, value in there.labels.items() if key != SET}
    notes = {key: value for key, value in there.annotations.items() if key not in _OURS}
    return Marks({**labels, **ours.labels}, {**notes, **ours.annotations})


def unnoted(marks: Marks) -> Marks:
    """The marks of a folder without what is noted there of other objects."""
    return Marks(marks.labels, {key: text for key, text in marks.annotations.items() if key != PUBLISHED})


def manager(found: Marks) -> str:
    """Who else manages it, 'repo:platform' for one; empty where nobody or only our own lock does."""
    by = found.annotations.get(MANAGER, "")
    if not by or all(found.annotations.get(key) == value for key, value in LOCK.items()):
        return ""
    return f"{by}:{found.annotations.get(MANAGER_ID, '')}".rstrip(":")


def checksums(found: Marks) -> tuple[str, ...]:
    """The digest that was published last, by its annotation; empty where there is none."""
    told = found.annotations.get(CHECKSUM, "").removeprefix("sha256:")
    return (told,) if told else ()


def home(found: Marks) -> str | None:
    """The folder that it was published to, "" for the top; None where it was not published."""
    return found.annotations.get(PUBLISHED_TO, "" if CHECKSUM in found.annotations else None)


def changed(found: Mapping[str, Any]) -> str:
    """'v14, changed 2026-11-20 16:02', from the metadata."""
    metadata = found["metadata"]
    at = (metadata.get("annotations") or {}).get("grafana.app/updatedTimestamp") or metadata.get("creationTimestamp")
    told = f"v{metadata['generation']}" if metadata.get("generation") else ""
    when = f"changed {str(at)[:16].replace('T', ' ')}" if at else ""
    return ", ".join(part for part in (told, when) if part)
