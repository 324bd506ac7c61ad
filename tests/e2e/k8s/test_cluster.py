"""Production's Alertmanagers, given their own command on loopback: they find each other and share what they know."""

import json
import time
import urllib.request
from contextlib import ExitStack

import pytest

from kit.live.programs import LOOPBACK, answers, free_port, running
from tests.e2e.k8s.conftest import command, named, written

PEERS = 9094
FOLDER = "/etc/dataflux/alertmanager"


@pytest.fixture(scope="module")
def workload(build):
    return named(build("overlays/production"), "StatefulSet", "alertmanager")["spec"]


def words(objects, workload, at, ports, places):
    """The command of one pod, with addresses and folders that there are here."""
    [container] = workload["template"]["spec"]["containers"]
    for word in command(objects, container):
        text = word.replace(f"=[$(POD_IP)]:{PEERS}", f"=[{LOOPBACK}]:{ports[at]}")
        for other, port in enumerate(ports):
            text = text.replace(f"=alertmanager-{other}.{workload['serviceName']}:{PEERS}", f"={LOOPBACK}:{port}")
        for path, place in places.items():
            text = text.replace(f"={path}", f"={place}")
        yield text


@pytest.fixture(scope="module")
def cluster(build, workload, tool, tmp_path_factory):
    """The addresses of all of them, running."""
    work, ports = tmp_path_factory.mktemp("cluster"), [free_port() for _ in range(workload["replicas"])]
    objects = build("overlays/production")
    files = written(objects, workload["template"]["spec"], "config", work / "config")
    with ExitStack() as stack:
        addresses = []
        for at in range(len(ports)):
            said = list(words(objects, workload, at, ports, {FOLDER: files, "/alertmanager": work / f"data{at}"}))
            assert "$(" not in str(said) and "peers" not in str(said)
            address = f"{LOOPBACK}:{free_port()}"
            argv = [tool("prometheus-alertmanager"), *said, f"--web.listen-address={address}"]
            # A pod is there for its peers before it is ready: it waits for them itself.
            ready = f"http://{address}/-/healthy"
            stack.enter_context(running(argv, log=work / f"log{at}", until=lambda url=ready: answers(url)))
            addresses.append(address)
        yield addresses


def asked(address, what):
    with urllib.request.urlopen(f"http://{address}/api/v2/{what}", timeout=5) as answer:
        return json.load(answer)


def until(true, timeout=90):
    end = time.monotonic() + timeout
    while not true() and time.monotonic() < end:
        time.sleep(0.5)
    return true()


def test_all_of_them_know_each_other(cluster):
    def settled():
        found = [asked(address, "status")["cluster"] for address in cluster]
        return all(one["status"] == "ready" and len(one["peers"]) == len(cluster) for one in found)

    assert len(cluster) == 3 and until(settled)


def test_a_silence_that_one_is_told_is_known_to_all(cluster):
    silence = {
        "matchers": [{"name": "alertname", "value": "X", "isRegex": False, "isEqual": True}],
        "startsAt": "2024-01-01T00:00:00Z",
        "endsAt": "2099-01-01T00:00:00Z",
        "createdBy": "somebody",
        "comment": "while we look",
    }
    told = urllib.request.Request(
        f"http://{cluster[0]}/api/v2/silences", json.dumps(silence).encode(), {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(told, timeout=5).close()
    assert until(lambda: all(len(asked(address, "silences")) == 1 for address in cluster))
