"""An explanation, as a person reads it."""

from collections.abc import Iterator
from itertools import groupby

from kit.alerting.explained import Explained, Heard, Other, Verdict, level_words
from kit.alerting.table import GAP, again, wrapped
from kit.coverage.span import duration, seconds
from kit.model import condition

FIRES, QUIET, SILENCED, UNKNOWN = Verdict.FIRES, Verdict.QUIET, Verdict.SILENCED, Verdict.UNKNOWN
_NOTIFIES = {
    "grafana": "Grafana evaluates and notifies; Prometheus has the same rule, and tells nobody.",
    "prometheus": "Prometheus evaluates, Alertmanager notifies; Grafana's rule is paused.",
}


def text(found: Explained, defined: str, width: int | None) -> str:
    """The whole explanation, in lines of at most `width` (None: however long). `defined`: where the alert stands."""
    parts = (
        (_title(found), [f"Fires when: {found.row.condition}{_lasting(found)}.", f"Defined in: {defined}"]),
        (f"At {_value(found)}", [_verdict(found), *_provisos(found), *_others(found), *_excepted(found)]),
        ("Without data", list(_without(found))),
        (_who(found), list(_told(found))),
        (
            f"What {'the message says' if found.verdict is FIRES else 'a message would say'}",
            [found.row.rule.alert.summary, found.description],
        ),
        ("Where to look", list(_looked(found))),
    )
    return "\n\n".join("\n".join([head, *_lines(said, width)]) for head, said in parts)


def _lines(said: list[str], width: int | None) -> Iterator[str]:
    for one in said:
        yield from wrapped(one, width, first=GAP, below=GAP * 2) if width else [f"{GAP}{one}"]


def _title(found: Explained) -> str:
    of = "" if found.row.name == found.row.alert else f", an exception of {found.row.alert}"
    return f"{found.row.name} ({found.row.severity}{of})"


def _lasting(found: Explained) -> str:
    return f", for {found.row.hold}" if seconds(found.row.hold) else ""


def _value(found: Explained) -> str:
    unit = found.row.rule.alert.signal.unit
    assert unit is not None
    name = next((f" ({name})" for value, name, _ in unit.names if value == found.value), "")
    return f"{unit.words(found.value)}{name}"


def _after(hold: str) -> str:
    return f"after {hold}" if seconds(hold) else "at once"


def _verdict(found: Explained) -> str:
    is_so = f"{_value(found)} is {level_words(found.row.rule).removeprefix(f'{found.row.rule.alert.level.line} ')}"
    if found.verdict is FIRES:
        return f"It fires {_after(found.row.hold)}: {is_so}."
    if found.verdict is QUIET:
        return f"It stays quiet: {is_so.replace(' is ', ' is not ', 1)}."
    taken = next(one for one in found.others if one.severity == "critical" and one.verdict is FIRES)
    return (
        f"Nobody hears of it: {is_so}, but {_named(taken)} fires {_after(taken.hold)}, and silences it. {_how(found)}"
    )


def _provisos(found: Explained) -> Iterator[str]:
    level, unit = found.row.rule.alert.level, found.row.rule.alert.signal.unit
    assert unit is not None
    windows = condition.over(found.row.rule)
    if level.at_least:
        yield f"It counts only while there are at least {level.at_least:g} in {' and '.join(windows)}."
    if windows:
        yield f"It looks back over {' and '.join(windows)}: a sudden change takes up to as long to be seen in full."
    if level.also:
        line, value = level.also
        yield f"Whatever this value is, it also fires where {line} is {level.direction} {unit.words(value)}."


def _named(one: Other) -> str:
    return f"{one.name} ({one.severity}, {one.level})"


def _how(found: Explained) -> str:
    same = condition.listed(found.row.rule.labels)
    if found.evaluator == "grafana":
        return f"Grafana's warning ends in its own condition, for the same {same}."
    return f"Alertmanager inhibits it, for the same {same}."


def _others(found: Explained) -> Iterator[str]:
    """What the signal's other level does; that a critical one takes over at once has been said already."""
    for one in found.others:
        sentence = _quietly(one, found) or _handed_over(one, found)
        if sentence and not (found.verdict is SILENCED and one.verdict is FIRES):
            yield sentence


def _quietly(one: Other, found: Explained) -> str:
    """Where at most one of the two fires."""
    if one.verdict is UNKNOWN:
        silenced = "this one" if one.severity == "critical" else "that one"
        return (
            f"{_named(one)} looks at another line, which this value does not tell; while the critical one fires,"
            f" {silenced} is silenced. {_how(found)}"
        )
    if one.verdict is QUIET:
        spared = ", so nothing silences this one" if found.verdict is FIRES and one.severity == "critical" else ""
        return f"{_named(one)} stays quiet{spared}."
    return f"{_named(one)} fires, {_after(one.hold)}." if found.verdict is QUIET else ""


def _handed_over(one: Other, found: Explained) -> str:
    """Where both fire: the critical one silences the warning as soon as it does."""
    if one.severity == "critical":
        return f"{_named(one)} fires {_after(one.hold)}, and silences this one from then on. {_how(found)}"
    if seconds(one.hold) < seconds(found.row.hold):
        return f"{_named(one)} fires first, {_after(one.hold)}, and is silenced once this one fires. {_how(found)}"
    return f"{_named(one)} holds as well, and is silenced by this one: nobody hears of it. {_how(found)}"


def _excepted(found: Explained) -> Iterator[str]:
    for one in found.excepted:
        if one.rule:
            verdict = "fires" if one.verdict is FIRES else "stays quiet"
            yield f"For the {one.label} {one.value} it is {one.rule}, {one.level}, which {verdict} at this value."
        else:
            yield f"For the {one.label} {one.value} it never fires."


def _without(found: Explained) -> Iterator[str]:
    alert = found.row.rule.alert
    if found.nothing:
        yield f"No data at all fires it as well, {_after(found.row.hold)}: {alert.nothing}"
    else:
        yield "No data is no alert: nothing fires, and what fires ends."
    if found.evaluator == "grafana" and alert.on_error == "alerting":
        yield "A query that cannot be run fires it."
        return
    yield "A query that cannot be run leaves it as it is."
    if found.evaluator == "prometheus":
        # Prometheus says how long an alert holds each time that it sends it: 4 times its resend delay (1 min).
        yield "While that lasts Alertmanager is told nothing, and takes what fires for over after 4 min at the latest."


def _who(found: Explained) -> str:
    if found.verdict is not FIRES:
        return "Who would be told"
    return "Who is told, if anybody" if found.unheard else "Who is told"


def _told(found: Explained) -> Iterator[str]:
    yield _NOTIFIES[found.evaluator]
    if not found.heard:
        yield "Nobody: no route takes it."
    elif found.unheard:
        yield f"Do not count on it: {found.unheard}. {_silence(found)}"
        yield "What gets out all the same:"
    for (route, wait), group in groupby(found.heard, key=lambda one: (one.told.route, one.told.wait)):
        heard = list(group)
        yield f"Route {route}: {condition.listed([_receiver(one) for one in heard])}."
        yield (
            f"The first message comes {duration(heard[0].earliest)} to {duration(heard[0].latest)} after the value is"
            f" there: looked at every {found.interval}, hold {found.row.hold}, group_wait {wait}."
        )
        yield from _later(heard[0])


def _silence(found: Explained) -> str:
    """The deadman's switch, and who must hear that it is silent."""
    if not found.deadman:
        return "Nothing else tells then: there is no deadman's switch."
    names = condition.listed([row.name for row in found.deadman])
    who = condition.listed(list(dict.fromkeys(one.receiver for row in found.deadman for one in row.told)))
    return f"What tells then is that {names} falls silent: let whoever listens to {who} call when it does."


def _later(heard: Heard) -> Iterator[str]:
    told = heard.told
    yield (
        f"It is repeated after {again(told)}; what changes in its group is told after {told.interval} at the latest,"
        f" the end too. One message is for all that share {condition.listed(told.group_by)}."
    )
    yield f"Muted in {condition.listed(told.muted)}." if told.muted else "Never muted."


def _receiver(heard: Heard) -> str:
    ways = zip(heard.told.kinds, heard.told.addresses, strict=True)
    return f"{heard.told.receiver} ({', '.join(f'{kind} {address}'.strip() for kind, address in ways)})"


def _looked(found: Explained) -> Iterator[str]:
    row = found.row
    yield f"Runbook: {row.runbook}, {row.runbook_url}"
    if row.seen:
        yield f"Panel: {row.seen.page}: {row.seen.title}, {row.seen.url}"
