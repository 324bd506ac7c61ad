"""What DataFlux is for: assets that get processed, searches that find something, people who use it."""

from kit.model.expr import share
from kit.model.metric import Counter, Gauge, Histogram
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES_PER_SECOND, COUNT, PER_MINUTE, PER_SECOND, PERCENT, REQUESTS_PER_SECOND, SECONDS
from signals.jobs import EXPORTER, SERVICES

processed = Counter(
    "dataflux_assets_processed_total",
    "service media_type result",
    help="Assets that went through the pipeline; result is ok, failed or duplicate",
    job=SERVICES,
)
asset_bytes = Counter("dataflux_asset_bytes_total", "service media_type", help="Bytes taken in", job=SERVICES)
stored = Gauge("dataflux_assets", "state media_type", help="Assets by state", job=EXPORTER, same_on_replicas=True)
searches = Counter("dataflux_search_queries_total", "service modality", help="Searches", job=SERVICES)
fruitless = Counter("dataflux_search_empty_total", "service modality", help="Searches that found nothing", job=SERVICES)
search_duration = Histogram(
    "dataflux_search_duration_seconds",
    "service modality",
    help="Time to answer a search",
    job=SERVICES,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
users = Gauge(
    "dataflux_active_users",
    "window",
    help="People who did something in the window",
    job=EXPORTER,
    same_on_replicas=True,
)
actions = Counter("dataflux_user_actions_total", "service action", help="What people did", job=SERVICES)
analysis_time = Histogram(
    "dataflux_analysis_duration_seconds",
    "service analyzer media_type",
    help="Time of one analyzer for one asset",
    job=SERVICES,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
    sparse=True,  # analyzers come with the first asset of their kind
)
analysis_failures = Counter(
    "dataflux_analysis_failures_total", "service analyzer media_type", help="Analyses that failed", job=SERVICES
)
stage_items = Counter(
    "dataflux_pipeline_items_total", "service stage result", help="Assets that left a stage", job=SERVICES
)
stage_time = Histogram(
    "dataflux_pipeline_stage_duration_seconds",
    "service stage",
    help="Time of one asset in a stage",
    job=SERVICES,
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600),
)

assets = Signal(
    "assets_processed",
    "Assets processed",
    question="How many assets get through each minute?",
    bad="look at the queue in front of the analysis and at failures.",
    unit=PER_MINUTE,
    lines=processed.rate() * 60,
    per="media_type",
    answers=("assets processed",),
)
asset_results = Signal(
    "assets_results",
    "Outcome",
    question="What became of the assets?",
    bad="failed: see which media type and analyzer; many duplicates: an uploader repeats itself.",
    unit=PER_MINUTE,
    lines=processed.rate() * 60,
    per="result",
)
asset_failures = Signal(
    "assets_failed",
    "Failed assets",
    question="Which share of the assets fails?",
    bad="open the pipeline: the stage that fails names the analyzer.",
    nothing="no assets",
    unit=PERCENT,
    lines=share(processed.rate(result="failed"), of=processed.rate()),
    per="media_type",
)
intake = Signal(
    "assets_intake",
    "Bytes taken in",
    question="How much data do people upload?",
    bad="a flood fills storage and queues: see who uploads.",
    unit=BYTES_PER_SECOND,
    lines=asset_bytes.rate(),
    per="media_type",
)
holdings = Signal(
    "assets_held",
    "Assets held",
    question="How many assets are stored, and in which state?",
    bad="a growing number in 'processing' or 'failed' is a pipeline that does not keep up.",
    unit=COUNT,
    lines=stored.value(),
    per="state",
)
search_rate = Signal(
    "search_rate",
    "Searches",
    question="How much do people search?",
    bad="no searches at working hours: is the front end up?",
    unit=PER_SECOND,
    lines=searches.rate(),
    per="modality",
    answers=("search queries",),
)
search_latency = Signal(
    "search_latency",
    "Search time",
    question="How long does a search take?",
    bad="see the cache's hit rate and the database's slowest queries.",
    nothing="no searches",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": search_duration.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="modality",
)
search_spread = Signal(
    "search_spread",
    "Spread of search times",
    question="Are all searches a little slow, or a few very slow?",
    bad="a second band is usually one modality: compare by modality.",
    unit=SECONDS,
    lines=search_duration.heat(),
)
search_empty = Signal(
    "search_empty",
    "Searches without result",
    question="Which share of the searches finds nothing?",
    bad="a jump means that the index lost something, or a deployment changed the ranking.",
    nothing="no searches",
    unit=PERCENT,
    lines=share(fruitless.rate(), of=searches.rate()),
    per="modality",
)
active_users = Signal(
    "users_active",
    "Active users",
    question="How many people use DataFlux?",
    bad="a fall against the same hour of other days: can people log in?",
    unit=COUNT,
    lines=users.value("max"),
    per="window",
)
user_actions = Signal(
    "users_actions",
    "What people do",
    question="Uploads, searches, downloads: what are people busy with?",
    bad="one action that stops while others go on is a broken feature.",
    unit=PER_MINUTE,
    lines=actions.rate() * 60,
    per="action",
)
analysis = Signal(
    "analysis_time",
    "Analysis time",
    question="How long does each analyzer take?",
    bad="a slow analyzer holds the queue: look at its CPU and at the sizes that come in.",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": analysis_time.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="analyzer",
)
analysis_failed = Signal(
    "analysis_failed",
    "Failing analyses",
    question="Which share of the analyses fails?",
    bad="read the analyzer's log lines of level ERROR; a bad file fails alone, a bad model fails all.",
    unit=PERCENT,
    lines=share(analysis_failures.rate(), of=analysis_time.rate()),
    per="analyzer",
    warning=Level(0.1, above=True, hold="10m", at_least=20),
)
stages = Signal(
    "pipeline_rate",
    "Through each stage",
    question="How many assets leave each stage of the pipeline?",
    bad="the first stage that falls behind the one before it is the bottleneck.",
    unit=PER_MINUTE,
    lines=stage_items.rate() * 60,
    per="stage",
)
stage_failures = Signal(
    "pipeline_failed",
    "Failures by stage",
    question="Which share of the assets fails in each stage?",
    bad="open the logs of the stage's service at that time.",
    unit=PERCENT,
    lines=share(stage_items.rate(result="failed"), of=stage_items.rate()),
    per="stage",
)
stage_latency = Signal(
    "pipeline_time",
    "Time in each stage",
    question="Where do assets spend their time?",
    bad="waiting counts too: compare with the queue's depth.",
    unit=SECONDS,
    lines={f"P{round(q * 100)}": stage_time.quantile(q) for q in (0.5, 0.95, 0.99)},
    per="stage",
)
upload_rate = Signal(
    "uploads",
    "Uploads",
    question="How many uploads does the ingestion take?",
    bad="none at working hours: can people reach the upload?",
    unit=REQUESTS_PER_SECOND,
    lines=actions.rate(action="upload"),
    per="service",
)
