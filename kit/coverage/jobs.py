"""Who should export a metric, and how its targets are: words for what is missing."""

from kit.coverage.facts import Facts, Target
from kit.coverage.result import Cause

# Prometheus makes these itself, and only while an alert is pending or firing.
OF_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})


def missing(name: str, facts: Facts) -> Cause:
    """Why there is no series of a metric that is exported (not recorded) at all."""
    metric = facts.catalogue.get(name)
    if name in OF_ALERTS:
        return Cause(name, f"no series of '{name}', which is there only while an alert is pending or fires", "alerts")
    if metric is None or not metric.job:
        return Cause(name, f"no series of '{name}'; no definition says which job exports it", "metric")
    targets = facts.targets(metric.job)
    because = words(metric.job, targets, facts)
    sentence = f"no target exports '{name}'; {because}"
    if not targets and not facts.expected.get(metric.job, metric.job == "*"):
        return Cause(name, sentence, "not run", because)
    return Cause(name, sentence, "metric" if any(target.up for target in targets) else "down", because)


def words(job: str, targets: tuple[Target, ...], facts: Facts) -> str:
    """`job api has 3 targets: 2 up, api-3:80 down (connection refused)`."""
    who = "Prometheus" if job == "*" else f"job {job}"
    if not targets:
        return _without(job, who, facts)
    up = sum(target.up for target in targets)
    count = f"{who} has {len(targets)} target{'s' if len(targets) > 1 else ''}"
    if up == len(targets):
        return f"{count}, {'all up' if up > 1 else 'up'}"
    if not any(target.scraped for target in targets):
        return f"{count}, and nothing is stored of {'them' if len(targets) > 1 else 'it'} at that time"
    down = down_among(targets)
    shown = [*down[:3], *([f"{len(down) - 3} more down"] if len(down) > 3 else [])]
    return f"{count}: {', '.join([f'{up} up', *shown])}"


def _without(job: str, who: str, facts: Facts) -> str:
    if job != "*" and facts.configured is not None and job not in facts.configured:
        said = f"{who} is not in Prometheus' configuration"
    else:
        said = f"{who} has no target"
    return said if facts.expected.get(job, job == "*") else f"{said}, and the settings give it none"


def down_among(targets: tuple[Target, ...]) -> list[str]:
    """`api-3:80 down (connection refused)` for each that is not up."""
    return [_down(one) for one in targets if not one.up]


def _down(one: Target) -> str:
    if not one.scraped:
        return f"{one.instance} not scraped then"
    return f"{one.instance} down" + (f" ({one.reason})" if one.reason else "")
