"""jsonschema's validator for draft 2020-12, spared what makes it slow on dashboards.

jsonschema makes a new validator object for every key that it looks at. Most keys of a dashboard are a string, a number
or a word of a list that their schema allows at once; those are passed here without one. Failures are all found and told
by jsonschema itself.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

_PLAIN = frozenset(("const", "enum", "minLength", "title", "type"))
_TYPES: dict[object, tuple[type, ...]] = {"boolean": (bool,), "integer": (int,), "number": (int, float)}


def _plainly_fits(schema: Any, value: Any) -> bool:
    """Say whether a schema of a few simple keywords allows a value; False means no more than "ask jsonschema"."""
    if isinstance(schema, bool):
        return schema
    if not schema.keys() <= _PLAIN:
        return False
    if type(value) is str:
        fits = value in schema.get("enum", (value,)) and value == schema.get("const", value)
        return fits and "string" in schema.get("type", "string") and len(value) >= schema.get("minLength", 0)
    # `type(value)` and not isinstance: True is an int to Python, and no number to JSON.
    kind = schema.get("type")
    return isinstance(kind, str) and schema.keys() <= {"title", "type"} and type(value) in _TYPES.get(kind, ())


def _properties(asked: Any, properties: Mapping[str, Any], value: Any, _: Any) -> Iterator[ValidationError]:
    for key, inner in value.items() if isinstance(value, dict) else ():
        schema = properties.get(key, True)
        if not _plainly_fits(schema, inner):
            yield from asked.descend(inner, schema, path=key, schema_path=key)


_Quick: Any = extend(Draft202012Validator, {"properties": _properties})  # type: ignore[no-untyped-call]


def validator(schema: Any) -> Draft202012Validator:
    """Return the validator of a schema, which is taken to be a valid one (the tests say so)."""
    made: Draft202012Validator = _Quick(schema)
    return made
