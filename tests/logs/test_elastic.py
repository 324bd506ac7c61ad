"""Elasticsearch's index template and Kibana's saved objects: they, the pipelines and the log format agree."""

import json
import re
from copy import deepcopy
from fnmatch import fnmatch

import pytest

from kit.check.schema import file_problems
from kit.load import ROOT
from tests.logs.lines import BAD, GOOD, document, fields

LOGS = ROOT / "monitoring/exporters/logs"
TYPES = {
    "keyword": lambda value: isinstance(value, str),
    "match_only_text": lambda value: isinstance(value, str),
    "double": lambda value: isinstance(value, int | float),
    "date": lambda value: isinstance(value, float | str),
    "boolean": lambda value: value in (True, False, "true", "false"),
}


@pytest.fixture(scope="module")
def template():
    return json.loads((LOGS / "elasticsearch/template.json").read_text())


@pytest.fixture(scope="module")
def mapped(template):
    """Field → what the template says of it."""
    return dict(flat(template["template"]["mappings"]["properties"]))


@pytest.fixture(scope="module")
def saved():
    """Type → the one saved object of it."""
    objects = [json.loads(line) for line in (LOGS / "kibana/dataflux.ndjson").read_text().splitlines()]
    found = {one["type"]: one for one in objects}
    assert len(found) == len(objects)
    return found


@pytest.fixture(scope="module")
def panels(saved):
    return json.loads(saved["dashboard"]["attributes"]["panelsJSON"])


def flat(properties, above=""):
    for name, told in properties.items():
        if "properties" in told:
            yield from flat(told["properties"], f"{above}{name}.")
        else:
            yield f"{above}{name}", told


def inside(document, name):
    for part in name.split("."):
        document = (document or {}).get(part)
    return document


def test_the_template_has_no_key_that_elasticsearch_does_not_know(template):
    assert list(file_problems(template, "index-template")) == []


@pytest.mark.parametrize("path", ["data_streams", "template/mapping", "template/lifecycle/retention"])
def test_a_wrong_key_is_told(template, path):
    broken = inner = deepcopy(template)
    *above, key = path.split("/")
    for name in above:
        inner = inner[name]
    inner[key] = {}
    assert [problem.path for problem in file_problems(broken, "index-template")] == [tuple(path.split("/"))]


def test_its_fields_are_those_of_the_log_format_and_what_is_known_of_the_service(mapped):
    assert mapped.keys() == fields()


@pytest.mark.parametrize("line", (GOOD | BAD).values(), ids=GOOD | BAD)
def test_each_document_fits_it(mapped, line):
    found = document(line)
    for name, told in mapped.items():
        value = inside(found, name)
        assert value is None or TYPES[told["type"]](value), (name, value)
    assert {name.split(".")[0] for name in mapped} >= found.keys()


def test_an_unknown_field_makes_no_mapping_and_what_does_not_fit_is_kept(template):
    assert template["template"]["mappings"]["dynamic"] is False
    assert template["template"]["data_stream_options"] == {"failure_store": {"enabled": True}}


def test_it_comes_before_the_templates_that_elasticsearch_brings(template):
    """Theirs for logs-*-* has 100."""
    assert template["priority"] > 200 and template["data_stream"] == {}


def test_lines_are_kept_as_long_as_in_loki(template):
    hours = re.search(r"retention_period: (\d+)h", (LOGS / "loki/loki.yml").read_text())[1]
    assert template["template"]["lifecycle"]["data_retention"] == f"{int(hours) // 24}d"


def test_nothing_but_the_template_makes_the_data_stream(template, parsed, compiled):
    services = parsed(compiled, "docker-compose.monitoring.yml")["services"]
    refused, allowed = services["elasticsearch"]["environment"]["action.auto_create_index"].split(",")
    assert [refused, allowed] == [f"-{template['index_patterns'][0]}", "+*"] and template["allow_auto_create"] is True


def test_every_saved_object_has_the_envelope_of_one(saved):
    assert saved.keys() == {"index-pattern", "search", "dashboard"}
    assert [problem for one in saved.values() for problem in file_problems(one, "saved-object")] == []
    broken = {**saved["search"], "reference": []}
    assert [problem.path for problem in file_problems(broken, "saved-object")] == [("reference",)]


def test_every_reference_leads_to_an_object_of_the_file(saved):
    there = {(one["type"], one["id"]) for one in saved.values()}
    asked = [(ref["type"], ref["id"]) for one in saved.values() for ref in one["references"]]
    assert len(asked) == 6 and set(asked) <= there


def test_every_reference_that_a_text_names_is_there_and_none_is_left_over(saved, panels):
    search = json.loads(saved["search"]["attributes"]["kibanaSavedObjectMeta"]["searchSourceJSON"])
    assert [ref["name"] for ref in saved["search"]["references"]] == [search["indexRefName"]]
    named = set()
    for panel in panels:
        if name := panel.get("panelRefName"):
            named.add(f"{panel['panelIndex']}:{name}")
        else:
            found = panel["embeddableConfig"]["attributes"]
            layers = [f"indexpattern-datasource-layer-{layer}" for layer in layers_of(found)]
            assert [ref["name"] for ref in found["references"]] == layers
            named |= {f"{panel['panelIndex']}:{name}" for name in layers}
    assert {ref["name"] for ref in saved["dashboard"]["references"]} == named


def layers_of(chart):
    return chart["state"]["datasourceStates"]["formBased"]["layers"]


def charts(panels):
    return [panel["embeddableConfig"]["attributes"] for panel in panels if panel["type"] == "lens"]


def test_the_data_view_finds_the_data_stream(saved, template, mapped):
    view = saved["index-pattern"]["attributes"]
    assert [view["title"]] == template["index_patterns"] and fnmatch("logs-dataflux-default", view["title"])
    assert mapped[view["timeFieldName"]]["type"] == "date"
    assert json.loads(view["fieldFormatMap"]).keys() <= mapped.keys()


def test_every_field_that_is_shown_or_asked_for_is_in_the_template(saved, panels, mapped):
    asked = set(saved["search"]["attributes"]["columns"]) | {name for name, _ in saved["search"]["attributes"]["sort"]}
    for chart in charts(panels):
        columns = [column for layer in layers_of(chart).values() for column in layer["columns"].values()]
        asked |= {column["sourceField"] for column in columns} - {"___records___"}
        asked |= set(re.findall(r"(\w+):", chart["state"]["query"]["query"]))
        for column in columns:
            if column["operationType"] == "terms":
                assert mapped[column["sourceField"]]["type"] == "keyword"
            if column["operationType"] == "percentile":
                assert mapped[column["sourceField"]]["type"] == "double"
    assert asked <= mapped.keys()
    assert asked >= {"@timestamp", "level", "service", "request_id", "message", "asset_id", "duration_ms", "malformed"}


def test_every_column_that_a_chart_draws_is_there(panels):
    assert len(charts(panels)) == 4
    for chart in charts(panels):
        [(name, layer)] = layers_of(chart).items()
        assert sorted(layer["columnOrder"]) == sorted(layer["columns"])
        drawn = chart["state"]["visualization"]
        for one in drawn.get("layers", [drawn]):
            used = [
                one.get("xAccessor"),
                one.get("splitAccessor"),
                one.get("metricAccessor"),
                *one.get("accessors", ()),
            ]
            assert one["layerId"] == name and {column for column in used if column} == layer["columns"].keys()


def test_panels_lie_beside_each_other(panels):
    taken = set()
    for panel in panels:
        place = panel["gridData"]
        assert place["i"] == panel["panelIndex"] and place["x"] + place["w"] <= 48
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells
