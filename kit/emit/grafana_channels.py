"""alerts/*.yml (a contact point each) and grafana/provisioning/alerting/: policies, mute timings, templates.

https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
"""

from collections.abc import Callable, Mapping
from typing import Any

from kit.emit import messages
from kit.emit.model import Product
from kit.emit.text import yaml_text
from kit.model.channel import Channel, Mute, Routing

MADE_FROM = "alerts/channels.py"
FOLDER = "grafana/provisioning/alerting"


def files(product: Product) -> Mapping[str, str]:
    """Path under monitoring/ → text."""
    routing = product.routing
    if routing is None:
        return {}
    template = {"orgId": 1, "name": "dataflux", "template": messages.templates(product, messages.GRAFANA)}
    return {
        **{f"alerts/{c.kind}.yml": _text("contactPoints", _contact_point(c)) for c in routing.channels},
        f"{FOLDER}/policies.yml": _text("policies", policies(routing)),
        f"{FOLDER}/mute-timings.yml": _text("muteTimes", *map(_mute, routing.mutes)),
        f"{FOLDER}/templates.yml": _text("templates", template),
    }


def _text(key: str, *entries: Mapping[str, Any]) -> str:
    return yaml_text({"apiVersion": 1, key: [dict(entry) for entry in entries]}, MADE_FROM)


def _contact_point(channel: Channel) -> dict[str, Any]:
    receiver = {
        "uid": f"df-{channel.kind}",
        "type": channel.kind,
        "disableResolveMessage": False,
        "settings": {**channel.settings, **_said(channel)},
    }
    return {"orgId": 1, "name": channel.name, "receivers": [receiver]}


def _said(channel: Channel) -> dict[str, str]:
    """The settings that hold the message. Grafana mails its own HTML, with the text in it."""
    title, text = messages.call(messages.TITLE), messages.call(messages.TEXT)
    match channel.kind:
        case "slack":
            return {"title": messages.call(messages.SLACK_TITLE), "text": messages.call(messages.SLACK_TEXT)}
        case "email":
            return {"subject": title, "message": text}
        case "webhook":
            return {"title": title, "message": text}


def policies(routing: Routing) -> dict[str, Any]:
    """The whole policy tree in Grafana's form."""
    return {"orgId": 1, **tree(routing, lambda severity: {"object_matchers": [["severity", "=", severity]]})}


def tree(routing: Routing, matchers: Callable[[str], Mapping[str, Any]]) -> dict[str, Any]:
    """The policy tree: a route for each severity and channel; all but the last one go on.

    `matchers` writes the choice of a severity in the dialect of either evaluator; the rest both write alike.
    """
    return {
        "receiver": routing.default,
        "group_by": list(routing.group_by),
        "group_wait": routing.wait,
        "group_interval": routing.group_interval,
        "repeat_interval": routing.repeat,
        "routes": [
            {
                "receiver": channel,
                **matchers(route.severity),
                "continue": channel != route.channels[-1],
                "group_wait": route.wait,
                **({"group_interval": route.group_interval} if route.group_interval else {}),
                "repeat_interval": route.repeat,
                **({"mute_time_intervals": list(route.muted)} if route.muted else {}),
            }
            for route in routing.routes
            for channel in route.channels
        ],
    }


def _mute(mute: Mute) -> dict[str, Any]:
    return {"orgId": 1, "name": mute.name, "time_intervals": [interval(mute)]}


def interval(mute: Mute) -> dict[str, Any]:
    """The time interval of a mute timing, as Grafana and Alertmanager both write it."""
    times = [{"start_time": start, "end_time": end} for start, end in mute.times]
    return {
        **({"times": times} if times else {}),
        **({"weekdays": list(mute.weekdays)} if mute.weekdays else {}),
        "location": mute.location,
    }
