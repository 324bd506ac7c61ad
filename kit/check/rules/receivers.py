"""Every receiver has what it needs to send: an address, and the secret that it is let in with.

The secrets themselves are elsewhere: Grafana's settings name variables of its environment, Alertmanager's name files.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.check.build import Build, Json
from kit.check.finding import Finding
from kit.check.parts import routing, ruled
from kit.check.parts.routing import Tree, trees

ID = "receivers"
Need = tuple[tuple[str, ...], str]
# Kind → what it needs: one of these settings, and where to set it.
_GRAFANA: Mapping[str, tuple[Need, ...]] = {
    "slack": (
        (("url", "token"), "set slack_url= in settings.py to a reference such as $SLACK_WEBHOOK_URL"),
        (("recipient",), "set slack_channel= in settings.py"),
    ),
    "email": ((("addresses",), "set email= in settings.py"),),
    "webhook": (
        (("url",), "set webhook_url= in settings.py to a reference such as $WEBHOOK_URL"),
        (
            ("authorization_credentials", "password"),
            "set webhook_token= in settings.py to a reference such as $WEBHOOK_TOKEN",
        ),
    ),
}
_FILE = "name the file in kit/emit/alertmanager.py, below secrets_dir= of settings.py"
_ALERTMANAGER: Mapping[str, tuple[Need, ...]] = {
    "slack_configs": (
        (("api_url_file", "api_url", "slack_api_url_file", "slack_api_url"), _FILE),
        (("channel",), "set slack_channel= in settings.py"),
    ),
    "email_configs": (
        (("to",), "set email= in settings.py"),
        (("from", "smtp_from"), "set email_from= in settings.py"),
        (("smarthost", "smtp_smarthost"), "set smtp= in settings.py"),
    ),
    "webhook_configs": (
        (("url", "url_file"), "set alertmanager_webhook_url= in settings.py"),
        (("credentials_file", "password_file"), _FILE),
    ),
}


def check(build: Build) -> Iterator[Finding]:
    """See the module."""
    for tree, _ in trees(build):
        for name, receiver in tree.receivers.items():
            for message in _lacks(tree, receiver, build):
                yield Finding(ruled.file(tree.path), ID, f"receiver {name}", message)


def _lacks(tree: Tree, receiver: Json, build: Build) -> Iterator[str]:
    channels = list(_alertmanager(receiver, build) if tree.path == routing.ALERTMANAGER else _grafana(receiver))
    if not channels:
        yield "it has no channel, so whoever is routed to it is told nothing; give it one in alerts/channels.py"
    for kind, settings, needs in channels:
        for names, mend in needs:
            if not any(str(settings.get(name) or "").strip() for name in names):
                yield f"its {kind} channel has no {' or '.join(names[:2])}; {mend}"


def _grafana(receiver: Json) -> Iterator[tuple[str, Json, tuple[Need, ...]]]:
    for one in receiver.get("receivers") or ():
        kind = str(one.get("type"))
        yield kind, one.get("settings") or {}, _GRAFANA.get(kind, ())


def _alertmanager(receiver: Json, build: Build) -> Iterator[tuple[str, Json, tuple[Need, ...]]]:
    """A setting may also stand in the global part, or in the part that says how to log in."""
    shared = (build.yaml[routing.ALERTMANAGER] or {}).get("global") or {}
    for key, configs in receiver.items():
        for config in configs if key.endswith("_configs") else ():
            http: dict[str, Any] = config.get("http_config") or {}
            login = {**(http.get("basic_auth") or {}), **(http.get("authorization") or {})}
            yield key.removesuffix("_configs"), {**shared, **login, **config}, _ALERTMANAGER.get(key, ())
