"""Links of a panel or a dashboard."""

from typing import Any

from kit.draw.stock.plain import Json, pick, plain, without_nulls

# All ten fields of DashboardLink, which Grafana's schema requires of panel links too.
_COMPLETE: Json = {
    "asDropdown": False,
    "icon": "external link",
    "includeVars": False,
    "keepTime": False,
    "tags": [],
    "targetBlank": False,
    "title": "",
    "tooltip": "",
    "type": "link",
    "url": "",
}


def link(stock: Any) -> Json:
    """Return a DataLink, DashboardLink, ExternalLink or its JSON as a complete DashboardLink."""
    given = without_nulls(plain(stock))
    return {**plain(_COMPLETE), **pick(given, (*_COMPLETE, "placement"))}
