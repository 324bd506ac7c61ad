"""Panels as a dashboard module writes them: a call of its kind, so that a finding knows its line."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from kit.draw.style import WIDTH
from kit.model.fault import Where, here, report
from kit.model.signal import OVERALL, Signal, View
from kit.model.words import nearest

Shown = Signal | View


@frozen(slots=False)
class Panel:
    """What stands in a row: a kind of Grafana panel and what it shows.

    `key` tells a second panel of the same signal and kind on a page from the first. `width` and `height` are cells
    of the grid; None leaves them to the house style. `more` is what only this kind knows.
    """

    kind: str
    views: tuple[View, ...] = ()
    title: str = ""
    description: str = ""
    key: str = ""
    width: int | None = None
    height: int | None = None
    repeat: str = ""
    more: Mapping[str, Any] = field(factory=dict)
    where: Where = field(factory=here, eq=False)

    @property
    def view(self) -> View:
        """The one thing that it shows (a table may show several)."""
        return self.views[0]

    @property
    def heading(self) -> str:
        """What stands above it: its title, or what its signals are called."""
        if self.title or not self.views:
            return self.title
        if len(self.views) > 1:
            return f"By {' and '.join(self.view.by_labels)}"
        # A single number has little room for its title, and is seen to be one for all.
        return self.view.title.removesuffix(OVERALL) if self.kind in ("stat", "gauge") else self.view.title

    @property
    def signal_name(self) -> str:
        """What its id is made from, beside its page and kind."""
        return self.views[0].signal.name if self.views else self.title


WITHOUT_SIGNAL = ("alertlist", "text")
_COMMON = ("title", "description", "key", "width", "height", "repeat")


def _made(kind: str, shown: tuple[Shown, ...], asked: dict[str, Any], **own: Any) -> Panel:
    """The panel; what is no signal, or an option that its kind does not know, is reported."""
    for one in shown:
        if not isinstance(one, Signal | View):
            report(f"{kind} shows signals, and {one!r:.60} is none", here())
    for name in asked.keys() - set(_COMMON):
        report(f"{kind} has no option '{name}'{nearest(name, (*_COMMON, *own))}", here())
    for name, most in (("width", WIDTH), ("height", 100)):
        if name in asked and not 1 <= asked[name] <= most:
            report(f"{kind} has a {name} of {asked.pop(name)}, and it must be 1 to {most}", here())
    views = tuple(one.view() for one in shown if isinstance(one, Signal | View))
    if not views and kind not in WITHOUT_SIGNAL:
        # Reported, or a table of nothing; what looks at it later still finds a panel.
        return Panel("text", title=asked.get("title", kind), description="?", more={"markdown": ""})
    return Panel(kind, views, **{name: asked[name] for name in _COMMON if name in asked}, more=own)


def timeseries(shown: Shown, *, stacked: bool = False, **more: Any) -> Panel:
    """Lines over time; `stacked` where the parts make a whole."""
    return _made("timeseries", (shown,), more, stacked=stacked)


def stat(shown: Shown, *, spark: bool = True, **more: Any) -> Panel:
    """One number (one for each line and group); `spark` draws its recent course behind it."""
    return _made("stat", (shown,), more, spark=spark)


def gauge(shown: Shown, **more: Any) -> Panel:
    """One number against the value that means full."""
    return _made("gauge", (shown,), more)


def bargauge(shown: Shown, **more: Any) -> Panel:
    """Many of the same thing against their levels."""
    return _made("bargauge", (shown,), more)


def heatmap(shown: Shown, **more: Any) -> Panel:
    """A histogram over time."""
    return _made("heatmap", (shown,), more)


def states(shown: Shown, **more: Any) -> Panel:
    """States over time, a line each."""
    return _made("state-timeline", (shown,), more)


def pie(shown: Shown, **more: Any) -> Panel:
    """The parts of a whole, now."""
    return _made("piechart", (shown,), more)


def logs(shown: Shown, **more: Any) -> Panel:
    """Log lines, the newest first."""
    return _made("logs", (shown,), more)


def table(*shown: Shown, **more: Any) -> Panel:
    """A row a group, a column a line, now; several signals of one grouping stand side by side."""
    if not shown:
        report("table shows no signal; name one", here())
    made = _made("table", shown, more)
    for view in made.views[1:]:
        if view.by_labels != made.view.by_labels:
            asked = ", ".join(made.view.by_labels)
            report(f"table joins by {asked}, and {view.signal.name} is grouped otherwise; use .by()", here())
    return made


def alerts_firing(**more: Any) -> Panel:
    """The alerts that are firing or pending, newest first."""
    words = "Alerts that fire or are about to. Each leads to its panel and its runbook; empty is what it should be."
    return _made("alertlist", (), {"title": "Alerts", "description": words, **more})


def text(title: str, markdown: str, **more: Any) -> Panel:
    """Words, in Markdown."""
    words = "Words of the people who built this page."
    return _made("text", (), {"title": title, "description": words, **more}, markdown=markdown)
