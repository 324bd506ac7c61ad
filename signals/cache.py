"""The cache: how often it helps (as the services count), and Redis itself (redis_exporter)."""

from kit.model.expr import ratio, share
from kit.model.metric import Counter, Gauge
from kit.model.signal import Level, Signal
from kit.model.unit import BYTES, COUNT, OPERATIONS_PER_SECOND, PER_SECOND, PERCENT, SECONDS, UP_DOWN
from signals.jobs import SERVICES

REDIS = "redis"

lookups = Counter(
    "dataflux_cache_requests_total", "service cache result", help="Look-ups; result is hit or miss", job=SERVICES
)
redis_up = Gauge("redis_up", help="1 when the exporter reached Redis", job=REDIS)
key_hits = Counter("redis_keyspace_hits_total", help="Look-ups that found a key", job=REDIS)
key_misses = Counter("redis_keyspace_misses_total", help="Look-ups that found none", job=REDIS)
memory_used = Gauge("redis_memory_used_bytes", help="Memory in use", job=REDIS)
memory_max = Gauge("redis_memory_max_bytes", help="Memory that it may use; 0 is no limit", job=REDIS)
clients_connected = Gauge("redis_connected_clients", help="Clients", job=REDIS)
evicted = Counter("redis_evicted_keys_total", help="Keys thrown out for room", job=REDIS)
expired = Counter("redis_expired_keys_total", help="Keys whose time was over", job=REDIS)
commands_run = Counter("redis_commands_total", "cmd", help="Commands", job=REDIS)
commands_time = Counter("redis_commands_duration_seconds_total", "cmd", help="Time in commands", job=REDIS)
keys_held = Gauge("redis_db_keys", "db", help="Keys", job=REDIS)

up = Signal(
    "cache_up",
    "Redis",
    question="Does Redis answer its exporter?",
    bad="searches go to the database without it: see its log and its memory.",
    unit=UP_DOWN,
    lines=redis_up.value("min"),
    per="instance",
    critical=Level(1, above=False, hold="1m"),
)
hit_rate = Signal(
    "cache_hits",
    "Cache hit rate",
    question="Which share of the look-ups finds what it wants in the cache?",
    bad="a fall after a deployment: the keys changed; a slow fall: the cache is too small.",
    unit=PERCENT,
    lines=share(lookups.rate(result="hit"), of=lookups.rate()),
    per="service cache",
)
lookup_rate = Signal(
    "cache_lookups",
    "Cache look-ups",
    question="How much is the cache asked?",
    bad="none at all: the service does not use its cache.",
    unit=OPERATIONS_PER_SECOND,
    lines=lookups.rate(),
    per="service result",
)
redis_hit_rate = Signal(
    "redis_hits",
    "Redis hit rate",
    question="Which share of the keys that are asked for does Redis have?",
    bad="compare with evictions: keys are thrown out before they are used.",
    unit=PERCENT,
    lines=share(key_hits.rate(), of=key_hits.rate() + key_misses.rate()),
    per="instance",
)
memory = Signal(
    "redis_memory",
    "Redis memory",
    question="How much memory does Redis use?",
    bad="near its limit it evicts, without a limit it takes the host's.",
    unit=BYTES,
    lines=memory_used.value(),
    per="instance",
)
memory_share = Signal(
    "redis_memory_limit",
    "Redis memory of limit",
    question="How near is Redis to its memory limit? (Without a limit: no line.)",
    bad="evictions begin: raise maxmemory or shorten lifetimes.",
    nothing="no limit is set",
    unit=PERCENT,
    lines=ratio(memory_used.value(), of=memory_max.value()),
    per="instance",
    warning=Level(0.9, above=True, hold="15m"),
)
evictions = Signal(
    "redis_evictions",
    "Keys evicted and expired",
    question="Why do keys go: no room, or their time was over?",
    bad="evictions mean that the cache is too small.",
    unit=PER_SECOND,
    lines={"evicted": evicted.rate(), "expired": expired.rate()},
    per="instance",
)
commands = Signal(
    "redis_commands",
    "Redis commands",
    question="What is Redis asked to do?",
    bad="KEYS, or SCAN without end, in production: find who sends it.",
    unit=OPERATIONS_PER_SECOND,
    lines=commands_run.rate(),
    per="cmd",
)
command_time = Signal(
    "redis_command_time",
    "Time of a command",
    question="How long does a command take on average?",
    bad="one slow command holds all others: Redis does one thing at a time.",
    unit=SECONDS,
    lines=ratio(commands_time.rate(), of=commands_run.rate()),
    per="cmd",
)
clients = Signal(
    "redis_clients",
    "Redis clients",
    question="How many clients are connected?",
    bad="a climb without more replicas: a pool that leaks.",
    unit=COUNT,
    lines=clients_connected.value(),
    per="instance",
)
keys = Signal(
    "redis_keys",
    "Keys",
    question="How many keys are held?",
    bad="a number that only grows: keys without a lifetime.",
    unit=COUNT,
    lines=keys_held.value(),
    per="db",
)
