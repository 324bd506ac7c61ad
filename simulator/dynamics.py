"""What follows from what in one step: people ask, services answer, queues fill, stores grow, hosts sweat."""

from typing import TYPE_CHECKING

from simulator import cast
from simulator.actors import Container, Endpoint, Mount, Service
from simulator.day import DAY, HOUR, activity, weekday

if TYPE_CHECKING:
    from simulator.world import World

# Cores that a request or an item costs, by service.
COST = {cast.INGESTION: 0.025, cast.QUERY: 0.02, cast.ANALYSIS: 0.1}
# How many log lines a request brings.
LINES_A_REQUEST = 1.4


def follow(world: "World", length: float) -> None:
    """One step of `length` seconds; knobs are set, drivers follow."""
    world.people.activity = min(1.2, activity(world.now) * world.people.busy * world.wobble("people", 0.06))
    _services(world)
    _database(world)
    _cache(world)
    _kafka(world)
    _requests(world)
    _queues(world, length)
    _analyzers(world)
    _objects(world)
    _stores(world, length)
    _containers(world, length)
    _hosts(world)
    _mounts(world)
    _monitoring(world)


def _services(world: "World") -> None:
    for name, replicas in cast.REPLICAS.items():
        one = world.service(name)
        gone = 0
        for number, (address, _) in enumerate(reversed(replicas)):
            target = world.target(address)
            target.up = 0.0 if target.down or number < one.down else 1.0
            gone += not target.up
        one.up = float(len(replicas) - gone)
        one.release = int(one.release) + (0.5 if one.candidate else 0.0)
        _restart(world, name, one)
    for addresses in cast.EXPORTERS.values():
        for address in addresses:
            target = world.target(address)
            target.up = 0.0 if target.down else 1.0


def _restart(world: "World", name: str, one: Service) -> None:
    """Another release is another process."""
    if world.releases.get(name) not in (None, one.release):
        one.started = world.now
        for box in cast.CONTAINERS:
            if box.service == name:
                world.container(name, box.host).started = world.now
    world.releases[name] = float(one.release)


def _database(world: "World") -> None:
    db, busy = world.database, world.people.activity
    db.up = 0.0 if db.down else 1.0
    db.load = 0.15 + 0.85 * busy
    used = 24 + 70 * busy + db.connections
    db.used = min(cast.CONNECTIONS - 2.0, used)
    # Near the last connection and under load, every query waits.
    crowd = max(0.0, db.used / cast.CONNECTIONS - 0.7) * 8
    db.time = db.slow * (1 + 0.4 * db.load**2 + crowd) * world.wobble("database", 0.08)
    db.locked, db.deadlocked = db.locks, db.deadlocks
    db.rolled_back = 0.004 + min(0.5, 0.02 * db.locks / 20) + (0.01 if db.deadlocks else 0)
    db.size = cast.DATABASE_BYTES + 2.1e8 * (world.now - world.began) / DAY


def _cache(world: "World") -> None:
    cache, busy = world.cache, world.people.activity
    cache.up = 0.0 if cache.down else 1.0
    cache.slow_now = cache.slow
    cache.rate = 20 + 420 * busy
    cache.memory = min(1.0, 0.52 + 0.12 * busy + cache.full)
    cache.evicted = max(0.0, cache.memory - 0.92) * 900
    cache.hit = cache.up * min(
        0.99, cache.hits * cast.HIT_RATE * world.wobble("cache", 0.02) * (1 - 0.5 * max(0.0, cache.memory - 0.92))
    )


def _kafka(world: "World") -> None:
    kafka = world.kafka
    kafka.brokers = max(0.0, cast.BROKERS - kafka.lost)
    # Every topic has a replica on every broker.
    kafka.lagging = float(cast.BROKERS) if kafka.lost else 0.0


def _requests(world: "World") -> None:
    db, cache, objects = world.database, world.cache, world.objects
    for route in cast.ENDPOINTS:
        one, of = world.endpoint(route.path), world.service(route.service)
        up = of.up / len(cast.REPLICAS[route.service])
        one.rate = (
            route.peak * world.people.activity * one.load * of.load * world.wobble(route.path, 0.1) * min(1, up * 2)
        )
        slow = one.slow * of.slow * _pressed(world, of) * (0.6 + 0.4 * db.time)
        if route.service == cast.QUERY:
            slow *= 1 + 1.6 * max(0.0, 0.88 - cache.hit)
        if route.media:
            slow *= 0.7 + 0.3 * objects.slow
        one.time = route.median * slow * (1 + max(0.0, 1 - up))
        needs = 0.85 if not db.up else 0.0
        stores = objects.failing if route.media else 0.0
        one.fails = _share(0.0015 + of.failing + one.failing + needs + stores, world.wobble(f"{route.path} 5xx", 0.3))
        one.denied = _share(0.012 + of.refused + one.refused, world.wobble(f"{route.path} 4xx", 0.2)) * (1 - one.fails)
    for name in cast.SERVICES:
        _totals(world, name)


def _pressed(world: "World", of: Service) -> float:
    """Where the CPUs are nearly all taken, everything waits for them."""
    return 1 + 4 * max(0.0, float(of.waiting) - 0.8)


def _totals(world: "World", name: str) -> None:
    of, routes = world.service(name), _routes(world, name)
    of.rate = sum(float(one.rate) for one in routes)
    of.time = sum(float(one.rate * one.time) for one in routes)
    of.fails = sum(float(one.rate * one.fails) for one in routes)
    of.denied = sum(float(one.rate * one.denied) for one in routes)


def _routes(world: "World", service: str) -> list[Endpoint]:
    return [world.endpoint(route.path) for route in cast.ENDPOINTS if route.service == service]


def uploads(world: "World") -> float:
    """Uploads that succeed, a second."""
    routes = [(route, world.endpoint(route.path)) for route in cast.ENDPOINTS if route.media]
    return sum(float(one.rate * (1 - one.fails - one.denied)) for _, one in routes)


def _queues(world: "World", length: float) -> None:
    for queue in cast.QUEUES:
        one, workers = world.queue(queue.name), world.service(queue.consumer)
        one.put = _intake(world, queue.name) + one.flood
        one.time = queue.median * one.slow * (0.8 + 0.2 * world.database.time)
        if queue.name == "analysis":
            one.time *= workers.slow
        up = workers.up / len(cast.REPLICAS[queue.consumer]) * (0.0 if world.kafka.brokers == 0 else 1.0)
        most = _busiest(queue.name) * queue.room / one.slow / workers.slow * one.consumers * up
        one.taken = min(one.put + one.backlog / length, most)
        one.backlog = max(0.0, one.backlog + (one.put - one.taken) * length)
        # Even where all is taken, some wait: more, the nearer the workers are to what they can do.
        crowded = min(0.95, one.put / most) if most else 0.0
        one.depth = one.backlog + one.put * (0.5 + 0.5 * queue.median) * crowded / (1 - crowded)
        one.oldest = _oldest(float(one.oldest), one.depth, one.taken, bool(one.stuck), length)


def _intake(world: "World", queue: str) -> float:
    if queue == "reindex":
        # Sunday's maintenance puts everything into its queue at once.
        return 14.0 if weekday(world.now) == 6 and 3 * HOUR <= world.now % DAY < 3.4 * HOUR else 0.05
    return uploads(world) * (1.0 if queue == "analysis" else 0.6)


def _busiest(queue: str) -> float:
    routes = sum(route.peak for route in cast.ENDPOINTS if route.media)
    return {"analysis": routes, "thumbnails": 0.6 * routes}.get(queue, 3.0)


def _oldest(before: float, depth: float, taken: float, stuck: bool, length: float) -> float:
    if depth < 0.5:
        return 0.0
    if stuck or taken < 1e-6:
        return before + length
    return depth / taken


def _analyzers(world: "World") -> None:
    taken = world.queue("analysis").taken
    peaks = {route.media: route.peak for route in cast.ENDPOINTS if route.media}
    for (name, media), median in cast.ANALYZERS.items():
        one = world.analyzer(name, media)
        one.rate = taken * peaks[media] / sum(peaks.values())
        one.time = median * one.slow * world.service(cast.ANALYSIS).slow * world.wobble(f"{name} {media}", 0.12)
        one.fails = _share(0.012 + one.failing, world.wobble(f"{name} {media} fails", 0.3))


def _objects(world: "World") -> None:
    objects = world.objects
    objects.offline_nodes, objects.offline_drives = objects.nodes, objects.drives
    objects.put = uploads(world) * 1.2 + float(world.queue("analysis").taken) * 1.5
    objects.got = float(world.queue("analysis").taken) * 2 + float(world.endpoint("/assets/{id}").rate)
    objects.bytes_in = _bytes_in(world)
    objects.bytes_out = objects.bytes_in * 1.3 + float(world.endpoint("/assets/{id}").rate) * 2.2e6
    objects.fails = _share(0.0008 + objects.failing, 1)


def _bytes_in(world: "World") -> float:
    routes = [(route, world.endpoint(route.path)) for route in cast.ENDPOINTS if route.media]
    return sum(float(one.rate * (1 - one.fails)) * cast.MEDIA[route.media][0] for route, one in routes)


def _stores(world: "World", length: float) -> None:
    kept_of_upload = {"assets": 0.04, "results": 0.004, "index": 0.0012}
    for (_, name), (_, capacity) in cast.STORES.items():
        one = world.store(name)
        added = kept_of_upload[name] * world.objects.bytes_in * length
        # At night, retention removes nearly as much as the day brought.
        cleaned = 0.97 * one.fresh * min(1.0, length / (0.2 * HOUR)) if 1 <= world.now % DAY / HOUR < 2 else 0.0
        one.fresh += added - cleaned
        one.kept += added - cleaned
        one.used = min(0.999 * capacity, one.kept + one.more)


def _containers(world: "World", length: float) -> None:
    for box in cast.CONTAINERS:
        one = world.container(box.service, box.host)
        work, more_memory, burn, up = _work(world, box)
        wanted = (box.cpu + work + burn) * world.wobble(f"cpu {box.service}", 0.07)
        one.cpu = min(wanted, box.cores) if box.cores else wanted
        one.throttled = max(0.0, wanted / box.cores - 0.75) if box.cores else 0.0
        one.throttled = min(0.95, one.throttled)
        grown = 0.18 * min(1.0, (world.now - float(one.started)) / (3 * DAY))
        wanted = box.memory * (1 + grown) * world.wobble(f"memory {box.service}", 0.02) + more_memory + one.leak
        one.memory = min(wanted, 0.985 * box.limit) if box.limit else wanted
        traffic = _traffic(world, box.service, box.host)
        one.received, one.sent = traffic
        _crash(world, one, length)
        one.waits = one.waiting
        if not up:
            one.cpu, one.received, one.sent = 0.001, 1.0, 1.0


def _work(world: "World", box: cast.Container) -> tuple[float, float, float, bool]:
    """Cores, bytes more, cores more, and whether it is up."""
    busy = world.people.activity
    if box.service not in cast.REPLICAS:
        of = {"postgres": 0.8 * world.database.load * min(2.0, float(world.database.time)), "minio": 0.4 * busy}
        memory = {"redis": 2.4 * cast.GIB * (float(world.cache.memory) - 0.55), "prometheus": 2e8 * busy}
        return of.get(box.service, 0.06 * busy), memory.get(box.service, 0.0), 0.0, True
    service = world.service(box.service)
    addresses = {host: address for address, host in cast.REPLICAS[box.service]}
    up = bool(world.target(addresses[box.host]).up)
    work = float(service.rate) if box.service != cast.ANALYSIS else float(world.queue("analysis").taken)
    # Those that are up share the work.
    share = 1 / max(1.0, float(service.up))
    service.cores = COST[box.service] * work * share
    service.waiting = (service.cores + service.burn) / box.cores if box.cores else 0.0
    return service.cores, service.leak, service.burn, up


def _traffic(world: "World", service: str, host: str) -> tuple[float, float]:
    """Bytes in and out, a second."""
    objects, busy = world.objects, world.people.activity
    if service in cast.REPLICAS:
        share = 1 / len(cast.REPLICAS[service])
        answers = float(world.service(service).rate) * 9e3
        flows = {
            cast.INGESTION: (objects.bytes_in, objects.bytes_in + answers),
            cast.QUERY: (answers * 3, answers * 4),
            cast.ANALYSIS: (objects.bytes_in * 1.1, objects.bytes_in * 0.1),
        }
        into, out = flows[service]
        return into * share + 2e3, out * share + 2e3
    flows = {
        "minio": (float(objects.bytes_in), float(objects.bytes_out)),
        "postgres": (3e5 * busy + 2e4, 2.2e6 * busy + 3e4),
        "redis": (4e5 * busy + 1e4, 2.5e6 * busy + 1e4),
        "kafka": (8e4 * busy + 1e4, 1e5 * busy + 1e4),
        "loki": (float(world.monitoring.lines) * cast.LOG_LINE_BYTES + 1e3, 2e4),
        "gateway": (objects.bytes_in + 4e4, 1.4e6 * busy + 4e4),
    }
    return flows.get(service, (2.2e4, 1.4e4))


def _crash(world: "World", one: Container, length: float) -> None:
    """Restarts by chance would differ from run to run of the same incident: they come at an even pace."""
    one.restarts += one.crashes * length / HOUR
    one.killed += one.kills * length / HOUR
    if one.crashes and int(one.restarts) != int(one.restarts - one.crashes * length / HOUR):
        one.started = world.now


def _hosts(world: "World") -> None:
    for host in cast.HOSTS:
        one = world.host(host.name)
        boxes = [world.container(b.service, b.host) for b in cast.CONTAINERS if b.host == host.name]
        cores = sum(float(box.cpu) for box in boxes)
        one.iowait = min(0.7, 0.008 + one.waits + (0.03 * world.database.load if host.name == cast.COMPOSE else 0))
        one.steal = min(0.5, 0.002 + one.stolen)
        one.cpu = min(0.985 - one.iowait - one.steal, (0.35 + cores) / host.cpus + one.busy)
        memory = (2.2 * cast.GIB + sum(float(box.memory) for box in boxes)) / host.memory
        one.memory = min(0.985, memory * 1.15 + one.memory_more)
        one.swap = max(0.0, float(one.memory) - 0.9) * 4e3
        one.received = sum(float(box.received) for box in boxes) + 6e4 + one.copying
        one.sent = sum(float(box.sent) for box in boxes) + 6e4 + one.copying * 0.1
        stores = host.name == cast.COMPOSE
        one.read = (float(world.objects.bytes_out) * 0.4 if stores else 8e4) + 4e4 + one.copying * 0.2
        one.written = (float(world.objects.bytes_in) * 1.1 + 3e6 if stores else 3e5) + 4e4 + one.copying
        one.drops = 0.02 + one.dropping
        one.errors = 0.0005 + one.broken


def _mounts(world: "World") -> None:
    days = (world.now - world.began) / DAY
    for host in cast.HOSTS:
        for mountpoint, (_, _, begun) in host.mounts.items():
            one: Mount = world.mount(host.name, mountpoint)
            # Logs and images are cleaned up every week.
            week = world.now % (7 * DAY) / (7 * DAY)
            one.used = min(0.995, begun + 0.02 * week + 0.0006 * days + one.more)
            one.files = min(0.99, 0.03 + 0.05 * begun + one.inodes)


def _monitoring(world: "World") -> None:
    one, busy = world.monitoring, world.people.activity
    trouble = len(world.playing())
    one.notified = 0.02 + 0.02 * trouble
    one.undelivered = min(1.0, one.notifications_failing)
    # Grafana notifies, unless what is played needs an Alertmanager that Prometheus could lose.
    one.dropped, one.alertmanagers, one.paused = one.dropping, float(one.dropping > 0), one.pausing
    one.rejected = float(one.misread > 0)
    one.queues_seen = float(one.refusing <= 0)
    one.ages_told = float(one.refusing <= 0 and one.renaming <= 0)
    one.looked = 0.4 + 6 * busy
    one.grafana_time = one.grafana_slow * world.wobble("grafana", 0.1)
    one.rules_failed = min(1.0, one.rules_failing)
    said = sum(saying.rate for saying in world.sayings)
    rate = sum(float(world.service(name).rate) for name in cast.SERVICES)
    one.lines = rate * LINES_A_REQUEST + 1.5 + said
    one.discarded = 0.002 + one.discarding


def _share(value: float, wobble: float) -> float:
    return min(0.97, max(0.0, value * wobble))
