"""Prometheus's and Alertmanager's own tools accept what is compiled, for both evaluators."""

import subprocess

import pytest


@pytest.fixture(scope="session")
def written(either, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    for path, text in either.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def run(*command):
    ran = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    return ran.returncode, ran.stdout + ran.stderr


def test_promtool_accepts_the_configuration_with_its_rules_and_targets(tool, written):
    code, out = run(tool("promtool"), "check", "config", written / "prometheus/prometheus.yml")
    assert code == 0, out
    assert "SUCCESS" in out and "rule files found" in out
    assert "FAILED" not in out and "WARNING" not in out.upper().replace("WARNINGS", "")


def test_promtool_accepts_the_rules_without_doubles(tool, written):
    code, out = run(tool("promtool"), "check", "rules", "--lint=all", "--lint-fatal", *rule_files(written))
    assert code == 0, out


def rule_files(written):
    return sorted((written / "prometheus/rules").iterdir())


def test_amtool_accepts_the_configuration_with_its_templates(tool, written):
    code, out = run(tool("amtool"), "check-config", written / "alertmanager/alertmanager.yml")
    assert code == 0, out
    for part in ("1 inhibit rules", "3 receivers", "1 templates"):
        assert part in out


def test_promtool_would_tell_a_mistake(tool, written, tmp_path):
    """The tool is asked for something: a broken rule is not accepted."""
    (tmp_path / "broken.yml").write_text((rule_files(written)[0]).read_text().replace(" by (", " bye ("))
    code, _ = run(tool("promtool"), "check", "rules", tmp_path / "broken.yml")
    assert code != 0


def test_a_missing_tool_fails_in_ci_and_skips_elsewhere(tool, monkeypatch):
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="nonesuch is missing"):
        tool("nonesuch")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="nonesuch is not installed"):
        tool("nonesuch")
