"""A configuration with mistakes: every one is found, at its line, in a sentence."""

import textwrap

import pytest
from dataflux_exporter.config.build import Refused, address, load

GOOD = """\
    listen: 127.0.0.1:9400
    collectors:
      disks:
        type: path
        interval: 1m
        paths:
          - {path: /srv, service: ingestion-service, store: uploads, capacity: 500GiB}
      assets:
        type: sql
        host: postgres
        database: dataflux
        user: exporter
        password: {env: DB_PASSWORD}
        queries:
          by_state:
            sql: SELECT state, media_type, count(*) AS assets FROM assets GROUP BY 1, 2
            metrics:
              - {name: dataflux_assets, help: Assets, labels: [state, media_type], value: assets}
      lists:
        type: redis_list
        host: redis
        queues:
          - {key: "q:mail", queue: mail, time: {field: at}}
"""


@pytest.fixture
def refused(configuration):
    """`refused(old, new)`: what is said of the good configuration after that edit, without the file's name."""

    def refuse(old, new, text=GOOD):
        text = textwrap.dedent(text)
        assert old in text
        path = configuration(text.replace(old, new, 1))
        with pytest.raises(Refused) as error:
            load(path)
        return [line.removeprefix(f"{path}:") for line in str(error.value).splitlines()]

    return refuse


def test_a_good_one_has_its_times_and_defaults(configuration):
    config = load(configuration(textwrap.dedent(GOOD)))
    assert config.listen == ("127.0.0.1", 9400)
    disks, assets, _ = config.collectors
    assert (disks.interval, disks.timeout, disks.stale_after) == (60, 10, 300)
    assert (assets.interval, assets.stale_after, assets.max_series) == (30, 150, 10_000)
    assert "type" not in assets.options and assets.options["host"] == "postgres"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("listen: 127", "lisen: 127", "1: lisen: unknown key; did you mean 'listen'?"),
        ("127.0.0.1:9400", "9400", "1: listen: an address like 0.0.0.0:9400 or [::]:9400 is needed"),
        ("127.0.0.1:9400", "127.0.0.1:94000", "1: listen: a port is at most 65535"),
        ("type: path", "type: pth", "4: collectors.disks.type: 'pth' is unknown; did you mean 'path'?"),
        ("    type: path\n", "", "3: collectors.disks: the key 'type' is missing"),
        ("interval: 1m", "intervl: 1m", "5: collectors.disks.intervl: unknown key; did you mean 'interval'?"),
        ("interval: 1m", "interval: 60", "5: collectors.disks.interval: a duration like 500ms, 30s, 5m or 1h30m"),
        ("interval: 1m", "interval: 500ms", "5: collectors.disks.interval: it must be at least 1s"),
        ("interval: 1m", "stale_after: 39s", "5: collectors.disks.stale_after: it is shorter than interval and"),
        ("interval: 1m", "max_series: 0", "5: collectors.disks.max_series: a whole number from 1 to 1000000"),
        ("path: /srv", "path: srv", "7: collectors.disks.paths[0].path: an absolute path is needed"),
        ("500GiB", "lots", "7: collectors.disks.paths[0].capacity: filesystem, none, or a size like 500GiB"),
        ("password: {env: DB_PASSWORD}", "password: {evn: X}", "13: collectors.assets.password: a secret does not"),
        ("host: postgres", "host: postgresql://u:pw@db", "10: collectors.assets.host: a host name, an address"),
        ("    database: dataflux\n", "", "8: collectors.assets: the key 'database' is missing"),
        ("dataflux_assets,", "assets,", "18: collectors.assets.queries.by_state.metrics[0].name: a name like"),
        ("dataflux_assets,", "dataflux_exporter_x,", "18: collectors.assets.queries.by_state.metrics[0].name: a name"),
        ("dataflux_assets,", "dataflux_x_total,", "counters, and only they, end in _total; change name or type"),
        ("[state, media_type]", "[state]", "dataflux_assets is a gauge with the labels state, media_type: dashboards"),
        ("value: assets", "value: state", "the value's column cannot be a label as well"),
        ("dataflux_assets, help: Assets, labels: [state, media_type]", "dataflux_x, help: x, labels: [job]", "'job'"),
        ("    host: redis\n", "    host: redis\n    host: other\n", "22: collectors.lists.host: it stands here"),
        ("time: {field: at}", "time: {field: at, format: iso}", "23: collectors.lists.queues[0].time.format: "),
        ("  lists:", "  Lists:", "19: collectors.Lists: a name of small letters, digits, '_' and '-' is needed"),
        ("  lists:", "  disks:", "19: collectors.disks: it stands here again (first in line 3); remove one"),
        ("  lists:", "  7:", "19: collectors: a key that is no text; put it into quotes"),
        ("key: \"q:mail\"", "key: [", "no YAML: "),
        ("key: \"q:mail\"", "key: 2024-99-99", "a value that cannot be read; put it into quotes"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(refused, old, new, said):
    lines = refused(old, new)
    assert any(said in line for line in lines), lines
    assert all(line.split(":")[0].isdigit() for line in lines)


def test_all_mistakes_are_told_at_once(refused):
    text = GOOD.replace("type: path", "type: path\n        timout: 3s").replace("500GiB", "lots")
    lines = refused("[state, media_type]", "[state]", text)
    assert [line.split(":")[0] for line in lines] == ["5", "8", "19"]


def test_what_two_collectors_both_give_is_told(refused):
    twin = """\
      more:
        type: redis_stream
        host: redis
        queues: [{key: x, queue: mail}]
"""
    [line] = refused("listen", "listen", GOOD + twin)
    assert line.split(": ", 1)[1] == (
        "collectors.more.queues[0]: queue 'mail' is given by collectors.lists.queues[0] already; name one otherwise"
    )


def test_one_metric_has_one_shape(refused):
    more = """\
      more:
        type: sql
        host: postgres
        database: dataflux
        user: exporter
        queries:
          one:
            sql: SELECT 1 AS a
            metrics:
              - {name: dataflux_x, help: x, value: a}
              - {name: dataflux_x_total, type: counter, help: x, value: a}
              - {name: dataflux_x, help: x, value: b}
"""
    lines = refused("listen", "listen", GOOD + more)
    assert "metrics[1]: collectors.more.queries.one.metrics.0 gives this metric another type" in lines[0]
    assert "metrics[2].name: this query gives it already" in lines[1]


def test_aliases_are_followed_but_not_without_end(configuration):
    shared = """\
        collectors:
          one: &base
            type: redis_list
            host: redis
            queues: [{key: a, queue: a}]
          two:
            <<: *base
            queues: [{key: b, queue: b}]
        """
    one, two = load(configuration(textwrap.dedent(shared))).collectors
    assert two.options["host"] == one.options["host"] and two.options["queues"] == [{"key": "b", "queue": "b"}]
    bomb = "a0: &a0 [1,1]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    for text in (bomb, "collectors: &a\n  x: *a\n"):
        with pytest.raises(Refused, match="too much; simplify"):
            load(configuration(text))


@pytest.mark.parametrize("text", ["", "[]", "collectors:", "collectors: {}", "just text", "collectors: [1]", "\x00"])
def test_what_is_no_configuration_at_all_is_a_sentence(configuration, text):
    with pytest.raises(Refused, match=r"config\.yml:1: "):
        load(configuration(text))


def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path):
    with pytest.raises(Refused, match=r"it cannot be read \(No such file or directory\); name the configuration with"):
        load(tmp_path / "none.yml")
    with pytest.raises(Refused, match="Is a directory"):
        load(tmp_path)
    (tmp_path / "latin.yml").write_bytes(b"a: \xe4\n")
    with pytest.raises(Refused, match="no UTF-8 text"):
        load(tmp_path / "latin.yml")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("0.0.0.0:9400", ("0.0.0.0", 9400)),
        ("[::1]:1", ("::1", 1)),
        (":0", ("", 0)),
        ("9400", None),
        ("host:", None),
        ("::1:9400", None),
        ("host:99999", None),
        ("host:²", None),
    ],
)
def test_addresses(text, found):
    assert address(text) == found
