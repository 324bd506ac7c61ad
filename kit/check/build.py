"""What the laws look at: everything that was compiled, parsed, with the catalogue and the source lines."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import orjson
import yaml
from attrs import field, frozen

from kit.emit.model import Product
from kit.model.fault import Where
from kit.model.metric import Metric, RecordedSeries

Json = dict[str, Any]
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@frozen(slots=False)
class Panel:
    """A panel of a compiled dashboard, where it was written, and the dashboard it is in."""

    json: Json
    board: "Dashboard"

    @property
    def subject(self) -> str:
        """`System Overview / Error rate`."""
        return f"{self.board.json.get('title', '?')} / {self.json.get('title') or self.json.get('type', '?')}"

    @property
    def where(self) -> Where:
        """The source line of the panel; the file where that is not known."""
        return self.board.lines.get(self.json.get("id", 0), self.board.where)

    @property
    def queries(self) -> tuple[Json, ...]:
        """Its targets."""
        return tuple(self.json.get("targets", ()))


@frozen(slots=False)
class Dashboard:
    """A compiled dashboard: path under monitoring/, JSON, where it and each of its panel ids were written."""

    path: str
    json: Json
    where: Where
    lines: Mapping[int, Where] = field(factory=dict)
    landing: bool = False

    @cached_property
    def panels(self) -> tuple[Panel, ...]:
        """Every panel and row, those in collapsed rows too."""
        return tuple(Panel(json, self) for json in _flat(self.json.get("panels", ())))


def _flat(panels: Any) -> Iterator[Json]:
    for panel in panels:
        yield panel
        yield from _flat(panel.get("panels", ()))


@frozen(slots=False)
class Build:
    """`files`: path under monitoring/ → text. `documents`: path under the root → text. `product`: what was defined.

    `runbook_pages`: path under the root of every page in docs/runbooks, those that belong to no alert too.
    """

    files: Mapping[str, str]
    documents: Mapping[str, str]
    product: Product
    runbook_pages: frozenset[str] = frozenset()

    @cached_property
    def dashboards(self) -> tuple[Dashboard, ...]:
        """Every compiled dashboard."""
        boards = {f"{board.page.uid}.json": board for board in self.product.boards}
        return tuple(
            Dashboard(path, orjson.loads(text), board.page.where, board.lines, board.page.landing)
            for path, text in self.files.items()
            if path.startswith("grafana/dashboards/") and (board := boards.get(path.rsplit("/", 1)[-1]))
        )

    @cached_property
    def yaml(self) -> Mapping[str, Any]:
        """Every YAML file, parsed."""
        return {path: yaml.load(text, _Loader) for path, text in self.files.items() if path.endswith(".yml")}

    @cached_property
    def catalogue(self) -> Mapping[str, Metric]:
        """Series name → metric: what the definitions know, and what recording rules make."""
        signals = [view.signal for page in self.product.site.pages for panel in page.drawn for view in panel.views]
        signals += [alert.signal for alert in self.product.site.alerts]
        marks = [leaf.metric for mark in self.product.site.everywhere.annotations for leaf in mark.expr.leaves()]
        chosen = [choice.metric for page in self.product.site.pages for choice in page.choices]
        chosen += [choice.metric for choice in self.product.site.everywhere.variables]
        metrics = [metric for signal in signals for metric in signal.metrics] + marks + chosen
        known = {series: metric for metric in metrics for series in metric.series}
        recorded = self.product.site.recorded.values()
        return known | {one.name: RecordedSeries(one.name, one.labels) for one in recorded}
