"""Links carry the time range and what was chosen; variables narrow each other down and preset nothing."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from kit.draw import variables as choices
from kit.draw.board import draw
from kit.draw.page import Choice, Everywhere, choice
from kit.draw.panel import heatmap, logs, stat, table, timeseries
from kit.model.alert import critical
from kit.model.fault import collecting
from kit.model.metric import Gauge

ROOMS = Gauge("temperature", "house floor room", job="rooms")
HOUSE, FLOOR, ROOM = (choice(name, name.title(), ROOMS) for name in ("house", "floor", "room"))


@pytest.fixture
def four(page, site, known):
    """A landing page, a drill-down of its signals, the page of logs; all with a cluster to choose."""
    service = choice("service", "Service", known.up, every=".+")
    landing = page(
        {"A": [timeseries(known.errors), stat(known.rate.by()), timeseries(known.depth)]},
        stem="landing", title="Landing", landing=True, variables=[service],
    )  # fmt: skip
    down = page([timeseries(known.errors), stat(known.rate), heatmap(known.spread)], stem="down", title="Down",
                variables=[choice("endpoint", "Endpoint", known.requests), service])  # fmt: skip
    lines = page([logs(known.logs)], stem="lines", title="Lines", folder="other_set", variables=[service])
    other = page([stat(known.depth)], stem="other", title="Other", folder="other_set", landing=True)
    alert = critical(known.errors, summary="Errors.", description="{service} {value}")
    everywhere = Everywhere(variables=[choice("cluster", "Cluster", known.up)], logs="lines")
    put_together = site(landing, down, lines, other, alerts=[alert], everywhere=everywhere)
    return {p.stem: draw(p, put_together) for p in put_together.pages}


def clicks(board, title, kind="timeseries"):
    """What a click offers: title → address; a table offers it in the cells of its first column."""
    config = next(p for p in board.json["panels"] if p["title"] == title and p["type"] == kind)["fieldConfig"]
    properties = [value for override in config["overrides"] for value in override["properties"]]
    offered = [config["defaults"].get("links", ()), *(value["value"] for value in properties if value["id"] == "links")]
    return {link["title"]: link["url"] for links in offered for link in links}


def test_a_click_opens_the_drill_down_with_time_and_with_what_was_chosen_or_clicked(four):
    urls = clicks(four["landing"], "Errors")
    assert urls["Open Down"] == (
        "/d/df-down?${datasource:queryparam}&${cluster:queryparam}&var-service=${__field.labels.service}"
        "&${__url_time_range}"
    )
    overall = clicks(four["landing"], "Rate", "stat")
    chosen = "${datasource:queryparam}&${cluster:queryparam}&${service:queryparam}"
    assert overall == {"Open Down": f"/d/df-down?{chosen}&${{__url_time_range}}"}


def test_a_click_on_a_service_opens_its_logs_at_that_time(four):
    url = clicks(four["down"], "Errors")["Logs of this service"]
    assert urlsplit(url).path == "/d/df-lines"
    assert url.endswith("&${__url_time_range}")
    assert ("var-service", "${__field.labels.service}") in parse_qsl(urlsplit(url).query)
    assert clicks(four["landing"], "Depth") == {}


def test_a_drill_down_does_not_open_itself(four):
    assert list(clicks(four["down"], "Errors")) == ["Logs of this service"]


def test_pages_link_to_the_other_landing_pages_and_to_their_own_set(four):
    menu, other = four["landing"].json["links"]
    assert (menu["type"], menu["tags"], menu["asDropdown"]) == ("dashboards", ["one-set"], True)
    assert (other["type"], other["url"]) == ("link", "/d/df-other")
    assert [link["url"] for link in four["down"].json["links"][1:]] == ["/d/df-landing", "/d/df-other"]
    for board in four.values():
        assert all(link["keepTime"] and link["includeVars"] and not link["targetBlank"] for link in board.json["links"])
        assert set(menu["tags"]) <= set(four["landing"].json["tags"])


def test_a_panel_links_to_the_runbook_of_the_alert_that_watches_it(four):
    linked = {p["title"]: p.get("links", []) for p in four["landing"].json["panels"]}
    (runbook,) = linked["Errors"]
    assert runbook["url"].endswith(".md")
    assert (runbook["targetBlank"], runbook["tooltip"]) == (True, "Errors.")
    assert linked["Depth"] == []


def test_a_click_in_a_table_knows_its_row(page, site, known):
    service = choice("service", "Service", known.up)
    down = page([timeseries(known.rate)], stem="down", title="Down", variables=[service])
    landing = page([table(known.rate, known.errors, title="T")], stem="landing", landing=True, variables=[service])
    board = draw(landing, site(landing, down))
    # A table's columns have no labels; the values of a row are data.fields, by the column's name or heading.
    assert re.search(r"&var-service=\$\{__data\.fields\.[sS]ervice\}&", clicks(board, "T", "table")["Open Down"])


# --- variables


def shapes(board):
    return board.json["templating"]["list"]


def test_each_choice_is_narrowed_down_by_those_before_it():
    found = [template.to_json_data() for template in choices.chained([HOUSE, FLOOR, ROOM])]
    assert [shape["query"]["query"] for shape in found] == [
        "label_values(temperature, house)",
        'label_values(temperature{house=~"$house"}, floor)',
        'label_values(temperature{floor=~"$floor",house=~"$house"}, room)',
    ]
    assert all(shape["definition"] == shape["query"]["query"] and shape["refresh"] == 2 for shape in found)


def test_a_choice_is_not_narrowed_down_by_a_label_that_its_metric_does_not_have(known):
    assert choices.query(choice("service", "Service", known.up, service="a"), [HOUSE]) == (
        'label_values(up{service="a"}, service)'
    )


def test_a_choice_may_filter_a_label_of_another_name():
    host = Choice("host", "Host", ROOMS, label="instance")
    assert choices.query(host, []) == "label_values(temperature, instance)"
    assert [str(match) for match in choices.scope([host])] == ['instance=~"$host"']


def test_data_sources_come_first_and_preset_nothing(four):
    for board in four.values():
        first = shapes(board)[0]
        assert (first["type"], first["query"], first["name"]) == ("datasource", "prometheus", "datasource")
        for shape in shapes(board):
            assert shape["options"] == []
            if shape["type"] == "datasource":
                assert not {"current", "default"} & set(shape)
                assert shape["regex"] == ""
            else:
                assert shape["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
                assert shape.get("current", {"value": ["$__all"]})["value"] == ["$__all"]
    assert [s["name"] for s in shapes(four["lines"]) if s["type"] == "datasource"] == ["datasource", "logs"]


def test_every_page_can_choose_what_all_pages_can_choose_before_its_own(four):
    assert [shape["name"] for shape in shapes(four["down"])] == ["datasource", "cluster", "endpoint", "service"]


@pytest.mark.parametrize("multi", [True, False])
def test_several_and_all_can_be_chosen_where_that_makes_sense(multi, known, drawn):
    board = drawn([stat(known.rate)], variables=[choice("service", "Service", known.up, multi=multi, every=".+")])
    shape = shapes(board)[-1]
    assert (shape["multi"], shape["includeAll"], shape.get("allValue")) == (multi, multi, ".+" if multi else None)


def test_a_variable_of_a_label_that_its_metric_does_not_have_is_a_fault():
    with collecting() as found:
        choice("roam", "Room", ROOMS, hose="x")
    assert [fault.message.split(" (")[0] for fault in found] == [
        "temperature has no label 'roam'; did you mean 'room'?",
        "temperature has no label 'hose'; did you mean 'house'?",
    ]
    assert {fault.where.file for fault in found} == {__file__}
