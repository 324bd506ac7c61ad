"""The Grafanas to publish to: from grafanas.toml, or one from the environment.

A table a Grafana, named as you like; every key but `url` may be left out:

```toml
[prod]
url = "https://grafana.example.org"
org = 2                       # the organisation's number; without it, the login's own
lock = true                   # dashboards cannot be saved in the UI
provenance = "none"           # alerting stays editable in the UI ("api": it does not, the default)
policies = "ignore"           # leave the notification policies as they are ("own": ours replace them, the default)
root = "platform"             # uid of the folder below which ours are put
home = "df-overview"          # the dashboard that the organisation begins with
prune_limit = 10              # how many of a kind may be pruned at once, instead of max(3, 20 %)
create_data_sources = false   # all of them are there already
ca_cert = "certs/ca.pem"      # paths begin where this file is
client_cert = "certs/me.pem"
client_key = "certs/me.key"
allow_http = true             # send the login over plain http

[prod.data_sources]           # uid in the build = uid there; "create", or not named: ours
prometheus = "P1809F7CD0C75ACF3"

[prod.permissions."System Overview"]   # a folder's title or uid
viewer = "view"               # viewer, editor, "team:NAME", "user:LOGIN" = view, edit, admin
"team:sre" = "admin"
```

Logins come from the environment alone: GRAFANA_TOKEN_PROD, or GRAFANA_USER_PROD with GRAFANA_PASSWORD_PROD (the name
in capitals, `_` for what is no letter or digit); where the file has one table, GRAFANA_TOKEN and so on do as well.

Without the file: GRAFANA_URL and a login, GRAFANA_ORG_ID, GRAFANA_CA_CERT, GRAFANA_CLIENT_CERT, GRAFANA_CLIENT_KEY,
GRAFANA_ALLOW_HTTP, GRAFANA_POLICIES (own or ignore).
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from attrs import field, frozen

from kit.model.words import nearest
from kit.publish.client import Login
from kit.publish.exits import USAGE, Refused
from kit.publish.here import target_environment, target_file
from kit.publish.here.credentials import login
from kit.publish.here.credentials import names as variables


@frozen
class Target:
    """One Grafana, and how it is published to: see above. `login` shows nothing of itself; `wrong` says what is missing
    of it, where others are published to all the same."""

    name: str
    url: str
    org: int | None = None
    data_sources: Mapping[str, str] = field(factory=dict)
    create_data_sources: bool = True
    root: str = ""
    lock: bool = False
    provenance: Literal["api", "none"] = "api"
    policies: Literal["own", "ignore"] = "own"
    prune_limit: int | None = None
    permissions: Mapping[str, Mapping[str, str]] = field(factory=dict)
    home: str = ""
    allow_http: bool = False
    ca_cert: str = ""
    client_cert: str = ""
    client_key: str = ""
    login: Login = field(kw_only=True, repr=False)
    wrong: str = ""


def targets(
    root: Path, environ: Mapping[str, str], names: Sequence[str] = (), every: bool = False
) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """The targets that are asked for, and notes. Raises Refused: each mistake in grafanas.toml with its line.

    Of several, one without a login stops no other: it says itself what is `wrong`.
    """
    if names and every:
        raise Refused(USAGE, "name the targets or take all of them, not both")
    said = target_file.read(root)
    if said is None:
        _known(names, (target_environment.NAME,), f"without {target_file.NAME}")
        return (_alone(environ),), ()
    chosen = _chosen(names, tuple(said), every)
    unused = f"GRAFANA_URL is not used: {target_file.NAME} says where to publish to"
    notes = (unused,) if environ.get("GRAFANA_URL") else ()
    if len(chosen) == 1:
        return (_target(chosen[0], said[chosen[0]], environ, alone=len(said) == 1),), notes
    return tuple(_one_of_many(name, said[name], environ) for name in chosen), notes


def _alone(environ: Mapping[str, str]) -> Target:
    keys, found = target_environment.read(environ)
    return Target(name=target_environment.NAME, login=found, **keys)


def _target(name: str, keys: Mapping[str, Any], environ: Mapping[str, str], *, alone: bool) -> Target:
    places = (variables(name), variables()) if alone else (variables(name),)
    return Target(name=name, login=login(name, environ, *places), **keys)


def _one_of_many(name: str, keys: Mapping[str, Any], environ: Mapping[str, str]) -> Target:
    try:
        return _target(name, keys, environ, alone=False)
    except Refused as error:
        return Target(name=name, login=Login(), wrong=str(error), **keys)


def _chosen(names: Sequence[str], known: Sequence[str], every: bool) -> Sequence[str]:
    _known(names, known, f"in {target_file.NAME}")
    if not names and not every and len(known) > 1:
        raise Refused(USAGE, f"{target_file.NAME} has several targets; name one of {', '.join(known)}, or take --all")
    return tuple(dict.fromkeys(names)) or known


def _known(names: Sequence[str], known: Sequence[str], where: str) -> None:
    for name in names:
        if name not in known:
            raise Refused(USAGE, f"there is no target '{name}' {where}, only {', '.join(known)}{nearest(name, known)}")
