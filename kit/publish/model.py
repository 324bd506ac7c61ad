"""What publishing talks about: objects as they should be, as they are, and the steps from one to the other."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import field, frozen

# In the order in which they are written; what is deleted goes in the opposite order.
ORDER = (
    "folder", "data source", "template", "mute timing", "contact point", "dashboard", "rules", "policies",
    "inhibition", "permissions", "home",
)  # fmt: skip

Action = Literal["create", "update", "move", "delete", "edited", "foreign", "orphan"]
WRITES: frozenset[Action] = frozenset({"create", "update", "move", "delete"})
# `there`: it was there already as it should be, so nothing was sent.
Outcome = Literal["written", "there", "failed", "unknown", "not tried"]


@frozen
class Marks:
    """Labels and annotations of an object of the resource API, without those that Grafana sets itself."""

    labels: Mapping[str, str] = field(factory=dict)
    annotations: Mapping[str, str] = field(factory=dict)


@frozen
class Item:
    """One object as it should be there.

    `key` is its uid or name, `place` the uid of the folder it lies in, `digest` the SHA-256 of its canonical
    content, which `load` gives. `path` is its compiled file, from the top of the repository.

    Of what a rollback brings back: `ours` is False where it belongs to somebody else, and where somebody had edited it,
    `bases` are the digests that were published before, and `home` the folder: it stays an edit.
    """

    kind: str
    key: str
    title: str
    digest: str
    load: Callable[[], Any] = field(repr=False, eq=False)
    place: str = ""
    path: str = ""
    commit: str = ""
    marks: Marks = field(factory=Marks, repr=False)
    locked: bool = False
    ours: bool = True
    bases: tuple[str, ...] | None = None
    home: str | None = None

    @property
    def published(self) -> tuple[str, ...]:
        """The digests that count as published once it is written: its own, or those from before somebody's edit."""
        return (self.digest,) if self.bases is None else self.bases


@frozen
class Found:
    """One object as it is there.

    `content` is None where it is what it should be (so that it need not be kept). `version` is what a locked write
    sends back. `bases` are digests that publishing wrote last (two of them where a run was cut off between writing
    and noting it), `home` the folder that it was published to, `manager` who else claims it.
    """

    kind: str
    key: str
    title: str
    digest: str
    content: Any = field(default=None, repr=False)
    place: str = ""
    version: str = ""
    ours: bool = False
    manager: str = ""
    bases: tuple[str, ...] = ()
    home: str | None = None
    set: str = ""
    commit: str = ""
    changed: str = ""
    path: str = ""
    marks: Marks = field(factory=Marks, repr=False)
    locked: bool = False
    raw: Any = field(default=None, repr=False, eq=False)

    @property
    def edited(self) -> bool:
        """Whether somebody changed or moved it since it was published, as far as is known."""
        return self.digest not in self.bases or (self.home is not None and self.home != self.place)


@frozen
class Step:
    """What is to be done with one object, or why nothing is done with it; `detail` says it in words."""

    action: Action
    kind: str
    key: str
    title: str
    detail: str = ""
    item: Item | None = None
    found: Found | None = None

    @property
    def wanted(self) -> Item:
        """The object that it writes."""
        assert self.item is not None  # every step that writes something has one
        return self.item


@frozen
class Plan:
    """Every step that is not nothing, in the order of writing; how many objects need none; what else is to be said.

    `lost` is what a rollback cannot bring back, in sentences.
    """

    steps: tuple[Step, ...]
    unchanged: int
    notes: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def of(self, *actions: Action) -> tuple[Step, ...]:
        """The steps with one of these actions."""
        return tuple(step for step in self.steps if step.action in actions)

    @property
    def writes(self) -> tuple[Step, ...]:
        """The steps that change something there."""
        return tuple(step for step in self.steps if step.action in WRITES)


@frozen
class Result:
    """How a step ended; `sentence` says why where it was not written, `sent` whether it may differ from before."""

    step: Step
    outcome: Outcome
    sentence: str = ""
    sent: bool = False


@frozen
class Report:
    """How a run ended: every step that was to be written, what remains to be said, and the exit code."""

    results: tuple[Result, ...]
    code: int
    run: str = ""
    sentence: str = ""

    def of(self, *outcomes: Outcome) -> tuple[Result, ...]:
        """The results with one of these outcomes."""
        return tuple(result for result in self.results if result.outcome in outcomes)
