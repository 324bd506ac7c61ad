"""Where settings name several targets of a job or a service, each of them is missed: stories of that."""

import pytest
import yaml
from attrs import evolve

from tests.stories import monitoring, monitoring_missing, services
from tests.stories.telling import promtool
from tests.stories.telling.series import GONE, held, then
from tests.stories.telling.story import story

SEVERAL = {"redis": ("r1:9121", "r2:9121", "r3:9121"), "prometheus": ("p1:9090", "p2:9090")}
REPLICAS = ("query-service:8002", "query-service:8012", "ingestion-service:8001", "analysis-service:8003")


def targets(job, *values):
    return {
        name: each
        for number, each in enumerate(values, 1)
        for name, each in monitoring_missing.up(job, each, f"{job[0]}{number}:1").items()
    }


def exporters(*redis):
    """All that there must be, with these of Redis."""
    others = {name: values for name, values in monitoring_missing.exporters().items() if '"redis"' not in name}
    return {**others, **targets("prometheus", "1x239", "1x239"), **targets("redis", *redis)}


def replicas(*query):
    """The services' targets, with these of query-service."""
    ports = (8002, 8012, 8022)
    mine = {services.target("query-service", port): each for port, each in zip(ports, query, strict=False)}
    return {services.INGESTION: held((1, 40)), services.ANALYSIS: held((1, 40)), **mine}


THERE, DOWN, LEAVES = "1x239", "0x239", then(held((1, 10)), GONE)
EXPORTER, SERVICE = monitoring_missing.EXPORTER, services.MISSING


def lacks(who, many):
    return f"{who} lacks targets: {many} of those that it must have are not there (level 0)."


def redis(many):
    return {"said": lacks("redis", many), "job": "redis"}


def query(many):
    said = lacks("query-service", many)
    return {"said": said, "service": "query-service", "job": "dataflux-services"}


STORIES = (
    story(
        "ExporterMissing fires 5 min after one of three targets has left, and says how many",
        exporters(THERE, THERE, LEAVES),
        EXPORTER.quiet("9m", "14m45s"),
        EXPORTER.fires("15m", "59m", **redis(1)),
    ),
    story(
        "ExporterMissing says how many have left, and goes on when the last one does",
        exporters(LEAVES, then(held((1, 20)), GONE), then(held((1, 30)), GONE)),
        EXPORTER.fires("15m", "19m45s", **redis(1)),
        EXPORTER.fires("20m", "29m45s", **redis(2)),
        EXPORTER.fires("30m", "59m", **redis(3)),
    ),
    story(
        "ExporterMissing is quiet about targets that are all there, though some are down or more than must be",
        exporters(THERE, DOWN, DOWN, THERE),
        EXPORTER.quiet("5m", "59m"),
    ),
    story(
        "ExporterMissing fires for one target of three though another cluster has more",
        {**exporters(THERE, THERE), **monitoring_missing.up("redis", THERE, where=monitoring_missing.ELSEWHERE)},
        EXPORTER.quiet("4m45s"),
        EXPORTER.fires("5m", "59m", **redis(1)),
    ),
    story(
        "ServiceMissing fires 5 min after one of two replicas has left the targets",
        replicas(THERE, LEAVES),
        SERVICE.quiet("9m", "14m45s"),
        SERVICE.fires("15m", "39m", **query(1)),
    ),
    story(
        "ServiceMissing fires for both replicas of a service at once",
        replicas(),
        SERVICE.quiet("4m45s"),
        SERVICE.fires("5m", "39m", **query(2)),
    ),
    story(
        "ServiceMissing is quiet about a replica that is down, and about one more",
        replicas(THERE, DOWN, THERE),
        SERVICE.quiet("5m", "39m"),
    ),
    story(
        "ExporterDown fires for one Prometheus of two, which MonitoringDown does not tell",
        targets("prometheus", THERE, DOWN),
        monitoring.DOWN.quiet("5m", "59m"),
        monitoring.EXPORTER.quiet("4m45s"),
        monitoring.EXPORTER.fires(
            "5m", "59m", said="prometheus at p2:1 is down: up is 0, it should be 1.", job="prometheus", instance="p2:1"
        ),
    ),
)


@pytest.fixture(scope="module")
def found(compiled, compiled_by, panels, tool, tmp_path_factory):
    """Sentence → what promtool finds wrong with the story."""
    jobs = tuple(evolve(job, addresses=SEVERAL.get(job.name, job.addresses)) for job in compiled.product.settings.jobs)
    files = compiled_by("grafana", jobs=jobs, services=REPLICAS).files
    groups = [
        group
        for path, text in files.items()
        if path.startswith("prometheus/rules/")
        for group in yaml.load(text, promtool.LOADER)["groups"]
    ]
    told = {one.sentence: (promtool.only(one.alerts, groups), one.told(panels)) for one in STORIES}
    return promtool.failures(told, tool(promtool.asked_for()), tmp_path_factory.mktemp("several"))


@pytest.mark.parametrize("sentence", [one.sentence for one in STORIES])
def test_it_happens_as_told(sentence, found):
    if wrong := found[sentence]:
        pytest.fail(wrong, pytrace=False)
