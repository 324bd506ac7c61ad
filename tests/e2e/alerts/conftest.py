"""What is compiled, twenty times as fast, on real programs, with DataFlux played to them; who is told is ourselves.

A real Prometheus and a real Alertmanager; where GRAFANA_URL names a Grafana to try it on (login as for `make e2e`),
that Grafana evaluates and notifies. It needs no more than ten seconds for what holds three: its tick stays.
Beside it another pair is told what is wrong with such a pair (watchers.py).
"""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import pytest
from attrs import frozen

from kit.publish.here import target_environment
from tests.e2e.alerts import dataflux, installing, scenes, watchers
from tests.e2e.alerts.evaluators import SMTP, Alertmanager, OfGrafana
from tests.e2e.alerts.listening import Gate
from tests.e2e.alerts.place import Place
from tests.e2e.alerts.playing import Script
from tests.e2e.grafana.server import Grafana


class Teller:
    """A tale while it is told, by a thread of its own; why it was not told to its end is said once."""

    def __init__(self, future):
        self._future, self._said = future, False

    def heard(self):
        """The tale, told to its end."""
        if self._said:
            pytest.fail("it was not told to its end: the first error of these says why", pytrace=False)
        self._said = True
        told = self._future.result()
        self._said = False
        return told


@frozen
class Tellers:
    """Of both tales; None for the watchers' where a Grafana notifies."""

    tale: Teller
    watched: Teller | None


def _of_dataflux(place, notifier, tellers):
    """The tale of DataFlux, while it is told."""
    script = Script(place.work / "monitoring" / "prometheus" / "targets")
    script.begin(*scenes.EARLY)
    compiled, watch = place.watch(place.settings(notifier), script)
    (place.work / "rules" / "scenes.yml").write_text(scenes.RULES)
    begin = partial(notifier.begin, place.work, compiled, place.slack, place.webhook)
    place.stack.callback(notifier.end)
    if notifier.evaluator == "prometheus":
        # What always fires finds its Alertmanager there.
        begin()
    told = place.tale(scenes.ALL, compiled, notifier, script.begun)
    publish = begin if notifier.evaluator == "grafana" else lambda: None
    on = watch()
    return Teller(tellers.submit(lambda: dataflux.tell(told, on, script, publish) or told))


def _of_watchers(place, notifier, tellers):
    """The tale of the watchers, while it is told."""
    gate = place.stack.enter_context(Gate(notifier.url))
    settings = installing.only_monitoring(place.settings(notifier), notifier.address, gate.address)
    compiled, watch = place.watch(settings, Script(), real=(notifier.address,))
    place.stack.callback(notifier.end)
    notifier.begin(place.work, compiled, place.slack, place.webhook)
    configuration = installing.Configuration(place.work, watchers.LEAVES)
    told = place.tale(watchers.ALL, compiled, notifier, {})
    on = watch()
    return Teller(tellers.submit(lambda: watchers.tell(told, on, gate, configuration) or told))


@pytest.fixture(scope="session")
def telling(tool, tmp_path_factory):
    """Both tales, side by side, each told once; the tests then look at what was told."""
    tool("prometheus")
    folder = tmp_path_factory.mktemp("alerts")
    grafana = bool(os.environ.get("GRAFANA_URL"))
    with ExitStack() as stack:
        tellers = ThreadPoolExecutor(2)
        notifier = OfGrafana(Grafana(*target_environment.read(dict(os.environ))), dict(os.environ)) if grafana else None
        alertmanager = None if grafana else tool("prometheus-alertmanager")
        place = Place(folder / "dataflux", stack, os.environ.get(SMTP))
        tale = _of_dataflux(place, notifier or Alertmanager(alertmanager), tellers)
        watched = None
        if not grafana:
            watched = _of_watchers(Place(folder / "watchers", stack), Alertmanager(alertmanager), tellers)
        # Whatever is told is told to its end before the programs are ended.
        stack.callback(tellers.shutdown)
        yield Tellers(tale, watched)


@pytest.fixture
def tale(telling):
    """The tale of DataFlux."""
    return telling.tale.heard()


@pytest.fixture
def watched(telling):
    """The tale of the watchers."""
    if telling.watched is None:
        pytest.skip("a Grafana watches neither Prometheus nor Alertmanager; the metrics of both are played to it")
    return telling.watched.heard()


@pytest.fixture(params=["tale", "watched"])
def any_tale(request):
    """Either tale."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=(*scenes.ALL, *watchers.ALL), ids=lambda told: told.alert)
def each(request):
    """Each alert that is to be told, with the tale that tells it."""
    return request.getfixturevalue("tale" if request.param in scenes.ALL else "watched"), request.param
