"""What the emitters are given: everything that was defined, drawn and ruled, ready to be written."""

from collections.abc import Mapping

from attrs import field, frozen

from kit.draw.board import Board
from kit.draw.page import Page
from kit.draw.site import Site
from kit.model.alert import Rule
from kit.model.brief import Brief
from kit.model.channel import Routing
from kit.settings import Settings

ALERT_FOLDER = "DataFlux Alerts"
ALERT_FOLDER_UID = "dataflux-alerts"


@frozen(slots=False)
class Product:
    """`rules`: alert's name → its rules (one, and one for each exception); `links`: alert's name → page and
    panel id that it links to."""

    site: Site
    boards: tuple[Board, ...] = ()
    rules: Mapping[str, tuple[Rule, ...]] = field(factory=dict)
    links: Mapping[str, tuple[Page, int]] = field(factory=dict)
    routing: Routing | None = None
    brief: Brief = field(factory=lambda: Brief({}, {}, {}))

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        return self.site.settings

    @property
    def areas(self) -> tuple[str, ...]:
        """The modules of alerts/ that have alerts, in order."""
        return tuple(dict.fromkeys(alert.area for alert in self.site.alerts))
