import subprocess

import pytest

from kit.check.parts import alert_data
from kit.emit.text import yaml_text


def told(text, key="description"):
    return lambda rule: rule["annotations"].update({key: text})


NOWHERE = [
    ("{{ if }}", "if has no end; close it with {{ end }}"),
    ("{{ if }}It.{{ end }}", "a value is missing"),
    ("{{ if $value }}It.", "if has no end; close it with {{ end }}"),
    ("{{ if $value }}{{ else }}{{ else }}{{ end }}", "else follows an else"),
    ("{{ range $labels }}{{ else if $value }}{{ end }}", "else is followed by 'if'; open that as a block of its own"),
    ("{{ end }}", "end closes nothing"),
    ("{{ break }}", "break stands in no range"),
    ("{{ $x }}", "the variable $x is not declared"),
    ("{{ $lables.queue }}", "the variable $lables is not declared; did you mean '$labels'?"),
    ("{{ $value | humanise }}", "humanise is no function there"),
    ("{{ $labels.queue.name }}", ".name is no field of a text"),
    ("{{ .Lables.queue }}", ".Lables is no field of the alert; did you mean 'Labels'?"),
    ("{{ range .Value }}{{ end }}", "range goes through"),
    ("{{{ $value }}}", "a brace or a quote is missing in"),
    ("{{ $value", "a brace or a quote is missing in"),
    ("{{ humanize }}", "humanize is given 0 and takes 1"),
    ("{{ $labels.queue | match }}", "match is given 1 and takes 2"),
    ("{{ printf `%s` toUpper }}", "toUpper is given 0 and takes 1"),
    ("{{ $labels.queue toUpper }}", "$labels is no function, and is given something", "toUpper is given 0"),
    ("{{ 1 2 }}", "1 is no function, and is given something"),
    ("{{ `a` | 2 }}", "2 is no function, and is given something"),
    ("{{ now }}", "now is no function there"),
    ('{{ template "x" . }}', "it uses the template 'x', which nothing defines"),
    ("{{ }}", "a value is missing"),
]


@pytest.mark.parametrize("dialect", ["prometheus", "grafana"])
@pytest.mark.parametrize(("text", "says"), [(one[0], one[1:]) for one in NOWHERE], ids=[one[0] for one in NOWHERE])
def test_what_renders_in_neither(bench, dialect, text, says):
    found = getattr(bench, dialect)(told(text))
    found.says(*says)
    for one in found.findings:
        assert one.message.startswith(f"its description does not render in {dialect.capitalize()}: ")
        assert one.message.endswith("; in alerts/, put values and labels in single braces, like {value}")


@pytest.mark.parametrize("text", [one[0] for one in NOWHERE])
def test_prometheus_refuses_it_or_says_that_it_does_not_render(promtool, text):
    assert not promtool.renders(text)


FINE = [
    "It.",
    "{ $x } is no template",
    "{{ $labels.queue }} has {{ $value }}",
    "{{ if $labels.queue }}{{ $labels.queue | toUpper }}{{ else if .Value }}it{{ else }}nothing{{ end }}",
    "{{ with $labels.queue }}&var-queue={{ . | urlquery }}{{ end }}",
    '{{ range $name, $value := $labels }}{{ $name }}: {{ $value }} {{ end }}{{ printf "%s" $labels.queue }}',
    "{{ $x := $labels.queue }}{{ $x }}{{ .Labels.queue }}{{ $.Labels.queue }}{{ (index .Labels `a b`) | title }}",
    "{{- reReplaceAll `a` `b` $labels.queue -}} {{ eq 1 1 }}{{ print true }}",
    "{{ match `a` $labels.queue }}{{ $labels.instance | stripPort }}{{ parseDuration `1h` | humanizeDuration }}",
    "{{ range $labels }}{{ if . }}{{ break }}{{ end }}{{ end }}",
]
PROMETHEUS = [
    "{{ $value | humanize }}{{ humanizePercentage .Value }}{{ $externalLabels.x }}{{ $externalURL }}{{ .ExternalURL }}",
    "{{ with query `up` }}{{ . | first | value | humanize1024 }}{{ end }}",
    "{{ printf `%.2f` $value }}{{ $value | humanizeTimestamp }}",
]
GRAFANA = [
    "{{ $values.B.Value | humanize }}{{ $values.B }}{{ $value }}{{ .Values.B.Labels.queue }}",
    "{{ range $ref, $one := $values }}{{ $ref }}={{ $one.Value | humanizeDuration }}{{ end }}",
    "{{ (filterLabels $labels `queue`).queue }}{{ removeLabelsRe .Labels `q.*` }}{{ mergeLabelValues $values }}",
]


@pytest.mark.parametrize("text", FINE + PROMETHEUS)
def test_what_prometheus_renders_is_let_pass(bench, promtool, text):
    bench.prometheus(told(text)).is_silent()
    assert promtool.renders(text)


@pytest.mark.parametrize("text", FINE + GRAFANA)
def test_what_grafana_renders_is_let_pass(bench, text):
    bench.grafana(told(text)).is_silent()


@pytest.mark.parametrize(
    ("dialect", "text", "part"),
    [
        ("prometheus", "{{ $values.B.Value }}", "the variable $values is not declared; did you mean '$value'?"),
        ("prometheus", "{{ .Values }}", ".Values is no field of the alert; did you mean 'Value'?"),
        ("prometheus", "{{ $value.B }}", ".B is no field of a number"),
        ("prometheus", "{{ removeLabels $labels `x` }}", "removeLabels is no function there"),
        ("grafana", "{{ $externalLabels.x }}", "the variable $externalLabels is not declared"),
        ("grafana", "{{ $values.B.Vale }}", ".Vale is no field of a value; did you mean 'Value'?"),
        ("grafana", "{{ range query `up` }}{{ end }}", "query is no function there"),
    ],
)
def test_what_only_the_other_evaluator_has(bench, promtool, dialect, text, part):
    getattr(bench, dialect)(told(text)).says(part)
    assert dialect == "grafana" or not promtool.renders(text)


def test_a_link_is_read_as_well_and_who_writes_it_is_named(bench):
    found = bench.prometheus(told("http://g/d/df-x{{ with $labels.queue }}", "dashboard_url"))
    found.says("its dashboard_url does not render in Prometheus: with has no end; close it with {{ end }}; look at")


def test_a_text_of_several_lines_is_told_with_its_line(bench):
    bench.prometheus(told("One.\n{{ $x }}")).says("does not render in Prometheus: line 2: the variable $x is not")


def test_a_text_that_defines_a_template(bench):
    text = '{{ define "x" }}{{ end }}It.'
    bench.prometheus(told(text)).says("it defines the template 'x', which no other text can use")


def test_prometheus_knows_every_function_that_is_let_pass(promtool):
    texts = [f"{{{{ {name} }}}}" for name in alert_data.PROMETHEUS.takes]
    ran = promtool.checked(*texts)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture
def promtool(tool, tmp_path):
    return Promtool(tool("promtool"), tmp_path)


class Promtool:
    """Prometheus's own judgement of a text: refused with its file of rules, or an error in the place of the text."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def checked(self, *texts):
        rules = [
            {"alert": f"A{place}", "expr": "up", "annotations": {"description": text}}
            for place, text in enumerate(texts)
        ]
        return self._run("check", "rules.yml", {"groups": [{"name": "g", "rules": rules}]})

    def renders(self, text):
        if self.checked(text).returncode:
            return False
        test = {
            "rule_files": ["rules.yml"],
            "tests": [
                {
                    "input_series": [{"series": 'up{queue="q",instance="a:1"}', "values": "1x9"}],
                    "alert_rule_test": [{"eval_time": "5m", "alertname": "A0", "exp_alerts": []}],
                }
            ],
        }
        said = self._run("test", "test.yml", test)
        assert "got:" in said.stdout + said.stderr, said
        return "error expanding template" not in said.stdout + said.stderr

    def _run(self, verb, name, document):
        (self.folder / name).write_text(yaml_text(document, "a test"))
        command = [self.program, verb, "rules", name]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=60)
