"""The schemas themselves, and the quick way past jsonschema, which must give the same answers."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kit.check import schemas, validator, words
from kit.check.schema import versions

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(path for path in (ROOT / "schemas").rglob("*.json") if "make" not in path.parts)
# Somebody else's, as it is.
FOREIGN = [ROOT / "schemas/compose/compose-spec.json"]
GENERATED = [path for path in DOCUMENTS if "own" not in path.parts and path not in FOREIGN]
PANELS = [path for path in GENERATED if path.parent.name == "panels"]


def test_each_version_has_its_kinds():
    for version in versions():
        found = {path.stem for path in PANELS if path.parts[-3] == f"grafana-{version}"}
        assert {"timeseries", "stat", "table", "heatmap", "alertlist", "geomap", "canvas", "xychart"} <= found
        assert len(found) >= 27


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_schemas_are_schemas(path):
    document = json.loads(path.read_text())
    Draft202012Validator.check_schema(document)
    for schema in document.get("$defs", {}).values():
        Draft202012Validator.check_schema(schema)


def keywords(schema):
    """Every (keyword, value) of a schema and of those inside it, property names left out."""
    for key, value in schema.items() if isinstance(schema, dict) else ():
        if key in ("properties", "patternProperties", "$defs"):
            for inner in value.values():
                yield from keywords(inner)
        else:
            yield key, value
            for inner in value if isinstance(value, list) else [value]:
                yield from keywords(inner) if key not in ("enum", "const") else ()


@pytest.mark.parametrize("path", GENERATED, ids=lambda path: "/".join(path.parts[-3:]))
def test_generated_schemas_are_sorted_and_carry_no_prose(path):
    text = path.read_text()
    document = json.loads(text)
    assert text == json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    operators = path.parent.name == "kubernetes"
    assert ("prometheus-operator@v" if operators else "@grafana/schema") in document["$comment"]
    prose = {"description", "default", "examples"} | ({"x-kubernetes-list-type"} if operators else {"$ref"})
    assert not prose & {key for key, _ in keywords(document)}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: "/".join(path.parts[-3:]))
def test_every_keyword_has_its_words(path):
    structure = {
        *("$schema", "$comment", "$defs", "$ref", "title", "properties", "items", "prefixItems", "allOf", "if", "then"),
        *("else", "additionalProperties", "required", "anyOf", "propertyNames", "patternProperties"),
        # Of the Compose Specification's.
        *("$id", "oneOf", "unevaluatedProperties", "default", "deprecated", "description"),
    }
    used = {key for key, _ in keywords(json.loads(path.read_text()))}
    assert used <= structure | set(words._SAY), "a keyword that jsonschema checks and nobody words"


def test_the_sizes_stay_modest():
    assert sum(path.stat().st_size for path in DOCUMENTS) < 1_500_000


def test_the_patches_name_their_reasons():
    patches = json.loads((ROOT / "schemas/make/patches.json").read_text())["patches"]
    assert all(patch["why"] and patch["in"] in ("grafana", "queries") for patch in patches)
    lock = json.loads((ROOT / "schemas/make/package-lock.json").read_text())
    assert not any("resolved" in package for package in lock["packages"].values())
    wanted = json.loads((ROOT / "schemas/make/package.json").read_text())["dependencies"]
    assert {f"npm:@grafana/schema@{version}" for version in versions()} <= set(wanted.values())


# --- the quick way past jsonschema gives the same answers

VALUES = [None, True, False, 0, 1, -1, 1.0, 1.5, "", "a", "b", [], ["a"], {}, {"a": 1}, float("inf")]
SCHEMAS = [
    True,
    False,
    {},
    {"type": "string"},
    {"type": "number"},
    {"type": "integer"},
    {"type": "boolean"},
    {"type": "null"},
    {"type": "array"},
    {"type": ["string", "null"]},
    {"type": ["integer", "boolean"]},
    {"enum": ["a", "b"]},
    {"enum": [0, 1]},
    {"enum": [True]},
    {"const": "a"},
    {"const": 1},
    {"type": "string", "minLength": 1, "title": "t"},
    {"type": "number", "enum": [1]},
    {"type": "number", "minimum": 1},
    {"minLength": 1},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=str)
def test_the_quick_validator_agrees_with_jsonschema(schema):
    whole = {"type": "object", "properties": {"x": schema}}
    for value in VALUES:
        plain = Draft202012Validator(whole).is_valid({"x": value})
        assert validator.validator(whole).is_valid({"x": value}) == plain, value


def test_schemas_are_read_once():
    assert schemas.part("queries/loki", "query") is schemas.part("queries/loki", "query")
