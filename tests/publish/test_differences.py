"""What differs between two contents, in a few words."""

import pytest

from kit.publish.differences import dashboard, words

QUERY = {"refId": "A"}


def spec(*panels, **more):
    return {"title": "T", "panels": list(panels), **more}


def panel(number, title="", **more):
    return {"id": number, "type": "stat", **({"title": title} if title else {}), **more}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (spec(), spec(), ""),
        (spec(panel(1)), spec(panel(1, unit="s")), "1 panel"),
        (spec(panel(1), panel(2)), spec(panel(3)), "3 panels"),
        (spec(panel(1), panel(2)), spec(panel(2), panel(1)), ""),
        (spec(), spec(templating={"list": [{"name": "x"}]}), "1 variable"),
        (spec(), spec(title="U", time={}), "2 settings"),
        (spec(panel(1)), spec(title="U", templating={"list": [{"name": "x"}]}), "1 panel, 1 variable, 1 setting"),
    ],
)
def test_a_dashboards_panels_variables_and_settings_are_counted(before, after, told):
    assert words("dashboard", before, after) == told


def test_panels_are_named_with_what_became_of_them_those_in_rows_too():
    before = spec(panel(1, "Row", panels=[panel(2, "Inner")]), panel(3, "Old"), panel(4))
    after = spec(panel(1, "Row", panels=[panel(2, "Inner", unit="s")]), panel(5, "Fresh"), panel(4, unit="s"))
    assert dashboard(before, after) == {"panel": ["Inner", "Old (gone)", "stat", "Fresh (new)"]}


def test_variables_and_settings_are_named():
    before = spec(templating={"list": [{"name": "a", "query": 1}, {"name": "b"}]}, refresh="1m")
    after = spec(templating={"list": [{"name": "a", "query": 2}, {"name": "c"}]}, time={})
    assert dashboard(before, after) == {"variable": ["a", "b (gone)", "c (new)"], "setting": ["refresh", "time"]}


@pytest.mark.parametrize("odd", [{"panels": None}, {"panels": "x"}, {"panels": [1, None]}, {"panels": {"a": 1}}, {}])
def test_what_a_person_broke_is_still_compared(odd):
    assert words("dashboard", spec(panel(1)), odd)


@pytest.mark.parametrize("odd", [None, "text", [1]])
def test_what_is_no_object_cannot_be_told(odd):
    assert words("dashboard", odd, {}) == words("rules", {}, odd) == ""


def rules(*many, interval=60, **more):
    return {"interval": interval, "provenance": "api", "rules": list(many), **more}


def rule(uid, **more):
    return {"uid": uid, "title": uid, "for": "60s", "labels": {}, "annotations": {}, "data": [QUERY], **more}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (rules(rule("a")), rules(rule("a")), ""),
        (rules(rule("a")), rules(rule("a", annotations={"summary": "x"})), "1 of 1 rules"),
        (rules(rule("a"), rule("b")), rules(rule("b"), rule("a")), "order"),
        (rules(rule("a")), rules(rule("a"), interval=30), "interval"),
        (rules(rule("a")), rules(rule("a"), provenance=""), "provenance"),
        (rules(rule("a")), rules(rule("a"), rule("b")), "1 of 2 rules"),
        (rules(rule("a"), rule("b")), rules(rule("a")), "1 of 1 rules"),
    ],
)
def test_rules_are_counted_and_their_group_compared(before, after, told):
    assert words("rules", before, after) == told


@pytest.mark.parametrize(
    "change",
    [
        {"for": "120s"},
        {"labels": {"a": "b"}},
        {"data": []},
        {"title": "new"},
        {"condition": "B"},
        {"isPaused": True},
        {"noDataState": "OK"},
        {"execErrState": "OK"},
        {"notification_settings": {"receiver": "x"}},
        {"annotations": {"__panelId__": "2"}},
    ],
)
def test_what_makes_an_alert_start_again_is_told(change):
    assert words("rules", rules(rule("a")), rules(rule("a", **change))).endswith("1 alert starts again from Normal")


@pytest.mark.parametrize("change", [{"keepFiringFor": "5s"}, {"annotations": {"summary": "x"}}])
def test_what_keeps_an_alerts_state_is_not_told_as_a_start(change):
    assert "again" not in words("rules", rules(rule("a")), rules(rule("a", **change)))


def test_several_alerts_start_again():
    before, after = rules(rule("a"), rule("b"), rule("c")), rules(rule("a", title="x"), rule("b", title="x"), rule("d"))
    assert words("rules", before, after) == "4 of 3 rules, 2 alerts start again from Normal"


def test_of_other_kinds_the_keys_that_differ_are_named():
    assert words("template", {"a": 1, "b": 2, "c": 3}, {"a": 1, "b": 3, "d": 4}) == "b, c, d"
