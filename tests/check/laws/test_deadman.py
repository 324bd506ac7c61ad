import pytest

GRAFANA, ALERTMANAGER = "grafana/provisioning/alerting/policies.yml", "alertmanager/alertmanager.yml"


@pytest.fixture(params=[GRAFANA, ALERTMANAGER])
def route(bench, request):
    """Break the Watchdog's route of either dialect."""

    def broken(change):
        def inner(document):
            root = document["policies"][0] if "policies" in document else document["route"]
            own = next(one for one in root["routes"] if "none" in str(list(one.values())))
            change(root, own)

        return bench.yaml(request.param, inner, "Watchdog")

    return broken


def test_no_route_of_its_own(route):
    found = route(lambda root, own: root["routes"].remove(own))
    found.says("no route takes severity none alone", at=".yml")


def test_a_route_that_it_shares(route):
    def change(root, own):
        key = "matchers" if "matchers" in own else "object_matchers"
        own[key] = ['severity =~ "none|warning"'] if key == "matchers" else [["severity", "=~", "none|warning"]]

    route(change).says("no route takes severity none alone", at=".yml")


@pytest.mark.parametrize("key", ["mute_time_intervals", "active_time_intervals"])
def test_a_route_that_is_muted(key, route):
    found = route(lambda root, own: own.update({key: ["dataflux-maintenance"]}))
    found.says("its route is muted at times", at=".yml")


@pytest.mark.parametrize("key", ["group_interval", "repeat_interval"])
def test_a_route_that_tells_it_seldom(key, route):
    route(lambda root, own: own.update({key: "4h"})).says(f"a {key} of 4h; 10m is the most", at=".yml")


def test_a_route_that_takes_the_roots_interval(route):
    def change(root, own):
        root["group_interval"] = "30m"
        del own["group_interval"]

    route(change).says("a group_interval of 30m", at=".yml")


@pytest.mark.parametrize("targets", [['alertname = "X"'], [], ['severity =~ "warning|none"'], ['severity="none"']])
def test_an_inhibition_that_could_silence_it(targets, bench):
    def change(document):
        document["inhibit_rules"].append({"source_matchers": ['severity = "critical"'], "target_matchers": targets})

    bench.yaml(ALERTMANAGER, change, "Watchdog").says("an inhibition rule can silence it", at=".yml")


@pytest.mark.parametrize("dialect", ["grafana", "prometheus"])
def test_a_hold(dialect, bench):
    found = getattr(bench, dialect)(lambda rule: rule.update({"for": "5m"}), name="Watchdog")
    found.subject = "Watchdog"
    found.says("Watchdog is held back by for: 5m", at=".yml")


@pytest.mark.parametrize("dialect", ["grafana", "prometheus"])
def test_a_second_one_and_none_at_all(dialect, bench):
    second = getattr(bench, dialect)(lambda rule: rule["labels"].update(severity="none"), name="RulesFailing")
    second.subject = "Watchdog"
    second.says("there are: RulesFailing, Watchdog; define one", "RulesFailing is held back by for: 5m", at=".yml")
    gone = getattr(bench, dialect)(lambda rule: rule["labels"].update(severity="warning"), name="Watchdog")
    gone.says("there are: none; define one", at=".yml")


def test_a_list_of_alerts_that_has_it(bench):
    def change(panel):
        panel["options"]["alertInstanceLabelFilter"] = '{signal=~".+"}'

    bench.panel(change, kind="alertlist").says("it lists the Watchdog as a problem")


@pytest.mark.parametrize("text", ['count(ALERTS{alertstate="firing"})', "count(ALERTS)"])
def test_a_panel_that_counts_it(text, bench):
    bench.panel(lambda panel: panel["targets"][0].update(expr=text)).says("it counts the Watchdog as a problem")


def test_an_annotation_that_marks_it(bench):
    def change(board):
        mark = next(one for one in board["annotations"]["list"] if one["name"] == "Firing alerts")
        mark["expr"] = mark["expr"].replace(',severity!="none"', "")

    bench.board(change).says("it counts the Watchdog as a problem")
