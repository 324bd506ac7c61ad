"""Links: from page to page, from panel to drill-down, logs and runbook; all carry variables and time range."""

from collections.abc import Iterator
from typing import Any

from kit.draw.page import Page
from kit.draw.panel import Panel
from kit.draw.site import Site

Json = dict[str, Any]


def link(title: str, url: str = "", *, tags: tuple[str, ...] = (), tooltip: str = "", new_tab: bool = False) -> Json:
    """A link of a dashboard or panel, with all the keys that Grafana 13 stores; with tags, a menu of dashboards."""
    return {
        "asDropdown": bool(tags),
        "icon": "external link" if not tags else "dashboard",
        "includeVars": not new_tab,
        "keepTime": not new_tab,
        "tags": list(tags),
        "targetBlank": new_tab,
        "title": title,
        "tooltip": tooltip,
        "type": "dashboards" if tags else "link",
        "url": url,
    }


def page_links(page: Page, site: Site) -> list[Json]:
    """The other landing pages, and the pages of its own set."""
    landings = [other for other in site.landings if other.stem != page.stem]
    own = site.sets[page.folder]
    return [
        link(own.title, tags=(set_tag(page.folder),), tooltip=f"The dashboards of {own.title}"),
        *(link(other.title, f"/d/{other.uid}", tooltip=other.question) for other in landings),
    ]


def set_tag(folder: str) -> str:
    """The tag of a set's dashboards."""
    return folder.replace("_", "-")


def panel_links(page: Page, panel: Panel, site: Site) -> list[Json]:
    """The runbooks of the alerts that watch the panel's signals."""
    alerts = {alert.name: alert for view in panel.views for alert in site.watching(view.signal.name)}
    return [
        link(f"Runbook: {name}", f"{site.settings.runbook_url}/{name}.md", tooltip=alert.summary, new_tab=True)
        for name, alert in sorted(alerts.items())
    ]


def data_links(page: Page, panel: Panel, site: Site) -> list[Json]:
    """What a click on a series offers: the signal's drill-down, and the logs of the same service at that time."""
    return [{"targetBlank": False, "title": title, "url": url} for title, url in _destinations(page, panel, site)]


def _destinations(page: Page, panel: Panel, site: Site) -> Iterator[tuple[str, str]]:
    if not panel.views:
        return
    home = site.home(panel.view.signal.name, near=page.folder)
    if page.landing and home and not home[0].landing:
        yield f"Open {home[0].title}", page_url(page, panel, home[0], site)
    logs = site.page(site.everywhere.logs)
    if logs and logs.stem != page.stem and "service" in panel.view.by_labels:
        yield "Logs of this service", page_url(page, panel, logs, site)


def page_url(page: Page, panel: Panel, other: Page, site: Site) -> str:
    """A path to another page with the time range, the clicked series' labels, and the variables both pages have."""
    grouped = set(panel.view.by_labels)
    here = {choice.name for choice in variables(page, site)}
    parts = ["${datasource:queryparam}"]
    for choice in variables(other, site):
        if choice.filters in grouped:
            parts.append(f"var-{choice.name}=${{{_clicked(panel, choice.filters)}}}")
        elif choice.name in here:
            parts.append(f"${{{choice.name}:queryparam}}")
    return f"/d/{other.uid}?{'&'.join([*parts, '${__url_time_range}'])}"


def _clicked(panel: Panel, label: str) -> str:
    """Grafana's name for a label of what was clicked: a series has labels, a table's row has columns instead."""
    return f"__data.fields.{heading(label)}" if panel.kind == "table" else f"__field.labels.{label}"


def heading(label: str) -> str:
    """The heading of a table's column that holds a label."""
    return label.capitalize()


def variables(page: Page, site: Site) -> tuple[Any, ...]:
    """The page's choices, those that every page has first."""
    return (*site.everywhere.variables, *page.choices)
