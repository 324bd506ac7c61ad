"""PrometheusRule: the rules of the files, which Prometheus itself can read."""

import subprocess

import yaml

RULES = "k8s/operator/rules.yaml"


def groups(compiled):
    """Of all objects together."""
    return [group for one in yaml.safe_load_all(compiled.files[RULES]) for group in one["spec"]["groups"]]


def test_the_objects_have_the_groups_of_the_files(either, parsed):
    files = [path for path in sorted(either.files) if path.startswith("prometheus/rules/")]
    from_files = [group for path in files for group in parsed(either, path)["groups"]]
    assert sorted(groups(either), key=lambda one: one["name"]) == from_files != []


def test_promtool_reads_them(compiled, tool, tmp_path):
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": groups(compiled)}))
    ran = subprocess.run([tool("promtool"), "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    rules = sum(len(rules) for rules in compiled.product.rules.values()) + len(compiled.product.site.recorded)
    assert f"SUCCESS: {rules} rules found" in ran.stdout


def test_an_object_holds_one_file_and_is_called_after_it(compiled):
    for one in yaml.safe_load_all(compiled.files[RULES]):
        assert [one["metadata"]["name"]] == [f"dataflux-{group['name']}" for group in one["spec"]["groups"]]
