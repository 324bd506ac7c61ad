"""The report that machines read: its shape, and what never stands in it."""

import json

import orjson

from kit.publish.client import Login
from kit.publish.here.targets import Target
from kit.publish.model import Found, Item, Plan, Report, Result, Step
from kit.publish.outcome import Outcome
from kit.publish.server import Server
from kit.publish.tell import as_json

TARGET = Target("prod", "https://me:hunter2@grafana.example.org/", login=Login(token="t0ken"))
SERVER = Server(None, TARGET, "13.1.0", 1, "Main Org.", "default", frozenset(), (), environ={"SLACK": "s3cret"})


def item(key, place):
    return Item("dashboard", key, "T", "new", lambda: {"panels": "c0ntent"}, place)


def found(key, place, **more):
    return Found("dashboard", key, "T", "old", {"panels": "c0ntent"}, place, **more)


def step(action, key, made=None, there=None, detail=""):
    return Step(action, "dashboard", key, "T", detail, made, there)


STEPS = (
    step("create", "a", item("a", "new")),
    step("move", "b", item("b", "new"), found("b", "old")),
    step("update", "c", item("c", "new"), found("c", "new"), "3 panels"),
    step("edited", "d", item("d", "new"), found("d", "there", home="new"), "v2"),
    step("edited", "f", item("f", "new"), found("f", "new", home="new"), "v3"),
    step("orphan", "e", None, found("e", ""), "not in the build"),
)
SHAPE = {
    "command": "publish", "build": "4f2c", "commit": "9f3c", "exit": 4, "sentence": "",
    "targets": [
        {
            "target": "prod", "url": "https://grafana.example.org", "grafana": "13.1.0", "org": 1, "exit": 4,
            "sentence": "1 of 2 were written",
            "counts": {
                "create": 1, "update": 1, "move": 1, "delete": 0, "edited": 2, "foreign": 0, "orphan": 1,
                "unchanged": 54,
            },
            "steps": [
                {"action": "create", "kind": "dashboard", "key": "a", "title": "T", "detail": "", "place": "new",
                 "from": None},
                {"action": "move", "kind": "dashboard", "key": "b", "title": "T", "detail": "", "place": "new",
                 "from": "old"},
                {"action": "update", "kind": "dashboard", "key": "c", "title": "T", "detail": "3 panels",
                 "place": "new", "from": None},
                {"action": "edited", "kind": "dashboard", "key": "d", "title": "T", "detail": "v2", "place": "there",
                 "from": "new"},
                {"action": "edited", "kind": "dashboard", "key": "f", "title": "T", "detail": "v3", "place": "new",
                 "from": None},
                {"action": "orphan", "kind": "dashboard", "key": "e", "title": "T", "detail": "not in the build",
                 "place": "", "from": None},
            ],
            "results": [
                {"kind": "dashboard", "key": "a", "outcome": "written", "sentence": ""},
                {"kind": "dashboard", "key": "b", "outcome": "failed", "sentence": "500"},
            ],
            "run": "20261120T160212Z-prod-4f2c9aa",
            "notes": ["the sources are absent", "SLACK_URL is not set"],
        },
        {
            "target": "prod", "url": "https://grafana.example.org", "grafana": None, "org": None, "exit": 3,
            "sentence": "no such token", "counts": None, "steps": [], "results": [], "run": "", "notes": [],
        },
    ],
}  # fmt: skip


def partial():
    results = (Result(STEPS[0], "written"), Result(STEPS[1], "failed", "500"))
    report = Report(results, 4, "20261120T160212Z-prod-4f2c9aa", "1 of 2 were written")
    plan = Plan(STEPS, 54, ("SLACK_URL is not set",))
    return Outcome("publish", TARGET, 4, report.sentence, SERVER, plan, report, ("the sources are absent",))


def test_the_report_has_its_documented_shape():
    outcomes = [partial(), Outcome("publish", TARGET, 3, "no such token")]
    whole = json.loads(as_json.report(outcomes, "9f3c", "4f2c"))
    assert whole == {**SHAPE, "exit": 3}
    assert json.loads(as_json.report(outcomes[:1], "9f3c", "4f2c"))["exit"] == 4


def test_every_key_is_documented():
    keys = set(SHAPE) | {key for target in SHAPE["targets"] for key in target}
    keys |= {key for target in SHAPE["targets"] for many in ("steps", "results") for one in target[many] for key in one}
    assert [key for key in keys if f'"{key}"' not in as_json.__doc__] == []


def test_neither_secrets_nor_contents_stand_in_it():
    said = as_json.report([partial()], "9f3c", "4f2c")
    assert [word for word in (b"hunter2", b"t0ken", b"s3cret", b"c0ntent") if word in said] == []


def test_a_text_that_is_no_unicode_is_told_all_the_same():
    plan = Plan((Step("create", "dashboard", "a", "half \ud83d \x1b[2J"),), 0)
    (target,) = orjson.loads(as_json.report([Outcome("plan", TARGET, 0, plan=plan)], "", ""))["targets"]
    assert target["steps"][0]["title"] == "half ? \x1b[2J"


def test_no_target_is_told_too():
    whole = json.loads(as_json.report([], "", "4f2c"))
    assert whole == {"command": "", "build": "4f2c", "commit": "", "exit": 0, "sentence": "", "targets": []}
