"""Secrets: none stands in a file, there is no default password, and each that is asked for is explained."""

import re

import pytest

from kit.check.rules.secrets import _FORMS, _KEY
from kit.load import ROOT

DOCS = ROOT / "docs/deployment.md"


def asked(read):
    """(Secret, key; "" for all of it) → whether a pod waits for it, of base and production."""
    found = {}

    def look(value):
        if isinstance(value, list):
            for one in value:
                look(one)
        elif isinstance(value, dict):
            for key, inner in value.items():
                if key == "secretKeyRef":
                    found[inner["name"], inner["key"]] = not inner.get("optional")
                elif key == "secretRef":
                    found[inner["name"], ""] = not inner.get("optional")
                elif key == "secret" and "secretName" in inner:
                    found[inner["secretName"], ""] = not inner.get("optional")
                else:
                    look(inner)

    for path, documents in read.items():
        if path.startswith("k8s/") or path.startswith("overlays/production/"):
            look(documents)
    return found


def test_every_secret_and_key_is_explained_and_nothing_else_is(read):
    page = DOCS.read_text()
    rows = re.findall(
        r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|", page.split("### Secrets", 1)[1].split("\n## ")[0], re.M
    )
    told = {name: (set(re.findall(r"`(\w+)`", keys)), when) for name, keys, when in rows}
    wanted = {}
    for name, key in asked(read):
        wanted.setdefault(name, set()).update({key} - {""})
    assert told.keys() == wanted.keys()
    for name, keys in wanted.items():
        assert keys <= told[name][0], name


def test_there_is_no_default_password(read, pods):
    waits = asked(read)
    assert waits["grafana-admin", "password"] and waits["grafana-admin", "secret_key"]
    assert waits["postgres-exporter", "password"] and waits["grafana-database", "password"]
    environment = [one for pod in pods.values() for one in pod["containers"][0].get("env", ())]
    assert not [one for one in environment if re.search("PASS|SECRET|TOKEN", one["name"]) and "valueFrom" not in one]


def test_no_object_of_ours_is_a_secret_and_none_holds_one(compiled, base, production):
    assert "Secret" not in {one["kind"] for one in (*base, *production)}
    for path, text in compiled.files.items():
        if path.startswith(("k8s/", "overlays/")):
            assert not [what for what, (_, form) in _FORMS.items() if form.search(text)], path


def literals(read, path="k8s/kustomization.yaml", name="grafana-environment"):
    [found] = [one["literals"] for one in read[path][0]["configMapGenerator"] if one["name"] == name]
    return dict(one.split("=", 1) for one in found)


def test_what_stands_in_for_a_secret_is_known_to_be_none(read):
    known = literals(read)
    assert {name: known[name] for name in known if _KEY.search(name)} == {
        "WEBHOOK_TOKEN": "not-set",
        "GF_SMTP_PASSWORD": "",
    }
    assert "GF_SECURITY_ADMIN_PASSWORD" not in known


def test_every_variable_that_grafanas_files_ask_for_is_set(read, compiled):
    known = literals(read)
    seen = 0
    for path, text in compiled.files.items():
        if path.startswith(("alerts/", "grafana/datasources/", "grafana/provisioning/alerting/policies.yml")):
            for name in re.findall(r"(?<!\$)\$(?!\$)\{?([A-Z_]+)", text):
                seen += 1
                assert known.get(name), (path, name)
    assert seen == 3


@pytest.mark.parametrize("name", ["SLACK_WEBHOOK_URL", "WEBHOOK_URL"])
def test_what_is_not_set_leads_nowhere(read, name):
    assert re.fullmatch(r"https://[a-z-]+\.invalid/", literals(read)[name])


def test_a_secret_counts_more_than_what_stands_in_for_it(pods, read):
    """Of two with a name, the last one counts."""
    shared = pods["grafana"]["containers"][0]["envFrom"]
    assert [next(iter(one)) for one in shared] == ["configMapRef", "secretRef"]
    [patch] = read["overlays/production/patches/deployment-grafana.yaml"]
    sources = patch["spec"]["template"]["spec"]["containers"][0]["envFrom"]
    assert [next(iter(one)) for one in sources] == ["configMapRef", "secretRef"]
    assert "optional" in shared[1]["secretRef"] and "optional" not in sources[1]["secretRef"]


def test_alertmanagers_files_are_keys_of_its_secret(read, parsed, compiled, pods):
    folder = compiled.product.settings.secrets_dir
    [mount] = [one for one in pods["alertmanager"]["containers"][0]["volumeMounts"] if one["name"] == "secrets"]
    assert mount["mountPath"] == folder
    files = set(re.findall(rf"{folder}/(\w+)", compiled.files["alertmanager/alertmanager.yml"]))
    assert files == {"slack_url", "webhook_token"}
    row = re.search(r"^\| `alertmanager-secrets` \| ([^|]+) \|", DOCS.read_text(), re.M)
    assert files <= set(re.findall(r"`(\w+)`", row[1]))


def test_stores_are_asked_where_dataflux_is(read):
    assert literals(read, name="stores") == {
        "DATA_SOURCE_URI": "postgres.dataflux.svc:5432/postgres?sslmode=disable",
        "REDIS_ADDR": "redis://redis.dataflux.svc:6379",
        "KAFKA_ADDRESS": "kafka.dataflux.svc:9092",
    }


def test_every_config_map_that_you_make_is_explained(pods):
    page = DOCS.read_text()
    assert "dataflux-exporter-config" in page
    [volume] = [one for one in pods["dataflux-exporter"]["volumes"] if one["name"] == "config"]
    assert volume["configMap"] == {"name": "dataflux-exporter-config"}
