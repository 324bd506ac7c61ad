"""The client of the tests: no login, and a clock that does not wait."""

import pytest

from kit.publish.client import Grafana, Login
from tests.publish.sockets import FakeClock

NOBODY = Login()


def grafana(url, login=NOBODY, **more):
    return Grafana(url, login, **{"clock": FakeClock(), **more})


def fails(kind, url, method="GET", **more):
    """The exception, which is of exactly that kind, or of a kind of its own below it."""
    with pytest.raises(kind) as caught:
        client = grafana(url, **more)
        client.get("/api/org") if method == "GET" else client.send(method, "/api/org", {})
    assert "\n" not in str(caught.value)
    return caught.value
