"""docs/coverage.md: each line of what was asked for, and what answers it."""

from collections.abc import Iterable, Iterator, Mapping

from kit.draw.panel import Panel
from kit.emit.model import Product
from kit.model.signal import Signal

HEAD = """\
<!-- Compiled by build.py: nobody maintains this table. -->
# What answers each line of the brief
"""


def documents(product: Product) -> Mapping[str, str]:
    """Path under the root → text."""
    parts = [HEAD, *_metrics(product), *_alerts(product), *_rows(product)]
    return {"docs/coverage.md": "\n".join(parts).rstrip() + "\n"}


def signals(product: Product) -> tuple[Signal, ...]:
    """Every signal that is shown or watched, once."""
    shown = [view.signal for page in product.site.pages for panel in page.drawn for view in panel.views]
    watched = [alert.signal for alert in product.site.alerts]
    return tuple({signal.name: signal for signal in (*shown, *watched)}.values())


def answering(row: str, product: Product) -> tuple[Signal, ...]:
    """The signals that say they answer a metric row."""
    return tuple(signal for signal in signals(product) if row in signal.answers)


def _table(title: str, *columns: str) -> list[str]:
    return [f"\n## {title}\n", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]


def _metrics(product: Product) -> Iterator[str]:
    yield from _table("Metrics", "asked for", "shown as", "dashboards and panels", "metrics", "alerts")
    for row, asked in product.brief.metrics.items():
        found = answering(row, product)
        names = {signal.name for signal in found}
        metrics = dict.fromkeys(metric.name for signal in found for metric in signal.metrics)
        alerts = [alert.name for alert in product.site.alerts if alert.signal.name in names]
        yield f"| {row} | {asked} | {panels(names, product)} | {_code(metrics)} | {_code(alerts)} |"


def _alerts(product: Product) -> Iterator[str]:
    yield from _table("Alerts", "asked for", "condition", "alerts", "metrics", "dashboards and panels")
    for row, asked in product.brief.alerts.items():
        found = [alert for alert in product.site.alerts if alert.answers == row]
        metrics = dict.fromkeys(metric.name for alert in found for metric in alert.signal.metrics)
        shown = panels({alert.signal.name for alert in found}, product)
        yield f"| {row} | {asked} | {_code(alert.name for alert in found)} | {_code(metrics)} | {shown} |"


def _rows(product: Product) -> Iterator[str]:
    yield from _table("Dashboard sets", "set", "must show", "panels", "metrics", "alerts")
    for folder, rows in product.brief.rows.items():
        page = next((p for p in product.site.pages if p.folder == folder and p.landing), None)
        for row in rows:
            found = [p for p in page.rows.get(row, ()) if isinstance(p, Panel)] if page else []
            shown = {view.signal.name: view.signal for panel in found for view in panel.views}
            metrics = dict.fromkeys(metric.name for signal in shown.values() for metric in signal.metrics)
            streams = ["logs" for signal in shown.values() if signal.logs]
            alerts = [alert.name for alert in product.site.alerts if alert.signal.name in shown]
            titles = "; ".join(panel.heading for panel in found)
            title = product.site.sets[folder].title if folder in product.site.sets else folder
            yield f"| {title} | {row} | {titles} | {_code([*metrics, *dict.fromkeys(streams)])} | {_code(alerts)} |"


def panels(names: set[str], product: Product) -> str:
    """`Service: Requests, Errors; Queues: …`: where the signals are shown."""
    found = []
    for page in product.site.pages:
        titles = dict.fromkeys(
            panel.heading for panel in page.drawn if any(view.signal.name in names for view in panel.views)
        )
        if titles:
            found.append(f"{page.title}: {', '.join(titles)}")
    return "; ".join(found)


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
