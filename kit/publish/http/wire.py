"""The way to one Grafana: grafana-client, with what it lacks (https://github.com/grafana-toolbox/grafana-client).

This module is the only one of publishing that opens a socket, and is imported where the first one is needed.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import niquests
import orjson
from grafana_client.client import GrafanaClient, TokenAuth
from niquests.auth import AuthBase, HTTPBasicAuth

from kit.live import web
from kit.publish.http import again, certificates, sentences
from kit.publish.http.login import Answer, Login
from kit.publish.http.sentences import CONNECT_SECONDS, READ_SECONDS, Asked

_SHORTEST_HIDDEN = 8  # a password like 'admin' is a word that Grafana uses itself
_SHORTEST_SENT = 4


class _Nobody(AuthBase):
    """No login at all; without it the one in ~/.netrc would be sent."""

    def __call__(self, request: Any) -> Any:
        return request


class _Session(niquests.Session):
    """Follows no redirection, and does not look where one would lead (which fails where that is no address)."""

    def get_redirect_target(self, resp: niquests.Response) -> str | None:
        """Nowhere."""
        return None


class _Client(GrafanaClient):
    """Reaches any path below the base and gives the answer with its status and headers.

    No HTTP/3 or HTTP/2, whose streams threads would share, and no questions to others about a certificate.
    """

    def __init__(self, base: str, auth: AuthBase, org: int | None, verify: str | bool) -> None:
        super().__init__(auth, verify=verify, timeout=(CONNECT_SECONDS, READ_SECONDS), organization_id=org)
        headers = self.s.headers
        self.s.close()
        self.s = _Session(
            headers=headers,
            pool_maxsize=16,
            disable_http2=True,
            disable_http3=True,
            revocation_configuration=None,
        )
        self.url = base
        if "[" in base:
            self.s.headers["Host"] = urlsplit(base).netloc  # niquests leaves out the brackets of IPv6

    def ask(self, method: str, path: str, **more: Any) -> niquests.Response:
        """The answer as it came. Raises what niquests raises."""
        return self.s.request(
            method,
            f"{self.url}{path}",
            auth=self.auth,
            verify=self.verify,
            timeout=self.timeout,
            **more,
        )


class Wire:
    """One request at a time and thread, tried once. The certificates are paths, empty for none.

    Raises ValueError where a certificate cannot be used.
    """

    def __init__(self, base: str, login: Login, org: int | None, ca_cert: str, client_cert: str, client_key: str):
        certificates.check(ca_cert, client_cert, client_key)
        self._address, self._org, self._kind = base, org, login.kind
        self._client = _Client(base, _auth(login), org, ca_cert or True)
        if client_cert:
            self._client.s.cert = (client_cert, client_key) if client_key else client_cert
        # Through a proxy, what is meant for this machine would leave it, with the login, in the clear.
        self._proxies = {"no_proxy": "localhost,127.0.0.0/8,::1"} if web.loopback(base) else {}
        self._secrets = _hidden(login)

    def ask(self, method: str, path: str, body: Any, params: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """The answer to a request that was done. Raises GrafanaError."""
        asked = Asked(self._address, method, path, self._kind, self._org)
        sent: list[bool] = []
        more = dict(headers)
        if body is not None:
            more["Content-Type"] = "application/json"
        data = None if body is None else orjson.dumps(body)
        try:
            answer = self._client.ask(
                method,
                path,
                data=data,
                params=dict(params),
                headers=more,
                proxies=self._proxies,
                hooks={"pre_send": [lambda _: sent.append(True)]},
            )
        except Exception as error:  # of any library below; what is not known is sent or it is not
            fault = sentences.failed(error, asked, bool(sent))
        else:
            return self._read(answer, asked)
        raise fault  # here, so that nothing is chained to it

    def hide(self, secrets: Iterable[str]) -> None:
        """Show these no more, should an answer repeat them."""
        self._secrets += tuple(form for secret in secrets for form in _forms(secret))

    def close(self) -> None:
        """End the connections."""
        self._client.s.close()

    def _read(self, answer: niquests.Response, asked: Asked) -> Answer:
        status, body = answer.status_code or 0, answer.content or b""
        if 200 <= status < 300:
            try:
                return Answer(status, orjson.loads(body) if body.strip() else None, answer.headers)
            except orjson.JSONDecodeError:
                pass
        kind, to = (answer.headers.get(name, "").encode(errors="replace") for name in ("Content-Type", "Location"))
        fault = sentences.answered(status, kind.decode(), self._shown(body), self._shown(to).decode(), asked)
        fault.after = again.after(answer.headers)
        raise fault

    def _shown(self, text: bytes) -> bytes:
        """What somebody else wrote, without our secrets, should he repeat them."""
        for secret in self._secrets:
            text = text.replace(secret, b"(hidden)")
        return text


def _auth(login: Login) -> AuthBase:
    if login.token:
        return TokenAuth(login.token)  # type: ignore[no-untyped-call]
    if login.user:
        return HTTPBasicAuth(login.user, login.password)
    return _Nobody()


def _forms(secret: str) -> Iterator[bytes]:
    """A secret as it is, and as it stands in JSON and in a quoted text; a few letters are a word, and no secret."""
    if len(secret) >= _SHORTEST_SENT:
        quoted = [secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]]
        forms = [secret, quote(secret), quote(secret, safe=""), *quoted]
        for text in (*forms, *(json.dumps(one, ensure_ascii=ascii)[1:-1] for one in quoted for ascii in (True, False))):
            yield text.encode("utf-8", "replace")


def _hidden(login: Login) -> tuple[bytes, ...]:
    """Every form in which the login could come back."""
    basic = b64encode(f"{login.user}:{login.password}".encode())
    secrets = (login.token.encode(), basic, login.password.encode())
    return tuple(secret for secret in secrets if len(secret) >= _SHORTEST_HIDDEN)
