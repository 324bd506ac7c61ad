"""Variables of every type."""

import pytest
from grafanalib.core import REFRESH_NEVER, Template

from kit.draw import stock

PROMETHEUS = {"type": "prometheus", "uid": "p"}
LOKI = {"type": "loki", "uid": "l"}
SOURCES = {"default": PROMETHEUS, "Prometheus": PROMETHEUS, "Loki": LOKI, "sql": {"type": "mysql", "uid": "m"}}
ALL = {"text": "All", "value": "$__all"}


def make(*, kind="query", name="v", query="", **more):
    return stock.variable(Template(name, query, type=kind, **more), datasources=SOURCES)


def test_query():
    assert make(query="label_values(up, job)", default="a", label="L", regex="/x/", sort=2, multi=True) == {
        "current": {"text": ["a"], "value": ["a"]},
        "datasource": PROMETHEUS,
        "definition": "label_values(up, job)",
        "hide": 0,
        "includeAll": False,
        "label": "L",
        "multi": True,
        "name": "v",
        "options": [],
        "query": {
            "qryType": 1,
            "query": "label_values(up, job)",
            "refId": "PrometheusVariableQueryEditor-VariableQuery",
        },
        "refresh": 1,
        "regex": "/x/",
        "skipUrlSync": False,
        "sort": 2,
        "type": "query",
    }


@pytest.mark.parametrize(
    ("query", "number"),
    [("label_names()", 0), ("label_values(job)", 1), ("metrics(x)", 2), ("query_result(up)", 3), ("up", 4)],
)
def test_a_query_of_prometheus_says_what_it_asks(query, number):
    assert make(query=query)["query"]["qryType"] == number


def test_a_query_of_other_data_sources():
    loki = make(query='label_values({app="x"}, pod)', dataSource="Loki")
    assert loki["query"] == {
        "label": "pod",
        "refId": "LokiVariableQueryEditor-VariableQuery",
        "stream": '{app="x"}',
        "type": 1,
    }
    assert make(query="label_names()", dataSource="Loki")["query"]["type"] == 0
    assert make(query="select 1", dataSource="sql")["query"] == "select 1"


@pytest.mark.parametrize(("given", "wanted"), [(REFRESH_NEVER, 1), (1, 1), (2, 2)])
def test_a_query_is_always_asked(given, wanted):
    assert make(query="up", refresh=given)["refresh"] == wanted


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, None),
        ({"includeAll": True}, ALL),
        ({"includeAll": True, "multi": True}, {"text": ["All"], "value": ["$__all"]}),
        ({"includeAll": True, "default": "$__all"}, ALL),
        ({"includeAll": True, "default": "a"}, {"text": "a", "value": "a"}),
        ({"multi": True, "default": ["a", "b"]}, {"text": ["a", "b"], "value": ["a", "b"]}),
    ],
)
def test_current_is_a_list_exactly_if_several_can_be_chosen(given, wanted):
    assert make(query="up", **given).get("current") == wanted


def test_the_text_of_current_json_is_kept():
    current = {"text": ["Eins"], "value": ["1"]}
    given = {"name": "v", "type": "query", "query": "up", "multi": True, "current": current}
    assert stock.variable(given, datasources=SOURCES)["current"] == current


def test_custom():
    assert make(kind="custom", query="Live : prod, dev ,a\\,b", default="dev") == {
        "current": {"text": "Live", "value": "prod"} | {"text": "dev", "value": "dev"},
        "hide": 0,
        "includeAll": False,
        "multi": False,
        "name": "v",
        "options": [
            {"selected": False, "text": "Live", "value": "prod"},
            {"selected": True, "text": "dev", "value": "dev"},
            {"selected": False, "text": "a,b", "value": "a,b"},
        ],
        "query": "Live : prod,dev,a\\,b",
        "skipUrlSync": False,
        "type": "custom",
    }


def test_custom_defaults():
    assert make(kind="custom", query="a,b")["current"] == {"text": "a", "value": "a"}
    assert make(kind="custom", query="A : a,b", default="A")["current"] == {"text": "A", "value": "a"}
    several = make(kind="custom", query="a,b,c", default=["b", "c"], multi=True)
    assert several["current"] == {"text": ["b", "c"], "value": ["b", "c"]}
    assert [each["selected"] for each in several["options"]] == [False, True, True]
    every = make(kind="custom", query="a,b", includeAll=True, multi=True)
    assert every["current"] == {"text": ["All"], "value": ["$__all"]}
    assert [each["selected"] for each in every["options"]] == [False, False]


def test_custom_of_options():
    options = [{"selected": False, "text": "A", "value": "a"}, {"selected": True, "text": "b", "value": "b"}]
    made = make(kind="custom", query="", options=options)
    assert made["query"] == "A : a,b"
    assert made["current"] == {"text": "b", "value": "b"}
    assert made["options"] == options


def test_datasource():
    assert make(kind="datasource", query="prometheus", default="Prometheus", regex="/p/") == {
        "current": {"text": "Prometheus", "value": "p"},
        "hide": 0,
        "includeAll": False,
        "multi": False,
        "name": "v",
        "options": [],
        "query": "prometheus",
        "refresh": 1,
        "regex": "/p/",
        "skipUrlSync": False,
        "type": "datasource",
    }


def test_interval():
    made = make(kind="interval", query="1m, 5m", default="5m")
    assert made["current"] == {"text": "5m", "value": "5m"}
    assert made["options"] == [
        {"selected": False, "text": "1m", "value": "1m"},
        {"selected": True, "text": "5m", "value": "5m"},
    ]
    assert (made["query"], made["refresh"], made["auto"]) == ("1m,5m", 2, False)
    assert make(kind="interval", query="1m,5m")["current"] == {"text": "1m", "value": "1m"}
    assert make(kind="interval", query="1m", auto=True, default="auto")["current"]["value"] == "$__auto"
    assert {"includeAll", "multi", "sort"}.isdisjoint(made)


def test_textbox():
    made = make(kind="textbox", query="", default="foo")
    assert made == {
        "current": {"text": "foo", "value": "foo"},
        "hide": 0,
        "name": "v",
        "options": [{"selected": True, "text": "foo", "value": "foo"}],
        "query": "foo",
        "skipUrlSync": False,
        "type": "textbox",
    }


def test_constant():
    base = {"name": "v", "skipUrlSync": False}
    assert make(kind="constant", query="x", hide=2) == base | {"hide": 2, "query": "x", "type": "constant"}


def test_adhoc():
    base = {"name": "v", "skipUrlSync": False, "hide": 0, "type": "adhoc", "datasource": LOKI}
    assert make(kind="adhoc", dataSource="Loki") == base | {"baseFilters": [], "filters": []}


def test_what_json_can_say_is_kept():
    said = {"description": "d", "skipUrlSync": True, "allowCustomValue": False, "staticOptions": [], "hide": 2}
    made = stock.variable({"name": "v", "type": "query", "query": "up", **said}, datasources=SOURCES)
    assert said.items() <= made.items()
    filters = [{"key": "a", "operator": "=", "value": "b"}]
    adhoc = stock.variable({"name": "v", "type": "adhoc", "filters": filters}, datasources=SOURCES)
    assert adhoc["filters"] == filters


def test_types_that_grafanalib_does_not_know():
    switch = {"name": "s", "type": "switch", "hide": 0, "skipUrlSync": False, "current": ALL, "options": []}
    assert stock.variable(switch | {"useTags": False}, datasources=SOURCES) == switch
    group = stock.variable({"name": "g", "type": "groupby"}, datasources=SOURCES)
    assert group["datasource"] == PROMETHEUS


@pytest.mark.parametrize("kind", ["query", "custom", "datasource", "interval", "textbox", "constant", "adhoc"])
def test_what_comes_out_stays_as_it_is(kind):
    template = Template("v", "a,b", type=kind, label="L", hide=1)
    once = stock.variable(template, datasources=SOURCES)
    assert stock.variable(once, datasources=SOURCES) == once
    assert once["label"] == "L"
    assert {"useTags", "tagsQuery", "tagValuesQuery"}.isdisjoint(once)
    assert None not in once.values()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "bogus"}, "no type of variable 'bogus': use one of adhoc"),
        ({"name": "a b"}, "its name"),
        ({"name": "__x"}, "its name"),
        ({"query": "up", "dataSource": "nobody"}, "data source 'nobody'"),
        ({"query": "up", "default": "All"}, "includeAll=True"),
        ({"kind": "custom", "query": "a,b", "default": "c"}, "'c' is none of its options"),
    ],
)
def test_what_is_wrong_is_refused(given, words):
    with pytest.raises(stock.Refused, match=f"^Template '.*': .*{words}"):
        make(**given)
