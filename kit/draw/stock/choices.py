"""What a variable offers, and what of it is chosen at first."""

import re
from typing import Any

from kit.draw.stock.plain import Json, pick
from kit.draw.stock.refusals import Unfit

_ALL: Json = {"text": "All", "value": "$__all"}
_PAIR = re.compile(r"^\s*(.+)\s:\s(.+)$")


def chosen(raw: Json, default: Any, options: list[Json] | None = None) -> Json | None:
    """Return `current`: lists exactly where several can be chosen; All, or the first of `options`, if nothing is said.

    `options` are all there is to choose from; None means that only the data source knows.
    """
    wanted = listed(default) if default not in (None, "", []) else []
    if not wanted and raw.get("includeAll"):
        wanted = [_ALL["value"]]
    if not wanted and options:
        wanted = [options[0]["value"]]
    found = [_found(value, raw, options) for value in wanted]
    if raw.get("multi") and found:
        return {key: [each[key] for each in found] for key in ("text", "value")}
    return found[0] if found else None


def options_of(raw: Json) -> list[Json]:
    """Return `{text, value}` of each option of a custom variable, from its query or else from its options."""
    parts = parts_of(raw)
    if not parts:
        return [pick(each, ("text", "value")) for each in raw.get("options", [])]
    return [_option(part.replace(r"\,", ",")) for part in parts]


def parts_of(raw: Json) -> list[str]:
    """Return the parts of the query of a custom variable, trimmed; a comma after a backslash does not part."""
    found = re.findall(r"(?:\\,|[^,])+", str(raw.get("query", "")))
    return [part.strip() for part in found if part.strip()]


def as_query(options: list[Json]) -> str:
    """Return the query that offers `options`."""
    pairs = [(each["text"], each["value"]) for each in options]
    return ",".join(value if text == value else f"{text} : {value}" for text, value in pairs)


def listed(value: Any) -> list[Any]:
    """Return `value` as a list, if it is none already."""
    return value if isinstance(value, list) else [value]


def _found(value: Any, raw: Json, options: list[Json] | None) -> Json:
    if value in _ALL.values():
        if not raw.get("includeAll"):
            raise Unfit("its default is All, which it does not offer: use includeAll=True")
        return dict(_ALL)
    if options is None:
        return {"text": _texts(raw).get(value, value), "value": value}
    matching = [each for each in options if value in each.values()]
    if not matching:
        raise Unfit(f"its default {value!r} is none of its options: use one of them")
    return matching[0]


def _texts(raw: Json) -> Json:
    current = raw.get("current", {})
    return dict(zip(listed(current.get("value")), listed(current.get("text")), strict=False))


def _option(part: str) -> Json:
    pair = _PAIR.match(part)
    text, value = pair.groups() if pair else (part, part)
    return {"text": text.strip(), "value": value.strip()}
