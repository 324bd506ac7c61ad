"""A double of Grafana: a real HTTP server on the loopback that answers as recorded (tests/recorded/grafana-api)."""

from tests.double.double import Double

__all__ = ["Double"]
