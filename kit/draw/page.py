"""Pages: a dashboard as a table of contents; and what is said once for a set, or for all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import evolve, field, frozen

from kit.draw.panel import Panel
from kit.model.expr import Expr
from kit.model.fault import Where, here
from kit.model.matcher import Match, Value, matchers
from kit.model.metric import Metric, words


@frozen
class Choice:
    """A variable: the values of a label of a metric, to choose among.

    Choices before it on the page narrow it down. `name` is also the label that it filters, unless `label` says so.
    `every` is the regular expression that All stands for. `multi`: several can be chosen.
    """

    name: str
    title: str
    metric: Metric
    label: str = ""
    only: tuple[Match, ...] = ()
    every: str = ".*"
    multi: bool = True
    help: str = ""
    where: Where = field(factory=here, eq=False, kw_only=True)

    @property
    def filters(self) -> str:
        """The label that it filters."""
        return self.label or self.name


def choice(
    name: str, title: str, metric: Metric, *, multi: bool = True, every: str = ".*", **asked: str | Value
) -> Choice:
    """A variable of a page, from the values of the label `name` of `metric` (where `asked` holds)."""
    metric.check_labels((name, *asked), here())
    return Choice(name, title, metric, only=matchers(asked), every=every, multi=multi)


@frozen
class Annotation:
    """Marks on every graph of a page: where `expr`, grouped `per`, has a series.

    `title`, `text` may name labels in braces. `role`: `bad` or `event`, which gives the colour.
    """

    name: str
    expr: Expr
    per: tuple[str, ...] = field(converter=words)
    title: str = ""
    text: str = ""
    role: str = "event"
    tags: tuple[str, ...] = field(default=(), converter=words)


@frozen
class Everywhere:
    """What holds for every page: its first variables, its annotations; and the stem of the page of logs."""

    variables: tuple[Choice, ...] = field(default=(), converter=tuple)
    annotations: tuple[Annotation, ...] = field(default=(), converter=tuple)
    logs: str = ""


@frozen
class PageSet:
    """A Grafana folder of pages: its title (the folder's), and the stem of its landing page."""

    title: str
    landing: str
    order: int = 0
    where: Where = field(factory=here, eq=False)


Row = Sequence[Any]


@frozen(slots=False)
class Page:
    """A dashboard. `stem`, `set` and `question` come from the module: its file name, its package, its docstring.

    A row whose title ends in `(collapsed)` is closed when the page opens.
    """

    title: str
    rows: Mapping[str, Row] = field(kw_only=True)
    variables: tuple[Any, ...] = field(default=(), converter=tuple, kw_only=True)
    stem: str = ""
    folder: str = ""
    question: str = ""
    landing: bool = False
    where: Where = field(factory=here, eq=False, kw_only=True)

    def placed(self, **known: Any) -> "Page":
        """The page with what its module says of it."""
        return evolve(self, **known)

    @property
    def uid(self) -> str:
        """Grafana's uid: `df-<stem>`."""
        return f"df-{self.stem.replace('_', '-')}"

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Its variables that are ours (grafanalib's Template left out)."""
        return tuple(variable for variable in self.variables if isinstance(variable, Choice))

    @property
    def panels(self) -> tuple[Any, ...]:
        """Everything that stands in its rows, in order."""
        return tuple(panel for row in self.rows.values() for panel in row)

    @property
    def drawn(self) -> tuple[Panel, ...]:
        """Its panels that are ours (grafanalib's stock classes left out)."""
        return tuple(panel for panel in self.panels if isinstance(panel, Panel))


COLLAPSED = " (collapsed)"
