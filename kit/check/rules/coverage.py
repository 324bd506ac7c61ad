"""No row of what was asked for is unanswered, and nothing claims to answer a row that nobody asked for."""

from collections.abc import Iterator

from kit.check.build import Build
from kit.check.finding import Finding
from kit.draw.panel import Panel
from kit.emit.coverage import answering, panels, signals
from kit.emit.model import Product
from kit.model.fault import Where
from kit.model.words import nearest

ID = "coverage"
_BRIEF = Where("signals/brief.py")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    product = build.product
    for row, message in (*_metrics(product), *_alerts(product), *_rows(product)):
        yield Finding(_BRIEF, ID, row, message)
    for signal in signals(product):
        for row in signal.answers:
            if row not in product.brief.metrics:
                message = f"it answers '{row}', which nobody asked for{nearest(row, product.brief.metrics)}"
                yield Finding(signal.where, ID, signal.name, message)
    for alert in product.site.alerts:
        if alert.answers and alert.answers not in product.brief.alerts:
            message = (
                f"it answers '{alert.answers}', which nobody asked for{nearest(alert.answers, product.brief.alerts)}"
            )
            yield Finding(alert.where, ID, alert.name, message)


def _metrics(product: Product) -> Iterator[tuple[str, str]]:
    for row in product.brief.metrics:
        found = answering(row, product)
        if not found:
            yield f"metric '{row}'", "no signal answers it; give one answers=('" + row + "',)"
        elif not panels({signal.name for signal in found}, product):
            names = ", ".join(signal.name for signal in found)
            yield f"metric '{row}'", f"no page shows {names}, which answers it; put it into a row"


def _alerts(product: Product) -> Iterator[tuple[str, str]]:
    for row in product.brief.alerts:
        if not any(alert.answers == row and product.rules.get(alert.name) for alert in product.site.alerts):
            yield f"alert '{row}'", f"no alert with a rule answers it; give one answers='{row}'"


def _rows(product: Product) -> Iterator[tuple[str, str]]:
    for folder, rows in product.brief.rows.items():
        pages = [page for page in product.site.pages if page.folder == folder and page.landing]
        for row in rows:
            shown = [panel for page in pages for panel in page.rows.get(row, ()) if isinstance(panel, Panel)]
            if not any(panel.views for panel in shown):
                yield f"{folder} '{row}'", "no panel on its landing page answers it; put signals into that row"
