"""What one alert would do at a value: whether it fires, what else of its signal does, and when people hear of it."""

import math
from collections.abc import Iterator, Sequence
from enum import StrEnum

from attrs import frozen

from kit.alerting import message
from kit.alerting.routes import Told
from kit.alerting.row import Row
from kit.check.build import Build
from kit.check.parts import ruled
from kit.coverage.span import seconds
from kit.model.alert import HEARTBEAT, Rule
from kit.model.condition import crosses
from kit.model.matcher import Match


class Verdict(StrEnum):
    """What a rule does at a value. `SILENCED`: its condition holds, and a critical one speaks in its place.

    `UNKNOWN`: it looks at another line of the signal, which the value does not tell.
    """

    FIRES = "fires"
    QUIET = "quiet"
    SILENCED = "silenced"
    UNKNOWN = "unknown"


@frozen
class Other:
    """A rule of the same signal's other level, and what it does; `level` in words."""

    name: str
    severity: str
    level: str
    hold: str
    verdict: Verdict


@frozen
class Excepted:
    """A label's value that has a rule of its own; `rule` and `level` are empty where it never fires."""

    label: str
    value: str
    verdict: Verdict
    rule: str = ""
    level: str = ""


@frozen
class Heard:
    """When a receiver hears of it first: seconds from when the value is there, at the earliest and at the latest."""

    told: Told
    earliest: float
    latest: float


@frozen
class Explained:
    """`row` at `value`. `nothing`: whether no data at all fires it. `description`: as a message would say it.

    `unheard`: why that message may reach nobody, where what the alert tells of breaks its own way; `deadman` are the
    rules whose silence tells then, and who listens to them.
    """

    row: Row
    evaluator: str
    interval: str
    value: float
    verdict: Verdict
    others: tuple[Other, ...]
    excepted: tuple[Excepted, ...]
    nothing: bool
    heard: tuple[Heard, ...]
    description: str
    unheard: str = ""
    deadman: tuple[Row, ...] = ()


def explained(row: Row, rows: Sequence[Row], build: Build, value: float) -> Explained:
    """What `row` would do at `value`, in the unit of its signal. `rows` are all that there are."""
    evaluator = build.product.settings.evaluator
    interval = _interval(row, build)
    others = tuple(_others(row, rows, value))
    return Explained(
        row=row,
        evaluator=evaluator,
        interval=interval,
        value=value,
        verdict=_verdict(row, others, value),
        others=others,
        excepted=tuple(_excepted(row, rows, value)) if row.name == row.alert else (),
        nothing=_fires_on_nothing(row.rule, evaluator),
        heard=tuple(_heard(one, row.hold, interval) for one in row.told),
        description=message.told(row.rule, value),
        unheard=(unheard := row.rule.alert.unheard.get(evaluator, "")),
        deadman=tuple(one for one in rows if unheard and one.severity == HEARTBEAT),
    )


def _interval(row: Row, build: Build) -> str:
    """How often the evaluator that notifies looks."""
    if build.product.settings.evaluator == "prometheus":
        return build.product.settings.rule_interval
    groups = (one.group for one in ruled.grafana(build) if one.name == row.name)
    return next((str(group["interval"]) for group in groups), "0s")


def _at(rule: Rule, value: float) -> Verdict:
    return Verdict.FIRES if crosses(rule.alert.level, value) else Verdict.QUIET


def _verdict(row: Row, others: Sequence[Other], value: float) -> Verdict:
    """A warning is never heard of where its critical level holds as well, and no longer has to."""
    verdict = _at(row.rule, value)
    critical = (one for one in others if row.severity == "warning" and one.severity == "critical")
    sooner = any(one.verdict is Verdict.FIRES and seconds(one.hold) <= seconds(row.hold) for one in critical)
    return Verdict.SILENCED if sooner and verdict is Verdict.FIRES else verdict


def _only(rule: Rule) -> Match | None:
    """The value that an exception's rule is made for; None for the alert's own."""
    return next((match for match in rule.where if match.op == "="), None)


def _others(row: Row, rows: Sequence[Row], value: float) -> Iterator[Other]:
    """The rules of the signal's other alerts that look at the same series."""
    signal, only = row.rule.alert.signal, _only(row.rule)
    spared = Match(only.label, "!=", only.value) if only else None
    for one in rows:
        if one.alert == row.alert or one.rule.alert.signal.name != signal.name:
            continue
        if _only(one.rule) in (None, only) and spared not in one.rule.where:
            verdict = _at(one.rule, value) if _line(one.rule) == _line(row.rule) else Verdict.UNKNOWN
            yield Other(one.name, one.severity, level_words(one.rule), one.hold, verdict)


def _line(rule: Rule) -> str:
    return rule.alert.level.line or next(iter(rule.alert.signal.lines))


def level_words(rule: Rule) -> str:
    """`used above 80 %`; without the line where the level names none."""
    level, unit = rule.alert.level, rule.alert.signal.unit
    assert unit is not None
    return f"{level.line} {level.direction} {unit.words(level.value)}".strip()


def _excepted(row: Row, rows: Sequence[Row], value: float) -> Iterator[Excepted]:
    own = {_only(one.rule): one for one in rows if one.alert == row.alert}
    for label, values in row.rule.alert.level.except_.items():
        for text in values:
            if made := own.get(Match(label, "=", text)):
                yield Excepted(label, text, _at(made.rule, value), made.name, level_words(made.rule))
            else:
                yield Excepted(label, text, Verdict.QUIET)


def _fires_on_nothing(rule: Rule, evaluator: str) -> bool:
    """Grafana is told so; Prometheus's rule asks for absence itself, where what is bad lies below the level."""
    return rule.alert.no_data == "alerting" and (evaluator == "grafana" or not rule.alert.level.above)


def _heard(told: Told, hold: str, interval: str) -> Heard:
    """The value is seen at most an interval late, fires at the first look after the hold, and then waits."""
    every = seconds(interval)
    lasted = math.ceil(seconds(hold) / every) * every if every else seconds(hold)
    earliest = lasted + seconds(told.wait)
    return Heard(told, earliest, earliest + every)
