"""The ways to a Grafana on which a lot goes wrong, TLS and proxies; and that no secret shows, whatever fails."""

import shutil
import socket
import ssl
import subprocess
import time
import traceback

import pytest
from niquests.utils import getproxies

from kit.live.programs import free_port
from kit.publish.client import Grafana, Login
from kit.publish.http.errors import GrafanaError, NotGrafana, Unreachable, Unsure
from tests.publish.sockets import PAGE, FakeClock, answer, cut, hang_up, serving, without_proxies

# TLS


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch):
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def pems(tmp_path_factory, tool):
    """Certificates in PEM, with their keys: an authority, what it signed, and some that are wrong."""
    folder, openssl = tmp_path_factory.mktemp("pems"), tool("openssl")

    def run(*words):
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True)

    def make(name, subject, alternative, days="2", ca=True):
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key") if ca else ()
        run("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", days,
            "-subj", f"/CN={subject}", "-keyout", f"{name}.key", "-out", f"{name}.pem", *signed,
            *(("-addext", f"subjectAltName={alternative}") if alternative else ()))  # fmt: skip

    make("ca", "authority", "", ca=False)
    make("server", "server", "IP:127.0.0.1")
    make("other", "other", "DNS:other.example")
    make("client", "client", "DNS:client")
    make("alone", "alone", "IP:127.0.0.1", ca=False)
    (folder / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    run("req", "-new", "-key", "server.key", "-subj", "/CN=old", "-out", "old.csr")
    run(
        "x509",
        "-req",
        "-in",
        "old.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-days",
        "-1",
        "-out",
        "old.pem",
        "-extfile",
        "names",
    )
    shutil.copy(folder / "server.key", folder / "old.key")
    run("ec", "-in", "client.key", "-aes128", "-passout", "pass:canary", "-out", "locked.key")
    (folder / "both.pem").write_text((folder / "client.pem").read_text() + (folder / "client.key").read_text())
    (folder / "text.pem").write_text("canary\n")
    return folder


def tls(pems, name, client=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pems / f"{name}.pem", pems / f"{name}.key")
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(pems / "ca.pem")
    return lambda connection: context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)


def client(url, login=Login(token="glsa_x"), **more):  # noqa: B008
    return Grafana(url, login, clock=FakeClock(), **{name: str(value) for name, value in more.items()})


def refused(served, **more):
    """What it says; TLS that fails is not tried again, and nothing arrived."""
    arrived, grafana = len(served.seen), client(served.url, **more)
    with pytest.raises(Unreachable) as caught:
        grafana.get("/api/org")
    assert (grafana.requests, len(served.seen)) == (1, arrived)
    return str(caught.value)


def test_an_authority_of_ones_own_is_trusted_when_it_is_named(pems):
    with serving(answer(), wrap=tls(pems, "server")) as served:
        assert client(served.url, ca_cert=pems / "ca.pem").get("/api/org").body == {}


@pytest.mark.parametrize("name", ["server", "alone"])
def test_a_certificate_that_nobody_signed_whom_we_trust(pems, name):
    with serving(answer(), wrap=tls(pems, name)) as served:
        said = refused(served)
    assert said.startswith(f"{served.url}: ")
    assert said.endswith("name its authority in GRAFANA_CA_CERT")


def test_a_certificate_for_another_name(pems):
    with serving(answer(), wrap=tls(pems, "other")) as served:
        assert refused(served, ca_cert=pems / "ca.pem").endswith("its certificate is for another name; use that one")


def test_a_certificate_that_has_expired(pems):
    with serving(answer(), wrap=tls(pems, "old")) as served:
        assert refused(served, ca_cert=pems / "ca.pem").endswith("its certificate has expired; renew it")


def test_a_server_that_speaks_no_tls():
    with serving(answer()) as served:
        grafana = client(served.url.replace("http:", "https:"))
        with pytest.raises(Unreachable, match="it does not speak TLS; write http://"):
            grafana.send("PUT", "/api/org", {})
    assert grafana.requests == 1


@pytest.mark.parametrize("way", ["end", "reset", "silence"])
def test_a_server_that_does_not_get_through_with_tls_got_nothing(monkeypatch, way):
    monkeypatch.setattr("kit.publish.http.wire.CONNECT_SECONDS", 0.1)
    wrap, words = {
        "end": (_end, "ended the connection before anything was sent"),
        "reset": (_reset, "ended the connection before anything was sent"),
        "silence": (_silent, "does not accept a connection within 5 s"),
    }[way]
    with serving(answer(), wrap=wrap) as served, pytest.raises(Unreachable, match=words):
        client(served.url).send("PUT", "/api/org", {})


def _end(connection):
    connection.recv(65536)
    connection.close()
    return connection


def _reset(connection):
    connection.recv(65536, socket.MSG_PEEK)  # what is left unread when it closes
    connection.close()
    return connection


def _silent(connection):
    time.sleep(0.4)
    return connection


def test_a_client_certificate_is_shown(pems):
    ours = {"client_cert": pems / "client.pem", "client_key": pems / "client.key"}
    with serving(answer(), wrap=tls(pems, "server", client=True)) as served:
        for more in (ours, {"client_cert": pems / "both.pem"}):
            assert client(served.url, ca_cert=pems / "ca.pem", **more).get("/api/org").body == {}
        assert "it wants a client certificate; set GRAFANA_CLIENT_CERT" in refused(served, ca_cert=pems / "ca.pem")
        strange = {"client_cert": pems / "alone.pem", "client_key": pems / "alone.key"}
        assert "does not accept our client cert" in refused(served, ca_cert=pems / "ca.pem", **strange)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ca_cert": "none.pem"}, "GRAFANA_CA_CERT names {}/none.pem, which is no file"),
        ({"ca_cert": "text.pem"}, "GRAFANA_CA_CERT names {}/text.pem, which cannot be read as certificates in PEM"),
        ({"client_cert": "none.pem"}, "GRAFANA_CLIENT_CERT names {}/none.pem, which is no file"),
        ({"client_cert": "client.pem", "client_key": "none.key"}, "GRAFANA_CLIENT_KEY names {}/none.key, which is no"),
        ({"client_key": "client.key"}, "there is a client key and no certificate"),
        ({"client_cert": "client.pem"}, "name {}/client.pem, which cannot be read as a certificate and its own key"),
        ({"client_cert": "client.pem", "client_key": "server.key"}, "cannot be read as a certificate and its own key"),
        ({"client_cert": "client.pem", "client_key": "locked.key"}, "the key without a passphrase"),
        ({"client_cert": "text.pem"}, "cannot be read as a certificate"),
    ],
)
def test_a_certificate_that_cannot_be_used(pems, given, words):
    with pytest.raises(ValueError) as caught:
        client("https://x", **{name: pems / file for name, file in given.items()})
    assert words.format(pems) in str(caught.value)
    assert "canary" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("file", ["none.pem", "text.pem"])
def test_a_bundle_of_the_environment_that_cannot_be_used(pems, monkeypatch, file):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(pems / file))
    with serving(answer(), wrap=tls(pems, "server")) as served:
        assert refused(served) == "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE names no file of certificates in PEM"


# Proxies


@pytest.fixture
def proxy(monkeypatch):
    """`proxy(url)` makes it the proxy of everything, with a user and a password."""
    without_proxies(monkeypatch)

    def use(url):
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, url.replace("://", "://puser:pcanary@"))
        getproxies.cache_clear()

    yield use
    getproxies.cache_clear()  # which niquests reads once in a process


def asked(url, kind, method="GET", **more):
    with pytest.raises(kind) as caught:
        grafana = Grafana(url, Login(token="glsa_canary"), allow_http=True, clock=FakeClock(), **more)
        grafana.get("/api/org") if method == "GET" else grafana.send(method, "/api/org", {})
    return str(caught.value)


def test_a_proxy_of_the_environment_is_used(proxy):
    with serving(answer(200, b'{"a": 1}')) as served:
        proxy(served.url)
        found = Grafana("http://grafana.invalid/base", Login(token="x"), allow_http=True).get("/api/a%2Fb")
    assert found.body == {"a": 1}
    assert served.targets == ["http://grafana.invalid/base/api/a%2Fb"]
    assert served.seen[0].headers["proxy-authorization"].startswith("Basic ")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_what_is_meant_for_this_machine_does_not_go_through_a_proxy(proxy, host):
    with serving(answer()) as far, serving(answer(), host="::1" if host == "::1" else "127.0.0.1") as near:
        proxy(far.url)
        client(near.url.replace("127.0.0.1", host)).get("/api/org")
    assert (len(near.seen), far.seen) == (1, [])


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_wants_a_login(proxy, scheme):
    with serving(answer(407, b"")) as served:
        proxy(served.url)
        said = asked(f"{scheme}://grafana.invalid", Unreachable)
    assert said.startswith(f"the proxy before {scheme}://grafana.invalid wants a login (407); put user and password")
    assert len(served.seen) == 1


def test_a_proxy_that_does_not_get_through(proxy):
    with serving(answer(503, b"")) as served:
        proxy(served.url)
        assert "does not reach it (503); look at HTTP_PROXY" in asked("https://grafana.invalid", Unreachable, "PUT")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (None, "the proxy before {}://grafana.invalid refuses the connection; look at HTTP_PROXY, HTTPS_PROXY and NO_"),
        ("http://proxy.invalid:3128", "the proxy before {}://grafana.invalid has a host name that nobody knows"),
        ("ftp://127.0.0.1:1", "the proxy before {}://grafana.invalid cannot be used"),
        ("socks5://127.0.0.1:1", "the proxy before {}://grafana.invalid cannot be used"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_not_there(proxy, scheme, url, words):
    proxy(url or f"http://127.0.0.1:{free_port()}")
    assert words.format(scheme) in asked(f"{scheme}://grafana.invalid", Unreachable, "PUT")


# Secrets

TOKEN, PASSWORD, BASIC = "glsa_canary", "canary1234", "YW5uYTpjYW5hcnkxMjM0"
ECHO = f"Bearer {TOKEN}, {PASSWORD}, Basic {BASIC}".encode()
FAILING = {
    "refused": None,
    "hung up": hang_up,
    "half": cut(answer(200, b"{", Content_Length="9")),
    "page": answer(200, b"<title>" + ECHO + b"</title>", **PAGE),
    "text": answer(200, ECHO, Content_Type="text/plain"),
    "redirection": answer(302, b"", Location=f"https://anna:{PASSWORD}@login.example/{TOKEN}/{BASIC}?token={TOKEN}"),
    "gateway": answer(502, b"<title>" + ECHO + b"</title>", **PAGE),
    "login": answer(401, b'{"message": "' + ECHO + b'"}'),
    "permission": answer(403, f'{{"message": "Permissions needed: {TOKEN}:{PASSWORD}:{BASIC}"}}'.encode()),
    "conflict": answer(409, ECHO),
    "error": answer(500, b'{"message": "' + ECHO + b'", "extra": ["' + ECHO + b'"]}'),
}
LOGINS = {"token": Login(token=TOKEN), "user": Login(user="anna", password=PASSWORD), "address": Login()}


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("name", FAILING)
def test_no_secret_shows_whatever_fails(name, login):
    with serving(FAILING[name] or answer()) as served:
        url = served.url if FAILING[name] else f"http://127.0.0.1:{free_port()}"
        url = url.replace("://", f"://anna:{PASSWORD}@") if login == "address" else url
        grafana = Grafana(f"{url}/base?token={TOKEN}", LOGINS[login], clock=FakeClock())
        for ask in (lambda: grafana.get("/api/x"), lambda: grafana.send("PUT", "/api/x", {"password": PASSWORD})):
            with pytest.raises(GrafanaError) as caught:
                ask()
            error = caught.value
            assert (error.__cause__, error.__context__) == (None, None)
            shown = "".join(traceback.format_exception(error)) + repr(error) + repr(vars(error))
            assert not [secret for secret in _secrets(login) if secret in shown]
    shown = f"{grafana.address} {LOGINS[login]!r} {grafana!r}"
    assert not [word for word in ("canary", "anna") if word in shown]


def _secrets(login):
    return [TOKEN] if login == "token" else [PASSWORD, BASIC]


def test_a_secret_of_a_proxy_does_not_show(proxy):
    with serving(answer(407, b"<title>pcanary</title>"), hang_up) as served:
        for url in (served.url, f"http://127.0.0.1:{free_port()}", "http://proxy.invalid", "ftp://x"):
            proxy(url)
            for scheme in ("http", "https"):
                with pytest.raises((Unreachable, Unsure, NotGrafana)) as caught:
                    Grafana(f"{scheme}://grafana.invalid", Login(), clock=FakeClock()).send("PUT", "/api/x", {})
                assert "pcanary" not in "".join(traceback.format_exception(caught.value))
                assert caught.value.__context__ is None
