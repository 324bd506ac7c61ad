"""AlertmanagerConfig: the routes, mute timings, inhibition and receivers of alertmanager.yml as one object.

What that has no words for stands in the receivers (the mail server), in the Alertmanager object (templates), or is left
out: a mute timing of another time zone than UTC, for one at the wrong hour would hide what it should not.
"""

from typing import Any

from kit.emit import alertmanager
from kit.emit.k8s.alertmanager import SECRETS
from kit.emit.k8s.operator.objects import Json, camel, camel_key, object_of
from kit.emit.model import Product
from kit.model.channel import Routing

NAME = "dataflux"
_UTC = "UTC"


def config(routing: Routing, product: Product) -> Json:
    """The object."""
    whole = alertmanager.config(routing, product)
    mutes = [mute for mute in whole["time_intervals"] if _is_utc(mute)]
    spec = {
        "route": _route(whole["route"], {mute["name"] for mute in mutes}),
        "muteTimeIntervals": [_mute(mute) for mute in mutes],
        "inhibitRules": [_inhibition(rule) for rule in whole["inhibit_rules"]],
        "receivers": [_receiver(receiver, whole["global"]) for receiver in whole["receivers"]],
    }
    return object_of("AlertmanagerConfig", NAME, {key: value for key, value in spec.items() if value}, "v1alpha1")


def _route(route: Json, mutes: set[str]) -> Json:
    found: Json = camel({key: value for key, value in route.items() if key not in ("routes", "matchers")})
    muted = [name for name in found.pop("muteTimeIntervals", ()) if name in mutes]
    if route.get("matchers"):
        found["matchers"] = [_matcher(text) for text in route["matchers"]]
    if muted:
        found["muteTimeIntervals"] = muted
    if route.get("routes"):
        found["routes"] = [_route(child, mutes) for child in route["routes"]]
    return found


def _matcher(text: str) -> Json:
    """`severity = "critical"`, as alertmanager.py writes it."""
    name, sign, value = text.split(" ", 2)
    return {"name": name, "matchType": sign, "value": value.strip('"')}


def _is_utc(mute: Json) -> bool:
    return all(interval.get("location", _UTC) == _UTC for interval in mute["time_intervals"])


def _mute(mute: Json) -> Json:
    told = [{key: value for key, value in interval.items() if key != "location"} for interval in mute["time_intervals"]]
    found: Json = camel({"name": mute["name"], "time_intervals": told})
    return found


def _inhibition(rule: Json) -> Json:
    return {
        "sourceMatch": [_matcher(text) for text in rule["source_matchers"]],
        "targetMatch": [_matcher(text) for text in rule["target_matchers"]],
        "equal": rule["equal"],
    }


def _receiver(receiver: Json, everywhere: Json) -> Json:
    found: Json = {"name": receiver["name"]}
    for kind, ways in receiver.items():
        if kind != "name":
            found[camel_key(kind)] = [_WAYS[kind](way, everywhere) for way in ways]
    return found


def _slack(way: Json, everywhere: Json) -> Json:
    found: Json = camel(way)
    return {"apiURL": _secret(everywhere["slack_api_url_file"])} | found


def _email(way: Json, everywhere: Json) -> Json:
    found: Json = camel({key: value for key, value in way.items() if key != "headers"})
    return found | {
        "from": everywhere["smtp_from"],
        "smarthost": everywhere["smtp_smarthost"],
        "requireTLS": everywhere["smtp_require_tls"],
        "headers": [{"key": key, "value": value} for key, value in way["headers"].items()],
    }


def _webhook(way: Json, everywhere: Json) -> Json:
    found: Json = camel({key: value for key, value in way.items() if key != "http_config"})
    asked: Any = way["http_config"]["authorization"]
    credentials = _secret(asked["credentials_file"])
    return found | {"httpConfig": {"authorization": {"type": asked["type"], "credentials": credentials}}}


def _secret(path: str) -> Json:
    return {"name": SECRETS, "key": path.rsplit("/", 1)[-1]}


_WAYS = {"slack_configs": _slack, "email_configs": _email, "webhook_configs": _webhook}
