"""Writes that go wrong: what is said is what Grafana holds, and a later quiet run ends as planned."""

import pytest

from tests.double.faults import Drop, First, Half, Lose, Say, Slow, busy, html, nth, on, redirect, writes
from tests.publish.small import ALERTS, MANY, OVERVIEW, board, dashboard, point

WRITE = {
    "folder": on("POST", "folder.grafana.app/.*/folders$"),
    "dashboard": on("POST", "/dashboards$"),
    "data source": on("POST", "/api/datasources$"),
    "template": on("PUT", "/templates/"),
    "mute timing": on("POST", "/mute-timings$"),
    "contact point": on("POST", "/contact-points$"),
    "rules": on("PUT", "/rule-groups/"),
    "policies": on("PUT", "/policies$"),
    "inhibition": on("POST", "/inhibitionrules$"),
}
OTHER = board("df-queues", "Queues of today")


def sentences(ended, outcome):
    return [sentence for found, sentence in ended.results.values() if found == outcome]


def agrees(stage, ended):
    """What the report calls written is there as it should be: a later run has just the others to do."""
    told = {key for key, outcome in ended.ended.items() if outcome == "written"}
    left = {key for action, _, key in stage.plan().steps if action in ("create", "update", "move", "delete")}
    assert not told & left, f"said to be written, and yet to be done: {told & left}"


def test_a_quiet_run_writes_everything_once(stage):
    ended = stage.published()
    assert len(ended.results) == MANY and set(ended.ended.values()) == {"written"}


@pytest.mark.parametrize("kind", [kind for kind in WRITE if kind != "folder"])
def test_a_write_that_is_lost_is_sent_but_not_stored(stage, kind):
    stage.grafana.faults.add(Lose(), WRITE[kind], times=1)
    ended = stage.publish()
    assert ended.code == 4
    failed = sentences(ended, "failed")
    assert failed and all("sent but not stored" in one or "does not exist" in one for one in failed), ended.said
    agrees(stage, ended)
    stage.published()


def test_a_folder_that_is_lost_is_found_and_nothing_is_said_to_be_written_that_is_not(stage):
    stage.grafana.faults.add(Lose(), WRITE["folder"], times=1)
    ended = stage.publish()
    assert ended.code == 4 and "failed" in ended.ended.values()
    agrees(stage, ended)
    stage.published()


FAULTS = {
    "before": Drop(),
    "after": Drop(after=True),
    "half": Half(),
    "503": Say(503),
    "429": busy(0),
    "page": html(200),
}


@pytest.mark.parametrize(("kind", "fault"), [
    *[(kind, "after") for kind in WRITE], *[("dashboard", fault) for fault in FAULTS if fault != "after"],
    ("rules", "half"), ("folder", "page"), ("contact point", "page"),
])  # fmt: skip
def test_a_write_whose_answer_is_lost_is_read_before_it_is_sent_again(stage, kind, fault):
    stage.grafana.faults.add(FAULTS[fault], WRITE[kind], times=1)
    stage.published()


def test_what_was_stored_is_not_sent_twice(stage):
    stage.grafana.faults.add(Drop(after=True), WRITE["dashboard"])
    ended = stage.publish()
    assert ended.code == 0, ended.said
    sent = [entry for entry in stage.grafana.writes() if entry.path.endswith("/dashboards")]
    assert len(sent) == 3, "one for each dashboard"


def test_what_cannot_be_read_after_a_write_of_unknown_fate_is_unknown(published):
    published.put(dashboard("queues"), OTHER)
    published.grafana.faults.add(Drop(after=True), on("PUT", "/dashboards/df-queues"))
    published.grafana.faults.add(Say(500, b'{"message":"no"}'), on("GET", "/dashboards/df-queues"))
    ended = published.publish()
    outcome, sentence = ended.results["df-queues"]
    assert (ended.code, outcome) == (4, "unknown")
    assert "it may have been written, and could not be read again" in sentence
    published.grafana.faults.clear()
    published.published()


def test_what_was_written_and_cannot_be_read_back_is_unknown(published):
    published.put(dashboard("queues"), OTHER)
    published.grafana.faults.add(Say(500, b'{"message":"no"}'), on("GET", "/dashboards/df-queues"))
    ended = published.publish()
    assert (ended.code, ended.ended) == (4, {"df-queues": "unknown"})
    assert "sent, but not read back" in ended.results["df-queues"][1]


TITLED = lambda one: one["settings"].update(title="H")  # noqa: E731
EDITS = {
    "dashboard": ("df-queues", dashboard("queues"), OTHER, on("PUT", "/dashboards/df-queues"),
                  lambda person: person.edits_dashboard("df-queues", {"title": "Hers"})),
    "contact point": ("df-slack", "alerts/slack.yml", point("dataflux-slack", "slack", recipient="#y", title="T",
                                                            url="$SLACK_WEBHOOK_URL"),
                      on("PUT", "/folders/dataflux-alerts"),
                      lambda person: person.edits_contact_point("df-slack", TITLED)),
}  # fmt: skip


@pytest.mark.parametrize("kind", EDITS)
def test_what_somebody_edits_between_read_and_write_is_not_written(published, kind):
    """The lock refuses a dashboard; what has no lock is read again just before it is written."""
    key, path, told, when, edit = EDITS[kind]
    published.put(path, told)
    published.grafana.faults.add(First(lambda grafana: edit(grafana.person)), when, times=1)
    ended = published.publish()
    assert ended.code == 4
    assert ended.results[key][0] == "failed" and "changed in Grafana since it was read" in ended.results[key][1]
    assert published.drift().steps == [("edited", kind, key)]


def test_what_a_colleague_publishes_meanwhile_in_the_same_way_is_fine(published):
    published.put(dashboard("queues"), OTHER)

    def colleague(grafana):
        grafana.faults.clear()
        ended = published.built("publish")
        assert ended.code == 0, ended.said
        raced.append(ended)

    raced = []
    published.grafana.faults.add(First(colleague), on("PUT", "/dashboards/df-queues"), times=1)
    ended = published.publish()
    assert raced and ended.code == 0, ended.said
    published.is_settled()


def test_after_five_failures_in_a_row_no_more_is_sent(stage):
    begun = nth(6, of=writes)  # after folders and data sources, without which nothing else is tried
    down = []
    stage.grafana.faults.add(
        Say(500, b'{"message":"made up"}'), lambda request: bool(down or (begun(request) and not down.append(1)))
    )
    ended = stage.publish()
    assert ended.code == 4
    assert 5 <= [entry.status for entry in stage.grafana.log].count(500) <= 5 * 4  # a read takes up to four tries
    told = " ".join(sentences(ended, "not tried"))
    assert "five requests in a row failed; last: " in told and "made up" in told
    stage.grafana.faults.clear()
    stage.published()


POSTED = on("POST", "/dashboards$")


@pytest.fixture
def many(stage):
    """Twenty more dashboards."""
    for number in range(20):
        stage.put(dashboard(f"more-{number}"), board(f"df-more-{number}", f"More {number}"))
    return stage


def test_after_five_objects_in_a_row_that_cannot_be_written_no_more_is_though_reads_work(many):
    many.grafana.faults.add(Say(500, b'{"message":"database is full"}'), POSTED)
    ended = many.publish()
    assert ended.code == 4
    tried = [entry for entry in many.grafana.log if entry.method == "POST" and entry.path.endswith("/dashboards")]
    assert 5 * 4 <= len(tried) <= 8 * 4  # a write takes up to four tries, four objects at a time
    assert list(ended.ended.values()).count("failed") <= 8
    told = " ".join(sentences(ended, "not tried"))
    assert "five writes in a row failed; last: " in told and "database is full" in told
    assert many.grafana.state.groups == {}
    assert ended.ended["dataflux-alerts"] == "written"  # what was written before is read back all the same
    many.grafana.faults.clear()
    many.published()


def test_a_write_that_arrives_ends_the_row(many):
    """Four dashboards fail, the groups are written, and two more fail."""

    def bad(request):
        last = POSTED(request) and int(request.json()["metadata"]["name"].rpartition("-")[2]) < 4
        return last or WRITE["policies"](request) or WRITE["inhibition"](request)

    for name in ("queues", "overview", "storage"):
        many.put(dashboard(name, "Business Metrics" if name == "storage" else "System Overview"), None)
    many.grafana.faults.add(Say(500, b'{"message":"made up"}'), bad)
    ended = many.publish()
    assert list(ended.ended.values()).count("failed") == 6, ended.out
    assert "five writes in a row" not in ended.out and len(many.grafana.state.groups) == 2


@pytest.mark.parametrize("status", [400, 409, 404])
def test_what_grafana_refuses_for_a_reason_is_no_row(many, status):
    many.grafana.faults.add(Say(status, b'{"message":"made up"}'), POSTED)
    ended = many.publish()
    assert ended.code == 4 and "five writes" not in ended.out and len(many.grafana.state.groups) == 2


def test_where_every_write_fails_nothing_is_said_to_be_written(stage):
    stage.grafana.faults.add(Say(500, b'{"message":"made up"}'), writes)
    ended = stage.publish()
    assert ended.code == 4 and "written" not in ended.ended.values()
    assert stage.grafana.state.dashboards == {}
    stage.grafana.faults.clear()
    stage.published()


def test_without_its_folder_nothing_else_is_tried(stage):
    stage.grafana.faults.add(Say(400, b'{"message":"not this one"}'), WRITE["folder"], times=1)
    ended = stage.publish()
    assert ended.code == 4
    assert "a folder could not be written" in " ".join(sentences(ended, "not tried"))
    assert stage.grafana.state.dashboards == {} == stage.grafana.state.groups
    stage.grafana.faults.clear()
    stage.published()


def test_a_kind_that_is_refused_stops_no_other(stage):
    stage.grafana.faults.add(Say(400, b'{"message":"bad template"}'), WRITE["template"])
    ended = stage.publish()
    assert ended.code == 4
    assert ended.results["dataflux"] == ("failed", ended.results["dataflux"][1])
    assert "bad template" in ended.results["dataflux"][1]
    assert [outcome for key, outcome in ended.ended.items() if key != "dataflux"] == ["written"] * (MANY - 1)


def test_a_redirection_of_a_write_is_named_and_is_not_followed(stage):
    stage.grafana.faults.add(redirect("/login"), WRITE["inhibition"])
    ended = stage.publish()
    outcome, sentence = ended.results["dataflux-1"]
    assert (ended.code, outcome) == (4, "failed") and "/login" in sentence


def test_dashboards_are_written_side_by_side_and_contact_points_one_by_one(stage):
    stage.grafana.latency = (0, 0.02)
    assert stage.publish().code == 0  # the double answers 500 where two notifications are written at a time


def test_what_is_put_into_another_folder_meanwhile_is_no_success(published):
    published.put(dashboard("queues"), OTHER)
    move = First(lambda grafana: grafana.person.moves_dashboard("df-queues", ALERTS))
    published.grafana.faults.add(move, on("GET", "/dashboards/df-queues"), times=1)
    ended = published.publish()
    assert ended.code == 4
    assert ended.results["df-queues"] == ("failed", f"sent but not stored: it lies in {ALERTS}")


def test_a_slow_grafana_is_waited_for(stage):
    stage.grafana.faults.add(Slow(0.2, after=True), nth(1, of=writes), times=1)
    stage.published()


def test_a_cut_between_write_and_note_is_no_edit(published):
    """The digest is noted before the write; where the note after it fails, what is there is still ours."""
    published.put("alerts/slack.yml", point("dataflux-slack", "slack", recipient="#y", url="$SLACK_WEBHOOK_URL"))
    published.grafana.faults.add(Say(500, b'{"message":"no"}'), nth(2, of=on("PUT", f"/folders/{ALERTS}")))
    assert published.publish().code == 0
    published.grafana.faults.clear()
    assert published.drift().code == 0
    published.put("alerts/slack.yml", point("dataflux-slack", "slack", recipient="#z", url="$SLACK_WEBHOOK_URL"))
    assert published.published().steps == [("update", "contact point", "df-slack")]


def test_a_dashboard_is_deleted_under_its_lock(published):
    published.put(dashboard("queues"), None)
    edit = First(lambda grafana: grafana.person.edits_dashboard("df-queues", {"title": "Hers"}))
    published.grafana.faults.add(edit, on("DELETE", "/dashboards/df-queues"), times=1)
    ended = published.publish(prune=True)
    assert (ended.code, ended.ended) == (4, {"df-queues": "failed"})
    assert published.grafana.state.dashboards["df-queues"].title == "Hers"
    assert OVERVIEW in published.grafana.state.folders
