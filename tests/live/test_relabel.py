"""Relabelling, case by case as Prometheus documents it; that a real one agrees, tests/e2e/data shows."""

import pytest

from kit.live import relabel

LABELS = {"a": "1", "b": "x-y"}


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ({"source_labels": ["a"], "target_label": "c"}, {**LABELS, "c": "1"}),
        ({"source_labels": ["a", "b"], "target_label": "c"}, {**LABELS, "c": "1;x-y"}),
        ({"source_labels": ["a", "b"], "separator": "/", "target_label": "c"}, {**LABELS, "c": "1/x-y"}),
        (
            {"source_labels": ["b"], "regex": "(.)-(.)", "replacement": "$2${1}", "target_label": "b"},
            {"a": "1", "b": "yx"},
        ),
        ({"source_labels": ["b"], "regex": "x", "target_label": "c"}, LABELS),
        (
            {"source_labels": ["b"], "regex": "(?P<n>.).*", "replacement": "${n}", "target_label": "c"},
            {**LABELS, "c": "x"},
        ),
        ({"source_labels": ["a"], "replacement": "$$1", "target_label": "c"}, {**LABELS, "c": "$1"}),
        ({"source_labels": ["a"], "replacement": "$7", "target_label": "b"}, {"a": "1"}),
        ({"source_labels": ["missing"], "target_label": "b"}, {"a": "1"}),
        ({"source_labels": ["a"], "regex": "1", "action": "keep"}, LABELS),
        ({"source_labels": ["a"], "regex": "2", "action": "keep"}, None),
        ({"source_labels": ["a"], "regex": "1", "action": "drop"}, None),
        ({"source_labels": ["a"], "target_label": "b", "action": "keepequal"}, None),
        ({"source_labels": ["a"], "target_label": "a", "action": "keepequal"}, LABELS),
        ({"source_labels": ["c"], "target_label": "d", "action": "keepequal"}, LABELS),
        ({"regex": "a|c", "action": "labeldrop"}, {"b": "x-y"}),
        ({"regex": ".", "action": "labeldrop"}, {}),
        ({"target_label": "c", "replacement": "fixed"}, {**LABELS, "c": "fixed"}),
    ],
)
def test_a_step(step, found):
    assert relabel.relabelled(LABELS, [step]) == found


def test_another_action_is_refused_rather_than_left_out():
    with pytest.raises(relabel.Unsupported, match="'hashmod' is not played here; use one of replace, keep, drop"):
        relabel.relabelled(LABELS, [{"action": "hashmod"}])


def test_a_target_has_job_and_instance_and_what_its_discovery_says():
    found = relabel.target({"job_name": "j"}, "h:1", {"cluster": "c"})
    assert {name: found[name] for name in ("job", "instance", "cluster")} == {
        "job": "j",
        "instance": "h:1",
        "cluster": "c",
    }
    assert found["__metrics_path__"] == "/metrics"
    assert relabel.target({"job_name": "j", "relabel_configs": [{"action": "drop"}]}, "h:1", {}) is None


@pytest.mark.parametrize(
    ("honour", "found"),
    [(True, {"service": "own", "job": "j"}), (False, {"exported_service": "own", "service": "target", "job": "j"})],
)
def test_whose_label_counts(honour, found):
    assert relabel.series({"honor_labels": honour}, {"service": "target", "job": "j"}, {"service": "own"}) == found
