import subprocess
import tempfile

import pytest

MUTES, TEMPLATES = "grafana/provisioning/alerting/mute-timings.yml", "grafana/provisioning/alerting/templates.yml"
ALERTMANAGER, TMPL = "alertmanager/alertmanager.yml", "alertmanager/templates/dataflux.tmpl"


@pytest.mark.parametrize(
    "times",
    [("25:00", "26:00"), ("3", "4"), ("04:00", "03:00"), ("03:00", "03:00"), ("0:00", "04:00"), ("03:00", "26:00")],
)
def test_a_mute_timing_is_hours_of_a_day(bench, times):
    def change(document):
        mutes = document.get("muteTimes") or document["time_intervals"]
        mutes[0]["time_intervals"][0]["times"][0] = dict(zip(("start_time", "end_time"), times, strict=True))

    for path in (MUTES, ALERTMANAGER):
        bench.yaml(path, change, "mute timing dataflux-maintenance").says(f"'{times[0]}' to '{times[1]}'", at=".yml")


def test_a_message_uses_templates_that_are_defined(bench):
    def change(document):
        document["contactPoints"][0]["receivers"][0]["settings"]["title"] = '{{ template "dataflux.titel" . }}'

    found = bench.yaml("alerts/slack.yml", change, "receiver dataflux-slack")
    found.says("template 'dataflux.titel', which nothing defines; did you mean 'dataflux.title'?", at=".yml")


def test_alertmanagers_messages_too(bench):
    found = bench.file(TMPL, bench.build.files[TMPL].replace('define "dataflux.text"', 'define "other"'))
    assert {one.subject for one in found.findings} == {"receiver dataflux-email"}
    assert all("'dataflux.text', which nothing defines" in one.message for one in found.findings)


def template(change):
    return lambda document: document["templates"][0].update(template=change(document["templates"][0]["template"]))


def test_a_template_that_uses_another(bench):
    change = template(lambda text: text + '{{ define "x" }}{{ template "nothing" . }}{{ end }}')
    bench.yaml(TEMPLATES, change, "template x").says("it uses the template 'nothing', which nothing defines", at=".yml")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("{{ end }}", "", 1), "define stands in another block"),
        (lambda text: text + "{{ end }}", "end closes nothing"),
        (lambda text: text + "{{ if .Status }}", "if has no end; close it with {{ end }}"),
        (lambda text: text + "{{ else }}", "else stands in no if, with or range"),
        (lambda text: text + "{{ .", "a brace or a quote is missing in '{{ .'"),
        (lambda text: text + '{{ "open }}', "a brace or a quote is missing"),
        (lambda text: text + "{{ .Status ; }}", "'; ' is nothing".replace("; ", ";")),
        (lambda text: text + "{{ define x }}{{ end }}", "define needs one name in quotes"),
    ],
)
def test_a_template_that_cannot_be_read(bench, change, says):
    bench.yaml(TEMPLATES, template(change), "templates").says(says, at=".yml")


NEITHER = [
    ("{{ .Lables }}", ".Lables is no field of the message"),
    ("{{ .Labels }}", ".Labels is no field of the message"),
    ("{{ range .Alerts }}{{ .Lables.x }}{{ end }}", ".Lables is no field of an alert; did you mean 'Labels'?"),
    ("{{ with .Alerts }}{{ .Status }}{{ end }}", ".Status is no field of alerts; it has Firing, Resolved"),
    ("{{ with .Status }}{{ .Alerts }}{{ end }}", ".Alerts is no field of a text"),
    ("{{ if .Status }}{{ else if .Nothing }}{{ end }}", ".Nothing is no field of the message"),
    ("{{ with .Status }}{{ else }}{{ .Alerts.Firing.X }}{{ end }}", ".X is no field of alerts"),
    ("{{ .CommonLabels.cluster.name }}", ".name is no field of a text"),
    ("{{ range .CommonLabels.SortedPairs }}{{ .Key }}{{ end }}", ".Key is no field of a pair; it has Name, Value"),
    (
        "{{ range $i, $a := .Alerts }}{{ $a.Label.x }}{{ end }}",
        ".Label is no field of an alert; did you mean 'Labels'?",
    ),
    ("{{ range .Alerts }}{{ $.Labels }}{{ end }}", ".Labels is no field of the message"),
    ("{{ (.CommonLabels.Remove (stringSlice .Nothing)).SortedPairs }}", ".Nothing is no field of the message"),
    ("{{ (.CommonLabels.Remove .X).Y.Z }}", ".X is no field of the message", ".Z is no field of a text"),
    ("{{ .Status | toUper }}", "toUper is no function that both evaluators know; did you mean 'toUpper'?"),
    ("{{ .Status | date }}", "date is no function that both evaluators know"),
    ("{{ $x }}", "the variable $x is not declared"),
    ("{{ if .Status }}{{ $x := 1 }}{{ end }}{{ $x }}", "the variable $x is not declared"),
    ("{{ $x = 1 }}", "the variable $x is not declared; write := where it is set first"),
    ("{{ }}", "a value is missing"),
    ("{{ | len }}", "a value is missing"),
    ("{{ (.Status }}", "a bracket has no partner"),
    ("{{ len .Status) }}", "a bracket has no partner"),
    ('{{ template "dataflux.title" }}', "template 'dataflux.title' is given nothing; end the call with a dot"),
    ("{{ template dataflux . }}", "template needs a name in quotes"),
    ("{{ range .Status }}{{ end }}", "range goes through a text"),
]


@pytest.mark.parametrize(("text", "says"), [(one[0], one[1:]) for one in NEITHER], ids=[one[0] for one in NEITHER])
def test_what_neither_evaluator_can_render(bench, tool, text, says):
    def change(document):
        receiver = next(one for one in document["receivers"] if one["name"] == "dataflux-email")
        receiver["email_configs"][0]["text"] = text

    bench.yaml(ALERTMANAGER, change, "receiver dataflux-email").says(*says, at=".yml")
    ran = rendered(tool("amtool"), bench.build.files[TMPL], text)
    assert ran.returncode != 0 or "no value" in ran.stdout or not ran.stdout.strip(), "amtool renders it well"


FINE = [
    "{{ .Status }} {{- .Receiver -}} {{/* a note with }} in it */}}",
    "{{ with $x := .CommonLabels.anything }}{{ $x }}{{ . }}{{ else }}{{ .Status }}{{ end }}",
    "{{ range $i, $a := .Alerts.Firing }}{{ if lt $i 3 }}{{ $a.EndsAt.UTC.Format `15` }}{{ break }}{{ end }}{{ end }}",
    '{{ if and .Alerts (eq .Status "firing") }}{{ len .Alerts }}{{ else if .Status }}{{ print .Status }}{{ end }}',
    '{{ (index .Alerts 0).Labels.x }}{{ join ", " .CommonLabels.Values }}{{ .GroupLabels.SortedPairs.Names }}',
    '{{ $joint := ": " }}{{ range .CommonLabels.SortedPairs }}{{ $joint }}{{ $joint = ", " }}{{ .Name }}{{ end }}',
    '{{ define "own" }}{{ .Labels.x }}{{ end }}',
]


@pytest.mark.parametrize("text", FINE)
def test_what_renders_is_let_pass(bench, tool, text):
    whole = bench.build.files[TMPL] + '{{ define "fine" }}' + text + "{{ end }}"
    if "define" in text:
        whole = (
            bench.build.files[TMPL]
            + text
            + '{{ define "fine" }}{{ range .Alerts }}{{ template "own" . }}{{ end }}{{ end }}'
        )
    bench.file(TMPL, whole).is_silent()
    ran = rendered(tool("amtool"), whole, '{{ template "fine" . }}')
    assert ran.returncode == 0, ran.stderr


def rendered(amtool, templates, text):
    with tempfile.NamedTemporaryFile("w", suffix=".tmpl") as file:
        file.write(templates)
        file.flush()
        command = [amtool, "template", "render", f"--template.glob={file.name}", f"--template.text={text}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_a_template_is_judged_by_what_it_is_called_with(bench):
    change = template(lambda text: text.replace("{{ .StartsAt.UTC", "{{ .StartedAt.UTC"))
    found = bench.yaml(TEMPLATES, change)
    assert {one.subject for one in found.findings} == {"template dataflux.text.since", "template dataflux.slack.since"}
    assert all("StartedAt is no field of an alert; did you mean 'StartsAt'?" in one.message for one in found.findings)


def test_grafanas_silence_is_no_field_of_alertmanagers_alerts(bench):
    grafana = bench.build.yaml[TEMPLATES]["templates"][0]["template"]
    found = bench.file(
        TMPL, grafana + bench.build.files[TMPL][bench.build.files[TMPL].index('{{ define "dataflux.html.what"') :]
    )
    assert {one.subject for one in found.findings} == {"template dataflux.text", "template dataflux.slack"}
    assert all("SilenceURL is no field of an alert" in one.message for one in found.findings)
