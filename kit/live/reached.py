"""The way to a Prometheus: its address taken apart, and one sentence for each way in which nobody answers there."""

from niquests.exceptions import ChunkedEncodingError, ConnectionError, ConnectTimeout, InvalidURL, SSLError

from kit.live import web
from kit.live.answers import MEANT, NoPrometheus

CONNECT_SECONDS = 5.0


def split(url: str) -> tuple[str, tuple[str, str] | None]:
    """The address without its user, and the user with the password. Raises NoPrometheus where it is none."""
    found = web.taken_apart(url)
    if found is None:
        raise NoPrometheus(f"'{web.without_secrets(url)}' is no address; {MEANT}")
    base, user = found
    return base.removesuffix("/api/v1"), user


def sentence(error: Exception, address: str) -> str:
    """Why there was no answer. The exception's own text can hold the whole address, so it is only looked at."""
    said = web.said(error)
    if isinstance(error, InvalidURL):
        return f"'{address}' is no address; {MEANT}"
    if isinstance(error, SSLError) or "CERTIFICATE_VERIFY" in said:
        return f"{address}: {web.tls(said, 'REQUESTS_CA_BUNDLE')}"
    if isinstance(error, ConnectTimeout):
        return f"{address} does not accept a connection within {CONNECT_SECONDS:g} s; is it the right host?"
    if web.UNKNOWN_HOST.search(said):
        return f"{address} has a host name that nobody knows; {MEANT}"
    if web.REFUSED.search(said):
        return f"nothing listens at {address} (connection refused); start Prometheus, or {MEANT}"
    if isinstance(error, ConnectionError | ChunkedEncodingError):
        return f"{address} ended the connection without a whole answer; {MEANT}"
    return f"{address} cannot be asked ({type(error).__name__}); {MEANT}"
