"""What sources make of what they read, without a server."""

import os
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from dataflux_exporter.errors import Fails, TimedOut
from dataflux_exporter.run import Run, outcomes
from dataflux_exporter.sources import Missing, source_of
from dataflux_exporter.sources.path import Paths, used_below
from dataflux_exporter.sources.redis_list import oldest_age
from dataflux_exporter.sources.sql import _label, _metric, _number, _samples
from dataflux_exporter.units import age, moment, seconds, size


@pytest.mark.parametrize(
    ("text", "found"), [("500ms", 0.5), ("30s", 30), ("5m", 300), ("1h30m", 5400), ("1d", 86_400), ("1m1ms", 60.001)]
)
def test_durations(text, found):
    assert seconds(text) == found


@pytest.mark.parametrize(
    ("text", "found"), [(5, 5), ("5B", 5), ("2KiB", 2048), ("2kB", None), ("1.5 GB", 1_500_000_000), ("1TiB", 1 << 40)]
)
def test_sizes(text, found):
    if found is None:
        pytest.raises(ValueError, size, text)
    else:
        assert size(text) == found


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (1_700_000_000, "epoch_s"),
        ("1700000000.0", "epoch_s"),
        (1_700_000_000_000, "epoch_ms"),
        ("2023-11-14T22:13:20Z", "rfc3339"),
        ("2023-11-14T23:13:20+01:00", "rfc3339"),
    ],
)
def test_moments(value, form):
    assert moment(value, form) == 1_700_000_000


@pytest.mark.parametrize(
    ("value", "form"),
    [(None, "epoch_s"), (True, "epoch_s"), ("soon", "epoch_s"), ("nan", "epoch_ms"), (5, "rfc3339"), ("x", "rfc3339")],
)
def test_what_is_no_moment(value, form):
    with pytest.raises(ValueError):
        moment(value, form)


def test_ages():
    assert age(100, 160) == 60
    assert age(110, 100) == 0, "clocks differ a little"
    with pytest.raises(ValueError):
        age(200, 100)


WHERE = {"field": "at", "format": "epoch_s"}


def test_the_oldest_items_age():
    assert oldest_age(b'{"at": 40}', WHERE, 100) == 60
    assert oldest_age(None, WHERE, 100) == 0
    at = datetime.fromtimestamp(40, UTC).isoformat()
    assert oldest_age(f'{{"at": "{at}"}}'.encode(), {"field": "at", "format": "rfc3339"}, 100) == 60


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (b"hunter2 {", "is no JSON"),
        (b"\xff\xfe\xfd", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"[1]", "has no field 'at'"),
        (b'{"when": 1}', "has no field 'at'"),
        (b'{"at": "hunter2"}', "is no time in the past in the form epoch_s"),
        (b'{"at": 999999999999}', "is no time in the past"),
        (b'{"at": 1e999}', "is no time in the past"),
        (b'{"at": null}', "is no time in the past"),
    ],
)
def test_items_that_lie(item, said):
    with pytest.raises(Fails, match=said) as error:
        oldest_age(item, WHERE, 100)
    assert "hunter2" not in str(error.value)


METRIC = _metric({"name": "dataflux_x", "help": "x", "labels": ["state"], "value": "n"})


def rows(*given, columns=("state", "n")):
    return [(one.labels[0], one.value) for one in _samples(METRIC, list(columns), given)]


def test_rows_become_samples():
    assert rows(("new", 1), ("old", Decimal("2.5")), ("none", None)) == [("new", 1.0), ("old", 2.5)]


@pytest.mark.parametrize(
    ("row", "columns", "said"),
    [
        (("new", "three"), ("state", "n"), "value column 'n' holds text, not a number; cast it"),
        (("new", b"3"), ("state", "n"), "value column 'n' holds a bytes, not a number"),
        ((None, 3), ("state", "n"), "label column 'state' holds NULL; use COALESCE"),
        ((["a"], 3), ("state", "n"), "label column 'state' holds a list, not text"),
        (("new", 3), ("stat", "n"), "gives no column 'state', only stat, n; use AS"),
    ],
)
def test_rows_that_lie(row, columns, said):
    with pytest.raises(Fails, match=said):
        rows(row, columns=columns)


def test_labels_and_values_of_other_types():
    assert _label("x", True) == "true" and _label("x", 5) == "5"
    assert _label("x", datetime(2024, 1, 1, tzinfo=UTC)) == "2024-01-01T00:00:00+00:00"
    assert _number("x", True) == 1.0


def test_files_are_counted_once_and_links_not_followed(tmp_path):
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "a").write_bytes(b"x" * 100)
    (tmp_path / "deep" / "er" / "b").write_bytes(b"x" * 23)
    os.link(tmp_path / "a", tmp_path / "deep" / "twin")
    (tmp_path / "circle").symlink_to(tmp_path)
    links = (tmp_path / "circle").lstat().st_size
    assert used_below(str(tmp_path), Run(60, 10)) == 123 + links


def test_a_walk_ends_when_its_time_is_up(tmp_path, clock):
    (tmp_path / "a").touch()
    run = Run(5, 10, clock)
    clock.pass_(5)
    with pytest.raises(TimedOut, match="did not finish within 5 s"):
        used_below(str(tmp_path), run)


def test_a_path_that_is_not_there_costs_itself(tmp_path):
    (tmp_path / "here").mkdir()
    entries = [
        {"path": str(tmp_path / name), "service": "s", "store": name, "capacity": capacity}
        for name, capacity in (("gone", "none"), ("here", "none"))
    ]
    gone, here = outcomes(Paths({"paths": entries}), Run(60, 10))
    assert gone.problem == f"{tmp_path / 'gone'} cannot be read: No such file or directory"
    assert [(one.labels, one.value) for one in here.samples] == [(("s", "here"), 0)]


@pytest.mark.parametrize("used", ["files", "filesystem"])
def test_a_filesystem_says_what_it_can_hold(tmp_path, used):
    entry = {"path": str(tmp_path), "service": "s", "store": "t", "used": used}
    [outcome] = outcomes(Paths({"paths": [entry]}), Run(60, 10))
    held, capacity = outcome.samples
    assert 0 <= held.value < capacity.value
    assert (held.value == 0) == (used == "files")


def test_a_client_that_is_not_installed_costs_its_collector(monkeypatch):
    import builtins

    from dataflux_exporter.config.model import Collector

    real = builtins.__import__
    monkeypatch.delitem(__import__("sys").modules, "dataflux_exporter.sources.kafka", raising=False)

    def no_kafka(name, *more):
        if name.startswith("confluent_kafka"):
            raise ImportError("no", name="confluent_kafka")
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", no_kafka)
    source = source_of(Collector("queues", "kafka", 30, 10, 150, 10, {"brokers": ["b:1"], "groups": []}))
    assert isinstance(source, Missing)
    [outcome] = outcomes(source, Run(10, 10))
    assert "need the package 'confluent_kafka'; install requirements.txt" in outcome.problem


def test_a_run_knows_what_time_it_has(clock):
    run = Run(5, 10, clock)
    clock.pass_(2)
    assert run.left() == 3
    run.cut()
    with pytest.raises(TimedOut):
        run.left()
    assert time.monotonic() > 0
