"""build.py from outside: help, usage, exit codes, settings that cannot be used, places that cannot be written."""

import pytest


def test_help_shows_what_there_is_to_do(made):
    ran = made.build("--help")
    assert ran.code == 0
    assert "compile" in ran.out and "check" in ran.out
    assert ran.err == ""


@pytest.mark.parametrize("command", ["compile", "check"])
def test_each_command_explains_its_options(made, command):
    ran = made.build(command, "--help")
    assert ran.code == 0
    for option in ("--out", "--settings", "--grafana"):
        assert option in ran.out


@pytest.mark.parametrize(
    "arguments", [["compil"], ["compile", "--chek"], ["--bug", "check"], ["check", "surplus"]], ids=" ".join
)
def test_an_unknown_command_or_option_shows_the_usage(made, arguments):
    ran = made.build(*arguments)
    assert ran.code == 2
    assert ran.err.startswith("Usage: build.py")
    assert "Traceback" not in ran.err


def test_compile_says_what_it_compiled_and_that_nothing_changed(project):
    before = project.monitoring
    ran = project.compile()
    assert (ran.code, ran.err) == (0, "")
    first, second, last = ran.out.splitlines()
    assert first.startswith("Compiled ") and "dashboards" in first and "alerts" in first
    assert second.startswith("Checked for Grafana ")
    assert last.startswith(f"monitoring/: nothing changed ({len(before)} files")
    assert project.monitoring == before


def test_compile_says_which_files_change(project):
    project.edit("settings.py", 'service_scrape_interval="5s"', 'service_scrape_interval="4s"')
    project.write("monitoring/prometheus/targets/gone.yml", "[]\n")
    ran = project.build("compile")
    assert "  ~ prometheus/prometheus.yml" in ran.out
    assert "  - prometheus/targets/gone.yml" in ran.out
    assert "1 removed" in ran.out


def test_check_finds_nothing_in_a_fresh_build_and_writes_nothing(project):
    before = project.monitoring
    ran = project.build("check")
    assert (ran.code, ran.err) == (0, "")
    assert "nothing found" in ran.out
    assert project.monitoring == before


@pytest.mark.parametrize("command", ["compile", "check"])
@pytest.mark.parametrize("version", ["99.1", "banana"])
def test_a_grafana_without_schemas_is_refused_in_a_sentence(project, command, version):
    before = project.monitoring
    ran = project.build(command, *(["--check"] if command == "compile" else []), "--grafana", version)
    assert ran.code == 2
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 1 and repr(version) in ran.err
    assert project.monitoring == before


def test_it_is_checked_for_the_grafana_that_is_asked_for(made):
    ran = made.build("check", "--grafana", "13.2.3")
    assert (ran.code, ran.err) == (0, "")
    assert "Checked for Grafana 13.2.3" in ran.out


# --- --debug


def test_debug_shows_the_traceback_of_a_definition_that_does_not_import(project):
    place = project.edit("signals/host.py", "unit=NUMBER", "unit=NUMBERS")
    ran = project.build("--debug", "compile")
    assert ran.code == 1
    assert "Traceback (most recent call last)" in ran.err
    assert f"{place}  does not import" in ran.err


def test_debug_shows_the_traceback_of_settings_that_cannot_be_used(project):
    project.add("settings.py", "nonsense\n")
    ran = project.build("--debug", "check")
    assert ran.code == 2
    assert "Traceback (most recent call last)" in ran.err


# --- settings that cannot be used


def unusable(project, *arguments):
    before = project.monitoring
    ran = project.compile(*arguments)
    assert ran.code == 2, ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 1, "one sentence"
    assert project.monitoring == before
    return ran.err.strip()


def test_a_settings_file_that_is_missing_is_named(project):
    said = unusable(project, "--settings", "nowhere.py")
    assert said.startswith("nowhere.py: No such file or directory")


def test_a_settings_file_without_settings_is_told_what_it_lacks(project):
    project.write("other.py", "x = 1\n")
    assert unusable(project, "--settings", "other.py").startswith("other.py: it defines no `settings = Settings(")


def test_a_syntax_error_in_the_settings_is_told_with_its_line(project):
    place = project.edit("settings.py", 'environment="production",', 'environment="production"",')
    assert f"{place}: SyntaxError" in unusable(project)


def test_settings_that_raise_are_told_with_their_line(project):
    place = project.add("settings.py", "nonsense\n")
    assert f"{place}: NameError: name 'nonsense' is not defined" in unusable(project)


@pytest.mark.parametrize(
    ("setting", "wrong"),
    [('evaluator="grafana"', 'evaluator="nagios"'), ('scrape_interval="15s"', 'scrape_interval="x"')],
)
def test_a_setting_that_cannot_be_is_told_in_a_short_sentence(project, setting, wrong):
    project.edit("settings.py", setting, wrong)
    said = unusable(project)
    assert setting.split("=")[0] in said
    assert "Attribute(" not in said


def test_a_setting_that_is_missing_is_named(project):
    project.edit("settings.py", '    timezone="browser",\n', "")
    assert "'timezone'" in unusable(project)


def test_a_setting_that_does_not_exist_is_named(project):
    project.edit("settings.py", "timezone=", "timezones=")
    assert "'timezones'" in unusable(project)


def test_an_evaluator_that_does_not_exist_is_told_for_otherwise_nobody_would_notify(project):
    project.edit("settings.py", 'evaluator="grafana"', 'evaluator="Grafana"')
    assert "'Grafana'" in unusable(project)


def test_other_settings_make_another_place(project, tmp_path):
    project.copy("settings.py", "other.py")
    project.edit("other.py", 'evaluator="grafana"', 'evaluator="prometheus"')
    before = project.monitoring
    ran = project.compile("--settings", "other.py", "--out", str(tmp_path / "out"))
    assert (ran.code, ran.err) == (0, "")
    assert "alerting:" in (tmp_path / "out/prometheus/prometheus.yml").read_text()
    assert project.monitoring == before


def test_a_page_under_docs_that_is_stale_is_found(project):
    project.edit("docs/coverage.md", "# What answers", "# Whatever answers")
    ran = project.build("check")
    assert (ran.code, [place for place, _ in ran.faults]) == (1, ["docs/coverage.md"])


def test_documents_for_people_are_only_written_with_monitoring_itself(sources, tmp_path):
    fresh = sources()
    (fresh.root / "docs/coverage.md").unlink()
    assert fresh.build("compile", "--out", str(tmp_path / "out")).code == 0
    assert not (fresh.root / "docs/coverage.md").exists()
    assert fresh.build("compile").code == 0
    assert (fresh.root / "docs/coverage.md").exists()


# --- places that cannot be written


@pytest.mark.parametrize("thing", ["thesis.txt", ".git/HEAD"])
def test_a_folder_with_other_things_in_it_is_left_alone(made, tmp_path, thing):
    (tmp_path / thing).parent.mkdir(exist_ok=True)
    (tmp_path / thing).write_text("dear\n")
    ran = made.build("compile", "--out", str(tmp_path))
    assert (ran.code, (tmp_path / thing).read_text()) == (2, "dear\n")
    assert "holds other things" in ran.err
    assert not (tmp_path / "BUILD.json").exists()


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(made, tmp_path):
    (tmp_path / "file").write_text("in the way\n")
    ran = made.build("compile", "--out", str(tmp_path / "file/inside"))
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert ran.err.strip().endswith("cannot be written (Not a directory); run it again to finish")
    assert len(ran.err.splitlines()) == 1


def test_a_folder_in_the_place_of_a_file_is_told_in_a_sentence(project):
    (project.root / "monitoring/BUILD.json").unlink()
    (project.root / "monitoring/BUILD.json/x").mkdir(parents=True)
    ran = project.build("compile")
    assert ran.code == 1
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) == 1 and "BUILD.json" in ran.err


def test_a_file_that_cannot_be_replaced_by_a_folder_of_its_name_is_told_in_a_sentence(made, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/BUILD.json").write_text("{}\n")
    (tmp_path / "out/grafana").write_text("in the way\n")
    ran = made.build("compile", "--out", str(tmp_path / "out"))
    assert "Traceback" not in ran.err
    assert ran.code in (0, 1)


# --- grafanalib's own classes in a page


def test_a_stock_panel_and_a_stock_variable_compile_and_keep_the_laws(project):
    hosts = "dashboards/infrastructure/hosts.py"
    project.edit(hosts, "page = Page(", "from grafanalib import core\n\npage = Page(")
    variable = 'core.Template(name="disk", query="label_values(node_load1, instance)", dataSource="default", refresh=2)'
    project.edit(hosts, "variables=[instance]", f"variables=[instance, {variable}]")
    panel = (
        'core.TimeSeries(title="Load", description="How many wait?", unit="short", dataSource="default",'
        " targets=[core.Target(expr='max by (instance) (node_load1{instance=~\"$disk\"})')])"
    )
    project.edit(hosts, '"CPU": [', f'"CPU": [{panel}, ')
    ran = project.compile()
    assert (ran.code, ran.err) == (0, "")


def test_a_finding_about_a_stock_panel_names_its_line(project):
    hosts = "dashboards/infrastructure/hosts.py"
    project.edit(hosts, "page = Page(", "from grafanalib import core\n\npage = Page(")
    place = project.edit(
        hosts, '"CPU": [', '"CPU": [core.Stat(title="Bare", targets=[core.Target(expr="node_load1")]), '
    )
    ran = project.compile()
    assert ran.code == 1
    assert {where for where, _ in ran.faults} == {place}
