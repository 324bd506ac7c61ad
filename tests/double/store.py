"""What the double holds: plain values that tests may look at and change.

Handlers replace values and never change one in place, so that a shallow copy of the state is a snapshot of it.
"""

import copy
import itertools
import threading
import time
import uuid
from datetime import UTC, datetime

import orjson
from attrs import define, evolve, field, fields

FOLDER = "grafana.app/folder"
MANAGER = "grafana.app/managedBy"
NUMBER = "grafana.app/deprecatedInternalID"
CREATED, UPDATED, UPDATED_AT = "grafana.app/createdBy", "grafana.app/updatedBy", "grafana.app/updatedTimestamp"
NEVER_STORED = {CREATED, UPDATED, UPDATED_AT, "grafana.app/grant-permissions"}


@define
class Resource:
    """A dashboard or a folder. `labels` and `annotations` are those that were sent; Grafana's own are in `metadata`."""

    name: str
    spec: dict
    labels: dict = field(factory=dict)
    annotations: dict = field(factory=dict)
    generation: int = 1
    resource_version: int = 0
    uid: str = field(factory=lambda: str(uuid.uuid4()))
    number: int = 0
    created_at: str = ""
    created_by: str = ""
    updated_at: str = ""
    updated_by: str = ""
    stored: str = "v1"
    history: tuple = ()

    @property
    def size(self):
        """Bytes, about: for the pages of a list."""
        return len(orjson.dumps([self.spec, self.annotations]))

    @property
    def title(self):
        return self.spec.get("title", "")

    @property
    def folder(self):
        """The uid of the folder it is in; "" is the top."""
        return self.annotations.get(FOLDER, "").replace("general", "")


@define
class Version:
    """One entry of a dashboard's history."""

    version: int
    spec: dict
    message: str
    by: str
    at: str


@define
class Group:
    """A rule group; `rules` are in the form of the provisioning API, with `provenance`, `version` and `guid`."""

    folder: str
    name: str
    interval: int = 60
    rules: tuple = ()


def empty_policies():
    return {"receiver": "empty", "group_by": ["grafana_folder", "alertname"]}


@define
class Holdings:
    """Everything that can be read and written."""

    folders: dict[str, Resource] = field(factory=dict)
    dashboards: dict[str, Resource] = field(factory=dict)
    groups: dict[tuple[str, str], Group] = field(factory=dict)
    contact_points: dict[str, dict] = field(factory=dict)  # by uid, with their secrets
    policies: dict = field(factory=empty_policies)
    templates: dict[str, dict] = field(factory=dict)
    mute_timings: dict[str, dict] = field(factory=dict)
    inhibition_rules: dict[str, dict] = field(factory=dict)
    datasources: dict[str, dict] = field(factory=dict)
    permissions: dict[str, list] = field(factory=dict)  # of folders, by uid
    preferences: dict = field(factory=dict)
    library: dict[str, dict] = field(factory=dict)
    accounts: list[dict] = field(factory=list)
    teams: list[dict] = field(factory=list)
    tokens: dict[str, object] = field(factory=dict)


class State(Holdings):
    """The holdings, a lock around them, and the numbers and times that Grafana gives away."""

    def __init__(self, clock=time.time):
        super().__init__()
        self.lock = threading.RLock()
        self.clock = clock
        self.walks = {}  # lists whose pages are being read
        self.numbers = itertools.count(1)
        self.versions = itertools.count(1_795_390_628_000_000, 1009)

    def snapshot(self):
        """A copy of the holdings that later writes do not change."""
        return Holdings(**{each.name: copy.copy(getattr(self, each.name)) for each in fields(Holdings)})

    def restore(self, holdings):
        for each in fields(Holdings):
            setattr(self, each.name, copy.copy(getattr(holdings, each.name)))

    def follow(self, other):
        """Hold what another state holds, and give away the numbers that it would give away next."""
        self.restore(copy.deepcopy(other.snapshot()))
        self.numbers, self.versions = copy.copy(other.numbers), copy.copy(other.versions)

    def now(self):
        """The time as Grafana writes it."""
        return datetime.fromtimestamp(self.clock(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def number(self):
        return 3_452_980_000_000_000 + next(self.numbers)

    def rules(self):
        """Every rule by uid, with the group that it is in."""
        return {rule["uid"]: (group, rule) for group in self.groups.values() for rule in group.rules}

    def create(self, kind, name, spec, labels, annotations, by, stored="v1", number=0):
        """Store a new dashboard ("dashboards") or folder ("folders")."""
        now = self.now()
        made = Resource(
            name,
            spec,
            {key: value for key, value in labels.items() if key != NUMBER},
            {key: value for key, value in annotations.items() if key not in NEVER_STORED and value != ""},
            resource_version=next(self.versions),
            number=number or self.number(),
            created_at=now,
            created_by=by,
            stored=stored,
        )
        return self.keep(kind, evolve(made, history=(Version(1, spec, "", by, now),)))

    def change(self, kind, old, spec, labels, annotations, by, stored="v1", message=""):
        """Store another content of what is there. What equals the old is not written: no version grows."""
        labels = {key: value for key, value in labels.items() if key != NUMBER}
        annotations = {key: value for key, value in annotations.items() if key not in NEVER_STORED and value != ""}
        if (spec, labels, annotations) == (old.spec, old.labels, old.annotations):
            return old
        # Seen on a real server: other annotations alone do not raise a folder's generation, but a dashboard's.
        same = kind == "folders" and spec == old.spec and annotations.get(FOLDER) == old.annotations.get(FOLDER)
        now, generation = self.now(), old.generation + (not same)
        entry = Version(generation, spec, message or annotations.get("grafana.app/message", ""), by, now)
        new = evolve(
            old,
            spec=spec,
            labels=labels,
            annotations=annotations,
            generation=generation,
            resource_version=next(self.versions),
            updated_at=now,
            updated_by=by,
            stored=stored,
            history=(*old.history, entry),
        )
        return self.keep(kind, new)

    def keep(self, kind, resource):
        getattr(self, kind)[resource.name] = resource
        return resource

    def copy(self, value):
        return copy.deepcopy(value)
