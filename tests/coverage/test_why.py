"""Why a query is empty, told from what a Prometheus knows."""

import pytest

from kit.coverage.selecting import lacking
from kit.coverage.why import why

UP = {"up": True}


def sentences(query, facts):
    return [cause.sentence for cause in why(query, facts)]


def up(one, *targets):
    """The targets of job api: instance → 1 or 0."""
    return {'max by (instance) (up{job="api"})': [one(value, instance=instance) for instance, value in targets]}


def active(job, instance, error):
    return {"labels": {"job": job, "instance": instance}, "lastError": error}


def test_no_target_exports_the_metric_though_all_are_up(facts, one):
    known = up(one, ("a:80", 1), ("b:80", 1))
    [cause] = why("sum(rate(requests_total[5m]))", facts(known))
    assert cause.sentence == "no target exports 'requests_total'; job api has 2 targets, all up"
    assert (cause.subject, cause.kind) == ("requests_total", "metric")


def test_a_target_that_is_down_is_named_with_its_reason(facts, one):
    error = 'Get "http://b:80/metrics": dial tcp 10.0.0.1:80: connect: connection refused'
    known = up(one, ("a:80", 1), ("b:80", 0))
    made = facts(known, targets=[active("api", "b:80", error), active("other", "c:80", "")])
    assert sentences("depth", made) == [
        "no target exports 'depth'; job api has 2 targets: 1 up, b:80 down (connection refused)"
    ]


def test_a_target_that_answers_an_error_is_down_with_all_its_words(facts, one):
    made = facts(up(one, ("b:80", 0)), targets=[active("api", "b:80", "server returned HTTP status 404 Not Found")])
    [cause] = why("depth", made)
    assert cause.sentence.endswith("0 up, b:80 down (server returned HTTP status 404 Not Found)")
    assert cause.kind == "down"


def test_of_many_targets_that_are_down_some_are_named(facts, one):
    [sentence] = sentences("depth", facts(up(one, *((f"{n}:80", 0) for n in range(6)))))
    assert sentence.endswith("6 targets: 0 up, 0:80 down, 1:80 down, 2:80 down, 3 more down")


def test_a_job_without_targets(facts):
    assert sentences("depth", facts(jobs=["api"])) == ["no target exports 'depth'; job api has no target"]


def test_a_job_that_is_not_configured(facts):
    assert sentences("depth", facts(jobs=["other"])) == [
        "no target exports 'depth'; job api is not in Prometheus' configuration"
    ]


def test_a_job_that_the_settings_give_no_target_is_not_run(facts):
    [cause] = why("kube_things", facts(jobs=["kube"], expected={"kube": False}))
    assert cause.kind == "not run"
    assert cause.sentence == "no target exports 'kube_things'; job kube has no target, and the settings give it none"


def test_a_metric_that_no_definition_knows(facts):
    assert sentences("other", facts()) == ["no series of 'other'; no definition says which job exports it"]


def test_alerts_are_there_only_while_one_fires(facts):
    [cause] = why('count(ALERTS{alertstate="firing"})', facts())
    assert cause.kind == "alerts"


def test_a_label_that_no_series_has(facts, one):
    known = {
        "group(requests_total)": [one()],
        "group by (status) (requests_total)": [one()],
        'group by (instance) (requests_total{status=""})': [one(instance="as-documented:8001")],
    }
    [cause] = why('requests_total{status!=""}', facts(known))
    assert cause.kind == "label"
    assert cause.sentence == (
        "'requests_total' of as-documented:8001 has no label 'status', which status!=\"\" asks for"
    )


def test_a_matcher_that_fits_no_value(facts, one):
    known = {
        "group(depth)": [one()],
        'depth{service="a"}': [one()],
        "group by (queue) (depth)": [one(queue=name) for name in "gfedcba"],
    }
    [cause] = why('depth{queue="x",service="a"}', facts(known))
    assert cause.kind == "matcher"
    assert cause.sentence == "no series of 'depth' has queue=\"x\"; queue is one of 'a', 'b', 'c', 'd', 'e' and 2 more"


def test_who_does_not_export_it_while_others_of_the_job_do_is_a_hint(facts, one):
    known = {
        "group(depth)": [one()],
        "group by (service) (depth)": [one(service="a")],
        "group by (instance) (depth)": [one(instance="a:80")],
        **up(one, ("a:80", 1), ("b:80", 1), ("c:80", 0)),
    }
    assert sentences('depth{service="b"}', facts(known)) == [
        "no series of 'depth' has service=\"b\"; service is 'a' (of job api, b:80 exports none of it)"
    ]


def test_matchers_that_fit_each_but_not_together(facts, one):
    known = {"group(depth)": [one()], 'depth{queue="a"}': [one()], 'depth{service="b"}': [one()]}
    assert sentences('depth{queue="a",service="b"}', facts(known)) == [
        'no series of \'depth\' has all of {queue="a",service="b"} together'
    ]


def test_an_offset_before_the_first_sample(facts, one):
    assert sentences("depth offset 1d", facts({"group(depth)": [one()], "depth": [one()]})) == [
        "'depth' has series now, but had none at the time that its offset asks for"
    ]


def test_only_the_empty_side_is_told(facts, one):
    known = {"depth": [one()], "group(depth)": [one()]}
    [cause] = why("depth / other", facts(known))
    assert cause.subject == "other"
    assert {cause.subject for cause in why("a / b", facts())} == {"a", "b"}


def test_what_is_taken_away_by_unless_is_no_reason(facts):
    assert [cause.subject for cause in why("a unless b", facts())] == ["a"]


@pytest.mark.parametrize(
    ("query", "known", "sentence"),
    [
        ("depth > 5", {"depth": {}}, "no value of depth is > 5"),
        (
            "depth / other",
            {"depth": {"queue": "a"}, "other": {"topic": "a"}},
            "the two sides of '/' have no labels in common: queue on the left, topic on the right",
        ),
        ("depth and other", {"depth": {}, "other": {}}, "no series of depth meets one of other under 'and'"),
        ("depth unless other", {"depth": {}}, "everything in depth is also in other"),
        (
            "rate(requests_total[1m])",
            {"count_over_time(requests_total[1m])": {}},
            "'requests_total' has series, but none with the two samples in its window that rate() needs",
        ),
        ("topk(0, depth)", {"depth": {}}, "each part has data, but topk(0, depth) has none"),
        ("absent(depth)", {"depth": {}}, "nothing is absent: depth has series"),
        ("sum(depth > 5)", {"depth": {}}, "no value of depth is > 5"),
        ('depth{queue!~"a}"} > 5', {'depth{queue!~"a}"}': {}}, "no value of depth is > 5"),
    ],
)
def test_each_part_has_data_and_the_whole_has_none(facts, one, query, known, sentence):
    assert sentences(query, facts({text: [one(**labels)] for text, labels in known.items()})) == [sentence]


def test_a_recorded_series_is_followed_to_what_its_rule_reads(facts):
    recorded = {"a:requests:rate5m": "sum(rate(requests_total[5m]))"}
    made = facts(recorded=recorded, rules=[{"name": "a:requests:rate5m", "health": "ok"}], jobs=["api"])
    assert sentences("a:requests:rate5m", made) == ["no target exports 'requests_total'; job api has no target"]


def test_a_recording_rule_that_is_not_loaded(facts):
    recorded = {"a:requests:rate5m": "sum(rate(requests_total[5m]))"}
    assert sentences("a:requests:rate5m", facts(recorded=recorded, rules=[{"name": "other"}])) == [
        "Prometheus has not loaded the rule 'a:requests:rate5m', though it has others; reload it"
    ]
    assert sentences("a:requests:rate5m", facts(recorded=recorded)) == [
        "Prometheus has loaded no rule at all; give it rule_files, rules/*.yml"
    ]


def test_a_recording_rule_that_fails_or_is_late(facts, one):
    recorded = {"a:depth:max": "max(depth)"}
    failing = [{"name": "a:depth:max", "health": "err", "lastError": "many-to-many"}]
    assert sentences("a:depth:max", facts(recorded=recorded, rules=failing)) == [
        "the recording rule 'a:depth:max' fails: many-to-many"
    ]
    late = facts({"max(depth)": [one()]}, recorded=recorded, rules=[{"name": "a:depth:max", "health": "unknown"}])
    assert sentences("a:depth:max", late) == [
        "the recording rule 'a:depth:max' has not been evaluated yet, though its query has data"
    ]


def test_what_cannot_be_read_or_asked_has_no_reason(facts):
    assert why("this is no promql", facts()) == ()
    assert why("depth", facts(broken=["group(depth)"])) == ()


def test_whose_series_lack_a_label(facts, one):
    absent = 'requests_total{service="a",status=""}'
    known = {absent: [one()], f"group by (instance) ({absent})": [one(instance="a:80")]}
    [cause] = lacking('sum by (status) (rate(requests_total{service="a"}[5m]))', "status", facts(known))
    assert cause.sentence == "'requests_total' of a:80 has no label 'status'"


def test_a_label_is_followed_through_a_recording_to_the_raw_metric(facts, one):
    from kit.model.metric import RecordedSeries

    made = facts({'requests_total{status=""}': [one()]}, recorded={"r:x": "sum by (status) (requests_total)"})
    made = type(made)(made.prometheus, 0, {**made.catalogue, "r:x": RecordedSeries("r:x", "status")}, made.recorded)
    assert [cause.sentence for cause in lacking("r:x", "status", made)] == ["'requests_total' has no label 'status'"]
