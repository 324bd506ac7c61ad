"""RED for the DataFlux services: requests, errors, duration; and whether they are there at all."""

from collections import Counter as Counted

from kit.model.expr import Expr, either, ratio, share
from kit.model.matcher import no, no_re, re
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import COUNT, PERCENT, REQUESTS_PER_SECOND, SECONDS, UP_DOWN
from signals.jobs import SERVICES

up = Gauge("up", "service", help="1 when the last scrape of the target worked", job="*", typed=False)
# Neither is there before a service's first request: nobody knows beforehand which endpoints and statuses there will be.
requests = Counter(
    "dataflux_requests_total",
    "service endpoint status",
    help="Requests answered, by HTTP status",
    job=SERVICES,
    sparse=True,
)
duration = Histogram(
    "dataflux_request_duration_seconds",
    "service endpoint",
    help="Time to answer a request",
    job=SERVICES,
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
    sparse=True,
)
active = Gauge("dataflux_active_connections", "service", help="Connections open now", job=SERVICES)
build_info = Gauge("dataflux_build_info", "service version", help="1; the version that runs", job=SERVICES)

health = Signal(
    "service_health",
    "Service health",
    question="Which instances answer their scrape?",
    bad="look at the container's restarts and its last log lines; then at the host.",
    unit=UP_DOWN,
    lines=up.value("min", job=SERVICES),
    per="service instance",
    critical=Level(1, above=False, hold="1m"),
)
instances = Signal(
    "service_instances",
    "Instances",
    question="How many instances are up, of how many?",
    bad="the timeline of service health names the one that is missing.",
    unit=COUNT,
    lines={"up": up.value(job=SERVICES), "total": up.count(job=SERVICES)},
)
up_share = Signal(
    "service_up_share",
    "Up",
    question="Which share of the instances answers?",
    bad="the timeline beside it names the one that does not.",
    unit=PERCENT,
    lines=ratio(up.value(job=SERVICES), of=up.count(job=SERVICES)),
    critical=Level(1, above=False),
)
availability = Signal(
    "service_availability",
    "Availability",
    question="Which share of the time were the instances up, over the range that is shown?",
    bad="compare with deployments (blue marks) and with the host's health.",
    unit=PERCENT,
    lines=up.over("avg", window="$__range", how="avg", job=SERVICES),
    per="service",
)
rate = Signal(
    "service_rate",
    "Requests",
    question="How much are the services asked to do?",
    bad="a fall to nothing is as bad as a flood: look at errors, then at who calls.",
    nothing="no requests",
    unit=REQUESTS_PER_SECOND,
    lines=requests.rate(),
    per="service",
    answers=("request rate",),
)
by_status = Signal(
    "service_status",
    "Answers",
    question="What do the services answer?",
    bad="5xx is ours to mend, 4xx is the caller's; a new status often comes with a deployment.",
    unit=REQUESTS_PER_SECOND,
    lines=requests.rate(),
    per="status",
)
errors = Signal(
    "service_errors",
    "Errors",
    question="Which share of the requests fails?",
    bad="open the service, see which endpoint fails and since which deployment, then read its logs.",
    nothing="no requests",
    unit=PERCENT,
    # Requests without the label are left out: they would look as if none of them failed (see StatusLabelMissing).
    lines={
        code: share(requests.rate(status=re(f"{code[0]}..")), of=requests.rate(status=no("")))
        for code in ("4xx", "5xx")
    },
    per="service",
    critical=Level(0.05, above=True, line="5xx", hold="2m", at_least=20),
    answers=("error rate",),
)
latency = Signal(
    "service_latency",
    "Response time",
    question="How long do people wait?",
    bad="see whether one endpoint or all are slow; all: look at database, cache and CPU.",
    nothing="no requests",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": duration.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="service",
    # Uploading a video is slow by nature. No number of requests is asked for: one slow answer leaves the window before
    # the hold is over, so that it takes several, one after the other.
    warning=Level(1, above=True, line="P95", hold="5m", except_={"endpoint": {"/upload/video": 30}}),
    answers=("response time",),
)
spread = Signal(
    "service_latency_spread",
    "Spread of response times",
    question="Are all requests a little slow, or a few very slow?",
    bad="a second band high up is often one endpoint or one time-out: filter by endpoint.",
    unit=SECONDS,
    lines=duration.heat(),
)
connections = Signal(
    "service_connections",
    "Active connections",
    question="How many connections are open?",
    bad="a climb without more requests means that answers got slow or clients do not let go.",
    unit=COUNT,
    lines=active.value(),
    per="service",
    answers=("active connections",),
)
versions = Signal(
    "service_versions",
    "Versions",
    question="Which version runs where, on how many instances?",
    bad="two versions of one service for long: a rollout is stuck.",
    unit=COUNT,
    lines=build_info.value(),
    per="service version",
)
without_status = Signal(
    "service_without_status",
    "Requests without status",
    question="Which services count requests without the label status, so that their errors cannot be seen?",
    bad="add the label where the service counts its requests.",
    unit=COUNT,
    lines=requests.count(status=""),
    per="service",
    warning=Level(0, above=True, hold="15m"),
)
restarts = Signal(
    "service_up_changes",
    "Flapping",
    question="How often did instances come and go in the range that is shown?",
    bad="an instance that comes and goes is being killed: look for out-of-memory and failing probes.",
    unit=COUNT,
    lines=up.change("changes", window="$__range", job=SERVICES),
    per="service",
)

exporters = Signal(
    "exporter_health",
    "Exporters",
    question="Which exporters and parts of the monitoring answer their scrape?",
    bad="what it watches is unseen now; its own alerts cannot fire.",
    unit=UP_DOWN,
    lines=up.value("min", job=no_re(SERVICES)),
    per="job instance",
    warning=Level(1, above=False, hold="5m"),
)
objective = Signal(
    "service_objective",
    "Answered within 1 s",
    question="Which share of the requests is answered within the objective of one second?",
    bad="compare with the response time by endpoint: which one pulls it down?",
    nothing="no requests",
    unit=PERCENT,
    lines=share(duration.below(1), of=duration.rate()),
    per="service",
)


def lacking(many: int, **asked: str) -> Expr:
    """How many of so many targets are not there, up or down; the place must be among what is asked.

    Absence has no labels but those that are asked for, and elsewhere there may be other targets of that name.
    """
    none = up.absent(**asked)
    return either(many - up.count(**asked), none * many) if many > 1 else none


def missing_of(services: tuple[str, ...], **place: str) -> Signal:
    """How many targets each service lacks, in the cluster and environment `place`: one for each time it is named."""
    return Signal(
        "service_missing",
        "Missing targets of services",
        question="Which services have fewer targets in Prometheus than they must have, whether they answer or not?",
        bad="the service left the scrape configuration or its discovery; see Status, Targets in Prometheus.",
        unit=COUNT,
        lines=either(*(lacking(many, job=SERVICES, service=name, **place) for name, many in Counted(services).items())),
        per="service job",  # which absence has as well
        critical=Level(0, above=True, hold="5m"),
    )
