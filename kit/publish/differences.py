"""What differs between two contents of one object, in a few words: '3 panels, 1 variable'. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def words(kind: str, before: Any, after: Any) -> str:
    """What changes from `before` to `after`; empty where it cannot be told."""
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return ""
    if kind == "dashboard":
        return ", ".join(_counted(dashboard(before, after)))
    if kind == "rules":
        return _rules(before, after)
    keys = sorted({*before, *after})
    told = [key for key in keys if before.get(key) != after.get(key)]
    if kind == "contact point" and before.get("provenance") == "api" and after.get("provenance") == "":
        told.append("which takes a delete and a create")
    return ", ".join(told)


def dashboard(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of the panels, variables and settings that differ, by `panel`, `variable` and `setting`."""
    variables = [_by(one.get("templating", {}).get("list", ()), "name", "name") for one in (before, after)]
    found = {
        "panel": list(_differing(panels(before), panels(after))),
        "variable": list(_differing(*variables)),
        "setting": [
            key for key in sorted({*before, *after} - {"panels", "templating"}) if before.get(key) != after.get(key)
        ],
    }
    return {what: names for what, names in found.items() if names}


def panels(spec: Mapping[str, Any]) -> dict[Any, tuple[str, Any]]:
    """Every panel by its id, those within rows included: (title, the panel without the panels it holds)."""
    found: dict[Any, tuple[str, Any]] = {}
    for number, panel in enumerate(_flat(spec.get("panels", ()))):
        alone = {key: value for key, value in panel.items() if key != "panels"}
        found[panel.get("id", f"#{number}")] = (str(panel.get("title") or panel.get("type") or "untitled"), alone)
    return found


def _flat(many: Any) -> Iterator[Mapping[str, Any]]:
    for panel in many if isinstance(many, Sequence) and not isinstance(many, str) else ():
        if isinstance(panel, Mapping):
            yield panel
            yield from _flat(panel.get("panels", ()))


def _by(many: Any, key: str, title: str) -> dict[Any, tuple[str, Any]]:
    return {one.get(key, f"#{number}"): (str(one.get(title, "")), one) for number, one in enumerate(many)}


def _differing(before: Mapping[Any, tuple[str, Any]], after: Mapping[Any, tuple[str, Any]]) -> Iterator[str]:
    for key in {**before, **after}:
        old, new = before.get(key), after.get(key)
        if old is None and new is not None:
            yield f"{new[0]} (new)"
        elif new is None and old is not None:
            yield f"{old[0]} (gone)"
        elif old and new and old[1] != new[1]:
            yield new[0]


def _counted(found: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for what, names in found.items():
        yield f"{len(names)} {what}{'s' if len(names) != 1 else ''}"


def _rules(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    old, new = (_by(one.get("rules", ()), "uid", "title") for one in (before, after))
    changed = len(list(_differing(old, new)))
    told = [f"{changed} of {len(new)} rules"] if changed else []
    told += [key for key in ("interval", "provenance") if before.get(key) != after.get(key)]
    if not changed and [*old] != [*new]:
        told.append("order")
    again = sum(_starts_again(old[uid][1], new[uid][1]) for uid in new if uid in old)
    if again:
        told.append(f"{again} alert{'s' if again != 1 else ''} start{'s' if again == 1 else ''} again from Normal")
    return ", ".join(told)


# Grafana drops a rule's state where one of these changes: Fingerprint() in pkg/services/ngalert/schedule/registry.go.
_STATE = (
    "title", "labels", "condition", "data", "isPaused", "for", "noDataState", "execErrState", "notification_settings",
)  # fmt: skip
_PANEL = ("__dashboardUid__", "__panelId__")


def _starts_again(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    old, new = (one.get("annotations") or {} for one in (before, after))
    return any(before.get(key) != after.get(key) for key in _STATE) or any(old.get(k) != new.get(k) for k in _PANEL)
