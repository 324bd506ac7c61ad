"""Every link leads to a dashboard, panel or runbook that is there, and takes along what that one knows and the time."""

import re
from collections.abc import Iterator, Mapping

from kit.check.build import Build, Json, Panel
from kit.check.finding import Finding
from kit.check.parts import ruled, targets
from kit.check.parts.queries import named
from kit.check.parts.targets import Known
from kit.model import promql
from kit.model.words import nearest

ID = "links"
_MARKDOWN = re.compile(r"\]\(([^)\s]+)\)")
_FIELD = re.compile(r"\$\{__field\.labels\.(\w+)\}")
_CONDITION = re.compile(r"\{\{ (?:with [^}]*|end) \}\}")
_TIME = ("${__url_time_range}", "$__url_time_range", "from=")


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    known = targets.of(build)
    for board in build.dashboards:
        for link in board.json.get("links") or ():
            for message in (*_menu(link, known), *_kept(link), *targets.faults(str(link.get("url", "")), known)):
                yield Finding(board.where, ID, f"{named(board)} / link '{link.get('title')}'", message)
        for panel in board.panels:
            for message in (*_of_panel(panel.json, known), *_clicked(panel, build)):
                yield Finding(panel.where, ID, panel.subject, message)
    for rule in (*ruled.alerts(build), *ruled.grafana(build)):
        for message in _of_rule(rule.json.get("annotations") or {}, known):
            yield Finding(rule.where, ID, rule.name, message)


def _menu(link: Json, known: Known) -> Iterator[str]:
    """A menu of dashboards finds them by tags."""
    if link.get("type") == "dashboards":
        for tag in link.get("tags") or ["nothing"]:
            if tag not in known.tags:
                yield f"no dashboard has its tag '{tag}'{nearest(tag, known.tags)}"
    elif not link.get("url"):
        yield "it has no url; give it one"


def _kept(link: Json) -> Iterator[str]:
    inside = link.get("type") == "dashboards" or targets.BOARD.search(str(link.get("url", "")))
    if inside and not (link.get("keepTime") and link.get("includeVars")):
        yield "it drops the time range or the choices; write keepTime: true and includeVars: true"


def _of_panel(json: Json, known: Known) -> Iterator[str]:
    config = json.get("fieldConfig", {})
    clicks = [*(config.get("defaults", {}).get("links") or ())]
    for override in config.get("overrides", ()):
        clicks += [
            link
            for item in override.get("properties", ())
            if item.get("id") == "links"
            for link in item.get("value") or ()
        ]
    written = [{"url": url} for url in _MARKDOWN.findall(str(json.get("options", {}).get("content", "")))]
    for link in (*(json.get("links") or ()), *clicks, *written):
        url = str(link.get("url", ""))
        yield from targets.faults(url, known)
        if targets.BOARD.search(url) and not link.get("keepTime") and not any(part in url for part in _TIME):
            yield f"its link to {url.split('?')[0]} forgets the time range; add ${{__url_time_range}}"


def _clicked(panel: Panel, build: Build) -> Iterator[str]:
    """A click passes a label of the series, which the queries must keep."""
    urls = [
        str(link.get("url", "")) for link in panel.json.get("fieldConfig", {}).get("defaults", {}).get("links") or ()
    ]
    asked = {label for url in urls for label in _FIELD.findall(url)}
    kept = [promql.labels(str(target.get("expr", "")), build.catalogue) for target in panel.queries]
    for label in sorted(asked):
        if any(labels is not None and label not in labels for labels in kept):
            yield f"a click passes the label '{label}', which a query drops; group by it, or leave it out of the link"


def _of_rule(told: Mapping[str, str], known: Known) -> Iterator[str]:
    for key in ("runbook_url", "dashboard_url"):
        if key in told:
            # A parameter is written only where the alert has its label; here all of them are followed.
            yield from targets.faults(_CONDITION.sub("", str(told[key])), known)
    uid, panel = told.get("__dashboardUid__"), told.get("__panelId__")
    if (uid is None) != (panel is None):
        yield "it names __dashboardUid__ or __panelId__ without the other; write both"
    elif uid is not None:
        yield from targets.board(str(uid), str(panel), known)
