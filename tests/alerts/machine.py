"""Grafana's states of an alert rule, by its documented definition; pure, one evaluation after the other.

https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/state-and-health/
https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/
https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/stale-alert-instances/

What the pages leave open is as in Grafana's source (pkg/services/ngalert/state: `resultKeepLast`, `stateIsStale`): a
kept hold goes on and fires, and what is missing is counted from the last evaluation, whether that worked or not.
"""

from collections.abc import Mapping

from attrs import evolve, frozen

from kit.model.words import seconds

NORMAL, PENDING, ALERTING, RECOVERING = "Normal", "Pending", "Alerting", "Recovering"
NO_DATA, ERROR = "NoData", "Error"
FIRES = (ALERTING, RECOVERING)  # a recovering instance still notifies as firing
MISSING = 2  # "Missing series evaluations to resolve", where a rule does not say
NOBODY = ""  # the instance of a rule that has no series: DatasourceNoData, DatasourceError


@frozen
class Settings:
    """What a rule says of its states. Seconds; `missing` counts evaluations."""

    hold: int
    keep: int = 0
    no_data: str = NO_DATA
    on_error: str = ERROR
    missing: int = MISSING


@frozen
class Instance:
    """`since`: when this state began; `missed`: for how many evaluations in a row it was not among the series."""

    state: str = NORMAL
    since: int = 0
    missed: int = 0


def settings_of(rule):
    """The settings in a rule of the provisioning file."""
    return Settings(
        hold=seconds(rule["for"]),
        keep=seconds(rule.get("keepFiringFor", "0s")),
        no_data={"OK": NORMAL}.get(rule["noDataState"], rule["noDataState"]),
        on_error={"OK": NORMAL}.get(rule["execErrState"], rule["execErrState"]),
        missing=int(rule.get("missing_series_evals_to_resolve", MISSING)),
    )


def advance(settings: Settings, before: Mapping[str, Instance], result, time: int) -> Mapping[str, Instance]:
    """The instances after an evaluation. `result`: instance → whether its condition holds; or NO_DATA, or ERROR.

    No series at all is no data.
    """
    if result == ERROR:
        return _without_answer(settings, before, settings.on_error, ERROR, time)
    if result in (NO_DATA, {}):
        return _without_answer(settings, before, settings.no_data, NO_DATA, time)
    seen = {who: _judged(settings, before.get(who, Instance()), holds, time) for who, holds in result.items()}
    return {**_missing(settings, before, seen), **seen}


def _judged(settings, was, holds, time):
    """One instance whose condition holds, or not."""
    was = evolve(was, missed=0)
    if holds:
        if was.state in FIRES:
            return was if was.state == ALERTING else Instance(ALERTING, time)
        since = was.since if was.state == PENDING else time
        return Instance(ALERTING, time) if time - since >= settings.hold else Instance(PENDING, since)
    if was.state == ALERTING and settings.keep:
        return Instance(RECOVERING, time)
    if was.state == RECOVERING and time - was.since < settings.keep:
        return was
    return was if was.state == NORMAL else Instance(NORMAL, time)


def _missing(settings, before, seen):
    """Those that were there and are not among the series: they stay as they are, and then resolve."""
    gone = {who: evolve(was, missed=was.missed + 1) for who, was in before.items() if who not in seen}
    return {who: was for who, was in gone.items() if was.missed < settings.missing}


def _without_answer(settings, before, chosen, what, time):
    """No data or an error: what was chosen for it happens to every instance; to one of its own where there is none."""
    if chosen == what:
        own = before.get(NOBODY, Instance())
        own = evolve(own, missed=0) if own.state == what else Instance(what, time)
        return {**_missing(settings, before, {NOBODY: own}), NOBODY: own}
    known = before or {NOBODY: Instance()}
    if chosen == "KeepLast":
        return {who: _kept(settings, was, time) for who, was in known.items()}
    return {who: _judged(settings, was, chosen == ALERTING, time) for who, was in known.items()}


def _kept(settings, was, time):
    """The last state; a hold goes on. It counts as evaluated: what comes back from an error has missed nothing."""
    return _judged(settings, was, True, time) if was.state == PENDING else evolve(was, missed=0)


def firing(instances):
    """Who notifies as firing."""
    return frozenset(who for who, one in instances.items() if one.state in FIRES)


def played(settings, results):
    """Who fires after each evaluation. `results`: time → result, in order."""
    instances, fires = {}, {}
    for time, result in results.items():
        instances = advance(settings, instances, result, time)
        fires[time] = firing(instances)
    return fires
