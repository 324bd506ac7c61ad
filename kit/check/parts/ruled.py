"""The rules of both dialects as they were compiled, and the line of the alert that each was made from."""

from collections.abc import Iterator, Mapping

from attrs import frozen

from kit.check.build import Build, Json
from kit.model.fault import Where

GRAFANA = "grafana/provisioning/alerting/"
PROMETHEUS = "prometheus/rules/"
# The data source of Grafana's own expressions; the number is its older name.
EXPRESSION = ("__expr__", "-100")


@frozen
class Ruled:
    """A rule: its name, its text as parsed, its group, the file it stands in, and where it was defined."""

    name: str
    json: Json
    group: Json
    path: str
    where: Where


def file(path: str) -> Where:
    """A compiled file as a place; what has no source line is pointed at there."""
    return Where(f"monitoring/{path}")


def alerts(build: Build) -> tuple[Ruled, ...]:
    """Prometheus's alerting rules."""
    return tuple(_rules(build, PROMETHEUS, "alert"))


def records(build: Build) -> tuple[Ruled, ...]:
    """Prometheus's recording rules."""
    return tuple(_rules(build, PROMETHEUS, "record"))


def grafana(build: Build) -> tuple[Ruled, ...]:
    """Grafana's alert rules."""
    return tuple(_rules(build, GRAFANA, "title"))


def groups(build: Build, folder: str) -> Iterator[tuple[str, Json]]:
    """Each file of a folder with each of its rule groups."""
    for path, document in build.yaml.items():
        if path.startswith(folder) and isinstance(document, dict):
            yield from ((path, group) for group in document.get("groups") or ())


def _rules(build: Build, folder: str, key: str) -> Iterator[Ruled]:
    places = lines(build)
    for path, group in groups(build, folder):
        for rule in group.get("rules") or ():
            if key in rule:
                name = str(rule[key])
                yield Ruled(name, rule, group, path, places.get(name, file(path)))


def lines(build: Build) -> Mapping[str, Where]:
    """Name of a rule → where its alert was written; an exception's rule has the line of the alert."""
    return {rule.name: rule.alert.where for rules in build.product.rules.values() for rule in rules}
