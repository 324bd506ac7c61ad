"""Where notifications go: contact points, the policy tree of Grafana, Alertmanager's routes, and the messages."""

import re
import subprocess

import pytest

CONTACTS = ("slack", "email", "webhook")
ALL = {"dataflux-slack", "dataflux-email", "dataflux-webhook"}
SEVERITIES = [
    ("critical", ALL),
    ("warning", {"dataflux-slack"}),
    ("none", {"dataflux-webhook"}),
    ("", {"dataflux-slack"}),
]


@pytest.fixture(scope="session")
def written(compiled, tmp_path_factory):
    """Alertmanager's files on disk."""
    folder = tmp_path_factory.mktemp("alertmanager")
    for path, text in compiled.files.items():
        if path.startswith("alertmanager/"):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
    return folder / "alertmanager"


def run(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)


# --- contact points


@pytest.mark.parametrize("kind", CONTACTS)
def test_each_file_has_one_contact_point(kind, compiled, parsed):
    [point] = parsed(compiled, f"alerts/{kind}.yml")["contactPoints"]
    [receiver] = point["receivers"]
    assert (point["name"], receiver["uid"], receiver["type"]) == (f"dataflux-{kind}", f"df-{kind}", kind)
    assert receiver["disableResolveMessage"] is False


def test_there_are_no_other_contact_points(compiled):
    found = {path for path in compiled.files if path.startswith("alerts/") and path.endswith(".yml")}
    assert found == {f"alerts/{k}.yml" for k in CONTACTS}


def test_they_lead_where_the_brief_says(compiled, parsed):
    settings = {kind: parsed(compiled, f"alerts/{kind}.yml")["contactPoints"][0]["receivers"][0]["settings"]
                for kind in CONTACTS}  # fmt: skip
    assert settings["slack"]["recipient"] == "#dataflux-alerts"
    assert settings["email"]["addresses"] == "admin@dataflux.local"
    assert settings["webhook"]["httpMethod"] == "POST"


def test_secrets_are_references_and_nothing_else_is_expanded(compiled, parsed):
    for kind in CONTACTS:
        [point] = parsed(compiled, f"alerts/{kind}.yml")["contactPoints"]
        settings = point["receivers"][0]["settings"]
        references = {key: value for key, value in settings.items() if "$" in str(value)}
        assert all(re.fullmatch(r"\$[A-Z_]+", value) for value in references.values())
        secret = {"slack": {"url"}, "email": set(), "webhook": {"url", "authorization_credentials"}}[kind]
        assert set(references) == secret


def test_alertmanagers_secrets_are_files(compiled, parsed):
    config = parsed(compiled, "alertmanager/alertmanager.yml")
    assert config["global"]["slack_api_url_file"].startswith("/etc/alertmanager/secrets/")
    text = compiled.files["alertmanager/alertmanager.yml"]
    assert "$" not in text, "Alertmanager expands nothing"
    assert not re.search(r"slack_api_url:|password:|credentials:|bearer_token:", text)


def test_alertmanager_has_the_same_receivers(compiled, parsed):
    receivers = {one["name"]: one for one in parsed(compiled, "alertmanager/alertmanager.yml")["receivers"]}
    assert set(receivers) == ALL
    [slack] = receivers["dataflux-slack"]["slack_configs"]
    [email] = receivers["dataflux-email"]["email_configs"]
    [webhook] = receivers["dataflux-webhook"]["webhook_configs"]
    assert slack["channel"] == "#dataflux-alerts"
    assert email["to"] == "admin@dataflux.local"
    assert all(one["send_resolved"] for one in (slack, email, webhook))


# --- routing


def reached(policy, labels):
    """The receivers that Grafana's policy tree reaches: the first matching route, and those after one that goes on.

    https://grafana.com/docs/grafana/latest/alerting/fundamentals/notifications/notification-policies/
    """
    found = []
    for route in policy.get("routes", ()):
        if all(matches(labels.get(name, ""), sign, value) for name, sign, value in route["object_matchers"]):
            found += reached({"receiver": policy["receiver"], **route}, labels)
            if not route.get("continue"):
                break
    return found or [policy["receiver"]]


def matches(found, sign, asked):
    return {"=": found == asked, "!=": found != asked}[sign]


@pytest.mark.parametrize(("severity", "receivers"), SEVERITIES, ids=["critical", "warning", "heartbeat", "without"])
def test_grafana_sends_critical_to_all_three_and_warning_to_slack_only(severity, receivers, compiled, parsed):
    [policy] = parsed(compiled, "grafana/provisioning/alerting/policies.yml")["policies"]
    found = reached(policy, {"severity": severity, "alertname": "X"})
    assert set(found) == receivers
    assert len(found) == len(receivers), "each once"


@pytest.mark.parametrize(("severity", "receivers"), SEVERITIES, ids=["critical", "warning", "heartbeat", "without"])
def test_alertmanager_sends_critical_to_all_three_and_warning_to_slack_only(severity, receivers, tool, written):
    ran = run(
        tool("amtool"), "config", "routes", "test", f"--config.file={written / 'alertmanager.yml'}",
        *([f"severity={severity}"] if severity else []), "alertname=X", "service=y",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    found = ran.stdout.strip().split(",")
    assert (set(found), len(found)) == (receivers, len(receivers))


def test_every_rule_has_a_severity_that_is_routed(compiled, parsed):
    rules = [
        rule
        for group in parsed(compiled, "grafana/provisioning/alerting/rules.yml")["groups"]
        for rule in group["rules"]
    ]
    assert {rule["labels"]["severity"] for rule in rules} == {"critical", "warning", "none"}


def test_notifications_are_grouped_by_cluster_and_environment(compiled, parsed):
    [policy] = parsed(compiled, "grafana/provisioning/alerting/policies.yml")["policies"]
    route = parsed(compiled, "alertmanager/alertmanager.yml")["route"]
    assert policy["group_by"] == route["group_by"]
    assert {"alertname", "cluster", "environment"} <= set(policy["group_by"])


def test_only_warnings_are_ever_muted_and_the_timing_exists(compiled, parsed):
    [policy] = parsed(compiled, "grafana/provisioning/alerting/policies.yml")["policies"]
    timings = {one["name"] for one in parsed(compiled, "grafana/provisioning/alerting/mute-timings.yml")["muteTimes"]}
    config = parsed(compiled, "alertmanager/alertmanager.yml")
    assert timings == {one["name"] for one in config["time_intervals"]}
    for route in policy["routes"] + config["route"]["routes"]:
        muted = set(route.get("mute_time_intervals", ()))
        assert muted <= timings
        assert not muted or "warning" in str(route)


def test_both_evaluators_have_the_same_routes(compiled, parsed):
    [policy] = parsed(compiled, "grafana/provisioning/alerting/policies.yml")["policies"]
    config = parsed(compiled, "alertmanager/alertmanager.yml")
    ours = [{**route, "on": f"{name} {sign} {value}"} for route in policy["routes"]
            for [[name, sign, value]] in [route.pop("object_matchers")]]  # fmt: skip
    theirs = [{**route, "on": matcher.replace('"', "")} for route in config["route"]["routes"]
              for [matcher] in [route.pop("matchers")]]  # fmt: skip
    assert ours == theirs
