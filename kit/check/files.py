"""Every compiled file against the schema of its kind, with the source line of what is wrong."""

from collections.abc import Callable, Iterator
from fnmatch import fnmatch

from kit.check import schema
from kit.check.build import Build, Dashboard
from kit.check.finding import Finding
from kit.model.fault import Where

ID = "schema"

# Path under monitoring/ → the schema in schemas/own that its content must meet.
KINDS = {
    "grafana/provisioning/dashboards/*.yml": "dashboards",
    "grafana/provisioning/alerting/*.yml": "alerting",
    "grafana/datasources/*.yml": "datasources",
    "alerts/*.yml": "alerting",
    "prometheus/prometheus.yml": "prometheus",
    "k8s/config/prometheus.yml": "prometheus",
    "prometheus/rules/*.yml": "prometheus-rules",
    "alertmanager/alertmanager.yml": "alertmanager",
    "overlays/mimir/config/mimir.yml": "mimir",
    "overlays/mimir/config/loki.yml": "loki",
    "overlays/mimir/config/prometheus.yml": "prometheus",
    "overlays/mimir/config/datasource.yml": "datasources",
    "docker-compose*.yml": "compose",
}


def findings(build: Build, version: str, skip: Callable[[str], bool] = lambda path: False) -> Iterator[Finding]:
    """What the schemas say of every file, but for those that `skip` knows to be in order."""
    for board in build.dashboards:
        if not skip(board.path):
            yield from _dashboard(board, version, build.product.settings.plugins)
    for path, document in build.yaml.items():
        kind = kind_of(path)
        if kind and not skip(path):
            for problem in schema.file_problems(document, kind):
                yield Finding(Where(f"monitoring/{path}"), ID, kind, problem.message)


def _dashboard(board: Dashboard, version: str, plugins: tuple[str, ...]) -> Iterator[Finding]:
    for problem in schema.dashboard_problems(board.json, version, plugins):
        title = board.json.get("title", "?")
        where = board.lines.get(problem.panel_id or 0, board.where)
        yield Finding(where, ID, f"{title} / {problem.panel}" if problem.panel else title, problem.message)


def kind_of(path: str) -> str | None:
    """The name of the schema for a file under monitoring/; None where there is none."""
    return next((kind for pattern, kind in KINDS.items() if fnmatch(path, pattern)), None)
