"""A Grafana that loaded the files of tests/recorded/provisioning (provisioned.json)."""

from pathlib import Path

import yaml
from attrs import evolve

from tests.double.access import FILES
from tests.double.contact_points import normal as contact_point
from tests.double.datasources import normal as datasource
from tests.double.folders import granted
from tests.double.mute_timings import normal_timing
from tests.double.notes import version_of
from tests.double.policies import normal_policy
from tests.double.rules import normal as rule
from tests.double.rules import stored
from tests.double.store import FOLDER, MANAGER, Group
from tests.double.templates import template

FOUND = Path(__file__).resolve().parents[1] / "recorded" / "provisioning"
RULES_FOLDER = "eg5450cyye60wc"
DASHBOARDS = {"df-system-overview": ("df-overview", "Overview"), "df-infrastructure": ("df-infra", "Infrastructure")}
CHECKSUMS = {"df-overview": "4b417ed801b4035111f7aa4a401c21ee", "df-infra": "b0cd86bf0ad1852b462f6e5762ac4948"}
RENAMED = {
    "keepFiringFor": "keep_firing_for",
    "missing_series_evals_to_resolve": "missingSeriesEvalsToResolve",
}
FILE = {"provenance": "file"}


def load(double):
    """Fill an empty double with what is in the files."""
    for uid, title in (
        (RULES_FOLDER, "DataFlux Alerts"),
        *((each["folderUid"], each["folder"]) for each in providers()),
    ):
        double.state.create("folders", uid, {"title": title, "description": ""}, {}, {}, FILES.name)
        double.state.permissions[uid] = granted(FILES)
    sources(double)
    dashboards(double)
    notifications(double)
    rules(double)


def read(path):
    return yaml.safe_load((FOUND / path).read_text())


def providers():
    return read("dashboards/dataflux.yml")["providers"]


def sources(double):
    for number, each in enumerate(read("datasources/datasources.yml")["datasources"], 1):
        made = datasource(double, each, each["uid"], number, 1)
        double.state.datasources[each["uid"]] = {**made, "readOnly": not each.get("editable", False)}


def dashboards(double):
    for provider in providers():
        uid, title = DASHBOARDS[provider["folderUid"]]
        annotations = {FOLDER: provider["folderUid"], MANAGER: "classic-file-provisioning"}
        annotations |= {"grafana.app/managerId": provider["name"], "grafana.app/sourceTimestamp": "1795389176000"}
        annotations["grafana.app/sourcePath"] = f"{provider['options']['path']}/{uid}.json"
        annotations["grafana.app/sourceChecksum"] = CHECKSUMS[uid]
        spec = {"title": title, "description": "all", "tags": ["x"], "schemaVersion": 42, "panels": []}
        double.state.create("dashboards", uid, spec, {}, annotations, FILES.name, "v0alpha1")


def notifications(double):
    for each in read("alerting/contact-points.yml")["contactPoints"]:
        for receiver in each["receivers"]:
            point = contact_point({**receiver, "name": each["name"]}, receiver["uid"])
            double.state.contact_points[point["uid"]] = point | FILE
    for each in read("alerting/mute-timings.yml")["muteTimes"]:
        double.state.mute_timings[each["name"]] = normal_timing(each) | FILE
    for each in read("alerting/templates.yml")["templates"]:
        text = template(each["name"], each["template"])
        double.state.templates[each["name"]] = {
            "name": each["name"],
            "template": text,
            "version": version_of(text),
        } | FILE
    tree = read("alerting/policies.yml")["policies"][0]
    double.state.policies = normal_policy({key: value for key, value in tree.items() if key != "orgId"}) | FILE


def rules(double):
    for group in read("alerting/rules.yml")["groups"]:
        made = Group(RULES_FOLDER, group["name"], 60)
        for given in group["rules"]:
            given = {RENAMED.get(key, key): value for key, value in given.items()}
            if record := given.get("record"):
                given["record"] = {"metric": record["metric"], "from": record["from"]}
                given["record"]["target_datasource_uid"] = record["targetDatasourceUid"]
                given |= {"noDataState": "NoData", "execErrState": "Alerting"}
            kept = stored(double, rule(double, given, RULES_FOLDER, group["name"]), "file")
            made = evolve(made, rules=(*made.rules, kept))
        double.state.groups[made.folder, made.name] = made
