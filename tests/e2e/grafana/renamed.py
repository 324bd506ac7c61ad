"""This project's own build under other names, so that it can be published beside the real one and removed again."""

import re

import orjson

from kit.emit.text import json_text

BOARDS = "grafana/dashboards/"
RULES = "grafana/provisioning/alerting/rules.yml"
# uids of everything begin so, names of what alerting knows by name begin with the second
UID, NAME = "e2e-", "dataflux-e2e"
TITLE = "E2E "


def renamed(files):
    """The files of a build (path → text), with every uid, title and name made our own; BUILD.json is left out.

    | there | here |
    |---|---|
    | uid of a dashboard, rule or contact point `df-x` | `e2e-x` |
    | folder `dataflux-x` with the title X, `DataFlux Alerts` | `e2e-x`, `E2E X`, `E2E Alerts` |
    | contact point, mute timing `dataflux-x`, template `dataflux` | `dataflux-e2e-x`, `dataflux-e2e` |
    | data source `prometheus`, Prometheus | `e2e-prometheus`, `E2E Prometheus` |

    Rules are paused: nobody is to be told that a data source of this suite does not answer.
    """
    return {_own(path): _renamed(path, text) for path, text in files.items() if _is_published(path)}


def _own(text):
    return re.sub(r"\bdf-(?=\w)", UID, text)


def _is_published(path):
    return path.startswith(("grafana/", "alerts/", "alertmanager/")) and path.endswith((".json", ".yml"))


def _renamed(path, text):
    text = _own(text)
    if path.startswith(BOARDS):
        spec = orjson.loads(text)
        return json_text({**spec, "title": TITLE + spec["title"]})
    if path.startswith("grafana/datasources/"):
        return _sources(re.sub(r"(?m)^- name: ", f"- name: {TITLE}", text))
    if path.startswith("grafana/provisioning/dashboards/"):
        text = re.sub(r"(?m)^(  folder: )", rf"\1{TITLE}", text)
        return re.sub(r"\bdataflux-", UID, text)
    if path == RULES:
        text = text.replace("folder: DataFlux Alerts", f"folder: {TITLE}Alerts")
        return _sources(text.replace("isPaused: false", "isPaused: true"))
    return _names(text)


def _sources(text):
    return re.sub(r"(?m)^( *-? *(?:uid|datasourceUid): )(prometheus|loki)$", rf"\1{UID}\2", text)


def _names(text):
    text = re.sub(r"""(?<![#\w])dataflux(?=-\w)|(?<=")dataflux(?=\.)""", NAME, text)
    return re.sub(r"(?m)^(- orgId: 1\n  name: )dataflux$", rf"\1{NAME}", text)
