import pytest
from attrs import evolve

GRAFANA, ALERTMANAGER = "grafana/provisioning/alerting/policies.yml", "alertmanager/alertmanager.yml"


def by(site, **settings):
    return evolve(site, settings=evolve(site.settings, **settings))


def of(severity, root):
    """The routes of a severity, in order."""
    return [route for route in root["routes"] if severity in str([*route.values()])]


@pytest.fixture(params=[GRAFANA, ALERTMANAGER])
def routes(bench, request):
    """Break the root route of either dialect."""

    def broken(change, subject):
        def inner(document):
            change(document["policies"][0] if "policies" in document else document["route"])

        return bench.yaml(request.param, inner, subject)

    broken.key = "object_matchers" if request.param == GRAFANA else "matchers"
    broken.matcher = (
        (lambda sign, value: ["severity", sign, value])
        if request.param == GRAFANA
        else (lambda sign, value: f'severity {sign} "{value}"')
    )
    broken.file = request.param
    return broken


@pytest.mark.parametrize(
    ("evaluator", "wait", "interval"),
    [("grafana", "10s", "30s"), ("grafana", "30s", "30s"), ("prometheus", "15s", "15s"), ("prometheus", "10s", "15s")],
)
def test_a_route_that_tells_before_all_of_a_cause_is_there(bench, evaluator, wait, interval):
    made = bench.build.product
    routes = tuple(evolve(one, wait=wait) if one.severity == "critical" else one for one in made.routing.routes)
    product = evolve(made, routing=evolve(made.routing, routes=routes), site=by(made.site, evaluator=evaluator))
    found = bench.hear(evolve(bench.build, product=product), "severity critical")
    told = f"its group_wait of {wait} is over before the next evaluation, {interval} later, so that one cause can be"
    found.says(told, at=ALERTMANAGER if evaluator == "prometheus" else GRAFANA)


def test_a_route_that_waits_longer_than_from_one_evaluation_to_the_next(bench):
    assert bench.settings(evaluator="prometheus", rule_interval="39s").findings == []
    said = bench.settings("severity critical", evaluator="prometheus", rule_interval="40s").findings
    assert {one.subject for one in said} == {"severity critical", "severity warning"}


def test_a_route_to_nobody(routes):
    found = routes(lambda root: root["routes"][-1].update(receiver="dataflux-slak"), "route to dataflux-slak")
    found.says("no such receiver exists; did you mean 'dataflux-slack'?", at=".yml")


def test_a_default_to_nobody(routes):
    found = routes(lambda root: root.update(receiver="nobody"), "route to nobody")
    found.says("no such receiver exists", at=".yml")


def test_a_mute_timing_that_does_not_exist(routes):
    change = {"mute_time_intervals": ["dataflux-maintenanc"]}
    found = routes(lambda root: of("warning", root)[0].update(change), "route to dataflux-slack")
    found.says("its mute timing 'dataflux-maintenanc' does not exist; did you mean 'dataflux-maintenance'?", at=".yml")


def test_a_severity_that_no_route_asks_for(routes):
    found = routes(lambda root: root["routes"].remove(of("warning", root)[0]), "severity warning")
    found.says("no route asks for it", at=".yml")


def test_a_severity_that_every_route_rules_out(routes):
    def change(root):
        for route in root["routes"]:
            route[routes.key] = [routes.matcher("!~", "warning|critical|none")]

    found = routes(change, None)
    said = {one.subject for one in found.findings}
    assert {"severity warning", "severity critical", "receiver dataflux-email"} <= said


def test_matchers_of_every_kind_are_understood(routes):
    def change(root):
        critical = [route for route in root["routes"] if "critical" in str(route[routes.key])]
        for route, matcher in zip(critical, (("=~", "crit.*"), ("!=", "warning"), ("!~", "warn.*|none")), strict=True):
            route[routes.key] = [routes.matcher(*matcher)]

    routes(change, None).is_silent()


def test_a_receiver_behind_a_route_that_does_not_continue(routes):
    def change(root):
        of("critical", root)[0]["continue"] = False
        of("none", root)[0]["receiver"] = "dataflux-slack"

    found = routes(change, None)
    assert {(one.subject, one.message.split(";")[0]) for one in found.findings} == {
        ("receiver dataflux-webhook", "no alert ever reaches it"),
        ("route to dataflux-slack", "no alert ever takes it"),
    }


def test_a_receiver_without_a_route(bench):
    found = bench.yaml(ALERTMANAGER, lambda one: one["receivers"].append({"name": "other"}), "receiver other")
    found.says("no alert ever reaches it", at=".yml")


def test_a_route_that_no_alert_takes(routes):
    def change(root):
        extra = {**root["routes"][-1], routes.key: [routes.matcher("=", "info")]}
        root["routes"].append(extra)

    found = routes(change, "route to dataflux-webhook")
    found.says("no alert ever takes it; no rule has such labels", at=".yml")


def test_a_route_behind_one_that_takes_everything(routes):
    def change(root):
        root["routes"] = [*({**route, "continue": True} for route in root["routes"]), {"receiver": "dataflux-slack"}]
        root["routes"].append({"receiver": "dataflux-email"})

    found = routes(change, "route to dataflux-email")
    found.says("no alert ever takes it; no rule has such labels, or a route before it takes them", at=".yml")


def test_a_route_by_a_label_of_the_series_may_pass_alerts_by(routes):
    def change(root):
        label = ["service", "=", "x"] if routes.key == "object_matchers" else 'service = "x"'
        root["routes"].insert(0, {"receiver": "dataflux-email", routes.key: [label]})

    routes(change, None).is_silent()


def test_a_route_by_name_takes_only_that_alert(routes):
    def change(root):
        name = ["alertname", "=", "ServiceDown"] if routes.key == "object_matchers" else 'alertname = "ServiceDown"'
        root["routes"].insert(0, {"receiver": "dataflux-email", routes.key: [name]})

    routes(change, None).is_silent()


def test_a_matcher_that_is_none(bench):
    def change(document):
        document["route"]["routes"][-1]["matchers"] = ["severity is warning"]

    found = bench.yaml(ALERTMANAGER, change, "route to dataflux-webhook")
    found.says("its matcher 'severity is warning' is none; write it like severity = \"critical\"", at=".yml")


def test_routes_below_routes_count(routes):
    def change(root):
        root["routes"] = [{routes.key: [], "receiver": root["receiver"], "routes": root["routes"]}]

    routes(change, None).is_silent()


def test_a_dialect_that_is_not_compiled_is_not_judged(bench, routes):
    bench.without(routes.file).is_silent()
