"""Where the assets lie: what each service uses, and MinIO underneath."""

from kit.model.expr import either, ratio, share
from kit.model.metric import Counter, Gauge
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES, BYTES_PER_SECOND, COUNT, PERCENT, REQUESTS_PER_SECOND
from signals.jobs import EXPORTER
from signals.service import up

MINIO = "minio"

used_bytes = Gauge(
    "dataflux_storage_used_bytes",
    "service store",
    help="Bytes that a service's store holds",
    job=EXPORTER,
    same_on_replicas=True,
)
capacity_bytes = Gauge(
    "dataflux_storage_capacity_bytes",
    "service store",
    help="Bytes that the store can hold",
    job=EXPORTER,
    same_on_replicas=True,
    sparse=True,  # a store may have no known capacity, and is then never nearly full
)
usable_total = Gauge(
    "minio_cluster_capacity_usable_total_bytes", "server", help="Usable capacity", job=MINIO, same_on_replicas=True
)
usable_free = Gauge(
    "minio_cluster_capacity_usable_free_bytes", "server", help="Free usable capacity", job=MINIO, same_on_replicas=True
)
nodes_offline = Gauge(
    "minio_cluster_nodes_offline_total", "server", help="MinIO nodes that are offline", job=MINIO, same_on_replicas=True
)
drives_offline = Gauge(
    "minio_cluster_drive_offline_total", "server", help="Drives that are offline", job=MINIO, same_on_replicas=True
)
bucket_bytes = Gauge(
    "minio_bucket_usage_total_bytes", "bucket server", help="Bytes in a bucket", job=MINIO, same_on_replicas=True
)
s3_requests = Counter("minio_s3_requests_total", "api server", help="S3 requests", job=MINIO)
s3_errors = Counter("minio_s3_requests_5xx_errors_total", "api server", help="S3 requests that failed", job=MINIO)
s3_in = Counter("minio_s3_traffic_received_bytes", "server", help="Bytes received", job=MINIO)
s3_out = Counter("minio_s3_traffic_sent_bytes", "server", help="Bytes sent", job=MINIO)

usage = Signal(
    "storage_used",
    "Storage used",
    question="How much does each service store?",
    bad="see which store grows and whether its clean-up runs.",
    unit=BYTES,
    lines=used_bytes.value(),
    per="service",
    answers=("storage usage",),
)
fill = Signal(
    "storage_fill",
    "Storage fill",
    question="How full is each store?",
    bad="free space or extend the store before it is full: uploads fail then.",
    unit=PERCENT,
    lines=ratio(used_bytes.value(), of=capacity_bytes.value()),
    per="service store",
    warning=Level(0.8, above=True, hold="15m"),
)
growth = Signal(
    "storage_growth",
    "Growth",
    question="How fast do the stores grow?",
    bad="faster than people upload: something writes what it should not.",
    unit=BYTES_PER_SECOND,
    lines=used_bytes.change("deriv", window="1h"),
    per="service",
)
objects = Signal(
    "minio_fill",
    "Object storage fill",
    question="How full is MinIO?",
    bad="add drives, or move old buckets; MinIO refuses writes when it is full.",
    unit=PERCENT,
    lines=1 - ratio(usable_free.value("max"), of=usable_total.value("max")),
)
buckets = Signal(
    "minio_buckets",
    "Buckets",
    question="Which buckets hold the data?",
    bad="a bucket that outgrows the others lacks a lifecycle rule.",
    unit=BYTES,
    lines=bucket_bytes.value(),
    per="bucket",
)
nodes = Signal(
    "minio_nodes",
    "MinIO nodes offline",
    question="Are all MinIO nodes there?",
    bad="restart the node; with too few of them writes stop.",
    unit=COUNT,
    # A node tells of the others; where none is left that could, those count that Prometheus asks in vain.
    lines=either(nodes_offline.value("max"), up.count(job=MINIO) - up.value(job=MINIO)),
    critical=Level(0, above=True, hold="2m"),
)
drives = Signal(
    "minio_drives",
    "MinIO drives offline",
    question="Are all drives there?",
    bad="replace the drive: what it held is rebuilt from the others.",
    unit=COUNT,
    lines=drives_offline.value("max"),
    warning=Level(0, above=True, hold="5m"),
)
s3_rate = Signal(
    "s3_rate",
    "S3 requests",
    question="What is the object storage asked to do?",
    bad="a flood of one API call is usually one client in a loop.",
    unit=REQUESTS_PER_SECOND,
    lines=s3_requests.rate(),
    per="api",
)
s3_failures = Signal(
    "s3_errors",
    "S3 errors",
    question="Which share of the S3 requests fails?",
    bad="look at drives and nodes, then at MinIO's log.",
    unit=PERCENT,
    lines=share(s3_errors.rate(), of=s3_requests.rate()),
    per="api",
)
s3_traffic = Signal(
    "s3_traffic",
    "S3 traffic",
    question="How much data goes in and out of the object storage?",
    bad="out without requests of people: a backup or a crawler.",
    unit=BYTES_PER_SECOND,
    lines={"in": s3_in.rate(), "out": s3_out.rate()},
)
