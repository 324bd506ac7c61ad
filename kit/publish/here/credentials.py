"""Logins, which come from the environment alone."""

import re
from collections.abc import Mapping

from kit.publish.client import Login
from kit.publish.exits import USAGE, Refused

_ODD = re.compile(r"[\s\x00-\x1f\x7f]")

Names = tuple[str, str, str]


def names(target: str = "") -> Names:
    """The variables of a target's token, user and password: GRAFANA_TOKEN_PROD, …; of no target, without its name."""
    end = f"_{re.sub('[^A-Z0-9]', '_', target.upper())}" if target else ""
    return f"GRAFANA_TOKEN{end}", f"GRAFANA_USER{end}", f"GRAFANA_PASSWORD{end}"


def login(target: str, environ: Mapping[str, str], *places: Names) -> Login:
    """The first login that is set. Raises Refused, which names the variables."""
    for place in places:
        if found := _set(target, environ, place):
            return found
    asked = ", or ".join(f"{token}, or {user} with {password}" for token, user, password in places)
    raise Refused(USAGE, f"{target}: no login is set; set {asked}")


def _set(target: str, environ: Mapping[str, str], place: Names) -> Login | None:
    token, user, password = (environ.get(name, "").strip() for name in place)
    if token:
        if _ODD.search(token):
            raise Refused(USAGE, f"{target}: {place[0]} holds a space or a line end, so it is no token")
        return Login(token=token)
    if user and password:
        return Login(user=user, password=password)
    if user or password:
        there, missing = (place[1], place[2]) if user else (place[2], place[1])
        raise Refused(USAGE, f"{target}: {there} is set and {missing} is not; set both, or {place[0]}")
    return None
