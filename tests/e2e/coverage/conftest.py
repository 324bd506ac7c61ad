"""A made-up site, a made-up world in a real Prometheus, and what `coverage` says of the one in the other."""

import subprocess
from types import SimpleNamespace

import pytest
from attrs import evolve
from grafanalib import core

from kit import load
from kit.check.build import Build
from kit.compile import rendered
from kit.coverage.ask import coverage
from kit.draw.page import Annotation, Everywhere, Page, PageSet, choice
from kit.draw.panel import stat, states, table, timeseries
from kit.draw.site import Site
from kit.live import programs
from kit.live.prometheus import Prometheus
from kit.model.alert import critical
from kit.model.brief import Brief
from kit.model.expr import begun, ratio, share
from kit.model.fault import collecting
from kit.model.matcher import re
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES, COUNT, PERCENT, REQUESTS_PER_SECOND, SECONDS, UP_DOWN
from kit.settings import Job

# Long ago, so that nothing of now is among it: 2025-01-01 12:00 UTC.
NOW = 1735732800
STEP, PAST = 15, 3600
PLACE = 'cluster="c",environment="e"'

UP = Gauge("up", "service", job="*")
REQUESTS = Counter("shop_requests_total", "service status", job="shop")
TIME = Histogram("shop_duration_seconds", "service", job="shop", buckets=(0.5, 1))
DEPTH = Gauge("shop_queue_size", "queue", job="shop", same_on_replicas=True)
BUILD = Gauge("shop_build_info", "service version", job="shop")
FULL = Gauge("disk_full_ratio", "disk", job="disks")
BAD = Gauge("disk_broken_ratio", "disk", job="disks")
BALANCE = Gauge("disk_balance", "disk", job="disks")
FLAG = Gauge("disk_state", "disk", job="disks")
GONE = Gauge("disk_gone_bytes", "disk", job="disks")
LOST = Gauge("lost_bytes", job="lost")
POD = Gauge("pod_waiting", "pod", job="pods")
OLD = Gauge("disk_old_bytes", "disk", job="disks")
ALERTS = Gauge("ALERTS", "alertname alertstate service", job="", optional="service")


def signal(name, lines, unit, per="", **more):
    return Signal(name, name.capitalize(), lines=lines, unit=unit, per=per, question=f"{name}?", bad="look.", **more)


rate = signal("rate", REQUESTS.rate(), REQUESTS_PER_SECOND, "service status")
errors = signal(
    "errors",
    share(REQUESTS.rate(status=re("5..")), of=REQUESTS.rate()),
    PERCENT,
    "service",
    nothing="no requests",
    critical=Level(0.05, above=True),
)
latency = signal("latency", {"P95": TIME.quantile(0.95)}, SECONDS, "service")
depth = signal("depth", DEPTH.value(), COUNT, "queue", critical=Level(10, above=True, except_={"queue": {"slow": 90}}))
health = signal("health", UP.value("min", job="shop"), UP_DOWN, "instance", critical=Level(1, above=False))
full = signal("full", FULL.value(), PERCENT, "disk", critical=Level(0.9, above=True))
broken = signal("broken", BAD.value(), PERCENT, "disk")
balance = signal("balance", BALANCE.value(), BYTES, "disk")
course = signal("course", BALANCE.change(), BYTES, "disk")
flag = signal("flag", FLAG.value("max"), UP_DOWN, "disk")
gone = signal("gone", GONE.value(), BYTES, "disk", critical=Level(1, above=True))
lost = signal("lost", LOST.value(), BYTES)
waiting = signal("waiting", POD.value(), COUNT, "pod")
old = signal("old", OLD.value(), BYTES, "disk")
calm = signal("calm", ratio(FULL.value(disk="none"), of=FULL.value()), PERCENT, nothing="nothing is calm")
missing = signal("missing", UP.absent(job="shop"), COUNT, critical=Level(0, above=True))


def page():
    service = choice("service", "Service", UP, job="shop")
    raw = core.TimeSeries(
        title="Raw",
        description="By hand.",
        dataSource="default",
        targets=[
            core.Target(expr='sum(shop_requests_total{service=~"${service:regex}"})', refId="A"),
            core.Target(expr="sum(shop_hidden)", refId="B", hide=True),
            core.Target(expr="", refId="C"),
        ],
    )
    broken_query = core.TimeSeries(
        title="No PromQL",
        description="By hand.",
        dataSource="default",
        targets=[core.Target(expr="sum(shop_requests_total) / on (service) shop_requests_total", refId="A")],
    )
    names = core.Template(name="names", query="label_values(disk_full_ratio, disc)", dataSource="default")
    return Page(
        "Shop",
        variables=[service, names],
        rows={
            "Requests": [timeseries(rate), timeseries(errors), timeseries(latency), table(depth)],
            "Health": [states(health), timeseries(full), timeseries(broken), timeseries(balance), timeseries(course)],
            "Rest (collapsed)": [states(flag), stat(gone), stat(lost), stat(waiting), stat(old), stat(calm)],
            "By hand": [raw, broken_query],
        },
    ).placed(stem="shop", folder="shop", question="How is the shop?")


def build():
    settings = load.settings(load.ROOT / "settings.py")
    jobs = (Job("disks", ("disks:1",)), Job("lost", ("lost:1",)), Job("pods", ()))
    settings = evolve(settings, jobs=jobs, services=("shop-1:80",))
    marks = [
        Annotation("Deployments", begun(BUILD.value("max")), "service version", title="{service} {version}"),
        Annotation("Alerts", begun(ALERTS.value("max", alertstate="firing")), "alertname service", title="{alertname}"),
    ]
    text = {"summary": "It is bad.", "description": "{value}"}
    alerts = [critical(one, **text) for one in (errors, depth, health, full, gone, missing)]
    named = [evolve(one, name=f"{one.signal.name.capitalize()}Bad", area="shop") for one in alerts]
    everywhere = Everywhere((), marks)
    with collecting():  # there are no runbooks of alerts that are made up
        site = Site(settings, {"shop": PageSet("Shop", "other")}, (page(),), tuple(named), everywhere)
        made = rendered(site, None, Brief({}, {}, {}), load.ROOT)
    return Build(made.files, made.documents, made.product)


def gauge(name, labels, value, until=NOW):
    """A series that says the same until a time."""
    return [f"{name}{{{PLACE},{labels}}} {value} {at}" for at in range(NOW - PAST, until + 1, STEP)]


def counter(name, labels, per_second):
    return [
        f"{name}{{{PLACE},{labels}}} {(at - NOW + PAST) * per_second} {at}" for at in range(NOW - PAST, NOW + 1, STEP)
    ]


def world():
    """What the made-up shop exported: one series a function call."""
    one, two = ('job="shop",instance="shop-1:80",service="a"', 'job="shop",instance="shop-2:80",service="b"')
    down = 'job="shop",instance="127.0.0.1:1",service="a"'
    disks = 'job="disks",instance="disks:1"'
    yield from (gauge("up", one, 1), gauge("up", two, 1), gauge("up", down, 0), gauge("up", disks, 1))
    # The second instance does not say the status of a request.
    yield counter("shop_requests_total", f'{one},status="200"', 2)
    yield counter("shop_requests_total", f'{one},status="500"', 1)
    yield counter("shop_requests_total", two, 1)
    for le, per_second in (("0.5", 1), ("1", 2), ("+Inf", 2)):
        yield counter("shop_duration_seconds_bucket", f'{one},le="{le}"', per_second)
    yield gauge("shop_build_info", f'{one},version="1"', 1, until=NOW - 1800)
    yield gauge("shop_build_info", f'{one},version="2"', 1)
    yield gauge("disk_full_ratio", f'{disks},disk="sda"', 0.4)
    yield gauge("disk_broken_ratio", f'{disks},disk="sda"', 1.3)
    yield gauge("disk_balance", f'{disks},disk="sda"', -5)
    yield gauge("disk_state", f'{disks},disk="sda"', 7)
    yield gauge("disk_old_bytes", f'{disks},disk="sda"', 5, until=NOW - 1200)


CONFIG = """
global: {scrape_interval: 200ms, scrape_timeout: 200ms}
rule_files: [rules/*.yml]
scrape_configs:
- job_name: shop
  static_configs: [{targets: ["127.0.0.1:1"], labels: {cluster: c, environment: e, service: a}}]
- job_name: disks
"""


@pytest.fixture(scope="session")
def made():
    """The made-up site, compiled."""
    return build()


@pytest.fixture(scope="session")
def prometheus(tool, made, tmp_path_factory):
    """The address of a Prometheus with the world in it, and the compiled rules loaded."""
    folder = tmp_path_factory.mktemp("prometheus")
    families = {}
    for lines in world():
        families.setdefault(lines[0].split("{")[0], []).extend(lines)
    text = [line for name, lines in families.items() for line in (f"# TYPE {name} unknown", *lines)]
    (folder / "world.txt").write_text("\n".join([*text, "# EOF\n"]))
    make = [tool("promtool"), "tsdb", "create-blocks-from", "openmetrics", "world.txt", "data"]
    subprocess.run(make, cwd=folder, check=True, capture_output=True, timeout=30)
    (folder / "prometheus.yml").write_text(CONFIG)
    (folder / "rules").mkdir()
    for path, content in made.files.items():
        if path.startswith("prometheus/rules/"):
            # One rule that is not loaded.
            (folder / "rules" / path.rsplit("/", 1)[-1]).write_text(
                content.replace("alert: GoneBad", "alert: OtherBad")
            )
    port = programs.free_port()
    url = f"http://127.0.0.1:{port}"
    argv = [tool("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data",
            "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}"]  # fmt: skip
    with programs.running(argv, log=folder / "log", until=lambda: tried(url), cwd=folder):
        yield url


def tried(url):
    """Whether Prometheus is ready, and has tried to scrape the target that is not there."""
    return programs.answers(f"{url}/-/ready") and any(one["lastError"] for one in Prometheus(url).targets())


@pytest.fixture(scope="session")
def found(made, prometheus):
    """Everything that `coverage` found."""
    return coverage(made, Prometheus(prometheus), at=NOW, span=PAST)


@pytest.fixture(scope="session")
def of(found):
    """`of("Errors")`: the results of that name, one a run and query."""
    return lambda name, kind=None: [one for one in found.results if one.name == name and kind in (None, one.kind)]


@pytest.fixture(scope="session")
def shop():
    """Facts that the tests name."""
    return SimpleNamespace(now=NOW, past=PAST)
