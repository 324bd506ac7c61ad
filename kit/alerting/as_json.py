"""The table and an explanation for programs; docs/alerts.md documents both."""

from collections.abc import Iterable
from typing import Any

import orjson

from kit.alerting.explained import Explained, Heard
from kit.alerting.routes import Told
from kit.alerting.row import Row
from kit.coverage.span import seconds
from kit.coverage.told import Place

Json = dict[str, Any]


def table(rows: Iterable[Row], evaluator: str, place: Place) -> str:
    """Every rule. `place` writes where its alert was defined."""
    return _text({"evaluator": evaluator, "alerts": [_row(row, place) for row in rows]})


def explanation(found: Explained, place: Place) -> str:
    """One rule at a value."""
    alert = found.row.rule.alert
    return _text(
        {
            "evaluator": found.evaluator,
            "alert": _row(found.row, place),
            "value": found.value,
            "verdict": found.verdict.value,
            "others": [
                {"name": one.name, "severity": one.severity, "level": one.level, "verdict": one.verdict.value}
                for one in found.others
            ],
            "exceptions": [
                {"label": one.label, "value": one.value, "name": one.rule or None, "verdict": one.verdict.value}
                for one in found.excepted
            ],
            "fires_without_data": found.nothing,
            "first_message": [_first(one) for one in found.heard],
            "unheard": found.unheard or None,
            "told_by_silence_of": [one.name for one in found.deadman],
            "message": {"summary": alert.summary, "description": found.description},
        }
    )


def _text(whole: Json) -> str:
    return orjson.dumps(whole, option=orjson.OPT_INDENT_2).decode()


def _row(row: Row, place: Place) -> Json:
    level, signal = row.rule.alert.level, row.rule.alert.signal
    assert signal.unit is not None
    return {
        "name": row.name,
        "alert": row.alert,
        "area": row.area,
        "severity": row.severity,
        "summary": row.rule.alert.summary,
        "condition": row.condition,
        "signal": signal.name,
        "line": level.line,
        "direction": level.direction,
        "level": level.value,
        "level_words": signal.unit.words(level.value),
        "hold_seconds": seconds(row.hold),
        "labels": list(row.rule.labels),
        "receivers": [_told(one) for one in row.told],
        "runbook": row.runbook,
        "runbook_url": row.runbook_url,
        "panel": {"page": row.seen.page, "title": row.seen.title, "url": row.seen.url} if row.seen else None,
        "defined_in": place(row.where),
    }


def _told(one: Told) -> Json:
    return {
        "name": one.receiver,
        "kinds": list(one.kinds),
        "addresses": list(one.addresses),
        "route": one.route,
        "group_by": list(one.group_by),
        "group_wait_seconds": seconds(one.wait),
        "group_interval_seconds": seconds(one.interval),
        "repeat_interval_seconds": seconds(one.repeat),
        "muted": list(one.muted),
    }


def _first(one: Heard) -> Json:
    return {"receiver": one.told.receiver, "earliest_seconds": one.earliest, "latest_seconds": one.latest}
