"""The services: are they there, do they answer, and in time?"""

from tests.stories.telling.series import GONE, PLACE, counting, held, minute, then
from tests.stories.telling.story import Alert, crossing, story

DOWN = Alert(
    "ServiceDown",
    "critical",
    "service_health",
    "A service's instance does not answer.",
    panel=("df-service", "Instances over time"),
    chosen=("service",),
)
MISSING = Alert(
    "ServiceMissing",
    "critical",
    "service_missing",
    "A service is no target of Prometheus any more.",
    panel=("df-service", "Instances over time"),
    chosen=("service",),
)
ERRORS = Alert(
    "ErrorRateHigh",
    "critical",
    "service_errors",
    "More requests fail than we promise.",
    panel=("df-service", "Errors"),
    chosen=("service",),
)
SLOW = Alert(
    "ResponseTimeHigh",
    "warning",
    "service_latency",
    "People wait too long for an answer.",
    panel=("df-service", "Response time"),
    chosen=("service",),
)
SLOW_VIDEO = Alert(
    "ResponseTimeHighUploadVideo",
    "warning",
    "service_latency",
    "People wait too long for an answer.",
    panel=("df-service", "Response time"),
    chosen=("service", "endpoint"),
    runbook="ResponseTimeHigh",
)
NO_STATUS = Alert(
    "StatusLabelMissing",
    "warning",
    "service_without_status",
    "A service's errors cannot be seen.",
    panel=("df-service", "Answers"),
    chosen=("service",),
)


def target(service, port, host=""):
    instance = f"{host or service}:{port}"
    return f'up{{job="dataflux-services",service="{service}",instance="{instance}"}}'


QUERY = target("query-service", 8002)
INGESTION, ANALYSIS = target("ingestion-service", 8001), target("analysis-service", 8003)
QUERY_IS_DOWN = "query-service at query-service:8002 is down: up is 0, it should be 1."
NOBODY = "No instance of any service answers: Prometheus has no target of DataFlux's services."
NO_TARGET = "query-service lacks targets: 1 of those that it must have are not there (level 0)."


def nobody_answers(since):
    return DOWN.quiet(minute(since + 0.75)) + DOWN.fires(minute(since + 1), said=NOBODY, job="dataflux-services")


# --- error rate: more than 5 % of at least 20 requests in 5 minutes


def requests(service="query-service", **each):
    """Answers a minute by status, for 20 minutes; `_200=95` is 95 answers of 200."""
    labels = f'service="{service}",endpoint="/search",status='
    return {f'dataflux_requests_total{{{labels}"{status[1:]}"}}': counting((n, 20)) for status, n in each.items()}


def no_errors_at(sentence, **answers):
    return story(f"ErrorRateHigh is quiet {sentence}", requests(**answers), ERRORS.quiet("2m", "5m", "10m", "19m"))


HEALTHY, FAILING = (
    f'dataflux_requests_total{{service="query-service",endpoint="/",status="{status}"}}' for status in (200, 500)
)


# --- response time: P95 above 1 s

BUCKET = "dataflux_request_duration_seconds_bucket"


def answered(quick, slow, *, bound="2.5", endpoint="/search", one="1.0"):
    """`quick` answers a minute within one second, `slow` within `bound`."""
    labels = f'service="query-service",endpoint="{endpoint}"'
    grown = {one: quick, bound: quick + slow, "+Inf": quick + slow}
    return {f'{BUCKET}{{{labels},le="{le}"}}': counting((count, 20)) for le, count in grown.items()}


def uploaded(**within):
    """Uploads a minute by the time that they took: `_30=90` is 90 within 30 s."""
    labels = 'service="query-service",endpoint="/upload/video"'
    bounds = {"_30": "30.0", "_60": "60.0", "inf": "+Inf"}
    return {f'{BUCKET}{{{labels},le="{bounds[le]}"}}': counting((n, 20)) for le, n in within.items()}


# 94.9 % within 1 s, 5.1 % within 2.5 s: the 95th percentile lies 1/51 of the way from 1 to 2.5.
SLOW_SEARCH = "query-service takes 1.029s for the slowest 5 % of its requests (level 1 s)."


def slow_for(kind, one):
    return story(
        f"ResponseTimeHigh fires 5 min after P95 exceeds 1 s, in a histogram of {kind}",
        answered(949, 51, one=one),
        SLOW.quiet("5m"),
        SLOW.fires("5m15s", "19m", said=SLOW_SEARCH, service="query-service"),
    )


COUNTED = 'dataflux_requests_total{endpoint="/upload",service="ingestion-service"'

STORIES = (
    # --- service down
    *crossing(
        DOWN,
        QUERY,
        level=1,
        beyond=0,
        hold=1,
        said=QUERY_IS_DOWN,
        who={"service": "query-service", "instance": "query-service:8002"},
        gone=nobody_answers,
    ),
    story(
        "ServiceDown fires for one dead replica of two",
        {QUERY: held((1, 10)), target("query-service", 8002, "b"): held((0, 10))},
        DOWN.quiet("45s"),
        DOWN.fires(
            "1m",
            said="query-service at b:8002 is down: up is 0, it should be 1.",
            service="query-service",
            instance="b:8002",
        ),
    ),
    story(
        "ServiceDown fires where there never was a target of any service",
        {'up{job="node",instance="h:9100"}': held((1, 10))},
        nobody_answers(0),
    ),
    *(
        story(
            f"ServiceDown fires where no instance of any service is left, and another {label} has all of them",
            {one.replace("}", f',{label}="other"}}'): held((1, 10)) for one in (QUERY, INGESTION, ANALYSIS)},
            nobody_answers(0),
        )
        for label in PLACE
    ),
    story(
        "ServiceDown is quiet about another job that is down",
        {QUERY: held((1, 30)), 'up{job="node"}': held((0, 30))},
        DOWN.quiet("5m", "29m"),
    ),
    # --- a service that is no target any more
    story(
        "ServiceMissing fires 5 min after a service has left the targets, and recovers when it is back",
        {
            INGESTION: held((1, 40)),
            ANALYSIS: held((1, 40)),
            QUERY: then(held((1, 10)), GONE, held(("_", 9.75)), held((1, 10))),
        },
        MISSING.quiet("9m", "14m45s", "20m", "29m"),
        MISSING.fires("15m", "19m45s", said=NO_TARGET, service="query-service", job="dataflux-services"),
    ),
    *(
        story(
            f"ServiceMissing fires for a service that another {label} has",
            {
                INGESTION: held((1, 30)),
                ANALYSIS: held((1, 30)),
                QUERY.replace("}", f',{label}="other"}}'): held((1, 30)),
            },
            MISSING.quiet("4m45s"),
            MISSING.fires("5m", "29m", said=NO_TARGET, service="query-service", job="dataflux-services"),
        )
        for label in PLACE
    ),
    story(
        "ServiceMissing is quiet about a service that is down but a target",
        {INGESTION: held((1, 30)), ANALYSIS: held((1, 30)), QUERY: held((0, 30))},
        MISSING.quiet("5m", "29m"),
    ),
    # --- error rate
    story(
        "ErrorRateHigh fires 2 min after more than 5 % fail, not before",
        requests(_200=940, _404=7, _500=30, _503=23),
        ERRORS.quiet("15s", "2m"),
        ERRORS.fires(
            "2m15s", "19m", said="query-service fails 5.3% of its requests (level 5 %).", service="query-service"
        ),
    ),
    no_errors_at("at 5 % exactly", _200=950, _500=50),
    no_errors_at("where two kinds of 5xx make 5 %", _200=950, _500=25, _503=25),
    no_errors_at("about mistakes of callers", _200=500, _404=500),
    no_errors_at("where there is no series of 5xx", _200=1000),
    no_errors_at("about a share of nothing", _200=0, _500=0),
    no_errors_at("while it has seen 19 requests in its window", _200=3.4, _500=0.4),
    story(
        "ErrorRateHigh needs 20 requests in its window: of 21, the 20th comes with the fifth minute",
        requests(_200=3.78, _500=0.42),
        ERRORS.quiet("4m45s", "6m30s"),
        ERRORS.fires(
            "7m15s", "19m", said="query-service fails 10% of its requests (level 5 %).", service="query-service"
        ),
    ),
    story(
        "ErrorRateHigh judges each service by itself",
        {**requests("ingestion-service", _200=1_000_000), **requests(_200=50, _500=50)},
        ERRORS.quiet("2m"),
        ERRORS.fires("2m15s", said="query-service fails 50% of its requests (level 5 %).", service="query-service"),
    ),
    # Nobody knows of those whether they failed: StatusLabelMissing tells.
    story(
        "ErrorRateHigh does not count requests without a status",
        {
            **requests(_200=94, _500=6),
            'dataflux_requests_total{service="query-service",endpoint="/old"}': counting((100, 20)),
        },
        ERRORS.quiet("2m"),
        ERRORS.fires("2m15s", said="query-service fails 6% of its requests (level 5 %).", service="query-service"),
    ),
    story(
        "ErrorRateHigh recovers when the errors have left its window",
        {HEALTHY: counting((940, 20)), FAILING: counting((60, 5), (0, 15))},
        ERRORS.fires("5m", said="query-service fails 6% of its requests (level 5 %).", service="query-service"),
        ERRORS.quiet("7m", "12m"),
    ),
    story(
        "ErrorRateHigh is quiet once the service is not scraped any more",
        {HEALTHY: then(counting((900, 10)), GONE), FAILING: then(counting((100, 10)), GONE)},
        ERRORS.fires("10m", said="query-service fails 10% of its requests (level 5 %).", service="query-service"),
        ERRORS.quiet("15m30s", "19m"),
    ),
    # --- response time
    slow_for("Go", "1"),
    slow_for("Python", "1.0"),
    story(
        "ResponseTimeHigh is quiet where 95.1 % take less than 1 s",
        answered(951, 49),
        SLOW.quiet("5m15s", "19m"),
    ),
    story("ResponseTimeHigh is quiet where nobody asks", answered(0, 0), SLOW.quiet("5m15s", "19m")),
    story(
        "ResponseTimeHigh recovers when the slow answers have left its window",
        {
            f'{BUCKET}{{service="query-service",endpoint="/search",le="{le}"}}': counting((early, 10), (late, 10))
            for le, early, late in (("1.0", 949, 1000), ("2.5", 1000, 1000), ("+Inf", 1000, 1000))
        },
        SLOW.fires("10m", said=SLOW_SEARCH, service="query-service"),
        SLOW.quiet("15m", "19m"),
    ),
    story(
        "a video upload may take longer, up to 30 s",
        answered(0, 100, endpoint="/upload/video", bound="30"),
        SLOW.quiet("5m15s", "19m"),
        SLOW_VIDEO.quiet("5m15s", "19m"),
    ),
    story(
        "ResponseTimeHighUploadVideo fires 5 min after P95 of a video upload exceeds 30 s",
        uploaded(_30=948, _60=1000, inf=1000),
        SLOW.quiet("5m15s"),
        SLOW_VIDEO.quiet("5m"),
        SLOW_VIDEO.fires(
            "5m15s",
            "19m",
            said="query-service takes 31.15s for the slowest 5 % of its requests (level 30 s).",
            service="query-service",
            endpoint="/upload/video",
        ),
    ),
    story(
        "ResponseTimeHighUploadVideo recovers when the slow uploads have left its window",
        {
            f'{BUCKET}{{service="query-service",endpoint="/upload/video",le="{le}"}}': counting((early, 10), (late, 10))
            for le, early, late in (("30.0", 948, 1000), ("60.0", 1000, 1000), ("+Inf", 1000, 1000))
        },
        SLOW_VIDEO.fires(
            "10m",
            said="query-service takes 31.15s for the slowest 5 % of its requests (level 30 s).",
            service="query-service",
            endpoint="/upload/video",
        ),
        SLOW_VIDEO.quiet("15m", "19m"),
    ),
    # A counter of uploads that grows by one at once, at the tenth minute: what it says has left the window by then.
    story(
        "ResponseTimeHighUploadVideo is quiet about one slow upload, however slow",
        {
            f'{BUCKET}{{service="query-service",endpoint="/upload/video",le="{le}"}}': held((5, 10), (5 + slow, 20))
            for le, slow in (("30.0", 0), ("60.0", 1), ("+Inf", 1))
        },
        SLOW_VIDEO.quiet("10m", "12m", "14m45s", "15m", "15m15s", "20m"),
    ),
    story(
        "slow searches do not hide behind quick uploads of videos",
        {**answered(949, 51), **answered(10_000, 0, endpoint="/upload/video")},
        SLOW.fires("5m15s", said=SLOW_SEARCH, service="query-service"),
        SLOW_VIDEO.quiet("5m15s", "19m"),
    ),
    story(
        "ResponseTimeHighUploadVideo is quiet about searches that take longer than an upload may",
        answered(0, 100, one="30", bound="60"),
        SLOW_VIDEO.quiet("5m15s", "19m"),
    ),
    # --- no status
    story(
        "StatusLabelMissing fires 15 min after a service counts requests without a status, not before",
        {f"{COUNTED}}}": counting((100, 30))},
        NO_STATUS.quiet("14m45s"),
        NO_STATUS.fires(
            "15m",
            "29m",
            said="ingestion-service exports 1 series of requests without the label status (level 0).",
            service="ingestion-service",
        ),
    ),
    story(
        "StatusLabelMissing recovers when the service is deployed with a status",
        {
            f"{COUNTED}}}": then(counting((100, 20)), GONE),
            f'{COUNTED},status="200"}}': then(held(("_", 20)), counting((100, 10))),
        },
        NO_STATUS.fires(
            "20m",
            said="ingestion-service exports 1 series of requests without the label status (level 0).",
            service="ingestion-service",
        ),
        NO_STATUS.quiet("20m15s", "29m"),
    ),
    story(
        "StatusLabelMissing is quiet where every series has a status",
        {f'{COUNTED},status="200"}}': counting((100, 30))},
        NO_STATUS.quiet("15m", "29m"),
    ),
)
