"""A first publish, the second one, and what a release changes, moves and ends."""

import time

import orjson

from kit.emit.text import json_text
from tests.e2e.grafana.renamed import BOARDS
from tests.e2e.grafana.server import Grafana

EVERYTHING = {"folder", "data source", "template", "mute timing", "contact point", "dashboard", "rules", "inhibition"}


def test_everything_is_published_and_the_second_run_plans_nothing(everything, grafana):
    begun = time.monotonic()
    ran = everything.publish()
    first = time.monotonic()
    assert everything.plans_nothing()
    second = time.monotonic()
    assert everything.publish().told["results"] == []
    policies = {"policies"} if everything.keys["policies"] == "own" else set()
    assert ran.kinds == EVERYTHING | policies
    assert {action for action, _ in ran.steps} == {"create"}
    there = grafana.state()
    assert set(there["dashboards"]) == set(everything.boards)
    assert len(there["folders"]) == 5 and len(there["rules"]) >= 5 and len(there["contact-points"]) == 3
    took = first - begun, second - first, time.monotonic() - second
    print(f"\nfirst publish {took[0]:.2f} s, plan {took[1]:.2f} s, second publish {took[2]:.2f} s")


def test_a_plan_and_a_drift_write_nothing(published, grafana):
    published.change("e2e-queues", description="Another one.").drop("e2e-search").release()
    before = grafana.state()
    assert published.run("plan", prune=True).code == 0
    assert published.run("drift").code == 0
    assert grafana.state() == before


def test_what_is_compiled_comes_back_unchanged_key_by_key(published, grafana):
    there = grafana.state()["dashboards"]
    for uid, sent in published.boards.items():
        found = there[uid]["spec"]
        expected = {key: value for key, value in sent.items() if key not in ("id", "uid", "version")}
        assert {key: found.get(key) for key in expected} == expected, uid
        assert set(found) == set(expected), uid


def test_a_dashboard_that_changed_is_the_only_one_that_is_written(published, grafana):
    before = grafana.state()
    published.change("e2e-queues", description="Another one.").release()
    assert published.publish().steps == {("update", "e2e-queues")}
    after = grafana.state()
    changed = [uid for uid in after["dashboards"] if after["dashboards"][uid] != before["dashboards"][uid]]
    assert changed == ["e2e-queues"]
    assert after["dashboards"]["e2e-queues"]["spec"]["description"] == "Another one."
    assert published.plans_nothing()


def test_a_rule_that_changed_is_written_with_its_group_alone(published, grafana):
    before = grafana.state()["rules"]
    published.groups(lambda groups: groups[0]["rules"][0].update(title="Renamed")).release()
    ran = published.publish()
    assert {action for action, _ in ran.steps} == {"update"} and len(ran.steps) == 1
    after = grafana.state()["rules"]
    assert sum(after[key] != before[key] for key in after) == 1
    assert published.plans_nothing()


def test_a_rule_moves_to_another_group(published, grafana):
    def moved(groups):
        groups[1]["rules"].append(groups[0]["rules"].pop())

    many = sum(len(group["rules"]) for group in grafana.state()["rules"].values())
    published.groups(moved).release().publish()
    assert sum(len(group["rules"]) for group in grafana.state()["rules"].values()) == many
    assert published.plans_nothing()


def test_the_rest_of_alerting_changes_too(published, grafana):
    text = published.files["grafana/provisioning/alerting/templates.yml"]
    published.files["grafana/provisioning/alerting/templates.yml"] = text.replace("Runbook:", "What to do:")
    published.replace("grafana/provisioning/alerting/mute-timings.yml", "sunday", "monday")
    published.replace("alerts/email.yml", "admin@dataflux.local", "e2e@dataflux.local").release()
    ran = published.publish()
    assert ran.kinds == {"template", "mute timing", "contact point"}
    assert "What to do:" in grafana.state()["templates"]["dataflux-e2e"]["template"]
    assert published.plans_nothing()


def test_a_dashboard_moves_to_the_folder_of_its_file(published, grafana):
    here = published.path("e2e-queues")
    published.files[f"{BOARDS}Infrastructure/e2e-queues.json"] = published.files.pop(here)
    published.release()
    assert published.publish().steps == {("move", "e2e-queues")}
    assert grafana.get("/api/dashboards/uid/e2e-queues")["meta"]["folderUid"] == "e2e-infrastructure"
    assert published.plans_nothing()


def test_what_the_build_no_longer_has_stays_until_pruning_is_asked_for(published, grafana):
    published.drop("e2e-queues", "e2e-search").release()
    assert published.publish().steps == {("orphan", "e2e-queues"), ("orphan", "e2e-search")}
    assert {"e2e-queues", "e2e-search"} <= set(grafana.state()["dashboards"])
    assert published.publish(prune=True).steps == {("delete", "e2e-queues"), ("delete", "e2e-search")}
    assert not {"e2e-queues", "e2e-search"} & set(grafana.state()["dashboards"])
    assert published.plans_nothing()


def test_pruning_stops_above_its_limit(published, grafana):
    dropped = ("e2e-queues", "e2e-search", "e2e-assets", "e2e-cache")
    published.drop(*dropped).release()
    before = grafana.state()
    ran = published.run("publish", prune=True)
    assert ran.code == 6 and "--prune-limit" in ran.sentence
    assert grafana.state() == before
    assert published.publish(prune=True, prune_limit=4).steps == {("delete", uid) for uid in dropped}
    assert published.plans_nothing()


def test_pruning_keeps_what_somebody_edited(published, grafana):
    grafana.edits("e2e-queues", lambda found: found["spec"].update(description="By hand."))
    published.drop("e2e-queues").release()
    published.publish(prune=True)
    assert "e2e-queues" in grafana.state()["dashboards"]


def test_a_rule_group_and_a_contact_point_are_pruned_as_well(project, grafana):
    extra = project.files["alerts/email.yml"].replace("dataflux-e2e-email", "dataflux-e2e-extra")
    project.files["alerts/extra.yml"] = extra.replace("e2e-email", "e2e-extra")
    project.release().publish()
    del project.files["alerts/extra.yml"]
    gone = []
    project.groups(lambda groups: gone.append(groups.pop()["name"])).release()
    steps = project.publish(prune=True).steps
    assert steps == {("delete", gone[0]), ("delete", "e2e-extra")}
    assert project.plans_nothing()


def test_a_run_is_taken_back_to_the_byte(published, grafana):
    before = grafana.content()
    new = json_text({**published.board("e2e-queues"), "uid": "e2e-new", "title": "New"})
    published.files[f"{BOARDS}Infrastructure/e2e-new.json"] = new
    here = published.path("e2e-assets")
    published.files[f"{BOARDS}Infrastructure/e2e-assets.json"] = published.files.pop(here)
    published.change("e2e-queues", description="Another one.", panels=[]).drop("e2e-search")
    published.replace("grafana/provisioning/alerting/mute-timings.yml", "sunday", "monday")
    published.replace("alerts/email.yml", "admin@dataflux.local", "e2e@dataflux.local")
    published.groups(lambda groups: (groups[0]["rules"].pop(), groups.pop())).release()
    run = published.publish(prune=True).run
    assert grafana.content() != before
    ran = published.run("rollback", run=run)
    assert ran.code == 0, ran.failed
    after = grafana.content()
    for kind, many in before.items():
        assert orjson.dumps(after[kind], option=orjson.OPT_SORT_KEYS) == orjson.dumps(
            many, option=orjson.OPT_SORT_KEYS
        ), kind


def test_a_first_publish_is_taken_back_to_nothing(everything, grafana):
    back = everything.run("rollback", run=everything.publish().run)
    assert back.code == 0, back.failed
    left = grafana.state()
    assert {kind: sorted(many) for kind, many in left.items() if many and kind != "policies"} == {}


def test_a_server_that_another_login_reads_too_is_the_same(published, grafana, tokens):
    token = tokens("Viewer")
    other = Grafana(grafana.keys, type(grafana.login)(token=token))
    assert set(other.state()["dashboards"]) == set(published.boards)
