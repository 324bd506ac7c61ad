"""What people get: assets, analyses, searches, queues; and what only the dataflux-exporter can know."""

from typing import Any

import numpy as np

from signals import business, monitoring, queue, storage
from signals.jobs import EXPORTER
from simulator import cast
from simulator.day import DAY
from simulator.plays.services import pages
from simulator.sheet import Page, Sheet

# What people do for each request of a route that is no upload and no search.
ACTIONS = {"/assets/{id}": "download", "/assets/{id}/similar": "browse"}
STATES = {"stored": 0.955, "archived": 0.03}
HELD = {"video": 42_000.0, "audio": 160_000.0, "image": 1_150_000.0, "document": 610_000.0}
WINDOWS = {"5m": 38.0, "1h": 210.0, "24h": 1450.0}


def play(sheet: Sheet) -> None:
    """See the package."""
    for page, share in pages(sheet, cast.INGESTION):
        _ingestion(sheet, page, share)
    for page, share in pages(sheet, cast.QUERY):
        _searches(sheet, page, share)
    for page, share in pages(sheet, cast.ANALYSIS):
        _analyses(sheet, page, share)
    for name in cast.SERVICES:
        for page, share in pages(sheet, name):
            _stages(sheet, page, name, share)
            _queues(sheet, page, name, share)
    _exporter(sheet, sheet.only(EXPORTER))


def _ingestion(sheet: Sheet, page: Page, share: np.ndarray) -> None:
    for route in cast.ENDPOINTS:
        if route.media:
            one = sheet.frame["endpoint", route.path]
            size, again = cast.MEDIA[route.media]
            rate = one.rate * share
            for result, part in {"ok": (1 - one.fails) * (1 - again), "duplicate": (1 - one.fails) * again}.items():
                asked = {"service": cast.INGESTION, "media_type": route.media, "result": result}
                page.counter(business.processed, rate * part, **asked)
            failed = {"service": cast.INGESTION, "media_type": route.media, "result": "failed"}
            page.counter(business.processed, rate * one.fails, **failed)
            page.counter(
                business.asset_bytes, rate * (1 - one.fails) * size, service=cast.INGESTION, media_type=route.media
            )
    uploads = sum(sheet.frame["endpoint", route.path].rate for route in cast.ENDPOINTS if route.media)
    page.counter(business.actions, uploads * share, service=cast.INGESTION, action="upload")
    _actions(sheet, page, cast.INGESTION, share)


def _actions(sheet: Sheet, page: Page, name: str, share: np.ndarray) -> None:
    for route in cast.ENDPOINTS:
        if route.service == name and route.path in ACTIONS:
            rate = sheet.frame["endpoint", route.path].rate
            page.counter(business.actions, rate * share, service=name, action=ACTIONS[route.path])


def _searches(sheet: Sheet, page: Page, share: np.ndarray) -> None:
    for route in cast.ENDPOINTS:
        if modality := cast.MODALITIES.get(route.path):
            one = sheet.frame["endpoint", route.path]
            rate = one.rate * (1 - one.fails) * share
            page.counter(business.searches, rate, service=cast.QUERY, modality=modality)
            page.counter(business.fruitless, rate * 0.07, service=cast.QUERY, modality=modality)
            page.histogram(
                business.search_duration, rate, one.time * 0.85, route.shape, service=cast.QUERY, modality=modality
            )
    searches = sum(sheet.frame["endpoint", path].rate for path in cast.MODALITIES)
    page.counter(business.actions, searches * share, service=cast.QUERY, action="search")
    _actions(sheet, page, cast.QUERY, share)


def _analyses(sheet: Sheet, page: Page, share: np.ndarray) -> None:
    for name, media in cast.ANALYZERS:
        one = sheet.frame["analyzer", name, media]
        asked: dict[str, Any] = {"service": cast.ANALYSIS, "analyzer": name, "media_type": media}
        page.histogram(business.analysis_time, one.rate * share, one.time, 2.4, **asked)
        page.counter(business.analysis_failures, one.rate * one.fails * share, **asked)


def _stages(sheet: Sheet, page: Page, name: str, share: np.ndarray) -> None:
    taken, ingestion = sheet.frame["queue", "analysis"], sheet.frame[cast.INGESTION]
    analyzers = [sheet.frame["analyzer", *key] for key in cast.ANALYZERS]
    failing = sum(one.rate * one.fails for one in analyzers) / np.maximum(1e-9, sum(one.rate for one in analyzers))
    lost = ingestion.fails / np.maximum(1e-9, ingestion.rate)
    for stage, (of, median) in cast.STAGES.items():
        if of == name:
            rate = (taken.put if name == cast.INGESTION else taken.taken) * share
            fails = {"store": lost, "analyze": failing}.get(stage, 0.001)
            page.counter(business.stage_items, rate * (1 - fails), service=name, stage=stage, result="ok")
            page.counter(business.stage_items, rate * fails, service=name, stage=stage, result="failed")
            slow = taken.time / median if stage == "analyze" else 1.0
            page.histogram(business.stage_time, rate, median * slow, 2.2, service=name, stage=stage)


def _queues(sheet: Sheet, page: Page, name: str, share: np.ndarray) -> None:
    for one in cast.QUEUES:
        found = sheet.frame["queue", one.name]
        if one.producer == name:
            # Every replica of the producer asks the broker, and says the same.
            page.gauge(queue.size, np.round(found.depth), queue=one.name)
            page.counter(queue.put, found.put * share, queue=one.name)
        if one.consumer == name:
            page.counter(queue.taken, found.taken * share, queue=one.name)
            page.histogram(queue.processing_time, found.taken * share, found.time, 2.4, queue=one.name)


def _exporter(sheet: Sheet, page: Page) -> None:
    frame = sheet.frame
    seen, told = frame["monitoring"].queues_seen, frame["monitoring"].ages_told
    for one in cast.QUEUES:
        oldest = np.where(np.asarray(told) > 0, np.round(frame["queue", one.name].oldest, 1), np.nan)
        page.gauge(queue.oldest_age, oldest, queue=one.name)
    for (name, store), (_, capacity) in cast.STORES.items():
        page.gauge(storage.used_bytes, np.round(frame["store", store].used), service=name, store=store)
        page.gauge(storage.capacity_bytes, capacity, service=name, store=store)
    # What the collectors ask: two of them the database.
    for name, up in {
        "assets": frame["database"].up,
        "users": frame["database"].up,
        "objects": 1.0,
        "queues": seen,
    }.items():
        page.gauge(monitoring.collector_ok, up, collector=name)
        page.gauge(monitoring.collector_age, np.where(np.asarray(up) > 0, frame.times % 15, np.nan), collector=name)
    grown = 1 + 0.006 * (frame.times - frame.began) / DAY
    for media, held in HELD.items():
        for state, part in STATES.items():
            page.gauge(business.stored, np.round(held * part * grown), state=state, media_type=media)
        waits = frame["queue", "analysis"].depth * held / sum(HELD.values())
        page.gauge(business.stored, np.round(waits), state="processing", media_type=media)
        page.gauge(business.stored, np.round(held * 0.004), state="failed", media_type=media)
    for window, most in WINDOWS.items():
        part = 0.5 + 0.5 * frame["people"].activity if window == "24h" else frame["people"].activity
        page.gauge(business.users, np.round(most * part), window=window)
