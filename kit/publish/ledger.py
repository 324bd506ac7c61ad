"""What was published last of what Grafana keeps no annotation for: an annotation of the alerts' folder.

Rule groups, contact points and the rest of alerting have nowhere to note their base, so the folder notes it for them,
as JSON: `{"rules:dataflux-alerts/hosts": {"of": ["<sha256>"], "by": "<commit>"}, …}`. Before a write the new digest is
noted beside the old one, after it the new one alone: a run that is cut off in between leaves both, and what is there
is then one of them. Where folders have no annotations, a file of .history/ keeps it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from attrs import evolve, field, frozen

from kit.publish import resource
from kit.publish.http.errors import Conflict, GrafanaError, Unsure
from kit.publish.kinds import folders
from kit.publish.model import Found, Marks
from kit.publish.server import Server

INTENDED = frozenset({"rules", "contact point", "template", "mute timing", "policies", "inhibition"})
# These two are there before anybody publishes them, so that they have no base until they are read back.
NOTED = INTENDED | {"permissions", "home"}
# The entry that says which commit was published last.
LAST = "last"


@frozen
class Entry:
    """The digests of which one is there unless somebody edited it, the commit; of a contact point the settings that
    are not set, and those that are taken from a variable, with its name. `set`: the folder that notes it; `other` is
    what another folder notes of the same object: nobody knows which of them is the newer."""

    digests: tuple[str, ...]
    commit: str = ""
    unset: tuple[str, ...] = ()
    named: Mapping[str, str] = field(factory=dict)
    set: str = ""
    other: "Entry | None" = None

    @property
    def each(self) -> "tuple[Entry, ...]":
        """What each folder notes of it."""
        return (self, *(self.other.each if self.other else ()))


Entries = Mapping[str, Entry]


def key_of(kind: str, key: str) -> str:
    """An entry's name."""
    return f"{kind}:{key}"


def entries(text: str) -> dict[str, Entry]:
    """The entries of an annotation; none where it cannot be read."""
    try:
        told = orjson.loads(text) if text else {}
        return {key: _entry(one) for key, one in told.items()}
    except (AttributeError, KeyError, TypeError, ValueError):
        return {}


def _entry(told: Mapping[str, Any]) -> Entry:
    return Entry(tuple(told["of"]), told.get("by", ""), tuple(told.get("unset", ())), dict(told.get("from", {})))


def text(many: Entries) -> str:
    """The annotation's text."""
    told = {key: _told(entry) for key, entry in many.items()}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()


def _of(folder: str, told: str) -> dict[str, Entry]:
    return {key: evolve(entry, set=folder) for key, entry in entries(told).items()}


def _told(entry: Entry) -> dict[str, Any]:
    more = {"unset": list(entry.unset), "from": dict(entry.named)}
    return {"of": list(entry.digests), "by": entry.commit, **{key: value for key, value in more.items() if value}}


def _joined(entry: Entry, other: Entry | None) -> Entry:
    """What either of two folders says was published."""
    both = dict.fromkeys((*entry.digests, *other.digests)) if other else entry.digests
    return evolve(entry, digests=tuple(both), other=other)


def merged(there: Mapping[str, Entry | None], changes: Mapping[str, Entry | None]) -> dict[str, Entry]:
    """The entries after the changes; None takes one out."""
    made = {**there, **changes}
    return {key: entry for key, entry in made.items() if entry is not None}


@frozen
class FolderLedger:
    """Kept in the annotation of a folder; `known` is what was read, and goes along where another folder kept it."""

    server: Server
    folder: str
    known: Entries = field(factory=dict)

    def read(self, there: Mapping[str, Found]) -> dict[str, Entry]:
        """The entries, from every folder of ours that was read: another one kept them where the build had others."""
        told = {uid: _of(uid, found.marks.annotations.get(resource.PUBLISHED, "")) for uid, found in there.items()}
        own = told.pop(self.folder, {})
        made: dict[str, Entry] = {}
        for many in (*told.values(), own):
            made |= {key: _joined(entry, made.get(key)) for key, entry in many.items()}
        return made

    def note(self, changes: Mapping[str, Entry | None]) -> None:
        """Note the changes. Raises Conflict where others write it again and again, and what the client raises."""
        those = folders.collection(self.server)
        for attempt in range(4):
            one = those.get(self.folder)
            if one is None:
                raise GrafanaError(f"the folder {self.folder}, which keeps what was published, is not there")
            marks = resource.marks(one)
            made = merged({**self.known, **entries(marks.annotations.get(resource.PUBLISHED, ""))}, changes)
            noted = Marks(marks.labels, {**marks.annotations, resource.PUBLISHED: text(made)})
            try:
                those.update(self.folder, noted, one["spec"], one["metadata"]["resourceVersion"])
            except (Conflict, Unsure):  # read again, then decide
                if attempt == 3:
                    raise
            else:
                return


@frozen
class FileLedger:
    """Kept in a file, where folders of that Grafana have no annotations."""

    file: Path
    folder: str = ""
    known: Entries = field(factory=dict)

    def read(self, there: Mapping[str, Found]) -> dict[str, Entry]:
        """The entries of the file; none where there is no file. Raises GrafanaError where it cannot be read."""
        try:
            told = self.file.read_text() if self.file.exists() else ""
            orjson.loads(told or "{}")
        except (OSError, ValueError) as error:
            raise GrafanaError(f"{self.file}, which keeps what was published, cannot be read ({error})") from None
        return _of(self.folder, told)

    def note(self, changes: Mapping[str, Entry | None]) -> None:
        """Note the changes, all of them or none. Raises GrafanaError where the file cannot be written."""
        draft = self.file.with_suffix(".new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text(merged(self.read({}), changes)))
            draft.replace(self.file)
        except OSError as error:
            why = f"{error.strerror}"
            raise GrafanaError(f"{self.file}, which keeps what was published, cannot be written ({why})") from None


Ledger = FolderLedger | FileLedger
