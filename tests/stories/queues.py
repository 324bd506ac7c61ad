"""The queues: how many wait, for how long, and what their consumers make of them."""

from tests.stories.telling.series import GONE, counting, held, then
from tests.stories.telling.story import Alert, crossing, story

DEPTH = ("df-queues", "Queue depth")
FAR_LONGER, LONGER = "A queue is far longer than it should be.", "A queue grows longer than usual."
CRITICAL = Alert("QueueDepthCritical", "critical", "queue_depth", FAR_LONGER, DEPTH, ("queue",))
WARNING = Alert("QueueDepthHigh", "warning", "queue_depth", LONGER, DEPTH, ("queue",))
CRITICAL_REINDEX = Alert(
    "QueueDepthCriticalReindex", "critical", "queue_depth", FAR_LONGER, DEPTH, ("queue",), "QueueDepthCritical"
)
WARNING_REINDEX = Alert("QueueDepthHighReindex", "warning", "queue_depth", LONGER, DEPTH, ("queue",), "QueueDepthHigh")
OLDEST = Alert(
    "QueueOldestHigh",
    "warning",
    "queue_oldest",
    "An item has waited in its queue for too long.",
    ("df-queues", "Oldest waiting"),
    ("queue",),
)
FAILING = Alert(
    "AnalysisFailing",
    "warning",
    "analysis_failed",
    "An analyzer fails more often than it should.",
    ("df-pipeline", "Failing analyses"),
)

ANALYSIS = 'dataflux_queue_size{queue="analysis",job="dataflux-services",instance="ingestion-service:8001"}'
REINDEX = 'dataflux_queue_size{queue="reindex"}'
WHO, WHO_REINDEX = {"queue": "analysis"}, {"queue": "reindex"}


def analysed(failed, all_, minutes=30):
    """Analyses a minute of one analyzer."""
    labels = 'service="analysis-service",analyzer="faces",media_type="image"'
    return {
        f"dataflux_analysis_failures_total{{{labels}}}": counting((failed, minutes)),
        f"dataflux_analysis_duration_seconds_count{{{labels}}}": counting((all_, minutes)),
    }


STORIES = (
    *crossing(
        CRITICAL,
        ANALYSIS,
        level=1000,
        beyond=1001,
        hold=5,
        said="1.001k items wait in the queue analysis (level 1000).",
        who=WHO,
    ),
    *crossing(
        WARNING,
        ANALYSIS,
        level=500,
        beyond=501,
        hold=5,
        said="501 items wait in the queue analysis (level 500).",
        who=WHO,
    ),
    story(
        "a queue that fills is warned of before it is critical, and Prometheus goes on with the warning",
        {ANALYSIS: held((10, 5), (800, 10), (1500, 10), (10, 5))},
        WARNING.quiet("9m45s", "25m"),
        WARNING.fires("10m", "15m", said="800 items wait in the queue analysis (level 500).", **WHO)[:1],
        CRITICAL.quiet("10m", "19m45s", "25m"),
        CRITICAL.fires("20m", "24m45s", said="1.5k items wait in the queue analysis (level 1000).", **WHO),
        WARNING.fires("20m", "24m45s", said="1.5k items wait in the queue analysis (level 500).", **WHO),
    ),
    *crossing(
        CRITICAL_REINDEX,
        REINDEX,
        level=50_000,
        beyond=50_001,
        hold=5,
        said="50k items wait in the queue reindex (level 50000).",
        who=WHO_REINDEX,
    ),
    *crossing(
        WARNING_REINDEX,
        REINDEX,
        level=25_000,
        beyond=25_001,
        hold=5,
        said="25k items wait in the queue reindex (level 25000).",
        who=WHO_REINDEX,
    ),
    story(
        "a reindex queue of 20000 is judged by its own levels only",
        {REINDEX: held((20_000, 30))},
        *(alert.quiet("5m", "29m") for alert in (CRITICAL, WARNING, CRITICAL_REINDEX, WARNING_REINDEX)),
    ),
    story(
        "another queue is not judged by the levels of the reindex queue",
        {ANALYSIS: held((60_000, 30))},
        *(alert.quiet("5m", "29m") for alert in (CRITICAL_REINDEX, WARNING_REINDEX)),
        CRITICAL.fires("5m", said="60k items wait in the queue analysis (level 1000).", **WHO),
    ),
    story(
        "a queue that three replicas export is not three times as long",
        {f'dataflux_queue_size{{queue="analysis",instance="i{n}:8001"}}': held((400, 30)) for n in range(3)},
        WARNING.quiet("5m", "29m"),
    ),
    *crossing(
        OLDEST,
        'dataflux_queue_oldest_age_seconds{queue="analysis"}',
        level=900,
        beyond=930,
        hold=5,
        said="The oldest item in the queue analysis has waited 15m 30s (level 900 s).",
        who=WHO,
    ),
    story(
        "QueueOldestHigh is quiet about an old item in the reindex queue",
        {'dataflux_queue_oldest_age_seconds{queue="reindex"}': held((90_000, 30))},
        OLDEST.quiet("5m", "29m"),
    ),
    story(
        "AnalysisFailing fires 10 min after more than 10 % of an analyzer's assets fail, not before",
        analysed(10.5, 100),
        FAILING.quiet("10m"),
        FAILING.fires(
            "10m15s", "29m", said="The analyzer faces fails 10.5% of its assets (level 10 %).", analyzer="faces"
        ),
    ),
    story("AnalysisFailing is quiet at 10 % exactly", analysed(10, 100), FAILING.quiet("10m15s", "29m")),
    story("AnalysisFailing is quiet at 9.5 %", analysed(9.5, 100), FAILING.quiet("10m15s", "29m")),
    story("AnalysisFailing is quiet about 19 assets", analysed(2, 3.8), FAILING.quiet("10m15s", "29m")),
    story(
        "AnalysisFailing recovers when the analyzer is not scraped any more",
        {name: then(values, GONE) for name, values in analysed(20, 100, minutes=15).items()},
        FAILING.fires("15m", said="The analyzer faces fails 20% of its assets (level 10 %).", analyzer="faces"),
        FAILING.quiet("20m15s", "25m"),
    ),
)
