"""Compile and check so many generated dashboards: the project's pages again and again, each with queries of its own."""

import json
import resource
import sys
import time
from itertools import cycle, islice

import orjson
from attrs import evolve

from kit import compile as compiling
from kit import load
from kit.check import laws
from kit.check.build import Build
from kit.check.files import findings
from kit.draw.page import Page
from kit.draw.panel import Panel
from kit.draw.site import Site
from kit.model.fault import collecting
from kit.model.matcher import Match


def copied(page: Page, number: int) -> Page:
    """The page again under another name, reading another tenant, so that no query is like another's."""
    if number == 0:
        return page
    mine = Match("instance", "!=", f"copy-{number}")

    def again(panel: Panel) -> Panel:
        return evolve(panel, views=tuple(evolve(view, where=(*view.where, mine)) for view in panel.views))

    rows = {title: [again(panel) for panel in row] for title, row in page.rows.items()}
    return evolve(page, stem=f"{page.stem}_{number}", title=f"{page.title} {number}", rows=rows, landing=False)


def grow(site: Site, count: int) -> Site:
    """The site with `count` pages."""
    pages = islice(cycle(site.pages), count)
    return evolve(site, pages=tuple(copied(page, n // len(site.pages)) for n, page in enumerate(pages)))


def main(count: int) -> None:
    """Print one line of the table."""
    settings = load.settings(load.ROOT / "settings.py")
    with collecting():
        site, routing, brief = load.site(settings)
    grown = grow(site, count)
    begun = time.perf_counter()
    with collecting() as faults:
        result = compiling.rendered(grown, routing, brief, load.ROOT)
    compiled = time.perf_counter() - begun
    assert not faults, faults[:3]
    build = Build(result.files, result.documents, result.product)
    begun = time.perf_counter()
    found = [*findings(build, settings.grafana_version), *laws.findings(build)]
    checked = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    boards = [orjson.loads(text) for path, text in result.files.items() if path.startswith("grafana/dashboards/")]
    begun = time.perf_counter()
    for board in boards:
        json.dumps(board, indent=2, sort_keys=True)
    bare = time.perf_counter() - begun
    panels = sum(len(board.lines) - len(board.page.rows) for board in result.product.boards)
    print(
        f"  {count:>10} {panels:>6} {compiled:>10.2f} {checked:>8.2f} {panels / (compiled + checked):>9.0f} "
        f"{bare:>13.2f} {(compiled + checked) / bare:>13.1f} {peak:>8.0f}"
        + (f"  ({len(found)} findings, the first: {found[0].text()})" if found else "")
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
