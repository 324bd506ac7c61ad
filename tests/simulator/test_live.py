"""What is played answers on loopback: targets their scrapes, the control page people."""

import http.client
import json
import urllib.parse
from contextlib import ExitStack

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kit.live.programs import LOOPBACK, free_port
from simulator import control, live
from simulator.incident import incidents
from simulator.live import Live
from simulator.logs import Scribe
from simulator.scrape import Scraped
from simulator.sheet import Target
from simulator.web import Taken
from simulator.world import World
from tests.simulator.mornings import MORNING

INGESTION = Target("dataflux-services", "ingestion-service:8011")
CLUSTER, BUCKET = Target("minio", "minio:9000"), Target("minio-bucket", "minio:9000")


def scraped(target, path="/metrics"):
    return Scraped(target, {}, {"__address__": "", "__metrics_path__": path})


@pytest.fixture
def present():
    now = Live(World(1, MORNING + 55), {}, Scribe(1))
    now.catch_up(MORNING + 60)
    return now


@pytest.fixture
def serving():
    with ExitStack() as stack:

        def start(function, present, *given):
            address = f"{LOOPBACK}:{free_port()}"
            stack.enter_context(function(present, address, *given))
            return address

        yield start


def ask(address, path, method="GET", body=None, headers=()):
    connection = http.client.HTTPConnection(address, timeout=20)
    connection.request(method, path, body, dict(headers))
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_a_target_answers_with_what_is_now(present, serving):
    address = serving(live.serving, present, [scraped(INGESTION)])
    status, page = ask(address, "/metrics")
    assert status == 200 and list(text_string_to_metric_families(page))
    before = page
    present.catch_up(MORNING + 120)
    assert ask(address, "/metrics")[1] != before
    assert ask(address, "/nothing")[0] == 404


def test_two_jobs_may_ask_one_address(present, serving):
    address = serving(live.serving, present, [scraped(CLUSTER, "/cluster"), scraped(BUCKET, "/bucket")])
    assert "minio_cluster_nodes_offline_total" in ask(address, "/cluster")[1]
    assert "minio_bucket_usage_total_bytes" in ask(address, "/bucket")[1]


def test_what_is_played_as_down_does_not_answer(present, serving):
    address = serving(live.serving, present, [scraped(INGESTION)])
    present.world.begin(incidents()["replica_lost"])
    present.catch_up(MORNING + 120)
    assert ask(address, "/metrics") == (503, "ingestion-service:8011 is played as down\n")


def test_a_port_that_is_taken_is_told_with_what_follows(present, serving):
    address = serving(live.serving, present, [scraped(INGESTION)])
    with (
        pytest.raises(Taken, match=r"port \d+ of 127.0.0.1 cannot be used .*, so minio:9000 is not played"),
        live.serving(present, address, [scraped(CLUSTER)]),
    ):
        pass


def test_steps_are_five_seconds_apart_whenever_one_looks(present):
    present.catch_up(MORNING + 63.9)
    assert present.world.now == MORNING + 60
    present.catch_up(MORNING + 65.1)
    assert present.world.now == MORNING + 65


def test_what_is_caught_up_with_at_once_is_what_was_lived_through():
    at_once, lived = (Live(World(1, MORNING), {}, Scribe(1)) for _ in range(2))
    for one in (at_once, lived):
        one.world.begin(incidents()["replica_lost"], MORNING + 60)
    lines = at_once.catch_up(MORNING + 120)
    assert lines == [line for tick in range(5, 125, 5) for line in lived.catch_up(MORNING + tick)]
    assert lines and at_once.world.now == lived.world.now
    assert at_once.pages == lived.pages


@pytest.fixture
def page(present, serving):
    return serving(control.serving, present, {"Prometheus": "http://127.0.0.1:9090"})


def form(name):
    return urllib.parse.urlencode({"name": name})


def test_the_page_lists_every_incident_and_where_to_look(page):
    status, text = ask(page, "/")
    assert status == 200 and "http://127.0.0.1:9090" in text
    assert all(f'value="{name}"' in text for name in incidents())


def test_an_incident_is_played_and_ended(page, present):
    assert ask(page, "/play", "POST", form("bad_deploy"))[0] == 303
    present.catch_up(MORNING + 120)
    assert json.loads(ask(page, "/state")[1])["playing"] == {"bad_deploy": 60}
    assert ask(page, "/end", "POST", form("bad_deploy"))[0] == 303
    present.catch_up(MORNING + 180)
    assert json.loads(ask(page, "/state")[1])["playing"] == {}


def test_playing_it_again_begins_it_again(page, present):
    for _ in range(2):
        ask(page, "/play", "POST", form("bad_deploy"))
    present.catch_up(MORNING + 120)
    assert len(present.world.playing()) == 1


def test_an_incident_that_there_is_not(page):
    status, text = ask(page, "/play", "POST", form("bad_deplo"))
    assert status == 404 and "did you mean 'bad_deploy'" in text


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_another_site_plays_nothing(headers, page, present):
    assert ask(page, "/play", "POST", form("bad_deploy"), headers)[0] == 403
    present.catch_up(MORNING + 120)
    assert present.world.playing() == ()
