"""Definitions that are wrong: one sentence each with file and line, all in one run, and nothing is written."""

import re

import pytest

OVERVIEW = "dashboards/system_overview/overview.py"
QUEUE = "signals/queue.py"
PLACE = re.compile(r"[\w./-]+\.py:[1-9]\d*")


def refused(project, *more):
    """Compile a broken project: it says what is wrong, in sentences with a place, and touches nothing."""
    before = project.monitoring
    ran = project.compile(*more)
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err + ran.out
    assert ran.out == ""
    assert project.monitoring == before, "monitoring/ was touched"
    assert ran.summary.endswith("nothing was written to monitoring/")
    for place, sentence in ran.faults:
        assert PLACE.fullmatch(place), f"no file:line in {place!r}"
        assert sentence and not sentence.endswith(" ")
    assert len(ran.faults) == len(ran.err.splitlines()) - 1, "one line for each fault, and the summary"
    assert ran.summary.split()[0] == str(len(ran.faults))
    return ran.faults


# --- what does not import


def test_a_syntax_error_is_told_at_its_line_and_nothing_that_only_follows_from_it(project):
    place = project.edit("signals/host.py", "cpu = Signal(", "cpu = = Signal(")
    assert refused(project) == [(place, "does not import: invalid syntax")]


def test_a_name_that_is_not_defined_is_told_where_it_stands(project):
    place = project.edit("signals/host.py", "unit=NUMBER", "unit=NUMBERS")
    assert refused(project) == [(place, "does not import: NameError: name 'NUMBERS' is not defined")]


def test_an_import_that_fails_is_told_where_it_stands_without_paths_of_the_machine(project):
    project.edit("signals/host.py", "PER_SECOND, PERCENT", "PER_SECOND, PERCENTAGE")
    [(place, sentence)] = refused(project)
    assert place == project.line("signals/host.py", "PERCENTAGE")
    assert sentence.startswith("does not import: ImportError: cannot import name 'PERCENTAGE'")
    assert str(project.root) not in sentence


def test_a_dashboard_that_does_not_import_is_told_and_the_others_are_still_read(project):
    place = project.edit(OVERVIEW, "timeseries(service.rate)", "timeseries(service.rates)")
    other = project.edit("dashboards/application_metrics/cache.py", '"""', '""')
    faults = dict(refused(project))
    assert "has no attribute 'rates'" in faults[place]
    assert any(found.startswith(other.split(":")[0]) for found in faults)


# --- what is wrong with a metric, a signal or a level


def test_a_label_that_the_metric_does_not_have_is_told_with_the_nearest_one(project):
    place = project.edit("signals/service.py", 'requests.count(status="")', 'requests.count(statsu="")')
    [(where, sentence)] = refused(project)
    assert where == place
    assert sentence == (
        "dataflux_requests_total has no label 'statsu'; did you mean 'status'? (it has endpoint, service, status)"
    )


def test_grouping_by_a_label_that_does_not_exist_is_told(project):
    project.edit(QUEUE, 'per="consumergroup topic"', 'per="consumergroup topik"')
    faults = refused(project)
    assert {place for place, _ in faults} == {project.line(QUEUE, "^consumer_lag = Signal")}
    assert any("'topik', which kafka_consumergroup_lag does not have; did you mean 'topic'?" in s for _, s in faults)


@pytest.mark.parametrize(
    ("old", "sentence"),
    [
        ("    unit=COUNT,\n", "it has no unit; name one of kit/model/unit.py"),
        (
            '    question="How much waits in each queue?",\n',
            "it has no description; say question= (what it answers) and bad= (what to do then)",
        ),
    ],
    ids=["unit", "description"],
)
def test_a_panel_without_unit_or_description_is_told_at_its_signal(project, old, sentence):
    project.edit(QUEUE, old, "")
    assert refused(project) == [(project.line(QUEUE, "^depth = Signal"), f"signal queue_depth: {sentence}")]


def test_an_unknown_unit_is_told_at_its_signal(project):
    project.edit(QUEUE, "unit=COUNT", 'unit="percentt"')
    [(place, sentence)] = refused(project)
    assert place == project.line(QUEUE, "^depth = Signal")
    assert "unknown unit 'percentt'" in sentence


def test_a_level_without_direction_is_told_at_the_level(project):
    place = project.edit(QUEUE, "Level(500, above=True,", "Level(500,")
    said = "signal queue_depth: its warning level has no direction; say above=True or above=False"
    assert refused(project) == [(place, said)]


def test_a_hold_that_is_no_duration_is_told_at_the_level(project):
    place = project.edit(QUEUE, 'Level(500, above=True, hold="5m"', 'Level(500, above=True, hold="5x"')
    [(where, sentence)] = refused(project)
    assert (where, "'5x' is no duration" in sentence) == (place, True)


# --- what is wrong with an alert, a page or a panel


def test_an_alert_without_runbook_is_told_with_the_page_to_write(project):
    (project.root / "docs/runbooks/ServiceDown.md").unlink()
    said = "alert ServiceDown has no runbook; write docs/runbooks/ServiceDown.md"
    assert refused(project) == [(project.line("alerts/services.py", "^ServiceDown"), said)]


def test_an_alert_text_that_names_an_unknown_label_is_told(project):
    project.edit("alerts/queues.py", "queue {queue} (level", "queue {queu} (level")
    [(place, sentence)] = refused(project)
    assert place == project.line("alerts/queues.py", "^QueueDepthCritical")
    assert sentence.startswith("alert text names {queu}; did you mean 'queue'?")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "queue {queue} (level",
            "queue {queue!r} (level",
            "alert text says {queue!r}, but nothing beside a name stands in braces; write {queue}",
        ),
        (
            "{value} items",
            "{value:.2f} items",
            "alert text says {value:.2f}, but nothing beside a name stands in braces; write {value}",
        ),
    ],
)
def test_an_alert_text_with_more_than_names_in_braces_is_told(project, old, new, sentence):
    project.edit("alerts/queues.py", old, new)
    place = project.line("alerts/queues.py", "^QueueDepthCritical")
    assert refused(project) == [(place, sentence)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{{{{ if }}}}", "if has no end; close it with {{ end }}"),
        ("{{{{ $x }}}}", "the variable $x is not declared"),
        ("{{{{ humanise 1 }}}}", "humanise is no function there; did you mean 'humanize'?"),
    ],
)
@pytest.mark.parametrize("command", [("compile", "--check"), ("check",)])
def test_an_alert_text_that_does_not_render_is_told_once_at_the_alert(project, command, text, sentence):
    project.edit("alerts/queues.py", "{value} items", f"{text}{{value}} items")
    ran = project.build(*command)
    [(place, said)] = [(place, said) for place, said in ran.faults if ".py" in place]
    assert (ran.code, place) == (1, project.line("alerts/queues.py", "^QueueDepthCritical"))
    assert said == (
        "error  alert-template  QueueDepthCritical: its description does not render in Grafana and Prometheus: "
        f"{sentence}; in alerts/, put values and labels in single braces, like {{value}}"
    )


def test_what_an_alert_says_of_nothing_is_fixed_text(project):
    project.edit("alerts/services.py", "No instance of any service", "No {{ if }} of any {service}")
    [(place, sentence)] = refused(project)
    assert place == project.line("alerts/services.py", "^ServiceDown")
    assert sentence.startswith("nothing= is fixed text, sent as it stands: 'No {{ if }} of any {service}")
    assert sentence.endswith("; write it without braces")


def test_two_dashboards_with_one_uid_are_told_at_the_second_with_the_first(project):
    project.copy("dashboards/application_metrics/cache.py", "dashboards/business_metrics/cache.py")
    [(place, sentence)] = refused(project)
    assert place == project.line("dashboards/business_metrics/cache.py", "^page = Page")
    assert sentence == (
        "two dashboards have the uid df-cache; rename this module (dashboards/application_metrics/cache.py has it)"
    )


def test_one_title_twice_in_a_folder_is_told(project):
    project.copy("dashboards/application_metrics/cache.py", "dashboards/application_metrics/cache2.py")
    [(place, sentence)] = refused(project)
    assert place == project.line("dashboards/application_metrics/cache2.py", "^page = Page")
    assert sentence == (
        "two dashboards of application_metrics have the title 'Cache'; change one "
        "(dashboards/application_metrics/cache.py has it)"
    )


def test_a_module_without_a_page_is_told(project):
    project.edit("dashboards/infrastructure/hosts.py", "page = Page(", "pgae = Page(")
    found = dict(refused(project))
    assert "defines no `page = Page(" in found["dashboards/infrastructure/hosts.py:1"]


def test_a_reading_that_its_type_does_not_have_is_told_with_the_remedy(project):
    counter = project.edit("signals/service.py", "lines=requests.rate(),", "lines=requests.value(),")
    gauge = project.edit("signals/cache.py", "lines=clients_connected.value()", "lines=clients_connected.rate()")
    found = dict(refused(project))
    assert found[counter].startswith("the counter dataflux_requests_total cannot be read by value()")
    assert "use rate() or increase()" in found[counter]
    assert "use value(), change() or over()" in found[gauge]


def test_a_variable_that_is_none_is_told(project):
    project.edit("dashboards/infrastructure/hosts.py", "variables=[instance]", "variables=[object()]")
    [(_, sentence)] = refused(project)
    assert sentence.startswith("a variable is choice(…) or grafanalib's Template")


def test_a_page_outside_of_a_set_is_told(project):
    project.copy("dashboards/application_metrics/cache.py", "dashboards/stray.py")
    [(place, sentence)] = refused(project)
    assert place == project.line("dashboards/stray.py", "^page = Page")


def test_a_landing_page_that_does_not_exist_is_told_at_its_set(project):
    place = project.edit("dashboards/system_overview/__init__.py", 'landing="overview"', 'landing="overvew"')
    before = project.monitoring
    ran = project.compile()
    assert (ran.code, project.monitoring) == (1, before)
    assert "landing page" in dict(ran.faults)[place]


def test_a_panel_option_that_does_not_exist_is_told_at_the_panel(project):
    place = project.edit(OVERVIEW, "timeseries(service.rate)", "timeseries(service.rate, linewidth=3)")
    assert refused(project) == [(place, "timeseries has no option 'linewidth'; did you mean 'width'?")]


def test_a_panel_of_something_that_is_no_signal_is_told_at_the_panel(project):
    place = project.edit(OVERVIEW, "timeseries(service.rate)", "timeseries(service.SERVICES)")
    assert refused(project) == [(place, "timeseries shows signals, and 'dataflux-services' is none")]


def test_two_panels_of_one_id_are_told_at_the_second(project):
    place = project.edit(OVERVIEW, "timeseries(service.rate),", "timeseries(service.rate),timeseries(service.rate),")
    [(where, sentence)] = refused(project)
    assert where == place
    assert sentence.startswith("two panels of page System Overview have one id ('Requests' is the second)")


def test_a_function_of_a_definition_that_fails_is_told_where_it_failed(project):
    place = project.edit("alerts/channels.py", "day, start, end = settings", "day, start = settings")
    [(where, sentence)] = refused(project)
    assert where == place
    assert "ValueError" in sentence


# --- several at once


def test_all_faults_are_told_in_one_run_in_the_order_of_the_sources(project):
    places = [
        project.edit("alerts/queues.py", "QueueOldestHigh = warning(", "QueueOldestHigh = critical("),
        project.edit(OVERVIEW, "stat(service.instances, width=3)", "stat(service.instances, wdith=3)"),
        project.edit(QUEUE, "Level(500, above=True,", "Level(500,"),
        project.edit("signals/service.py", 'requests.count(status="")', 'requests.count(statsu="")'),
    ]
    (project.root / "docs/runbooks/ServiceDown.md").unlink()
    found = [place for place, _ in refused(project)]
    assert {*places, project.line("alerts/services.py", "^ServiceDown")} <= set(found)
    assert found == sorted(found, key=lambda place: (place.split(":")[0], int(place.split(":")[1])))


def test_a_module_with_several_faults_tells_all_of_them(project):
    first = project.edit(OVERVIEW, "stat(service.instances, width=3)", "stat(service.instances, wdith=3)")
    second = project.edit(OVERVIEW, "timeseries(service.rate)", "timeseries(service.rate, linewidth=3)")
    assert [place for place, _ in refused(project)] == [first, second]


def test_what_a_schema_or_law_finds_is_told_at_the_panel_and_nothing_is_written(project):
    place = project.edit(OVERVIEW, "alerts_firing(width=6)", "alerts_firing(width=6, description=' ' * 0, title='A')")
    project.edit("kit/draw/board.py", "panel.description or describe(panel, site)", "panel.description")
    before = project.monitoring
    ran = project.compile(anew=True)
    assert ran.code == 1
    assert (
        place,
        "error  panel-text  System Overview / A: it has no description; say what it shows and what to do",
    ) in (ran.faults)
    assert ran.summary.endswith("findings; nothing was written to monitoring/")
    assert project.monitoring == before


def test_check_tells_the_same_faults(project):
    place = project.edit(QUEUE, "Level(500, above=True,", "Level(500,")
    ran = project.build("check")
    assert (ran.code, [where for where, _ in ran.faults]) == (1, [place])
