import pytest

FILE = "docker-compose.monitoring.yml"


def grafana(**values):
    return lambda document: document["services"]["grafana"]["environment"].update(values)


@pytest.mark.parametrize("text", ["${NAME}", "$NAME", "a${NAME}b", "${NAME:?set it}", "${NAME:+x}", "$$$NAME"])
def test_a_variable_without_a_default(bench, text):
    found = bench.yaml(FILE, grafana(X=text), "NAME")
    found.says("it has no default, so nothing starts without it", at=FILE)


@pytest.mark.parametrize("text", ["${NAME:-}", "${NAME:-x}", "${NAME-x}", "$$NAME", "$${NAME}", "no dollar", "5 $"])
def test_a_variable_with_a_default(bench, text):
    bench.yaml(FILE, grafana(X=text)).is_silent()


def test_variables_are_found_everywhere(bench):
    bench.yaml(FILE, lambda one: one["services"]["loki"]["volumes"].append("$DIR:/x"), "DIR").says(
        "no default", at=FILE
    )
    bench.yaml(FILE, lambda one: one["networks"]["default"].update(name="$NET"), "NET").says("no default", at=FILE)


SLACK = "alerts/slack.yml"


@pytest.mark.parametrize("change", [{}, {"SLACK_WEBHOOK_URL": ""}, {"SLACK_WEBHOOK_URL": "${SLACK_WEBHOOK_URL:-}"}])
def test_grafana_has_what_its_contact_points_ask_for(bench, change):
    def take(document):
        environment = document["services"]["grafana"]["environment"]
        del environment["SLACK_WEBHOOK_URL"]
        environment.update(change)

    bench.yaml(FILE, take, SLACK).says("Grafana does not start without $SLACK_WEBHOOK_URL", at=SLACK)


@pytest.mark.parametrize("name", ["$TEAM", "${TEAM}", "x-${TEAM}-y"])
@pytest.mark.parametrize("path", [SLACK, "grafana/datasources/loki.yml", "grafana/provisioning/alerting/policies.yml"])
def test_a_new_variable_is_told_in_every_file_that_grafana_expands(bench, name, path):
    found = bench.file(path, f"{bench.build.files[path]}# {name}\n", path)
    found.says("Grafana does not start without $TEAM", at=path)


def test_what_grafana_does_not_expand_may_hold_dollars(bench):
    for path in ("grafana/provisioning/alerting/rules.yml", "grafana/provisioning/alerting/templates.yml"):
        bench.file(path, f"{bench.build.files[path]}# $labels $values\n").is_silent()
    bench.file(SLACK, f"{bench.build.files[SLACK]}# $${{__value.raw}} $$5\n").is_silent()


def test_without_grafana_each_is_told(bench):
    found = bench.yaml(FILE, lambda one: one["services"].pop("grafana"))
    assert {one.message.split("$")[1].split(";")[0] for one in found.findings} == {
        "SLACK_WEBHOOK_URL",
        "WEBHOOK_URL",
        "WEBHOOK_TOKEN",
    }
