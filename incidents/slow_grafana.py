"""Slow Grafana: a dashboard with a short refresh hangs on many screens, and alert rules time out."""

from simulator.world import World

lasts = "20m"
shows = "grafana_latency grafana_rule_failures"
alerts = "GrafanaRulesFailing"


def play(world: World, age: float) -> None:
    """See incidents."""
    world.monitoring.grafana_slow, world.monitoring.rules_failing = 20, 0.1
