"""One rule as the table has it: what it watches, how bad that is, who is told, and where to look then."""

from collections.abc import Iterator

from attrs import frozen

from kit.alerting.routes import Told, notifying, told
from kit.check.build import Build
from kit.check.parts import ruled
from kit.draw.site import id_of
from kit.emit.alert_text import labels, runbook
from kit.emit.model import Product
from kit.model import condition
from kit.model.alert import Alert, Rule
from kit.model.fault import Where


@frozen
class Seen:
    """The panel that an alert links to: its page, its title, its address."""

    page: str
    title: str
    url: str


@frozen
class Row:
    """`name` is the rule's, `alert` the alert's that it belongs to: an exception of a level has a rule of its own.

    `condition` in words, `hold` as it was compiled (`0s`: at once); `runbook` is a page under the root, `runbook_url`
    where people read it.
    """

    rule: Rule
    name: str
    alert: str
    area: str
    severity: str
    condition: str
    hold: str
    told: tuple[Told, ...]
    runbook: str
    runbook_url: str
    seen: Seen | None
    where: Where


def rows(build: Build) -> tuple[Row, ...]:
    """Every rule, in the order of alerts/; an alert's exceptions stand behind it."""
    return tuple(_rows(build))


def _rows(build: Build) -> Iterator[Row]:
    product, tree = build.product, notifying(build)
    compiled = {one.name: one.json for one in ruled.alerts(build)}
    for alert in product.site.alerts:
        for rule in product.rules[alert.name]:
            reached = told(tree, {"alertname": rule.name, **labels(rule)}) if tree else ()
            yield Row(
                rule=rule,
                name=rule.name,
                alert=alert.name,
                area=alert.area,
                severity=alert.severity,
                condition=condition.words(rule),
                hold=str(compiled.get(rule.name, {}).get("for", "0s")),
                told=reached,
                runbook=f"docs/runbooks/{alert.name}.md",
                runbook_url=runbook(alert.name, product),
                seen=_seen(alert, product),
                where=alert.where,
            )


def _seen(alert: Alert, product: Product) -> Seen | None:
    if alert.name not in product.links:
        return None
    page, number = product.links[alert.name]
    title = next((panel.heading for panel in page.drawn if id_of(page, panel) == number), "")
    return Seen(page.title, title, f"{product.settings.grafana_url}/d/{page.uid}?viewPanel={number}")
