"""Value mappings: the forms of before Grafana 8 become the one of today."""

from collections.abc import Iterator
from itertools import count

from kit.draw.stock.plain import Json, pick, telling
from kit.draw.stock.refusals import Unfit


def mappings(given: list[Json]) -> list[Json]:
    """Return value mappings in the form of Grafana 8 and later (V30 migration), numbered in the order of the list."""
    modern = [each for each in given if isinstance(each.get("type"), str)]
    merged = _merged([each for each in given if not isinstance(each.get("type"), str)])
    numbers = count()
    return [{**each, "options": _numbered(each, numbers)} for each in merged + modern]


def _merged(old: list[Json]) -> list[Json]:
    """All old mappings of values as one, in front; those of ranges and of null after it (V30 migration)."""
    values = {str(each.get("value", "")): _result(each) for each in old if _is_value(each) and not _is_null(each)}
    others = [_special(each) for each in old if not _is_value(each) or _is_null(each)]
    return ([{"options": values, "type": "value"}] if values else []) + others


def _is_value(old: Json) -> bool:
    # ValueMap and RangeMap write no type at all; StatMapping writes 1 for a value and 2 for a range.
    return bool(old["type"] == 1) if "type" in old else "value" in old


def _is_null(old: Json) -> bool:
    return bool(old.get("value") == "null")


def _special(old: Json) -> Json:
    if _is_value(old):
        return {"options": {"match": "null", "result": _result(old)}, "type": "special"}
    ends = {end: _end(old.get(end)) for end in ("from", "to")}
    return {"options": {**ends, "result": _result(old)}, "type": "range"}


def _end(given: str | float | None) -> float | int:
    try:
        number = float(given or 0)
    except ValueError:
        raise Unfit(f"{given!r} ends no range of a value mapping: use a number") from None
    return int(number) if number.is_integer() else number


def _result(old: Json) -> Json:
    return pick(old, ("text", "color"))


def _numbered(mapping: Json, numbers: Iterator[int]) -> Json:
    options: Json = mapping["options"]
    if mapping["type"] == "value":
        return {value: _indexed(result, numbers) for value, result in options.items()}
    return {**options, "result": _indexed(options.get("result", {}), numbers)}


def _indexed(result: Json, numbers: Iterator[int]) -> Json:
    return {**telling(result, {"color": ""}), "index": next(numbers)}
