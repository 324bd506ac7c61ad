"""What is refused, and what to use in its place: one table a question."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kit.draw.stock.plain import plain


class Refused(ValueError):
    """A stock object that Grafana 13 cannot draw as it was meant: names its class, its title and the replacement."""


class Unfit(Exception):
    """The second half of a refusal, raised where the title is not known; `named` adds the first half."""


# Panel kinds that Grafana 13 no longer has (apps/dashboard/pkg/migration: autoMigrateAngular) or whose plugin is
# Angular, which no longer loads: (kind, grafanalib's class, replacement).
GONE: tuple[tuple[str, str, str], ...] = (
    ("graph", "Graph", "TimeSeries, and an alert rule for its alert"),
    ("singlestat", "SingleStat", "Stat"),
    ("grafana-singlestat-panel", "", "Stat"),
    ("table-old", "", "Table"),
    ("datagrid", "", "Table"),
    ("grafana-piechart-panel", "PieChart", "PieChartv2"),
    ("grafana-worldmap-panel", "Worldmap", "a panel of type 'geomap'"),
    ("natel-discrete-panel", "Discrete", "StateTimeline"),
    ("flant-statusmap-panel", "Statusmap", "StateTimeline, or a panel of type 'status-history'"),
    ("marcuscalidus-svg-panel", "Svg", "a panel of type 'canvas'"),
    ("(a legacy row)", "Row", "RowPanel"),
)

# Plugins that still load: drawn only where `plugins` says that they are installed.
INSTALLABLE: tuple[tuple[str, str, str], ...] = (
    ("larona-epict-panel", "ePict", "a panel of type 'canvas'"),
    ("ae3e-plotly-panel", "Ae3ePlotly", "TimeSeries, or a panel of type 'xychart'"),
)

# What a class takes and its to_json_data never writes: (class, attribute, replacement).
UNWRITTEN: tuple[tuple[str, str, str], ...] = (
    ("BarGauge", "rangeMaps", "StatRangeMappings in valueMaps"),
    ("GaugePanel", "rangeMaps", "StatRangeMappings in valueMaps"),
    ("BarChart", "thresholds", "thresholdSteps"),
)

# What has no successor in Grafana 13: (kind, key at the root or in the options, value without effect, replacement).
UNSUPPORTED: tuple[tuple[str, str, Any, str], ...] = (
    ("table", "columns", [], "a transformation 'reduce'"),
    ("table", "fontSize", "100%", "options.cellHeight in extraJson"),
    ("news", "useProxy", False, "a feedUrl that needs no proxy"),
    ("alertlist", "show", "current", "a panel of type 'annolist'"),
    ("alertlist", "dashboardTags", [], "onlyAlertsOnDashboard, or options.folder of a raw panel"),
)


def refuse_class(stock: Any) -> None:
    """Raise Unfit if the class of `stock` (or a parent) is gone, or if it would lose an attribute that is set."""
    # Before its JSON is asked for: Svg opens files for it and PieChart prints.
    names = {cls.__name__ for cls in type(stock).__mro__}
    for _, name, replacement in GONE:
        if name in names:
            raise Unfit(f"Grafana 13 does not draw it: use {replacement}")
    for name, attribute, replacement in UNWRITTEN:
        if name in names and plain(getattr(stock, attribute, None)):
            raise Unfit(f"grafanalib never writes its {attribute}: use {replacement}")


def refuse_kind(kind: str, known: Collection[str], plugins: Collection[str]) -> None:
    """Raise Unfit if a panel of type `kind` is gone, unknown, or a plugin that `plugins` does not list."""
    for name, _, replacement in GONE:
        if name == kind:
            raise Unfit(f"Grafana 13 has no panel type {kind!r}: use {replacement}")
    if kind in known or kind in plugins:
        return
    others = {name: replacement for name, _, replacement in INSTALLABLE}
    instead = f"use {others[kind]}" if kind in others else "use one that Grafana ships"
    raise Unfit(f"panel type {kind!r} needs a plugin: {instead}, or name the plugin in plugins")


def refuse_settings(kind: str, raw: Mapping[str, Any]) -> None:
    """Raise Unfit if the panel JSON `raw` sets something of `kind` that Grafana 13 has dropped."""
    options = raw.get("options")
    given = {**(options if isinstance(options, dict) else {}), **raw}
    for owner, key, harmless, replacement in UNSUPPORTED:
        if owner == kind and given.get(key, harmless) != harmless:
            raise Unfit(f"{key} has no effect in Grafana 13: use {replacement}")


@contextmanager
def named(stock: Any, otherwise: str, key: str = "title") -> Iterator[None]:
    """Turn an Unfit raised within into a Refused that names `stock`: its class (`otherwise` for JSON) and its title."""
    as_json = isinstance(stock, Mapping)
    who = otherwise if as_json else type(stock).__name__
    title = stock.get(key, "") if as_json else getattr(stock, key, "")
    try:
        yield
    except Unfit as why:
        raise Refused(f"{who} {title!r}: {why}.") from None
