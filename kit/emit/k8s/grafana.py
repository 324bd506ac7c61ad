"""Grafana: dashboards and provisioning from ConfigMaps of the compiled files, its password from a Secret."""

import re
from collections.abc import Iterator, Mapping

from attrs import frozen

from kit.emit import providers
from kit.emit.compose.part import OURS, Part
from kit.emit.compose.stack import FOLDERS, PROVISIONED
from kit.emit.k8s.kustomize import config_map
from kit.emit.k8s.objects import Object, service
from kit.emit.k8s.program import Claim, Program, Volume, plain
from kit.emit.k8s.workload import claims, deployment

ENVIRONMENT = "grafana-environment"
CHANNELS = "grafana-channels"
ADMIN = "grafana-admin"
CONTACT_POINTS = "grafana-contact-points"
SOURCES = "grafana-datasources"
_ALERTING, _PROVIDERS = "grafana-alerting", "grafana-providers"
_DASHBOARDS = "dashboards/"
# Kubernetes takes no ConfigMap with more than 1 MiB in it.
_MOST = 1_000_000
_ADMIN_PASSWORD = "GF_SECURITY_ADMIN_PASSWORD"


@frozen
class Maps:
    """The ConfigMaps of monitoring/grafana/: name → key → path, seen from there."""

    dashboards: Mapping[str, Mapping[str, str]]
    rest: Mapping[str, Mapping[str, str]]

    def generators(self) -> list[Object]:
        """What Kustomize is told of them."""
        return [config_map(name, files) for name, files in {**self.rest, **self.dashboards}.items()]


def maps(files: Mapping[str, str]) -> Maps:
    """`files`: path under monitoring/ → text, of all that is compiled for Grafana."""
    ours = {path.removeprefix("grafana/"): text for path, text in files.items() if path.startswith("grafana/")}

    def below(folder: str) -> dict[str, str]:
        return {path.rsplit("/", 1)[1]: path for path in sorted(ours) if path.startswith(folder)}

    rest = {
        SOURCES: below("datasources/"),
        _PROVIDERS: below("provisioning/dashboards/"),
        _ALERTING: below("provisioning/alerting/"),
    }
    return Maps(dict(_packed({path: text for path, text in ours.items() if path.startswith(_DASHBOARDS)})), rest)


def _packed(boards: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """A ConfigMap for each set of dashboards; several where one would not hold it."""
    sets: dict[str, list[str]] = {}
    for path in sorted(boards):
        sets.setdefault(path.split("/")[1], []).append(path)
    for title, paths in sets.items():
        name = f"grafana-{_volume(title)}"
        parts: list[dict[str, str]] = [{}]
        room = _MOST
        for path in paths:
            size = len(boards[path].encode())
            if size > room and parts[-1]:
                parts.append({})
                room = _MOST
            room -= size
            parts[-1][path.rsplit("/", 1)[1]] = path
        for at, part in enumerate(parts, start=1):
            yield name if at == 1 else f"{name}-{at}", part


def _volume(title: str) -> str:
    """The volume of a set, and of what its ConfigMaps are called after."""
    return f"dashboards-{re.sub('[^a-z0-9]+', '-', title.lower()).strip('-')}"


def environment(part: Part) -> list[str]:
    """`NAME=value` of all that is no secret, and what stands in for what nobody has set yet."""
    given = {name: plain(value) for name, value in part.environment.items() if name != _ADMIN_PASSWORD}
    return [f"{name}={value}" for name, value in given.items()]


def program(part: Part, maps: Maps) -> Program:
    """It waits for the Secret with its password: there is no default.

    /api/health, which tells whether it is ready, fails while its database is away, which a restart does not bring back.
    """
    return Program.of(
        part,
        shared=(
            {"configMapRef": {"name": ENVIRONMENT}},
            {"secretRef": {"name": CHANNELS, "optional": True}},
        ),
        environment={_ADMIN_PASSWORD: {"secretKeyRef": {"name": ADMIN, "key": "password"}}},
        # The image's user, with a group of its own instead of root's.
        user="472:472",
        volumes=_volumes(maps),
        claim=Claim("/var/lib/grafana", 2),
        writes=("/tmp",),
    )


def _volumes(maps: Maps) -> dict[str, Volume]:
    """As in Compose: one folder with everything, one with data sources alone, for those who publish."""
    whole = f"{OURS}/grafana/all"
    rules = [_source(name) for name in (_ALERTING, CONTACT_POINTS)]
    empty = (
        f"{OURS}/grafana/{chosen}/{folder}"
        for chosen, has in PROVISIONED.items()
        for folder in FOLDERS
        if folder not in has
    )
    return {
        **_boards(maps),
        "sources": Volume(
            tuple(f"{OURS}/grafana/{chosen}/datasources" for chosen in PROVISIONED), {"configMap": {"name": SOURCES}}
        ),
        "providers": Volume((f"{whole}/dashboards",), {"configMap": {"name": _PROVIDERS}}),
        "alerting": Volume((f"{whole}/alerting",), {"projected": {"sources": rules}}),
        # Grafana complains of a folder that is not there.
        "empty": Volume(tuple(empty), {"emptyDir": {}}),
    }


def _boards(maps: Maps) -> dict[str, Volume]:
    """Each set in a volume of its own, mounted as the folder that its provider reads.

    What lies at the top of a volume is a link into a folder that is called otherwise in every pod, and Grafana knows a
    dashboard by the path of its folder with every link followed; a link that is a file stays as it is. So were a set a
    folder of a volume, each replica would delete what the other has, and each restart what was there before
    (pkg/services/provisioning/dashboards/file_reader.go of 13.1; https://github.com/grafana/grafana/issues/80055).
    """
    sets: dict[str, list[Object]] = {}
    for name, files in maps.dashboards.items():
        [title] = {path.split("/")[1] for path in files.values()}
        sets.setdefault(title, []).append(_source(name))
    return {
        _volume(title): Volume((providers.path(title),), {"projected": {"sources": sources}})
        for title, sources in sets.items()
    }


def _source(name: str) -> Object:
    return {"configMap": {"name": name}}


def objects(grafana: Program) -> Iterator[Object]:
    """It, its name and its volume."""
    yield deployment(grafana)
    yield service(grafana)
    yield from claims(grafana)


def contact_points(files: Mapping[str, str]) -> dict[str, str]:
    """Key → path, seen from monitoring/alerts/."""
    names = [path.rsplit("/", 1)[1] for path in files if path.startswith("alerts/")]
    return {name: name for name in sorted(names)}
