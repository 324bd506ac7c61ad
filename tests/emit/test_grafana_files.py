"""Data sources, dashboard providers and alert rules as Grafana provisions them."""

import re

import pytest

RULES = "grafana/provisioning/alerting/rules.yml"
# Beside what was recorded, https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/
DOCUMENTED = {
    "rules[].notification_settings",
    "data[].model.reducer",
    "data[].model.conditions",
    "data[].model.datasource",
    "data[].model.datasource.type",
    "data[].model.datasource.uid",
}


@pytest.fixture(scope="session")
def rules(compiled_by, parsed):
    """`rules("grafana")`: what is provisioned for that evaluator, by title."""

    def read(evaluator):
        groups = parsed(compiled_by(evaluator), RULES)["groups"]
        return {rule["title"]: rule for group in groups for rule in group["rules"]}

    return read


def shape(value, path=""):
    """Every key below `value`, as `groups[].rules[].uid`; what stands in annotations, labels and settings is free."""
    if isinstance(value, list):
        return set().union(*(shape(item, f"{path}[]") for item in value), set())
    if not isinstance(value, dict):
        return set()
    keys = set()
    for key, inner in value.items():
        keys.add(here := f"{path}.{key}" if path else key)
        if key not in ("labels", "annotations"):
            keys |= shape(inner, here)
    return keys


def known(path):
    """Without what leads there, as DOCUMENTED writes it."""
    return path.removeprefix("groups[].rules[].")


# --- data sources


def test_prometheus_is_the_default_data_source_as_fixed(compiled, parsed):
    assert parsed(compiled, "grafana/datasources/prometheus.yml") == {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "Prometheus",
                "uid": "prometheus",
                "type": "prometheus",
                "access": "proxy",
                "url": "http://prometheus:9090",
                "isDefault": True,
                "editable": False,
                "jsonData": {"timeInterval": "15s", "httpMethod": "POST"},
            }
        ],
    }


def test_loki_stands_beside_it_and_is_not_the_default(compiled, parsed):
    [loki] = parsed(compiled, "grafana/datasources/loki.yml")["datasources"]
    assert (loki["name"], loki["uid"], loki["type"], loki["url"]) == ("Loki", "loki", "loki", "http://loki:3100")
    assert not loki.get("isDefault")


LINE = (
    '{"timestamp": "2024-01-01T12:00:00Z", "level": "INFO", "service": "ingestion-service", "request_id": "req-123", '
    '"message": "Asset uploaded successfully", "asset_id": "asset-456", "duration_ms": 150}'
)


@pytest.mark.parametrize("line", [LINE, LINE.replace('": ', '":').replace(", ", ",")], ids=["spaced", "dense"])
def test_a_request_id_leads_to_that_request_in_all_services(line, compiled, parsed):
    [loki] = parsed(compiled, "grafana/datasources/loki.yml")["datasources"]
    field, parsed_field = loki["jsonData"]["derivedFields"]
    assert (parsed_field["matcherType"], parsed_field["matcherRegex"]) == ("label", "request_id")
    assert parsed_field["url"] == field["url"]
    assert re.search(field["matcherRegex"], line)[1] == "req-123"
    assert field["datasourceUid"] == "loki"
    # Provisioning reads `$$` as a dollar, and would expand a single one.
    assert re.sub(r"\$\$", "$", field["url"]) == '{service=~".+"} |= `${__value.raw}`'
    assert not re.search(r"(?<!\$)\$(?!\$)", field["url"].replace("$$", ""))


# --- providers


def test_each_set_has_a_provider_that_pins_the_uid_of_its_folder(compiled, parsed):
    providers = parsed(compiled, "grafana/provisioning/dashboards/dataflux.yml")["providers"]
    folders = {path.split("/")[2] for path in compiled.files if path.startswith("grafana/dashboards/")}
    assert {provider["folder"] for provider in providers} == folders
    assert [provider["folderUid"] for provider in providers] == [
        "dataflux-system-overview",
        "dataflux-application-metrics",
        "dataflux-business-metrics",
        "dataflux-infrastructure",
    ]
    for provider in providers:
        assert provider["options"] == {"path": f"/var/lib/grafana/dashboards/{provider['folder']}"}
        assert "foldersFromFilesStructure" not in provider["options"]
        assert (provider["type"], provider["allowUiUpdates"]) == ("file", False)


def test_the_alerts_have_a_folder_with_a_title_that_no_set_has(compiled, parsed):
    providers = parsed(compiled, "grafana/provisioning/dashboards/dataflux.yml")["providers"]
    alerts = {group["folder"] for group in parsed(compiled, RULES)["groups"]}
    assert alerts == {"DataFlux Alerts"}
    assert not alerts & {provider["folder"] for provider in providers}


def test_no_uid_serves_two_objects(compiled, parsed, rules):
    providers = parsed(compiled, "grafana/provisioning/dashboards/dataflux.yml")["providers"]
    uids = [provider["folderUid"] for provider in providers] + ["dataflux-alerts", "prometheus", "loki"]
    uids += [rule["uid"] for rule in rules("grafana").values()]
    uids += [path.rsplit("/", 1)[1].removesuffix(".json") for path in compiled.files if "/dashboards/" in path]
    assert len(set(uids)) == len(uids)


# --- what a real Grafana accepted shows the shape


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("grafana/datasources/prometheus.yml", "datasources/datasources.yml"),
        ("grafana/provisioning/dashboards/dataflux.yml", "dashboards/dataflux.yml"),
        ("grafana/provisioning/alerting/policies.yml", "alerting/policies.yml"),
        ("grafana/provisioning/alerting/mute-timings.yml", "alerting/mute-timings.yml"),
        ("grafana/provisioning/alerting/templates.yml", "alerting/templates.yml"),
        (RULES, "alerting/rules.yml"),
    ],
)
def test_every_key_is_one_that_grafana_was_seen_to_take(ours, theirs, either, parsed, recorded):
    unknown = {path for path in shape(parsed(either, ours)) - shape(recorded(theirs)) if known(path) not in DOCUMENTED}
    unknown -= {
        # The documentation of each: policies continue, mute timings have weekdays.
        "policies[].routes[].continue",
        "policies[].routes[].group_interval",
        "muteTimes[].time_intervals[].weekdays",
        "policies[].routes[].repeat_interval",
        "policies[].routes[].group_wait",
    }
    assert not unknown


@pytest.mark.parametrize("kind", ["slack", "email", "webhook"])
def test_every_key_of_a_contact_point_is_one_that_grafana_was_seen_to_take(kind, compiled, parsed, recorded):
    seen = shape(recorded("alerting/contact-points.yml"))
    # https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/
    seen |= {f"contactPoints[].receivers[].settings.{key}" for key in ("message", "authorization_scheme")}
    seen |= {"contactPoints[].receivers[].settings.authorization_credentials"}
    assert shape(parsed(compiled, f"alerts/{kind}.yml")) <= seen


# --- rules


def test_a_group_is_evaluated_every_30_seconds(compiled, parsed):
    assert {group["interval"] for group in parsed(compiled, RULES)["groups"]} == {"30s"}


def test_each_rule_has_what_a_file_must_have(rules):
    for rule in rules("grafana").values():
        assert rule["uid"] and len(rule["uid"]) <= 40 and re.fullmatch(r"[\w-]+", rule["uid"])
        refs = [node["refId"] for node in rule["data"]]
        assert len(set(refs)) == len(refs) and rule["condition"] in refs
        for node in rule["data"]:
            assert node["model"]["refId"] == node["refId"]
            assert node["datasourceUid"] in ("prometheus", "__expr__")
            assert {"intervalMs", "maxDataPoints"} <= set(node["model"]), "Grafana adds them when it is read"


def test_an_expression_reads_only_what_comes_before_it(rules):
    for rule in rules("grafana").values():
        seen = set()
        for node in rule["data"]:
            expression = node["model"].get("expression", "")
            reads = {expression} if len(expression) == 1 else set(re.findall(r"\$(\w)", expression))
            assert reads <= seen, rule["title"]
            seen.add(node["refId"])


def test_labels_and_titles_have_no_dollar_which_a_file_would_expand(rules):
    for rule in rules("grafana").values():
        assert "$" not in str((rule["title"], rule["labels"], rule["uid"]))
        assert "$$" not in str(rule), "annotations and queries are not expanded, so nothing is doubled in them"


def test_grafanas_rules_are_paused_where_prometheus_notifies(rules):
    assert {rule["isPaused"] for rule in rules("grafana").values()} == {False}
    assert {rule["isPaused"] for rule in rules("prometheus").values()} == {True}


def test_nothing_else_differs_between_the_evaluators_but_who_notifies(rules):
    one, other = (
        {name: {**rule, "isPaused": None} for name, rule in rules(e).items()} for e in ("grafana", "prometheus")
    )
    assert {name for name in one if one[name] != other[name]} == {"NobodyNotifies"} and one.keys() == other.keys()


def test_the_evaluators_differ_in_no_other_files(compiled_by):
    one, other = (compiled_by(name).files for name in ("grafana", "prometheus"))
    assert other.keys() - one.keys() == {"k8s/operator/alertmanager-config.yaml"} and not one.keys() - other.keys()
    differ = {path for path in one if one[path] != other[path]}
    lists = {path for path in differ if '"type": "alertlist"' in one[path]}  # each lists its own evaluator's alerts
    who_notifies = {"prometheus/rules/monitoring.yml", "k8s/operator/rules.yaml"}
    kubernetes = {
        "k8s/config/prometheus.yml",
        "k8s/operator/kustomization.yaml",
        "overlays/mimir/mimir.yaml",
        "overlays/production/patches/deployment-grafana.yaml",
        "overlays/production/patches/statefulset-alertmanager.yaml",
    }
    assert differ - lists == {"BUILD.json", "README.md", "prometheus/prometheus.yml", RULES, *who_notifies, *kubernetes}
