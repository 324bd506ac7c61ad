"""What is played is the catalogue: every metric with its labels, type and buckets, and nothing else."""

import importlib
import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from prometheus_client.parser import text_string_to_metric_families

from kit.model.metric import Counter, Histogram, Metric
from simulator.sheet import READ_BY_RELABELLING, RELABELLED_JOBS, exposition

ROOT = Path(__file__).resolve().parents[2]
MODULES = [importlib.import_module(f"signals.{path.stem}") for path in sorted((ROOT / "signals").glob("[!_]*.py"))]
CATALOGUE = {m.name: m for module in MODULES for m in vars(module).values() if isinstance(m, Metric)}
# Who says these: Prometheus itself, of each scrape and of its rules.
BY_PROMETHEUS = {"up", "scrape_duration_seconds", "scrape_samples_scraped", "ALERTS"}
JOBS_OF_ONE = {"minio-bucket": "minio"}


@pytest.fixture(scope="module")
def exported(morning):
    """Metric → [(job, name of the series, its labels, its values)]."""
    found = defaultdict(list)
    for target, series in morning.series.items():
        for one in series:
            found[one.metric.name].append((target.job, one.name, dict(one.labels), one.values))
    return found


def test_every_metric_of_the_catalogue_is_played_and_no_other(exported):
    assert set(exported) == set(CATALOGUE) - BY_PROMETHEUS


@pytest.mark.parametrize("name", sorted(set(CATALOGUE) - BY_PROMETHEUS))
def test_a_metric_is_played_by_its_job_with_its_labels(name, exported):
    metric = CATALOGUE[name]
    for job, series, labels, _ in exported[name]:
        assert JOBS_OF_ONE.get(job, job) == metric.job
        assert series in metric.series
        own = set(labels) - READ_BY_RELABELLING - set(metric.own)
        assert own == set(metric.labels) - ({"service"} if job in RELABELLED_JOBS else set()) - READ_BY_RELABELLING


@pytest.mark.parametrize("name", [n for n, m in CATALOGUE.items() if isinstance(m, Histogram) and m.buckets])
def test_a_histogram_has_the_buckets_that_it_declares(name, exported):
    bounds = {float(labels["le"]) for _, series, labels, _ in exported[name] if series.endswith("_bucket")}
    assert bounds == {*map(float, CATALOGUE[name].buckets), math.inf}


def test_go_and_python_write_their_buckets_each_in_their_way(exported):
    written = defaultdict(set)
    for _, series, labels, _ in exported["dataflux_request_duration_seconds"]:
        if series.endswith("_bucket"):
            written[labels["service"]].add(labels["le"])
    assert "1.0" in written["ingestion-service"] and "1" not in written["ingestion-service"]
    assert "1" in written["query-service"] and "1.0" not in written["query-service"]


def test_counters_never_fall_and_nothing_is_negative_or_infinite(exported):
    for name, many in exported.items():
        for _, _, labels, values in many:
            there = values[~np.isnan(values)]
            assert np.isfinite(there).all() and (there >= 0).all(), f"{name}{labels}"
            if isinstance(CATALOGUE[name], Counter):
                assert (np.diff(there) >= 0).all(), f"{name}{labels}"


def test_buckets_are_cumulative(exported):
    for name, many in exported.items():
        if isinstance(CATALOGUE[name], Histogram):
            rows = defaultdict(list)
            for _, series, labels, values in many:
                if series.endswith("_bucket"):
                    key = tuple(sorted(item for item in labels.items() if item[0] != "le"))
                    rows[key].append((float(labels["le"]), values[-1]))
            for pairs in rows.values():
                counts = [count for _, count in sorted(pairs)]
                assert counts == sorted(counts)


def test_every_page_can_be_read_and_says_types_and_help(morning):
    for series in morning.series.values():
        page = exposition(series)
        families = list(text_string_to_metric_families(page))
        assert families and all(family.documentation for family in families)
        for one in {s.metric.name: s.metric for s in series}.values():
            assert f"# TYPE {one.name} {one.type if one.typed else 'untyped'}\n" in page


def test_no_series_is_exported_twice(morning):
    for series in morning.series.values():
        keys = [(one.name, one.labels) for one in series if not np.isnan(one.values[-1])]
        assert len(keys) == len(set(keys))
