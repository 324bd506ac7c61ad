"""A story: what is scraped, and at which moments an alert is quiet or fires, with everything that it then says.

What an alert must say is written out in the stories. Nothing of it is read from what is compiled but the number of
the panel that has the title which the story names.
"""

from collections.abc import Mapping
from urllib.parse import quote_plus

from attrs import field, frozen

from kit.model.words import seconds
from tests.stories.telling.series import PLACE, TICK, held, minute, placed, then

RUNBOOKS = "https://github.com/dataflux/monitoring/blob/main/docs/runbooks"
GRAFANA = "http://localhost:3000"


@frozen
class Firing:
    """One instance that fires: its labels beside those of the place, and its description."""

    who: Mapping[str, str]
    said: str


@frozen
class Moment:
    """What must be true of an alert at one time (as promtool writes it); no firing is quiet."""

    alert: "Alert"
    at: str
    firing: tuple[Firing, ...] = ()


@frozen
class Alert:
    """What the stories expect of an alert whenever it fires.

    `panel` is the page's uid and the panel's title, `chosen` the variables that the link sets beside those of the
    place, `runbook` the page's name where it is not the alert's own (an exception of a level).
    """

    name: str
    severity: str
    signal: str
    summary: str
    panel: tuple[str, str]
    chosen: tuple[str, ...] = ()
    runbook: str = ""

    def quiet(self, *times):
        """It does not fire at these times."""
        return tuple(Moment(self, at) for at in times)

    def fires(self, *times, said, **who):
        """Exactly this instance fires at these times, and says this."""
        return tuple(Moment(self, at, (Firing(who, said),)) for at in times)

    def labels(self, firing):
        """All labels of what fires."""
        return {"severity": self.severity, "signal": self.signal, **PLACE, **firing.who}

    def annotations(self, firing, panels):
        """All annotations of what fires; `panels`: (page, title) → number."""
        known = {**PLACE, **firing.who}
        chosen = "".join(f"&var-{x}={quote_plus(known[x])}" for x in (*PLACE, *self.chosen) if x in known)
        page, _ = self.panel
        return {
            "summary": self.summary,
            "description": firing.said,
            "runbook_url": f"{RUNBOOKS}/{self.runbook or self.name}.md",
            "dashboard_url": f"{GRAFANA}/d/{page}?viewPanel={panels[self.panel]}{chosen}",
        }


@frozen
class Story:
    """`sentence` names it; `series`: selector → values; `moments` in any order."""

    sentence: str
    series: Mapping[str, str]
    moments: tuple[Moment, ...] = field(converter=lambda parts: tuple(moment for part in parts for moment in part))

    @property
    def alerts(self):
        """The names of the alerts that it is about."""
        return tuple(dict.fromkeys(moment.alert.name for moment in self.moments))

    @property
    def until(self):
        """When its last moment is, in seconds."""
        return max(seconds(moment.at) for moment in self.moments)

    @property
    def scraped(self):
        """Its series with the labels of every target."""
        return tuple(map(placed, self.series))

    def told(self, panels):
        """As a test group of promtool."""
        return {
            "name": self.sentence,
            "interval": "15s",
            "input_series": [
                {"series": name, "values": values}
                for name, values in zip(self.scraped, self.series.values(), strict=True)
            ],
            "alert_rule_test": [
                {
                    "alertname": moment.alert.name,
                    "eval_time": moment.at,
                    "exp_alerts": [
                        {
                            "exp_labels": moment.alert.labels(firing),
                            "exp_annotations": moment.alert.annotations(firing, panels),
                        }
                        for firing in moment.firing
                    ],
                }
                for moment in self.moments
            ],
        }


def story(sentence, series, *moments):
    """`story("a queue …", {QUEUE: held((1001, 20))}, ALERT.quiet("4m45s"), ALERT.fires("5m", said=…, queue=…))`."""
    return Story(sentence, series, moments)


def crossing(alert, series, *, level, beyond, hold, said, who, beside=None, falls_to=None, gone=None):
    """The stories of a number that crosses a level: `level` is the last that is in order, `hold` in minutes.

    `beside`: what else is scraped and stays as it is; `falls_to`: where it recovers to (`level`); `gone`: what fires
    a hold after nothing is scraped any more, as moments from a time (nothing).
    """
    still = {name: held((value, 90)) for name, value in (beside or {}).items()}
    order, start, back = level if falls_to is None else falls_to, 10, 10 + hold + 5

    def happens(sentence, values, *moments):
        return story(f"{alert.name} {sentence}", {**still, series: values}, *moments)

    def fires(*times):
        return alert.fires(*map(minute, times), said=said, **who)

    def quiet(*times):
        return alert.quiet(*map(minute, times))

    vanished = then(held((order, start), (beyond, hold + 5)), "stale")
    return (
        happens(
            f"fires {hold} min after it was crossed, not before, and recovers at once",
            held((level, start), (beyond, hold + 5), (order, 5)),
            quiet(start, start + hold - TICK, back, back + 4),
            fires(start + hold, back - TICK),
        ),
        happens("is quiet at its level, however long", held((level, hold + 30)), quiet(hold, hold + 1, hold + 29)),
        happens(
            "begins its hold anew after a moment in order",
            held((beyond, hold - TICK), (order, TICK), (beyond, hold + 2)),
            quiet(hold - TICK, hold, 2 * hold - TICK),
            fires(2 * hold, 2 * hold + 1),
        ),
        happens(
            "fires when nothing is scraped any more" if gone else "is quiet once nothing is scraped any more",
            vanished,
            fires(back - TICK),
            gone(back) if gone else quiet(back, back + hold, back + hold + 5),
        ),
    )
