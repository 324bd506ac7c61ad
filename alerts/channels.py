"""Where alerts go. Critical reaches all three channels, warning only Slack, and the Watchdog only the webhook."""

from kit.model.alert import HEARTBEAT
from kit.model.channel import Channel, Mute, Route, Routing
from kit.model.message import Message
from kit.settings import Settings

# Written once, for Slack, email and webhook, in Grafana's templates and Alertmanager's (kit/emit/messages.py).
MESSAGE = Message(
    pieces=("what", "since", "place", "panel", "logs", "runbook", "silence"),
    first=("service", "cluster", "environment"),
    untold=("alertname", "severity", "signal", "grafana_folder"),
    around="1h",
    most=10,
)
# What one cause fires in two evaluations (replicas that are scraped one after the other) is one message: so this is
# longer than the time between two, Grafana's 30 s and Prometheus's 15 s (law notification).
WAIT = "40s"


def routing(settings: Settings) -> Routing:
    """Channels, routes, mute timings and texts."""
    day, start, end = settings.maintenance
    return Routing(
        channels=(
            Channel(
                "dataflux-slack",
                "slack",
                {"recipient": settings.slack_channel, "url": settings.slack_url},
            ),
            Channel(
                "dataflux-email",
                "email",
                {"addresses": settings.email, "singleEmail": True},
            ),
            Channel(
                "dataflux-webhook",
                "webhook",
                {
                    "url": settings.webhook_url,
                    "httpMethod": "POST",
                    "authorization_scheme": "Bearer",
                    "authorization_credentials": settings.webhook_token,
                    "maxAlerts": 0,
                },
            ),
        ),
        default="dataflux-slack",
        routes=(
            Route("critical", ("dataflux-email", "dataflux-webhook", "dataflux-slack"), wait=WAIT, repeat="1h"),
            Route("warning", ("dataflux-slack",), wait=WAIT, repeat="4h", muted=("dataflux-maintenance",)),
            # The Watchdog: told every 5 to 6 minutes, never muted, so that whoever listens can tell that it stopped.
            Route(HEARTBEAT, ("dataflux-webhook",), wait="10s", repeat="5m", group_interval="1m"),
        ),
        group_by=("alertname", "cluster", "environment"),
        message=MESSAGE,
        mutes=(Mute("dataflux-maintenance", times=((start, end),), weekdays=(day,)),),
    )
