"""grafanalib objects as plain JSON values; the objects themselves are never touched."""

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any

Json = dict[str, Any]

# From here on Go and JavaScript write a whole number with an exponent.
_LARGEST_PLAIN = 1e21


def plain(stock: Any) -> Any:
    """Return `stock` (an object with `to_json_data`, or JSON values) as new dicts, lists, strings and numbers.

    Whole floats become integers, as Grafana returns them (canonical recordings: 80.0 comes back as 80).
    """
    # A copy, because some of grafanalib's to_json_data write into the model (extraJson, ePictBox).
    text = json.dumps(copy.deepcopy(stock), default=_emitted, allow_nan=False)
    return json.loads(text, parse_float=_number)


def shallow(stock: Any) -> Json:
    """Return the JSON of `stock` for one level: what is within stays the objects that they are (but copies)."""
    copied = copy.deepcopy(stock)
    return dict(copied if isinstance(copied, Mapping) else _emitted(copied))


def without_nulls(value: Any) -> Any:
    """Return `value` without any key whose value is null, at any depth (`removeNullValuesRecursively` of Grafana)."""
    if isinstance(value, dict):
        return {key: without_nulls(inner) for key, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(inner) for inner in value]
    return value


def pick(given: Mapping[str, Any], keys: Iterable[str]) -> Json:
    """Return those of `keys` that `given` has."""
    return {key: given[key] for key in keys if key in given}


def omit(given: Mapping[str, Any], keys: Iterable[str]) -> Json:
    """Return `given` without `keys`."""
    dropped = frozenset(keys)
    return {key: value for key, value in given.items() if key not in dropped}


def telling(given: Mapping[str, Any], silent: Mapping[str, Any]) -> Json:
    """Return `given` without the entries that say nothing: those equal to the ones in `silent`, type included."""
    return {key: value for key, value in given.items() if not (key in silent and _same(value, silent[key]))}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _emitted(stock: Any) -> Any:
    if not hasattr(stock, "to_json_data"):
        raise TypeError(f"{type(stock).__name__} is neither JSON nor a grafanalib object: {stock!r}")
    return stock.to_json_data()


def _number(text: str) -> float | int:
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _LARGEST_PLAIN else number
