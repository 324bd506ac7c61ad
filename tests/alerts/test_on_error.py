"""What Prometheus does with an alert whose query fails: the real one is asked, for no documentation says.

Its rules have no setting for it. The failed evaluation changes nothing (rules/alerting.go, `Eval`, returns before it
looks at the alert's instances): they stay pending or firing, since when they were. Nothing is written either
(rules/group.go, `Eval`, leaves out samples and stale markers, and sends nothing), so that ALERTS ends after five
minutes, and Alertmanager, which is told each time until when an alert holds, takes it for over within four.
"""

import json
import time
import urllib.parse
import urllib.request
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
import yaml
from attrs import field, frozen

from kit.live.programs import LOOPBACK, answers, free_port, running
from tests.alerts.machine import ERROR, Settings, played

HOLD, RESEND = 8, 1  # seconds
# Two series on a side that must have one, while `broken` is exported.
FAILING = 'bad * on () (label_replace(vector(1), "which", "one", "", "") or broken)'


class Beside:
    """What Prometheus scrapes and whom it tells, in one: exports what it is asked to, and keeps what it is told."""

    def __init__(self):
        self.exported, self.told = (), []

    def __enter__(self):
        beside = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer("".join(f"{name} 1\n" for name in beside.exported).encode())

            def do_POST(self):
                alerts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                beside.told += [(time.time(), alert) for alert in alerts]
                self._answer(b"{}")

            def _answer(self, text):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def address(self):
        return f"{LOOPBACK}:{self.server.server_port}"


@frozen
class Seen:
    """An alert at one moment: its rule's health, its state, and since when."""

    health: str
    state: str
    since: str


@frozen
class Course:
    """What was seen before, at the end of and after the failure; what was told meanwhile, and at all."""

    before: dict
    failing: dict
    after: dict
    written: list
    told_meanwhile: int
    told: list = field(repr=False)


@pytest.fixture(scope="module")
def course(tool, tmp_path_factory):
    """One alert that fires and one that is pending while their query begins to fail, beyond the hold, and recovers."""
    folder = tmp_path_factory.mktemp("error")
    with Beside() as beside:
        url = f"http://{LOOPBACK}:{free_port()}"
        argv = [tool("prometheus"), f"--config.file={configured(folder, beside.address)}"]
        argv += [f"--storage.tsdb.path={folder / 'data'}", f"--web.listen-address={url.removeprefix('http://')}"]
        argv += [f"--rules.alert.resend-delay={RESEND}s"]
        with running(argv, log=folder / "log", until=lambda: answers(f"{url}/-/ready")):
            beside.exported = ("bad",)
            before = wait(lambda: (now := seen(url)) and set(now) == {"Fires", "Holds"} and beside.told and now)
            beside.exported = ("bad", "broken")
            wait(lambda: all(one.health == "err" for one in seen(url).values()))
            quiet_from = len(beside.told)
            time.sleep(max(0, at(before["Holds"].since) + HOLD + 2 - time.time()))
            failing, written, meanwhile = seen(url), query(url, "ALERTS"), len(beside.told) - quiet_from
            beside.exported = ("bad",)
            after = wait(lambda: (now := seen(url)) and all(one.health == "ok" for one in now.values()) and now)
            wait(lambda: len(beside.told) > quiet_from + meanwhile)
            yield Course(before, failing, after, written, meanwhile, list(beside.told))


def configured(folder, beside):
    rules = [{"alert": "Fires", "expr": FAILING}, {"alert": "Holds", "expr": FAILING, "for": f"{HOLD}s"}]
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": [{"name": "g", "rules": rules}]}))
    config = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "scrape_configs": [{"job_name": "beside", "static_configs": [{"targets": [beside]}]}],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [beside]}]}]},
    }
    (folder / "prometheus.yml").write_text(yaml.safe_dump(config))
    return folder / "prometheus.yml"


def wait(true, patience=60):
    end = time.monotonic() + patience
    while not (found := true()):
        assert time.monotonic() < end, "Prometheus did not get there"
        time.sleep(0.1)
    return found


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)["data"]


def query(url, text):
    found = get(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': text})}")["result"]
    return sorted((one["metric"]["alertname"], one["metric"]["alertstate"]) for one in found)


def seen(url):
    """Alert's name → how it is seen now, where it is active."""
    rules = [rule for group in get(f"{url}/api/v1/rules")["groups"] for rule in group["rules"]]
    return {
        rule["name"]: Seen(rule["health"], one["state"], one["activeAt"]) for rule in rules for one in rule["alerts"]
    }


def at(text):
    """Seconds since the epoch; Prometheus writes nanoseconds."""
    return datetime.fromisoformat(text[:26].rstrip("Z")).replace(tzinfo=UTC).timestamp()


def test_its_instances_stay_as_they_are(course):
    assert {name: one.state for name, one in course.failing.items()} == {"Fires": "firing", "Holds": "pending"}
    assert {one.health for one in course.failing.values()} == {"err"}
    for name, one in course.before.items():
        assert course.failing[name].since == course.after[name].since == one.since


def test_a_hold_counts_on_and_fires_with_the_first_evaluation_that_works(course):
    assert course.after["Holds"].state == "firing"


def test_no_stale_marker_is_written(course):
    assert course.written == [("Fires", "firing"), ("Holds", "pending")]


def test_alertmanager_is_not_told_meanwhile_and_was_told_until_when_it_holds(course):
    assert course.told_meanwhile == 0
    for when, alert in course.told:
        assert 0 < at(alert["endsAt"]) - when <= 4 * RESEND


def test_grafana_that_keeps_the_last_state_differs_in_one_thing_it_fires_when_the_hold_is_over():
    """Prometheus waits for an evaluation that works."""
    yes = {"": True}
    assert all(played(Settings(0, on_error="KeepLast"), {0: yes, 30: ERROR, 60: ERROR, 90: yes}).values())
    fires = played(Settings(60, on_error="KeepLast"), {0: yes, 30: ERROR, 60: ERROR, 90: yes})
    assert [bool(firing) for firing in fires.values()] == [False, False, True, True]
