"""The way to a Prometheus: its address taken apart, and one sentence for each way in which nobody answers there."""

import re
from urllib.parse import unquote, urlsplit, urlunsplit

from niquests.exceptions import ChunkedEncodingError, ConnectionError, ConnectTimeout, InvalidURL, SSLError

from kit.live.answers import MEANT, NoPrometheus, without_secrets

CONNECT_SECONDS = 5.0


def split(url: str) -> tuple[str, tuple[str, str] | None]:
    """The address without its user, and the user with the password. Raises NoPrometheus where it is none."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        raise NoPrometheus(f"'{without_secrets(url)}' is no address; {MEANT}")
    base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
    user = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
    return base.removesuffix("/api/v1"), user


def sentence(error: Exception, address: str) -> str:
    """Why there was no answer. The exception's own text can hold the whole address, so it is only looked at."""
    said = f"{error!r} {error.__cause__!r} {error.__context__!r}"
    if isinstance(error, InvalidURL):
        return f"'{address}' is no address; {MEANT}"
    if isinstance(error, SSLError) or "CERTIFICATE_VERIFY" in said:
        return f"{address}: {_tls(said)}"
    if isinstance(error, ConnectTimeout):
        return f"{address} does not accept a connection within {CONNECT_SECONDS:g} s; is it the right host?"
    if re.search(r"NameResolution|gaierror|Name or service|getaddrinfo|resolve", said):
        return f"{address} has a host name that nobody knows; {MEANT}"
    if re.search(r"refused", said, re.IGNORECASE):
        return f"nothing listens at {address} (connection refused); start Prometheus, or {MEANT}"
    if isinstance(error, ConnectionError | ChunkedEncodingError):
        return f"{address} ended the connection without a whole answer; {MEANT}"
    return f"{address} cannot be asked ({type(error).__name__}); {MEANT}"


def _tls(said: str) -> str:
    for pattern, words in (
        ("self.signed", "its certificate is signed by itself; name its authority in REQUESTS_CA_BUNDLE"),
        ("[Hh]ostname mismatch|doesn't match", "its certificate is for another name; use that one"),
        ("expired", "its certificate has expired; renew it"),
        ("unable to get local issuer|CERTIFICATE_VERIFY", "nobody we trust signed its certificate; name its authority"
         " in REQUESTS_CA_BUNDLE"),
        ("WRONG_VERSION|record layer|HTTP_REQUEST", "it does not speak TLS; write http://"),
    ):  # fmt: skip
        if re.search(pattern, said):
            return words
    return "the TLS handshake failed; write http:// where it speaks no TLS"
