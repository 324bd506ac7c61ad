"""The texts that people read, whole; and titles that would like to do something to a terminal."""

import pytest
from attrs import evolve

from kit.publish import exits
from kit.publish.client import Login
from kit.publish.here.targets import Target
from kit.publish.model import Found, Item, Plan, Report, Result, Step
from kit.publish.outcome import Outcome
from kit.publish.server import Server
from kit.publish.tell import told
from kit.publish.tell.plain import flat, width

TARGET = Target("prod", "https://me:hunter2@grafana.example.org/", login=Login(token="t0ken"))
SERVER = Server(None, TARGET, "13.1.0", 1, "Main Org.", "default", frozenset(), ())
BUILD, COMMIT = "4f2c9aa" + "0" * 57, "9f3c1d2" + "0" * 33
TITLES = {"df-sys": "System Overview", "df-infra": "Infrastructure", "df-biz": "Business Metrics"}
RUN = "20261120T160212Z-prod-4f2c9aa"


def item(kind, key, title, place=""):
    return Item(kind, key, title, "new", dict, place)


def found(kind, key, title, place="", digest="old", **more):
    return Found(kind, key, title, digest, place=place, **more)


def create(key, title, place="df-sys", kind="dashboard"):
    return Step("create", kind, key, title, "", item(kind, key, title, place))


def update(key, title, detail, kind="dashboard", before="df-sys", after="df-sys"):
    action = "move" if before != after else "update"
    return Step(action, kind, key, title, detail, item(kind, key, title, after), found(kind, key, title, before))


def edited(key, title, detail, **more):
    more = {"bases": ("old",), "home": "df-sys", "place": "df-sys", **more}
    return Step("edited", "dashboard", key, title, detail, None, found("dashboard", key, title, **more))


def left(action, key, title, detail):
    return Step(action, "dashboard", key, title, detail, None, found("dashboard", key, title, "df-sys"))


# In the order of a plan: kind by kind.
WRITES = (
    create("df-queues", "Queues"),
    update("df-overview", "System Overview", "3 panels, 1 variable"),
    update("df-storage", "Storage", "", before="df-infra", after="df-biz"),
    update("df-sys/critical", "critical", "2 of 5 rules, 2 alerts start again from Normal", kind="rules"),
)
REST = (
    edited("df-kafka", "Kafka", "v12 published -> v14 on 2026-11-20 16:02"),
    left("foreign", "node-exporter", "Node", "managed by repo:platform, not touched"),
    left("orphan", "df-legacy", "Legacy", "not in the build (kept; --prune deletes it)"),
)
PLAN = Plan((*WRITES[:2], *REST[:2], *WRITES[2:], REST[2]), 54)
SAMPLE = """\
plan  target=prod  grafana.example.org  org 1 "Main Org."  Grafana 13.1.0  build 4f2c9aa

  + create   dashboard  df-queues         Queues               -> System Overview
  ~ update   dashboard  df-overview       System Overview      3 panels, 1 variable
  > move     dashboard  df-storage        Storage              Infrastructure -> Business Metrics
  ~ update   rules      critical          2 of 5 rules         2 alerts start again from Normal
  ! edited   dashboard  df-kafka          v12 published -> v14 on 2026-11-20 16:02
  x foreign  dashboard  node-exporter     managed by repo:platform, not touched
  - orphan   dashboard  df-legacy         not in the build (kept; --prune deletes it)

1 create, 2 update, 1 move, 0 delete, 54 unchanged; 1 conflict, 1 foreign, 1 orphan. Nothing was written."""


def outcome(command, plan=PLAN, code=0, sentence="", **more):
    return Outcome(command, TARGET, code, sentence, **{"server": SERVER, "plan": plan, **more})


def text(outcome, **more):
    return told.text(outcome, COMMIT, BUILD, **{"titles": TITLES, **more})


def ended(plan, results, code=0, sentence="", command="publish"):
    return outcome(command, plan, code, sentence, report=Report(tuple(results), code, RUN, sentence))


def test_a_plan_is_told_as_specified():
    assert text(outcome("plan"), seconds=0.3) == SAMPLE


def test_a_plan_ends_with_its_notes_and_the_verdict():
    plan = evolve(PLAN, notes=("SLACK_URL is not set",))
    sentence = "1 object there is not ours"
    notes = ("the sources are absent", "SLACK_URL is not set")
    said = text(outcome("plan", plan, exits.FOREIGN, sentence, notes=notes))
    assert said == f"{SAMPLE}\nnote: the sources are absent\nnote: SLACK_URL is not set\n{sentence}"


def test_a_publish_that_was_stopped_tells_its_plan():
    sentence = "1 object there is not ours; nothing was written"
    said = text(outcome("publish", code=exits.FOREIGN, sentence=sentence))
    head = SAMPLE.replace("plan  ", "publish  ", 1).replace("build 4f2c9aa", "build 4f2c9aa  commit 9f3c1d2")
    assert said == f"{head}\n{sentence}"


def test_what_a_plan_has_none_of_is_not_counted():
    said = text(outcome("plan", Plan(WRITES[:1], 0)))
    assert said.splitlines()[-1] == "1 create, 0 update, 0 move, 0 delete, 0 unchanged. Nothing was written."


def test_a_failure_before_the_plan_is_told_with_the_address_and_without_its_login():
    said = text(Outcome("plan", TARGET, exits.PREFLIGHT, "https://grafana.example.org knows no such token"))
    head = "plan  target=prod  grafana.example.org  build 4f2c9aa"
    assert said == f"{head}\n\nhttps://grafana.example.org knows no such token"


@pytest.mark.parametrize(
    ("command", "head", "end"),
    [
        ("plan", "plan", "nothing to do, 61 unchanged."),
        ("drift", "drift", "nothing was changed in Grafana, 61 unchanged."),
        ("publish", "publish", "nothing to do, 61 unchanged, 0.4 s."),
    ],
)
def test_nothing_to_do_is_one_line(command, head, end):
    report = Report((), 0, sentence="nothing is to be written") if command == "publish" else None
    said = text(outcome(command, Plan((), 61), 0, report.sentence if report else "", report=report), seconds=0.42)
    commit = "  commit 9f3c1d2" if command == "publish" else ""
    start = f'{head}  target=prod  grafana.example.org  org 1 "Main Org."  Grafana 13.1.0  build 4f2c9aa{commit}'
    assert said == f"{start}  {end}"


def test_orphans_are_listed_where_nothing_is_written():
    report = Report((), 0, sentence="nothing is to be written")
    said = text(outcome("publish", Plan(REST[2:], 61), 0, report.sentence, report=report))
    assert said.splitlines()[2:] == [
        "  - orphan   dashboard  df-legacy         not in the build (kept; --prune deletes it)",
        "",
        "0 create, 0 update, 0 move, 0 delete, 61 unchanged; 1 orphan. Nothing was written.",
    ]


def test_a_whole_publish_is_told():
    plan = Plan((*WRITES, REST[2]), 54)
    said = text(ended(plan, (Result(step, "written") for step in WRITES)), seconds=3.44)
    assert (
        said
        == f"""\
publish  target=prod  grafana.example.org  org 1 "Main Org."  Grafana 13.1.0  build 4f2c9aa  commit 9f3c1d2

  + create   dashboard  df-queues         Queues               -> System Overview
  ~ update   dashboard  df-overview       System Overview      3 panels, 1 variable
  > move     dashboard  df-storage        Storage              Infrastructure -> Business Metrics
  ~ update   rules      critical          2 of 5 rules         2 alerts start again from Normal
  - orphan   dashboard  df-legacy         not in the build (kept; --prune deletes it)

4 written, 0 failed, 0 not tried, 54 unchanged; 1 orphan; read back.
run {RUN}, 3.4 s"""
    )


RESULTS = (
    Result(WRITES[0], "not tried", "five requests failed in a row"),
    Result(WRITES[1], "written"),
    Result(WRITES[2], "failed", "sent but not stored: it lies in df-infra"),
    Result(WRITES[3], "unknown", "sent, but not read back: 502"),
)


def test_a_partial_publish_lists_what_was_written_what_was_not_and_the_next_step():
    sentence = "1 of 4 were written; the same command with the same options finishes it"
    said = text(ended(Plan((*WRITES, REST[0]), 54), RESULTS, exits.PARTIAL, sentence), seconds=125.2)
    assert (
        said
        == f"""\
publish  target=prod  grafana.example.org  org 1 "Main Org."  Grafana 13.1.0  build 4f2c9aa  commit 9f3c1d2

  ~ update     dashboard  df-overview       System Overview      3 panels, 1 variable
  x failed     dashboard  df-storage        Storage              sent but not stored: it lies in df-infra
  ? unknown    rules      critical                               sent, but not read back: 502
  . not tried  dashboard  df-queues         Queues               five requests failed in a row
  ! edited     dashboard  df-kafka          v12 published -> v14 on 2026-11-20 16:02

1 written, 1 failed, 1 unknown, 1 not tried, 54 unchanged; 1 conflict.
run {RUN}, 2 min 5 s
{sentence}; go back with build.py rollback {RUN}"""
    )


def test_an_interrupted_rollback_is_told():
    results = (Result(WRITES[1], "written"), Result(WRITES[0], "not tried", "stopped"))
    sentence = "interrupted: 1 of 2 were written; the same command with the same options finishes it"
    said = text(ended(Plan(WRITES[:2], 0), results, exits.INTERRUPTED, sentence, "rollback"))
    assert (
        said
        == f"""\
rollback  target=prod  grafana.example.org  org 1 "Main Org."  Grafana 13.1.0  build 4f2c9aa

  ~ update     dashboard  df-overview       System Overview      3 panels, 1 variable
  . not tried  dashboard  df-queues         Queues               stopped

1 written, 0 failed, 1 not tried, 0 unchanged.
run {RUN}
{sentence}; go back with build.py rollback {RUN}"""
    )


def test_nothing_is_called_read_back_where_it_was_interrupted_at_the_end():
    said = text(ended(Plan(WRITES[:1], 0), [Result(WRITES[0], "written")], exits.INTERRUPTED, "interrupted at the end"))
    assert "read back" not in said


def test_where_nothing_was_written_there_is_no_way_back():
    said = text(ended(Plan(WRITES[:1], 0), [Result(WRITES[0], "failed", "500")], exits.PARTIAL, "0 of 1 were written"))
    assert said.endswith("\n0 of 1 were written")


def test_a_run_that_could_not_be_noted_says_so_though_it_ended_well():
    said = text(ended(Plan(WRITES[:1], 0), [Result(WRITES[0], "written")], 0, "how it ended could not be noted"))
    assert said.endswith("\nhow it ended could not be noted")


def test_of_many_written_forty_are_listed_and_of_many_failed_all():
    steps = [create(f"df-{number}", f"Page {number}") for number in range(300)]
    results = [Result(step, "written" if number < 200 else "failed") for number, step in enumerate(steps)]
    said = text(ended(Plan(tuple(steps), 0), results, exits.PARTIAL, "200 of 300 were written")).splitlines()
    assert sum(line.startswith("  + create ") for line in said) == 40
    assert said[42] == "  … and 160 more"
    assert said[43].startswith("  x failed ")
    assert sum(line.startswith("  x failed ") for line in said) == 100


def test_a_plan_lists_all_of_many():
    steps = tuple(create(f"df-{number}", f"Page {number}") for number in range(200))
    assert text(outcome("plan", Plan(steps, 0))).count("  + create ") == 200


def test_drift_says_what_people_edited_moved_and_deleted():
    moved = edited("df-storage", "Storage", "x", place="df-infra", changed="v3 on 2026-11-20", digest="old")
    both = edited("df-hosts", "Hosts", "x", place="", digest="other")
    gone = Step("create", "rules", "df-sys/critical", "critical", "was published, and deleted in Grafana")
    plan = Plan((edited("df-kafka", "Kafka", "v12 -> v14", digest="other"), moved, both, gone), 54)
    said = text(outcome("drift", plan, exits.CONFLICT))
    assert (
        said
        == """\
drift  target=prod  grafana.example.org  org 1 "Main Org."  Grafana 13.1.0  build 4f2c9aa

  ! edited   dashboard  df-kafka          Kafka                v12 -> v14
  > moved    dashboard  df-storage        Storage              v3 on 2026-11-20; System Overview -> Infrastructure
  ! edited   dashboard  df-hosts          Hosts                System Overview -> the top
  - missing  rules      critical                               was published, and deleted in Grafana

2 edited, 1 moved, 1 missing, 54 unchanged. Nothing was written."""
    )


def test_a_pull_is_told_in_its_own_lines():
    said = text(outcome("pull", None, sentence="dashboard \x1b[1mKafka saved to x.json\n  panel     Lag"))
    assert said == "dashboard Kafka saved to x.json\n  panel     Lag"


def test_folders_are_called_by_the_titles_that_the_plan_knows():
    folder, page = create("df-new", "New folder", "", "folder"), create("df-queues", "Queues", "df-new")
    said = text(outcome("plan", Plan((folder, page), 0)))
    assert "-> New folder\n" in said and said.count("->") == 1
    said = text(outcome("plan", Plan((page, update("a", "A", "1 panel", before="", after="df-new")), 0)))
    assert "-> df-new\n" in said and "1 panel; the top -> df-new\n" in said


def test_a_fleet_is_a_line_for_each_target():
    staging = evolve(TARGET, name="staging", url="http://localhost:3000/grafana")
    lost = evolve(TARGET, name="lost", url="http://10.0.0.7")
    finishes = "1 of 4 were written; the same command with the same options finishes it"
    outcomes = [
        ended(
            Plan((*WRITES, REST[2]), 54),
            RESULTS,
            exits.PARTIAL,
            finishes,
        ),
        evolve(outcome("publish", Plan((), 61)), target=staging),
        evolve(outcome("drift", Plan((REST[0],), 2), exits.CONFLICT), target=staging),
        Outcome("publish", lost, exits.PREFLIGHT, "nothing listens at http://10.0.0.7\nstart it" + " again" * 20),
    ]
    counts = "1 written, 1 failed, 1 unknown, 1 not tried, 1 orphan, 54 unchanged"
    told_here = f"""\
prod     grafana.example.org     partial    {counts}  {finishes}
staging  localhost:3000/grafana  ok         {"61 unchanged":<40}
staging  localhost:3000/grafana  conflict   {"1 edited, 2 unchanged":<40}
lost     10.0.0.7                preflight  {"":<40}  nothing listens at http://10.0.0.7 start it{" again" * 9} a…"""
    assert told.fleet(outcomes).splitlines() == [line.rstrip() for line in told_here.splitlines()]


def test_the_worst_code_speaks_for_all():
    order = [130, 1, 2, 3, 5, 6, 4, 10, 0]
    for number, code in enumerate(order):
        assert told.worst([outcome("publish", code=one) for one in reversed(order[number:])]) == code
    assert told.worst([]) == 0
    assert told.worst([outcome("plan", code=99)]) == 1


HOSTILE = [
    ("\x1b[2JQueues", "Queues"),
    ("\x1b]0;owned\x07Queues", "Queues"),
    ("\x1b]8;;http://evil\x1b\\Queues\x1b]8;;\x1b\\", "Queues"),
    ("\x9b31mQueues\x9b0m", "Queues"),
    ("\x1bPq#0\x1b\\Que\x1bcues", "Queues"),
    ("\x1b\x1b[2J[2JQueues", "[2JQueues"),
    ("Que\x08\x00\x7fues", "Queues"),
    ("a\r\nb\tc\u2028d\x85e", "a b c d e"),
    ("\u202eseueuQ\u200b", "seueuQ"),
    ("half \ud83d", "half"),
    ("\x1b]never ends", "never ends"),
    ("\x1b", ""),
]


@pytest.mark.parametrize(("title", "shown"), HOSTILE)
def test_a_title_does_nothing_to_a_terminal(title, shown):
    assert flat(title) == shown.strip()


@pytest.mark.parametrize("title", [title for title, _ in HOSTILE])
def test_no_text_of_a_server_reaches_a_terminal_as_it_is(title):
    server = evolve(SERVER, org_name=title, version=f"13{title}")
    moved = edited("m", title, title, changed=title, home=f"home{title}")
    plan = Plan((create(f"k{title}", title), left("foreign", title, title, title), moved), 1, (title,))
    results = [Result(plan.steps[0], "failed", title)]
    for one in (
        outcome("plan", plan, 5, title, server=server),
        evolve(ended(plan, results, exits.PARTIAL, title), server=server),
        outcome("drift", plan, 5, title, server=server),
        outcome("pull", None, 0, title),
    ):
        for said in (text(one, titles={"df-sys": title}), told.fleet([one])):
            assert all(char.isprintable() or char == "\n" for char in said)
            said.encode()


def test_a_title_of_many_lines_stays_in_its_line():
    said = text(outcome("plan", Plan((create("a", "Queues\n\n  + create   dashboard  faked"),), 0)))
    assert sum(line.startswith("  + create ") for line in said.splitlines()) == 1


def test_long_and_wide_titles_are_cut_in_columns():
    for title in ("Q" * 300, "待ち行列" * 50, "e\u0301" * 300):
        said = text(outcome("plan", Plan((create("a", title), create("b", "B")), 0))).splitlines()[2:4]
        places = {width(line.partition("->")[0]) for line in said}
        assert len(places) == 1 and places.pop() <= 2 + 9 + 2 + 9 + 2 + 16 + 2 + 40 + 2
        assert "…" in said[0]


def test_a_width_counts_columns():
    assert [width(text) for text in ("Queues", "待ち", "e\u0301", "")] == [6, 4, 1, 0]


def test_a_key_is_never_cut():
    key = "k" * 90
    lines = text(outcome("plan", Plan((create(key, "A"), create("b", "B")), 0))).splitlines()
    assert key in lines[2]
    assert lines[3] == f"  + create   dashboard  b{' ' * 41}B{' ' * 20}-> System Overview"
