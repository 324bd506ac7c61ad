"""Stories over time, told to promtool; and values asked of it, which are what Grafana's rules would be given."""

import re
import subprocess

import pytest
import yaml
from attrs import evolve, field, frozen

from kit.model.words import seconds
from tests.stories.telling.promtool import asked_for

PLACE = {"cluster": "dataflux", "environment": "production"}
STEP = 15  # seconds between two samples; the rules' interval, too
SERIES = re.compile(r"^(\w+)(?:\{(.*)\})?$")


def placed(series):
    """A series with the labels of every target."""
    name, labels = SERIES.match(series).groups()
    return name + "{" + ",".join([*([labels] if labels else []), *(f'{k}="{v}"' for k, v in PLACE.items())]) + "}"


@frozen
class Story:
    """What happens (`series`: selector → values, each STEP seconds), and at which times `alert` is silent or fires.

    `who` are the labels that tell which instance fires, beside those of the place.
    """

    alert: str
    series: dict
    silent: tuple = ()
    fires: tuple = ()
    who: dict = field(factory=dict)

    def because(self, **who):
        """The same, for the instance with these labels; None for a label of the place that it lacks."""
        return evolve(self, who=who)


@pytest.fixture(scope="session")
def rule_file(groups, tmp_path_factory):
    """`rule_file("ServiceDown")`: the rule on disk, with what is recorded for it; all rules would take long."""
    folder = tmp_path_factory.mktemp("rules")

    def write(alert):
        path = folder / f"{alert}.yml"
        if not path.exists():
            group = next(group for group in groups if any(rule.get("alert") == alert for rule in group["rules"]))
            kept = [rule for rule in group["rules"] if rule.get("alert", alert) == alert]
            expr = next(rule["expr"] for rule in kept if "alert" in rule)
            kept = [rule for rule in kept if rule.get("record", "") in expr]
            path.write_text(yaml.safe_dump({"groups": [{**group, "rules": kept}]}))
        return str(path)

    return write


@pytest.fixture(scope="session")
def promtool_test(tool, rule_file, tmp_path_factory):
    """`promtool_test(series, expressions, alert)`: exit code and output of `promtool test rules`."""
    promtool = tool(asked_for())
    folder = tmp_path_factory.mktemp("stories")

    def run(series, expressions, alert=None, texts=(), step=STEP):
        told = {
            "interval": f"{step}s",
            "input_series": [{"series": placed(name), "values": values} for name, values in series.items()],
            "promql_expr_test": list(expressions),
            "alert_rule_test": list(texts),
        }
        tests = {"rule_files": [rule_file(alert)] if alert else [], "evaluation_interval": f"{STEP}s", "tests": [told]}
        path = folder / "story.yml"
        path.write_text(yaml.safe_dump(tests))
        ran = subprocess.run([promtool, "test", "rules", str(path)], capture_output=True, text=True, timeout=60)
        return ran.returncode, ran.stdout + ran.stderr

    return run


@pytest.fixture
def happens(promtool_test, prometheus_rules):
    """`happens(story)`: the alert is silent and fires when the story says so."""

    def tell(story):
        rule = prometheus_rules[story.alert]
        who = {**PLACE, **rule["labels"], "alertname": story.alert, "alertstate": "firing", **story.who}
        asked = f'ALERTS{{alertname="{story.alert}",alertstate="firing"}}'
        labels = ", ".join(f'{name}="{value}"' for name, value in sorted(who.items()) if value is not None)
        firing = [{"labels": f"ALERTS{{{labels}}}", "value": 1}]
        expected = [*((at, []) for at in story.silent), *((at, firing) for at in story.fires)]
        code, out = promtool_test(
            story.series,
            [{"expr": asked, "eval_time": at, "exp_samples": samples} for at, samples in expected],
            story.alert,
        )
        assert code == 0, out

    return tell


@pytest.fixture(scope="session")
def groups(compiled, parsed):
    """The rule groups of Prometheus."""
    paths = [path for path in compiled.files if path.startswith("prometheus/rules/")]
    return [group for path in paths for group in parsed(compiled, path)["groups"]]


@pytest.fixture(scope="session")
def prometheus_rules(groups):
    """Alert's name → its rule in Prometheus's form."""
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


@pytest.fixture(scope="session")
def grafana_rules(compiled, parsed):
    """Alert's name → its rule in Grafana's form."""
    groups = parsed(compiled, "grafana/provisioning/alerting/rules.yml")["groups"]
    return {rule["title"]: rule for group in groups for rule in group["rules"]}


GOT = re.compile(r'expr: (?P<expr>".*"), time: (?P<time>\w+),\s+exp: .*\s+got: (?P<got>.*)')
SAMPLE = re.compile(r"\{([^}]*)\} (\S+?)(?:, |$)")


@pytest.fixture(scope="session")
def values(promtool_test):
    """`values(series, queries, times)`: what each query gives at each time, as {(query, time): {labels: value}}.

    promtool only compares, so it is told to expect nothing, and says what it got instead.
    """

    def ask(series, queries, times, step=STEP):
        expressions = [{"expr": query, "eval_time": f"{at}s"} for query in queries for at in times]
        code, out = promtool_test(series, expressions, step=step)
        found = {(query, at): {} for query in queries for at in times}
        for match in GOT.finditer(out):
            query, at = yaml.safe_load(match["expr"]), seconds(match["time"])
            samples = SAMPLE.findall(match["got"])
            assert samples, match["got"]
            found[query, at] = {labels: float(value) for labels, value in samples}
        assert code == 0 or "got:" in out, out
        return found

    return ask


@pytest.fixture(scope="session")
def story():
    """`story(alert, series, silent=…, fires=…).because(…)`: see Story."""

    def tell(alert, series, *, silent=(), fires=(), who=None):
        return Story(alert, series, tuple(silent), tuple(fires), who or {})

    return tell


@pytest.fixture(scope="session")
def place():
    """The labels of every target."""
    return PLACE
