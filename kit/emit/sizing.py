"""docs/sizing.md: the arithmetic of series, samples, bytes and memory, for installations of typical sizes."""

from collections.abc import Iterable, Iterator, Mapping

from kit.emit.model import Product
from kit.model.sizing import Scraped, Sizing
from kit.sizing.count import OTHERWISE, PER_ALERT, PER_TARGET, Row, catalogue, rows, uncounted
from kit.sizing.needs import (
    BYTES_A_SAMPLE,
    BYTES_A_SERIES,
    BYTES_OF_ITS_OWN,
    DAY,
    MIMIR_BYTES_A_SERIES,
    MIMIR_SERIES_A_CORE,
    MOST_SERIES,
    RETENTION_DAYS,
    ROOM,
    Needs,
    needs,
)
from kit.sizing.said import kept, size
from kit.sizing.shipped import SHIPPED

HEAD = """\
<!-- Compiled by build.py from signals/sizing.py, the catalogue and settings.py: change those, not this page. -->
# How large must it be?

Computed from the catalogue of metrics, the intervals in `settings.py`, and how many there are of what. For your own
numbers, beginning with a typical installation:

```console
$ python build.py sizing --like medium nodes=30 pods=400
```
"""

GIVE = """
With too little memory it is killed (`OOMKilled`), reads its log again, and is killed again; on too little disk the
oldest samples go before {days} days are over. Give it what the first table says: as memory its limit, as disk
`PROMETHEUS_RETENTION_SIZE`, on a volume that is a quarter larger. [An overlay of your own](
deployment.md#an-overlay-of-your-own) shows how; with Compose it is that variable, and `mem_limit` of the service
`prometheus` in a file of your own (`-f`).
"""

OUTGROWN = """
## When one Prometheus is outgrown

Neither series nor samples have a limit in Prometheus itself; what ends it is memory, and the minutes in which it reads
its log again after a restart. We draw the line at **{most}** series ({memory} of memory). Then, in this order:

1. Store less: leave out what nobody reads (`metric_relabel_configs` with `action: drop`; our pages and rules read the
   catalogue only), or scrape less often. Twice the interval is half the disk, and nothing of the memory.
2. Part it: a Prometheus for each cluster. Dashboards and rules group by `cluster`, so that they stay as they are.
3. Send it on to a store that is made of many and is asked like one Prometheus: `monitoring/overlays/mimir` does so
   with Grafana Mimir. That keeps three copies of each series, and wants {each} of memory and a core for {rate} of them
   ([planning](https://grafana.com/docs/mimir/latest/manage/run-production-environment/planning-capacity/), peaks
   included): each of three takes as many as one Prometheus does. The same is called for where samples are to stay for
   longer than one machine's disk lasts.

What it really is, once it runs: `prometheus_tsdb_head_series`, `prometheus_tsdb_storage_blocks_bytes` and
`rate(prometheus_tsdb_head_samples_appended_total[5m])`, all on the dashboard of the monitoring itself.
"""


def documents(product: Product) -> Mapping[str, str]:
    """Path under the root → text; none where nothing is said of sizes."""
    sizing = product.site.sizing
    if not sizing.quantities:
        return {}
    found = {name: rows(product, sizing.amounts(name)) for name in sizing.sizes}
    parts = [HEAD, *_needs(found), *_rules(), *_shipped(found), *_parts(found), *_quantities(sizing), *_known(product)]
    outgrown = OUTGROWN.format(
        most=f"{MOST_SERIES:,}",
        memory=size(Needs(MOST_SERIES, 0).memory),
        each=size(MIMIR_SERIES_A_CORE * MIMIR_BYTES_A_SERIES),
        rate=f"{MIMIR_SERIES_A_CORE:,}",
    )
    return {"docs/sizing.md": "\n".join([*parts, outgrown]).rstrip() + "\n"}


def _table(*columns: str) -> list[str]:
    return [f"| {' | '.join(columns)} |", "|---" + "|---:" * (len(columns) - 1) + "|"]


def _row(title: str, cells: Iterable[str]) -> str:
    return f"| {title} | {' | '.join(cells)} |"


def _needs(found: Mapping[str, tuple[Row, ...]]) -> Iterator[str]:
    of = {name: needs(parts) for name, parts in found.items()}
    yield "\n".join(_table("", *of))
    yield _row("series", (f"{one.series:,.0f}" for one in of.values()))
    yield _row("samples per second", (f"{one.samples:,.0f}" for one in of.values()))
    yield _row("disk for a day", (size(one.day) for one in of.values()))
    yield _row(f"disk for {RETENTION_DAYS} days", (size(one.kept) for one in of.values()))
    yield _row("memory of Prometheus", (size(one.memory) for one in of.values()))
    yield _row("of what one Prometheus should hold", (f"{one.share:.1%}" for one in of.values()))


def _rules() -> Iterator[str]:
    yield f"""
- samples per second = series / interval of their job
- disk = samples per second × {DAY:,} × {BYTES_A_SAMPLE} bytes. [Prometheus's own page](
  https://prometheus.io/docs/prometheus/latest/storage/) says 1 to 2 bytes a sample; the greater has room for the index
- memory = {size(BYTES_OF_ITS_OWN)} + series × {BYTES_A_SERIES:,} bytes × {ROOM}. [About 3 kB for each series](
  https://www.robustperception.io/why-does-prometheus-use-so-much-ram) were measured with Prometheus 2.20; as much again
  is for queries, for Go's garbage, and for the series that a restart of a pod leaves behind"""


def _shipped(found: Mapping[str, tuple[Row, ...]]) -> Iterator[str]:
    yield "\n## What the Prometheus of this project can hold\n"
    yield "\n".join(_table("", *(one.where for one in SHIPPED)))
    yield _row("memory", (size(one.memory) for one in SHIPPED))
    yield _row("enough for so many series", (f"{one.series // 1000 * 1000:,.0f}" for one in SHIPPED))
    yield _row("disk for samples", (size(one.disk) for one in SHIPPED))
    each = (f"{one.samples // 100 * 100:,.0f}" for one in SHIPPED)
    yield _row(f"enough for {RETENTION_DAYS} days of so many samples per second", each)
    for name, parts in found.items():
        yield _row(f"{name}: it has samples of", (kept(one, needs(parts)) for one in SHIPPED))
    yield GIVE.format(days=RETENTION_DAYS).rstrip()


def _parts(found: Mapping[str, tuple[Row, ...]]) -> Iterator[str]:
    yield "\n## Where the series come from\n"
    yield "\n".join(_table("part", *found))
    for same in zip(*found.values(), strict=True):
        yield _row(same[0].what, (f"{one.series:,.0f}" for one in same))
    yield (
        f"\nEach target has {PER_TARGET} more that Prometheus adds (`up`, …), each alert rule {PER_ALERT} while it "
        "fires.\nOur own metrics are counted at their most: every value of a label with every value of the others."
    )


def _quantities(sizing: Sizing) -> Iterator[str]:
    yield "\n## How many there are\n"
    yield f"| name | what | {' | '.join(sizing.sizes)} |\n|---|---|{'---:|' * len(sizing.sizes)}"
    for called, quantity in sizing.quantities.items():
        yield _row(f"`{called}`", (quantity.words, *(f"{quantity.sizes[name]:,}" for name in sizing.sizes)))


def _known(product: Product) -> Iterator[str]:
    sizing = product.site.sizing
    yield "\n## How it is known\n"
    yield "\n".join(("| exporter | series | known |", "|---|---|---|"))
    for one in sizing.scraped:
        yield f"| `{one.job}` | {_formula(one)} | {one.known} |"
    yield (
        "\nRecorded: counted in a scrape that lies in `tests/exposition/`, which a test holds. Read: in the "
        "exporter's\nsource or documentation. Assumed: a round number above what was seen."
    )
    names = {label for metric in catalogue(product).values() for one in sizing.own if one.job == metric.job
             for label in metric.labels}  # fmt: skip
    if guessed := sorted(names - set(sizing.labels)):
        yield f"\nLabels of which no number is said, taken as {OTHERWISE} values: {', '.join(guessed)}."
    if left := uncounted(product):
        yield f"\nNot counted, for nothing is known of their size: {', '.join(left)}."


def _formula(one: Scraped) -> str:
    return " + ".join(" × ".join((str(count), *names.split())) for names, count in one.series.items())
