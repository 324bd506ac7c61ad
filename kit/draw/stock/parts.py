"""Parts of a panel's JSON that several kinds share."""

from typing import Any

from kit.draw.stock.plain import Json, pick

# What a kind makes of a panel's JSON: its options and its field defaults.
Drawn = tuple[Json, Json]

HIDE_FROM: Json = {"legend": False, "tooltip": False, "viz": False}


def options(raw: Json) -> Json:
    """Return the panel's options; grafanalib's Heatmap writes an empty list there."""
    given = raw.get("options")
    return dict(given) if isinstance(given, dict) else {}


def defaults(raw: Json) -> Json:
    """Return the panel's field defaults."""
    return dict(raw.get("fieldConfig", {}).get("defaults", {}))


def custom(raw: Json) -> Json:
    """Return what the panel's kind keeps in its field defaults."""
    return dict(defaults(raw).get("custom", {}))


def legend(given: Any) -> Json:
    """Return a whole legend; the mode "hidden" would leave the panel blank (V37 migration, grafana#125368)."""
    whole = {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True, **(given or {})}
    return {**whole, "displayMode": "list", "showLegend": False} if whole["displayMode"] == "hidden" else whole


def tooltip(given: Any) -> Json:
    """Return a whole tooltip (canonical recordings)."""
    return {"hideZeros": False, "mode": "single", "sort": "none", **(given or {})}


def with_legend_and_tooltip(raw: Json) -> Json:
    """Return the panel's options with both whole."""
    given = options(raw)
    return {**given, "legend": legend(given.get("legend")), "tooltip": tooltip(given.get("tooltip"))}


def reduced(given: Json) -> Json:
    """Return reduceOptions from the keys `calcs`, `values` and `limit` of an old form."""
    calcs = given.get("calcs") or ["mean"]
    return {"calcs": calcs, "fields": "", "values": given.get("values", False), **pick(given, ("limit",))}


def as_is(raw: Json) -> Drawn:
    """A kind that grafanalib has no class for: its JSON is written by hand, for the Grafana of today."""
    given = options(raw)
    hidden = isinstance(given.get("legend"), dict) and given["legend"].get("displayMode") == "hidden"
    return {**given, **({"legend": legend(given["legend"])} if hidden else {})}, defaults(raw)
