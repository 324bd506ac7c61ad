"""A question, asked: what its emptiness means by the light of the reasons, and what Prometheus says of a rule."""

import pytest
from attrs import evolve

from kit.coverage.asked import Question
from kit.coverage.looked import Look, result, rule_result
from kit.coverage.result import Outcome
from kit.coverage.ruled import Ruling
from kit.coverage.span import Span
from kit.live.answers import QueryFailed
from kit.model.fault import Where

SPAN = Span(1000, 3600)
PANEL = Question("Board", "Panel", "panel", Where("b.py"), "depth")
QUIET = evolve(PANEL, nothing="no requests")
RULE = Question("rules", "DepthBad", "alerting rule", Where("a.py"), "depth")


def outcome(question, facts, query="depth"):
    return result(Look(question, "all", query), facts, SPAN).outcome


def test_quiet_is_an_excuse_where_a_target_could_export_it(facts, one):
    alive = facts({'max by (instance) (up{job="api"})': [one(1, instance="a:80")]})
    assert outcome(QUIET, alive) is Outcome.QUIET
    assert outcome(PANEL, alive) is Outcome.EMPTY


def test_quiet_is_no_excuse_for_targets_that_are_down(facts, one):
    assert outcome(QUIET, facts({'max by (instance) (up{job="api"})': [one(0, instance="a:80")]})) is Outcome.EMPTY
    assert outcome(QUIET, facts()) is Outcome.EMPTY


def test_quiet_is_no_excuse_for_a_label_that_is_missing(facts, one):
    known = {"group(depth)": [one()], "group by (queue) (depth)": [one()]}
    assert outcome(QUIET, facts(known), 'depth{queue="a"}') is Outcome.EMPTY
    known["group by (queue) (depth)"] = [one(queue="b")]
    assert outcome(QUIET, facts(known), 'depth{queue="a"}') is Outcome.QUIET


@pytest.mark.parametrize("question", [PANEL, QUIET])
def test_a_job_that_is_not_run_is_neither(facts, question):
    assert outcome(question, facts(expected={"kube": False}), "kube_things") is Outcome.NOT_RUN
    assert outcome(question, facts(expected={"kube": True}), "kube_things") is Outcome.EMPTY


def test_another_source_is_not_asked(facts):
    assert outcome(evolve(PANEL, source="loki"), facts()) is Outcome.NOT_ASKED


def test_what_fails_has_prometheus_words(facts):
    found = result(Look(PANEL, "all", "depth"), facts(broken=["depth"]), SPAN)
    assert (found.outcome, found.words) == (Outcome.FAILED, "it cannot")


def test_when_there_was_data_last_is_a_hint_that_may_fail(facts, one, monkeypatch):
    made = facts()
    monkeypatch.setattr(type(made.prometheus), "query_range", lambda *_: [one()])
    assert result(Look(PANEL, "all", "depth"), made, SPAN).words == "no data now, but until 00:00 UTC"

    def failing(*_):
        raise QueryFailed("too many points")

    monkeypatch.setattr(type(made.prometheus), "query_range", failing)
    found = result(Look(PANEL, "all", "depth"), made, SPAN)
    assert (found.outcome, found.words) == (Outcome.EMPTY, "")


def test_labels_that_a_metric_may_lack_are_not_missed(facts, one):
    asked = evolve(PANEL, labels=("queue",))
    made = facts({"depth": [one()]})
    assert outcome(asked, made) is Outcome.LABEL_MISSING
    metric = evolve(made.catalogue["depth"], optional="queue")
    assert outcome(asked, evolve(made, catalogue={"depth": metric})) is Outcome.OK


def mark(facts, known, query="depth unless depth offset 1m"):
    found = result(Look(evolve(PANEL, kind="annotation", step=60), "all", query), facts(known), SPAN)
    return found.outcome, found.words


def test_an_annotation_needs_an_event_within_the_range(facts, one):
    assert mark(facts, {"depth unless depth offset 1m": [one()]})[0] is Outcome.OK


def test_an_annotation_without_an_event_is_quiet_where_there_could_be_one(facts, one):
    assert mark(facts, {"depth": [one()]}) == (Outcome.QUIET, "nothing to mark within 1h")
    assert mark(facts, {})[0] is Outcome.EMPTY


def rule(facts, known=(), health=None, **more):
    rules = [{"name": "DepthBad", "health": health, "lastError": "many-to-many"}] if health else [{"name": "Other"}]
    found = rule_result(Ruling(RULE, **more), facts(known, rules=rules))
    return found.outcome, found.words, [cause.sentence.split(";")[0] for cause in found.causes]


def test_a_rule_with_data_that_is_evaluated(facts, one):
    assert rule(facts, {"depth": [one()]}, "ok") == (Outcome.OK, "", [])
    assert rule(facts, {"depth": [one()]}, "unknown")[0] is Outcome.OK


def test_a_rule_that_prometheus_cannot_evaluate(facts, one):
    words = "Prometheus cannot evaluate it: many-to-many"
    assert rule(facts, {"depth": [one()]}, "err") == (Outcome.FAILED, words, [])


def test_a_rule_that_is_not_loaded_and_has_no_data(facts):
    assert rule(facts) == (
        Outcome.NOT_LOADED,
        "",
        ["Prometheus has not loaded the rule 'DepthBad', though it has others", "no target exports 'depth'"],
    )


def test_a_rule_that_finds_nothing_while_all_is_well(facts):
    assert rule(facts, (), "ok", may_be_empty=True)[0] is Outcome.OK
    assert rule(facts, (), "ok")[0] is Outcome.EMPTY


def test_an_exception_that_is_not_here_is_quiet(facts, one):
    excepted = evolve(RULE, text='depth{queue="slow"}')
    known = {"group(depth)": [one()], "group by (queue) (depth)": [one(queue="fast")]}
    made = facts(known, rules=[{"name": "DepthBad", "health": "ok"}])
    assert rule_result(Ruling(excepted, excepted=True), made).outcome is Outcome.QUIET
    assert rule_result(Ruling(excepted), made).outcome is Outcome.EMPTY
