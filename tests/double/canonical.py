"""What `v1` makes of a dashboard: the defaults filled in, what says nothing left out (tests/recorded/canonical)."""

BUILT_IN = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}
NEWEST = 42
NOTHING = {"defaults": {}, "overrides": []}


def canonical(spec):
    """A spec as `v1` stores and shows it; the one that was given is not changed. Not a migration of old panels."""
    spec = whole(spec)
    for own in ("id", "uid", "version"):
        spec.pop(own, None)
    if spec.get("schemaVersion", 0) < NEWEST:
        spec.setdefault("refresh", "")
    spec["schemaVersion"] = NEWEST
    listed = (spec.get("annotations") or {}).get("list") or []
    if not any(each.get("builtIn") for each in listed):
        listed = [BUILT_IN, *listed]
    spec["annotations"] = {"list": listed}
    for key, value in (("editable", True), ("fiscalYearStartMonth", 0), ("graphTooltip", 0), ("weekStart", "")):
        spec.setdefault(key, value)
    spec.setdefault("links", [])
    spec.setdefault("templating", {"list": []})
    spec.setdefault("timepicker", {})
    spec.setdefault("timezone", "")
    spec.setdefault("tags", [])
    spec.setdefault("time", {"from": "now-6h", "to": "now"})
    panels = spec.get("panels")
    spec["panels"] = [panel(each) for each in panels] if isinstance(panels, list) else []
    return spec


def panel(given):
    """A panel without what says nothing."""
    kept = dict(given)
    for key, nothing in (("transparent", False), ("title", ""), ("fieldConfig", NOTHING)):
        if kept.get(key) == nothing:
            kept.pop(key, None)
    steps = kept.get("fieldConfig", {}).get("defaults", {}).get("thresholds", {}).get("steps")
    if steps and steps[0].get("value", 0) is None:
        steps[0].pop("value")
    if isinstance(kept.get("panels"), list):
        kept["panels"] = [panel(each) for each in kept["panels"]]
    return kept


def whole(value):
    """A deep copy in which a whole float is an int, as Go writes it."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
