"""What a running Prometheus knows of metrics, labels, targets and rules; each fact is asked once."""

from collections.abc import Callable, Mapping
from functools import cached_property
from threading import Lock
from typing import Any, TypeVar

from attrs import field, frozen

from kit.live.answers import NoPrometheus, QueryFailed
from kit.live.prometheus import Prometheus
from kit.model.matcher import Match
from kit.model.metric import Metric

_T = TypeVar("_T")


@frozen
class Target:
    """A target of a job: its `instance`, whether it is up, and why it is not, in Prometheus' words.

    `scraped`: whether anything is stored of it at the time: before its first scrape, and long ago, nothing is.
    """

    instance: str
    up: bool
    reason: str = ""
    scraped: bool = True


@frozen(slots=False)
class Facts:
    """Facts as of `at` (unix seconds).

    `catalogue`: series name → metric. `recorded`: name of a recorded series → the query that fills it. `expected`:
    job → whether the installation's configuration gives it targets.
    """

    prometheus: Prometheus
    at: float
    catalogue: Mapping[str, Metric] = field(factory=dict)
    recorded: Mapping[str, str] = field(factory=dict)
    expected: Mapping[str, bool] = field(factory=dict)
    _lock: Lock = field(factory=Lock, init=False, eq=False, repr=False)

    def there(self, query: str) -> bool:
        """Whether a query has series now. Raises QueryFailed, NoPrometheus."""
        return bool(self.prometheus.query(query, self.at))

    def exists(self, name: str) -> bool:
        """Whether there is any series of that name now."""
        return self.there(f"group({name})")

    def values(self, selector: str, label: str) -> tuple[str, ...]:
        """The values of a label on the selected series, sorted; an empty one where a series lacks it."""
        found = self.prometheus.query(f"group by ({label}) ({selector})", self.at)
        return tuple(sorted(one.labels.get(label, "") for one in found))

    def targets(self, job: str) -> tuple[Target, ...]:
        """The targets of a job (`*`: of all), by instance: what `up` said at the time; else what is known now."""
        matcher = "" if job == "*" else "{" + str(Match("job", "=", job)) + "}"
        now = {one: words for (of, one), words in self._active.items() if job in ("*", of)}
        series = self.prometheus.query(f"max by (instance) (up{matcher})", self.at)
        seen = {one.labels.get("instance", "?"): one.last == 1 for one in series}
        return tuple(
            Target(instance, seen.get(instance, False), now.get(instance, ""), instance in seen)
            for instance in sorted({*seen, *now})
        )

    @property
    def configured(self) -> frozenset[str] | None:
        """The jobs in Prometheus' configuration; None where it does not show that."""
        return self._jobs

    def rule(self, name: str) -> Mapping[str, Any] | None:
        """The loaded rule of that name: one that fails before the others."""
        found = [rule for rule in self.rules or () if rule.get("name") == name]
        return min(found, key=lambda rule: rule.get("health") != "err", default=None)

    @cached_property
    def rules(self) -> tuple[Mapping[str, Any], ...] | None:
        """Every loaded rule; None where Prometheus does not say."""
        return self._once(self.prometheus.rules)

    @cached_property
    def _jobs(self) -> frozenset[str] | None:
        return self._once(self.prometheus.jobs)

    @cached_property
    def _active(self) -> Mapping[tuple[str, str], str]:
        """(job, instance) of each active target → its last error, shortened."""
        return {
            (str(one["labels"].get("job", "")), str(one["labels"].get("instance", "?"))): reason(one)
            for one in self._once(self.prometheus.targets) or ()
            if isinstance(one.get("labels"), dict)
        }

    def _once(self, ask: Callable[[], _T]) -> _T | None:
        """What only Prometheus itself tells; another store with its API, or a proxy, may not."""
        with self._lock:
            try:
                return ask()
            except (QueryFailed, NoPrometheus):
                return None


def reason(target: Mapping[str, Any]) -> str:
    """The last error of a target without the addresses before it: `connection refused`."""
    said = str(target.get("lastError") or "")
    return said if "HTTP status" in said else said.rsplit(": ", 1)[-1]
