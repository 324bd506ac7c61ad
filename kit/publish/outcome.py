"""How a command ended for one Grafana, and what is told on the way."""

from collections.abc import Callable, Mapping
from typing import Literal

from attrs import field, frozen

from kit.publish.here.targets import Target
from kit.publish.model import Plan, Report
from kit.publish.server import Server

Command = Literal["plan", "publish", "drift", "pull", "rollback"]
# A stage ('read', 'write', …), how many are done, and of how many.
Told = Callable[[str, int, int], None]


@frozen
class Outcome:
    """How a command ended for one target. `sentence` says what is wrong where `code` is not 0, `titles` are those of
    folders by uid, `seconds` is how long it took.

    `server` and `plan` are None where it did not come so far, `report` where nothing was to be written.
    """

    command: Command
    target: Target
    code: int
    sentence: str = ""
    server: Server | None = None
    plan: Plan | None = None
    report: Report | None = None
    notes: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(factory=dict)
    seconds: float = 0.0
