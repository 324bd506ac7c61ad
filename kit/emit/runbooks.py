"""docs/runbooks/<Alert>.md: the prose is written by hand, the table of levels between two marks by the compiler."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from kit.emit.model import Product
from kit.emit.prometheus_rules import condition
from kit.model.alert import Alert
from kit.model.promql import parse

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
        out["docs/runbooks/README.md"] = with_table(index.read_text(encoding="utf-8"), _index(product))
    return out


def _index(product: Product) -> str:
    """A table for each area of alerts, with a link to each page."""
    parts = []
    for area in product.areas:
        rows = [
            f"| [{alert.name}]({alert.name}.md) | {alert.severity} | {alert.summary} |"
            for alert in product.site.alerts
            if alert.area == area
        ]
        head = ["| alert | severity | what it means |", "|---|---|---|"]
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
        f"```promql\n{parse(condition(rule, product.settings)).prettify()}\n```" for rule in product.rules[alert.name]
    ]
    return "\n".join([*rows, "", *([" ".join(spared), ""] if spared else []), "\n\n".join(queries)])


def _rows(alert: Alert, product: Product) -> Iterator[str]:
    unit = alert.signal.unit
    assert unit is not None
    for rule in product.rules[alert.name]:
        level = rule.alert.level
        line = f"{alert.signal.title} ({level.line})" if level.line else alert.signal.title
        words = f"{line} {level.direction} {unit.words(rule.value)}"
        if level.at_least:
            words += f", of at least {level.at_least:g} in {level.window}"
        if rule.also and level.also:
            words += f", or {level.also[0]} {level.direction} {unit.words(level.also[1])}"
        yield f"| {rule.name} | {words} | {alert.severity} | {level.hold} |"
