"""Courses of things that go wrong, and how each kind of alert sees them; as promtool's series.

A course is a list of (state, minutes) for each of two instances: `ok` and `bad` as the alert judges it, `gap` while
scrapes fail without anybody noticing, `gone` while it is not there.
"""

from collections.abc import Mapping

from attrs import field, frozen

STEP = 15
TAIL = ("ok", 10)  # long enough to leave every window


@frozen
class Part:
    """One series of an instance: its sample, or its growth a minute, while it is ok and while it is bad.

    None: it is not there then. `{who}` in the selector is the instance.
    """

    series: str
    ok: float | None
    bad: float | None
    counter: bool = False


@frozen
class Kind:
    """An alert, and what it looks at. `whole`: its forms tell no instances apart when nothing is there."""

    alert: str
    hold: float  # minutes
    parts: tuple[Part, ...]
    who: tuple[str, str] = ("a", "b")
    beside: Mapping[str, float] = field(factory=dict)
    whole: bool = False

    @property
    def by_presence(self):
        """Whether a series is there tells good from bad, not its value."""
        return any(None in (part.ok, part.bad) for part in self.parts)


UP = 'up{job="dataflux-services",service="{who}",instance="{who}:8002"}'
DISK = '{device="/dev/sda1",fstype="ext4",mountpoint="/",instance="{who}:9100"}'
ASKED = 'dataflux_requests_total{service="{who}",endpoint="/search",status='
ANSWERED = 'dataflux_request_duration_seconds_bucket{service="{who}",endpoint="/search",le='
ANALYSED = '{service="analysis-service",analyzer="{who}",media_type="image"}'
BUSY = 'node_cpu_seconds_total{instance="{who}:9100",cpu="0",mode='
QUEUE = 'dataflux_queue_size{queue="{who}"}'

KINDS = {
    "an instance that answers": Kind("ServiceDown", 1, (Part(UP, 1, 0),), whole=True),
    "a service that is a target": Kind(
        "ServiceMissing",
        5,
        (Part(UP, 1, None),),
        who=("query-service", "ingestion-service"),
        beside={'up{job="dataflux-services",service="analysis-service",instance="c:8003"}': 1},
    ),
    "a number": Kind("QueueDepthCritical", 5, (Part(QUEUE, 10, 1500),)),
    "a number below its critical level": Kind("QueueDepthHigh", 5, (Part(QUEUE, 10, 800),)),
    "a share": Kind(
        "DiskUsageHigh",
        15,
        (Part(f"node_filesystem_free_bytes{DISK}", 50, 10), Part(f"node_filesystem_size_bytes{DISK}", 100, 100)),
    ),
    "a share with a course": Kind(
        "LowDiskSpace",
        5,
        (
            Part(f"node_filesystem_avail_bytes{DISK}", 50, 15),
            Part(f"node_filesystem_free_bytes{DISK}", 50, 50),
            Part(f"node_filesystem_size_bytes{DISK}", 100, 100),
        ),
    ),
    "a recorded share of counters": Kind(
        "ErrorRateHigh",
        2,
        (Part(f'{ASKED}"200"}}', 600, 300, counter=True), Part(f'{ASKED}"500"}}', 0, 300, counter=True)),
    ),
    "a share of counters": Kind(
        "AnalysisFailing",
        10,
        (
            Part(f"dataflux_analysis_failures_total{ANALYSED}", 0, 50, counter=True),
            Part(f"dataflux_analysis_duration_seconds_count{ANALYSED}", 100, 100, counter=True),
        ),
    ),
    "a quantile": Kind(
        "ResponseTimeHigh",
        5,
        (
            Part(f'{ANSWERED}"1.0"}}', 100, 20, counter=True),
            Part(f'{ANSWERED}"2.5"}}', 100, 100, counter=True),
            Part(f'{ANSWERED}"+Inf"}}', 100, 100, counter=True),
        ),
    ),
    "a busy host": Kind(
        "CpuUsageHigh",
        15,
        (Part(f'{BUSY}"idle"}}', 54, 3, counter=True), Part(f'{BUSY}"user"}}', 6, 57, counter=True)),
    ),
    "a count of series": Kind(
        "StatusLabelMissing", 15, (Part('dataflux_requests_total{service="{who}",endpoint="/"}', None, 1),)
    ),
}


def courses(hold):
    """Name → the course of either instance; the second is in order all the time where nothing is said of it."""
    well, fires = ("ok", 3), ("bad", hold + 4)
    return {
        "is in order": ([("ok", hold + 10)],),
        "crosses and recovers": ([well, fires, TAIL],),
        "crosses for less than its hold": ([well, ("bad", hold - 0.75), TAIL],),
        "is bad from the first moment": ([fires, TAIL],),
        "comes late, and is bad": ([("gone", 4), fires, TAIL],),
        "flaps": ([well, fires, ("ok", 8), fires, ("ok", 8), fires, TAIL],),
        "flaps too fast to fire": ([well, *[("bad", hold / 2), ("ok", 1)] * 4, TAIL],),
        "misses scrapes while it fires": ([fires, ("gap", 4), ("bad", 2), TAIL],),
        "misses scrapes for longer than Prometheus looks back": ([fires, ("gap", 8), fires, TAIL],),
        "vanishes while it fires": ([fires, ("gone", 10)],),
        "restarts while it fires": ([fires, ("gone", 1), fires, TAIL],),
        "vanishes while it fires, and another stays": ([fires, ("gone", 10)], [("ok", hold + 14)]),
        "two cross one after the other": (
            [well, fires, ("ok", 12)],
            [("ok", 6), fires, ("ok", 9)],
        ),
    }


def states(course):
    """The state at each sample."""
    return [state for state, length in course for _ in range(round(length * 60 / STEP))]


def series(kind, course):
    """What is scraped: selector → values; and for how many seconds. An instance without a course is not there, or in
    order where being there is what is judged."""
    until = max(len(states(mine)) for mine in course) * STEP
    scraped = {
        part.series.replace("{who}", who): " ".join(samples(part, states(mine)))
        for who, mine in zip(kind.who, course, strict=False)
        for part in kind.parts
    }
    rest = [(part, who) for who in kind.who[len(course) :] for part in kind.parts if part.bad is None]
    still = {**kind.beside, **{part.series.replace("{who}", who): part.ok for part, who in rest}}
    return {**scraped, **{name: f"{value}x{until // STEP}" for name, value in still.items()}}, until


def samples(part, course):
    """The samples of one series, as promtool writes them; a counter begins anew when it was gone."""
    total, there = 0.0, False
    for state in course:
        value = {"ok": part.ok, "bad": part.bad, "gap": 0, "gone": None}[state]
        if value is None:
            yield "stale" if there else "_"
            total, there = 0.0, False
            continue
        total += value * STEP / 60
        there = True
        yield "_" if state == "gap" else f"{total if part.counter else value:.10g}"
