"""What the ingestion exports. Names, labels and buckets are those of signals/, where they are declared.

No label takes a value that a caller can make up: `endpoint` is a route's template, a media type one of MEDIA_TYPES.
"""

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from ingestion import SERVICE, VERSION

# Beside each counter the library would export when it was made, as a metric that nobody watches.
disable_created_metrics()

MEDIA_TYPES = ("video", "audio", "image", "document")
QUEUE = "analysis"
QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
SLOW = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600)

requests = Counter("dataflux_requests_total", "Requests answered, by HTTP status", ["service", "endpoint", "status"])
request_duration = Histogram(
    "dataflux_request_duration_seconds", "Time to answer a request", ["service", "endpoint"], buckets=QUICK
)
active_connections = Gauge("dataflux_active_connections", "Connections open now", ["service"])
build_info = Gauge("dataflux_build_info", "1; the version that runs", ["service", "version"])

assets_processed = Counter(
    "dataflux_assets_processed_total",
    "Assets that went through the pipeline; result is ok, failed or duplicate",
    ["service", "media_type", "result"],
)
asset_bytes = Counter("dataflux_asset_bytes_total", "Bytes taken in", ["service", "media_type"])
user_actions = Counter("dataflux_user_actions_total", "What people did", ["service", "action"])

queue_size = Gauge("dataflux_queue_size", "Items waiting", ["queue"])
queue_enqueued = Counter("dataflux_queue_enqueued_total", "Items put into the queue", ["queue"])
queue_dequeued = Counter("dataflux_queue_dequeued_total", "Items taken from the queue", ["queue"])
queue_processing = Histogram(
    "dataflux_queue_processing_seconds",
    "Time from taking an item to being done with it",
    ["queue"],
    buckets=SLOW,
)

pipeline_items = Counter("dataflux_pipeline_items_total", "Assets that left a stage", ["service", "stage", "result"])
stage_duration = Histogram(
    "dataflux_pipeline_stage_duration_seconds", "Time of one asset in a stage", ["service", "stage"], buckets=SLOW
)


def begin() -> None:
    """Export every value that is known beforehand as 0: rate() does not see a series' first step from nothing."""
    build_info.labels(SERVICE, VERSION).set(1)
    for media_type in MEDIA_TYPES:
        asset_bytes.labels(SERVICE, media_type)
        for result in ("ok", "failed", "duplicate"):
            assets_processed.labels(SERVICE, media_type, result)
    for action in ("upload", "download", "delete"):
        user_actions.labels(SERVICE, action)
    for stage in ("hash", "store", "analyse"):
        stage_duration.labels(SERVICE, stage)
        for result in ("ok", "failed"):
            pipeline_items.labels(SERVICE, stage, result)
    for metric in (queue_enqueued, queue_dequeued, queue_processing):
        metric.labels(QUEUE)
