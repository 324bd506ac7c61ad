"""What the kinds of panels have in common: what a kind contributes, and the defaults of its fields."""

from dataclasses import dataclass, field
from typing import Any

from kit.draw import style
from kit.model.signal import View
from kit.model.unit import Unit

Json = dict[str, Any]


@dataclass(frozen=True)
class Look:
    """What a kind contributes to a panel's JSON."""

    options: Json
    defaults: Json = field(default_factory=dict)
    overrides: list[Json] = field(default_factory=list)
    transformations: list[Json] = field(default_factory=list)


def defaults(view: View, **more: Any) -> Json:
    """Unit, levels, names of states and what is said of no data; `more` is laid over them."""
    unit = view.signal.unit or Unit("short")
    known: Json = {
        "color": {"mode": "thresholds"},
        "mappings": style.mappings(unit),
        "noValue": view.signal.nothing,
        "thresholds": style.thresholds(view),
        "unit": unit.grafana,
    }
    if unit.decimals is not None:
        known["decimals"] = unit.decimals
    return known | more


def number(view: View, **more: Any) -> Json:
    """Defaults of the kinds that show one number each."""
    known = defaults(view, **more)
    return known | {"mappings": [*known["mappings"], *style.none(view), style.nothing(view)]}


def full(view: View) -> Json:
    """Bounds of a dial: 0, and what means full where the unit knows it."""
    top = view.signal.unit.top if view.signal.unit else None
    return {"min": 0} | ({"max": top} if top is not None else {})
