"""docs/runbooks/<Alert>.md: the prose is written by hand, the table of levels between two marks by the compiler."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from kit.emit import prometheus_rules
from kit.emit.model import Product
from kit.emit.played import played
from kit.model import condition
from kit.model.alert import Alert
from kit.model.promql import parse

# Where a page of the index tells how to try what no incident plays.
BY_HAND = "[by hand](#by-hand)"
BEGIN, END = "<!-- levels: compiled, do not edit -->", "<!-- /levels -->"


def documents(product: Product, root: Path) -> Mapping[str, str]:
    """Path under the root → text, for each runbook that is there."""
    out = {}
    for alert in product.site.alerts:
        path = f"docs/runbooks/{alert.name}.md"
        if (root / path).is_file():
            out[path] = with_table((root / path).read_text(encoding="utf-8"), table(alert, product))
    index = root / "docs" / "runbooks" / "README.md"
    if index.is_file():
        out["docs/runbooks/README.md"] = with_table(index.read_text(encoding="utf-8"), _index(product, played(root)))
    return out


def _index(product: Product, played_by: Mapping[str, tuple[str, ...]]) -> str:
    """A table for each area of alerts, with a link to each page and the incidents that play it."""
    parts = []
    for area in product.areas:
        rows = [
            f"| [{alert.name}]({alert.name}.md) | {alert.severity} | {alert.summary} |"
            f" {', '.join(f'`{name}`' for name in played_by.get(alert.name, ())) or BY_HAND} |"
            for alert in product.site.alerts
            if alert.area == area
        ]
        head = ["| alert | severity | what it means | incident |", "|---|---|---|---|"]
        parts.append("\n".join([f"## {area.replace('_', ' ').capitalize()}", "", *head, *rows, ""]))
    return "\n".join(parts).rstrip()


def with_table(prose: str, levels: str) -> str:
    """The page with its table put between the marks; after the title where it has no marks yet."""
    if BEGIN in prose and END in prose:
        before, rest = prose.split(BEGIN, 1)
        return f"{before}{BEGIN}\n{levels}\n{END}{rest.split(END, 1)[1]}"
    title, _, rest = prose.partition("\n")
    return f"{title}\n\n{BEGIN}\n{levels}\n{END}\n{rest}"


def table(alert: Alert, product: Product) -> str:
    """Each rule of the alert: when it fires, how bad that is; then the queries."""
    rows = ["| rule | fires when | severity | for |", "|---|---|---|---|"]
    rows += list(_rows(alert, product))
    spared = [
        f'`{label}="{value}"` never fires.'
        for label, values in alert.level.except_.items()
        for value, number in values.items()
        if number is None
    ]
    queries = [
        f"```promql\n{parse(prometheus_rules.condition(rule, product.settings)).prettify()}\n```"
        for rule in product.rules[alert.name]
    ]
    return "\n".join([*rows, "", *([" ".join(spared), ""] if spared else []), "\n\n".join(queries)])


def _rows(alert: Alert, product: Product) -> Iterator[str]:
    for rule in product.rules[alert.name]:
        yield f"| {rule.name} | {condition.words(rule)} | {alert.severity} | {alert.level.hold} |"
