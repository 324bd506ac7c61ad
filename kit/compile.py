"""Definitions to files, in memory: load, draw, rule, render. Nothing is written here."""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from attrs import evolve, frozen

from kit import load
from kit.draw.board import Board, draw
from kit.draw.links import variables
from kit.draw.page import Page
from kit.draw.site import Site, id_of
from kit.draw.variables import scope
from kit.emit import (
    alertmanager,
    build_json,
    coverage,
    dashboards,
    datasources,
    grafana_channels,
    grafana_rules,
    prometheus_config,
    prometheus_rules,
    providers,
    readme,
    runbooks,
    sizing,
)
from kit.emit.compose import file as compose_file
from kit.emit.k8s import file as k8s_file
from kit.emit.model import Product
from kit.emit.scaled import Unscalable, scaled
from kit.model.alert import rules, watched_line
from kit.model.brief import Brief
from kit.model.channel import Routing
from kit.model.expr import Leaf, Scope
from kit.model.fault import Fault, Where, collecting, report
from kit.model.matcher import Match
from kit.model.recording import recordings
from kit.settings import Settings

EMITTERS = (
    dashboards, datasources, providers, grafana_rules, grafana_channels, prometheus_config, prometheus_rules,
    alertmanager, compose_file, k8s_file, readme,
)  # fmt: skip


@frozen(slots=False)
class Compiled:
    """`files`: path under monitoring/ → text. `documents`: path under the root → text (docs/, for people)."""

    product: Product
    files: Mapping[str, str]
    documents: Mapping[str, str]


def compiled(
    settings: Settings, root: Path = load.ROOT, settings_file: Path | None = None
) -> tuple[Compiled | None, list[Fault]]:
    """Everything that is defined, as texts; None where something is wrong, and what it is.

    `settings_file` is where the settings were read; without it, settings.py.
    """
    settings_file = settings_file or root / "settings.py"
    with collecting() as faults:
        site, routing, brief = load.site(settings, settings_file)
        if faults:
            _look_further(site, root)
            return None, sorted(faults)
        result = rendered(site, routing, brief, root, settings_file)
    return (None, sorted(faults)) if faults else (result, [])


def rendered(
    site: Site, routing: Routing | None, brief: Brief, root: Path, settings_file: Path | None = None
) -> Compiled:
    """The texts of a site. What is wrong with it is reported; the texts are then not to be used."""
    settings_file = settings_file or root / "settings.py"
    product = _product(site, routing, brief, root)
    files = unscaled(product)
    try:
        files = scaled(files, product.settings)
    except Unscalable as error:
        report(f"settings: {error}", Where(str(settings_file), load.setting_line(settings_file, "time_scale")))
    documents = {**coverage.documents(product), **sizing.documents(product), **runbooks.documents(product, root)}
    files["BUILD.json"] = build_json.text(files, root, settings_file)
    return Compiled(product, files, documents)


def unscaled(product: Product) -> dict[str, str]:
    """Path under monitoring/ → text, with every duration as it is in earnest."""
    return {path: text for emitter in EMITTERS for path, text in emitter.files(product).items()}


def _drawn(page: Page, site: Site) -> Iterator[Board]:
    """The page, drawn; what nobody expected is reported on its line, so that it hides no other fault."""
    try:
        yield draw(page, site)
    except Exception as error:
        sentence = f"page {page.title} cannot be drawn: {type(error).__name__}: {error}"
        report(sentence, page.where, traceback.format_exc())


def _look_further(site: Site, root: Path) -> None:
    """Report what else is wrong, page by page: what is built on a faulty definition may not hold together."""
    _check_runbooks(site, root)
    for page in site.pages:
        with suppress(Exception):
            draw(page, site)


def _check_runbooks(site: Site, root: Path) -> None:
    for alert in site.alerts:
        if not (root / "docs" / "runbooks" / f"{alert.name}.md").is_file():
            report(f"alert {alert.name} has no runbook; write docs/runbooks/{alert.name}.md", alert.where)


def _product(site: Site, routing: Routing | None, brief: Brief, root: Path) -> Product:
    site = evolve(site, recorded=recordings(_uses(site)))
    boards = tuple(board for page in site.pages for board in _drawn(page, site))
    ruled = {alert.name: tuple(rules(alert, Scope(recorded=site.recorded))) for alert in site.alerts}
    _check_runbooks(site, root)
    return Product(site, boards, ruled, _links(site), routing, brief)


def _uses(site: Site) -> Iterator[tuple[str, Leaf, Scope]]:
    """Who reads which metric: alerts and landing pages; drill-downs rate the raw metric."""
    for alert in site.alerts:
        excepted = tuple(Match(label, "=", "") for label in alert.level.except_)
        for name in alert.level.lines:
            for leaf in watched_line(alert.signal, alert.level, name).leaves():
                yield alert.name, leaf, Scope(by=alert.labels, where=excepted)
    for page in site.pages:
        laid = scope(variables(page, site)) if page.landing else ()
        for panel in page.drawn if page.landing else ():
            for view in panel.views:
                for name in view.lines:
                    for leaf in view.signal.lines[name].leaves():
                        reader = f"{page.stem} {view.signal.name}"
                        yield reader, leaf, Scope(by=view.by_labels, where=(*laid, *view.where))


def _links(site: Site) -> Mapping[str, tuple[Page, int]]:
    """Alert → page and panel id of where its signal is looked into."""
    found = {}
    for alert in site.alerts:
        shown, line = (alert.shown_as, "") if alert.shown_as else (alert.signal, alert.level.line)
        home = site.home(shown.name, prefer=alert.panel, line=line)
        if home:
            page, panel = home
            found[alert.name] = (page, id_of(page, panel))
        else:
            report(
                f"alert {alert.name}: no page shows its signal {alert.signal.name}, so nothing to link to", alert.where
            )
    return found
