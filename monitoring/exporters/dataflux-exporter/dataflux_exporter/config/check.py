"""A document against the JSON Schema, each mistake as a sentence. Values are not repeated: they may be secrets."""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator

from dataflux_exporter.config.fault import Fault, nearest
from dataflux_exporter.config.lines import Document

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
}


def schema() -> dict[str, Any]:
    """The JSON Schema of the configuration."""
    text = files("dataflux_exporter").joinpath("config.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def faults(document: Document) -> Iterator[Fault]:
    """What the schema does not let through."""
    for error in Draft202012Validator(schema()).iter_errors(document.data):
        yield from _faults(error, document)


def _faults(error: Any, document: Document) -> Iterator[Fault]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties" and "errorMessage" not in error.schema:
        known = list(error.schema.get("properties", {}))
        for name in error.instance:
            if name not in known:
                yield document.fault((*path, name), f"unknown key{nearest(name, known)}")
    elif error.validator == "required":
        name = next(name for name in error.validator_value if f"'{name}'" in error.message)
        yield document.fault(path, f"the key '{name}' is missing")
    elif error.validator == "propertyNames" or "propertyNames" in error.absolute_schema_path:
        yield document.fault((*path, str(error.instance)), error.schema.get("errorMessage", "no name"))
    else:
        yield document.fault(path, _sentence(error))


def _sentence(error: Any) -> str:
    if error.validator == "enum":
        if isinstance(error.instance, str):
            return f"'{error.instance[:40]}' is unknown{nearest(error.instance, error.validator_value)}"
        return f"one of {', '.join(error.validator_value)} is needed"
    if "errorMessage" in error.schema:
        return str(error.schema["errorMessage"])
    if error.validator == "type":
        wanted = error.validator_value if isinstance(error.validator_value, list) else [error.validator_value]
        return f"{' or '.join(_TYPES.get(str(one), str(one)) for one in wanted)} is needed"
    if error.validator in ("minItems", "minProperties", "minLength"):
        return "it is empty; give at least one" if error.validator != "minLength" else "it is empty"
    if error.validator == "uniqueItems":
        return "something stands in it twice"
    if error.validator == "minimum":
        return f"it must be at least {error.validator_value}"
    return f"it breaks the schema's rule '{error.validator}'"
