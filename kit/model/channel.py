"""Where notifications go: contact points, routes, mute timings and the messages' texts. Neutral of the evaluator."""

from collections.abc import Mapping
from typing import Any, Literal

from attrs import field, frozen

from kit.model.message import Message

Kind = Literal["slack", "email", "webhook"]


@frozen
class Channel:
    """A contact point: its name, its kind, and Grafana's settings of that kind, those of the message aside.

    https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
    Secrets stand in it as references (`$NAME`), never as themselves.
    """

    name: str
    kind: Kind
    settings: Mapping[str, Any] = field(factory=dict)


@frozen
class Mute:
    """A time in which a route is silent: weekdays and hours, in a time zone."""

    name: str
    times: tuple[tuple[str, str], ...] = ()
    weekdays: tuple[str, ...] = ()
    location: str = "UTC"


@frozen
class Route:
    """A severity and the channels that it reaches; `wait` before the first message of a group, `repeat` of it.

    `group_interval`: how often its groups are looked at for what is new or to be repeated (None: the routing's own).
    """

    severity: str
    channels: tuple[str, ...]
    wait: str = "30s"
    repeat: str = "4h"
    group_interval: str | None = None
    muted: tuple[str, ...] = ()


@frozen
class Routing:
    """Everything about notifications. `message`: what each of them says.

    `group_by`: one message for alerts that have these labels in common. `wait`, `group_interval` and `repeat` hold for
    what no route takes.
    """

    channels: tuple[Channel, ...]
    routes: tuple[Route, ...]
    default: str
    group_by: tuple[str, ...]
    message: Message
    mutes: tuple[Mute, ...] = ()
    wait: str = "30s"
    group_interval: str = "5m"
    repeat: str = "4h"

    def channel(self, name: str) -> Channel | None:
        """The channel of that name."""
        return next((channel for channel in self.channels if channel.name == name), None)
