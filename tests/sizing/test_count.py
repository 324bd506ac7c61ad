"""The count of series against what is really exported."""

import re
from math import prod

import pytest

from kit.load import ROOT
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.sizing import Own, Sizing
from kit.sizing.count import PER_TARGET, metric_series, rows, uncounted
from kit.sizing.needs import needs
from simulator import cast

SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)(?:\{(.*)\})? \S+(?: \d+)?")
LABEL = re.compile(r'([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"')
# Job → its recording; quantity → the names and the label by which the recording tells how many of it there were.
RECORDED = {
    "node": (
        "node_exporter-1.5.0.txt",
        {
            "cpus": ("node_", "cpu"),
            "disks": ("node_disk_", "device"),
            "filesystems": ("node_filesystem_", "mountpoint"),
            "interfaces": ("node_network_", "device"),
        },
    ),
    "postgres": ("postgres_exporter-0.11.1.txt", {"databases": ("pg_", "datname")}),
    "redis": ("redis_exporter-1.45.0.txt", {"commands": ("redis_", "cmd")}),
    "prometheus": ("prometheus-2.42.0.txt", {}),
    "alertmanager": ("alertmanager-0.25.0.txt", {}),
    "grafana": ("grafana-13.1.0.txt", {}),
    "loki": ("loki-3.7.6.txt", {}),
    "kafka": (
        "kafka_exporter-1.9.0.txt",
        {
            "topics": ("kafka_", "topic"),
            "partitions": ("kafka_", "partition"),
            "groups": ("kafka_", "consumergroup"),
        },
    ),
    "minio": ("minio-RELEASE.2025-10-15T17-29-55Z.txt", {}),
}
# What is added to a recording that was cut short: series of the process, which most of them have (facts have none).
PROCESS = {"kafka": 60}


@pytest.fixture(scope="module")
def sizing(compiled):
    return compiled.product.site.sizing


def samples(name):
    """Of a recording: (name, labels)."""
    lines = (ROOT / "tests/exposition" / name).read_text().splitlines()
    matches = [SAMPLE.fullmatch(line) for line in lines if line and not line.startswith("#")]
    return [(match[1], dict(LABEL.findall(match[2] or ""))) for match in matches]


def counted(job, sizing):
    """What is said of one target with as much of everything as the recording had, and how much it really had."""
    file, told = RECORDED[job]
    found = samples(file)
    amounts = dict.fromkeys(sizing.quantities, 0) | {"nodes": 1, "monitoring": 1}
    for quantity, (prefix, label) in told.items():
        amounts[quantity] = len(
            {labels[label] for name, labels in found if name.startswith(prefix) and label in labels}
        )
    [one] = [one for one in sizing.scraped if one.job == job]
    return one, one.total(amounts), len(found)


@pytest.mark.parametrize("job", RECORDED)
def test_an_exporter_has_as_many_series_as_its_recording(job, sizing):
    one, said, real = counted(job, sizing)
    if one.known == "recorded" and job != "prometheus":
        assert real <= said <= real * 1.05
    elif job == "kafka":
        assert real <= said <= real + PROCESS[job]
    else:  # cut short, or of a Prometheus with few jobs and rules
        assert real <= said


def test_every_exporter_that_was_counted_in_a_recording_is_held_to_it(sizing):
    assert {one.job for one in sizing.scraped if one.known == "recorded"} <= set(RECORDED)
    assert {one.known for one in sizing.scraped} == {"recorded", "read", "assumed"}


def test_the_catalogue_counts_what_the_services_export(compiled, morning):
    """Never less than the simulator's DataFlux exports, and less than twice as much."""
    amounts = compiled.product.site.sizing.amounts("small") | {"serving": 4, "workers": 2}
    said = {row.what: row for row in rows(compiled.product, amounts)}
    for what, services in (("answer requests", (cast.INGESTION, cast.QUERY)), ("analyse", (cast.ANALYSIS,))):
        [row] = [row for name, row in said.items() if name.endswith(what)]
        real = [len(series) for target, series in morning.series.items() if target.address.split(":")[0] in services]
        assert len(real) == row.targets
        catalogue = row.series - row.targets * (PER_TARGET + 45)
        assert sum(real) <= catalogue <= 2 * sum(real)


def test_the_exporter_of_dataflux_is_counted(compiled, morning):
    said = {row.what: row.series for row in rows(compiled.product, compiled.product.site.sizing.amounts("small"))}
    [real] = [len(series) for target, series in morning.series.items() if target.job == "dataflux-exporter"]
    assert real <= said["dataflux-exporter"] - PER_TARGET - 45 <= 2 * real


HELP = {"help": "x", "job": "j"}
MANY = Sizing(labels={"endpoint": "endpoints", "kind": 4})
OWN = Own("j", "x", 1, 0)


@pytest.mark.parametrize(
    ("metric", "series"),
    [
        (Gauge("g", **HELP), 1),
        (Counter("c", "endpoint kind", **HELP), 7 * 4),
        (Histogram("h", "kind", buckets=(1, 2, 5), **HELP), 4 * (3 + 1 + 2)),
        (Gauge("o", "nobody_said", **HELP), 3),
        (Gauge("l", "endpoint lacking", **HELP), 0),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_metric_is_counted_by_its_labels_and_buckets(metric, series):
    own = Own("j", "x", 1, 0, lacks=("lacking",))
    assert metric_series(metric, own, MANY, {"endpoints": 7}) == series


def test_a_recording_rule_is_counted_over_all_services(compiled):
    """By the only one with buckets; the sum of all is what the page shows."""
    product = compiled.product
    amounts = product.site.sizing.amounts("small")
    said = {row.what: row.series for row in rows(product, amounts)}["recording rules"]
    more = {row.what: row.series for row in rows(product, amounts | {"services": amounts["services"] * 2})}
    [recorded] = [one for one in product.site.recorded.values() if "le" in one.labels]
    assert {"endpoint", "le", "service"} <= set(recorded.labels)
    assert said > prod((amounts["services"], amounts["endpoints"], 14))
    assert said < more["recording rules"] < 2 * said


def test_services_are_scraped_more_often(compiled):
    found = rows(compiled.product, compiled.product.site.sizing.amounts("medium"))
    assert {row.every for row in found if row.what.startswith("DataFlux")} == {5}
    assert {row.every for row in found if not row.what.startswith("DataFlux")} == {15}
    assert needs(found).samples == pytest.approx(sum(row.series / row.every for row in found))


def test_every_job_that_is_scraped_is_counted_and_no_other(compiled, compiled_by):
    amounts = compiled.product.site.sizing.amounts("small")
    jobs = tuple(job for job in compiled.product.settings.jobs if job.name != "node")
    without = compiled_by("grafana", jobs=jobs).product
    assert uncounted(compiled.product) == ()
    assert {row.what for row in rows(compiled.product, amounts)} - {row.what for row in rows(without, amounts)} == {
        "`node`"
    }
