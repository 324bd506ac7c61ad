"""What the clients of this project share: addresses taken apart and fit to be shown, and words for what TLS refuses."""

import re
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit, urlunsplit

UNKNOWN_HOST = re.compile(r"NameResolution|gaierror|Name or service|getaddrinfo|Failed to resolve")
REFUSED = re.compile(r"refused", re.IGNORECASE)


def without_secrets(url: str) -> str:
    """The address as it can be shown to anybody: no user, no password, no query."""
    try:
        parts = urlsplit(url)
        _ = parts.port
        if parts.netloc and "@" not in parts.path:
            return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
    except ValueError:
        pass  # of a password with / # or ?, for one
    scheme, slashes, rest = url.strip().rpartition("://")
    return scheme + slashes + re.split(r"[?#]", rest.rpartition("@")[2])[0].rstrip("/")


def taken_apart(url: str) -> tuple[str, tuple[str, str] | None] | None:
    """The address without its user, query and final slash, and the user with the password; None where it is none."""
    try:
        parts = urlsplit(url.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or parts.scheme not in ("http", "https"):
        return None
    base = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path.rstrip("/"), "", ""))
    return base, (unquote(parts.username), unquote(parts.password or "")) if parts.username else None


def loopback(base: str) -> bool:
    """Whether an address that was taken apart stays on this machine."""
    host = urlsplit(base).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def title(page: bytes) -> str:
    """The title of a web page, in words that follow 'a web page'; empty where it has none."""
    found = re.search(rb"<title[^>]*>\s*([^<]{1,200})", page, re.IGNORECASE)
    return f" called '{flat(found[1].decode(errors='replace'))[:60]}'" if found else ""


def is_page(kind: str, body: bytes) -> bool:
    """Whether an answer is a web page; `kind` is its Content-Type."""
    return "html" in kind or body.lstrip()[:1] == b"<"


def flat(text: str) -> str:
    """In one line."""
    return " ".join(text.split())


def said(error: BaseException) -> str:
    """An exception with what it came of, to be looked at; it can hold a whole address, so it is never shown."""
    return f"{error!r} {error.__cause__!r} {error.__context__!r}"


def tls(said: str, authority: str) -> str:
    """What TLS did not like; `authority` is where the certificates of one's own authority are named."""
    for pattern, words in (
        ("self.signed", f"its certificate is signed by itself; name its authority in {authority}"),
        ("[Hh]ostname mismatch|doesn't match|not valid for", "its certificate is for another name; use that one"),
        ("expired", "its certificate has expired; renew it"),
        ("unable to get local issuer|CERTIFICATE_VERIFY", "nobody we trust signed its certificate; name its authority"
         f" in {authority}"),
        ("WRONG_VERSION|record layer|HTTP_REQUEST", "it does not speak TLS; write http://"),
    ):  # fmt: skip
        if re.search(pattern, said):
            return words
    return "the TLS handshake failed; write http:// where it speaks no TLS"
