"""A page to a dashboard: grafanalib objects, laid out, with ids, queries, links; and where each panel was written."""

import linecache
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from attrs import evolve
from grafanalib import core

from kit.draw import grafana, links, stock, style
from kit.draw import variables as choices
from kit.draw.ids import panel_id
from kit.draw.kinds import look, ref
from kit.draw.layout import Box, Item, landing_heights, place
from kit.draw.page import COLLAPSED, Annotation, Choice, Page
from kit.draw.panel import Panel
from kit.draw.site import Site, id_of
from kit.model.expr import Scope
from kit.model.fault import Where, report
from kit.model.signal import NO_DATA, Signal, View

Json = dict[str, Any]

# Kinds that show what is now, and ask for nothing else.
INSTANT = ("table", "bargauge", "piechart", "gauge")
# What grafanalib's bare names of data sources mean here.
SOURCES = {"default": choices.PROMETHEUS, "${datasource}": choices.PROMETHEUS, "${logs}": choices.LOKI}


@dataclass(frozen=True)
class Placed:
    """A drawn panel or row, where it was written, and what a closed row holds."""

    json: Json
    where: Where
    inside: tuple["Placed", ...] = ()


@dataclass(frozen=True)
class Board:
    """A drawn page: its JSON, and the source line of each panel id."""

    page: Page
    json: Json
    lines: Mapping[int, Where] = field(default_factory=dict)


def draw(page: Page, site: Site) -> Board:
    """The page as canonical dashboard JSON. Reports two panels of one id, and stock classes that cannot be used."""
    scope = Scope(where=choices.scope(links.variables(page, site)), recorded=site.recorded if page.landing else {})
    panels = list(_rows(page, site, scope))
    lines: dict[int, Where] = {}
    for drawn, where in _flat(panels):
        if drawn["id"] in lines:
            report(
                f"two panels of page {page.title} have one id ('{drawn.get('title')}' is the second); "
                "give it key='…' to tell them apart",
                where,
            )
        lines.setdefault(drawn["id"], where)
    board = grafana.Dashboard(
        title=page.title,
        uid=page.uid,
        description=page.question,
        tags=["dataflux", links.set_tag(page.folder)],
        editable=False,
        refresh=style.REFRESH,
        time=core.Time(*style.TIME),
        timePicker=core.TimePicker(style.REFRESHES, []),
        timezone=site.settings.timezone,
        panels=[placed.json for placed in panels],
        links=links.page_links(page, site),
        templating=core.Templating(list=_variables(page, site, panels)),
        annotations=core.Annotations(list=[_annotation(a, scope) for a in site.everywhere.annotations]),
    )
    return Board(page, board.to_json_data(), lines)


def _flat(panels: Sequence[Placed]) -> Iterator[tuple[Json, Where]]:
    for placed in panels:
        yield placed.json, placed.where
        yield from _flat(placed.inside)


def _variables(page: Page, site: Site, panels: Sequence[Placed]) -> list[grafana.Template]:
    sources = [choices.data_source("datasource", "Data source", "prometheus")]
    if any(drawn.get("datasource") == choices.LOKI for drawn, _ in _flat(panels)):
        sources.append(choices.data_source("logs", "Logs", "loki"))
    return [*sources, *choices.chained(links.variables(page, site)), *_stock_variables(page)]


def _stock_variables(page: Page) -> Iterator[grafana.Template]:
    for variable in page.variables:
        if not isinstance(variable, Choice):
            try:
                shape = stock.variable(variable, datasources=SOURCES)
                yield grafana.Template(name=shape["name"], query="", shape=shape)
            except (stock.Refused, AttributeError, KeyError, TypeError) as error:
                report(f"a variable is choice(…) or grafanalib's Template: {error}", page.where)


def _rows(page: Page, site: Site, scope: Scope) -> Iterator[Placed]:
    items = {title: [_item(panel) for panel in row] for title, row in page.rows.items()}
    opened = [title for title in items if not title.endswith(COLLAPSED)]
    heights: dict[str, int] = {}
    if page.landing:
        heights = dict(zip(opened, landing_heights([items[t] for t in opened], len(items)), strict=True))
    top = 0
    for title, row in page.rows.items():
        closed = title.endswith(COLLAPSED)
        boxes = place(items[title], top + 1, heights.get(title))
        pairs = zip(row, boxes, strict=True)
        drawn = tuple(Placed(_panel(panel, box, page, site, scope), _where(panel, page)) for panel, box in pairs)
        header = grafana.RowPanel(
            title=title.removesuffix(COLLAPSED),
            id=panel_id(page.stem, "row", title.removesuffix(COLLAPSED)),
            collapsed=closed,
            gridPos=Box(0, top, style.WIDTH, 1).json(),
            panels=[placed.json for placed in drawn] if closed else [],
        )
        yield Placed(header.to_json_data(), page.where, drawn if closed else ())
        if not closed:
            yield from drawn
        top = top + 1 if closed else max((box.y + box.h for box in boxes), default=top + 1)


def _item(panel: Any) -> Item:
    if isinstance(panel, Panel):
        return Item(panel.kind, panel.width, panel.height)
    asked = getattr(panel, "gridPos", None)
    return Item("stock", getattr(asked, "w", None), getattr(asked, "h", None))


def _where(panel: Any, page: Page) -> Where:
    """Where a panel is written; grafanalib's objects do not know, so their title is looked for in the page's module."""
    if isinstance(panel, Panel):
        return panel.where
    title = getattr(panel, "title", None)
    quoted = (f'"{title}"', f"'{title}'") if isinstance(title, str) and title else ()
    lines = enumerate(linecache.getlines(page.where.file), start=1)
    return next((Where(page.where.file, n) for n, line in lines if any(q in line for q in quoted)), page.where)


def _panel(panel: Any, box: Box, page: Page, site: Site, scope: Scope) -> Json:
    if isinstance(panel, Panel):
        return _ours(panel, box, page, site, scope)
    try:
        json = _stock(panel, site)
    except stock.Refused as error:
        report(str(error), _where(panel, page))
        json = {"title": repr(panel)[:200], "type": "text"}
    named = {"gridPos": box.json(), "id": panel_id(page.stem, "stock", str(json.get("title")), str(json.get("type")))}
    return {**json, **named}


def _stock(panel: Any, site: Site) -> Json:
    """A grafanalib object, or its JSON, in canonical form; raises stock.Refused."""
    if isinstance(panel, Signal | View | str):
        name = panel if isinstance(panel, str) else panel.view().signal.name
        raise stock.Refused(f"'{name}' stands in a row by itself: say how it is drawn, timeseries(…) for instance.")
    settings = site.settings
    json = stock.panel(panel, datasources=SOURCES, plugin_version=settings.grafana_version, plugins=settings.plugins)
    if json.get("targets"):
        json.setdefault("fieldConfig", {"defaults": {}, "overrides": []})["defaults"].setdefault("noValue", NO_DATA)
    if json["type"] == "row":
        raise stock.Refused(
            f"{type(panel).__name__} '{json.get('title', '')}' in a row: rows come from Page(rows={{…}})."
        )
    return json


def _ours(panel: Panel, box: Box, page: Page, site: Site, scope: Scope) -> Json:
    shape = look(_told(panel, site), compact=page.landing)
    source = (choices.LOKI if panel.view.signal.logs else choices.PROMETHEUS) if panel.views else None
    clicks = links.data_links(page, panel, site)
    defaults, overrides = {**shape.defaults}, list(shape.overrides)
    if clicks and panel.kind == "table":
        first = {"id": "byName", "options": links.heading(panel.view.by_labels[0])}
        overrides.append({"matcher": first, "properties": [{"id": "links", "value": clicks}]})
    elif clicks and defaults:
        defaults["links"] = clicks
    drawn = grafana.Panel(
        kind=panel.kind,
        title=panel.heading,
        description=panel.description or describe(panel, site),
        id=id_of(page, panel),
        gridPos=box.json(),
        dataSource=source,
        links=links.panel_links(page, panel, site),
        options=shape.options,
        fieldConfig={"defaults": defaults, "overrides": overrides} if defaults or overrides else {},
        interval="1m" if source == choices.LOKI and panel.kind == "timeseries" else None,
        transformations=shape.transformations,
        pluginVersion=site.settings.grafana_version,
        repeat=core.Repeat("h", panel.repeat, 3) if panel.repeat else core.Repeat(),
        queries=list(_targets(panel, scope)) if panel.views else None,
    )
    json: Json = drawn.to_json_data()
    return json


def _told(panel: Panel, site: Site) -> Panel:
    """A list of alerts asks whoever evaluates the rules: Grafana itself, or the Prometheus of the installation."""
    if panel.kind != "alertlist":
        return panel
    rules_in = {"grafana": "-- Grafana --", "prometheus": "Prometheus"}[site.settings.evaluator]
    return evolve(panel, more={**panel.more, "rules_in": rules_in})


def describe(panel: Panel, site: Site) -> str:
    """What the panel shows, from when on it is bad, and what to do then."""
    told = []
    for view in panel.views:
        signal = view.signal
        watch = {alert.severity: alert.name for alert in site.watching(signal.name)}
        levels = [
            f"{severity.capitalize()} {level.words(signal.unit)}"
            + (f" ({watch[severity]})" if severity in watch else "")
            + "."
            for severity, level in view.levels
            if signal.unit
        ]
        told.append(" ".join([signal.question, *levels, *_excepted(view), f"When it is bad: {signal.bad}"]))
    return "\n\n".join(told)


def _excepted(view: View) -> Iterator[str]:
    """The lines are drawn for everybody; who has levels of his own is named."""
    values = [value for _, level in view.levels for of in level.except_.values() for value in of]
    if values:
        yield f"Levels of their own: {', '.join(dict.fromkeys(values))}."


def _targets(panel: Panel, scope: Scope) -> Iterator[Json]:
    # The greatest now: over a range, topk gives all that were the greatest at some time.
    instant = panel.kind in INSTANT or (panel.kind == "stat" and panel.view.greatest > 0)
    queries = [(view, name, text) for view in panel.views for name, text in view.queries(scope)]
    for index, (view, name, text) in enumerate(queries):
        if view.signal.logs:
            yield _loki(panel, view, name, text, ref(index))
            continue
        yield {
            "datasource": choices.PROMETHEUS,
            "editorMode": "code",
            "expr": text,
            "format": {"table": "table", "heatmap": "heatmap"}.get(panel.kind, "time_series"),
            "instant": instant,
            "legendFormat": "{{le}}" if panel.kind == "heatmap" else legend(view, name),
            "range": not instant,
            "refId": ref(index),
        }


def _loki(panel: Panel, view: View, name: str, text: str, refid: str) -> Json:
    lines = panel.kind == "logs"
    instant = panel.kind in INSTANT
    query: Json = {
        "datasource": choices.LOKI,
        "editorMode": "code",
        "expr": text,
        "queryType": "instant" if instant else "range",
        "refId": refid,
    }
    return query | ({"maxLines": 500} if lines else {"legendFormat": legend(view, name)})


def legend(view: View, name: str) -> str:
    """`{{service}} P95`: the grouping's labels, and the line's name where there are several (or no label)."""
    labels = [f"{{{{{label}}}}}" for label in view.by_labels]
    named = [name] if name and (len(view.lines) > 1 or not labels) else []
    return " ".join([*labels, *named]) or view.signal.title


def _annotation(mark: Annotation, scope: Scope) -> Json:
    inner = Scope(by=mark.per, where=scope.where)
    return {
        "datasource": choices.PROMETHEUS,
        "enable": True,
        "expr": mark.expr.text(inner),
        "hide": False,
        "iconColor": style.ROLE[mark.role],
        "name": mark.name,
        "step": "60s",
        "tagKeys": ",".join(mark.tags),
        "textFormat": _labelled(mark.text),
        "titleFormat": _labelled(mark.title),
    }


def _labelled(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
