"""The one target that the environment names, where there is no grafanas.toml."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kit.publish.client import Login
from kit.publish.exits import USAGE, Refused
from kit.publish.here.address import address
from kit.publish.here.credentials import login, names
from kit.publish.here.target_keys import KEYS, Wrong

NAME = "grafana"
_YES_NO = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}


def read(environ: Mapping[str, str]) -> tuple[Mapping[str, Any], Login]:
    """The target's keys and values, and its login. Raises Refused."""
    text = environ.get("GRAFANA_URL", "").strip()
    if not text:
        asked = "set GRAFANA_URL and GRAFANA_TOKEN, or write grafanas.toml (docs/publishing.md)"
        raise Refused(USAGE, f"no Grafana is named: {asked}")
    try:
        url, user = address(text)
    except ValueError as error:
        raise Refused(USAGE, f"GRAFANA_URL: {error}") from None
    keys = {
        "url": url,
        "org": _org(environ.get("GRAFANA_ORG_ID", "").strip()),
        "allow_http": _yes_or_no("GRAFANA_ALLOW_HTTP", environ),
        "policies": _policies(environ.get("GRAFANA_POLICIES", "").strip()),
        **{key: _path(f"GRAFANA_{key.upper()}", environ) for key in ("ca_cert", "client_cert", "client_key")},
    }
    if keys["client_key"] and not keys["client_cert"]:
        raise Refused(USAGE, "GRAFANA_CLIENT_KEY is of no use without GRAFANA_CLIENT_CERT; set both")
    return keys, _login(user, environ)


def _login(user: tuple[str, str] | None, environ: Mapping[str, str]) -> Login:
    """The login of the variables; else the one in the address."""
    if user and user[1] and not any(environ.get(name, "").strip() for name in names()):
        return Login("", *user)
    return login(NAME, environ, names())


def _org(text: str) -> int | None:
    if text and (not text.isascii() or not text.isdecimal() or int(text) < 1):
        raise Refused(USAGE, f"GRAFANA_ORG_ID: '{text}' is no organisation's number, which is a whole number from 1 on")
    return int(text) if text else None


def _policies(text: str) -> str:
    try:
        word: str = KEYS["policies"](text or "own")
    except Wrong as error:
        raise Refused(USAGE, f"GRAFANA_POLICIES: {error}") from None
    return word


def _yes_or_no(name: str, environ: Mapping[str, str]) -> bool:
    text = environ.get(name, "").strip().lower()
    if text not in _YES_NO:
        raise Refused(USAGE, f"{name}: '{text}' is neither yes nor no")
    return _YES_NO[text]


def _path(name: str, environ: Mapping[str, str]) -> str:
    text = environ.get(name, "").strip()
    if "-----BEGIN" in text:
        raise Refused(USAGE, f"{name} is the path of a file, never what is in it")
    if text and not Path(text).expanduser().is_file():
        raise Refused(USAGE, f"{name}: there is no file '{text}'")
    return str(Path(text).expanduser()) if text else ""
