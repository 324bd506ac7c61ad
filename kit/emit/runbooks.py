"""docs/runbooks/<Alert>.md: the prose is written by hand, the table of levels between two marks by the compiler."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import indent
from typing import Any

from promql_parser import BinaryExpr, ParenExpr

from kit.emit import prometheus_rules
from kit.emit.model import Product
from kit.emit.played import played
from kit.model import condition
from kit.model.alert import Alert
from kit.model.promql import parse
from kit.model.promql_tree import COMPARISONS

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
        f"```promql\n{laid_out(parse(prometheus_rules.condition(rule, product.settings)))}\n```"
        for rule in product.rules[alert.name]
    ]
    return "\n".join([*rows, "", *([" ".join(spared), ""] if spared else []), "\n\n".join(queries)])


def laid_out(node: Any) -> str:
    """A query on several lines. Three alternatives or more stand at one depth, where prettify nests one in the next."""
    chain = _alternatives(node.lhs if _compared(node) else node)
    if len(chain) < 3:
        return str(node.prettify())
    text = "\nor\n".join(indent(one.prettify(), "  ") for one in chain)
    return f"(\n{indent(text, '  ')}\n) {node.op} {node.rhs.prettify()}" if _compared(node) else text


def _compared(node: Any) -> bool:
    """Whether it is something in brackets, compared."""
    return isinstance(node, BinaryExpr) and str(node.op) in COMPARISONS and isinstance(node.lhs, ParenExpr)


def _alternatives(node: Any) -> list[Any]:
    if isinstance(node, ParenExpr):
        return _alternatives(node.expr)
    if isinstance(node, BinaryExpr) and str(node.op) == "or":
        return [*_alternatives(node.lhs), *_alternatives(node.rhs)]
    return [node]


def _rows(alert: Alert, product: Product) -> Iterator[str]:
    for rule in product.rules[alert.name]:
        yield f"| {rule.name} | {condition.words(rule)} | {alert.severity} | {alert.level.hold} |"
