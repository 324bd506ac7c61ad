"""The DataFlux services: requests, errors, duration, connections, versions; caches and queries as they feel them."""

import numpy as np

from signals import cache, database, service
from signals.jobs import SERVICES
from simulator import cast
from simulator.sheet import Page, Sheet, go_le, python_le

# The status that a refused and a failed request gets.
REFUSED = {"404": 0.5, "400": 0.3, "429": 0.2}
FAILED = {"500": 0.7, "503": 0.3}


NAMES = cast.SERVICES


def pages(sheet: Sheet, name: str) -> list[tuple[Page, np.ndarray]]:
    """Each replica's page, with the share of the service's work that it does, a step each."""
    actor = sheet.frame[name]
    # query-service is written in Go, which writes its buckets otherwise.
    le = go_le if name == cast.QUERY else python_le
    found = []
    for address, _ in cast.REPLICAS[name]:
        share = sheet.frame["target", address].up / np.maximum(1, actor.up)
        found.append((sheet.at(SERVICES, address, started=actor.started, le=le), share))
    return found


def play(sheet: Sheet) -> None:
    """See the package."""
    for name in cast.SERVICES:
        actor = sheet.frame[name]
        for page, share in pages(sheet, name):
            _versions(page, name, actor.release)
            if name != cast.ANALYSIS:
                page.gauge(service.active, np.round((6 + actor.rate * 0.4 + actor.time * 1.6) * share), service=name)
            _requests(sheet, page, name, share)
            _caches(sheet, page, name, share)
            _queries(sheet, page, name, share)


def _versions(page: Page, name: str, releases: np.ndarray) -> None:
    for release in np.unique(releases):
        page.gauge(
            service.build_info, np.where(releases == release, 1.0, np.nan), service=name, version=version(release)
        )


def version(release: float) -> str:
    """14 → 1.14.0; 14.5, a candidate of the next → 1.15.0-rc1."""
    return f"1.{int(release) + 1}.0-rc1" if release % 1 else f"1.{int(release)}.0"


def _requests(sheet: Sheet, page: Page, name: str, share: np.ndarray) -> None:
    for route in cast.ENDPOINTS:
        if route.service != name:
            continue
        one = sheet.frame["endpoint", route.path]
        rate = one.rate * share
        good = {"201" if route.media else "200": rate * (1 - one.fails - one.denied)}
        refused = {status: rate * one.denied * part for status, part in REFUSED.items()}
        failed = {status: rate * one.fails * part for status, part in FAILED.items()}
        for status, per_second in {**good, **refused, **failed}.items():
            page.counter(service.requests, per_second, service=name, endpoint=route.path, status=status)
        page.histogram(service.duration, rate, one.time, route.shape, service=name, endpoint=route.path)


def _caches(sheet: Sheet, page: Page, name: str, share: np.ndarray) -> None:
    hit = sheet.frame["cache"].hit / cast.HIT_RATE
    for (of, store), (each, hits) in cast.CACHES.items():
        if of == name:
            asked = sheet.frame[name].rate * each * share
            found = np.minimum(0.99, hits * hit)
            page.counter(cache.lookups, asked * found, service=name, cache=store, result="hit")
            page.counter(cache.lookups, asked * (1 - found), service=name, cache=store, result="miss")


def _queries(sheet: Sheet, page: Page, name: str, share: np.ndarray) -> None:
    work = sheet.frame["queue", "analysis"].taken if name == cast.ANALYSIS else sheet.frame[name].rate
    db = sheet.frame["database"]
    for (of, query), (each, median) in cast.DATABASE_QUERIES.items():
        if of == name:
            rate = work * each * share * db.up
            page.histogram(database.query_time, rate, median * db.time, 2.0, service=name, query=query)
