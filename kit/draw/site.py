"""All definitions together: what a page must know of the others to link to them."""

from collections.abc import Mapping
from functools import cached_property, partial

from attrs import field, frozen

from kit.draw.ids import panel_id
from kit.draw.page import Everywhere, Page, PageSet
from kit.draw.panel import Panel
from kit.model.alert import Alert
from kit.model.expr import Recorded
from kit.model.sizing import Sizing
from kit.settings import Settings


@frozen(slots=False)
class Site:
    """Every page, set and alert of one installation. `recorded`: the recording rules, by the series they rate."""

    settings: Settings
    sets: Mapping[str, PageSet] = field(factory=dict)
    pages: tuple[Page, ...] = ()
    alerts: tuple[Alert, ...] = ()
    everywhere: Everywhere = field(factory=Everywhere)
    recorded: Mapping[str, Recorded] = field(factory=dict)
    sizing: Sizing = field(factory=Sizing)

    @cached_property
    def _stems(self) -> Mapping[str, Page]:
        return {page.stem: page for page in self.pages}

    @cached_property
    def _watching(self) -> Mapping[str, tuple[Alert, ...]]:
        found: dict[str, tuple[Alert, ...]] = {}
        for alert in self.alerts:
            found[alert.signal.name] = (*found.get(alert.signal.name, ()), alert)
        return found

    @cached_property
    def _shown(self) -> Mapping[str, list[tuple[Page, Panel]]]:
        found: dict[str, list[tuple[Page, Panel]]] = {}
        for page in self.pages:
            for panel in page.drawn:
                for name in {view.signal.name for view in panel.views}:
                    found.setdefault(name, []).append((page, panel))
        return found

    @cached_property
    def _homes(self) -> dict[tuple[str, str, str | None, str], tuple[Page, Panel] | None]:
        return {}

    def page(self, stem: str) -> Page | None:
        """The page of that file name."""
        return self._stems.get(stem)

    @cached_property
    def landings(self) -> tuple[Page, ...]:
        """The landing pages of all sets."""
        return tuple(page for page in self.pages if page.landing)

    def watching(self, signal: str) -> tuple[Alert, ...]:
        """The alerts of a signal."""
        return self._watching.get(signal, ())

    def home(self, signal: str, near: str = "", prefer: str | None = None, line: str = "") -> tuple[Page, Panel] | None:
        """Where a signal is looked into: the first panel of it on a drill-down (of the set `near` first), or anywhere.

        `prefer` is the stem of a page that is asked for, `line` the line that the panel must show; on the page, what
        shows a course over time comes before a single value.
        """
        key = (signal, near, prefer, line)
        if key not in self._homes:
            rank = partial(_rank, signal, near, prefer, line)
            self._homes[key] = min(self._shown.get(signal, ()), key=rank, default=None)
        return self._homes[key]


OVER_TIME = ("timeseries", "state-timeline")


def _rank(signal: str, near: str, prefer: str | None, line: str, shown: tuple[Page, Panel]) -> tuple[bool, ...]:
    page, panel = shown
    lines = next(view.lines for view in panel.views if view.signal.name == signal)
    return (
        page.stem != prefer,
        line not in lines,
        page.landing,
        bool(near) and page.folder != near,
        panel.kind not in OVER_TIME,
    )


def id_of(page: Page, panel: Panel) -> int:
    """The id of a panel on its page."""
    return panel_id(page.stem, panel.signal_name, panel.kind, panel.key)
