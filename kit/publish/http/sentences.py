"""What a request that failed is called: its class, which says what may follow, and its sentence."""

import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

import orjson
from attrs import frozen

from kit.live import web
from kit.publish.http.errors import (
    Denied,
    GrafanaError,
    LoginRefused,
    Misconfigured,
    NotGrafana,
    Refused,
    Unreachable,
    Unsure,
    permissions,
    refusal,
)

CONNECT_SECONDS, READ_SECONDS = 5, 30
MEANT = "set the address under which Grafana's own pages open (GRAFANA_URL, or url in grafanas.toml)"
_PROXY = "look at HTTP_PROXY, HTTPS_PROXY and NO_PROXY"
_LOGINS = {
    "token": "knows no such token; set GRAFANA_TOKEN to one of a service account that is neither deleted nor expired",
    "user": "refuses the user or the password; look at GRAFANA_USER and GRAFANA_PASSWORD",
    "": "wants a login; set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD",
}


@frozen
class Asked:
    """A request as it can be shown: `address` of the Grafana; `login` is 'token', 'user' or empty."""

    address: str
    method: str
    path: str
    login: str = ""
    org: int | None = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def unknown(self) -> str:
        """What has to be added where nobody knows what became of it: nothing for a read."""
        return "" if self.method == "GET" else "; whether it was done is not known"


def failed(error: Exception, asked: Asked, sent: bool) -> GrafanaError:
    """Why there is no answer. The exception's own text can hold anything, so it is only looked at."""
    said, name = web.said(error), type(error).__name__
    if sent and not re.search("CERTIFICATE_REQUIRED|alert unknown ca|alert bad certificate", said, re.IGNORECASE):
        return Unsure(_lost(name, asked) + asked.unknown)
    if "bundle, invalid path" in said or "NO_CERTIFICATE_OR_CRL" in said:
        return Misconfigured("REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file of certificates in PEM")
    if name in ("ProxyError", "InvalidProxyURL") or re.search("SOCKS|ProxySchemeUnknown", said):
        return _proxy(said, asked.address)
    if name == "SSLError" or "CERTIFICATE_VERIFY" in said:
        return _tls(said, asked.address)
    return _connection(said, name, asked.address)


def _lost(name: str, asked: Asked) -> str:
    if name == "ReadTimeout":
        return f"{asked.address} did not answer {asked} within {READ_SECONDS} s"
    return f"{asked.address} ended the connection before its whole answer to {asked} was there"


def _proxy(said: str, address: str) -> GrafanaError:
    told = re.search(r"Tunnel connection failed: (\d{3})", said)
    if told and told[1] == "407":
        return _stranger(address)
    if told:
        return Unreachable(f"the proxy before {address} does not reach it ({told[1]}); {_PROXY}")
    if web.UNKNOWN_HOST.search(said):
        return Unreachable(f"the proxy before {address} has a host name that nobody knows; {_PROXY}")
    if web.REFUSED.search(said):
        return Refused(f"the proxy before {address} refuses the connection; {_PROXY}")
    return Unreachable(f"the proxy before {address} cannot be used; {_PROXY}")


def _stranger(address: str) -> GrafanaError:
    return Misconfigured(
        f"the proxy before {address} wants a login (407); put user and password into HTTPS_PROXY or HTTP_PROXY, or the"
        " host into NO_PROXY"
    )


def _tls(said: str, address: str) -> GrafanaError:
    if re.search("CERTIFICATE_REQUIRED", said, re.IGNORECASE):
        wanted = "it wants a client certificate; set GRAFANA_CLIENT_CERT and GRAFANA_CLIENT_KEY"
        return Misconfigured(f"{address}: {wanted}")
    if re.search("alert unknown ca|alert bad certificate", said, re.IGNORECASE):
        return Misconfigured(f"{address}: it does not accept our client certificate; look at GRAFANA_CLIENT_CERT")
    if "EOF" in said:
        return Unreachable(f"{address} ended the connection before anything was sent; {MEANT}")
    return Misconfigured(f"{address}: {web.tls(said, 'GRAFANA_CA_CERT')}")


def _connection(said: str, name: str, address: str) -> GrafanaError:
    if "Timeout" in name:
        return Unreachable(f"{address} does not accept a connection within {CONNECT_SECONDS} s; is it the right host?")
    if web.UNKNOWN_HOST.search(said):
        return Unreachable(f"{address} has a host name that nobody knows; {MEANT}")
    if web.REFUSED.search(said):
        return Refused(f"nothing listens at {address} (connection refused); start Grafana, or {MEANT}")
    if name == "ConnectionError" and re.search("reset|aborted|Remote end|EOF", said):
        return Unreachable(f"{address} ended the connection before anything was sent; {MEANT}")
    if "unreachable" in said or "No route" in said:
        return Unreachable(f"there is no way to {address} from here; {MEANT}")
    return Unreachable(f"{address} cannot be asked ({name}); {MEANT}")


def answered(status: int, kind: str, body: bytes, to: str, asked: Asked) -> GrafanaError:
    """What an answer is called that is not the JSON of a request that was done.

    `kind` is its Content-Type, `to` where a redirection leads.
    """
    if status == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        return _stranger(asked.address)
    if 300 <= status < 400:
        return _redirected(status, to, asked)
    if status > HTTPStatus.NOT_IMPLEMENTED:
        unready = f"{asked.address} answers {asked} with {status}{web.title(body)}"
        return Unsure(f"{unready}: Grafana, or what it stands behind, is not ready{asked.unknown}")
    if web.is_page(kind, body):
        return NotGrafana(_other(f"a web page{web.title(body)}", status, asked))
    if status >= 400:
        return _refused(status, body, asked)
    if body.lstrip()[:1] in (b"{", b"["):
        return Unsure(f"{asked.address} sent half an answer to {asked}{asked.unknown}")
    return NotGrafana(_other("something that is no JSON", status, asked))


def _redirected(status: int, to: str, asked: Asked) -> GrafanaError:
    from_ = f"{asked.address}{asked.path}"
    try:
        place = web.without_secrets(urljoin(from_, to)) if to else "nowhere"
    except ValueError:
        place = "what is no address"
    return NotGrafana(
        f"{asked.method} {from_} is sent on to {place} ({status}), which Grafana's API never does"
        f" (a proxy or a login page?); {MEANT}"
    )


def _other(what: str, status: int, asked: Asked) -> str:
    return (
        f"{asked.address} answers {asked} with {what} ({status}); this is not Grafana's API (a proxy or a login page?);"
        f" {MEANT}"
    )


def _refused(status: int, body: bytes, asked: Asked) -> GrafanaError:
    found = _parsed(body)
    if isinstance(found, dict):
        message = str(found.get("message") or found.get("error") or "")
    else:
        message = found[:200] if isinstance(found, str) else ""
    kind, told = refusal(status, found), web.flat(message)
    sentence = _sentence(kind, status, told, permissions(told, found), asked)
    return kind(sentence, status=status, message=told, body=found, method=asked.method, path=asked.path)


def _sentence(kind: type, status: int, told: str, needed: tuple[str, ...], asked: Asked) -> str:
    words = f": {told}" if told else ""
    if kind is LoginRefused:
        org = f"; is it one of organisation {asked.org}?" if asked.org and asked.login else ""
        return f"{asked.address} {_LOGINS[asked.login]}{org} (401{words})"
    if kind is Denied and needed:
        wants = web.flat(told.partition("Permissions needed:")[2]) or ", ".join(needed)
        org = f" in organisation {asked.org}" if asked.org else ""
        return f"{asked.address} does not let us {asked} (403); the login lacks the permission {wants}{org}"
    org = ""
    if kind is Denied and asked.org and re.search("access to (the|this) org", told, re.IGNORECASE):
        org = f"; {asked.org} is what GRAFANA_ORG_ID, or org in grafanas.toml, says: name one that the login is in"
    return f"{asked.address} answers {asked} with {status}{_phrase(status)}{words}{org}"


def _phrase(status: int) -> str:
    return f" {HTTPStatus(status).phrase}" if status in HTTPStatus._value2member_map_ else ""


def _parsed(body: bytes) -> Any:
    """Its JSON, or its text."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return body.decode(errors="replace")
