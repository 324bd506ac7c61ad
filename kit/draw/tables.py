"""Tables: a row a group, a column for each line of each signal."""

from typing import Any

from attrs import evolve

from kit.draw import style
from kit.draw.links import heading
from kit.draw.looks import Look
from kit.draw.panel import Panel
from kit.model.signal import View
from kit.model.unit import Unit

Json = dict[str, Any]


def table(panel: Panel, compact: bool) -> Look:
    """A column for each line of each signal; Grafana names them `Value #A`, or `Value` when there is but one."""
    columns = [(view, name) for view in panel.views for name in view.lines]
    names = _columns(columns)
    fields = [f"Value #{ref(index)}" for index in range(len(columns))] if len(columns) > 1 else ["Value"]
    labels = panel.view.by_labels
    order = {label: index for index, label in enumerate(labels)} | {
        name: index + len(labels) for index, name in enumerate(fields)
    }
    return Look(
        options={
            "cellHeight": "sm",
            "frameIndex": 0,
            "showHeader": True,
            "sortBy": [{"desc": True, "displayName": names[0]}],
        },
        defaults={
            "custom": {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "inspect": False},
            "mappings": [],
            "noValue": panel.view.signal.nothing,
        },
        overrides=[
            _column(evolve(view, lines=(line,)), name) for (view, line), name in zip(columns, names, strict=True)
        ],
        transformations=[
            *([{"id": "merge", "options": {}}] if len(columns) > 1 else []),
            {
                "id": "organize",
                "options": {
                    "excludeByName": {"Time": True},
                    "includeByName": {},
                    "indexByName": order,
                    "renameByName": dict(zip(fields, names, strict=True)) | {label: heading(label) for label in labels},
                },
            },
        ],
    )


def _columns(columns: list[tuple[View, str]]) -> list[str]:
    """A heading each: the signal's title, the line's name, or both where one alone would not tell."""
    alone = len({view.signal.name for view, _ in columns}) == 1
    return [
        (name if alone and name else f"{view.signal.title} {name}".strip()) or view.signal.title
        for view, name in columns
    ]


def _column(view: View, name: str) -> Json:
    unit = view.signal.unit or Unit("short")
    properties: list[Json] = [{"id": "unit", "value": unit.grafana}]
    if unit.decimals is not None:
        properties.append({"id": "decimals", "value": unit.decimals})
    if mappings := [*style.mappings(unit), *style.none(view)]:
        properties.append({"id": "mappings", "value": mappings})
    if view.levels:
        properties.append({"id": "thresholds", "value": style.thresholds(view)})
        properties.append({"id": "custom.cellOptions", "value": {"type": "color-text"}})
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}


def ref(index: int) -> str:
    """0 → A, 25 → Z, 26 → AA."""
    return (ref(index // 26 - 1) if index >= 26 else "") + chr(ord("A") + index % 26)
