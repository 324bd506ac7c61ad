"""Who asks a Grafana, and where it is: both looked at before anything is sent."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from kit.live import web


@frozen
class Login:
    """Who we are: a token of a service account, or a user with a password; nobody where all are empty."""

    token: str = field(default="", repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def kind(self) -> str:
        """'token', 'user', or empty."""
        return "token" if self.token else "user" if self.user else ""


@frozen
class Answer:
    """What Grafana answered to what it did: `body` is its JSON, None where there was none."""

    status: int
    body: Any
    headers: Mapping[str, str]


def who_and_where(url: str, login: Login, allow_http: bool) -> tuple[str, Login]:
    """The address without its user, and the login: the one that is given, or the one in the address.

    Raises ValueError with a sentence where one of them cannot be used, or a secret would be read on the way.
    """
    found = web.taken_apart(url)
    if found is None:
        raise ValueError(f"'{web.without_secrets(url)}' is no address of a Grafana; https://grafana.example.org is one")
    address, user = found
    login = login if login.kind or not user else Login("", *user)
    if not login.token.isascii() or not login.token.isprintable() or " " in login.token:
        raise ValueError("GRAFANA_TOKEN holds no token: there is a space, a line end or a letter beyond ASCII in it")
    if login.kind and address.startswith("http:") and not allow_http and not web.loopback(address):
        raise ValueError(
            f"the {'token' if login.token else 'password'} would go to {address} in the clear; use https://, or say"
            " that this is meant: allow_http = true in grafanas.toml, GRAFANA_ALLOW_HTTP=1 without it"
        )
    return address, login
