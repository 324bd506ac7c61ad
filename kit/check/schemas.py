"""The JSON Schemas in `schemas/`: which there are, and their validators, each read and built once and only when asked.

`grafana-<version>/`, `queries/`, `kubernetes/` are made by `schemas/make`; `own/` is written by hand.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from posixpath import dirname, normpath
from typing import Any

from jsonschema import Draft202012Validator

from kit.check.validator import validator

ROOT = Path(__file__).resolve().parents[2] / "schemas"


class UnknownVersion(ValueError):
    """A Grafana version for which there are no schemas; its text is one sentence for a person."""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


@cache
def versions() -> tuple[str, ...]:
    """Return the Grafana versions with schemas, oldest first."""
    return tuple(sorted((path.name.removeprefix("grafana-") for path in ROOT.glob("grafana-*")), key=_numbers))


@cache
def closest(version: str) -> str:
    """Return the version with schemas that has the same major and minor number: "13.1.0" gives "13.1.3".

    Raises UnknownVersion when there is none.
    """
    found = [have for have in versions() if _numbers(have)[:2] == _numbers(version)[:2]]
    if version in found:
        return version
    if not found or not re.match(r"\d+\.\d+", version):
        there = ", ".join(versions())
        raise UnknownVersion(f"There are no schemas for Grafana {version!r}: choose one of {there}, or make some.")
    return found[-1]


@cache
def document(file: str) -> Mapping[str, Any]:
    """Return the JSON document `schemas/<file>.json`; raises FileNotFoundError when there is none."""
    loaded: Mapping[str, Any] = json.loads((ROOT / f"{file}.json").read_bytes())
    return loaded


@cache
def names(folder: str) -> tuple[str, ...]:
    """Return the names of the documents in `schemas/<folder>`, sorted."""
    return tuple(sorted(path.stem for path in (ROOT / folder).glob("*.json")))


@cache
def part(file: str, name: str) -> Draft202012Validator | None:
    """Return the validator of `$defs` entry `name` of a generated document (it refers to nothing), None without one."""
    schema = document(file)["$defs"].get(name)
    return None if schema is None else validator(schema)


@cache
def branches(file: str, what: str) -> tuple[str, ...]:
    """Return the types that `what` is described for: those of the `$defs` entries named `<what>:<type>`."""
    return tuple(name.removeprefix(f"{what}:") for name in document(file)["$defs"] if name.startswith(f"{what}:"))


def _schema(file: str, name: str, path: tuple[str, ...]) -> Any:
    """Return the schema of what lies under `path` of part `name`; True for anything, False for nothing."""
    schema: Any = document(file)["$defs"].get(name, False)
    for key in path:
        if not isinstance(schema, dict):
            break
        schema = schema.get("properties", {}).get(key, schema.get("additionalProperties", True))
    return schema


@cache
def keys(file: str, name: str, path: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the keys known under `path` of part `name`."""
    schema = _schema(file, name, path)
    return tuple(schema.get("properties", ())) if isinstance(schema, dict) else ()


@cache
def inner(file: str, name: str, path: tuple[str, ...]) -> Draft202012Validator | None:
    """Return the validator of what lies under `path` of part `name`, None when there can't be anything."""
    schema = _schema(file, name, path)
    return None if schema is False else validator(schema)


def _inlined(value: Any, file: str, within: frozenset[str] = frozenset()) -> Any:
    """Return a schema with each `$ref` replaced by what it names, for following them is what makes jsonschema slow.

    One that comes back to itself (routes in routes) stays: it must be of the same document, "#/$defs/name".
    """
    if isinstance(value, list):
        return [_inlined(item, file, within) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" not in value:
        return {key: _inlined(item, file, within) for key, item in value.items()}
    path, _, name = value["$ref"].partition("#")
    target = normpath(f"{dirname(file)}/{path.removesuffix('.json')}") if path else file
    if f"{target}#{name}" in within:
        return value
    schema: Any = document(target)
    for key in name.split("/")[1:]:
        schema = schema[key]
    beside = {key: item for key, item in value.items() if key != "$ref"}
    return _inlined({**schema, **beside}, target, within | {f"{target}#{name}"})


def own(name: str) -> Draft202012Validator:
    """Return the validator of `schemas/own/<name>.json`, which may refer to others by their relative paths."""
    return whole(f"own/{name}")


@cache
def whole(file: str) -> Draft202012Validator:
    """Return the validator of a document that describes one thing; it may refer to others by their relative paths."""
    schema = {key: _inlined(value, file) for key, value in document(file).items() if key != "$defs"}
    # What a `$ref` that stayed leads to.
    schema["$defs"] = {key: _inlined(value, file) for key, value in document(file).get("$defs", {}).items()}
    return validator(schema)
