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
    bench.yaml(TEMPLATES, change, "template nothing").says("another template uses it", at=".yml")


@pytest.mark.parametrize(
    "change",
    [lambda text: text.replace("{{ end }}", "", 1), lambda text: text + "{{ end }}", lambda text: text + "{{ ."],
)
def test_a_template_that_is_not_closed(bench, change):
    bench.yaml(TEMPLATES, template(change), "templates").says("or a brace is missing", at=".yml")
