"""alertmanager/: the same channels, routes and texts for Alertmanager, and what silences what.

https://prometheus.io/docs/alerting/latest/configuration/. Secrets are files, so that none stands in the
configuration; amtool 0.25 refuses `url_file`, so the webhook's token is one and its address is not.
"""

from collections.abc import Mapping
from typing import Any

from kit.emit import messages
from kit.emit.alert_text import all_labels
from kit.emit.grafana_channels import interval, tree
from kit.emit.model import Product
from kit.emit.text import yaml_text
from kit.model.channel import Channel, Routing
from kit.settings import Settings


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    if product.routing is None:
        return {}
    return {
        "alertmanager/alertmanager.yml": yaml_text(config(product.routing, product), "alerts/channels.py"),
        "alertmanager/templates/dataflux.tmpl": messages.templates(product, messages.ALERTMANAGER),
    }


def config(routing: Routing, product: Product) -> dict[str, Any]:
    """The whole configuration."""
    settings = product.settings
    return {
        "global": {
            "resolve_timeout": "5m",
            "slack_api_url_file": f"{settings.secrets_dir}/slack_url",
            "smtp_from": settings.email_from,
            "smtp_smarthost": settings.smtp,
            "smtp_require_tls": False,
        },
        "templates": ["templates/*.tmpl"],
        "route": tree(routing, lambda severity: {"matchers": [f'severity = "{severity}"']}),
        "time_intervals": [{"name": mute.name, "time_intervals": [interval(mute)]} for mute in routing.mutes],
        "inhibit_rules": [inhibition(product)],
        "receivers": [_receiver(channel, settings) for channel in routing.channels],
    }


def inhibition(product: Product) -> dict[str, Any]:
    """Critical silences the warning of the same signal for the same thing; labels absent on both sides are equal.

    So a signal is asked for: alerts of others, which have none of our labels, would all be the same thing.
    """
    ours = 'signal =~ ".+"'
    return {
        "source_matchers": ['severity = "critical"', ours],
        "target_matchers": ['severity = "warning"', ours],
        "equal": ["signal", *all_labels(product)],
    }


def _receiver(channel: Channel, settings: Settings) -> dict[str, Any]:
    return {"name": channel.name, f"{channel.kind}_configs": [_KINDS[channel.kind](channel, settings)]}


def _slack(channel: Channel, settings: Settings) -> dict[str, Any]:
    title = messages.call(messages.SLACK_TITLE)
    told = {"title": title, "fallback": title, "text": messages.call(messages.SLACK_TEXT)}
    return {"channel": channel.settings["recipient"], "send_resolved": True, **told}


def _email(channel: Channel, settings: Settings) -> dict[str, Any]:
    return {
        "to": channel.settings["addresses"],
        "send_resolved": True,
        "headers": {"Subject": messages.call(messages.TITLE)},
        "text": messages.call(messages.TEXT),
        "html": messages.call(messages.HTML_TEXT),
    }


def _webhook(channel: Channel, settings: Settings) -> dict[str, Any]:
    token = {"type": "Bearer", "credentials_file": f"{settings.secrets_dir}/webhook_token"}
    return {
        "url": settings.alertmanager_webhook_url,
        "send_resolved": True,
        "max_alerts": channel.settings["maxAlerts"],
        "http_config": {"authorization": token},
    }


_KINDS = {"slack": _slack, "email": _email, "webhook": _webhook}
