"""The shape of files that are provisioned, of Prometheus's and Alertmanager's: what passes, what fails, in words."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from kit.check.schema import file_problems, kinds

RECORDED = Path(__file__).resolve().parents[1] / "recorded"


@pytest.mark.parametrize("path", sorted(RECORDED.glob("provisioning/*/*.yml")), ids=lambda path: path.name)
def test_what_a_real_grafana_accepted_passes(path):
    assert list(file_problems(yaml.safe_load(path.read_text()), path.parent.name)) == []


def test_an_unknown_kind_of_file():
    assert kinds() == (
        "alerting",
        "alertmanager",
        "compose",
        "dashboards",
        "datasources",
        "index-template",
        "loki",
        "mimir",
        "prometheus",
        "prometheus-rules",
        "saved-object",
        "webhook",
    )
    with pytest.raises(ValueError, match="'rules' files: choose one of alerting"):
        next(file_problems({}, "rules"))


def provisioned(name):
    return yaml.safe_load((RECORDED / f"provisioning/{name}.yml").read_text())


def changed(document, path, value):
    """`document` with `value` at a dotted `path`, or without that key when the value is ... ."""
    document = inner = deepcopy(document)
    *above, last = [int(key) if key.isdigit() else key for key in path.split("/")]
    for key in above:
        inner = inner[key]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return document


RULE = "groups/0/rules/0"
RECEIVER = "contactPoints/0/receivers/0"
FILES = [
    ("alerting/rules", f"{RULE}/keep_firing_for", "2m", "is not a key of an alert rule; did you mean 'keepFiringFor'?"),
    ("alerting/rules", f"{RULE}/missingSeriesEvalsToResolve", 3, "did you mean 'missing_series_evals_to_resolve'?"),
    ("alerting/rules", f"{RULE}/dashboardUid", "x", "is not a key of an alert rule"),
    ("alerting/rules", f"{RULE}/noDataState", "No Data", "found the string 'No Data'; did you mean 'NoData'?"),
    ("alerting/rules", f"{RULE}/execErrState", "NoData", "must be 'Alerting', 'Error', 'KeepLast' or 'OK'"),
    ("alerting/rules", f"{RULE}/isPaused", "false", "must be true or false, found the string 'false'"),
    ("alerting/rules", f"{RULE}/for", 300, "must be a duration such as '5m', found the number 300"),
    ("alerting/rules", f"{RULE}/condition", ..., "condition is missing: an alert rule must have it"),
    ("alerting/rules", f"{RULE}/uid", "a b", "must be a uid of at most 40 letters, digits, _ and -"),
    ("alerting/rules", f"{RULE}/annotations/__panelId__", 2, "must be a string, found the number 2"),
    ("alerting/rules", f"{RULE}/notification_settings", {"groupBy": []}, "did you mean 'group_by'?"),
    ("alerting/rules", f"{RULE}/data/0/model/exprr", "x", "is not a key of a Prometheus query; did you mean 'expr'?"),
    ("alerting/rules", f"{RULE}/data/0/relativeTimeRange", ..., "relativeTimeRange is missing"),
    ("alerting/rules", f"{RULE}/data/1/model/type", "reducer", "did you mean 'reduce'?"),
    ("alerting/rules", f"{RULE}/data/1/model/reducer", "avg", "must be 'sum', 'mean'"),
    ("alerting/rules", f"{RULE}/data/1/model/reducer", ..., "reducer is missing: a reduce expression must have it"),
    ("alerting/rules", f"{RULE}/data/2/model/conditions/0/evaluator/type", "above", "evaluator.type must be"),
    ("alerting/rules", f"{RULE}/data/2/model/conditions/0/unloadEvaluator/params", 1, "must be a list"),
    ("alerting/rules", "groups/0/rules/1/record/target_datasource_uid", "x", "did you mean 'targetDatasourceUid'?"),
    ("alerting/rules", "groups/0/interval", 60, "must be a duration such as '5m', found the number 60"),
    ("alerting/rules", "groups/0/folder", ..., "folder is missing: a rule group must have it"),
    ("alerting/rules", "groups/0/folderUid", "x", "is not a key of a rule group; did you mean 'folder'?"),
    ("alerting/rules", "apiVersion", 2, "apiVersion must be 1, found the number 2"),
    ("alerting/rules", "group", [], "group is not a key of a provisioning file for alerting; did you mean 'groups'?"),
    ("alerting/contact-points", f"{RECEIVER}/type", "slak", "did you mean 'slack'?"),
    ("alerting/contact-points", f"{RECEIVER}/settings/channel", "x", "is not a key of slack settings"),
    ("alerting/contact-points", f"{RECEIVER}/settings/url", ..., "url is missing: slack settings must have it"),
    ("alerting/contact-points", "contactPoints/0/receivers/1/settings/addresses", ..., "addresses is missing"),
    ("alerting/contact-points", "contactPoints/0/receivers/2/settings/method", "x", "not a key of webhook settings"),
    ("alerting/policies", "policies/0/routes/0/mute_times", [], "mute_times is not a key of a route"),
    ("alerting/policies", "policies/0/routes/0/object_matchers/0/1", "==", "must be '=', '!=', '=~' or '!~'"),
    ("alerting/policies", "policies/0/routes/0/object_matchers/0", ["a"], "must have at least 3 items, found 1"),
    ("alerting/policies", "policies/0/routes/0/routes", [{"routes": [{"group_wait": 5}]}], "routes[0].group_wait must"),
    ("alerting/policies", "policies/0/receiver", ..., "receiver is missing: a notification policy must have it"),
    ("alerting/mute-timings", "muteTimes/0/time_intervals/0/times/0/start_time", "25:00", "a time such as '08:30'"),
    ("alerting/mute-timings", "muteTimes/0/time_intervals/0/week_days", [], "did you mean 'weekdays'?"),
    ("alerting/templates", "templates/0/content", "x", "is not a key of a message template"),
    ("alerting/templates", "templates/0/template", ..., "template is missing: a message template must have it"),
    ("datasources/datasources", "datasources/0/jsonData/timeinterval", "1s", "did you mean 'timeInterval'?"),
    ("datasources/datasources", "datasources/1/jsonData/derivedfields", [], "did you mean 'derivedFields'?"),
    ("datasources/datasources", "datasources/0/isdefault", True, "did you mean 'isDefault'?"),
    ("dashboards/dataflux", "providers/0/folderUID", "x", "did you mean 'folderUid'?"),
    ("dashboards/dataflux", "providers/0/options/path", ..., "path is missing: a provider's options must have it"),
]


@pytest.mark.parametrize(("file", "path", "value", "words"), FILES)
def test_one_mistake_in_a_provisioning_file(file, path, value, words):
    problems = list(file_problems(changed(provisioned(file), path, value), file.split("/")[0]))
    assert any(words in problem.message for problem in problems), problems
    assert all(problem.panel is None and problem.panel_id is None for problem in problems)


RULES = {
    "groups": [
        {
            "name": "g",
            "interval": "30s",
            "rules": [
                {"record": "job:up:sum", "expr": "sum(up)", "labels": {"a": "b"}},
                {
                    "alert": "A",
                    "expr": "up == 0",
                    "for": "5m",
                    "keep_firing_for": "1m",
                    "annotations": {"summary": "s"},
                },
            ],
        }
    ]
}
PROMETHEUS_YML = {
    "global": {"scrape_interval": "15s", "external_labels": {"cluster": "c"}},
    "rule_files": ["rules/*.yml"],
    "scrape_configs": [
        {
            "job_name": "j",
            "static_configs": [{"targets": ["localhost:9090"], "labels": {"a": "b"}}],
            "kubernetes_sd_configs": [{"role": "pod"}],
            "relabel_configs": [{"source_labels": ["a"], "action": "keep", "regex": "x"}],
        }
    ],
    "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["localhost:9093"]}]}]},
}
ALERTMANAGER_YML = {
    "global": {"resolve_timeout": "5m", "smtp_smarthost": "localhost:25"},
    "route": {"receiver": "r", "group_by": ["..."], "routes": [{"matchers": ['severity="critical"'], "receiver": "r"}]},
    "receivers": [
        {"name": "r", "slack_configs": [{"channel": "#c", "send_resolved": True}], "webhook_configs": [{"url": "u"}]}
    ],
    "inhibit_rules": [{"source_matchers": ["a=b"], "target_matchers": ["a=c"], "equal": ["x"]}],
    "time_intervals": [{"name": "n", "time_intervals": [{"weekdays": ["monday:friday"]}]}],
}


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("prometheus-rules", RULES),
        ("prometheus-rules", {"groups": None}),
        ("prometheus", PROMETHEUS_YML),
        ("prometheus", {"global": None, "rule_files": None}),
        ("alertmanager", ALERTMANAGER_YML),
    ],
)
def test_files_of_prometheus_and_alertmanager_pass(kind, document):
    assert list(file_problems(document, kind)) == []


COMPOSE_YML = {
    "version": "3.9",
    "services": {
        "a": {
            "image": "a:1",
            "ports": ["127.0.0.1:80:80"],
            "x-why": {"root": "it must"},
            "mem_limit": "64m",
            "cpus": 0.5,
        }
    },
    "volumes": {"data": {}},
}


def test_a_compose_file_passes():
    assert list(file_problems(COMPOSE_YML, "compose")) == []


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("services/a/imagee", "x", "services.a.imagee is not a key of a compose file; did you mean 'image'?"),
        ("services/a/mem_limit", [], "services.a.mem_limit must be a number or a string, found a list"),
        ("services/a/ports", "80:80", "services.a.ports must be a list"),
        ("services/a/healthcheck", {"tests": []}, "did you mean 'test'?"),
        ("services/a/depends_on", 1, "services.a.depends_on must be"),
        ("service", {}, "service is not a key of a Compose file; did you mean 'services'?"),
        ("services/a b", {}, "is not a key"),
        ("version", ..., "version is missing"),
    ],
)
def test_one_mistake_in_a_compose_file(path, value, words):
    found = [problem.message for problem in file_problems(changed(COMPOSE_YML, path, value), "compose")]
    assert len(found) == 1 and words in found[0], found


@pytest.mark.parametrize(
    ("kind", "document", "path", "value", "words"),
    [
        ("prometheus-rules", RULES, "groups/0/rules/0/for", "5m", "is not a key of a recording rule"),
        ("prometheus-rules", RULES, "groups/0/rules/0/record", "a b", "must be a metric name, found the string 'a b'"),
        ("prometheus-rules", RULES, "groups/0/rules/1/fore", "5m", "an alerting rule; did you mean 'for'?"),
        ("prometheus-rules", RULES, "groups/0/rules/1/alert", ..., "alert is missing: an alerting rule must have it"),
        ("prometheus-rules", RULES, "groups/0/rules/1/keepFiringFor", "5m", "did you mean 'keep_firing_for'?"),
        ("prometheus-rules", RULES, "groups/0/rules/1/labels", {"a-b": "x"}, "labels.a-b is not a label name"),
        ("prometheus-rules", RULES, "groups/0/query_offset", "5m", "is not a key of a rule group"),
        ("prometheus", PROMETHEUS_YML, "scrape_config", [], "did you mean 'scrape_configs'?"),
        ("prometheus", PROMETHEUS_YML, "scrape_configs/0/honour_labels", True, "did you mean 'honor_labels'?"),
        ("prometheus", PROMETHEUS_YML, "scrape_configs/0/job_name", ..., "job_name is missing: a scrape config must"),
        ("prometheus", PROMETHEUS_YML, "scrape_configs/0/relabel_configs/0/action", "keeps", "did you mean 'keep'?"),
        ("prometheus", PROMETHEUS_YML, "global/scrape_interval", "15 s", "must be a duration such as '5m'"),
        ("alertmanager", ALERTMANAGER_YML, "route/receiver", ..., "receiver is missing: the top route must have it"),
        ("alertmanager", ALERTMANAGER_YML, "route/routes/0/object_matchers", [], "is not a key of a route"),
        ("alertmanager", ALERTMANAGER_YML, "receivers/0/slack_configs/0/recipient", "x", "not a key of a slack_config"),
        ("alertmanager", ALERTMANAGER_YML, "receivers/0/slack", [], "did you mean 'slack_configs'?"),
        ("alertmanager", ALERTMANAGER_YML, "inhibit_rules/0/target_matcher", [], "did you mean 'target_matchers'?"),
    ],
)
def test_one_mistake_in_a_file_of_prometheus_or_alertmanager(kind, document, path, value, words):
    problems = list(file_problems(changed(document, path, value), kind))
    assert any(words in problem.message for problem in problems), problems
